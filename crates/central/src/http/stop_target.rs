//! Whom a stop would hit, for staff of any branch: exact user ID or contract number, name and states, and nothing else
//! of the customer. Each look-up becomes an entry; who finds nobody again and again must wait.

use std::collections::HashMap;
use std::sync::{Mutex, PoisonError};

use axum::Json;
use axum::extract::{Query, State};
use chrono::{DateTime, Duration, Utc};
use domain::authorisation::may_stop;
use domain::customer::{Contract, Customer};
use domain::id::{CommandId, ContractNumber, CustomerId, StaffId, UserId};
use domain::{ErrorCode, Refusal};
use wire::api::stop::{StopTarget, StopTargetQuery, StopUser};

use super::App;
use super::error::ApiError;
use super::session::StaffSession;
use super::terminal::Terminal;
use crate::store::act::{Refused, Sought};
use crate::store::read;

/// So many look-ups may find nobody
const TRIES: usize = 5;
/// within this time, minutes.
const WITHIN: i64 = 10;

/// When members of staff found nobody. In memory: it slows whoever fishes for names, and the log keeps every try.
#[derive(Default)]
pub(crate) struct InVain(Mutex<HashMap<StaffId, Vec<DateTime<Utc>>>>);

impl InVain {
    /// Counts a look-up as one in vain until it has found somebody: many at once count one by one.
    fn begin(&self, staff: &StaffId, now: DateTime<Utc>) -> Result<(), Refusal> {
        let mut all = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        let times = all.entry(staff.clone()).or_default();
        times.retain(|at| now - *at < Duration::minutes(WITHIN));
        match times.first() {
            Some(first) if times.len() >= TRIES => {
                let wait = (*first + Duration::minutes(WITHIN) - now).num_seconds().max(1);
                Err(Refusal::new(ErrorCode::RateLimited).with("retry_after_s", wait))
            }
            _ => {
                times.push(now);
                Ok(())
            }
        }
    }

    fn found(&self, staff: &StaffId, begun: DateTime<Utc>) {
        let mut all = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        if let Some(times) = all.get_mut(staff)
            && let Some(own) = times.iter().position(|at| *at == begun)
        {
            times.remove(own);
        }
    }
}

pub(super) async fn stop_target(
    terminal: Terminal,
    session: StaffSession,
    State(app): State<App>,
    query: Result<Query<StopTargetQuery>, axum::extract::rejection::QueryRejection>,
) -> Result<Json<StopTarget>, ApiError> {
    let Query(StopTargetQuery { id }) = query.map_err(|_| ErrorCode::RequestMalformed)?;
    let staff = session.staff.id.clone();
    let actor = session.actor(terminal.id);
    if !may_stop(session.role) {
        let (command, kind) = (CommandId(uuid::Uuid::now_v7()), "stop_target".to_owned());
        let code = ErrorCode::RoleNotPermitted;
        app.writer.refused(Refused { command, actor, kind, code, sealed: None }).await?;
        return Err(code.into());
    }
    let (user, contract) = (id.parse::<UserId>(), id.parse::<ContractNumber>());
    let sought = match (&user, &contract) {
        (Ok(user), _) => user.to_string(),
        (_, Ok(contract)) => contract.to_string(),
        (Err(refusal), _) => return Err(refusal.clone().at("id").into()),
    };
    let now = app.clock.now();
    app.sought_in_vain.begin(&staff, now)?;
    let found = find(&app, user.ok(), contract.ok()).await?;
    let branch = found.as_ref().map_or_else(|| session.branch.clone(), |target| target.branch.clone());
    let customer = found.as_ref().map(|target| target.customer);
    // First the trace, then the answer.
    app.writer.sought(Sought { actor, branch, sought, customer }).await?;
    let target = found.ok_or_else(|| match app.writer.recovering() {
        // Perhaps it is among what is still to come back.
        true => ErrorCode::Recovering.into(),
        false => Refusal::new(ErrorCode::CustomerUnknown).at("id"),
    })?;
    app.sought_in_vain.found(&staff, now);
    Ok(Json(target))
}

async fn find(
    app: &App,
    user: Option<UserId>,
    contract: Option<ContractNumber>,
) -> Result<Option<StopTarget>, ApiError> {
    let text = |id: Option<String>| id.unwrap_or_default();
    let (by_user, by_number) =
        (text(user.as_ref().map(ToString::to_string)), text(contract.as_ref().map(ToString::to_string)));
    let Some(id) = read::customer_by_id(&app.readers, &by_user, &by_number).await? else { return Ok(None) };
    let id: CustomerId = id.parse()?;
    let Some(customer) = read::customer(&app.readers, id).await? else { return Ok(None) };
    Ok(target(&customer, user.as_ref(), contract.as_ref()))
}

/// The contract a user ID lives in now, or the one with the number.
fn target(customer: &Customer, user: Option<&UserId>, number: Option<&ContractNumber>) -> Option<StopTarget> {
    let holds = |c: &&Contract| user.is_some_and(|user| c.users.iter().any(|u| u.id == *user));
    let living = customer.contracts.iter().filter(|c| c.active).find(holds);
    let contract = living
        .or_else(|| customer.contracts.iter().find(holds))
        .or_else(|| number.and_then(|number| customer.contract(number)))?;
    let users = contract.users.iter().filter(|u| !u.removed).map(|one| {
        let alive = customer.newest_alive(&one.id);
        StopUser {
            user: one.id.clone(),
            certificate: alive.map(|c| c.state),
            stopped: alive.is_some_and(|c| customer.holding(c).is_some()),
        }
    });
    Some(StopTarget {
        customer: customer.id,
        name: customer.details.as_ref().map(|d| d.name.clone()).unwrap_or_default(),
        branch: customer.branch.clone()?,
        contract: contract.number.clone(),
        users: users.collect(),
    })
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used, reason = "tests")]
    use super::*;
    use crate::testing::start;

    #[test]
    fn five_in_vain_and_then_no_more_for_a_while() {
        let (in_vain, one, other) = (InVain::default(), "T1001".parse().unwrap(), "T1002".parse().unwrap());
        let at = |minutes| start() + Duration::minutes(minutes);
        // Those that find somebody do not count, however many.
        for _ in 0..20 {
            in_vain.begin(&one, at(0)).unwrap();
            in_vain.found(&one, at(0));
        }
        for minute in 0..5 {
            in_vain.begin(&one, at(minute)).unwrap();
        }
        let refusal = in_vain.begin(&one, at(5)).unwrap_err();
        assert_eq!(
            (refusal.code, refusal.args.get("retry_after_s").unwrap().as_str()),
            (ErrorCode::RateLimited, "300")
        );
        in_vain.begin(&other, at(5)).unwrap();
        in_vain.begin(&one, at(10)).unwrap();
        in_vain.begin(&one, at(10)).unwrap_err();
    }
}
