//! Everything that can happen, and what it happens to.

use serde::{Deserialize, Serialize};

use crate::branch::BranchEvent;
use crate::customer::CustomerEvent;
use crate::error::ErrorCode;
use crate::id::{BranchCode, CommandId, CustomerId, InstitutionId, StaffId, TerminalId};
use crate::institution::InstitutionEvent;
use crate::policy::PolicyEvent;
use crate::staff::StaffEvent;
use crate::terminal::TerminalEvent;

/// The aggregate an entry belongs to.
#[derive(Debug, Clone, PartialEq, Eq, Hash, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(tag = "kind", content = "id", rename_all = "snake_case")]
pub enum Subject {
    /// A customer.
    Customer(CustomerId),
    /// A member of staff.
    Staff(StaffId),
    /// A terminal.
    Terminal(TerminalId),
    /// The institution itself.
    Institution(InstitutionId),
    /// Its policy.
    Policy(InstitutionId),
    /// A branch.
    Branch(BranchCode),
}

/// One thing that happened. Stored: variants are only ever added.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(tag = "on", content = "event", rename_all = "snake_case")]
pub enum Event {
    /// To a customer.
    Customer(CustomerEvent),
    /// To a member of staff.
    Staff(StaffEvent),
    /// To a terminal.
    Terminal(TerminalEvent),
    /// To the institution.
    Institution(InstitutionEvent),
    /// To its policy.
    Policy(PolicyEvent),
    /// To a branch.
    Branch(BranchEvent),
    /// Nothing happened, but somebody tried or looked: recorded, never applied.
    Access(AccessEvent),
}

impl Event {
    /// The branch that somebody leaves with it: it reads the entry too, which is the other branch's.
    pub fn leaves(&self) -> Option<&BranchCode> {
        match self {
            Self::Customer(CustomerEvent::CustomerMoved { from, .. }) => Some(from),
            Self::Staff(StaffEvent::StaffChanged { from, .. }) => from.as_ref(),
            _ => None,
        }
    }

    /// What the screens know it by: its serde tag (`application_approved`).
    pub fn word(&self) -> String {
        let value = match self {
            Self::Customer(event) => serde_json::to_value(event),
            Self::Staff(event) => serde_json::to_value(event),
            Self::Terminal(event) => serde_json::to_value(event),
            Self::Institution(event) => serde_json::to_value(event),
            Self::Policy(event) => serde_json::to_value(event),
            Self::Branch(event) => serde_json::to_value(event),
            Self::Access(event) => serde_json::to_value(event),
        };
        value.ok().and_then(|v| v.get("type").and_then(|t| t.as_str()).map(str::to_owned)).unwrap_or_default()
    }
}

/// A refusal after authentication, or a look at somebody else's customer.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(tag = "type", rename_all = "snake_case")]
pub enum AccessEvent {
    /// A command was refused.
    Refused {
        /// Its id.
        command: CommandId,
        /// Its kind, as in the envelope (`approve_application`).
        command_kind: String,
        /// Why.
        code: ErrorCode,
    },
    /// Somebody looked for whom an emergency stop would hit, in every branch.
    StopTargetSought {
        /// 利用者ID or 契約者番号, as it was looked for.
        sought: String,
        /// Who was found.
        customer: Option<CustomerId>,
    },
    /// An auditor was shown personal data.
    Viewed {
        /// Where.
        what: ViewKind,
        /// Customers who were shown for the first time in this session; of very many, the first.
        customers: Vec<CustomerId>,
        /// How many they were.
        count: u32,
    },
}

/// Where personal data is shown. Part of a stored event: frozen.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum ViewKind {
    /// A customer's page, or a paper of that customer.
    Customer,
    /// Hits of a search.
    Search,
    /// A list on the screen.
    List,
    /// A list as a file.
    Export,
    /// A page of 発行ログ.
    Log,
}
