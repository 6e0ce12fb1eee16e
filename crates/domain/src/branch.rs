//! Branches of the institution: opened, renamed, merged into another on a day (店舗統廃合), and their business days signed off.
//! Customers go over to the other branch one by one; each of them is an act on that customer.

mod business_days;
mod change;
mod day;
mod sign_off;
#[cfg(test)]
mod tests;

pub use business_days::{BusinessDays, Span};
pub use change::{BranchChange, BranchProposal, Carried, Decided, Leaving, TOGETHER, TakenAlong, Transfer};
pub use day::{DayException, DayFacts, Seen, concerns};
pub use sign_off::{may_sign_off, needs_comment, open_to};

use std::collections::BTreeMap;

use chrono::{DateTime, NaiveDate, Utc};
use serde::{Deserialize, Serialize};

use crate::actor::Actor;
use crate::authorisation;
use crate::error::{ErrorCode, Refusal};
use crate::id::{BranchCode, CustomerId, StaffId};
use crate::personal::PersonalData;
use crate::text;

/// A merger lies no further ahead, days.
const AHEAD: u32 = 366;

/// A merger into another branch.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Merger {
    /// Into which.
    pub into: BranchCode,
    /// From this day on (JST).
    pub on: NaiveDate,
}

/// 日次検印 of a day.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct SignedOff {
    /// Who.
    pub by: StaffId,
    /// When.
    pub at: DateTime<Utc>,
}

/// A branch, derived from the log.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Branch {
    /// 店番.
    pub code: BranchCode,
    /// Number of events applied.
    pub version: u64,
    /// 店名; empty: nobody has opened it.
    pub name: String,
    /// Its reading, as the zengin data has it.
    pub kana: String,
    /// What was decided about its end.
    pub merger: Option<Merger>,
    /// Business days that were signed off.
    #[serde(default, skip_serializing_if = "BTreeMap::is_empty")]
    pub signed_off: BTreeMap<NaiveDate, SignedOff>,
    /// What takes two persons of head office.
    #[serde(default, skip_serializing_if = "Decided::is_nothing")]
    pub decided: Decided,
}

/// What is asked for.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(tag = "type", rename_all = "snake_case", deny_unknown_fields)]
pub enum BranchCommand {
    /// A branch that the log does not know.
    OpenBranch {
        /// 店名.
        name: String,
        /// Its reading.
        kana: String,
    },
    /// Another name.
    RenameBranch {
        /// 店名.
        name: String,
        /// Its reading.
        kana: String,
    },
    /// 店舗統廃合: its customers go over to another branch on a day. For another person to confirm.
    MergeBranch {
        /// Into which.
        into: BranchCode,
        /// From this day on (JST), today or later.
        on: NaiveDate,
    },
    /// A merger whose day has not come does not take place. For another person to confirm.
    WithdrawMerger {},
    /// 移管 of some of its customers. For another person to confirm.
    MoveCustomers {
        /// Into which branch.
        into: BranchCode,
        /// Who, with their numbers there.
        customers: Vec<Leaving>,
    },
    /// By somebody else than the one who asked for it.
    ConfirmBranchChange {
        /// Which.
        number: u32,
    },
    /// What was asked for does not come to pass.
    DismissBranchChange {
        /// Which.
        number: u32,
    },
    /// The centre has carried a transfer out.
    EndTransfer {
        /// The request.
        number: u32,
        /// How many went over.
        moved: u32,
        /// Who did not.
        stayed: Vec<CustomerId>,
    },
    /// Take over the customers of a file that the centre has been sent (to head office's own branch).
    ImportCustomers {
        /// SHA-256 of the file, hex.
        sha256: String,
        /// Its lines, beside the first.
        rows: u32,
    },
    /// 日次検印 of a business day (attachment: `Comment`, where there is something to say).
    SignOffDay {
        /// Which day (JST).
        day: NaiveDate,
        /// Size of the tree as of which it was looked at.
        size: u64,
        /// The root of that tree, Base64.
        root: String,
    },
}

impl BranchCommand {
    /// The kind, as in the serde tag.
    pub fn kind(&self) -> &'static str {
        match self {
            Self::OpenBranch { .. } => "open_branch",
            Self::RenameBranch { .. } => "rename_branch",
            Self::MergeBranch { .. } => "merge_branch",
            Self::WithdrawMerger {} => "withdraw_merger",
            Self::MoveCustomers { .. } => "move_customers",
            Self::ConfirmBranchChange { .. } => "confirm_branch_change",
            Self::DismissBranchChange { .. } => "dismiss_branch_change",
            Self::EndTransfer { .. } => "end_transfer",
            Self::ImportCustomers { .. } => "import_customers",
            Self::SignOffDay { .. } => "sign_off_day",
        }
    }
}

/// What happened. Stored: variants and fields are only ever added.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(tag = "type", rename_all = "snake_case")]
pub enum BranchEvent {
    /// Opened.
    BranchOpened {
        /// 店名.
        name: String,
        /// Its reading.
        kana: String,
    },
    /// Renamed.
    BranchRenamed {
        /// 店名.
        name: String,
        /// Its reading.
        kana: String,
    },
    /// It will be merged into another.
    BranchMerged {
        /// Into which.
        into: BranchCode,
        /// From this day on (JST).
        on: NaiveDate,
    },
    /// It will not.
    MergerWithdrawn {},
    /// One person of head office asks for what takes two.
    BranchChangeProposed {
        /// The how-manieth request about this branch.
        number: u32,
        /// What.
        change: BranchChange,
    },
    /// Another one agreed: a merger stands in the event after this, and a transfer begins.
    BranchChangeConfirmed {
        /// Which.
        number: u32,
    },
    /// It was dropped.
    BranchChangeDismissed {
        /// Which.
        number: u32,
    },
    /// A transfer was carried out; each customer's move is an entry of its own.
    CustomersMoved {
        /// The request.
        number: u32,
        /// How many went over.
        moved: u32,
        /// Who did not.
        stayed: Vec<CustomerId>,
    },
    /// Somebody of head office had the customers of a file taken over; each of them is an entry of its own.
    ImportOrdered {
        /// SHA-256 of the file, hex.
        sha256: String,
        /// Its lines, beside the first.
        rows: u32,
    },
    /// A supervisor has looked at what happened on a business day (attachment: `Comment`, where there was something to say).
    DaySignedOff {
        /// Which day (JST).
        day: NaiveDate,
        /// Size of the tree as of which it was looked at.
        size: u64,
        /// The root of that tree, Base64.
        root: String,
        /// Entries of the branch on that day.
        entries: u32,
        /// Of those, how many were exceptions.
        exceptions: u32,
    },
}

impl BranchEvent {
    /// Is it that branch's business alone? Which branches there are, and which end, is everybody's; which customers are to leave
    /// one is not.
    pub fn concerns_the_branch_only(&self) -> bool {
        matches!(
            self,
            Self::DaySignedOff { .. }
                | Self::ImportOrdered { .. }
                | Self::CustomersMoved { .. }
                | Self::BranchChangeProposed { change: BranchChange::MoveCustomers { .. }, .. }
        )
    }
}

/// What a decision rests on beside the branch itself.
#[derive(Debug, Clone, Copy)]
pub struct Context<'a> {
    /// Who asks.
    pub actor: &'a Actor,
    /// What travels beside the command.
    pub personal: Option<&'a PersonalData>,
    /// Now.
    pub now: DateTime<Utc>,
    /// With [`BranchCommand::SignOffDay`]: what the log says of that day.
    pub day: Option<&'a DayFacts>,
}

impl Branch {
    /// A branch nobody has opened yet.
    pub fn unknown(code: BranchCode) -> Self {
        let (name, kana, signed_off, decided) = Default::default();
        Self { code, version: 0, name, kana, merger: None, signed_off, decided }
    }

    /// Has it been opened? Of a branch that the banking system knows and the log does not, days can be signed off all the same.
    pub fn opened(&self) -> bool {
        !self.name.is_empty()
    }

    /// The branch its customers go over to, once the day has come.
    pub fn merged_into(&self, today: NaiveDate) -> Option<&BranchCode> {
        self.merger.as_ref().filter(|merger| merger.on <= today).map(|merger| &merger.into)
    }

    /// May customers go over to it?
    ///
    /// # Errors
    /// Nobody has opened it, or it is merged into another itself.
    pub fn may_receive(&self) -> Result<(), Refusal> {
        match &self.merger {
            _ if !self.opened() => Err(Refusal::new(ErrorCode::BranchUnknown).at("branch")),
            Some(merger) => Err(Refusal::new(ErrorCode::BranchMerged).at("branch").with("into", &merger.into)),
            None => Ok(()),
        }
    }
}

fn named(name: &str, kana: &str) -> Result<(), Refusal> {
    text::name("name", name)?;
    // 全銀: ﾄｳｷﾖｳ, with its own signs.
    text::name("kana", kana)
}

/// Decides a command. Whether another branch may receive customers is asked of that branch ([`Branch::may_receive`]).
///
/// # Errors
/// A [`Refusal`] that names the rule.
pub fn decide(branch: &Branch, command: &BranchCommand, context: &Context<'_>) -> Result<Vec<BranchEvent>, Refusal> {
    if let BranchCommand::SignOffDay { day, size, root } = command {
        return sign_off::decide(branch, (*day, *size, root), context);
    }
    permitted(command, context.actor)?;
    if context.personal.is_some() {
        return Err(ErrorCode::AttachmentMismatch.into());
    }
    let (known, now) = (branch.opened(), context.now);
    match command {
        // Of head office, which the list of branches need not have.
        BranchCommand::ImportCustomers { sha256, rows } => {
            let hex = sha256.len() == 64 && sha256.bytes().all(|b| matches!(b, b'0'..=b'9' | b'a'..=b'f'));
            match hex && *rows > 0 {
                true => Ok(vec![BranchEvent::ImportOrdered { sha256: sha256.clone(), rows: *rows }]),
                false => Err(ErrorCode::RequestMalformed.into()),
            }
        }
        BranchCommand::OpenBranch { .. } if known => Err(ErrorCode::BranchExists.into()),
        BranchCommand::OpenBranch { name, kana } => {
            named(name, kana)?;
            Ok(vec![BranchEvent::BranchOpened { name: name.clone(), kana: kana.clone() }])
        }
        _ if !known => Err(Refusal::new(ErrorCode::BranchUnknown).at("branch")),
        BranchCommand::RenameBranch { name, kana } => {
            named(name, kana)?;
            Ok(vec![BranchEvent::BranchRenamed { name: name.clone(), kana: kana.clone() }])
        }
        BranchCommand::MergeBranch { into, on } => {
            change::propose(branch, BranchChange::Merge { into: into.clone(), on: *on }, now)
        }
        BranchCommand::WithdrawMerger {} => change::propose(branch, BranchChange::WithdrawMerger {}, now),
        BranchCommand::MoveCustomers { into, customers } => {
            let (into, customers) = (into.clone(), customers.clone());
            change::propose(branch, BranchChange::MoveCustomers { into, customers }, now)
        }
        BranchCommand::ConfirmBranchChange { number } => change::confirm(branch, *number, context.actor, now),
        BranchCommand::DismissBranchChange { number } => change::dismiss(branch, *number),
        BranchCommand::EndTransfer { number, moved, stayed } => change::end(branch, (*number, *moved), stayed),
        BranchCommand::SignOffDay { .. } => Err(ErrorCode::DayChanged.into()),
    }
}

/// Who asks? Head office decides about branches, two of it about what moves customers; the list comes from a file, by the
/// operator; what was decided is carried out by the centre.
fn permitted(command: &BranchCommand, actor: &Actor) -> Result<(), Refusal> {
    match (actor, command) {
        (Actor::Staff { role, .. }, _) => match authorisation::role_may_branch(*role, command) {
            true => Ok(()),
            false => Err(ErrorCode::RoleNotPermitted.into()),
        },
        (Actor::Operator { .. }, BranchCommand::OpenBranch { .. } | BranchCommand::RenameBranch { .. })
        | (Actor::System { .. }, BranchCommand::EndTransfer { .. }) => Ok(()),
        _ => Err(ErrorCode::ActorNotPermitted.into()),
    }
}

/// Applies an event. Infallible.
pub fn apply(branch: &mut Branch, event: &BranchEvent, actor: &Actor, at: DateTime<Utc>) {
    branch.version += 1;
    match event {
        BranchEvent::BranchOpened { name, kana } | BranchEvent::BranchRenamed { name, kana } => {
            branch.name.clone_from(name);
            branch.kana.clone_from(kana);
        }
        BranchEvent::DaySignedOff { day, .. } => {
            if let Some(by) = actor.staff() {
                branch.signed_off.insert(*day, SignedOff { by: by.clone(), at });
            }
        }
        _ => change::apply(branch, event, actor, at),
    }
}
