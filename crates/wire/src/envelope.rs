//! What a terminal signs: a command with everything that says who, where, when and against which state.

use chrono::{DateTime, Utc};
use domain::branch::BranchCommand;
use domain::customer::CustomerCommand;
use domain::id::{BranchCode, CommandId, CustomerId, InstitutionId, SessionId, StaffId, TerminalId};
use domain::policy::PolicyCommand;
use domain::staff::StaffCommand;
use domain::terminal::TerminalCommand;
use serde::{Deserialize, Serialize};

use crate::WireError;

/// The envelope. Its exact bytes are signed, sent and stored; nobody writes it again from the parsed form.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Envelope {
    /// Version of this form: 1.
    pub v: u32,
    /// For whom: a signature for a training log is worth nothing in a real one.
    pub institution: InstitutionId,
    /// UUIDv7: the key of idempotency, later the entry's id.
    pub id: CommandId,
    /// The signing terminal.
    pub terminal: TerminalId,
    /// The staff session.
    pub session: SessionId,
    /// Who.
    pub staff: StaffId,
    /// The version of the customer that was on screen; `None` where the rules alone decide.
    pub expected_version: Option<u64>,
    /// The desk's clock when it was made: a claim, shown beside the centre's time.
    pub made_at: DateTime<Utc>,
    /// Made while the centre was out of reach?
    pub offline: bool,
    /// The last checkpoint this desk verified (signed note), so that forks meet.
    pub last_checkpoint: Option<String>,
    /// SHA-256 of the attachment's bytes, hex.
    pub attachment: Option<String>,
    /// What is asked for.
    pub body: Body,
}

/// The command and what it is for.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(tag = "on", rename_all = "snake_case", deny_unknown_fields)]
pub enum Body {
    /// On a customer.
    Customer {
        /// Which.
        customer: CustomerId,
        /// What.
        command: CustomerCommand,
    },
    /// On a terminal, by head office.
    Terminal {
        /// Which.
        terminal: TerminalId,
        /// What.
        command: TerminalCommand,
    },
    /// On a branch, by head office.
    Branch {
        /// Which.
        branch: BranchCode,
        /// What.
        command: BranchCommand,
    },
    /// On the policy of the institution the envelope is for.
    Policy {
        /// What.
        command: PolicyCommand,
    },
    /// On a member of staff: by head office, or the own password.
    Staff {
        /// Whom.
        staff: StaffId,
        /// What.
        command: StaffCommand,
    },
}

impl Body {
    /// The command's kind (`approve_application`).
    pub fn kind(&self) -> &'static str {
        match self {
            Self::Customer { command, .. } => command.kind(),
            Self::Terminal { command, .. } => command.kind(),
            Self::Branch { command, .. } => command.kind(),
            Self::Policy { command } => command.kind(),
            Self::Staff { command, .. } => command.kind(),
        }
    }
}

impl Envelope {
    /// The bytes to sign, send and store.
    ///
    /// # Errors
    /// [`WireError::Malformed`] if JSON can't hold it (it always can).
    pub fn to_bytes(&self) -> Result<Vec<u8>, WireError> {
        serde_json::to_vec(self).map_err(|e| WireError::Malformed { what: "envelope", why: e.to_string() })
    }

    /// Reads the bytes of an envelope.
    ///
    /// # Errors
    /// [`WireError`].
    pub fn from_bytes(bytes: &[u8]) -> Result<Self, WireError> {
        let read: Self =
            serde_json::from_slice(bytes).map_err(|e| WireError::Malformed { what: "envelope", why: e.to_string() })?;
        match read.v {
            1 => Ok(read),
            version => Err(WireError::TooNew { what: "envelope", version }),
        }
    }
}
