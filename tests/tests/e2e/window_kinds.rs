//! Contracts that end, in the real window and by keyboard alone: a re-contract and a closing are registered, and the
//! supervisor sees what an approval ends before it is given. The same screens again in a window of half the width and
//! height, which is what twice the size of letters leaves of the smallest screen.

use std::time::Duration;

use e2e::customer::{Customer, EDGE, fresh_key};
use thirtyfour::prelude::*;

use crate::page::{PATIENCE, Page};
use crate::window::{read_slip, shown, start_window};

const KANA: &str = "ナカムラテッコウ";
/// Its newest contract has three user IDs, of which this one gets a certificate.
const OLD: &str = "9000000015";
const USER: &str = "KNR00044";
const NEW: &str = "9000099015";
const CLOSING: &str = "9000000013";

#[tokio::test(flavor = "multi_thread")]
async fn contracts_that_end_in_the_real_window() {
    let _ = rustls::crypto::aws_lc_rs::default_provider().install_default();
    let folder = tempfile::tempdir().unwrap();
    let (_driver, port) = start_window(folder.path());
    let desk = shown(port, "kinds").await;
    desk.find("sign-in").await;
    desk.sign_in("t1001").await;
    let in_use = certificate_in_use(&desk, folder.path()).await;

    // One customer, one screen: the old contract, its days, the new one, and who goes on.
    open_customer(&desk).await;
    desk.shot("01-customer").await;
    desk.tab_to("apply-recontract").await;
    desk.press(Key::Enter).await;
    desk.find("application-form").await;
    desk.tab_to("closing-on").await;
    desk.retype(&in_days(5)).await;
    desk.tab_to("contract").await;
    desk.keys(NEW).await;
    desk.tab_to("opened-on").await;
    desk.retype(&in_days(8)).await;
    assert!(desk.text("without-access").await.contains("3日間"), "the days without access are said at once");
    desk.tab_to("choose-KNR00046").await;
    desk.keys(" ").await;
    // A PC was forgotten: said at its row.
    desk.tab_to("applicant").await;
    desk.keys("見本 太郎").await;
    papers(&desk, true).await;
    desk.press_all(Key::Control + Key::Enter).await;
    assert_eq!(desk.find("error").await.attr("data-code").await.unwrap().as_deref(), Some("text_missing"));
    let row = desk.find("device-KNR00045").await;
    assert_eq!(row.attr("aria-invalid").await.unwrap().as_deref(), Some("true"), "named at its row");
    desk.shot("02-recontract-error").await;
    desk.tab_to("device-KNR00045").await;
    desk.keys("営業課 1号機").await;
    let ends = desk.find(&format!("ends-{USER}")).await;
    assert_eq!(ends.attr("data-reason").await.unwrap().as_deref(), Some("cessation_of_operation"));
    desk.shot("03-recontract").await;
    desk.in_little_room("03-recontract").await;
    desk.press_all(Key::Control + Key::Enter).await;
    desk.find("application").await;
    desk.shot("04-recontract-registered").await;
    let recontract = desk.text("receipt-number").await;

    // Close another of its contracts; nothing is fetched, so nobody is asked about PCs and terms.
    open_customer(&desk).await;
    desk.tab_to("apply-close").await;
    desk.press(Key::Enter).await;
    desk.find("application-form").await;
    desk.tab_to("contract").await;
    desk.keys(CLOSING).await;
    desk.tab_to("closing-on").await;
    desk.retype(&in_days(0)).await;
    desk.find("ends").await;
    assert!(desk.driver.find_all(By::Css("[data-testid='check-terms']")).await.unwrap().is_empty());
    papers(&desk, false).await;
    desk.tab_to("applicant").await;
    desk.keys("見本 花子").await;
    desk.shot("05-close").await;
    desk.press_all(Key::Control + Key::Enter).await;
    desk.find("application").await;
    let close = desk.text("receipt-number").await;

    // The other kinds' forms, as they open.
    for kind in ["remove_users", "rename", "reissue", "add_user"] {
        open_customer(&desk).await;
        desk.click(&format!("apply-{kind}")).await;
        desk.find("application-form").await;
        desk.shot(&format!("06-{kind}")).await;
        desk.in_little_room(&format!("06-{kind}")).await;
    }

    // Not the teller's: head office alone stops by force, and registers nothing else.
    open_customer(&desk).await;
    assert!(desk.driver.find_all(By::Css("[data-testid='apply-force_stop']")).await.unwrap().is_empty());
    desk.click("sign-out").await;
    desk.sign_in("h9001").await;
    open_customer(&desk).await;
    let kinds = desk.driver.find_all(By::Css("[data-testid^='apply-']")).await.unwrap();
    assert_eq!(kinds.len(), 1);
    desk.click("apply-force_stop").await;
    desk.find(&format!("choose-{USER}")).await;
    desk.shot("07-force-stop").await;
    desk.click("sign-out").await;

    // The supervisor sees both, and what each ends, before the one confirmation.
    desk.sign_in("s2001").await;
    desk.press(Key::F4).await;
    desk.find("waiting").await;
    let waiting = desk.driver.find_all(By::Css("[data-testid='waiting']")).await.unwrap();
    assert_eq!(waiting.len(), 2);
    assert_eq!(desk.text("receipt-number").await, recontract);
    assert!(desk.text("facts-days").await.contains(NEW) && desk.text("facts-days").await.contains(OLD));
    assert!(desk.text("without-access").await.contains("3日間"));
    assert!(desk.text("ends").await.contains("cessationOfOperation"));
    // Side by side: the old contract gets its closing day, the new one comes with the user ID.
    let old = desk.text(&format!("changes-{OLD}-changesContract")).await;
    assert!(old.contains("契約中") && old.contains("解約予定"), "{old}");
    let new = desk.text(&format!("changes-{NEW}-changesContract")).await;
    assert!(new.starts_with(NEW) && new.contains("なし"), "{new}");
    desk.shot("08-approvals").await;
    desk.in_little_room("08-approvals").await;
    desk.click("language").await;
    assert!(desk.text("changes").await.contains("With the approval"));
    desk.shot("08-english").await;
    desk.in_little_room("08-english").await;
    desk.click("language").await;
    desk.tab_to("approve").await;
    desk.press(Key::Enter).await;
    desk.find("application").await;
    desk.find("slips").await;
    desk.press(Key::F4).await;
    desk.find("waiting").await;
    assert_eq!(desk.text("receipt-number").await, close);
    let closed = desk.text(&format!("changes-{CLOSING}-changesContract")).await;
    assert!(closed.contains("契約中") && closed.contains("解約済"), "{closed}");
    desk.shot("09-approve-close").await;
    desk.tab_to("approve").await;
    desk.press(Key::Enter).await;
    desk.find("application").await;

    // Which contract took which one's place, and what is closed.
    open_customer(&desk).await;
    desk.find(&format!("other-{NEW}")).await;
    let state = By::Css(format!("[data-contract='{OLD}'] [data-testid='contract-state']"));
    let state = desk.driver.query(state).wait(PATIENCE, Duration::from_millis(50)).first().await.unwrap();
    assert!(state.text().await.unwrap().contains("解約予定"));
    desk.find("closed-contracts").await;
    assert!(desk.text(&format!("certificate-{USER}")).await.contains(&in_use), "good until the day");
    desk.shot("10-customer").await;
    desk.in_little_room("10-customer").await;
    desk.press(Key::F6).await;
    desk.find("history-entry").await;
    desk.shot("11-history").await;
    desk.in_little_room("11-history").await;
    desk.press(Key::F6).await;
    desk.find("log-row").await;
    desk.shot("11-log").await;
    desk.in_little_room("11-log").await;
    for (key, place, screen) in [(Key::F3, "today", "12-today"), (Key::F2, "search-box", "13-search")] {
        desk.press(key).await;
        desk.find(place).await;
        desk.shot(screen).await;
        desk.in_little_room(screen).await;
    }
    let _ = desk.driver.quit().await;
}

/// In Japan, so many days ahead, as people type it.
fn in_days(days: u64) -> String {
    let today = domain::calendar::jst_day(chrono::Utc::now());
    (today + chrono::Days::new(days)).format("%Y/%m/%d").to_string()
}

async fn open_customer(desk: &Page) {
    desk.press(Key::F2).await;
    desk.find("search-box").await;
    desk.retype(KANA).await;
    desk.find("hit").await;
    desk.press(Key::Enter).await;
    desk.find("customer").await;
}

/// The checks on the paper, by keyboard.
async fn papers(desk: &Page, fetched: bool) {
    desk.tab_to("check-seal").await;
    desk.keys(" ").await;
    desk.tab_to("check-identity").await;
    desk.keys("登記").await;
    for check in ["check-environment", "check-terms"].into_iter().filter(|_| fetched) {
        desk.tab_to(check).await;
        desk.keys(" ").await;
    }
}

/// The usual way to a certificate, so that there is something to end. Gives its state in words.
async fn certificate_in_use(desk: &Page, folder: &std::path::Path) -> String {
    open_customer(desk).await;
    desk.click("apply-move_to_certificate").await;
    desk.click(&format!("choose-{USER}")).await;
    papers(desk, true).await;
    desk.fill("applicant", "見本 太郎").await;
    desk.press_all(Key::Control + Key::Enter).await;
    desk.find("application").await;
    desk.click("sign-out").await;
    desk.sign_in("s2001").await;
    desk.press(Key::F4).await;
    desk.click("approve").await;
    desk.click(&format!("open-slip-{USER}")).await;
    desk.click("print-slip").await;
    desk.click("save-pdf").await;
    desk.find("saved-path").await;
    desk.shot("00-slip").await;
    desk.in_little_room("00-slip").await;
    let (url, code) = read_slip(folder, USER);
    desk.click("slip-done").await;
    let page = url.split('?').next().unwrap();
    let customer = Customer::with(reqwest::Client::builder().user_agent(EDGE).build().unwrap(), page);
    let (key, csr) = fresh_key();
    let fetched = customer.fetch(USER, &code, &csr).await.unwrap();
    customer.confirm(&fetched, &key).await.unwrap();
    desk.click("sign-out").await;
    desk.sign_in("t1001").await;
    open_customer(desk).await;
    let active = By::Css(format!("[data-testid='certificate-{USER}'] [data-state='active']"));
    let active = desk.driver.query(active).wait(PATIENCE, Duration::from_millis(50)).first().await.unwrap();
    active.text().await.unwrap()
}
