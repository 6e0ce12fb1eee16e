//! A supervisor at a locked desk: sees one application, approves that and nothing else, and the teller's work stays locked.

use desk::view::OutboxState;
use domain::ErrorCode;
use domain::customer::ApplicationState;
use e2e::centre::PASSWORD;
use e2e::office;

#[tokio::test(flavor = "multi_thread")]
async fn over_the_lock_one_application_is_seen_and_approved() {
    let (_centre, office) = office::branch(|_| {}).await;
    let desk = &office.desk;
    assert_eq!(desk.look_over_lock("x", "S2001", PASSWORD).await.unwrap_err().code(), ErrorCode::SessionMissing);
    office.sign_in("T1001").await;
    let mut applications = Vec::new();
    for n in 1..=2 {
        let customer = office.record_customer(&format!("{n:07}"), &format!("見本商店{n}"), "ミホン").await;
        let form = office.new_contract(&customer, &format!("{n:010}"), &format!("OVERLOCK{n}")).await;
        applications.push(form.application_id.clone());
        office.submit(form).await;
    }
    let (one, other) = (&applications[0], &applications[1]);
    desk.lock().await.unwrap();

    // A teller can't, nor can anybody by a wrong password; and nothing is shown.
    assert_eq!(desk.look_over_lock(one, "T1001", PASSWORD).await.unwrap_err().code(), ErrorCode::RoleNotPermitted);
    assert_eq!(desk.look_over_lock(one, "S2001", "wrong").await.unwrap_err().code(), ErrorCode::SignInDenied);
    assert_eq!(desk.application(one).await.unwrap_err().code(), ErrorCode::DeskLocked);
    assert_eq!(desk.approve_looked_at(one, "1").await.unwrap_err().code(), ErrorCode::DeskLocked);

    // What was looked at is what can be approved, once, and not after looking away.
    let view = desk.look_over_lock(one, "S2001", PASSWORD).await.unwrap();
    assert_eq!((view.state, view.decide_refusal), (ApplicationState::Submitted, None));
    assert_eq!(desk.customer(&view.customer_id).await.unwrap_err().code(), ErrorCode::DeskLocked, "and nothing else");
    assert_eq!(desk.approve_looked_at(other, "2").await.unwrap_err().code(), ErrorCode::DeskLocked);
    assert_eq!(desk.approve_looked_at(one, &view.customer_version).await.unwrap_err().code(), ErrorCode::DeskLocked);
    let view = desk.look_over_lock(one, "S2001", PASSWORD).await.unwrap();
    desk.look_away();
    assert_eq!(desk.approve_looked_at(one, &view.customer_version).await.unwrap_err().code(), ErrorCode::DeskLocked);

    let view = desk.look_over_lock(one, "S2001", PASSWORD).await.unwrap();
    let result = desk.approve_looked_at(one, &view.customer_version).await.unwrap();
    assert_eq!(result.state, OutboxState::Confirmed);
    assert_eq!(desk.application(one).await.unwrap_err().code(), ErrorCode::DeskLocked);
    desk.unlock(PASSWORD).await.unwrap();
    assert_eq!(desk.status().await.unwrap().staff.unwrap().staff_id, "T1001");
    assert_eq!(desk.application(one).await.unwrap().state, ApplicationState::Approved);
    assert_eq!(desk.application(other).await.unwrap().state, ApplicationState::Submitted);
}
