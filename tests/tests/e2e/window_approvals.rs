//! 承認 in the real window by keyboard alone: thirty applications are approved, one is returned with a reason, the own one stays
//! and says why.

use std::time::Duration;

use domain::customer::{CustomerCommand, NewUser, Request, UserRole};
use domain::id::{ApplicationId, CustomerId};
use e2e::terminal::{Terminal, checked, paper, somebody};
use thirtyfour::prelude::*;

use crate::page::{PATIENCE, Page};
use crate::window::{shown, start_window};
use crate::window_line::rival;

const MANY: u32 = 30;

/// A new customer with an application for a contract, registered by this person.
pub(crate) async fn registers(terminal: &Terminal, staff: &wire::api::session::SignedIn, n: u32) {
    let customer = CustomerId(uuid::Uuid::new_v4());
    let branch = staff.branch.clone();
    let record = CustomerCommand::RecordCustomer { branch, cif: format!("{:07}", 7_000_000 + n).parse().unwrap() };
    let request = terminal.seal(staff, customer, record, Some(somebody()), None);
    terminal.send(staff, &request).await.unwrap();
    let submit = CustomerCommand::SubmitApplication {
        application: ApplicationId(uuid::Uuid::new_v4()),
        request: Request::NewContract {
            contract: format!("{:010}", 7_000_000 + n).parse().unwrap(),
            users: vec![NewUser {
                user: format!("MANY{n:04}").parse().unwrap(),
                role: UserRole::Administrator,
                device_label: "経理課 1号機".into(),
            }],
        },
        checks: checked(),
        received_on: domain::calendar::jst_day(chrono::Utc::now()),
    };
    let request = terminal.seal(staff, customer, submit, Some(paper()), None);
    terminal.send(staff, &request).await.unwrap();
}

async fn waiting(desk: &Page, count: u32) {
    desk.says("approvals", "data-waiting", &count.to_string()).await;
}

#[tokio::test(flavor = "multi_thread")]
async fn thirty_applications_are_approved_by_keyboard_alone() {
    let _ = rustls::crypto::aws_lc_rs::default_provider().install_default();
    let folder = tempfile::tempdir().unwrap();
    let (_driver, port) = start_window(folder.path());
    let desk = shown(port, "approvals").await;
    desk.find("sign-in").await;
    desk.sign_in("s2001").await;
    let terminal = rival(&folder.path().join("profile")).await;
    let own = terminal.sign_in_by("S2001", desk::training::PASSWORD).await;
    let teller = terminal.sign_in_by("T1002", desk::training::PASSWORD).await;
    registers(&terminal, &own, 0).await;
    for n in 1..=MANY + 1 {
        registers(&terminal, &teller, n).await;
    }
    desk.press(Key::F4).await;
    waiting(&desk, MANY + 2).await;
    desk.shot("01-queue").await;
    desk.in_little_room("01-queue").await;

    // The own one can't be decided, by whatever key.
    let own_work = desk.find("waiting").await;
    assert!(own_work.text().await.unwrap().contains("ご自分が登録"), "{}", own_work.text().await.unwrap());
    desk.press_all(Key::Control + Key::Enter).await;
    desk.press(Key::Down).await;
    let second = By::Css(".queue li:nth-child(2) a[aria-current='true']");
    desk.driver.query(second).wait(PATIENCE, Duration::from_millis(20)).first().await.unwrap();
    waiting(&desk, MANY + 2).await;

    // One goes back with a reason.
    desk.press_all(Key::Control + Key::Backspace).await;
    desk.find("comment-dialog").await;
    desk.keys("届出印が違います").await;
    desk.press_all(Key::Control + Key::Enter).await;
    waiting(&desk, MANY + 1).await;

    // The others, one after the other; each key is pressed once.
    desk.press(Key::Down).await;
    for left in (1..=MANY).rev() {
        desk.press_all(Key::Control + Key::Enter).await;
        waiting(&desk, left).await;
        if left == MANY / 2 {
            desk.shot("02-half").await;
        }
    }
    desk.shot("03-own-left").await;
    let kept = desk.find("waiting").await.text().await.unwrap();
    assert!(kept.contains("ご自分が登録"), "{kept}");
    let _ = desk.driver.quit().await;
}
