//! Terminals: the branch PCs that may speak to the centre.

use chrono::{DateTime, Utc};
use serde::{Deserialize, Serialize};

use crate::actor::{Actor, Role};
use crate::error::{ErrorCode, Refusal};
use crate::id::{BranchCode, StaffId, TerminalId};
use crate::text;

/// Where a terminal stands.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "specta", derive(specta::Type))]
#[serde(rename_all = "snake_case")]
pub enum TerminalState {
    /// Nobody has invited it.
    Unknown,
    /// Asked for by one of head office; another one has to agree.
    Requested,
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
    /// Who asked for it, where it was one of head office.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub requested_by: Option<StaffId>,
    /// End of its newest certificate, where the log says it.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub certificate_until: Option<DateTime<Utc>>,
}

/// What is asked for.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(tag = "type", rename_all = "snake_case", deny_unknown_fields)]
pub enum TerminalCommand {
    /// Invite a terminal. The operator's invitation is out at once; one of head office asks for it, and another one agrees.
    InviteTerminal {
        /// Branch it will be bound to.
        branch: BranchCode,
        /// Its place.
        label: String,
    },
    /// Agree to what a colleague asked for: the invitation is out.
    AuthoriseTerminal {},
    /// Another invitation in the place of one that was lost, or not used in time. It ends the former one.
    ReinviteTerminal {},
    /// Enrol it: it showed the invitation and proved possession of its key.
    EnrolTerminal {
        /// SubjectPublicKeyInfo DER, base64.
        public_key: String,
        /// SHA-256 of the certificate's DER, hex.
        certificate_sha256: String,
        /// End of the certificate.
        #[serde(default)]
        not_after: Option<DateTime<Utc>>,
    },
    /// Another certificate for the same key.
    RenewTerminal {
        /// SHA-256 of the certificate's DER, hex.
        certificate_sha256: String,
        /// End of the certificate.
        not_after: DateTime<Utc>,
    },
    /// It works for another branch from now on, or stands in another place.
    MoveTerminal {
        /// Its branch.
        branch: BranchCode,
        /// Its place.
        label: String,
    },
    /// Cut it off.
    RevokeTerminal {},
}

impl TerminalCommand {
    /// The kind, as in the serde tag.
    pub fn kind(&self) -> &'static str {
        match self {
            Self::InviteTerminal { .. } => "invite_terminal",
            Self::AuthoriseTerminal {} => "authorise_terminal",
            Self::ReinviteTerminal {} => "reinvite_terminal",
            Self::EnrolTerminal { .. } => "enrol_terminal",
            Self::RenewTerminal { .. } => "renew_terminal",
            Self::MoveTerminal { .. } => "move_terminal",
            Self::RevokeTerminal {} => "revoke_terminal",
        }
    }

    /// Does a new one-time invitation travel beside it?
    pub fn invites(&self) -> bool {
        matches!(self, Self::AuthoriseTerminal {} | Self::ReinviteTerminal {})
    }
}

/// What happened. Stored: variants and fields are only ever added.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(tag = "type", rename_all = "snake_case")]
pub enum TerminalEvent {
    /// Asked for; another person has to agree.
    TerminalRequested {
        /// Branch.
        branch: BranchCode,
        /// Place.
        label: String,
    },
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
        /// End of the certificate.
        #[serde(default, skip_serializing_if = "Option::is_none")]
        not_after: Option<DateTime<Utc>>,
    },
    /// It has a new certificate.
    TerminalRenewed {
        /// SHA-256 of the certificate's DER, hex.
        certificate_sha256: String,
        /// End of the certificate.
        not_after: DateTime<Utc>,
    },
    /// It works for another branch, or stands in another place.
    TerminalMoved {
        /// Branch before.
        from: BranchCode,
        /// Branch.
        branch: BranchCode,
        /// Place.
        label: String,
    },
    /// Revoked.
    TerminalRevoked {},
}

impl Terminal {
    /// A terminal nobody has invited yet.
    pub fn unknown(id: TerminalId) -> Self {
        Self {
            id,
            version: 0,
            state: TerminalState::Unknown,
            branch: None,
            label: String::new(),
            public_key: String::new(),
            requested_by: None,
            certificate_until: None,
        }
    }
}

/// Is it time for another certificate? In the last third of its life, so that a PC that was off for a season still finds
/// its old one good.
pub fn renewal_due(not_before: DateTime<Utc>, not_after: DateTime<Utc>, now: DateTime<Utc>) -> bool {
    now >= not_after - (not_after - not_before) / 3
}

/// Decides a command.
///
/// # Errors
/// A [`Refusal`] that names the rule.
pub fn decide(terminal: &Terminal, command: &TerminalCommand, actor: &Actor) -> Result<Vec<TerminalEvent>, Refusal> {
    use TerminalCommand as C;
    use TerminalEvent as E;
    use TerminalState as S;
    let operator = matches!(actor, Actor::Operator { .. });
    let (head_office, elsewhere) = match actor {
        Actor::Staff { role: Role::HeadOffice, terminal: own, .. } => (true, *own != terminal.id),
        _ => (false, false),
    };
    let itself = matches!(actor, Actor::Terminal { terminal: own } if *own == terminal.id);
    let permitted = match command {
        C::InviteTerminal { .. } | C::ReinviteTerminal {} => operator || head_office,
        C::AuthoriseTerminal {} => head_office,
        // A stolen PC is cut off by whoever hears of it first at head office, not only at the server; never by itself. Nor
        // does anybody move the PC that the deed is done at: it would end the session in the middle of it.
        C::RevokeTerminal {} | C::MoveTerminal { .. } => operator || (head_office && elsewhere),
        C::EnrolTerminal { .. } | C::RenewTerminal { .. } => itself,
    };
    if !permitted {
        return Err(ErrorCode::ActorNotPermitted.into());
    }
    match (command, terminal.state) {
        (C::InviteTerminal { branch, label }, S::Unknown) => {
            text::name("label", label)?;
            let (branch, label) = (branch.clone(), label.clone());
            Ok(vec![if operator {
                E::TerminalInvited { branch, label }
            } else {
                E::TerminalRequested { branch, label }
            }])
        }
        (C::AuthoriseTerminal {}, S::Requested) if actor.staff() == terminal.requested_by.as_ref() => {
            Err(Refusal::new(ErrorCode::TwoPersonRule).by(actor.staff()))
        }
        (C::AuthoriseTerminal {}, S::Requested) | (C::ReinviteTerminal {}, S::Invited) => {
            let branch = terminal.branch.clone().ok_or(ErrorCode::TerminalState)?;
            Ok(vec![E::TerminalInvited { branch, label: terminal.label.clone() }])
        }
        (C::EnrolTerminal { public_key, certificate_sha256, not_after }, S::Invited) => Ok(vec![E::TerminalEnrolled {
            public_key: public_key.clone(),
            certificate_sha256: certificate_sha256.clone(),
            not_after: *not_after,
        }]),
        (C::EnrolTerminal { .. }, S::Unknown | S::Requested | S::Revoked) => Err(ErrorCode::InvitationDenied.into()),
        (C::RenewTerminal { certificate_sha256, not_after }, S::Enrolled) => {
            Ok(vec![E::TerminalRenewed { certificate_sha256: certificate_sha256.clone(), not_after: *not_after }])
        }
        (C::MoveTerminal { branch, label }, S::Enrolled) => {
            text::name("label", label)?;
            let from = terminal.branch.clone().ok_or(ErrorCode::TerminalState)?;
            if from == *branch && terminal.label == *label {
                return Err(Refusal::new(ErrorCode::TerminalState).at("branch"));
            }
            Ok(vec![E::TerminalMoved { from, branch: branch.clone(), label: label.clone() }])
        }
        (C::RevokeTerminal {}, S::Requested | S::Invited | S::Enrolled) => Ok(vec![E::TerminalRevoked {}]),
        _ => Err(ErrorCode::TerminalState.into()),
    }
}

/// Applies an event of an entry by `actor`. Infallible.
pub fn apply(terminal: &mut Terminal, event: &TerminalEvent, actor: &Actor) {
    terminal.version += 1;
    match event {
        TerminalEvent::TerminalRequested { branch, label } => {
            terminal.state = TerminalState::Requested;
            terminal.branch = Some(branch.clone());
            terminal.label.clone_from(label);
            terminal.requested_by = actor.staff().cloned();
        }
        TerminalEvent::TerminalInvited { branch, label } => {
            terminal.state = TerminalState::Invited;
            terminal.branch = Some(branch.clone());
            terminal.label.clone_from(label);
        }
        TerminalEvent::TerminalEnrolled { public_key, not_after, .. } => {
            terminal.state = TerminalState::Enrolled;
            terminal.public_key.clone_from(public_key);
            terminal.certificate_until = *not_after;
        }
        TerminalEvent::TerminalRenewed { not_after, .. } => terminal.certificate_until = Some(*not_after),
        TerminalEvent::TerminalMoved { branch, label, .. } => {
            terminal.branch = Some(branch.clone());
            terminal.label.clone_from(label);
        }
        TerminalEvent::TerminalRevoked {} => terminal.state = TerminalState::Revoked,
    }
}

#[cfg(test)]
mod tests;
