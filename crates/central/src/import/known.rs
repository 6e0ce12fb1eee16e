//! What of a file is in the database already.

use std::collections::HashMap;

use domain::branch::Branch;
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
        if state.details.as_ref().is_some_and(|details| details.name != customer.details.name) {
            plan.problems.push(Problem::new(customer.line, Column::Name.name(), ErrorCode::CustomerExists));
        }
        customer.known = Some(Box::new(state));
    }
    let contracts = plan.customers.iter().flat_map(|c| &c.contracts).map(|c| c.number.to_string()).collect();
    let taken = bulk.taken_contracts(contracts).await?;
    let users = plan.customers.iter().flat_map(|c| &c.contracts).flat_map(|c| &c.users);
    let taken_users = bulk.taken_users(users.map(|(_, user)| user.user.to_string()).collect()).await?;
    for contract in plan.customers.iter().flat_map(|customer| &customer.contracts) {
        if taken.contains(contract.number.as_str()) {
            let problem = Problem::new(contract.line, line::column("contract"), ErrorCode::ContractExists);
            plan.problems.push(problem);
            // Its user IDs are taken by it: that is not said for each of them.
            continue;
        }
        for (line, user) in &contract.users {
            if taken_users.contains(user.user.as_str()) {
                plan.problems.push(Problem::new(*line, line::column("user_id"), ErrorCode::UserExists));
            }
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
    for customer in &plan.customers {
        let refused = match known.get(customer.branch.as_str()) {
            Some(branch) => branch.may_receive(),
            None => Err(Refusal::new(ErrorCode::BranchUnknown)),
        };
        if let Err(refusal) = refused {
            plan.problems.push(Problem::of(customer.line, Column::Branch.name(), refusal));
        }
    }
    Ok(())
}
