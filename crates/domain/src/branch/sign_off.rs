//! 日次検印: a supervisor has looked at what happened at the branch on a business day. Pure; what happened comes from the log
//! of whoever decides, and only the centre's counts.

use chrono::NaiveDate;

use super::day::DayFacts;
use super::{Branch, BranchEvent, Context, Span};
use crate::actor::{Actor, Role};
use crate::error::{ErrorCode, Refusal};
use crate::id::{BranchCode, StaffId};
use crate::personal::PersonalData;

/// May somebody sign off days of this branch?
///
/// # Errors
/// Not by his role, or not here.
pub fn may_sign_off(branch: &BranchCode, actor: &Actor) -> Result<(), Refusal> {
    match actor {
        // For a branch whose supervisors are away.
        Actor::Staff { role: Role::HeadOffice, .. } => Ok(()),
        Actor::Staff { role: Role::Supervisor, branch: own, .. } if own == branch => Ok(()),
        Actor::Staff { role: Role::Supervisor, .. } => Err(ErrorCode::BranchNotPermitted.into()),
        Actor::Staff { .. } => Err(ErrorCode::RoleNotPermitted.into()),
        _ => Err(ErrorCode::ActorNotPermitted.into()),
    }
}

/// Must something be said about the day? About every exception; and by head office, which was not there.
pub fn needs_comment(role: Role, exceptions: u32) -> bool {
    exceptions > 0 || role == Role::HeadOffice
}

/// What keeps somebody from signing off this day, as far as it is known without the comment.
///
/// # Errors
/// A [`Refusal`] that names the rule.
pub fn open_to(
    branch: &Branch,
    day: NaiveDate,
    staff: &StaffId,
    facts: &DayFacts,
    context: &Context<'_>,
) -> Result<(), Refusal> {
    if let Some(done) = branch.signed_off.get(&day) {
        return Err(Refusal::new(ErrorCode::DaySignedOff).with("by", &done.by).with("at", done.at.to_rfc3339()));
    }
    let Some(Span { until: closes, .. }) = facts.span else {
        return Err(Refusal::new(ErrorCode::DayNotBusiness).with("day", day).at("day"));
    };
    if context.now < closes {
        return Err(Refusal::new(ErrorCode::DayNotOver).with("closes", closes.to_rfc3339()).at("day"));
    }
    match facts.first {
        Some(first) if day >= first => {}
        first => {
            let refusal = Refusal::new(ErrorCode::DayBeforeFirst).at("day");
            return Err(first.iter().fold(refusal, |refusal, first| refusal.with("first", first)));
        }
    }
    match facts.barred.get(staff) {
        Some(what) => Err(Refusal::new(ErrorCode::DayOwnWork).with("what", what.as_str())),
        None => Ok(()),
    }
}

pub(super) fn decide(
    branch: &Branch,
    (day, size, root): (NaiveDate, u64, &str),
    context: &Context<'_>,
) -> Result<Vec<BranchEvent>, Refusal> {
    may_sign_off(&branch.code, context.actor)?;
    let Actor::Staff { staff, role, .. } = context.actor else { return Err(ErrorCode::ActorNotPermitted.into()) };
    match context.personal {
        None | Some(PersonalData::Comment(_)) => {}
        Some(_) => return Err(ErrorCode::AttachmentMismatch.into()),
    }
    context.personal.map_or(Ok(()), PersonalData::check)?;
    let facts = context.day.ok_or(ErrorCode::DayChanged)?;
    open_to(branch, day, staff, facts, context)?;
    if !facts.head {
        return Err(ErrorCode::DayHeadUnknown.into());
    }
    if size < facts.end {
        return Err(ErrorCode::DayChanged.into());
    }
    if needs_comment(*role, facts.exceptions) && context.personal.is_none() {
        return Err(Refusal::new(ErrorCode::DayCommentMissing).with("count", facts.exceptions).at("comment"));
    }
    let (entries, exceptions) = (facts.entries, facts.exceptions);
    Ok(vec![BranchEvent::DaySignedOff { day, size, root: root.to_owned(), entries, exceptions }])
}

#[cfg(test)]
#[allow(clippy::unwrap_used, reason = "tests")]
mod tests;
