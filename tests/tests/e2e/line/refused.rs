//! Two desks act on one customer: the centre decides in order, and the one that lost is told what changed and by whom,
//! with the input kept.

use desk::view::OutboxState;
use domain::ErrorCode;
use domain::customer::IncidentCause;

use super::*;

#[tokio::test(flavor = "multi_thread")]
async fn a_queued_act_that_lost_stays_in_a_list_until_somebody_deals_with_it() {
    let mut world = world().await;
    let second = Office::enrol(&world.centre, &world.invitation).await;
    world.office.sign_in("T1001").await;
    let customer = world.office.record_customer("1234567", "見本", "ミホン").await;
    let mut form = world.office.new_contract(&customer, "4000000001", "CONFLIC1").await;
    form.note = "この入力は残る".into();
    let application = form.application_id.clone();
    world.cut().await;
    assert_eq!(world.office.desk.submit_application(form.clone()).await.unwrap().state, OutboxState::Waiting);
    // Meanwhile the other desk registers the same user ID.
    second.sign_in("S2001").await;
    until("known there", || async { second.desk.customer(&customer).await.is_ok() }).await;
    let theirs = second.new_contract(&customer, "4000000002", "CONFLIC1").await;
    second.submit(theirs).await;
    world.line.mend();
    until("refused", || async { world.states().await == [OutboxState::Refused] }).await;
    let item = world.outbox().await.remove(0);
    let error = item.error.unwrap();
    assert_eq!(error.code, ErrorCode::ApplicationOpen);
    assert!(error.args["by"].contains("S2001") && error.args["by"].contains("見本"), "by name: {error:?}");

    // It outlives a restart, and somebody else may deal with it.
    world.office = world.office.reopen().await;
    on_line(&world.office.desk, true).await;
    world.office.sign_in("R1101").await;
    let desk = &world.office.desk;
    assert_eq!(desk.status().await.unwrap().counts.outbox_refused, 1);
    let link = world.outbox().await.remove(0).draft.unwrap();
    assert_eq!((link.application_id.as_str(), link.resubmission), (application.as_str(), false));
    let kept = desk.drafts().await.unwrap().remove(0).form;
    assert_eq!(kept, form, "the form opens with its input");
    // Put right and sent again: the refusal is dealt with, and says by whom.
    let mut right = kept;
    right.users[0].user_id = "CONFLIC2".into();
    world.office.submit(right).await;
    until("nothing open", || async { world.outbox().await.is_empty() }).await;
    let done = desk.sync_status().await.unwrap().done;
    let dealt = done.iter().find(|item| item.dealt.is_some()).unwrap();
    assert_eq!(dealt.dealt.as_deref(), Some("sent_again"));
    assert!(dealt.dealt_by.as_ref().unwrap().contains("R1101") && dealt.settled_at.is_some());
    assert_eq!(desk.application(&application).await.unwrap().users[0].user_id, "CONFLIC2");
    second.desk.close().await;
    world.finish().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn a_stop_that_somebody_else_was_faster_with_is_in_force_and_says_so() {
    let world = world().await;
    let second = Office::enrol(&world.centre, &world.invitation).await;
    world.office.sign_in("T1001").await;
    let customer = world.office.record_customer("1234567", "見本", "ミホン").await;
    let form = world.office.new_contract(&customer, "4000000001", "FASTER01").await;
    let application = form.application_id.clone();
    world.office.submit(form).await;
    second.sign_in("S2001").await;
    until("known there", || async { second.desk.application(&application).await.is_ok() }).await;
    second.approve(&application).await;
    until("granted", || async { !world.office.desk.customer(&customer).await.unwrap().certificates.is_empty() }).await;
    world.cut().await;
    let desk = &world.office.desk;
    let stop = async |cause| desk.suspend(&customer, cause, "4000000001", Some("FASTER01")).await.unwrap();
    let lost = stop(IncidentCause::Lost).await;
    assert_eq!(lost.state, OutboxState::Waiting);
    assert_eq!(stop(IncidentCause::Lost).await.command_id, lost.command_id, "one stop");
    // Meanwhile the caller has reached somebody else.
    second.desk.suspend(&customer, IncidentCause::Stolen, "4000000001", Some("FASTER01")).await.unwrap();
    assert_eq!(desk.status().await.unwrap().queued_stops.len(), 1, "not that anybody here knew of it");
    world.line.mend();
    until("refused", || async { world.states().await == [OutboxState::Refused] }).await;
    let error = world.outbox().await.remove(0).error.unwrap();
    assert_eq!(error.code, ErrorCode::StoppedAlready);
    assert!(error.args["by"].contains("S2001") && error.args.contains_key("at"), "{error:?}");
    assert!(desk.status().await.unwrap().queued_stops.is_empty(), "no screen says that it is not in force");
    second.desk.close().await;
    world.finish().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn the_loser_is_told_what_changed_and_by_whom() {
    let world = world().await;
    let second = Office::enrol(&world.centre, &world.invitation).await;
    world.office.sign_in("T1001").await;
    let customer = world.office.record_customer("1234567", "見本", "ミホン").await;
    let form = world.office.new_contract(&customer, "4000000001", "CONFLIC1").await;
    let application = form.application_id.clone();
    world.office.submit(form).await;
    world.office.sign_in("S2001").await;
    second.sign_in("S2002").await;
    until("known there", || async { second.desk.application(&application).await.is_ok() }).await;
    let seen = second.desk.application(&application).await.unwrap().customer_version;

    // One returns it, and the other approves what was on the screen before. The desk does not know yet: its line is slow.
    let desk = &world.office.desk;
    desk.sync_pause(true);
    second.desk.return_application(&application, &seen, "印影が不鮮明").await.unwrap();
    let lost = desk.approve_application(&application, &seen).await.unwrap();
    assert_eq!(lost.state, OutboxState::Refused);
    let error = lost.error.unwrap();
    assert_eq!(error.code, ErrorCode::VersionConflict);
    assert_eq!(error.args["did"], "application_returned");
    assert!(error.args["by"].contains("S2002") && error.args["by"].contains("見本"), "by name: {error:?}");
    desk.sync_pause(false);
    until("caught up", || async { desk.application(&application).await.unwrap().comment.is_some() }).await;
    let late = desk.approve_application(&application, &seen).await.unwrap_err();
    assert_eq!(late.code(), ErrorCode::ApplicationState);
    second.desk.close().await;
    world.finish().await;
}
