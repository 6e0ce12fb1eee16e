#![allow(clippy::unwrap_used, reason = "tests")]
use chrono::{DateTime, NaiveDate, TimeZone as _, Utc};
use serde_json::json;
use uuid::Uuid;

use super::*;
use crate::actor::{Actor, Role};
use crate::error::ErrorCode;
use crate::id::{PolicyChangeId, SessionId, TerminalId};

fn person(id: &str, role: Role, session: u128) -> Actor {
    Actor::Staff {
        staff: id.parse().unwrap(),
        role,
        branch: "000".parse().unwrap(),
        terminal: TerminalId(Uuid::from_u128(1)),
        session: SessionId(Uuid::from_u128(session)),
        deputy: false,
    }
}

fn head(id: &str) -> Actor {
    person(id, Role::HeadOffice, 1)
}

fn operator() -> Actor {
    Actor::Operator { name: "root".into() }
}

/// 2026-11-24 10:00 JST.
fn now() -> DateTime<Utc> {
    Utc.with_ymd_and_hms(2026, 11, 24, 1, 0, 0).unwrap()
}

fn day(n: u32) -> NaiveDate {
    NaiveDate::from_ymd_opt(2026, 11, n).unwrap()
}

fn settings(value: serde_json::Value) -> Settings {
    serde_json::from_value(value).unwrap()
}

fn id(n: u128) -> PolicyChangeId {
    PolicyChangeId(Uuid::from_u128(n))
}

fn propose(n: u128, value: serde_json::Value, on: u32) -> PolicyCommand {
    PolicyCommand::ProposePolicyChange { change: id(n), settings: settings(value), effective_on: day(on) }
}

fn confirm(n: u128) -> PolicyCommand {
    PolicyCommand::ConfirmPolicyChange { change: id(n) }
}

fn run(log: &mut PolicyLog, command: &PolicyCommand, actor: &Actor, at: DateTime<Utc>) -> Result<(), ErrorCode> {
    let events = decide(log, command, actor, &Policy::default(), at).map_err(|refusal| refusal.code)?;
    events.iter().for_each(|event| apply(log, event, actor, at));
    Ok(())
}

#[test]
fn the_table_names_every_setting_and_every_default_is_in_its_range() {
    let policy = Policy::default();
    let keys: Vec<&str> = SETTINGS.iter().map(|setting| setting.key).collect();
    let all = policy.settings();
    assert_eq!(all.len(), keys.len(), "{all:?}");
    assert!(all.keys().all(|key| keys.contains(&key.as_str())));
    policy.check().unwrap();
    assert_eq!(policy.with(&all).unwrap(), policy);
}

#[test]
fn values_out_of_range_are_refused_by_name() {
    for (key, bad) in [
        ("validity_days", json!(0)),
        ("validity_days", json!(1096)),
        ("validity_days", json!("365")),
        ("validity_days", json!(29)),
        ("grace_days", json!(-1)),
        ("reminder_days", json!([30, 30])),
        ("reminder_days", json!([0])),
        ("reminder_days", json!(30)),
        ("key_place", json!("usb")),
        ("key_types", json!([])),
        ("platforms", json!(["windows", "windows"])),
        ("browsers", json!(["lynx"])),
        ("closed_days", json!(["2026-02-30"])),
        ("passphrase_min", json!(7)),
    ] {
        let refusal = Policy::default().with(&settings(json!({ key: bad }))).unwrap_err();
        assert_eq!(refusal.code, ErrorCode::PolicyValueRefused, "{key} {bad}");
        assert!(refusal.args.contains_key("field"));
    }
    let unknown = Policy::default().with(&settings(json!({ "colour": 1 }))).unwrap_err();
    assert_eq!(unknown.code, ErrorCode::PolicySettingUnknown);
}

/// What a newer centre says is understood as far as it can be; a file is read strictly.
#[test]
fn a_newer_key_or_word_does_not_break_an_older_reader() {
    let newer = json!({ "grace_days": 10, "colour": "red", "key_place": "moon", "platforms": ["windows"] });
    let read = tolerant(newer.clone()).unwrap();
    assert_eq!(read, Policy { grace_days: 10, ..Policy::default() });
    assert!(serde_json::from_value::<Policy>(newer).is_err());
    let mut log = PolicyLog::default();
    let event: PolicyEvent = serde_json::from_value(json!({
        "type": "policy_change_proposed", "change": id(1), "settings": { "colour": "red", "grace_days": 3 },
        "effective_on": "2026-11-24",
    }))
    .unwrap();
    apply(&mut log, &event, &head("H0001"), now());
    apply(&mut log, &PolicyEvent::PolicyChangeConfirmed { change: id(1) }, &head("H0002"), now());
    assert_eq!(log.policy_at(&Policy::default(), now()).grace_days, 3);
    assert_eq!(log.changes.first().unwrap().settings.get("colour"), Some(&json!("red")), "kept");
}

#[test]
fn one_person_changes_nothing() {
    let (one, other) = (head("H0001"), head("H0002"));
    let mut log = PolicyLog::default();
    for actor in [person("S0001", Role::Supervisor, 1), person("A0001", Role::Auditor, 1)] {
        let refused = run(&mut log, &propose(1, json!({ "grace_days": 10 }), 24), &actor, now());
        assert_eq!(refused, Err(ErrorCode::RoleNotPermitted));
    }
    let system = Actor::System { job: "x".into() };
    for actor in [operator(), system] {
        let refused = run(&mut log, &propose(1, json!({ "grace_days": 10 }), 24), &actor, now());
        assert_eq!(refused, Err(ErrorCode::ActorNotPermitted));
    }
    run(&mut log, &propose(1, json!({ "grace_days": 10 }), 24), &one, now()).unwrap();
    let file = Policy::default();
    assert_eq!(log.policy_at(&file, now()), file, "proposed only");
    // The same person, in another session or at another terminal, is the same person.
    for actor in [one.clone(), person("h0001", Role::HeadOffice, 2)] {
        assert_eq!(run(&mut log, &confirm(1), &actor, now()), Err(ErrorCode::TwoPersonRule));
    }
    assert_eq!(run(&mut log, &confirm(1), &operator(), now()), Err(ErrorCode::ActorNotPermitted));
    assert_eq!(
        run(&mut log, &confirm(1), &person("S0001", Role::Supervisor, 3), now()),
        Err(ErrorCode::RoleNotPermitted)
    );
    assert_eq!(
        run(&mut log, &propose(2, json!({ "grace_days": 11 }), 24), &other, now()),
        Err(ErrorCode::PolicyChangeWaiting)
    );
    run(&mut log, &confirm(1), &other, now()).unwrap();
    assert_eq!(log.policy_at(&file, now()).grace_days, 10);
    assert_eq!(run(&mut log, &confirm(1), &other, now()), Err(ErrorCode::PolicyChangeState));
    assert_eq!(
        run(&mut log, &PolicyCommand::WithdrawPolicyChange { change: id(1) }, &one, now()),
        Err(ErrorCode::PolicyChangeState),
        "what was confirmed is changed by another change"
    );
    let change = log.change(id(1)).unwrap();
    assert_eq!((change.proposed_by.as_str(), change.decided_by.as_ref().unwrap().as_str()), ("H0001", "H0002"));
}

#[test]
fn a_change_is_in_force_from_its_day_on_and_no_earlier() {
    let (one, other, file) = (head("H0001"), head("H0002"), Policy::default());
    let mut log = PolicyLog::default();
    run(&mut log, &PolicyCommand::OpenPolicy { settings: file.settings() }, &operator(), now()).unwrap();
    assert_eq!(run(&mut log, &propose(1, json!({ "grace_days": 5 }), 23), &one, now()), Err(ErrorCode::DateOutOfRange));
    assert_eq!(
        run(&mut log, &propose(1, json!({ "grace_days": 90 }), 24), &one, now()),
        Err(ErrorCode::PolicyUnchanged)
    );
    run(&mut log, &propose(1, json!({ "grace_days": 5 }), 26), &one, now()).unwrap();
    run(&mut log, &confirm(1), &other, now()).unwrap();
    // Another one that takes effect before it, and one on the same day: the one confirmed later counts.
    run(&mut log, &propose(2, json!({ "grace_days": 7, "validity_days": 100 }), 25), &other, now()).unwrap();
    run(&mut log, &confirm(2), &one, now()).unwrap();
    run(&mut log, &propose(3, json!({ "session_hours": 8 }), 26), &other, now()).unwrap();
    run(&mut log, &confirm(3), &one, now()).unwrap();
    let timeline = log.timeline(&Policy { grace_days: 1, ..file });
    let on = |n| {
        let policy = timeline.on(day(n));
        (policy.grace_days, policy.validity_days, policy.session_hours)
    };
    assert_eq!((on(24), on(25), on(26), on(30)), ((90, 365, 12), (7, 100, 12), (5, 100, 8), (5, 100, 8)));
    // 2026-11-26 begins at 15:00 UTC of the day before.
    let midnight = Utc.with_ymd_and_hms(2026, 11, 25, 15, 0, 0).unwrap();
    assert_eq!(timeline.at(midnight - chrono::Duration::seconds(1)).grace_days, 7);
    assert_eq!(timeline.at(midnight).grace_days, 5);
    // Renewal opens 30 days ahead: a validity of 20 days does not go with it, whenever it begins.
    assert_eq!(
        run(&mut log, &propose(4, json!({ "validity_days": 20 }), 30), &one, now()),
        Err(ErrorCode::PolicyValueRefused)
    );
}

#[test]
fn a_day_that_passed_before_the_confirmation_is_proposed_again() {
    let (one, other) = (head("H0001"), head("H0002"));
    let mut log = PolicyLog::default();
    run(&mut log, &propose(1, json!({ "grace_days": 5 }), 24), &one, now()).unwrap();
    assert!(log.opened.is_some(), "a log without a policy begins with the file's");
    let next_day = now() + chrono::Duration::days(1);
    assert_eq!(run(&mut log, &confirm(1), &other, next_day), Err(ErrorCode::DateOutOfRange));
    run(&mut log, &PolicyCommand::WithdrawPolicyChange { change: id(1) }, &other, next_day).unwrap();
    assert_eq!(run(&mut log, &confirm(1), &other, next_day), Err(ErrorCode::PolicyChangeState));
    assert_eq!(log.policy_at(&Policy::default(), next_day), Policy::default());
}

#[test]
fn what_a_change_does_is_asked_for_by_instants() {
    let before = Policy::default();
    let with = |value| before.with(&settings(value)).unwrap();
    let jst = |text: &str| DateTime::parse_from_rfc3339(text).unwrap().to_utc();
    let ask = |after: &Policy| effects(&before, after, day(24));
    assert_eq!(ask(&before), []);
    assert_eq!(
        ask(&with(json!({ "pickup_deadline_days": 10 }))),
        [("pickup_deadline_days", PolicyEffect::DeadlinesKept, Some(Asked::Rights))]
    );
    assert_eq!(
        ask(&with(json!({ "grace_days": 10 }))),
        [("grace_days", PolicyEffect::GraceLost, Some(Asked::InGraceEnded(jst("2026-11-14T00:00:00+09:00"))))]
    );
    let longer = ask(&with(json!({ "grace_days": 100 })));
    assert_eq!(
        longer.iter().map(|(_, effect, _)| *effect).collect::<Vec<_>>(),
        [PolicyEffect::GraceLonger, PolicyEffect::GraceStaysOver]
    );
    assert_eq!(
        ask(&with(json!({ "renewal_opens_days": 31 }))),
        [(
            "renewal_opens_days",
            PolicyEffect::RenewalOpens,
            Some(Asked::Ending(jst("2026-12-25T00:00:00+09:00"), jst("2026-12-26T00:00:00+09:00")))
        )]
    );
    assert_eq!(ask(&with(json!({ "closed_days": ["2026-12-29"] }))), [("closed_days", PolicyEffect::FromNowOn, None)]);
}
