//! What takes two persons of head office: 店舗統廃合, calling it off, and 移管 of customers. One asks, another agrees. Customers
//! then go over one by one, each by an entry of its own, and one more entry says how many of a request did.

use std::collections::BTreeSet;

use chrono::{DateTime, NaiveDate, Utc};
use serde::{Deserialize, Serialize};

use super::{AHEAD, Branch, BranchEvent, Merger};
use crate::actor::Actor;
use crate::calendar;
use crate::customer::Customer;
use crate::error::{ErrorCode, Refusal};
use crate::id::{BranchCode, CifNumber, CustomerId, StaffId};

/// Most customers of one request: a person looks at each of them.
pub const TOGETHER: usize = 200;

/// A customer that is to go over.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Leaving {
    /// Who.
    pub customer: CustomerId,
    /// The number there.
    pub cif: CifNumber,
}

/// What was asked for. Part of a stored event: frozen.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(tag = "type", rename_all = "snake_case")]
pub enum BranchChange {
    /// 店舗統廃合.
    Merge {
        /// Into which.
        into: BranchCode,
        /// From this day on (JST).
        on: NaiveDate,
    },
    /// A merger whose day has not come does not take place.
    WithdrawMerger {},
    /// 移管.
    MoveCustomers {
        /// Into which.
        into: BranchCode,
        /// Who.
        customers: Vec<Leaving>,
    },
}

/// A request that waits for its second person.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct BranchProposal {
    /// The how-manieth about this branch.
    pub number: u32,
    /// What.
    pub change: BranchChange,
    /// Who asked for it.
    pub by: StaffId,
    /// When.
    pub at: DateTime<Utc>,
}

/// Customers that go over, by the word of two.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Transfer {
    /// The request.
    pub number: u32,
    /// Into which branch.
    pub into: BranchCode,
    /// Who.
    pub customers: Vec<Leaving>,
}

/// How a transfer ended.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Carried {
    /// The request.
    pub number: u32,
    /// Into which branch.
    pub into: BranchCode,
    /// How many went over.
    pub moved: u32,
    /// Who did not: the number is taken there by now, or off-line acts wait.
    pub stayed: Vec<CustomerId>,
    /// When.
    pub at: DateTime<Utc>,
}

/// What goes over with customers: shown before anybody asks for it, and before anybody agrees.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct TakenAlong {
    /// Customers.
    pub customers: u32,
    /// User IDs of contracts that are not closed.
    pub users: u32,
    /// Certificates, with rights not yet fetched.
    pub certificates: u32,
    /// Customers whose off-line acts wait: they stay until those are settled.
    pub held: u32,
}

impl TakenAlong {
    /// Counts one more.
    pub fn add(&mut self, customer: &Customer) {
        let count = |n: usize| u32::try_from(n).unwrap_or(u32::MAX);
        let open = customer.contracts.iter().filter(|contract| contract.active);
        let users = open.flat_map(|contract| &contract.users).filter(|user| !user.removed).count();
        let certificates = customer.certificates.iter().filter(|one| one.state.usable() || one.state.successor());
        self.customers += 1;
        self.users += count(users);
        self.certificates += count(certificates.count());
        self.held += u32::from(customer.waiting_acts().next().is_some());
    }
}

/// What two persons decide about a branch. Apart, so that the state of a branch nobody moved anything of is written as it was.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(default)]
pub struct Decided {
    /// Requests so far.
    pub proposed: u32,
    /// What waits for a second person.
    pub proposal: Option<BranchProposal>,
    /// What is under way.
    pub transfers: Vec<Transfer>,
    /// The transfer that ended last.
    pub carried: Option<Carried>,
}

impl Decided {
    pub(super) fn is_nothing(&self) -> bool {
        *self == Self::default()
    }
}

impl BranchChange {
    /// The branch that receives.
    pub fn goes_into(&self) -> Option<&BranchCode> {
        match self {
            Self::Merge { into, .. } | Self::MoveCustomers { into, .. } => Some(into),
            Self::WithdrawMerger {} => None,
        }
    }

    /// What happens with the second person's word, beside that word. A transfer begins with it.
    fn events(&self) -> Vec<BranchEvent> {
        match self {
            Self::Merge { into, on } => vec![BranchEvent::BranchMerged { into: into.clone(), on: *on }],
            Self::WithdrawMerger {} => vec![BranchEvent::MergerWithdrawn {}],
            Self::MoveCustomers { .. } => Vec::new(),
        }
    }
}

/// Somebody of head office asks for it.
pub(super) fn propose(branch: &Branch, change: BranchChange, now: DateTime<Utc>) -> Result<Vec<BranchEvent>, Refusal> {
    possible(branch, &change, now)?;
    if let Some(open) = &branch.decided.proposal {
        return Err(Refusal::new(ErrorCode::ProposalOpen).by(Some(&open.by)));
    }
    Ok(vec![BranchEvent::BranchChangeProposed { number: branch.decided.proposed + 1, change }])
}

/// Another one agrees. Much may have happened since.
pub(super) fn confirm(
    branch: &Branch,
    number: u32,
    actor: &Actor,
    now: DateTime<Utc>,
) -> Result<Vec<BranchEvent>, Refusal> {
    let open = waiting(branch, number)?;
    if actor.staff() == Some(&open.by) {
        return Err(Refusal::new(ErrorCode::TwoPersonRule).by(Some(&open.by)));
    }
    possible(branch, &open.change, now)?;
    let mut events = vec![BranchEvent::BranchChangeConfirmed { number }];
    events.extend(open.change.events());
    Ok(events)
}

/// It does not come to pass.
pub(super) fn dismiss(branch: &Branch, number: u32) -> Result<Vec<BranchEvent>, Refusal> {
    waiting(branch, number)?;
    Ok(vec![BranchEvent::BranchChangeDismissed { number }])
}

/// The centre has carried a transfer out.
pub(super) fn end(
    branch: &Branch,
    (number, moved): (u32, u32),
    stayed: &[CustomerId],
) -> Result<Vec<BranchEvent>, Refusal> {
    if !branch.decided.transfers.iter().any(|transfer| transfer.number == number) {
        return Err(ErrorCode::ProposalUnknown.into());
    }
    Ok(vec![BranchEvent::CustomersMoved { number, moved, stayed: stayed.to_vec() }])
}

fn waiting(branch: &Branch, number: u32) -> Result<&BranchProposal, Refusal> {
    let open = branch.decided.proposal.as_ref().filter(|open| open.number == number);
    open.ok_or_else(|| ErrorCode::ProposalUnknown.into())
}

/// Could it take effect as things are?
fn possible(branch: &Branch, change: &BranchChange, now: DateTime<Utc>) -> Result<(), Refusal> {
    let today = calendar::jst_day(now);
    if change.goes_into() == Some(&branch.code) {
        return Err(Refusal::new(ErrorCode::BranchSame).at("into"));
    }
    match change {
        BranchChange::Merge { on, .. } => {
            if let Some(merger) = &branch.merger {
                return Err(Refusal::new(ErrorCode::BranchMerged).with("into", &merger.into));
            }
            match (today..=calendar::later(today, AHEAD)).contains(on) {
                true => Ok(()),
                false => Err(Refusal::new(ErrorCode::DateOutOfRange).at("on")),
            }
        }
        BranchChange::WithdrawMerger {} => match &branch.merger {
            Some(merger) if merger.on > today => Ok(()),
            Some(merger) => Err(Refusal::new(ErrorCode::BranchMerged).with("into", &merger.into)),
            None => Err(Refusal::new(ErrorCode::BranchUnknown).at("branch")),
        },
        BranchChange::MoveCustomers { customers, .. } => listed(branch, customers),
    }
}

/// Each of them once, each to a number of its own, and none of them under way already.
fn listed(branch: &Branch, customers: &[Leaving]) -> Result<(), Refusal> {
    if customers.is_empty() {
        return Err(Refusal::new(ErrorCode::TextMissing).at("customers"));
    }
    if customers.len() > TOGETHER {
        return Err(Refusal::new(ErrorCode::CustomersTooMany).at("customers").with("max", TOGETHER));
    }
    let (mut persons, mut numbers) = (BTreeSet::new(), BTreeSet::new());
    let under_way = branch.decided.transfers.iter().flat_map(|transfer| &transfer.customers);
    persons.extend(under_way.map(|leaving| leaving.customer));
    match customers.iter().find(|one| !persons.insert(one.customer) || !numbers.insert(&one.cif)) {
        Some(twice) => Err(Refusal::new(ErrorCode::CustomerTwice).at("customers").with("cif", &twice.cif)),
        None => Ok(()),
    }
}

/// Applies an event of an entry of the time `at`. Infallible.
pub(super) fn apply(branch: &mut Branch, event: &BranchEvent, actor: &Actor, at: DateTime<Utc>) {
    let decided = &mut branch.decided;
    match event {
        BranchEvent::BranchMerged { into, on } => branch.merger = Some(Merger { into: into.clone(), on: *on }),
        BranchEvent::MergerWithdrawn {} => branch.merger = None,
        BranchEvent::BranchChangeProposed { number, change } => {
            decided.proposed = *number;
            if let Some(by) = actor.staff() {
                let (number, change, by) = (*number, change.clone(), by.clone());
                decided.proposal = Some(BranchProposal { number, change, by, at });
            }
        }
        BranchEvent::BranchChangeConfirmed { number } => {
            let open = decided.proposal.take_if(|open| open.number == *number);
            if let Some(BranchProposal { change: BranchChange::MoveCustomers { into, customers }, .. }) = open {
                decided.transfers.push(Transfer { number: *number, into, customers });
            }
        }
        BranchEvent::BranchChangeDismissed { .. } => decided.proposal = None,
        BranchEvent::CustomersMoved { number, moved, stayed } => {
            let Some(place) = decided.transfers.iter().position(|one| one.number == *number) else { return };
            let Transfer { number, into, .. } = decided.transfers.remove(place);
            decided.carried = Some(Carried { number, into, moved: *moved, stayed: stayed.clone(), at });
        }
        BranchEvent::BranchOpened { .. }
        | BranchEvent::BranchRenamed { .. }
        | BranchEvent::ImportOrdered { .. }
        | BranchEvent::DaySignedOff { .. } => {}
    }
}
