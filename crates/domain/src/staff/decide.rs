//! Decides a command on a member of staff. Who may what: head office about others, never about itself; what lets somebody
//! approve takes two of them. The operator at the server acts alone: without that no first account could be.

use chrono::{DateTime, Duration, Utc};

use super::{APART_DAYS, Staff, StaffChange, StaffCommand, StaffEvent, TEMPORARY_PASSWORD_HOURS};
use crate::actor::{Actor, Role};
use crate::calendar;
use crate::error::{ErrorCode, Refusal};
use crate::id::{BranchCode, StaffId};
use crate::personal::PersonalData;

/// Decides a command.
///
/// # Errors
/// A [`Refusal`] that names the rule.
pub fn decide(
    staff: &Staff,
    command: &StaffCommand,
    personal: Option<&PersonalData>,
    actor: &Actor,
    now: DateTime<Utc>,
) -> Result<Vec<StaffEvent>, Refusal> {
    use StaffCommand as C;
    use StaffEvent as E;
    permitted(staff, command, actor)?;
    attachment_fits(command, personal)?;
    match command {
        C::SignIn { .. } => signs_in(staff, command, now),
        C::SignOut { session } => known(staff).map(|_| vec![E::SignedOut { session: *session }]),
        C::LockOut { terminal, until } => {
            known(staff).map(|_| vec![E::LockedOut { terminal: *terminal, until: *until }])
        }
        C::ChangePassword {} => {
            known(staff)?;
            let Actor::Staff { terminal, session, .. } = actor else { return Err(ErrorCode::ActorNotPermitted.into()) };
            Ok(vec![E::PasswordChanged { terminal: *terminal, session: *session }])
        }
        C::LockStaff {} => {
            employed(staff)?;
            if staff.administered.locked {
                return Err(state("locked"));
            }
            Ok(vec![E::StaffLocked {}])
        }
        C::EndEmployment {} => {
            employed(staff)?;
            Ok(vec![E::StaffLeft {}])
        }
        C::EndDeputy { branch } => {
            employed(staff)?;
            if !staff.administered.deputies.iter().any(|deputy| deputy.branch == *branch && !deputy.over(now)) {
                return Err(state("no_deputy"));
            }
            Ok(vec![E::DeputyEnded { branch: branch.clone() }])
        }
        C::AddStaff { .. } | C::ChangeStaff { .. } | C::UnlockStaff {} | C::ResetPassword {} | C::NameDeputy { .. } => {
            let Some(change) = StaffChange::of(command) else { return Err(ErrorCode::RequestMalformed.into()) };
            possible(staff, &change, actor, now)?;
            // The operator is the way in when nobody else is there, and leaves an entry.
            if matches!(actor, Actor::Operator { .. }) || !change.takes_two(staff, now) {
                return Ok(vec![change.event(staff)]);
            }
            if let Some(open) = &staff.administered.proposal {
                return Err(Refusal::new(ErrorCode::ProposalOpen).by(Some(&open.by)));
            }
            Ok(vec![E::StaffProposed { number: staff.administered.proposed + 1, change }])
        }
        C::ConfirmProposal { number } => {
            let open = proposal(staff, *number)?;
            if actor.staff() == Some(&open.by) {
                return Err(Refusal::new(ErrorCode::TwoPersonRule).by(Some(&open.by)));
            }
            // Much may have happened since.
            possible(staff, &open.change, actor, now)?;
            Ok(vec![E::ProposalConfirmed { number: *number }, open.change.event(staff)])
        }
        C::DismissProposal { number } => {
            proposal(staff, *number)?;
            Ok(vec![E::ProposalDismissed { number: *number }])
        }
    }
}

/// Who asks? Head office about others; anybody about the own password; the operator for what needs no second person.
fn permitted(staff: &Staff, command: &StaffCommand, actor: &Actor) -> Result<(), Refusal> {
    use StaffCommand as C;
    let own = |id: &StaffId| *id == staff.id;
    match (command, actor) {
        (C::SignIn { .. } | C::SignOut { .. }, Actor::Staff { staff: id, .. }) if own(id) => Ok(()),
        (C::LockOut { .. }, Actor::Terminal { .. }) => Ok(()),
        (C::ChangePassword {}, Actor::Staff { staff: id, .. }) if own(id) => Ok(()),
        (C::SignIn { .. } | C::SignOut { .. } | C::LockOut { .. } | C::ChangePassword {}, _) => {
            Err(ErrorCode::ActorNotPermitted.into())
        }
        (_, Actor::Staff { staff: id, role, .. }) => match role {
            Role::HeadOffice if own(id) => Err(ErrorCode::OwnAccount.into()),
            Role::HeadOffice => Ok(()),
            _ => Err(ErrorCode::RoleNotPermitted.into()),
        },
        // A proposal is between two persons; whoever is at the server needs none.
        (C::ConfirmProposal { .. } | C::DismissProposal { .. }, _) => Err(ErrorCode::ActorNotPermitted.into()),
        (_, Actor::Operator { .. }) => Ok(()),
        _ => Err(ErrorCode::ActorNotPermitted.into()),
    }
}

fn attachment_fits(command: &StaffCommand, personal: Option<&PersonalData>) -> Result<(), Refusal> {
    match (command, personal) {
        (StaffCommand::AddStaff { .. }, Some(personal @ PersonalData::Staff(_))) => personal.check(),
        (StaffCommand::AddStaff { .. }, _) | (_, Some(_)) => Err(ErrorCode::AttachmentMismatch.into()),
        (_, None) => Ok(()),
    }
}

/// Signing in over another's lock exists for an approval alone; a temporary password is good for a while.
fn signs_in(staff: &Staff, command: &StaffCommand, now: DateTime<Utc>) -> Result<Vec<StaffEvent>, Refusal> {
    let StaffCommand::SignIn { terminal, session, over_lock, at } = command else {
        return Err(ErrorCode::RequestMalformed.into());
    };
    let (role, own) = employed(staff)?;
    if staff.administered.locked {
        return Err(ErrorCode::AccountLocked.into());
    }
    if let Some(until) = staff.locked_until.filter(|until| *until > now) {
        return Err(Refusal::new(ErrorCode::SignInLocked).with("until", until.to_rfc3339()));
    }
    let over = Duration::hours(i64::from(TEMPORARY_PASSWORD_HOURS));
    if staff.administered.temporary {
        if staff.administered.password_at.is_some_and(|given| given + over <= now) {
            return Err(ErrorCode::TemporaryPasswordOver.into());
        }
        if *over_lock {
            return Err(ErrorCode::PasswordChangeNeeded.into());
        }
    }
    let here = at.as_ref().unwrap_or(own);
    let deputy = staff.deputy_at(here, now);
    // A member of staff works at terminals of the own branch, or where he stands in; head office and auditors at any.
    if !staff.works_at(here, now) {
        return Err(ErrorCode::BranchNotPermitted.into());
    }
    if *over_lock && !role.approves() && !deputy {
        return Err(Refusal::new(ErrorCode::RoleNotPermitted).with("role", own));
    }
    let (terminal, session, over_lock) = (*terminal, *session, *over_lock);
    Ok(vec![StaffEvent::SignedIn { terminal, session, over_lock, deputy: deputy.then(|| here.clone()) }])
}

/// Could it take effect as things are?
fn possible(staff: &Staff, change: &StaffChange, actor: &Actor, now: DateTime<Utc>) -> Result<(), Refusal> {
    if let StaffChange::Add { .. } = change {
        if staff.role.is_some() {
            return Err(ErrorCode::StaffExists.into());
        }
        // A number that somebody else is proposed under is not given away before that is decided.
        let another = staff.administered.proposal.as_ref().filter(|open| open.change != *change);
        return match another.filter(|_| actor.staff().is_some()) {
            Some(open) => Err(Refusal::new(ErrorCode::ProposalOpen).by(Some(&open.by))),
            None => Ok(()),
        };
    }
    let (role, branch) = employed(staff)?;
    match change {
        StaffChange::Change { role: to, branch: at } => {
            if *to == role && at == branch {
                return Err(state("unchanged"));
            }
            if to.approves() {
                own_password(staff, actor, now)?;
            }
        }
        StaffChange::Unlock {} => {
            if staff.may_work(now) {
                return Err(state("unlocked"));
            }
        }
        StaffChange::Deputy { .. } => {
            // Head office approves everywhere; an auditor changes nothing.
            if role.reads_every_branch() {
                return Err(Refusal::new(ErrorCode::StaffState).with("state", "no_deputy_role").at("branch"));
            }
            own_password(staff, actor, now)?;
            if let Some(wanted) = change.deputy() {
                wanted.check(now)?;
                if role == Role::Supervisor && wanted.branch == *branch {
                    return Err(Refusal::new(ErrorCode::StaffState).with("state", "supervisor_there").at("branch"));
                }
                if staff.administered.deputies.iter().any(|deputy| deputy.overlaps(&wanted)) {
                    return Err(Refusal::new(ErrorCode::StaffState).with("state", "deputy_there").at("from"));
                }
            }
        }
        StaffChange::ResetPassword {} => {
            // Its password must not change hands between the first person's word and the second's.
            if let Some(open) = staff.administered.proposal.as_ref().filter(|open| open.change != *change) {
                return Err(Refusal::new(ErrorCode::ProposalOpen).by(Some(&open.by)));
            }
        }
        StaffChange::Add { .. } => {}
    }
    Ok(())
}

/// Nobody else knows the password: it is no temporary one, and neither of the two who let this person approve gave one lately.
fn own_password(staff: &Staff, actor: &Actor, now: DateTime<Utc>) -> Result<(), Refusal> {
    let administered = &staff.administered;
    if administered.temporary && administered.reset_by.is_some() {
        return Err(Refusal::new(ErrorCode::PasswordTemporary).by(administered.reset_by.as_ref()));
    }
    let lately = administered.reset_at.filter(|at| *at + Duration::days(APART_DAYS) > now);
    if let Some(at) = lately
        && administered.reset_by.as_ref().is_some_and(|by| actor.staff() == Some(by))
    {
        let until = calendar::jst_day(at + Duration::days(APART_DAYS));
        return Err(Refusal::new(ErrorCode::PasswordGivenLately).with("until", until));
    }
    Ok(())
}

fn proposal(staff: &Staff, number: u32) -> Result<&super::Proposal, Refusal> {
    let open = staff.administered.proposal.as_ref().filter(|open| open.number == number);
    open.ok_or_else(|| ErrorCode::ProposalUnknown.into())
}

fn known(staff: &Staff) -> Result<(Role, &BranchCode), Refusal> {
    staff.role.zip(staff.branch.as_ref()).ok_or_else(|| ErrorCode::StaffUnknown.into())
}

fn employed(staff: &Staff) -> Result<(Role, &BranchCode), Refusal> {
    if staff.administered.left_at.is_some() {
        return Err(state("left"));
    }
    known(staff)
}

fn state(word: &str) -> Refusal {
    Refusal::new(ErrorCode::StaffState).with("state", word)
}
