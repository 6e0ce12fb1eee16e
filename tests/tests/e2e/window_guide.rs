//! The incident guide in the real window, by keyboard: broken with a backup, deleted and nobody remembers, and the stop
//! for another branch's customer.

use std::path::Path;
use std::time::Duration;

use e2e::customer::{Customer, fresh_key};
use thirtyfour::prelude::*;

use crate::page::{PATIENCE, Page};
use crate::window::{read_slip, shown, start_window};

const USER: &str = "KNR00001";
/// A user ID of another branch in the sample data.
const ELSEWHERE: &str = "KNR00009";

async fn typed(desk: &Page, text: &str) {
    desk.driver.action_chain().send_keys(text).perform().await.unwrap();
}

async fn gone(desk: &Page, id: &str) {
    let selector = By::Css(format!("[data-testid='{id}']"));
    desk.driver.query(selector).wait(PATIENCE, Duration::from_millis(50)).not_exists().await.unwrap();
}

async fn asks(desk: &Page, question: &str) {
    let selector = By::Css(format!("[data-testid='guide-question'][data-question='{question}']"));
    let found = desk.driver.query(selector).wait(PATIENCE, Duration::from_millis(50)).first().await;
    assert!(found.is_ok(), "{question} is not asked");
}

async fn outcome(desk: &Page) -> String {
    desk.find("guide-end").await.attr("data-outcome").await.unwrap().unwrap()
}

async fn signed_in(desk: &Page, staff: &str) {
    desk.click("sign-out").await;
    desk.find("sign-in").await;
    desk.sign_in(staff).await;
}

/// USER gets a certificate: applied for, approved, printed in the window, fetched by the customer.
async fn with_a_certificate(desk: &Page, folder: &Path) {
    desk.sign_in("t1001").await;
    desk.press(Key::F2).await;
    desk.find("search-box").await.send_keys(USER).await.unwrap();
    desk.find("hit").await;
    desk.press(Key::Enter).await;
    desk.click("apply-move_to_certificate").await;
    desk.click(&format!("choose-{USER}")).await;
    desk.fill(&format!("device-{USER}"), "経理課 1号機").await;
    desk.click("check-seal").await;
    desk.choose("check-identity", "company_register").await;
    desk.click("check-environment").await;
    desk.click("check-terms").await;
    desk.fill("applicant", "見本 太郎").await;
    desk.click("submit").await;
    desk.find("application").await;
    signed_in(desk, "s2001").await;
    desk.press(Key::F4).await;
    desk.click("approve").await;
    desk.click(&format!("open-slip-{USER}")).await;
    desk.click("print-slip").await;
    desk.click("save-pdf").await;
    desk.find("saved-path").await;
    desk.click("slip-done").await;
    let (url, code) = read_slip(folder, USER);
    let root = std::fs::read(folder.join("profile/centre/data/keys/root.cer")).unwrap();
    let portal = Customer::new(&url, &desk::enrol::certificate_pem(&root));
    let (key, csr) = fresh_key();
    let fetched = portal.fetch(USER, &code, &csr).await.unwrap();
    portal.confirm(&fetched, &key).await.unwrap();
}

#[tokio::test(flavor = "multi_thread")]
async fn the_guide_in_the_real_window_by_keyboard() {
    let _ = rustls::crypto::aws_lc_rs::default_provider().install_default();
    let folder = tempfile::tempdir().unwrap();
    let (_driver, port) = start_window(folder.path());
    let desk = shown(port, "guide").await;
    desk.find("sign-in").await;
    with_a_certificate(&desk, folder.path()).await;
    signed_in(&desk, "t1001").await;

    // From the start screen by one key: first the customer, then what happened.
    desk.press(Key::F7).await;
    let search_box = desk.find("search-box").await;
    assert_eq!(desk.focused().await, "search-box");
    search_box.send_keys(USER).await.unwrap();
    desk.find("hit").await;
    desk.press(Key::Enter).await;
    asks(&desk, "happened").await;
    desk.shot("01-happened").await;
    typed(&desk, "4").await;
    asks(&desk, "out_of_hands").await;
    typed(&desk, "2").await;
    asks(&desk, "backup").await;
    desk.shot("02-backup").await;
    // Esc takes back one answer, and no more.
    desk.press(Key::Escape).await;
    asks(&desk, "out_of_hands").await;
    typed(&desk, "2").await;
    asks(&desk, "backup").await;
    typed(&desk, "1").await;
    assert_eq!(outcome(&desk).await, "restore");
    assert!(desk.text("guide-reason").await.contains("何も伝わりません"));
    desk.shot("03-restore").await;
    desk.press(Key::Enter).await;
    desk.find("guide-done").await;
    desk.shot("04-restore-done").await;
    desk.press(Key::Enter).await;
    desk.find("customer").await;
    let badge = |state: &str| By::Css(format!("[data-testid='certificate-{USER}'] [data-state='{state}']"));
    desk.driver.query(badge("active")).wait(PATIENCE, Duration::from_millis(50)).first().await.unwrap();
    desk.shot("05-customer").await;

    // A reissue goes on in the form, filled.
    desk.press(Key::F7).await;
    asks(&desk, "happened").await;
    typed(&desk, "6").await;
    assert_eq!(outcome(&desk).await, "reissue");
    desk.shot("06-reissue").await;
    desk.press(Key::Enter).await;
    let chosen = desk.find(&format!("choose-{USER}")).await;
    assert!(chosen.is_selected().await.unwrap());
    assert_eq!(desk.find("reissue-cause").await.prop("value").await.unwrap().as_deref(), Some("replaced"));
    desk.shot("07-reissue-form").await;

    // Deleted, and nobody remembers: stopped as a suspicion.
    desk.press(Key::F2).await;
    desk.find("search-box").await.send_keys(USER).await.unwrap();
    desk.find("hit").await;
    desk.press(Key::Enter).await;
    desk.find("customer").await;
    desk.press(Key::F7).await;
    asks(&desk, "happened").await;
    typed(&desk, "5").await;
    asks(&desk, "deleted_by_hand").await;
    desk.shot("08-deleted").await;
    typed(&desk, "2").await;
    assert_eq!(outcome(&desk).await, "suspend_now");
    assert!(desk.text("guide-reason").await.contains("certificateHold"));
    assert!(desk.text("guide-note").await.contains("ウイルス検査"));
    assert!(desk.text("guide-touched").await.contains(USER));
    assert_eq!(desk.focused().await, "guide-confirm");
    desk.shot("09-suspend").await;
    desk.press(Key::Enter).await;
    desk.find("guide-stopped").await;
    desk.shot("10-stopped").await;
    assert_eq!(desk.driver.find_all(By::Css("[data-testid='error']")).await.unwrap().len(), 0, "it was done");
    desk.click("report-later").await;
    desk.driver.query(badge("suspended")).wait(PATIENCE, Duration::from_millis(50)).first().await.unwrap();
    desk.click("incident-remind").await;
    let reminded = By::XPath("//*[@data-testid='incident'][contains(., '督促1回')]");
    desk.driver.query(reminded).wait(PATIENCE, Duration::from_millis(50)).first().await.unwrap();

    // Nobody of this branch: asked for in the others, by the whole id.
    desk.press(Key::F2).await;
    desk.find("search-box").await.send_keys(ELSEWHERE).await.unwrap();
    desk.press(Key::F9).await;
    desk.find("elsewhere-dialog").await;
    desk.fill("elsewhere-id", "KNR0").await;
    desk.press(Key::Enter).await;
    let refused = By::Css("[data-testid='elsewhere-id'][aria-invalid='true']");
    desk.driver.query(refused).wait(PATIENCE, Duration::from_millis(50)).first().await.expect("named at its field");
    desk.fill("elsewhere-id", ELSEWHERE).await;
    desk.shot("11-elsewhere").await;
    desk.press(Key::Enter).await;
    desk.find("stop-dialog").await;
    typed(&desk, "1").await;
    desk.shot("12-elsewhere-found").await;
    desk.press(Key::Enter).await;
    // In the sample data that user ID has no certificate.
    assert_eq!(desk.find("error").await.attr("data-code").await.unwrap().as_deref(), Some("nothing_to_stop"));
    desk.press(Key::Escape).await;
    gone(&desk, "stop-dialog").await;

    // Whoever refuses the check mark ends in a revocation, once the paper is there.
    signed_in(&desk, "s2001").await;
    desk.find("open-incidents").await;
    desk.shot("13-today").await;
    desk.click("incident-refuse").await;
    desk.find("refuse-dialog").await;
    desk.shot("14-refuse").await;
    desk.click("refuse-paper").await;
    gone(&desk, "refuse-paper").await;
    desk.click("refuse-revoke").await;
    desk.find("settle-dialog").await;
    desk.click("settle-yes").await;
    gone(&desk, "open-incidents").await;
    let _ = desk.driver.quit().await;
}
