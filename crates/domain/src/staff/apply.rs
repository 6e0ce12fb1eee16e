//! Applies what happened to a member of staff. Infallible: what was decided has happened.

use chrono::{DateTime, Utc};

use super::{Deputy, Proposal, SignInMark, Staff, StaffEvent};
use crate::actor::Actor;
use crate::id::{BranchCode, SessionId, TerminalId};
use crate::personal::PersonalData;

/// So many sign-ins are kept of one terminal,
const MARKS_OF_TERMINAL: usize = 8;
/// and so many of one person.
const MARKS: usize = 64;

/// Applies an event of an entry of the time `at`.
pub fn apply(staff: &mut Staff, event: &StaffEvent, personal: Option<&PersonalData>, actor: &Actor, at: DateTime<Utc>) {
    staff.version += 1;
    match event {
        StaffEvent::StaffAdded { role, branch } => {
            staff.role = Some(*role);
            staff.branch = Some(branch.clone());
            named(staff, personal);
            // Whoever is added at a desk gets a temporary password; the operator sets one at the server.
            if actor.staff().is_some() {
                temporary(staff, actor, at);
            }
        }
        StaffEvent::StaffChanged { role, branch, from } => {
            staff.role = Some(*role);
            staff.branch = Some(branch.clone());
            if from.is_some() {
                staff.administered.moved_at = Some(at);
            }
        }
        // A session over somebody's lock is for one approval, which is never made off-line.
        StaffEvent::SignedIn { over_lock: true, .. } => {}
        // Nothing can be done in it before the password is changed.
        StaffEvent::SignedIn { .. } if staff.administered.temporary => {}
        StaffEvent::SignedIn { terminal, session, deputy, .. } => {
            staff.signed_in(*terminal, *session, deputy.clone(), at);
        }
        StaffEvent::SignedOut { session } => {
            if let Some(mark) = staff.sign_ins.iter_mut().find(|mark| mark.session == *session) {
                mark.ended_at = Some(at);
            }
        }
        StaffEvent::LockedOut { until, .. } => {
            staff.locked_until = Some(*until);
            staff.locked_at = Some(at);
        }
        StaffEvent::StaffLocked {} => {
            staff.administered.locked = true;
            staff.locked_at = Some(at);
        }
        StaffEvent::StaffUnlocked {} => {
            staff.administered.locked = false;
            staff.locked_until = None;
        }
        StaffEvent::PasswordReset {} => temporary(staff, actor, at),
        StaffEvent::PasswordChanged { terminal, session } => {
            staff.administered.password_at = Some(at);
            staff.administered.temporary = false;
            if staff.sign_in(*terminal, *session).is_none() {
                staff.signed_in(*terminal, *session, None, at);
            }
        }
        StaffEvent::DeputyNamed { branch, from, until } => {
            staff.administered.deputies.retain(|deputy| !deputy.over(at));
            staff.administered.deputies.push(Deputy { branch: branch.clone(), from: *from, until: *until });
        }
        StaffEvent::DeputyEnded { branch } => staff.administered.deputies.retain(|deputy| deputy.branch != *branch),
        StaffEvent::StaffLeft {} => {
            staff.administered.left_at = Some(at);
            staff.administered.proposal = None;
            staff.administered.deputies.clear();
            staff.locked_at = Some(at);
        }
        StaffEvent::StaffProposed { number, change } => {
            staff.administered.proposed = *number;
            named(staff, personal);
            if let Some(by) = actor.staff() {
                let (number, change, by) = (*number, change.clone(), by.clone());
                staff.administered.proposal = Some(Proposal { number, change, by, at });
            }
        }
        StaffEvent::ProposalConfirmed { .. } | StaffEvent::ProposalDismissed { .. } => {
            staff.administered.proposal = None;
        }
    }
}

fn named(staff: &mut Staff, personal: Option<&PersonalData>) {
    if let Some(PersonalData::Staff(details)) = personal {
        staff.details = Some(details.clone());
    }
}

fn temporary(staff: &mut Staff, actor: &Actor, at: DateTime<Utc>) {
    staff.administered.temporary = true;
    staff.administered.password_at = Some(at);
    staff.administered.reset_by = actor.staff().cloned();
    staff.administered.reset_at = Some(at);
}

impl Staff {
    fn signed_in(&mut self, terminal: TerminalId, session: SessionId, deputy: Option<BranchCode>, at: DateTime<Utc>) {
        let (Some(role), Some(branch)) = (self.role, self.branch.clone()) else { return };
        self.sign_ins.push(SignInMark { terminal, session, at, role, branch, ended_at: None, deputy });
        let of_terminal = self.sign_ins.iter().filter(|mark| mark.terminal == terminal).count();
        let oldest = match of_terminal > MARKS_OF_TERMINAL {
            true => self.sign_ins.iter().position(|mark| mark.terminal == terminal),
            false => (self.sign_ins.len() > MARKS).then_some(0),
        };
        if let Some(oldest) = oldest {
            self.sign_ins.remove(oldest);
        }
    }
}
