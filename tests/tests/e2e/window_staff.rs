//! Staff administration in the real window: two persons of head office add a supervisor, reset a password and lock an account;
//! whoever gets a temporary password changes it first.

use std::time::{Duration, Instant};

use thirtyfour::prelude::*;

use crate::page::{PATIENCE, Page};
use crate::window::{shown, start_window};

/// Somebody of head office signs in and goes to the staff.
async fn as_head_office(desk: &Page, staff: &str) {
    desk.sign_in(staff).await;
    desk.driver.execute("window.location.hash = '#/admin/staff';", vec![]).await.unwrap();
    desk.find("staff-table").await;
}

async fn leave(desk: &Page) {
    desk.click("sign-out").await;
    desk.find("sign-in").await;
}

/// The temporary password on the screen, and that it is gone when the dialog is closed.
async fn handed(desk: &Page, part: &str, shot: &str) -> String {
    let shown = desk.find("temporary-password").await;
    assert_eq!(shown.attr("data-part").await.unwrap().as_deref(), Some(part));
    let text = shown.text().await.unwrap();
    desk.shot(shot).await;
    desk.press(Key::Enter).await;
    no_dialog(desk).await;
    assert!(!desk.driver.source().await.unwrap().contains(&text), "shown once");
    text
}

async fn no_dialog(desk: &Page) {
    let open = desk.driver.query(By::Css("dialog[open]")).wait(PATIENCE, Duration::from_millis(50));
    open.not_exists().await.unwrap();
}

async fn becomes(desk: &Page, staff: &str, state: &str) {
    let begun = Instant::now();
    while desk.find(&format!("staff-row-{staff}")).await.attr("data-state").await.unwrap().as_deref() != Some(state) {
        assert!(begun.elapsed() < PATIENCE, "{staff} never is {state}");
        tokio::time::sleep(Duration::from_millis(50)).await;
    }
}

async fn step(desk: &Page, staff: &str, step: &str, shot: &str) {
    desk.click(&format!("staff-open-{staff}")).await;
    desk.find("staff-dialog").await;
    desk.click(&format!("step-{step}")).await;
    desk.find("step-dialog").await;
    desk.shot(shot).await;
    desk.click("step-yes").await;
}

async fn sign_in_by(desk: &Page, staff: &str, password: &str) {
    desk.fill("staff-id", staff).await;
    desk.fill("password", password).await;
    desk.press(Key::Enter).await;
}

#[tokio::test(flavor = "multi_thread")]
async fn two_persons_of_head_office_administer_staff() {
    let _ = rustls::crypto::aws_lc_rs::default_provider().install_default();
    let folder = tempfile::tempdir().unwrap();
    let (_driver, port) = start_window(folder.path());
    let page = shown(port, "staff").await;
    page.driver.set_window_rect(0, 0, 1366, 768).await.unwrap();
    let desk = &page;
    desk.find("sign-in").await;

    // The first person asks for a supervisor, by keyboard.
    as_head_office(desk, "h9001").await;
    desk.shot("01-list").await;
    desk.tab_to("staff-add").await;
    desk.press(Key::Enter).await;
    desk.find("staff-add-dialog").await;
    desk.keys("s2003").await;
    desk.press(Key::Tab).await;
    desk.keys("訓練 役席千代").await;
    desk.choose("pick-role", "supervisor").await;
    desk.choose("pick-branch", "002").await;
    desk.find("takes-two").await;
    desk.shot("02-add").await;
    desk.click("add-yes").await;
    let first = handed(desk, "first", "03-first-half").await;
    becomes(desk, "S2003", "proposed").await;
    desk.find("proposal-S2003").await;
    assert!(desk.text("proposal-S2003").await.contains("ご自分の依頼"));
    desk.shot("04-proposed").await;
    leave(desk).await;

    // The second one agrees.
    as_head_office(desk, "h9002").await;
    desk.click("confirm-S2003").await;
    desk.find("proposal-dialog").await;
    desk.shot("05-confirm").await;
    desk.click("proposal-yes").await;
    let second = handed(desk, "second", "06-second-half").await;
    becomes(desk, "S2003", "temporary").await;
    desk.shot("07-temporary").await;
    leave(desk).await;

    // The new supervisor changes the password before anything else.
    sign_in_by(desk, "s2003", &format!("{first}-{second}")).await;
    desk.find("must-change").await;
    desk.fill("password-old", &format!("{first}-{second}")).await;
    desk.fill("password-new", "password2026").await;
    desk.fill("password-again", "password2026").await;
    desk.click("password-yes").await;
    let refused =
        desk.driver.query(By::Css(".field-error")).wait(PATIENCE, Duration::from_millis(50)).first().await.unwrap();
    assert!(refused.text().await.unwrap().contains("推測されやすい"));
    desk.shot("08-must-change").await;
    desk.fill("password-new", "umi no mieru ekimae").await;
    desk.fill("password-again", "umi no mieru ekimae").await;
    desk.press(Key::Enter).await;
    desk.find("today").await;
    desk.shot("09-supervisor").await;
    leave(desk).await;

    // A teller's password takes one person; a lock works at once; a deputy is named for two days.
    as_head_office(desk, "h9001").await;
    step(desk, "T1002", "reset_password", "10-reset").await;
    let whole = handed(desk, "whole", "11-whole").await;
    becomes(desk, "T1002", "temporary").await;
    step(desk, "T1001", "lock", "12-lock").await;
    no_dialog(desk).await;
    becomes(desk, "T1001", "locked").await;
    desk.click("staff-open-R1101").await;
    desk.click("step-name_deputy").await;
    desk.find("deputy-until").await;
    desk.shot("13-deputy").await;
    desk.click("step-yes").await;
    no_dialog(desk).await;
    desk.find("proposal-R1101").await;
    desk.choose("staff-filter-role", "teller").await;
    desk.shot("14-filtered").await;
    desk.driver.execute("window.location.hash = '#/log';", vec![]).await.unwrap();
    desk.find("log-row").await;
    desk.shot("15-log").await;
    leave(desk).await;
    sign_in_by(desk, "t1001", desk::training::PASSWORD).await;
    let error = desk.find("error").await;
    assert_eq!(error.attr("data-code").await.unwrap().as_deref(), Some("account_locked"));
    desk.shot("16-locked").await;
    sign_in_by(desk, "t1002", &whole).await;
    desk.find("must-change").await;
    let _ = page.driver.quit().await;
}
