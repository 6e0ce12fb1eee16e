//! A member of staff. Another branch's desk holds the locks, passwords and deputyships alone of the entries about one.

use chrono::{DateTime, Utc};
use domain::id::StaffId;
use domain::staff::{Staff, StaffChange, StaffEvent};
use domain::{Event, Role};
use roaring::RoaringBitmap;

use super::sight::Sight;
use super::{Label, Told, Values, stored};
use crate::cases::staff_admin::{change_word, state};
use crate::replica::{Opened, marks};
use crate::view::StaffState;

/// `entries`: those about this person but sign-ins, up to the one that is shown; `sign_ins`: where those stand.
pub(in crate::cases::log) fn staff(
    id: &StaffId,
    entries: &[Opened],
    sign_ins: &RoaringBitmap,
    label: Label<'_>,
) -> Told {
    let Some(last) = entries.last() else { return Told::default() };
    let at = last.entry.happened_at();
    let (mut before, mut after) = (Staff::unknown(id.clone()), Staff::unknown(id.clone()));
    let mut sight = Sight::default();
    for Opened { index, entry, personal } in entries {
        if sight.lost_before(entry, after.version + sign_ins.rank(marks::place(*index))) {
            forget(&mut after);
        }
        before = after.clone();
        for event in &entry.events {
            let Event::Staff(event) = event else { continue };
            // Where somebody came from, the entry says itself.
            if let (StaffEvent::StaffChanged { from, branch, .. }, None, true) =
                (event, &before.branch, sight.in_part())
            {
                before.branch = Some(from.clone().unwrap_or_else(|| branch.clone()));
            }
            domain::staff::apply(&mut after, event, personal.as_ref(), &entry.actor, entry.happened_at());
        }
    }
    let of = |staff: &Staff| values(staff, at, sight.in_part(), label);
    let mut told = Told { before: of(&before), after: of(&after) };
    for event in &last.entry.events {
        if let Event::Staff(event) = event {
            requested(&mut told, event, &before, label);
        }
    }
    told
}

/// What may have become something else where this desk does not hear of it. Locks by head office, passwords, deputyships and the
/// end of the employment are told everywhere.
fn forget(staff: &mut Staff) {
    staff.role = None;
    staff.branch = None;
    staff.details = None;
    staff.locked_until = None;
    staff.administered.proposal = None;
}

fn values(staff: &Staff, at: DateTime<Utc>, in_part: bool, label: Label<'_>) -> Values {
    let mut values = Values { in_part, ..Values::default() };
    values.put("staff_name", "", staff.details.as_ref().map(|details| details.name.as_str()).unwrap_or_default());
    values.put("role", "", staff.role.map(stored).unwrap_or_default());
    values.put("staff_branch", "", staff.branch.as_ref().map(label).unwrap_or_default());
    let administered = &staff.administered;
    match (staff.role, in_part) {
        (None, false) if administered.proposal.is_none() => {}
        (Some(_), false) | (None, false) => values.put("staff_state", "", stored(state(staff, at))),
        (role, true) => {
            // Somebody with a role, whichever it is: who has none is only proposed.
            let known = Staff { role: role.or(Some(Role::Teller)), ..staff.clone() };
            match state(&known, at) {
                StaffState::Working => values.guess("staff_state", stored(StaffState::Working)),
                other => values.put("staff_state", "", stored(other)),
            }
        }
    }
    let locked_until = staff.locked_until.filter(|until| *until > at);
    values.put("locked_until", "", locked_until.map(|until| until.to_rfc3339()).unwrap_or_default());
    if let Some(since) = administered.password_at {
        let kind = if administered.temporary { "temporary" } else { "own" };
        values.put("password", "", format!("{kind} {}", since.to_rfc3339()));
    }
    for deputy in administered.deputies.iter().filter(|deputy| !deputy.over(at)) {
        let days = format!("{} {}", deputy.from, deputy.until);
        let key = ("deputy".to_owned(), label(&deputy.branch));
        // One person may stand in twice at a branch, one time after the other.
        values.by_key.entry(key).and_modify(|all| *all = format!("{all} {days}")).or_insert(days);
    }
    values
}

/// What takes a second person: what is asked for beside what stands, and what became of it.
fn requested(told: &mut Told, event: &StaffEvent, before: &Staff, label: Label<'_>) {
    let open = |number: u32| before.administered.proposal.as_ref().filter(|open| open.number == number);
    match event {
        StaffEvent::StaffProposed { change, .. } => {
            told.request(change_word(change), "", "submitted");
            for (what, of, value) in parts(change, label) {
                let now = told.before.before(&(what.to_owned(), of.clone()));
                told.asks(what, &of, now.as_deref(), value);
            }
        }
        StaffEvent::ProposalConfirmed { number } => {
            told.request(open(*number).map_or("", |open| change_word(&open.change)), "submitted", "approved");
        }
        StaffEvent::ProposalDismissed { number } => {
            let Some(open) = open(*number) else { return told.request("", "submitted", "withdrawn") };
            told.request(change_word(&open.change), "submitted", "withdrawn");
            for (what, of, value) in parts(&open.change, label) {
                let stays = told.before.before(&(what.to_owned(), of.clone()));
                told.drops(what, &of, value, stays.as_deref());
            }
        }
        _ => {}
    }
}

/// Each thing that a change is about.
fn parts(change: &StaffChange, label: Label<'_>) -> Vec<(&'static str, String, String)> {
    match change {
        StaffChange::Add { role, branch } | StaffChange::Change { role, branch } => {
            vec![("role", String::new(), stored(role)), ("staff_branch", String::new(), label(branch))]
        }
        StaffChange::Deputy { branch, from, until } => vec![("deputy", label(branch), format!("{from} {until}"))],
        StaffChange::Unlock {} | StaffChange::ResetPassword {} => Vec::new(),
    }
}
