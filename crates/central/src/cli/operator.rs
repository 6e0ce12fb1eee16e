//! The operator's acts, through the writer. While the service runs it holds the database, and these say so.

use chrono::{DateTime, Duration, Utc};
use domain::id::{BranchCode, CommandId, StaffId, TerminalId};
use domain::institution::InstitutionEvent;
use domain::password::Context;
use domain::personal::StaffDetails;
use domain::policy::PolicyCommand;
use domain::staff::StaffCommand;
use domain::terminal::{TerminalCommand, TerminalState};
use domain::{Actor, PersonalData, Refusal, Role};
use wire::api::enrol::{EnrolAnswer, EnrolRequest};
use wire::fingerprint::Fingerprint;
use wire::invitation::{self, Paper};
use wire::{Attachment, Base64};

use super::branches;
use crate::clock::Clock;
use crate::config::Config;
use crate::http;
use crate::issuance::Authority;
use crate::random;
use crate::store::act::{Accepted, Act, Aside, Attached, Command};
use crate::store::db::Readers;
use crate::store::opening::{self, Begin};
use crate::store::read;
use crate::store::writer::{Fault, Writer};
use crate::store::{self, writer};

/// A writer with the operator at it.
pub struct Operator {
    config: Config,
    authority: Authority,
    clock: Clock,
    pub(super) writer: Writer,
    pub(super) readers: Readers,
    task: tokio::task::JoinHandle<Result<(), Fault>>,
}

/// Whoever is at the command line.
pub(super) fn actor() -> Actor {
    let name = std::env::var("USER").or_else(|_| std::env::var("USERNAME"));
    Actor::Operator { name: name.unwrap_or_else(|_| "operator".to_owned()) }
}

fn say(refusal: &Refusal) -> anyhow::Error {
    let args: Vec<String> = refusal.args.iter().map(|(name, value)| format!("{name} {value}")).collect();
    let args = if args.is_empty() { String::new() } else { format!(" ({})", args.join(", ")) };
    anyhow::anyhow!("refused: {}{args}", refusal.code)
}

fn role(word: &str) -> anyhow::Result<Role> {
    serde_json::from_value(word.into())
        .map_err(|_| anyhow::anyhow!("role must be teller, sales_rep, supervisor, head_office or auditor"))
}

impl Operator {
    pub(super) async fn open(config: &Config, passphrase: &str) -> anyhow::Result<Self> {
        Self::open_with(config, passphrase, Clock::System).await
    }

    /// Opens the database for the operator. There must be a log that was opened: whatever came before that entry would stay
    /// before it.
    ///
    /// # Errors
    /// There is no log, the service runs, or keys or database can't be opened.
    pub async fn open_with(config: &Config, passphrase: &str, clock: Clock) -> anyhow::Result<Self> {
        let authority = Authority::open(config, passphrase)?;
        opening::required(&config.place()?, &config.keys()).await?;
        Self::at(config, authority, clock).await
    }

    /// The same whatever is in the log: for the commands that open it.
    pub(super) async fn at(config: &Config, authority: Authority, clock: Clock) -> anyhow::Result<Self> {
        let database = store::open(&config.place()?).await?;
        let setting = store::Setting::of(config, &authority);
        let (writer, readers, task) = writer::start(database, setting, authority.log(), clock.clone()).await?;
        Ok(Self { config: config.clone(), authority, clock, writer, readers, task })
    }

    /// Waits until everything is on disk and lets the database go.
    ///
    /// # Errors
    /// The writer failed.
    pub async fn close(self) -> anyhow::Result<()> {
        drop(self.writer);
        self.readers.close().await;
        self.task.await??;
        Ok(())
    }

    pub(super) async fn act(
        &self,
        command: Command,
        personal: Option<PersonalData>,
        asides: Vec<Aside>,
    ) -> Result<Accepted, Refusal> {
        let attached = match personal {
            None => None,
            Some(data) => {
                let bytes = Attachment::new(random::bytes(), data.clone())
                    .to_bytes()
                    .map_err(|_| domain::ErrorCode::Internal)?;
                Some(Attached { bytes, data })
            }
        };
        let (id, actor) = (CommandId(uuid::Uuid::now_v7()), actor());
        self.writer.act(Act { id, actor, command, expected_version: None, attached, sealed: None, asides }).await
    }

    pub(super) fn now_ms(&self) -> i64 {
        self.clock.now_ms()
    }

    /// Writes the two entries that every log begins with; after a kill between them, the second. In between, that there is a
    /// log is marked beside the keys.
    pub(super) async fn open_log(&self) -> anyhow::Result<()> {
        let begin = opening::begin(&self.readers).await?;
        match begin {
            Begin::Empty | Begin::Opened { size: 1 } => {}
            Begin::Opened { .. } => return Ok(()),
            Begin::Otherwise => return Err(opening::refusal(begin, &self.config.place()?, &self.config.keys())),
        }
        let institution = self.config.institution.id.clone();
        let event = InstitutionEvent::LogOpened {
            institution: institution.clone(),
            epoch: 0,
            log_key: self.authority.log().verifier().to_vkey(),
            root_sha256: wire::sha256_hex(self.authority.root_der()),
        };
        let policy = PolicyCommand::OpenPolicy { settings: self.config.policy.settings() };
        if begin == Begin::Empty {
            self.act(Command::Institution(institution.clone(), event), None, Vec::new()).await.map_err(|r| say(&r))?;
        }
        opening::mark(&self.config.keys())?;
        // What the file says now is what the log begins with; from here on the log says it.
        self.act(Command::Policy(institution, policy), None, Vec::new()).await.map_err(|r| say(&r))?;
        Ok(())
    }

    /// Adds a member of staff.
    ///
    /// # Errors
    /// A value has the wrong form, or the id is taken.
    pub async fn add_staff(
        &self,
        id: &str,
        name: &str,
        role: &str,
        branch: &str,
        password: &str,
    ) -> anyhow::Result<()> {
        let id: StaffId = id.parse().map_err(|r| say(&r))?;
        self.may_be(&id, password)?;
        let branch = self.branch(branch).await?;
        let role = self::role(role)?;
        let details = PersonalData::Staff(StaffDetails { name: name.to_owned() });
        let aside = Aside::Password { staff: id.clone(), hash: http::hash_password(password)? };
        let command = Command::Staff(id, StaffCommand::AddStaff { role, branch });
        self.act(command, Some(details), vec![aside]).await.map_err(|r| say(&r))?;
        Ok(())
    }

    /// A branch that somebody or something may be bound to. Head office need not be in the list of branches.
    async fn branch(&self, code: &str) -> anyhow::Result<BranchCode> {
        let code: BranchCode = code.parse().map_err(|r| say(&r))?;
        if code == self.config.institution.head_office_branch {
            return Ok(code);
        }
        let branches = read::branches(&self.readers).await?;
        let branch = branches::known(&branches, &code).map_err(|refusal| {
            say(&refusal).context(format!(
                "branch {code} is not among the branches of the log: correct the code, or run `import-branches` with a list that has it"
            ))
        })?;
        let today = domain::calendar::jst_day(self.clock.now());
        if let Some(into) = branch.and_then(|branch| branch.merged_into(today)) {
            anyhow::bail!("branch {code} is merged into {into}: use that code");
        }
        Ok(code)
    }

    /// The same rules as at a desk.
    fn may_be(&self, staff: &StaffId, password: &str) -> anyhow::Result<()> {
        let institution = &self.config.institution;
        let names = [institution.name.as_str(), institution.roman_name.as_str(), institution.id.as_str()];
        domain::password::check(password, &Context { staff, institution: &names }).map_err(|refusal| say(&refusal))
    }

    /// Locks an account, unlocks it, or ends it for good, without a second person: the way in when nobody of head office is there.
    ///
    /// # Errors
    /// Nobody has the id, or the account is in another state.
    pub async fn account(&self, id: &str, command: StaffCommand) -> anyhow::Result<()> {
        let id: StaffId = id.parse().map_err(|r| say(&r))?;
        self.act(Command::Staff(id, command), None, Vec::new()).await.map_err(|r| say(&r))?;
        Ok(())
    }

    /// Gives a member of staff a temporary password, good for three days.
    ///
    /// # Errors
    /// Nobody has the id, or the password is too easily guessed.
    pub async fn reset_password(&self, id: &str, password: &str) -> anyhow::Result<()> {
        let id: StaffId = id.parse().map_err(|r| say(&r))?;
        self.may_be(&id, password)?;
        let aside = Aside::Password { staff: id.clone(), hash: http::hash_password(password)? };
        let command = Command::Staff(id, StaffCommand::ResetPassword {});
        self.act(command, None, vec![aside]).await.map_err(|r| say(&r))?;
        Ok(())
    }

    /// Gives a member of staff another role, or another branch.
    ///
    /// # Errors
    /// A value has the wrong form, or nobody has the id.
    pub async fn change_staff(&self, id: &str, role: &str, branch: &str) -> anyhow::Result<()> {
        let id: StaffId = id.parse().map_err(|r| say(&r))?;
        let branch = self.branch(branch).await?;
        let command = Command::Staff(id, StaffCommand::ChangeStaff { role: self::role(role)?, branch });
        self.act(command, None, Vec::new()).await.map_err(|r| say(&r))?;
        Ok(())
    }

    /// Invites a terminal; returns the one-time invitation.
    ///
    /// # Errors
    /// A value has the wrong form.
    pub async fn invite(&self, branch: &str, label: &str) -> anyhow::Result<String> {
        let branch = self.branch(branch).await?;
        let terminal = TerminalId(uuid::Uuid::new_v4());
        let invitation = invitation::code(random::bytes());
        let aside = Aside::Invitation {
            code_sha256: invitation::code_sha256(&invitation),
            terminal,
            expires_ms: self.invited_until().timestamp_millis(),
        };
        let command = Command::Terminal(terminal, TerminalCommand::InviteTerminal { branch, label: label.to_owned() });
        self.act(command, None, vec![aside]).await.map_err(|r| say(&r))?;
        Ok(invitation)
    }

    /// When an invitation made now ends.
    fn invited_until(&self) -> DateTime<Utc> {
        self.clock.now() + Duration::hours(invitation::HOURS)
    }

    /// What is handed over with an invitation, for the person who enrols the PC: where the centre is, what it is known by.
    pub fn paper(&self, invitation: &str) -> String {
        let fingerprint = Fingerprint::of(self.authority.root_der());
        let centre = http::reached(&self.config, self.config.listen.enrol);
        let words: Vec<String> = fingerprint.words().chunks(4).map(|row| row.join("  ")).collect();
        // In Japan.
        let until = (self.invited_until() + Duration::hours(9)).format("%Y-%m-%d %H:%M");
        let paper = Paper { centre, fingerprint: fingerprint.to_hex(), invitation: invitation.to_owned() };
        format!(
            "good until:  {until} JST, once\n\
             centre:      {}\n\
             fingerprint: {}\n\
             in hex:      {}\n\
             as one line: {}",
            paper.centre,
            words.join("\n             "),
            paper.fingerprint,
            paper.to_text()
        )
    }

    /// Signs a terminal's PKCS#10 here, for a PC that does not reach the enrolment listener; the desk takes the answer
    /// in from a file.
    ///
    /// # Errors
    /// The invitation is unknown, used or over, or the request is not what a terminal makes.
    pub async fn enrol(&self, invitation: &str, csr: Vec<u8>) -> anyhow::Result<EnrolAnswer> {
        let terminal_url = http::reached(&self.config, self.config.listen.terminal);
        let enrolment = http::Enrolment {
            config: &self.config,
            authority: &self.authority,
            clock: &self.clock,
            writer: &self.writer,
            readers: &self.readers,
            terminal_url: &terminal_url,
        };
        let request = EnrolRequest { invitation: invitation.to_owned(), csr: Base64(csr) };
        enrolment.answer(&request).await.map_err(|error| anyhow::anyhow!("refused: {error}"))
    }

    /// Gives up what is missing after a restore.
    ///
    /// # Errors
    /// There is nothing to end, or no reason was given.
    pub async fn accept_loss(&self, reason: &str) -> anyhow::Result<()> {
        self.writer.recover(actor(), Some(reason.to_owned())).await.map_err(|refusal| say(&refusal))
    }

    /// A terminal that can still be revoked or moved.
    async fn terminal(&self, id: &str) -> anyhow::Result<TerminalId> {
        let known = match id.parse() {
            Ok(id) => read::terminal(&self.readers, id).await?,
            Err(_) => None,
        };
        match known {
            Some(terminal) if terminal.state != TerminalState::Revoked => Ok(terminal.id),
            Some(_) => anyhow::bail!("terminal {id} was revoked before; nothing was done"),
            None => anyhow::bail!(
                "no terminal has the id {id}: head office's desks list them (管理, 端末), and after a restore `restore status` those \
                 that have not reported"
            ),
        }
    }

    /// Revokes a terminal.
    ///
    /// # Errors
    /// There is no such terminal.
    pub async fn revoke(&self, id: &str) -> anyhow::Result<()> {
        let id = self.terminal(id).await?;
        let asides = vec![Aside::EndSessions { terminal: id }];
        let command = Command::Terminal(id, TerminalCommand::RevokeTerminal {});
        self.act(command, None, asides).await.map_err(|r| say(&r))?;
        Ok(())
    }

    /// Lets a terminal work for another branch, or stand in another place.
    ///
    /// # Errors
    /// There is no such terminal, or nothing would change.
    pub async fn move_terminal(&self, id: &str, branch: &str, label: &str) -> anyhow::Result<()> {
        let id = self.terminal(id).await?;
        let branch = self.branch(branch).await?;
        let command = TerminalCommand::MoveTerminal { branch, label: label.to_owned() };
        let asides = vec![Aside::EndSessions { terminal: id }];
        self.act(Command::Terminal(id, command), None, asides).await.map_err(|r| say(&r))?;
        Ok(())
    }
}
