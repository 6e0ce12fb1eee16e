//! Whether the rules let each contract be taken over: asked of the rules themselves, of whatever can be read of it. What may be good
//! once the bad lines are corrected is not said to be wrong.

use std::collections::HashSet;

use chrono::NaiveDate;
use domain::customer::{CustomerCommand, KnownContract, NewUser, UserRole};
use domain::personal::CustomerDetails;
use domain::{ErrorCode, Refusal};

use super::plan::{Contract, Customer, Plan};
use super::{Problem, line};
use crate::store::bulk::Bulk;

impl Plan {
    /// Adds what the rules say, and brings everything that is wrong into the order of the lines.
    pub(super) fn decide(&mut self, bulk: &Bulk<'_>) {
        let bad: HashSet<u64> = self.problems.iter().map(|problem| problem.line).collect();
        let mut found = Vec::new();
        for customer in &self.customers {
            let contracts = || customer.contracts.iter().filter_map(|at| self.contracts.get(*at));
            // What is written is asked for as it is written. Where something of it is in question, each contract is asked for alone.
            let whole = !customer.contracts.is_empty() && contracts().all(|one| !self.questioned(one, &bad));
            let refused = match whole {
                true => bulk.may(self.command(customer), customer.known.as_deref(), &customer.details).err(),
                false => None,
            };
            if whole && refused.is_none() {
                continue;
            }
            let before = found.len();
            for contract in contracts() {
                self.judge(contract, Some(customer), (bulk, &bad), &mut found);
            }
            if let Some(refusal) = refused.filter(|_| found.len() == before) {
                let column = line::column(refusal.args.get("field").map_or("", String::as_str));
                found.push(Problem::of(customer.line, column, refusal));
            }
        }
        for contract in self.contracts.iter().filter(|contract| contract.owner.is_none()) {
            self.judge(contract, None, (bulk, &bad), &mut found);
        }
        self.problems.append(&mut found);
        self.problems.sort();
        self.problems.dedup();
        let known = self.customers.iter().filter(|customer| customer.known.is_some()).count();
        self.counts.known_customers = known;
        self.counts.customers = self.customers.len() - known;
        self.counts.contracts = self.contracts.len();
    }

    /// Is any line of it bad, or may there be another one?
    fn questioned(&self, contract: &Contract, bad: &HashSet<u64>) -> bool {
        let line = |line: u64| bad.contains(&line);
        line(contract.line)
            || contract.members.iter().any(|one| !one.sure || line(one.line))
            || self.may_have_more(contract)
    }

    /// May a line that does not say so be its administrator's?
    fn may_have_more(&self, contract: &Contract) -> bool {
        let owner = contract.owner.and_then(|(at, _)| self.customers.get(at));
        self.doubtful.contracts.contains(&contract.number)
            || owner.is_some_and(|one| self.doubtful.customers.contains(&(one.branch.clone(), one.cif.clone())))
    }

    fn judge(
        &self,
        contract: &Contract,
        owner: Option<&Customer>,
        (bulk, bad): (&Bulk<'_>, &HashSet<u64>),
        found: &mut Vec<Problem>,
    ) {
        let known = owner.and_then(|owner| owner.known.as_deref());
        if known.is_some_and(|known| known.contract(&contract.number).is_some()) {
            // Its lines are to be taken out: what else is wrong with them helps nobody.
            return;
        }
        let mut users = self.users(contract, bad);
        while let Some(refusal) = refused(contract, owner, &users, bulk) {
            let named = refusal.args.get("user_id").cloned();
            let user =
                contract.members.iter().find(|one| one.user.as_ref().map(|user| user.as_str()) == named.as_deref());
            let line = match (&named, user) {
                (Some(_), Some(user)) => user.line,
                _ if of_contract(refusal.code) => contract.line,
                _ => owner.map_or(contract.line, |owner| owner.line),
            };
            let most = refusal.args.get("max").and_then(|max| max.parse().ok());
            let column = line::column(refusal.args.get("field").map_or("", String::as_str));
            let too_many = refusal.code == ErrorCode::UsersTooMany;
            found.push(Problem::of(line, column, refusal));
            // What the rule says behind this one: the same administrators, among no more than there may be.
            match most {
                Some(most) if too_many && most < users.len() => users.truncate(most),
                _ => return,
            }
        }
    }

    /// Its user IDs as the rules are asked: as many and of such roles as are certain, administrators first. User IDs of bad lines have
    /// a name that nobody else has; what is wrong with them is said.
    fn users(&self, contract: &Contract, bad: &HashSet<u64>) -> Vec<NewUser> {
        let sure = contract.members.iter().filter(|member| member.sure);
        let mut users: Vec<NewUser> = sure
            .filter_map(|member| {
                let user = match &member.user {
                    Some(user) if !bad.contains(&member.line) => user.clone(),
                    _ => format!("UNREAD{:014}", member.line).parse().ok()?,
                };
                let role = member.role.unwrap_or(UserRole::Operator);
                Some(NewUser { user, role, device_label: member.device_label.clone() })
            })
            .collect();
        users.sort_by_key(|user| user.role != UserRole::Administrator);
        let may_be = contract.members.iter().any(|member| match member.role {
            Some(role) => !member.sure && role == UserRole::Administrator,
            None => true,
        });
        if let Some(first) = users.first_mut()
            && (may_be || self.may_have_more(contract))
        {
            first.role = UserRole::Administrator;
        }
        users
    }
}

/// What the rules say of one contract alone. Its customer's details, and its day and state, are as if they were good: each line that
/// says otherwise is named.
fn refused(contract: &Contract, owner: Option<&Customer>, users: &[NewUser], bulk: &Bulk<'_>) -> Option<Refusal> {
    if users.is_empty() {
        return None;
    }
    let (branch, cif) = match owner {
        Some(owner) => (owner.branch.clone(), owner.cif.clone()),
        None => ("000".parse().ok()?, "0".parse().ok()?),
    };
    let asked = KnownContract {
        number: contract.number.clone(),
        opened_on: contract.opened_on.map_or_else(NaiveDate::default, |(day, _)| day),
        closed: contract.closed.is_some_and(|(closed, _)| closed),
        users: users.to_vec(),
        elsewhere: Vec::new(),
    };
    let details = CustomerDetails {
        name: "見本".into(),
        kana: "ミホン".into(),
        address: String::new(),
        phone: String::new(),
        email: String::new(),
    };
    let known = owner.and_then(|owner| owner.known.as_deref());
    let command = CustomerCommand::ImportCustomer { branch, cif, contracts: vec![asked] };
    bulk.may(command, known, &details).err()
}

/// Is it about the contract as a whole?
fn of_contract(code: ErrorCode) -> bool {
    matches!(
        code,
        ErrorCode::AdministratorCount | ErrorCode::UsersTooMany | ErrorCode::UsersMissing | ErrorCode::ContractExists
    )
}
