//! Staff administration, for head office; and everybody's own password.

use std::time::Duration;

use chrono::{DateTime, Utc};
use domain::id::StaffId;
use domain::password::{self, Context};
use domain::personal::StaffDetails;
use domain::staff::{Deputy, Proposal, Staff, StaffChange, StaffCommand, decide};
use domain::{Actor, ErrorCode, PersonalData, Refusal};
use wire::Body;
use wire::api::command::{CommandAccepted, PasswordPart, Passwords, PushCommand};
use wire::api::session::SignedIn;
use zeroize::Zeroizing;

use super::act::Sealing;
use super::straight::{salted, token};
use crate::desk::{Desk, Topics, held};
use crate::error::DeskError;
use crate::offline;
use crate::view::{
    BranchOption, DeputyView, ProposalView, StaffAct, StaffChangeKind, StaffList, StaffResult, StaffRow, StaffState,
    Status, TemporaryPart, TemporaryPassword,
};

impl Desk {
    /// The staff this desk knows of: at head office's terminals those of every branch.
    ///
    /// # Errors
    /// Nobody of head office or an auditor works here, or the replica failed.
    pub async fn staff(&self) -> Result<StaffList, DeskError> {
        let staff = self.working()?;
        if !staff.role.reads_every_branch() {
            return Err(ErrorCode::RoleNotPermitted.into());
        }
        let stored: Vec<(String,)> =
            sqlx::query_as("SELECT state FROM staff ORDER BY staff_id").fetch_all(&self.inner.replica.readers).await?;
        let mut rows = Vec::with_capacity(stored.len());
        for (json,) in stored {
            let one: Staff = serde_json::from_str(&json)?;
            // Of other branches' staff a desk hears when they are locked, and nothing else.
            if one.role.is_some() || one.administered.proposal.is_some() {
                rows.push(self.staff_row(&staff, one).await);
            }
        }
        let may_change = staff.role == domain::Role::HeadOffice;
        let every_branch = staff.branch == self.inner.identity.branch;
        Ok(StaffList { rows, every_branch, may_change, branches: self.branch_options().await? })
    }

    /// What head office does about a member of staff. `version` is that of the row it was judged by.
    ///
    /// # Errors
    /// The rules or the centre refuse, or it is out of reach.
    pub async fn administer_staff(
        &self,
        staff_id: &str,
        version: Option<&str>,
        act: StaffAct,
    ) -> Result<StaffResult, DeskError> {
        let staff = self.working()?;
        let of: StaffId = staff_id.parse()?;
        let version = version.map(|version| version.parse().map_err(|_| ErrorCode::RequestMalformed)).transpose()?;
        // A branch's desk may lack what happened to somebody elsewhere, and with it the version.
        let expected_version = version.filter(|_| staff.branch == self.inner.identity.branch);
        let (command, personal) = command(act)?;
        let known = self.staff_state(&of).await?;
        // Names wrong fields before anything is sent. The centre decides again, and may know more.
        decide(&known, &command, personal.as_ref(), &self.actor(&staff), self.centre_now())?;
        let temporary = match &command {
            StaffCommand::AddStaff { .. } | StaffCommand::ResetPassword {} | StaffCommand::ConfirmProposal { .. } => {
                let mut random = Zeroizing::new([0_u8; 8]);
                aws_lc_rs::rand::fill(random.as_mut()).map_err(|_| DeskError::Internal("no randomness".into()))?;
                Some(Zeroizing::new(password::temporary(*random)))
            }
            _ => None,
        };
        let passwords = temporary.as_ref().map(|new| Passwords { new: new.to_string(), old: None });
        let accepted = self.push_staff(&staff, &of, (command, personal, expected_version), passwords).await?;
        let part = match accepted.password {
            PasswordPart::None => None,
            PasswordPart::Whole => Some(TemporaryPart::Whole),
            PasswordPart::First => Some(TemporaryPart::First),
            PasswordPart::Second => Some(TemporaryPart::Second),
        };
        let temporary = part.zip(temporary).map(|(part, text)| TemporaryPassword { text: text.to_string(), part });
        Ok(StaffResult { temporary })
    }

    /// Changes the own password; a temporary one before anything else is possible.
    ///
    /// # Errors
    /// The old one is wrong, the new one is too easily guessed, or the centre is out of reach.
    pub async fn change_password(&self, old: &str, new: &str) -> Result<Status, DeskError> {
        let staff = {
            let session = held(&self.inner.session);
            if session.locked() {
                return Err(ErrorCode::DeskLocked.into());
            }
            session.staff().cloned().ok_or(ErrorCode::SessionMissing)?
        };
        let institution = held(&self.inner.info).as_ref().map(|info| info.institution_name.clone()).unwrap_or_default();
        let names = [institution.as_str(), self.inner.identity.institution.as_str()];
        password::check(new, &Context { staff: &staff.staff, institution: &names }).map_err(|r| r.at("new"))?;
        if old == new {
            return Err(Refusal::new(ErrorCode::PasswordSame).at("new").into());
        }
        let passwords = Passwords { new: new.to_owned(), old: Some(old.to_owned()) };
        let command = (StaffCommand::ChangePassword {}, None, None);
        let accepted = self.push_staff(&staff, &staff.staff, command, Some(passwords)).await?;
        held(&self.inner.session).password_changed(staff.session);
        let signed_in = SignedIn { must_change_password: false, ..staff };
        // By the centre's time of the change, so that the entry of it does not end what it began.
        offline::remember(&self.inner.replica, &signed_in, new, accepted.at.max(self.time().0)).await?;
        self.changed(Topics::ALL);
        self.status().await
    }

    /// Ends the session if this desk has heard that whoever works here may not any more. Says whether it did.
    pub(crate) async fn end_session(&self) -> bool {
        let Some(staff) = held(&self.inner.session).staff().cloned() else { return false };
        let Ok(state) = self.staff_state(&staff.staff).await else { return false };
        let administered = &state.administered;
        let given = administered.reset_at.filter(|_| administered.temporary);
        let elsewhere = state.branch.is_some() && !state.works_at(&self.inner.identity.branch, self.centre_now());
        let mut session = held(&self.inner.session);
        let over = administered.locked
            || administered.left_at.is_some()
            || elsewhere
            || given.is_some_and(|at| session.older_than(at));
        // Somebody else may have signed in meanwhile.
        let ends = over && session.staff().is_some_and(|now| now.session == staff.session);
        if ends {
            session.close();
        }
        ends
    }

    fn actor(&self, staff: &SignedIn) -> Actor {
        Actor::Staff {
            staff: staff.staff.clone(),
            role: staff.role,
            branch: staff.branch.clone(),
            terminal: self.inner.identity.terminal,
            session: staff.session,
            deputy: false,
        }
    }

    /// Pushes at once, or not at all: nothing of it waits in the outbox. A lost answer is asked for again, with the same bytes.
    async fn push_staff(
        &self,
        staff: &SignedIn,
        of: &StaffId,
        (command, personal, expected_version): (StaffCommand, Option<PersonalData>, Option<u64>),
        password: Option<Passwords>,
    ) -> Result<CommandAccepted, DeskError> {
        token(staff)?;
        let attachment = personal.map(salted).transpose()?;
        let sealing = Sealing {
            body: Body::Staff { staff: of.clone(), command },
            expected_version,
            offline: false,
            last_checkpoint: self.checkpoint().await?,
            attachment,
            code_sha256: None,
        };
        let (_, _, request) = self.sealed(staff, sealing)?;
        let request = PushCommand { password, ..request };
        let mut last = self.inner.centre.push(&staff.token, &request).await;
        for wait in [200, 800] {
            match &last {
                Err(error) if !error.permanent() => {
                    tokio::time::sleep(Duration::from_millis(wait)).await;
                    last = self.inner.centre.push(&staff.token, &request).await;
                }
                _ => break,
            }
        }
        let accepted = match last {
            Err(error @ DeskError::Centre(_)) => return Err(self.with_names(error).await),
            other => other?,
        };
        self.wait_until(accepted.index).await;
        self.changed(Topics::ALL);
        Ok(accepted)
    }

    async fn with_names(&self, error: DeskError) -> DeskError {
        let DeskError::Centre(mut answer) = error else { return error };
        if let Some(by) = answer.args.get_mut("by") {
            *by = self.staff_name(by).await;
        }
        DeskError::Centre(answer)
    }

    async fn staff_state(&self, id: &StaffId) -> Result<Staff, DeskError> {
        let row: Option<(String,)> = sqlx::query_as("SELECT state FROM staff WHERE staff_id = $1")
            .bind(id.as_str())
            .fetch_optional(&self.inner.replica.readers)
            .await?;
        match row {
            Some((json,)) => Ok(serde_json::from_str(&json)?),
            None => Ok(Staff::unknown(id.clone())),
        }
    }

    async fn staff_row(&self, staff: &SignedIn, one: Staff) -> StaffRow {
        let now = self.centre_now();
        let approves = one.approves(now);
        let state = state(&one, now);
        let branch = one.branch.clone().or_else(|| one.proposed_branch());
        let branch_code = branch.map(|branch| branch.to_string()).unwrap_or_default();
        let deputies = one.administered.deputies.iter().filter(|deputy| !deputy.over(now));
        let proposal = match &one.administered.proposal {
            Some(open) => Some(self.proposal_view(staff, open).await),
            None => None,
        };
        StaffRow {
            name: one.details.as_ref().map(|details| details.name.clone()).unwrap_or_default(),
            role: one.role,
            branch_name: self.branch_name(&branch_code),
            branch_code,
            version: one.version.to_string(),
            state,
            last_sign_in: one.sign_ins.iter().map(|mark| mark.at).max().map(|at| at.to_rfc3339()),
            reset_by: self.name_of(one.administered.reset_by.as_ref()).await,
            reset_at: one.administered.reset_at.map(|at| at.to_rfc3339()),
            deputies: deputies.map(|deputy| self.deputy_view(deputy, now)).collect(),
            proposal,
            approves,
            own: one.id == staff.staff,
            staff_id: one.id.to_string(),
        }
    }

    fn deputy_view(&self, deputy: &Deputy, now: DateTime<Utc>) -> DeputyView {
        DeputyView {
            branch_code: deputy.branch.to_string(),
            branch_name: self.branch_name(deputy.branch.as_str()),
            from: deputy.from.to_string(),
            until: deputy.until.to_string(),
            in_force: deputy.in_force(now),
        }
    }

    async fn proposal_view(&self, staff: &SignedIn, open: &Proposal) -> ProposalView {
        let (change, role, branch, days) = match &open.change {
            StaffChange::Add { role, branch } => (StaffChangeKind::Add, Some(*role), Some(branch), None),
            StaffChange::Change { role, branch } => (StaffChangeKind::Change, Some(*role), Some(branch), None),
            StaffChange::Unlock {} => (StaffChangeKind::Unlock, None, None, None),
            StaffChange::ResetPassword {} => (StaffChangeKind::ResetPassword, None, None, None),
            StaffChange::Deputy { branch, from, until } => {
                (StaffChangeKind::Deputy, None, Some(branch), Some((from.to_string(), until.to_string())))
            }
        };
        let branch_code = branch.map(ToString::to_string).unwrap_or_default();
        let (from, until) = days.unwrap_or_default();
        ProposalView {
            number: open.number,
            change,
            role,
            branch_name: self.branch_name(&branch_code),
            branch_code,
            from,
            until,
            by: self.staff_name(open.by.as_str()).await,
            at: open.at.to_rfc3339(),
            own: open.by == staff.staff,
        }
    }

    /// Branches by name, and those that only show in what is known here.
    async fn branch_options(&self) -> Result<Vec<BranchOption>, DeskError> {
        let mut codes: std::collections::BTreeSet<String> = self.inner.branches.keys().cloned().collect();
        codes.insert(self.inner.identity.branch.to_string());
        for text in ["SELECT state FROM staff", "SELECT state FROM terminal"] {
            let rows: Vec<(String,)> = sqlx::query_as(text).fetch_all(&self.inner.replica.readers).await?;
            for (json,) in rows {
                #[derive(serde::Deserialize)]
                struct Placed {
                    branch: Option<String>,
                }
                codes.extend(serde_json::from_str::<Placed>(&json)?.branch);
            }
        }
        Ok(codes.into_iter().map(|code| BranchOption { name: self.branch_name(&code), code }).collect())
    }
}

pub(super) fn state(one: &Staff, now: DateTime<Utc>) -> StaffState {
    let administered = &one.administered;
    if one.role.is_none() {
        StaffState::Proposed
    } else if administered.left_at.is_some() {
        StaffState::Left
    } else if administered.locked {
        StaffState::Locked
    } else if !one.may_work(now) {
        StaffState::LockedOut
    } else if administered.temporary {
        StaffState::Temporary
    } else {
        StaffState::Working
    }
}

fn command(act: StaffAct) -> Result<(StaffCommand, Option<PersonalData>), DeskError> {
    let day = |text: &str, field: &str| text.parse().map_err(|_| Refusal::new(ErrorCode::DateOutOfRange).at(field));
    Ok(match act {
        StaffAct::Add { name, role, branch_code } => {
            let details = StaffDetails { name: name.trim().to_owned() };
            let branch = branch_code.parse()?;
            (StaffCommand::AddStaff { role, branch }, Some(PersonalData::Staff(details)))
        }
        StaffAct::Change { role, branch_code } => {
            (StaffCommand::ChangeStaff { role, branch: branch_code.parse()? }, None)
        }
        StaffAct::Lock => (StaffCommand::LockStaff {}, None),
        StaffAct::Unlock => (StaffCommand::UnlockStaff {}, None),
        StaffAct::ResetPassword => (StaffCommand::ResetPassword {}, None),
        StaffAct::NameDeputy { branch_code, from, until } => {
            let (from, until) = (day(&from, "from")?, day(&until, "until")?);
            (StaffCommand::NameDeputy { branch: branch_code.parse()?, from, until }, None)
        }
        StaffAct::EndDeputy { branch_code } => (StaffCommand::EndDeputy { branch: branch_code.parse()? }, None),
        StaffAct::EndEmployment => (StaffCommand::EndEmployment {}, None),
        StaffAct::Confirm { number } => (StaffCommand::ConfirmProposal { number }, None),
        StaffAct::Dismiss { number } => (StaffCommand::DismissProposal { number }, None),
    })
}

/// The word the log knows a proposed change by.
pub(super) fn change_word(change: &StaffChange) -> &'static str {
    match change {
        StaffChange::Add { .. } => "add",
        StaffChange::Change { .. } => "change",
        StaffChange::Unlock {} => "unlock",
        StaffChange::ResetPassword {} => "reset_password",
        StaffChange::Deputy { .. } => "deputy",
    }
}
