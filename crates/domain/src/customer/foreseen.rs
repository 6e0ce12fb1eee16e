//! What an approval would change, side by side: as it is now, with the approval, and once the last new certificate was fetched.
//! The rules themselves are asked, on a copy.

use chrono::{DateTime, NaiveDate, Utc};

use super::apply::apply;
use super::decide::{confirm, granted};
use super::event::CustomerEvent;
use super::state::{Application, CertificateState, Contract, Customer, LoginMethod, UserRole};
use crate::actor::Actor;
use crate::id::{CertificateId, ContractNumber, UserId};
use crate::policy::Policy;

/// A contract or a user ID at the three times; `None`: there is none then.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Foreseen<T> {
    /// Before anything is done.
    pub now: Option<T>,
    /// Right after the approval.
    pub approved: Option<T>,
    /// When everything that the approval grants was fetched, and nothing else has happened.
    pub fetched: Option<T>,
}

/// A contract.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct ContractStands {
    /// Still active?
    pub active: bool,
    /// Its first day.
    pub opened_on: NaiveDate,
    /// Nothing of it is good from this day on.
    pub closing_on: Option<NaiveDate>,
}

/// A user ID in its contract.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct UserStands {
    /// Its role.
    pub role: UserRole,
    /// 利用PC.
    pub device_label: String,
    /// How it logs in.
    pub login: LoginMethod,
    /// Left the contract?
    pub removed: bool,
    /// Rights and certificates that have not ended, oldest first, each with its PC.
    pub certificates: Vec<(CertificateState, String)>,
}

/// What an approval would change.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct Changes {
    /// Contracts that change.
    pub contracts: Vec<(ContractNumber, Foreseen<ContractStands>)>,
    /// User IDs that change, with their contract.
    pub users: Vec<(ContractNumber, UserId, Foreseen<UserStands>)>,
}

/// Everything that changes when `application` is approved now.
pub fn changes(customer: &Customer, application: &Application, now: DateTime<Utc>) -> Changes {
    // Nobody is asked whether he may.
    let nobody = Actor::System { job: "outlook".into() };
    let happen = |customer: &Customer, events: &[CustomerEvent]| {
        let mut after = customer.clone();
        events.iter().for_each(|event| apply(&mut after, event, None, &nobody, now));
        after
    };
    // How long there is to fetch is not among what is told.
    let approved = happen(customer, &granted(customer, application, &Policy::default(), now));
    let mut fetched = approved.clone();
    let new: Vec<CertificateId> =
        approved.certificates.iter().filter(|c| c.application == application.id).map(|c| c.id).collect();
    for id in new {
        if let Some(right) = fetched.certificates.iter_mut().find(|c| c.id == id) {
            right.state = CertificateState::Signed;
        }
        if let Ok(events) = confirm(&fetched, id) {
            fetched = happen(&fetched, &events);
        }
    }
    compared([customer, &approved, &fetched])
}

fn compared(times: [&Customer; 3]) -> Changes {
    let [.., last] = times;
    let mut changes = Changes::default();
    for contract in &last.contracts {
        let at = times.map(|customer| customer.contract(&contract.number));
        let seen = foreseen(at.map(|contract| contract.map(contract_stands)));
        if let Some(seen) = seen {
            changes.contracts.push((contract.number.clone(), seen));
        }
        for user in &contract.users {
            let stands = |n: usize| user_stands(times.get(n)?, &contract.number, &user.id);
            if let Some(seen) = foreseen([stands(0), stands(1), stands(2)]) {
                changes.users.push((contract.number.clone(), user.id.clone(), seen));
            }
        }
    }
    changes
}

/// `None` where nothing changes.
fn foreseen<T: PartialEq>([now, approved, fetched]: [Option<T>; 3]) -> Option<Foreseen<T>> {
    (now != approved || approved != fetched).then_some(Foreseen { now, approved, fetched })
}

fn contract_stands(contract: &Contract) -> ContractStands {
    ContractStands { active: contract.active, opened_on: contract.opened_on, closing_on: contract.closing_on }
}

fn user_stands(customer: &Customer, contract: &ContractNumber, id: &UserId) -> Option<UserStands> {
    let user = customer.contract(contract)?.users.iter().find(|user| user.id == *id)?;
    let there = customer.certificates.iter().filter(|c| c.user == *id && c.contract == *contract);
    let there = there.filter(|c| c.state.usable() || c.state.successor());
    Some(UserStands {
        role: user.role,
        device_label: user.device_label.clone(),
        login: user.login,
        removed: user.removed,
        certificates: there.map(|c| (c.state, c.device_label.clone())).collect(),
    })
}
