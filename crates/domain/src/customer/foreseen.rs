//! What an approval would change, side by side: as it is now, with the approval, and once the last new certificate was fetched.
//! The rules themselves are asked, on a copy.

use chrono::{DateTime, NaiveDate, Utc};

use super::apply::apply;
use super::decide::{confirm, granted};
use super::event::CustomerEvent;
use super::state::{Application, CertificateState, Contract, Customer, LoginMethod, UserRole};
use crate::actor::Actor;
use crate::id::{ContractNumber, UserId};
use crate::policy::Policy;

/// A contract or a user ID at the three times; `None`: there is none then, or it has left.
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
    /// Rights and certificates that have not ended, oldest first, each with its PC.
    pub certificates: Vec<(CertificateState, String)>,
}

/// What an approval would change about a contract.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Changes {
    /// Which.
    pub contract: ContractNumber,
    /// The contract itself; `None`: it stays as it is.
    pub itself: Option<Foreseen<ContractStands>>,
    /// Those of its user IDs that change.
    pub users: Vec<(UserId, Foreseen<UserStands>)>,
}

/// Everything that changes when `application` is approved now, contract by contract, a new one last.
pub fn changes(customer: &Customer, application: &Application, now: DateTime<Utc>) -> Vec<Changes> {
    // Nobody is asked whether he may.
    let nobody = Actor::System { job: "outlook".into() };
    let happen = |customer: &mut Customer, events: &[CustomerEvent]| {
        events.iter().for_each(|event| apply(customer, event, None, &nobody, now));
    };
    let mut approved = customer.clone();
    // How long there is to fetch is not among what is told.
    happen(&mut approved, &granted(customer, application, &Policy::default(), now));
    let mut fetched = approved.clone();
    for right in approved.certificates.iter().filter(|c| c.application == application.id) {
        if let Some(signed) = fetched.certificates.iter_mut().find(|c| c.id == right.id) {
            signed.state = CertificateState::Signed;
        }
        if let Ok(events) = confirm(&fetched, right.id) {
            happen(&mut fetched, &events);
        }
    }
    let times = [customer, &approved, &fetched];
    fetched.contracts.iter().map(|contract| compared(times, contract)).filter(changed).collect()
}

/// `last`: the contract as it is at the last of the times; none goes away.
fn compared(times: [&Customer; 3], last: &Contract) -> Changes {
    let at = times.map(|customer| customer.contract(&last.number));
    let users = last.users.iter().filter_map(|user| {
        let stands = times.map(|customer| user_stands(customer, &last.number, &user.id));
        foreseen(stands).map(|seen| (user.id.clone(), seen))
    });
    Changes {
        contract: last.number.clone(),
        itself: foreseen(at.map(|contract| contract.map(contract_stands))),
        users: users.collect(),
    }
}

fn changed(changes: &Changes) -> bool {
    changes.itself.is_some() || !changes.users.is_empty()
}

/// `None` where nothing changes.
fn foreseen<T: PartialEq>([now, approved, fetched]: [Option<T>; 3]) -> Option<Foreseen<T>> {
    (now != approved || approved != fetched).then_some(Foreseen { now, approved, fetched })
}

fn contract_stands(contract: &Contract) -> ContractStands {
    ContractStands { active: contract.active, opened_on: contract.opened_on, closing_on: contract.closing_on }
}

fn user_stands(customer: &Customer, contract: &ContractNumber, id: &UserId) -> Option<UserStands> {
    let user = customer.contract(contract)?.users.iter().find(|user| user.id == *id && !user.removed)?;
    let there = customer.certificates.iter().filter(|c| c.user == *id && c.contract == *contract);
    let there = there.filter(|c| c.state.usable() || c.state.successor());
    Some(UserStands {
        role: user.role,
        device_label: user.device_label.clone(),
        login: user.login,
        certificates: there.map(|c| (c.state, c.device_label.clone())).collect(),
    })
}
