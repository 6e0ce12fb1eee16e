//! Signing in, registering and reporting without the centre; and what arrives when the line is back.

use desk::view::{IncidentForm, LogFilter, OutboxState};
use domain::ErrorCode;
use domain::customer::{CertificateState, IncidentCause};
use e2e::centre::PASSWORD;

use super::*;

#[tokio::test(flavor = "multi_thread")]
async fn what_is_registered_and_reported_without_the_centre_arrives_afterwards() {
    let mut world = world().await;
    let (user, _) = world.office.issue(1).await;
    world.office.sign_in("T1001").await;
    let customer = world.office.desk.search(&user).await.unwrap().hits.remove(0).customer_id;
    world.office.sign_in("S2001").await;
    world.cut().await;

    // A restart: nobody is signed in, and the centre is out of reach. The teller's password is known here.
    world.office = world.office.reopen().await;
    let desk = &world.office.desk;
    on_line(desk, false).await;
    assert_eq!(desk.sign_in("T1001", "wrong-password").await.unwrap_err().code(), ErrorCode::SignInDenied);
    assert_eq!(desk.sign_in("R1101", PASSWORD).await.unwrap_err().code(), ErrorCode::OfflineSignInOver);
    let status = desk.sign_in("T1001", PASSWORD).await.unwrap();
    assert!(status.offline_until.is_some() && !status.online);

    let form = world.office.new_contract(&customer, "4000000077", "OFFLINE7").await;
    let application = form.application_id.clone();
    assert_eq!(desk.submit_application(form).await.unwrap().state, OutboxState::Waiting);
    let stop = desk.suspend(&customer, IncidentCause::Stolen, "5000000001", Some(&user)).await.unwrap();
    assert_eq!(stop.state, OutboxState::Waiting, "never said to be in force");
    let again = desk.suspend(&customer, IncidentCause::Stolen, "5000000001", Some(&user)).await.unwrap();
    assert_eq!(again.command_id, stop.command_id, "pressed again it is the same stop");
    let said = IncidentForm {
        caller: "見本 太郎".into(),
        phone: "090-0000-0001".into(),
        note: String::new(),
        lost_at: String::new(),
    };
    let recorded = desk.record_incident(&stop.receipt.clone().unwrap(), said).await.unwrap();
    assert_eq!(recorded.state, OutboxState::Waiting);
    // Everything else says why not.
    let certificate = desk.customer(&customer).await.unwrap().certificates[0].certificate_id.clone();
    assert_eq!(desk.print_slip(&certificate).await.unwrap_err().code(), ErrorCode::SignInOffline);
    desk.sign_out().await.unwrap();
    assert!(desk.sign_in("S2001", PASSWORD).await.unwrap().offline_until.is_some());
    let refused = desk.accept_held(&customer, &uuid::Uuid::nil().to_string(), "1").await.unwrap_err();
    assert_eq!(refused.code(), ErrorCode::SignInOffline, "never to decide");

    // On every screen, signed in or not, after a restart too: not in force, since when.
    world.office = world.office.reopen().await;
    let desk = &world.office.desk;
    let stops = desk.status().await.unwrap().queued_stops;
    assert_eq!(stops.iter().map(|s| (s.target.as_str(), s.refused)).collect::<Vec<_>>(), [("", false)], "no name");
    desk.sign_in("T1001", PASSWORD).await.unwrap();
    let stops = desk.status().await.unwrap().queued_stops;
    assert_eq!(stops.iter().map(|s| s.target.as_str()).collect::<Vec<_>>(), [user.as_str()]);

    world.line.mend();
    until("in force", || async { desk.status().await.unwrap().queued_stops.is_empty() }).await;
    world.sent().await;
    let view = desk.customer(&customer).await.unwrap();
    let incident = view.incidents.last().unwrap();
    assert_eq!((incident.caller.as_str(), incident.offline, incident.review), ("見本 太郎", true, None));
    assert!(incident.made_at.is_some());
    assert!(view.certificates.iter().any(|c| c.held || c.state == CertificateState::Suspended));
    let arrived = desk.application(&application).await.unwrap();
    assert!(arrived.offline && arrived.made_at.is_some(), "the claim stands beside the centre's time");
    assert!(arrived.registered_by[0].contains("T1001"));
    let lines = desk.log_page(LogFilter::default(), None, 0, 20).await.unwrap().lines;
    let offline: Vec<bool> =
        lines.iter().filter(|l| l.events.iter().any(|e| e == "application_submitted")).map(|l| l.offline).collect();
    assert!(offline.contains(&true), "{offline:?}");
    // What is done is still said, and this session does not decide anything although the line is back.
    let done = desk.sync_status().await.unwrap().done;
    assert!(done.iter().any(|item| item.kind == "suspend_certificates" && item.state == OutboxState::Confirmed));
    on_line(desk, true).await;
    assert_eq!(desk.print_slip(&certificate).await.unwrap_err().code(), ErrorCode::SignInOffline);
    world.office.sign_in("T1001").await;
    assert_eq!(world.office.desk.status().await.unwrap().offline_until, None);
    world.finish().await;
}

/// A lock that falls while the line is cut: the desk opens again by its own verifier.
#[tokio::test(flavor = "multi_thread")]
async fn a_locked_screen_is_unlocked_without_the_centre() {
    let world = world().await;
    world.office.sign_in("T1001").await;
    world.cut().await;
    let desk = &world.office.desk;
    desk.lock().await.unwrap();
    assert_eq!(desk.unlock("wrong-password").await.unwrap_err().code(), ErrorCode::SignInDenied);
    desk.unlock(PASSWORD).await.unwrap();
    desk.lock().await.unwrap();
    for _ in 0..5 {
        assert_eq!(desk.unlock("wrong-password").await.unwrap_err().code(), ErrorCode::SignInDenied);
    }
    assert_eq!(desk.unlock(PASSWORD).await.unwrap_err().code(), ErrorCode::OfflineSignInLocked);
    // The centre knows better, and the counter begins anew.
    world.line.mend();
    on_line(desk, true).await;
    desk.unlock(PASSWORD).await.unwrap();
    world.finish().await;
}

/// Made on-line, its answer lost, and the session over by the time the line is back: it still arrives, once.
#[tokio::test(flavor = "multi_thread")]
async fn an_act_outlives_the_session_it_was_made_in() {
    let clock = Clock::at(chrono::Utc::now());
    let world = world_at(clock.clone()).await;
    world.office.sign_in("T1001").await;
    let desk = &world.office.desk;
    let customer = world.office.record_customer("1234567", "見本", "ミホン").await;
    let form = world.office.new_contract(&customer, "4000000001", "OUTLIVE1").await;
    let application = form.application_id.clone();
    world.cut().await;
    assert_eq!(desk.submit_application(form).await.unwrap().state, OutboxState::Waiting);
    desk.sign_out().await.unwrap();
    clock.advance(chrono::Duration::hours(30));
    world.line.mend();
    world.office.sign_in("S2001").await;
    until("arrived", || async { desk.application(&application).await.is_ok() }).await;
    world.sent().await;
    world.finish().await;
}

/// A line that hangs without a word: the act that was sent over it waits, the stop that follows it does not.
#[tokio::test(flavor = "multi_thread")]
async fn a_stop_overtakes_an_act_that_hangs() {
    let world = world().await;
    let (user, _) = world.office.issue(1).await;
    world.office.sign_in("T1001").await;
    let desk = &world.office.desk;
    let customer = desk.search(&user).await.unwrap().hits.remove(0).customer_id;
    let form = world.office.new_contract(&customer, "4000000001", "HANGING1").await;
    let application = form.application_id.clone();
    world.line.stall();
    let slow = tokio::spawn({
        let desk = desk.clone();
        async move { desk.submit_application(form).await.unwrap() }
    });
    until("on its way", || async {
        desk.sync_status().await.unwrap().outbox.iter().any(|item| item.state == OutboxState::Sending)
    })
    .await;
    let stop = desk.suspend(&customer, IncidentCause::Stolen, "5000000001", Some(&user)).await.unwrap();
    assert_eq!(stop.state, OutboxState::Confirmed, "in force");
    assert!(!slow.is_finished(), "while the other still hangs");
    assert!(desk.status().await.unwrap().queued_stops.is_empty());
    // What hung is sent again, and arrives once.
    assert_ne!(slow.await.unwrap().state, OutboxState::Refused);
    world.sent().await;
    until("registered", || async { desk.application(&application).await.is_ok() }).await;
    let view = desk.customer(&customer).await.unwrap();
    assert_eq!((view.applications.len(), view.incidents.len()), (2, 1));
    world.finish().await;
}
