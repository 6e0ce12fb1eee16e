//! A branch. What is its own alone (customers that leave, days signed off) other branches' desks don't hold, nor what ends it.

use domain::Event;
use domain::branch::{Branch, BranchChange, BranchEvent};
use domain::id::BranchCode;

use super::{Label, Told, Values};
use crate::replica::Opened;

/// `entries`: its own, up to the one that is shown.
pub(in crate::cases::log) fn branch(code: &BranchCode, entries: &[Opened], label: Label<'_>) -> Told {
    let Some(last) = entries.last() else { return Told::default() };
    let (mut before, mut after) = (Branch::unknown(code.clone()), Branch::unknown(code.clone()));
    for Opened { entry, .. } in entries {
        before = after.clone();
        for event in &entry.events {
            if let Event::Branch(event) = event {
                domain::branch::apply(&mut after, event, &entry.actor, entry.happened_at());
            }
        }
    }
    let mut told = Told { before: values(&before, label), after: values(&after, label) };
    for event in &last.entry.events {
        if let Event::Branch(event) = event {
            by_event(&mut told, event, &before, label);
        }
    }
    told
}

fn values(branch: &Branch, label: Label<'_>) -> Values {
    let mut values = Values::default();
    values.put("branch_name", "", &branch.name);
    values.put("kana", "", &branch.kana);
    if let Some(merger) = &branch.merger {
        values.put("merger_into", "", label(&merger.into));
        values.put("merger_on", "", merger.on);
    }
    for transfer in &branch.decided.transfers {
        values.put("on_their_way", label(&transfer.into), transfer.customers.len());
    }
    values
}

/// What stands in the entry alone, and requests for the second person.
fn by_event(told: &mut Told, event: &BranchEvent, before: &Branch, label: Label<'_>) {
    let open = |number: u32| before.decided.proposal.as_ref().filter(|open| open.number == number);
    match event {
        BranchEvent::BranchChangeProposed { change, .. } => {
            told.request(change_word(change), "", "submitted");
            for (what, of, value) in parts(change, label) {
                let now = told.before.get(what).unwrap_or_default().to_owned();
                told.asks(what, &of, Some(&now), value);
            }
        }
        BranchEvent::BranchChangeConfirmed { number } => {
            told.request(open(*number).map_or("", |open| change_word(&open.change)), "submitted", "approved");
        }
        BranchEvent::BranchChangeDismissed { number } => {
            let Some(open) = open(*number) else { return told.request("", "submitted", "withdrawn") };
            told.request(change_word(&open.change), "submitted", "withdrawn");
            for (what, of, value) in parts(&open.change, label) {
                let now = told.before.get(what).unwrap_or_default().to_owned();
                told.drops(what, &of, value, Some(&now));
            }
        }
        BranchEvent::CustomersMoved { number, moved, stayed } => {
            let transfer = before.decided.transfers.iter().find(|transfer| transfer.number == *number);
            let into = transfer.map(|transfer| label(&transfer.into)).unwrap_or_default();
            told.after.put("moved", &into, moved);
            if !stayed.is_empty() {
                told.after.put("stayed", into, stayed.len());
            }
        }
        BranchEvent::ImportOrdered { rows, .. } => told.after.put("import_rows", "", rows),
        BranchEvent::DaySignedOff { day, entries, exceptions, .. } => {
            told.after.put("signed_off", day, "signed");
            told.after.put("day_entries", day, entries);
            told.after.put("day_exceptions", day, exceptions);
        }
        _ => {}
    }
}

/// Each thing that a change is about. Without a merger there is neither target nor day.
fn parts(change: &BranchChange, label: Label<'_>) -> Vec<(&'static str, String, String)> {
    let merger =
        |into: String, on: String| vec![("merger_into", String::new(), into), ("merger_on", String::new(), on)];
    match change {
        BranchChange::Merge { into, on } => merger(label(into), on.to_string()),
        BranchChange::WithdrawMerger {} => merger(String::new(), String::new()),
        BranchChange::MoveCustomers { into, customers } => {
            vec![("on_their_way", label(into), customers.len().to_string())]
        }
    }
}

/// As the screen of branches knows it.
pub(in crate::cases::log) fn change_word(change: &BranchChange) -> &'static str {
    match change {
        BranchChange::Merge { .. } => "merge",
        BranchChange::WithdrawMerger {} => "withdraw_merger",
        BranchChange::MoveCustomers { .. } => "move_customers",
    }
}
