//! What is wrong between lines: each cell that can be read is compared with those of other lines, whatever else is wrong with its line.

use std::collections::HashMap;

use domain::ErrorCode;
use domain::customer::UserRole;
use domain::id::{BranchCode, CifNumber, ContractNumber};
use domain::personal::CustomerDetails;

use super::layout::Column;
use super::line::{self, Line, ROLES};
use super::plan::{Contract, Customer, Member, Plan};

/// The details of a customer, in the order of [`Customer::from`].
const DETAILS: [Column; 5] = [Column::Name, Column::Kana, Column::Address, Column::Phone, Column::Email];

/// Where each thing of the file was first named.
#[derive(Default)]
pub(super) struct Gathered {
    customers: HashMap<(BranchCode, CifNumber), usize>,
    contracts: HashMap<ContractNumber, usize>,
    users: HashMap<String, u64>,
    /// The contract of the last line that named one.
    last: Option<ContractNumber>,
    /// A line before it said nothing of whose it is.
    waits: bool,
}

impl Gathered {
    /// A line whose cells can't be told apart: whose it may be is guessed, so that nothing is said that it may contradict.
    pub(super) fn unread(&mut self, line: &str, plan: &mut Plan) {
        let cells = || line.split(',').map(|cell| cell.trim().trim_matches('"'));
        let roles: Vec<UserRole> =
            cells().filter_map(|cell| ROLES.iter().find(|(word, _)| *word == cell).map(|(_, role)| *role)).collect();
        if !roles.is_empty() && !roles.contains(&UserRole::Administrator) {
            return;
        }
        let named: Vec<ContractNumber> = cells().filter_map(|cell| cell.parse().ok()).collect();
        // A day without its marks looks like a contract's number.
        if named.iter().all(|number| line::day(number.as_str()).is_ok()) {
            self.anywhere(plan);
        }
        plan.doubtful.contracts.extend(named);
    }

    /// A line that names neither contract nor customer may be of those before and after it.
    fn anywhere(&mut self, plan: &mut Plan) {
        plan.doubtful.contracts.extend(self.last.clone());
        self.waits = true;
    }

    pub(super) fn add(&mut self, line: Line, plan: &mut Plan) {
        let owner = self.customer(&line, plan);
        let mut sure = true;
        if let Some(user) = &line.user
            && let Some(other) = self.users.get(user.as_str())
        {
            plan.differs(line.number, Column::User.name(), ErrorCode::UserTwice, *other);
            sure = false;
        } else if let Some(user) = &line.user {
            self.users.insert(user.to_string(), line.number);
        }
        plan.counts.users = self.users.len();
        let Some(number) = line.contract.clone() else {
            if sure && let Some(user) = &line.user {
                plan.loose.push((line.number, user.clone()));
            }
            if line.may_administer() {
                match owner.and_then(|at| plan.customers.get(at)) {
                    Some(customer) => {
                        plan.doubtful.customers.insert((customer.branch.clone(), customer.cif.clone()));
                    }
                    None => self.anywhere(plan),
                }
            }
            return;
        };
        if std::mem::take(&mut self.waits) {
            plan.doubtful.contracts.insert(number.clone());
        }
        self.last = Some(number.clone());
        let at = *self.contracts.entry(number.clone()).or_insert_with(|| {
            let (opened_on, closed, members) = (None, None, Vec::new());
            plan.contracts.push(Contract { number, owner: None, opened_on, closed, members, line: line.number });
            plan.contracts.len() - 1
        });
        let mine = owned(at, owner, &line, plan);
        if mine {
            terms(at, &line, plan);
        }
        let user = line.user.filter(|_| sure);
        let member = Member {
            line: line.number,
            user,
            role: line.role,
            device_label: line.device_label,
            elsewhere: line.elsewhere,
            sure: sure && mine,
        };
        if let Some(contract) = plan.contracts.get_mut(at) {
            contract.members.push(member);
        }
    }

    /// The customer of a line, where it can be told, compared with what other lines say of it.
    fn customer(&mut self, line: &Line, plan: &mut Plan) -> Option<usize> {
        let branch = line.branch.clone()?;
        let Some(cif) = line.cif.clone() else {
            plan.branches.push((line.number, branch));
            return None;
        };
        let at = *self.customers.entry((branch.clone(), cif.clone())).or_insert_with(|| {
            let (details, contracts) = (line.details.clone(), Vec::new());
            let first = Customer { branch, cif, details, from: [None; 5], contracts, line: line.number, known: None };
            plan.customers.push(first);
            plan.customers.len() - 1
        });
        let mut differing = Vec::new();
        let customer = plan.customers.get_mut(at)?;
        for (column, from) in DETAILS.into_iter().zip(&mut customer.from) {
            if !line.good(column) {
                continue;
            }
            let mut given = line.details.clone();
            let (given, held) = (detail(&mut given, column), detail(&mut customer.details, column));
            match *from {
                Some(other) if held != given => differing.push((column, other)),
                Some(_) => {}
                None => {
                    *from = Some(line.number);
                    held.clone_from(given);
                }
            }
        }
        for (column, other) in differing {
            plan.differs(line.number, column.name(), ErrorCode::CommandIdReused, other);
        }
        Some(at)
    }
}

/// Is the contract that a line names its customer's?
fn owned(at: usize, owner: Option<usize>, line: &Line, plan: &mut Plan) -> bool {
    // What is unknown contradicts nothing.
    let Some(owner) = owner else { return true };
    let Some(contract) = plan.contracts.get_mut(at) else { return false };
    match contract.owner {
        Some((other, said)) if other != owner => {
            plan.differs(line.number, Column::Contract.name(), ErrorCode::ContractExists, said);
            // It may be of another contract of its customer.
            if line.may_administer()
                && let Some(customer) = plan.customers.get(owner)
            {
                plan.doubtful.customers.insert((customer.branch.clone(), customer.cif.clone()));
            }
            false
        }
        Some(_) => true,
        None => {
            contract.owner = Some((owner, line.number));
            if let Some(customer) = plan.customers.get_mut(owner) {
                customer.contracts.push(at);
            }
            true
        }
    }
}

/// Compares the columns of the contract itself.
fn terms(at: usize, line: &Line, plan: &mut Plan) {
    let Some(contract) = plan.contracts.get_mut(at) else { return };
    let opened_on = line.opened_on.and_then(|day| other(&mut contract.opened_on, day, line.number));
    let closed = line.closed.and_then(|closed| other(&mut contract.closed, closed, line.number));
    for (column, said) in [(Column::OpenedOn, opened_on), (Column::State, closed)] {
        if let Some(said) = said {
            plan.differs(line.number, column.name(), ErrorCode::CommandIdReused, said);
        }
    }
}

/// The line that says something else.
fn other<T: PartialEq + Copy>(held: &mut Option<(T, u64)>, given: T, line: u64) -> Option<u64> {
    let (first, said) = *held.get_or_insert((given, line));
    (first != given).then_some(said)
}

fn detail(details: &mut CustomerDetails, column: Column) -> &mut String {
    match column {
        Column::Kana => &mut details.kana,
        Column::Address => &mut details.address,
        Column::Phone => &mut details.phone,
        Column::Email => &mut details.email,
        _ => &mut details.name,
    }
}
