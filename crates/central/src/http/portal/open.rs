//! User ID and pickup code. An unknown ID and a wrong code take the same path, the same time and the same words; wrong
//! codes count by (user ID, address) and only when the check symbol fits, so nobody locks another's pickup by guessing.

use axum::Json;
use axum::extract::State;
use axum::http::HeaderMap;
use chrono::NaiveDate;
use domain::customer::{CertificateState, UserRole};
use domain::id::{CertificateId, UserId};
use domain::pickup_code::PickupCode;
use domain::policy::{Backup, Policy};
use domain::{ErrorCode, Refusal, calendar};
use wire::api::portal::{Open, Opened};

use super::platform;
use crate::http::App;
use crate::http::address::Address;
use crate::http::error::{ApiError, Body};
use crate::store::act::Aside;
use crate::store::lookup::{Door, Right};
use crate::store::writer::Fault;

/// Compared with where there is nothing to compare with.
const NOTHING: [u8; 32] = [0; 32];

/// Finds the right that this user ID and code open.
pub(super) async fn opened(app: &App, address: &Address, user_id: &str, code: &str) -> Result<Right, ApiError> {
    let denied = || ApiError::from(ErrorCode::PickupDenied);
    // A typing error is not a guess: neither is counted, both answer like a wrong code.
    let code = PickupCode::parse(code).map_err(|_| denied())?;
    let user: UserId = user_id.parse().map_err(|_| denied())?;
    let Door { locked_until_ms, right, .. } = app.lookup.door(&user, &address.0).await?;
    unlocked(app, locked_until_ms)?;
    let stored = right.as_ref().and_then(|r| r.hmac.as_deref()).unwrap_or(&NOTHING);
    if app.authority.code_fits(&wire::message::code_sha256(&code), stored) {
        return right.ok_or_else(denied);
    }
    count(app, &user, address).await?;
    Err(denied())
}

fn unlocked(app: &App, locked_until_ms: i64) -> Result<(), Refusal> {
    let now = app.clock.now_ms();
    if locked_until_ms <= now {
        return Ok(());
    }
    Err(Refusal::new(ErrorCode::PickupTooManyTries).with("retry_after_s", (locked_until_ms - now + 999) / 1000))
}

/// Counts a wrong code. Only wrong ones wait for their turn: a right one is never held up by a guesser's.
async fn count(app: &App, user: &UserId, address: &Address) -> Result<(), ApiError> {
    let _turn = app.pickup_tries.turn(&(user, &address.0)).await;
    let Door { locked_until_ms, .. } = app.lookup.door(user, &address.0).await?;
    unlocked(app, locked_until_ms)?;
    let until = app.clock.now_ms() + i64::from(app.policy().pickup_lock_minutes) * 60_000;
    app.writer
        .aside(Aside::WrongCode {
            user: user.to_string(),
            address: address.0.clone(),
            most: i64::from(app.policy().pickup_tries),
            locked_until_ms: until,
        })
        .await?;
    Ok(())
}

/// Nothing goes on with a right that was stopped by a report of a loss; whoever holds the code may be the finder.
pub(in crate::http) fn not_held(right: &Right) -> Result<(), Refusal> {
    if right.held == 1 { Err(ErrorCode::PickupHeld.into()) } else { Ok(()) }
}

/// Nothing is signed, and no key is tied to the right, before the first day of its contract: who comes too early with one
/// key may come back with another.
pub(super) fn contract_open(app: &App, right: &Right) -> Result<(), ApiError> {
    let Some(day) = &right.opened_on else { return Ok(()) };
    let opens_on: NaiveDate = day.parse().map_err(|_| broken("opening day"))?;
    if calendar::jst_day(app.writer.deciding(app.clock.now())) < opens_on {
        return Err(Refusal::new(ErrorCode::PickupNotOpen).with("opens_on", opens_on).into());
    }
    Ok(())
}

/// Nothing is signed after the last day, and that is told by the time at which the act would be decided: what is signed by a
/// clock that was set back would be refused when it is to be recorded.
pub(super) fn in_time(app: &App, right: &Right) -> Result<(), ApiError> {
    let deadline = deadline(right)?;
    if calendar::passed(deadline, app.writer.deciding(app.clock.now())) {
        return Err(Refusal::new(ErrorCode::PickupDeadlinePassed).with("deadline", deadline).into());
    }
    Ok(())
}

fn deadline(right: &Right) -> Result<NaiveDate, ApiError> {
    right.deadline.parse().map_err(|_| broken("deadline"))
}

/// A stored word that no state or role has: the database is broken.
pub(in crate::http) fn broken(what: &str) -> ApiError {
    Fault::Log(format!("stored {what} can't be read")).into()
}

pub(in crate::http) fn state(right: &Right) -> Result<CertificateState, ApiError> {
    serde_json::from_value(right.state.clone().into()).map_err(|_| broken("state"))
}

pub(super) fn certificate_id(right: &Right) -> Result<CertificateId, ApiError> {
    right.certificate_id.parse().map_err(|_| broken("certificate id"))
}

/// The user ID's role, and whether it may keep the file as a backup.
pub(in crate::http) fn role(right: &Right, policy: &Policy) -> Result<(UserRole, bool), ApiError> {
    let role: UserRole = serde_json::from_value(right.role.clone().into()).map_err(|_| broken("role"))?;
    let backup_allowed = match policy.backup {
        Backup::All => true,
        Backup::Nobody => false,
        Backup::Administrators => role == UserRole::Administrator,
    };
    Ok((role, backup_allowed))
}

pub(super) async fn open(
    State(app): State<App>,
    address: Address,
    headers: HeaderMap,
    Body(request): Body<Open>,
) -> Result<Json<Opened>, ApiError> {
    platform::check(&headers, &app.policy())?;
    let right = opened(&app, &address, &request.user_id, &request.code).await?;
    not_held(&right)?;
    let state = state(&right)?;
    let deadline = deadline(&right)?;
    match state {
        CertificateState::Authorised => {
            in_time(&app, &right)?;
            contract_open(&app, &right)?;
        }
        CertificateState::Signed => in_time(&app, &right)?,
        CertificateState::Lapsed => {
            return Err(Refusal::new(ErrorCode::PickupDeadlinePassed).with("deadline", deadline).into());
        }
        CertificateState::Active => return Err(ErrorCode::PickupOtherKey.into()),
        _ => return Err(ErrorCode::PickupCancelled.into()),
    }
    let (role, backup_allowed) = role(&right, &app.policy())?;
    Ok(Json(Opened {
        certificate_id: certificate_id(&right)?,
        user_id: right.user_id.parse().map_err(|_| broken("user ID"))?,
        role,
        deadline,
        state,
        backup_allowed,
        device_label: right.device_label,
    }))
}
