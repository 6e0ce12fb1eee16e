//! The policy is changed by two persons of head office, and by nobody alone whatever way is tried; every desk and every
//! restart goes by what the log says.

use std::time::{Duration, Instant};

use desk::secrets::Secrets;
use desk::view::{PolicyForm, PolicyPartView};
use domain::ErrorCode;
use domain::id::PolicyChangeId;
use domain::policy::{PolicyChangeState, PolicyCommand, Settings};
use e2e::centre::{BRANCH, Centre, Kind};
use e2e::office::Office;
use e2e::terminal::Terminal;
use serde_json::json;
use wire::Body;

e2e::on_both!(two_persons_change_the_policy);

fn part(key: &str, after: &str) -> PolicyPartView {
    PolicyPartView { key: key.into(), before: Vec::new(), after: vec![after.into()] }
}

fn form(day: &str, parts: &[(&str, &str)]) -> PolicyForm {
    let parts = parts.iter().map(|(key, after)| part(key, after)).collect();
    PolicyForm { parts, effective_on: day.into() }
}

async fn idle_minutes_become(office: &Office, minutes: u32) {
    let begun = Instant::now();
    while office.desk.status().await.unwrap().idle_lock_minutes != minutes {
        assert!(begun.elapsed() < Duration::from_secs(20), "the desk never learns of it");
        tokio::time::sleep(Duration::from_millis(50)).await;
    }
}

async fn current(office: &Office, key: &str) -> Vec<String> {
    let policy = office.desk.policy().await.unwrap();
    policy.settings.into_iter().find(|one| one.key == key).unwrap().current
}

async fn two_persons_change_the_policy(kind: Kind) {
    let mut centre = Centre::new(|config| {
        kind.choose(config);
        config.policy.idle_lock_minutes = 6;
    });
    let (head, branch) = (centre.invite("000", "本部 1番"), centre.invite(BRANCH, "窓口 1番"));
    centre.start();
    let (head, branch) = (Office::enrol(&centre, &head).await, Office::enrol(&centre, &branch).await);
    branch.sign_in("T1001").await;
    idle_minutes_become(&branch, 6).await;
    let today = domain::calendar::jst_day(centre.clock.now());
    let day = today.to_string();

    // Who is not head office sees nothing of it and changes nothing.
    assert_eq!(branch.desk.policy().await.unwrap_err().code(), ErrorCode::RoleNotPermitted);
    head.sign_in("H9001").await;
    let policy = head.desk.policy().await.unwrap();
    assert!(policy.from_log && policy.may_propose, "a new log begins with what the file says");
    let refused = head.desk.propose_policy(&form(&day, &[("idle_lock_minutes", "61")])).await.unwrap_err();
    assert_eq!(refused.code(), ErrorCode::PolicyValueRefused);

    // One person proposes, is told what it does, and can't confirm it, by whatever way.
    let change = form(&day, &[("idle_lock_minutes", "7"), ("pickup_deadline_days", "40")]);
    let outlook = head.desk.policy_outlook(&change).await.unwrap();
    assert_eq!(outlook.len(), 2, "{outlook:?}");
    head.desk.propose_policy(&change).await.unwrap();
    let policy = head.desk.policy().await.unwrap();
    let waiting = policy.changes.first().unwrap();
    assert!(waiting.own && waiting.state == PolicyChangeState::Proposed && !policy.may_propose);
    assert_eq!(current(&head, "idle_lock_minutes").await, ["6"], "proposed only");
    let own = head.desk.confirm_policy(&waiting.change_id).await.unwrap_err();
    assert_eq!(own.code(), ErrorCode::TwoPersonRule);
    let terminal = Terminal::new(head.identity.clone(), &Secrets::Files(head.dir.path().join("secrets")));
    let id: PolicyChangeId = waiting.change_id.parse().unwrap();
    let confirm = || Body::Policy { command: PolicyCommand::ConfirmPolicyChange { change: id } };
    let propose = |settings: serde_json::Value| {
        let settings: Settings = serde_json::from_value(settings).unwrap();
        let change = PolicyChangeId(uuid::Uuid::now_v7());
        Body::Policy { command: PolicyCommand::ProposePolicyChange { change, settings, effective_on: today } }
    };
    let (again, over_lock) = (terminal.sign_in("h9001").await, terminal.sign_in_over_lock("H9001").await);
    for session in [&again, &over_lock] {
        assert_eq!(terminal.straight(session, confirm()).await, Err(ErrorCode::TwoPersonRule));
    }
    // An envelope in the other person's name is no envelope of the other person, and a log is not opened twice.
    let other = terminal.sign_in("H9002").await;
    let forged = terminal.seal_straight(&other, confirm());
    assert_eq!(terminal.send(&again, &forged).await.unwrap_err().code, ErrorCode::SessionMismatch);
    let open = Body::Policy { command: PolicyCommand::OpenPolicy { settings: Settings::new() } };
    assert_eq!(terminal.straight(&again, open).await, Err(ErrorCode::ActorNotPermitted));
    for (staff, code) in [("S2001", None), ("A9101", Some(ErrorCode::RoleNotPermitted))] {
        // A supervisor does not even sign in at head office's terminal.
        let Some(code) = code else { continue };
        let session = terminal.sign_in(staff).await;
        assert_eq!(terminal.straight(&session, confirm()).await, Err(code), "{staff}");
        assert_eq!(terminal.straight(&session, propose(json!({ "grace_days": 1 }))).await, Err(code), "{staff}");
    }
    let here = Terminal::new(branch.identity.clone(), &Secrets::Files(branch.dir.path().join("secrets")));
    let supervisor = here.sign_in("S2001").await;
    assert_eq!(here.straight(&supervisor, confirm()).await, Err(ErrorCode::RoleNotPermitted));
    assert_eq!(
        terminal.straight(&other, propose(json!({ "grace_days": 1 }))).await,
        Err(ErrorCode::PolicyChangeWaiting)
    );
    assert_eq!(current(&head, "idle_lock_minutes").await, ["6"]);

    // The other person confirms. Sent twice, it is done once; both desks work by it without a restart.
    let confirmed = terminal.seal_straight(&other, confirm());
    let first = terminal.send(&other, &confirmed).await.unwrap();
    assert_eq!(terminal.send(&other, &confirmed).await.unwrap().index, first.index);
    idle_minutes_become(&branch, 7).await;
    idle_minutes_become(&head, 7).await;
    assert_eq!(current(&head, "pickup_deadline_days").await, ["40"]);
    let (_, code) = branch.issue(1).await;
    assert!(!code.is_empty());
    let certificate = branch.desk.search("USER00001").await.unwrap().hits;
    let customer = branch.desk.customer(&certificate[0].customer_id).await.unwrap();
    let deadline = &customer.certificates[0].deadline;
    assert_eq!(*deadline, domain::calendar::later(today, 40).to_string(), "decided by the policy in force");

    // What the file says counts for nothing any more, and everything is derived from the log.
    centre.stop();
    centre.config.policy.idle_lock_minutes = 30;
    let verdict = centre.check();
    assert!(verdict.findings.is_empty(), "{:?}", verdict.findings);
    assert!(centre.rebuild().findings.is_empty());
    centre.start();
    let mut terminal = terminal;
    terminal.moved(&centre.at().terminal);
    let signed_in = terminal.sign_in("H9002").await;
    assert_eq!(signed_in.policy.idle_lock_minutes, 7);
}
