//! Terminals: the branch PCs that may speak to the centre.

use serde::{Deserialize, Serialize};

use crate::actor::{Actor, Role};
use crate::error::{ErrorCode, Refusal};
use crate::id::{BranchCode, TerminalId};
use crate::text;

/// Where a terminal stands.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum TerminalState {
    /// Nobody has invited it.
    Unknown,
    /// Invited; the one-time invitation is out.
    Invited,
    /// Enrolled: it has a key and a certificate.
    Enrolled,
    /// Cut off for good.
    Revoked,
}

/// A branch PC, derived from the log.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Terminal {
    /// Its id.
    pub id: TerminalId,
    /// Number of events applied.
    pub version: u64,
    /// State.
    pub state: TerminalState,
    /// The branch it is bound to; `None` before the first event.
    pub branch: Option<BranchCode>,
    /// Its place in the branch (「窓口 1番」).
    pub label: String,
    /// Its public key: SubjectPublicKeyInfo DER, base64. Empty before enrolment.
    pub public_key: String,
}

/// What is asked for.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(tag = "type", rename_all = "snake_case", deny_unknown_fields)]
pub enum TerminalCommand {
    /// Invite a terminal.
    InviteTerminal {
        /// Branch it will be bound to.
        branch: BranchCode,
        /// Its place.
        label: String,
    },
    /// Enrol it: it showed the invitation and proved possession of its key.
    EnrolTerminal {
        /// SubjectPublicKeyInfo DER, base64.
        public_key: String,
        /// SHA-256 of the certificate's DER, hex.
        certificate_sha256: String,
    },
    /// Cut it off.
    RevokeTerminal {},
}

impl TerminalCommand {
    /// The kind, as in the serde tag.
    pub fn kind(&self) -> &'static str {
        match self {
            Self::InviteTerminal { .. } => "invite_terminal",
            Self::EnrolTerminal { .. } => "enrol_terminal",
            Self::RevokeTerminal {} => "revoke_terminal",
        }
    }
}

/// What happened. Stored: variants and fields are only ever added.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(tag = "type", rename_all = "snake_case")]
pub enum TerminalEvent {
    /// Invited.
    TerminalInvited {
        /// Branch.
        branch: BranchCode,
        /// Place.
        label: String,
    },
    /// Enrolled.
    TerminalEnrolled {
        /// SubjectPublicKeyInfo DER, base64.
        public_key: String,
        /// SHA-256 of the certificate's DER, hex.
        certificate_sha256: String,
    },
    /// Revoked.
    TerminalRevoked {},
}

impl Terminal {
    /// A terminal nobody has invited yet.
    pub fn unknown(id: TerminalId) -> Self {
        let (label, public_key) = (String::new(), String::new());
        Self { id, version: 0, state: TerminalState::Unknown, branch: None, label, public_key }
    }
}

/// Decides a command.
///
/// # Errors
/// A [`Refusal`] that names the rule.
pub fn decide(terminal: &Terminal, command: &TerminalCommand, actor: &Actor) -> Result<Vec<TerminalEvent>, Refusal> {
    let operator = matches!(actor, Actor::Operator { .. });
    // A stolen PC is cut off by whoever hears of it first at head office, not only at the server; never by itself.
    let may_revoke = match actor {
        Actor::Operator { .. } => true,
        Actor::Staff { role, terminal: own, .. } => *role == Role::HeadOffice && *own != terminal.id,
        _ => false,
    };
    match (command, terminal.state) {
        (TerminalCommand::InviteTerminal { branch, label }, TerminalState::Unknown) if operator => {
            text::name("label", label)?;
            Ok(vec![TerminalEvent::TerminalInvited { branch: branch.clone(), label: label.clone() }])
        }
        (TerminalCommand::EnrolTerminal { public_key, certificate_sha256 }, TerminalState::Invited) if matches!(actor, Actor::Terminal { terminal: id } if *id == terminal.id) => {
            Ok(vec![TerminalEvent::TerminalEnrolled {
                public_key: public_key.clone(),
                certificate_sha256: certificate_sha256.clone(),
            }])
        }
        (TerminalCommand::RevokeTerminal {}, TerminalState::Invited | TerminalState::Enrolled) if may_revoke => {
            Ok(vec![TerminalEvent::TerminalRevoked {}])
        }
        (TerminalCommand::InviteTerminal { .. }, _) if !operator => Err(ErrorCode::ActorNotPermitted.into()),
        (TerminalCommand::RevokeTerminal {}, _) if !may_revoke => Err(ErrorCode::ActorNotPermitted.into()),
        (TerminalCommand::EnrolTerminal { .. }, TerminalState::Unknown | TerminalState::Revoked) => {
            Err(ErrorCode::InvitationDenied.into())
        }
        _ => Err(ErrorCode::TerminalState.into()),
    }
}

/// Applies an event. Infallible.
pub fn apply(terminal: &mut Terminal, event: &TerminalEvent) {
    terminal.version += 1;
    match event {
        TerminalEvent::TerminalInvited { branch, label } => {
            terminal.state = TerminalState::Invited;
            terminal.branch = Some(branch.clone());
            terminal.label.clone_from(label);
        }
        TerminalEvent::TerminalEnrolled { public_key, .. } => {
            terminal.state = TerminalState::Enrolled;
            terminal.public_key.clone_from(public_key);
        }
        TerminalEvent::TerminalRevoked {} => terminal.state = TerminalState::Revoked,
    }
}
