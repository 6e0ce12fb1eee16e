//! What of a file is in the database already.

use std::collections::HashMap;

use domain::branch::Branch;
use domain::id::UserId;
use domain::{ErrorCode, Refusal};

use super::layout::Column;
use super::plan::Plan;
use super::{Problem, line};
use crate::store::bulk::Bulk;

/// Names every number that is taken, and finds the customers that are there.
pub(super) async fn compare(bulk: &mut Bulk<'_>, plan: &mut Plan) -> anyhow::Result<()> {
    branches(bulk, plan).await?;
    let numbers: Vec<(String, String)> =
        plan.customers.iter().map(|c| (c.branch.to_string(), c.cif.to_string())).collect();
    let known: HashMap<_, _> = bulk.customers(numbers).await?.into_iter().collect();
    for customer in &mut plan.customers {
        let Some(state) = known.get(&(customer.branch.to_string(), customer.cif.to_string())) else { continue };
        let state: domain::customer::Customer = serde_json::from_str(state)?;
        // The first line that says the name; where none can be read, nothing is compared.
        if let [Some(line), ..] = customer.from
            && state.details.as_ref().is_some_and(|details| details.name != customer.details.name)
        {
            plan.problems.push(Problem::new(line, Column::Name.name(), ErrorCode::CustomerExists));
        }
        customer.known = Some(Box::new(state));
    }
    let contracts = plan.contracts.iter().map(|contract| contract.number.to_string()).collect();
    let taken = bulk.taken_contracts(contracts).await?;
    // Also those of lines that are bad in another column: each is said now, and not after the next correction.
    let in_contracts = plan.contracts.iter().filter(|one| !taken.contains(one.number.as_str()));
    let in_contracts = in_contracts.flat_map(|one| &one.members).filter_map(|one| Some((one.line, one.user.clone()?)));
    let users: Vec<(u64, UserId)> = in_contracts.chain(std::mem::take(&mut plan.loose)).collect();
    let taken_users = bulk.taken_users(users.iter().map(|(_, user)| user.to_string()).collect()).await?;
    // The user IDs of a contract that is there are taken by it: that is not said for each of them.
    for contract in plan.contracts.iter().filter(|contract| taken.contains(contract.number.as_str())) {
        plan.problems.push(Problem::new(contract.line, line::column("contract"), ErrorCode::ContractExists));
    }
    for (line, user) in users {
        if taken_users.contains(user.as_str()) {
            plan.problems.push(Problem::new(line, line::column("user_id"), ErrorCode::UserExists));
        }
    }
    Ok(())
}

/// Where branches are known, a line names one of them.
async fn branches(bulk: &mut Bulk<'_>, plan: &mut Plan) -> anyhow::Result<()> {
    let known = bulk.branches().await?;
    // Days may have been signed off at branches that nobody opened.
    if !known.values().any(Branch::opened) {
        return Ok(());
    }
    let named = plan.customers.iter().map(|customer| (customer.line, customer.branch.clone()));
    for (line, branch) in named.chain(std::mem::take(&mut plan.branches)).collect::<Vec<_>>() {
        let refused = match known.get(branch.as_str()) {
            Some(branch) => branch.may_receive(),
            None => Err(Refusal::new(ErrorCode::BranchUnknown)),
        };
        if let Err(refusal) = refused {
            plan.problems.push(Problem::of(line, Column::Branch.name(), refusal));
        }
    }
    Ok(())
}
