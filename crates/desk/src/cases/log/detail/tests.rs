#![allow(clippy::unwrap_used, reason = "tests")]
use domain::branch::Leaving;
use domain::id::{BranchCode, CustomerId, PolicyChangeId};
use serde_json::json;
use uuid::Uuid;

use super::*;

fn label(code: &BranchCode) -> String {
    format!("店{code}")
}

fn check(detail: &Detail, expected: &[(&str, &str)]) {
    let expected: Detail = expected.iter().map(|(key, value)| (key.to_string(), value.to_string())).collect();
    assert_eq!(*detail, expected);
}

#[test]
fn a_terminal_names_its_branches_and_its_place() {
    let mut detail = Detail::new();
    let (from, branch) = ("001".parse().unwrap(), "002".parse().unwrap());
    terminal(&TerminalEvent::TerminalMoved { from, branch, label: "窓口 1番".into() }, &label, &mut detail);
    check(&detail, &[("terminal_branch", "店002"), ("terminal_from", "店001"), ("terminal_label", "窓口 1番")]);
}

#[test]
fn the_policy_names_the_first_setting_and_how_many_there_are() {
    let mut detail = Detail::new();
    let settings = serde_json::from_value(json!({ "idle_lock_minutes": 7, "browsers": ["edge", "chrome"] })).unwrap();
    let proposed = PolicyEvent::PolicyChangeProposed {
        change: PolicyChangeId(Uuid::nil()),
        settings,
        effective_on: "2026-12-01".parse().unwrap(),
    };
    policy(&proposed, &Names::default(), &mut detail);
    check(
        &detail,
        &[
            ("effective_on", "2026-12-01"),
            ("setting", "browsers"),
            ("setting_unit", ""),
            ("setting_value", "edge chrome"),
            ("settings", "2"),
        ],
    );
    // Of a change that this copy does not know there is nothing to say.
    let mut detail = Detail::new();
    let confirmed = PolicyEvent::PolicyChangeConfirmed { change: PolicyChangeId(Uuid::nil()) };
    policy(&confirmed, &Names::default(), &mut detail);
    check(&detail, &[]);
}

#[test]
fn a_branch_names_target_and_day_and_how_many_go() {
    let told = |event: &BranchEvent| {
        let mut detail = Detail::new();
        branch(event, &label, &mut detail);
        detail
    };
    let (into, on): (BranchCode, _) = ("002".parse().unwrap(), "2027-01-04".parse().unwrap());
    let merged = BranchEvent::BranchMerged { into: into.clone(), on };
    check(&told(&merged), &[("merger_into", "店002"), ("merger_on", "2027-01-04")]);
    let leaving = Leaving { customer: CustomerId(Uuid::nil()), cif: "2000001".parse().unwrap() };
    let change = BranchChange::MoveCustomers { into, customers: vec![leaving] };
    check(
        &told(&BranchEvent::BranchChangeProposed { number: 1, change }),
        &[("branch_proposed", "move_customers"), ("leaving", "1"), ("merger_into", "店002")],
    );
}
