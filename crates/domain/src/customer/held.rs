//! What was made while the centre was out of reach is judged when it arrives: by the standing its author has then. An
//! application of somebody whose standing has changed since is held until a supervisor accepts or dismisses it. A stop
//! takes effect at once, and the supervisor who sets the check mark is told why to look closer: a wrong stop costs a
//! customer an hour, a stop that waits may cost the account.

use chrono::{DateTime, Duration, Utc};
use serde::{Deserialize, Serialize};

use super::command::CustomerCommand;
use super::decide::{Context, decide, not_by};
use super::event::CustomerEvent as E;
use super::state::{Customer, HeldAct};
use crate::actor::Role;
use crate::authorisation::acting;
use crate::error::{ErrorCode, Refusal};
use crate::id::{BranchCode, CommandId, SessionId, TerminalId};
use crate::personal::PersonalData;
use crate::policy::Policy;
use crate::staff::Staff;

/// A desk's clock may be off by so much before its claims count as odd, minutes.
const SLACK: i64 = 5;

/// Why an act is looked at by a supervisor. Part of a stored event: frozen.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[cfg_attr(feature = "specta", derive(specta::Type))]
#[serde(rename_all = "snake_case")]
pub enum HoldReason {
    /// The account was locked after the sign-in it was made under.
    StaffLocked,
    /// Its author has another role or branch now.
    StaffChanged,
    /// By its own claim it was made after the time in which staff may work without the centre.
    Late,
    /// Its terminal was revoked before it arrived.
    TerminalRevoked,
}

/// May this be made while the centre is out of reach? Registering, and reporting a lost PC; nothing that decides.
pub fn may_wait(command: &CustomerCommand) -> bool {
    matches!(
        command,
        CustomerCommand::SubmitApplication { .. }
            | CustomerCommand::ResubmitApplication { .. }
            | CustomerCommand::SuspendCertificates { .. }
            | CustomerCommand::RecordIncident { .. }
    )
}

/// What an envelope says of itself.
#[derive(Debug, Clone, Copy)]
pub struct Claim {
    /// The signing terminal, as authenticated.
    pub terminal: TerminalId,
    /// The session it was made in, which has ended or was never at the centre.
    pub session: SessionId,
    /// The desk's clock.
    pub made_at: DateTime<Utc>,
    /// Made while the centre was out of reach?
    pub offline: bool,
}

/// As whom it is taken, and whether a supervisor looks at it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Standing {
    /// Role at the sign-in.
    pub role: Role,
    /// Branch at the sign-in.
    pub branch: BranchCode,
    /// 代行: role and branch are those this person stood in for.
    pub deputy: bool,
    /// `None`: nothing has changed since.
    pub hold: Option<HoldReason>,
}

/// Judges an act that arrives without a living session.
///
/// # Errors
/// [`ErrorCode::SessionMissing`]: it may not wait, its author never signed in there, or it was made on-line after the
/// session had ended.
pub fn standing(
    staff: &Staff,
    claim: &Claim,
    command: &CustomerCommand,
    policy: &Policy,
    now: DateTime<Utc>,
) -> Result<Standing, Refusal> {
    let mark = staff.sign_in(claim.terminal, claim.session).filter(|_| may_wait(command));
    let mark = mark.ok_or(ErrorCode::SessionMissing)?;
    let slack = Duration::minutes(SLACK);
    let session_end = mark.at + Duration::hours(i64::from(policy.session_hours));
    if !claim.offline {
        // Its answer was lost, or it is somebody who hopes that nobody looks at the session any more.
        let end = [Some(session_end), mark.ended_at, staff.locked_at.filter(|at| *at > mark.at)];
        let end = end.into_iter().flatten().min().unwrap_or(session_end);
        if claim.made_at < mark.at - slack || claim.made_at > end + slack {
            return Err(ErrorCode::SessionMissing.into());
        }
    }
    let alone = mark.at + Duration::hours(i64::from(policy.offline_sign_in_hours));
    // As himself where that is enough; else as the deputy he was at that terminal, if he still is.
    let here = (mark.deputy.as_ref().unwrap_or(&mark.branch), mark.deputy.is_some());
    let (role, branch, deputy) = acting((mark.role, &mark.branch), here, command);
    let deputy_over = deputy && !staff.deputy_at(&branch, now);
    let hold = if staff.locked_at.is_some_and(|at| at > mark.at) {
        Some(HoldReason::StaffLocked)
    } else if staff.role != Some(mark.role) || staff.branch.as_ref() != Some(&mark.branch) || deputy_over {
        Some(HoldReason::StaffChanged)
    } else if claim.made_at > session_end.max(alone) + slack {
        Some(HoldReason::Late)
    } else {
        None
    };
    Ok(Standing { role, branch, deputy, hold })
}

/// An act to be held, and why.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct HeldCommand {
    /// Id of the envelope, and of the entry.
    pub act: CommandId,
    /// What was asked for.
    pub command: CustomerCommand,
    /// Why a supervisor looks at it.
    pub reason: HoldReason,
    /// The desk's claim.
    pub made_at: DateTime<Utc>,
}

/// Decides an act whose author's standing has changed.
///
/// # Errors
/// What would be refused anyway is refused now.
pub fn hold(
    customer: &Customer,
    held: &HeldCommand,
    personal: Option<&PersonalData>,
    context: &Context<'_>,
) -> Result<Vec<E>, Refusal> {
    let mut events = decide(customer, &held.command, personal, context)?;
    let reason = held.reason;
    match &held.command {
        // Whoever has a PC that was cut off must not stop anybody with it: a supervisor asks whether it was the author.
        CustomerCommand::SuspendCertificates { .. } if reason == HoldReason::TerminalRevoked => {
            let (act, made_at, command) = (held.act, held.made_at, Box::new(held.command.clone()));
            Ok(vec![E::ActHeld { act, reason, made_at, command }])
        }
        CustomerCommand::SuspendCertificates { incident, .. } => {
            events.push(E::StopToReview { incident: *incident, reason });
            Ok(events)
        }
        // What was said about a stop changes nothing by itself.
        CustomerCommand::RecordIncident { .. } => Ok(events),
        command if may_wait(command) => {
            let (act, made_at, command) = (held.act, held.made_at, Box::new(command.clone()));
            Ok(vec![E::ActHeld { act, reason, made_at, command }])
        }
        _ => Err(ErrorCode::SessionMissing.into()),
    }
}

fn waiting<'a>(customer: &'a Customer, act: CommandId, context: &Context<'_>) -> Result<&'a HeldAct, Refusal> {
    let found = customer.waiting_acts().find(|held| held.act == act).ok_or(ErrorCode::HeldActUnknown)?;
    not_by(found.actor.staff().into_iter(), context.actor)?;
    Ok(found)
}

/// A supervisor has asked its author: it counts now, as the author's.
pub(super) fn accept(customer: &Customer, act: CommandId, context: &Context<'_>) -> Result<Vec<E>, Refusal> {
    let found = waiting(customer, act, context)?;
    let details = found.details.clone().map(PersonalData::Application);
    let author = Context { actor: &found.actor, ..*context };
    let mut events = vec![E::HeldActAccepted { act }];
    events.extend(decide(customer, &found.command, details.as_ref(), &author)?);
    Ok(events)
}

pub(super) fn dismiss(customer: &Customer, act: CommandId, context: &Context<'_>) -> Result<Vec<E>, Refusal> {
    waiting(customer, act, context)?;
    Ok(vec![E::HeldActDismissed { act }])
}
