//! What the words of an entry's events leave open: which contracts, which role, which setting, which branch, and which day.

use std::collections::BTreeMap;

use domain::Event;
use domain::branch::{BranchChange, BranchEvent};
use domain::customer::CustomerEvent;
use domain::event::AccessEvent;
use domain::institution::InstitutionEvent;
use domain::policy::{PolicyEvent, Settings};
use domain::staff::{StaffChange, StaffEvent};
use domain::terminal::TerminalEvent;
use wire::Entry;

use super::changes::{Label, branch_change_word, setting_text, stored, unit};
use super::names::Names;
use crate::cases::staff_admin::change_word;

type Detail = BTreeMap<String, String>;

/// `label`: how a branch is shown.
pub(super) fn of(entry: &Entry, names: &Names, label: Label<'_>) -> Detail {
    let mut detail = Detail::new();
    for event in &entry.events {
        match event {
            Event::Customer(event) => customer(event, &mut detail),
            Event::Staff(event) => staff(event, &mut detail),
            Event::Terminal(event) => terminal(event, label, &mut detail),
            Event::Policy(event) => policy(event, names, &mut detail),
            Event::Branch(event) => branch(event, label, &mut detail),
            Event::Institution(event) => institution(event, &mut detail),
            Event::Access(AccessEvent::Viewed { count, .. }) => put(&mut detail, "customers", count),
            Event::Access(_) => {}
        }
    }
    detail
}

fn put(detail: &mut Detail, key: &str, value: impl ToString) {
    detail.insert(key.to_owned(), value.to_string());
}

fn customer(event: &CustomerEvent, detail: &mut Detail) {
    match event {
        CustomerEvent::CustomerMoved { from, branch, .. } => {
            put(detail, "old_branch", from);
            put(detail, "new_branch", branch);
        }
        CustomerEvent::ContractLinked { old, new } => {
            put(detail, "old_contract", old);
            put(detail, "new_contract", new);
        }
        CustomerEvent::ContractClosing { contract, closing_on } => {
            put(detail, "contract", contract);
            put(detail, "closing_on", closing_on);
        }
        CustomerEvent::ContractClosed { contract } | CustomerEvent::ContractOpened { contract, .. } => {
            detail.entry("contract".to_owned()).or_insert_with(|| contract.to_string());
        }
        _ => {}
    }
}

fn staff(event: &StaffEvent, detail: &mut Detail) {
    match event {
        StaffEvent::StaffAdded { role, branch }
        | StaffEvent::StaffChanged { role, branch, .. }
        | StaffEvent::StaffProposed {
            change: StaffChange::Add { role, branch } | StaffChange::Change { role, branch },
            ..
        } => {
            put(detail, "staff_role", stored(role));
            put(detail, "staff_branch", branch);
        }
        StaffEvent::DeputyNamed { branch, from, until }
        | StaffEvent::StaffProposed { change: StaffChange::Deputy { branch, from, until }, .. } => {
            put(detail, "deputy_branch", branch);
            put(detail, "deputy_from", from);
            put(detail, "deputy_until", until);
        }
        StaffEvent::DeputyEnded { branch } => put(detail, "deputy_branch", branch),
        _ => {}
    }
    if let StaffEvent::StaffProposed { change, .. } = event {
        put(detail, "proposed", change_word(change));
    }
}

fn terminal(event: &TerminalEvent, label: Label<'_>, detail: &mut Detail) {
    match event {
        TerminalEvent::TerminalRequested { branch, label: place }
        | TerminalEvent::TerminalInvited { branch, label: place } => {
            put(detail, "terminal_branch", label(branch));
            put(detail, "terminal_label", place);
        }
        TerminalEvent::TerminalMoved { from, branch, label: place } => {
            put(detail, "terminal_from", label(from));
            put(detail, "terminal_branch", label(branch));
            put(detail, "terminal_label", place);
        }
        TerminalEvent::TerminalEnrolled { not_after: Some(until), .. }
        | TerminalEvent::TerminalRenewed { not_after: until, .. } => {
            put(detail, "terminal_until", until.to_rfc3339());
        }
        TerminalEvent::TerminalEnrolled { not_after: None, .. } | TerminalEvent::TerminalRevoked {} => {}
    }
}

/// Whoever confirms or withdraws a change names it by its number: what it is, the policy of this copy says.
fn policy(event: &PolicyEvent, names: &Names, detail: &mut Detail) {
    let mut tell = |settings: &Settings, effective_on: String| {
        put(detail, "effective_on", effective_on);
        put(detail, "settings", settings.len());
        if let Some((key, value)) = settings.first_key_value() {
            put(detail, "setting", key);
            put(detail, "setting_value", setting_text(value));
            put(detail, "setting_unit", unit(key).map(stored).unwrap_or_default());
        }
    };
    match event {
        PolicyEvent::PolicyOpened { .. } => {}
        PolicyEvent::PolicyChangeProposed { settings, effective_on, .. } => tell(settings, effective_on.to_string()),
        PolicyEvent::PolicyChangeConfirmed { change } | PolicyEvent::PolicyChangeWithdrawn { change } => {
            if let Some(change) = names.policy_change(*change) {
                tell(&change.settings, change.effective_on.to_string());
            }
        }
    }
}

fn branch(event: &BranchEvent, label: Label<'_>, detail: &mut Detail) {
    match event {
        BranchEvent::BranchOpened { name, .. } | BranchEvent::BranchRenamed { name, .. } => {
            put(detail, "branch_name", name);
        }
        BranchEvent::BranchMerged { into, on } => {
            put(detail, "merger_into", label(into));
            put(detail, "merger_on", on);
        }
        BranchEvent::BranchChangeProposed { change, .. } => {
            put(detail, "branch_proposed", branch_change_word(change));
            branch_change(change, label, detail);
        }
        BranchEvent::CustomersMoved { moved, stayed, .. } => {
            put(detail, "moved", moved);
            put(detail, "stayed", stayed.len());
        }
        BranchEvent::ImportOrdered { rows, .. } => put(detail, "import_rows", rows),
        BranchEvent::DaySignedOff { day, entries, exceptions, .. } => {
            put(detail, "signed_off", day);
            put(detail, "day_entries", entries);
            put(detail, "day_exceptions", exceptions);
        }
        BranchEvent::MergerWithdrawn {}
        | BranchEvent::BranchChangeConfirmed { .. }
        | BranchEvent::BranchChangeDismissed { .. } => {}
    }
}

fn branch_change(change: &BranchChange, label: Label<'_>, detail: &mut Detail) {
    match change {
        BranchChange::Merge { into, on } => {
            put(detail, "merger_into", label(into));
            put(detail, "merger_on", on);
        }
        BranchChange::WithdrawMerger {} => {}
        BranchChange::MoveCustomers { into, customers } => {
            put(detail, "merger_into", label(into));
            put(detail, "leaving", customers.len());
        }
    }
}

fn institution(event: &InstitutionEvent, detail: &mut Detail) {
    match event {
        InstitutionEvent::LogOpened { .. } => {}
        InstitutionEvent::EpochOpened { epoch, .. } => put(detail, "epoch", epoch),
        InstitutionEvent::RecoveryEnded { recovered, .. } => put(detail, "recovered", recovered),
    }
}

#[cfg(test)]
mod tests;
