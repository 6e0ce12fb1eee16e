//! Which branches there are, which end, and whose customers go: by whom, and never by one person alone.
#![allow(clippy::unwrap_used, clippy::indexing_slicing, reason = "tests")]

use chrono::TimeZone as _;
use uuid::Uuid;

use super::*;
use crate::Role;
use crate::id::{CifNumber, SessionId, TerminalId};

fn person(id: &str, role: Role) -> Actor {
    Actor::Staff {
        staff: id.parse().unwrap(),
        role,
        branch: "000".parse().unwrap(),
        terminal: TerminalId(Uuid::nil()),
        session: SessionId(Uuid::nil()),
        deputy: false,
    }
}

fn head(id: &str) -> Actor {
    person(id, Role::HeadOffice)
}

fn system() -> Actor {
    Actor::System { job: "transfer".into() }
}

fn operator() -> Actor {
    Actor::Operator { name: "root".into() }
}

fn code(text: &str) -> BranchCode {
    text.parse().unwrap()
}

fn day(n: u32) -> NaiveDate {
    NaiveDate::from_ymd_opt(2026, 11, n).unwrap()
}

fn merge(into: &str, on: NaiveDate) -> BranchCommand {
    BranchCommand::MergeBranch { into: code(into), on }
}

fn leaving(n: u128, cif: &str) -> Leaving {
    Leaving { customer: CustomerId(Uuid::from_u128(n)), cif: cif.parse().unwrap() }
}

fn moving(customers: Vec<Leaving>) -> BranchCommand {
    BranchCommand::MoveCustomers { into: code("012"), customers }
}

fn confirm(number: u32) -> BranchCommand {
    BranchCommand::ConfirmBranchChange { number }
}

/// 2026-11-24 10:00 JST.
fn now() -> DateTime<Utc> {
    Utc.with_ymd_and_hms(2026, 11, 24, 1, 0, 0).unwrap()
}

fn run(branch: &mut Branch, command: &BranchCommand, actor: &Actor) -> Result<Vec<BranchEvent>, ErrorCode> {
    let context = Context { actor, personal: None, now: now(), day: None };
    let events = decide(branch, command, &context).map_err(|refusal| refusal.code)?;
    events.iter().for_each(|event| apply(branch, event, actor, now()));
    Ok(events)
}

fn opened() -> Branch {
    let mut branch = Branch::unknown(code("011"));
    let open = BranchCommand::OpenBranch { name: "見本支店".into(), kana: "ミホン".into() };
    run(&mut branch, &open, &operator()).unwrap();
    branch
}

#[test]
fn opened_and_renamed_by_head_office_or_from_the_list() {
    let open = BranchCommand::OpenBranch { name: "見本支店".into(), kana: "ミホン".into() };
    let mut branch = Branch::unknown(code("011"));
    assert_eq!(run(&mut branch, &merge("012", day(30)), &head("H9001")), Err(ErrorCode::BranchUnknown));
    assert_eq!(run(&mut branch, &open, &person("S2001", Role::Supervisor)), Err(ErrorCode::RoleNotPermitted));
    run(&mut branch, &open, &operator()).unwrap();
    assert_eq!(run(&mut branch, &open, &head("H9001")), Err(ErrorCode::BranchExists));
    let rename = BranchCommand::RenameBranch { name: "新見本支店".into(), kana: "シンミホン".into() };
    run(&mut branch, &rename, &operator()).unwrap();
    assert_eq!(branch.name, "新見本支店");
}

#[test]
fn a_merger_is_in_force_by_the_word_of_two_and_called_off_by_two() {
    let mut branch = opened();
    for (actor, refused) in [
        (operator(), ErrorCode::ActorNotPermitted),
        (system(), ErrorCode::ActorNotPermitted),
        (person("A9101", Role::Auditor), ErrorCode::RoleNotPermitted),
        (person("S2001", Role::Supervisor), ErrorCode::RoleNotPermitted),
    ] {
        for command in [merge("012", day(30)), confirm(1), moving(vec![leaving(1, "1")])] {
            assert_eq!(run(&mut branch, &command, &actor), Err(refused), "{command:?}");
        }
    }
    assert_eq!(run(&mut branch, &merge("011", day(30)), &head("H9001")), Err(ErrorCode::BranchSame));
    assert_eq!(run(&mut branch, &merge("012", day(23)), &head("H9001")), Err(ErrorCode::DateOutOfRange));
    assert_eq!(run(&mut branch, &BranchCommand::WithdrawMerger {}, &head("H9001")), Err(ErrorCode::BranchUnknown));
    run(&mut branch, &merge("012", day(30)), &head("H9001")).unwrap();
    // Not yet: and not by the same person, however often, nor by another request in its stead.
    assert_eq!(branch.merger, None);
    branch.may_receive().unwrap();
    assert_eq!(run(&mut branch, &confirm(1), &head("H9001")), Err(ErrorCode::TwoPersonRule));
    assert_eq!(run(&mut branch, &confirm(2), &head("H9002")), Err(ErrorCode::ProposalUnknown));
    assert_eq!(run(&mut branch, &merge("012", day(30)), &head("H9002")), Err(ErrorCode::ProposalOpen));
    for actor in [operator(), system()] {
        assert_eq!(run(&mut branch, &confirm(1), &actor), Err(ErrorCode::ActorNotPermitted));
    }
    let events = run(&mut branch, &confirm(1), &head("H9002")).unwrap();
    assert_eq!(events.len(), 2);
    assert_eq!(branch.may_receive().unwrap_err().code, ErrorCode::BranchMerged);
    assert_eq!((branch.merged_into(day(29)), branch.merged_into(day(30))), (None, Some(&code("012"))));
    assert_eq!(run(&mut branch, &merge("013", day(30)), &head("H9001")), Err(ErrorCode::BranchMerged));
    // What two decided, one does not undo.
    run(&mut branch, &BranchCommand::WithdrawMerger {}, &head("H9002")).unwrap();
    assert!(branch.merger.is_some());
    assert_eq!(run(&mut branch, &confirm(2), &head("H9002")), Err(ErrorCode::TwoPersonRule));
    run(&mut branch, &confirm(2), &head("H9001")).unwrap();
    assert_eq!(branch.merger, None);
    // Today's can't be called off.
    run(&mut branch, &merge("012", day(24)), &head("H9001")).unwrap();
    run(&mut branch, &confirm(3), &head("H9002")).unwrap();
    assert_eq!(run(&mut branch, &BranchCommand::WithdrawMerger {}, &head("H9001")), Err(ErrorCode::BranchMerged));
}

#[test]
fn whoever_asked_may_drop_it_and_then_it_is_nothing() {
    let mut branch = opened();
    run(&mut branch, &merge("012", day(30)), &head("H9001")).unwrap();
    run(&mut branch, &BranchCommand::DismissBranchChange { number: 1 }, &head("H9001")).unwrap();
    assert_eq!(run(&mut branch, &confirm(1), &head("H9002")), Err(ErrorCode::ProposalUnknown));
    let moved = run(&mut branch, &moving(vec![leaving(1, "1")]), &head("H9002")).unwrap();
    assert!(matches!(moved[0], BranchEvent::BranchChangeProposed { number: 2, .. }));
}

#[test]
fn customers_go_by_the_word_of_two_and_an_entry_says_how_many() {
    let mut branch = opened();
    let asked = |branch: &mut Branch, customers| run(branch, &moving(customers), &head("H9001"));
    assert_eq!(asked(&mut branch, vec![]), Err(ErrorCode::TextMissing));
    assert_eq!(asked(&mut branch, vec![leaving(1, "1"), leaving(1, "2")]), Err(ErrorCode::CustomerTwice));
    assert_eq!(asked(&mut branch, vec![leaving(1, "1"), leaving(2, "1")]), Err(ErrorCode::CustomerTwice));
    let many = |n: u128| (1..=n).map(|n| leaving(n, &n.to_string())).collect::<Vec<_>>();
    assert_eq!(asked(&mut branch, many(TOGETHER as u128 + 1)), Err(ErrorCode::CustomersTooMany));
    asked(&mut branch, many(3)).unwrap();
    assert_eq!(run(&mut branch, &confirm(1), &head("H9001")), Err(ErrorCode::TwoPersonRule));
    assert!(branch.decided.transfers.is_empty());
    run(&mut branch, &confirm(1), &head("H9002")).unwrap();
    let under_way = &branch.decided.transfers[0];
    assert_eq!((under_way.number, under_way.customers.len(), &under_way.into), (1, 3, &code("012")));
    // Whoever is on the way is not asked for once more.
    assert_eq!(asked(&mut branch, vec![leaving(3, "9")]), Err(ErrorCode::CustomerTwice));
    let end = |number| BranchCommand::EndTransfer { number, moved: 2, stayed: vec![CustomerId(Uuid::from_u128(3))] };
    for actor in [head("H9001"), head("H9002")] {
        assert_eq!(run(&mut branch, &end(1), &actor), Err(ErrorCode::RoleNotPermitted));
    }
    assert_eq!(run(&mut branch, &end(1), &operator()), Err(ErrorCode::ActorNotPermitted));
    assert_eq!(run(&mut branch, &end(2), &system()), Err(ErrorCode::ProposalUnknown));
    run(&mut branch, &end(1), &system()).unwrap();
    let carried = branch.decided.carried.clone().unwrap();
    assert_eq!((carried.number, carried.moved, carried.stayed.len()), (1, 2, 1));
    asked(&mut branch, vec![leaving(3, "9")]).unwrap();
}

#[test]
fn what_names_customers_is_read_by_the_branch_they_leave() {
    let named = |change| BranchEvent::BranchChangeProposed { number: 1, change };
    let of = BranchChange::MoveCustomers { into: code("012"), customers: vec![leaving(1, "1")] };
    assert!(named(of).concerns_the_branch_only());
    assert!(!named(BranchChange::Merge { into: code("012"), on: day(30) }).concerns_the_branch_only());
    assert!(BranchEvent::CustomersMoved { number: 1, moved: 1, stayed: vec![] }.concerns_the_branch_only());
}

#[test]
fn a_number_is_as_it_is_written_everywhere() {
    let same: CifNumber = "0000001".parse().unwrap();
    assert_eq!(leaving(1, "1").cif, same);
}

/// The state of a branch nobody decided anything of is written as it always was.
#[test]
fn a_branch_of_before_is_read_and_written_the_same() {
    let text = serde_json::to_string(&opened()).unwrap();
    assert!(!text.contains("decided"), "{text}");
    assert_eq!(serde_json::from_str::<Branch>(&text).unwrap(), opened());
}
