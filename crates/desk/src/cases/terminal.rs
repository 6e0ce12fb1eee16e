//! Terminals, for head office: which there are, when they were heard, inviting one, letting one work elsewhere, and cutting
//! off one that was stolen. An invitation is drawn here and shown once; the centre is told its hash.

use std::collections::HashMap;
use std::time::Duration;

use chrono::Utc;
use domain::id::TerminalId;
use domain::terminal::{Terminal, TerminalCommand, TerminalState};
use domain::{ErrorCode, Role};
use slip::{PickupCodeText, Slip, TerminalInvitation};
use wire::Body;
use wire::api::command::CommandAccepted;
use wire::api::session::SignedIn;
use wire::api::terminal::TerminalNews;
use wire::fingerprint::Fingerprint;
use wire::invitation::{self, Paper};

use super::act::Sealing;
use super::slip::failed;
use super::straight::token;
use super::words;
use crate::desk::{Desk, Topics, held};
use crate::error::DeskError;
use crate::view::{InvitationView, TerminalView};

impl Desk {
    /// Every terminal this desk knows of, with what the centre knows beside the log, where it is in reach.
    ///
    /// # Errors
    /// Nobody of head office works here, or the replica failed.
    pub async fn terminals(&self) -> Result<Vec<TerminalView>, DeskError> {
        let staff = self.working()?;
        if !staff.role.reads_every_branch() {
            return Err(ErrorCode::RoleNotPermitted.into());
        }
        let rows: Vec<(String,)> =
            sqlx::query_as("SELECT state FROM terminal").fetch_all(&self.inner.replica.readers).await?;
        let news = self.news(&staff).await;
        let mut views = Vec::with_capacity(rows.len());
        for (json,) in rows {
            let terminal: Terminal = serde_json::from_str(&json)?;
            views.push(self.terminal_view(&staff, terminal, &news).await);
        }
        views.sort_by(|a, b| (&a.branch_code, &a.label).cmp(&(&b.branch_code, &b.label)));
        Ok(views)
    }

    /// A list without it is a list all the same.
    async fn news(&self, staff: &SignedIn) -> HashMap<TerminalId, TerminalNews> {
        if staff.token.is_empty() || !self.online() {
            return HashMap::new();
        }
        match self.inner.centre.terminals(&staff.token).await {
            Ok(news) => news.into_iter().map(|one| (one.terminal, one)).collect(),
            Err(error) => {
                tracing::info!(%error, "when terminals were heard is not known");
                HashMap::new()
            }
        }
    }

    async fn terminal_view(
        &self,
        staff: &SignedIn,
        terminal: Terminal,
        news: &HashMap<TerminalId, TerminalNews>,
    ) -> TerminalView {
        let branch_code = terminal.branch.as_ref().map(ToString::to_string).unwrap_or_default();
        let news = news.get(&terminal.id);
        let (own, head_office) = (terminal.id == self.inner.identity.terminal, staff.role == Role::HeadOffice);
        let asked = terminal.requested_by.as_ref();
        TerminalView {
            own,
            terminal_id: terminal.id.to_string(),
            label: terminal.label,
            branch_name: self.branch_name(&branch_code),
            branch_code,
            state: terminal.state,
            version: news.map(|n| n.note.version.clone()).unwrap_or_default(),
            heard_at: news.and_then(|n| n.heard_at).map(|at| at.to_rfc3339()),
            waiting: news.map_or(0, |n| n.note.waiting),
            refused: news.map_or(0, |n| n.note.refused),
            drafts: news.map_or(0, |n| n.note.drafts),
            certificate_until: terminal.certificate_until.map(|at| at.to_rfc3339()),
            invited_until: news
                .and_then(|n| n.invited_until)
                .filter(|_| terminal.state == TerminalState::Invited)
                .map(|at| at.to_rfc3339()),
            may_authorise: head_office && terminal.state == TerminalState::Requested && asked != Some(&staff.staff),
            requested_by: self.name_of(asked).await.unwrap_or_default(),
        }
    }

    /// Asks for a terminal; a colleague has to agree.
    ///
    /// # Errors
    /// A field is wrong, or the centre refuses or is out of reach.
    pub async fn request_terminal(&self, branch: &str, label: &str) -> Result<(), DeskError> {
        let branch = branch.parse().map_err(|refusal: domain::Refusal| refusal.at("branch"))?;
        domain::text::name("label", label)?;
        let command = TerminalCommand::InviteTerminal { branch, label: label.trim().to_owned() };
        self.on_terminal(TerminalId(uuid::Uuid::new_v4()), command, None).await.map(drop)
    }

    /// Agrees to what a colleague asked for, or draws another invitation in the place of a lost one. It is shown once.
    ///
    /// # Errors
    /// The centre refuses, or is out of reach.
    pub async fn invite_terminal(&self, terminal_id: &str, again: bool) -> Result<InvitationView, DeskError> {
        let staff = self.working()?;
        let id: TerminalId = terminal_id.parse()?;
        let terminal = self.find_terminal(id).await?;
        let mut entropy = [0; invitation::ENTROPY];
        aws_lc_rs::rand::fill(&mut entropy).map_err(|_| DeskError::Internal("no randomness".into()))?;
        let code = invitation::code(entropy);
        let command = if again { TerminalCommand::ReinviteTerminal {} } else { TerminalCommand::AuthoriseTerminal {} };
        let accepted = self.on_terminal(id, command, Some(invitation::code_sha256(&code))).await?;
        let until = accepted.at + chrono::Duration::hours(invitation::HOURS);
        self.paper(&staff, &terminal, code, until)
    }

    fn paper(
        &self,
        staff: &SignedIn,
        terminal: &Terminal,
        invitation: String,
        until: chrono::DateTime<Utc>,
    ) -> Result<InvitationView, DeskError> {
        let info = held(&self.inner.info).clone().ok_or(ErrorCode::Offline)?;
        let (_, root) = x509_parser::pem::parse_x509_pem(self.inner.identity.root.as_bytes())
            .map_err(|e| DeskError::Internal(e.to_string()))?;
        let fingerprint = Fingerprint::of(&root.contents);
        let paper = Paper { centre: info.enrol_url, fingerprint: fingerprint.to_hex(), invitation };
        let words: Vec<String> = fingerprint.words().into_iter().map(str::to_owned).collect();
        let branch_code = terminal.branch.as_ref().map(ToString::to_string).unwrap_or_default();
        let line = paper.to_text();
        let slip = Slip::TerminalInvitation(TerminalInvitation {
            training: self.inner.profile.training,
            institution: self.institution_name(),
            branch_name: self.branch_name(&branch_code),
            branch_code,
            label: terminal.label.clone(),
            centre: paper.centre.clone(),
            words: words.clone(),
            hex: paper.fingerprint.clone(),
            invitation: PickupCodeText::new(paper.invitation.clone()),
            line: PickupCodeText::new(line.clone()),
            until: words::moment(until),
            issued_at: words::day(domain::calendar::jst_day(self.centre_now())),
            staff: staff.name.clone(),
            contacts: self.contacts(),
        });
        let pages = slip::render_svg(&slip).map_err(|e| failed(&e))?;
        let (centre, hex, invitation) = (paper.centre, paper.fingerprint, paper.invitation);
        Ok(InvitationView { invitation, centre, words, hex, line, until: until.to_rfc3339(), pages })
    }

    /// Lets a terminal work for another branch, or stand in another place. What it holds of the old branch goes.
    ///
    /// # Errors
    /// A field is wrong, or the centre refuses or is out of reach.
    pub async fn move_terminal(&self, terminal_id: &str, branch: &str, label: &str) -> Result<(), DeskError> {
        let branch = branch.parse().map_err(|refusal: domain::Refusal| refusal.at("branch"))?;
        domain::text::name("label", label)?;
        let command = TerminalCommand::MoveTerminal { branch, label: label.trim().to_owned() };
        self.on_terminal(terminal_id.parse()?, command, None).await.map(drop)
    }

    /// Cuts a terminal off for good; its connections end within a second, and it deletes what it holds.
    ///
    /// # Errors
    /// The centre refuses, or is out of reach.
    pub async fn revoke_terminal(&self, terminal_id: &str) -> Result<(), DeskError> {
        self.on_terminal(terminal_id.parse()?, TerminalCommand::RevokeTerminal {}, None).await.map(drop)
    }

    async fn find_terminal(&self, id: TerminalId) -> Result<Terminal, DeskError> {
        let row: Option<(String,)> = sqlx::query_as("SELECT state FROM terminal WHERE terminal_id = $1")
            .bind(id.to_string())
            .fetch_optional(&self.inner.replica.readers)
            .await?;
        let (json,) = row.ok_or(ErrorCode::TerminalState)?;
        Ok(serde_json::from_str(&json)?)
    }

    /// An act on a terminal: at the centre or not at all. A lost answer is asked for again, with the same bytes.
    async fn on_terminal(
        &self,
        terminal: TerminalId,
        command: TerminalCommand,
        code_sha256: Option<String>,
    ) -> Result<CommandAccepted, DeskError> {
        let staff = self.working()?;
        token(&staff)?;
        let sealing = Sealing {
            body: Body::Terminal { terminal, command },
            expected_version: None,
            offline: false,
            last_checkpoint: self.checkpoint().await?,
            attachment: None,
            code_sha256,
        };
        let (_, _, request) = self.sealed(&staff, sealing)?;
        let mut answer = self.inner.centre.push(&staff.token, &request).await;
        for pause in [200, 800] {
            if !matches!(answer, Err(DeskError::Offline(_))) {
                break;
            }
            tokio::time::sleep(Duration::from_millis(pause)).await;
            answer = self.inner.centre.push(&staff.token, &request).await;
        }
        let accepted = answer?;
        self.wait_until(accepted.index).await;
        self.changed(Topics::ALL);
        Ok(accepted)
    }
}
