//! 承認 in the real window by keyboard alone: thirty applications are decided, one is returned with a reason, one by somebody else
//! meanwhile, the own one stays and says why. And a supervisor approves over the lock.

use std::time::Duration;

use domain::customer::{CustomerCommand, NewUser, Request, UserRole};
use domain::id::{ApplicationId, CustomerId};
use e2e::terminal::{Terminal, checked, paper, somebody};
use thirtyfour::prelude::*;
use wire::api::session::SignedIn;

use crate::page::{PATIENCE, Page};
use crate::window::{shown, start_window};
use crate::window_line::rival;

const MANY: u32 = 30;

/// A new customer with an application for a contract, registered by this person.
pub(crate) async fn registers(terminal: &Terminal, staff: &SignedIn, n: u32) -> (CustomerId, ApplicationId) {
    let customer = CustomerId(uuid::Uuid::new_v4());
    let branch = staff.branch.clone();
    let record = CustomerCommand::RecordCustomer { branch, cif: format!("{:07}", 7_000_000 + n).parse().unwrap() };
    let request = terminal.seal(staff, customer, record, Some(somebody()), None);
    terminal.send(staff, &request).await.unwrap();
    let application = ApplicationId(uuid::Uuid::new_v4());
    let submit = CustomerCommand::SubmitApplication {
        application,
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
    (customer, application)
}

async fn approves(terminal: &Terminal, staff: &SignedIn, (customer, application): (CustomerId, ApplicationId)) {
    let approve = CustomerCommand::ApproveApplication { application };
    terminal.send(staff, &terminal.seal(staff, customer, approve, None, None)).await.unwrap();
}

async fn chosen(desk: &Page, place: u32) {
    let place = By::Css(format!(".queue li:nth-child({place}) a[aria-current='true']"));
    desk.driver.query(place).wait(PATIENCE, Duration::from_millis(20)).first().await.unwrap();
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
    let mut customers = Vec::new();
    for n in 1..=MANY + 1 {
        customers.push(registers(&terminal, &teller, n).await);
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
    chosen(&desk, 2).await;
    waiting(&desk, MANY + 2).await;

    // One goes back with a reason, and the next one stands there.
    desk.press_all(Key::Control + Key::Backspace).await;
    desk.find("comment-dialog").await;
    desk.keys("届出印が違います").await;
    desk.press_all(Key::Control + Key::Enter).await;
    waiting(&desk, MANY + 1).await;
    chosen(&desk, 2).await;

    // Somebody else decides what is being read: no other one takes its place, and no key decides anything.
    let another = terminal.sign_in_by("S2002", desk::training::PASSWORD).await;
    approves(&terminal, &another, customers[1]).await;
    waiting(&desk, MANY).await;
    desk.find("approval-gone").await;
    desk.press_all(Key::Control + Key::Enter).await;
    desk.shot("02-decided-elsewhere").await;
    waiting(&desk, MANY).await;
    desk.press(Key::Down).await;
    chosen(&desk, 2).await;

    // The others, one after the other; each key is pressed once.
    for left in (1..MANY).rev() {
        desk.press_all(Key::Control + Key::Enter).await;
        waiting(&desk, left).await;
        if left == MANY / 2 {
            desk.shot("03-half").await;
        }
    }
    desk.shot("04-own-left").await;
    let kept = desk.find("waiting").await.text().await.unwrap();
    assert!(kept.contains("ご自分が登録"), "{kept}");
    let _ = desk.driver.quit().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn a_supervisor_approves_over_the_lock() {
    let _ = rustls::crypto::aws_lc_rs::default_provider().install_default();
    let folder = tempfile::tempdir().unwrap();
    let (_driver, port) = start_window(folder.path());
    let desk = shown(port, "over-lock").await;
    desk.find("sign-in").await;
    desk.sign_in("t1001").await;
    let terminal = rival(&folder.path().join("profile")).await;
    let teller = terminal.sign_in_by("T1002", desk::training::PASSWORD).await;
    registers(&terminal, &teller, 1).await;
    desk.press(Key::F4).await;
    waiting(&desk, 1).await;
    desk.find("facts").await;
    desk.press_all(Key::Control + "l").await;
    desk.find("lock-screen").await;
    desk.shot("01-locked").await;
    desk.click("over-the-lock").await;
    desk.find("over-the-lock-sign-in").await;
    desk.keys("s2001").await;
    desk.press(Key::Tab).await;
    desk.keys(desk::training::PASSWORD).await;
    desk.press(Key::Enter).await;
    desk.find("looked-at").await;
    desk.shot("02-looked-at").await;
    desk.in_little_room("02-looked-at").await;
    desk.click("approve-over-lock").await;
    desk.find("approved-over-lock").await;
    desk.shot("03-approved").await;
    desk.press(Key::Enter).await;
    desk.find("lock-screen").await;
    let _ = desk.driver.quit().await;
}
