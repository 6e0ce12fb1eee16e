//! Somebody is locked while the line to the own branch is cut: what was made there is looked at by a supervisor first,
//! but a stop is in force.

use desk::secrets::Secrets;
use desk::view::OutboxState;
use domain::ErrorCode;
use domain::customer::{ApplicationState, IncidentCause};
use e2e::centre::PASSWORD;
use e2e::terminal::Terminal;

use super::*;

#[tokio::test(flavor = "multi_thread")]
async fn what_somebody_made_who_was_locked_since_is_held_and_a_stop_is_in_force() {
    let world = world().await;
    let second = Office::enrol(&world.centre, &world.invitation).await;
    let (user, _) = world.office.issue(1).await;
    world.office.sign_in("T1001").await;
    let desk = &world.office.desk;
    let customer = desk.search(&user).await.unwrap().hits.remove(0).customer_id;
    let [good, bad] = [("4000000001", "HELD0001"), ("4000000002", "HELD0002")];
    let good = world.office.new_contract(&customer, good.0, good.1).await;
    let bad = world.office.new_contract(&customer, bad.0, bad.1).await;
    let (accepted, dismissed) = (good.application_id.clone(), bad.application_id.clone());
    world.cut().await;
    for form in [good, bad] {
        assert_eq!(desk.submit_application(form).await.unwrap().state, OutboxState::Waiting);
    }
    let stop = desk.suspend(&customer, IncidentCause::Lost, "5000000001", Some(&user)).await.unwrap();
    assert_eq!(stop.state, OutboxState::Waiting);

    // Somebody tries the teller's password at the other PC until the account is locked.
    let guesser = Terminal::new(second.identity.clone(), &Secrets::Files(second.dir.path().join("secrets")));
    for _ in 0..5 {
        guesser.guess("T1001").await;
    }
    world.line.mend();
    on_line(desk, true).await;
    until("two held, the stop in force", || async {
        let states = world.states().await;
        states == [OutboxState::Held, OutboxState::Held]
    })
    .await;
    for item in world.outbox().await {
        assert_eq!(item.error.unwrap().code, ErrorCode::HeldStaffLocked);
    }
    let view = desk.customer(&customer).await.unwrap();
    assert_eq!(view.incidents.last().unwrap().review, Some(ErrorCode::HeldStaffLocked));
    assert!(view.certificates.iter().any(|c| c.held), "in force at once");
    assert_eq!(view.held.len(), 2);
    assert_eq!(desk.application(&accepted).await.unwrap_err().code(), ErrorCode::ApplicationUnknown);

    // Both PCs of the branch show it to a supervisor; the author decides nothing.
    assert_eq!(view.held[0].decide_refusal, Some(ErrorCode::RoleNotPermitted));
    second.sign_in("S2001").await;
    until("seen at the other desk", || async { second.desk.held_acts().await.unwrap().len() == 2 }).await;
    assert_eq!(second.desk.status().await.unwrap().counts.held, 2);
    let held = second.desk.held_acts().await.unwrap();
    let of = |contract: &str| held.iter().find(|one| one.contract == contract).unwrap().clone();
    let (good, bad) = (of("4000000001"), of("4000000002"));
    assert!(good.by.contains("T1001") && good.reason == ErrorCode::HeldStaffLocked && good.decide_refusal.is_none());
    second.desk.accept_held(&customer, &good.act, &good.customer_version).await.unwrap();
    let missing = second.desk.dismiss_held(&customer, &bad.act, &bad.customer_version, " ").await.unwrap_err();
    assert_eq!(missing.code(), ErrorCode::TextMissing);
    let stale = second.desk.dismiss_held(&customer, &bad.act, &bad.customer_version, "本人は休暇中").await.unwrap();
    assert_eq!(stale.error.unwrap().code, ErrorCode::VersionConflict, "it was looked at before the other was accepted");
    let version = second.desk.customer(&customer).await.unwrap().version;
    let result = second.desk.dismiss_held(&customer, &bad.act, &version, "本人は休暇中").await.unwrap();
    assert_eq!(result.state, OutboxState::Confirmed);

    // It counts as the teller's own, so the supervisor who accepted it may approve it.
    let application = second.desk.application(&accepted).await.unwrap();
    assert_eq!(application.state, ApplicationState::Submitted);
    assert!(application.registered_by.len() == 1 && application.registered_by[0].contains("T1001"));
    assert!(application.offline);
    second.approve(&accepted).await;

    // The teller's desk knows what became of each.
    until("told", || async { world.states().await == [OutboxState::Refused] }).await;
    let refused = world.outbox().await.remove(0);
    let error = refused.error.unwrap();
    assert_eq!(error.code, ErrorCode::HeldActDismissed);
    assert!(error.args["by"].contains("S2001"), "{error:?}");
    assert_eq!(refused.draft.unwrap().application_id, dismissed, "the input is kept");
    second.desk.close().await;
    world.finish().await;
}

/// A terminal that is cut off while the line is cut delivers nothing that counts: a supervisor looks at it first.
#[tokio::test(flavor = "multi_thread")]
async fn what_a_terminal_brings_that_was_revoked_meanwhile_is_held() {
    let mut world = world().await;
    world.office.sign_in("T1001").await;
    let customer = world.office.record_customer("1234567", "見本", "ミホン").await;
    let form = world.office.new_contract(&customer, "4000000001", "REVOKED1").await;
    world.cut().await;
    let desk = world.office.desk.clone();
    assert_eq!(desk.submit_application(form).await.unwrap().state, OutboxState::Waiting);
    let terminal = world.office.identity.terminal.to_string();
    world.operate(move |operator, runtime| runtime.block_on(operator.revoke(&terminal)).unwrap());
    world.line.mend();
    until("stopped", || async {
        desk.sync_now();
        desk.status().await.unwrap().stopped.is_some_and(|why| why.code == ErrorCode::TerminalRevoked)
    })
    .await;
    assert_eq!(desk.customer(&customer).await.unwrap_err().code(), ErrorCode::TerminalRevoked, "it shows nothing more");
    assert_eq!(desk.sign_in("T1001", PASSWORD).await.unwrap_err().code(), ErrorCode::TerminalRevoked);
    let second = Office::enrol(&world.centre, &world.invitation).await;
    second.sign_in("S2001").await;
    until("known there", || async { second.desk.customer(&customer).await.is_ok_and(|view| view.held.len() == 1) })
        .await;
    let view = second.desk.customer(&customer).await.unwrap();
    assert!(view.applications.is_empty(), "nothing of it counts");
    assert_eq!(view.held[0].reason, ErrorCode::HeldTerminalRevoked);
    second.desk.close().await;
    world.finish().await;
}

/// The teller was moved to another branch in the meantime: what was made at the old one is looked at first.
#[tokio::test(flavor = "multi_thread")]
async fn what_somebody_made_who_works_elsewhere_now_is_held() {
    let mut world = world().await;
    world.office.sign_in("T1001").await;
    let customer = world.office.record_customer("1234567", "見本", "ミホン").await;
    let form = world.office.new_contract(&customer, "4000000001", "MOVED001").await;
    world.cut().await;
    let sent = world.office.desk.submit_application(form).await.unwrap();
    assert_eq!(sent.state, OutboxState::Waiting);
    world.operate(|operator, runtime| {
        runtime.block_on(operator.change_staff("T1001", "sales_rep", "012")).unwrap();
        assert!(runtime.block_on(operator.change_staff("T1001", "king", "012")).is_err());
        assert!(runtime.block_on(operator.change_staff("NOBODY1", "teller", "012")).is_err());
    });
    world.line.mend();
    let desk = &world.office.desk;
    // The desk hears of the move and ends the session, before or after it has brought what waited.
    until("signed out", || async {
        desk.sync_now();
        desk.status().await.unwrap().staff.is_none()
    })
    .await;
    world.office.sign_in("S2001").await;
    until("held", || async { desk.customer(&customer).await.unwrap().held.len() == 1 }).await;
    let held = desk.customer(&customer).await.unwrap().held.remove(0);
    assert_eq!((held.reason, held.act), (ErrorCode::HeldStaffChanged, sent.command_id));
    assert_eq!(desk.sign_in("T1001", PASSWORD).await.unwrap_err().code(), ErrorCode::BranchNotPermitted);
    world.finish().await;
}
