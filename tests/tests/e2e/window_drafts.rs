//! Drafts in the real window: whichever way a form is left, what was typed is there again, in one draft; a form nobody typed
//! into is none, and one that was sent is none any more.

use std::path::PathBuf;
use std::time::{Duration, Instant};

use sqlx::{ConnectOptions as _, Connection as _};
use thirtyfour::prelude::*;

use crate::page::{PATIENCE, Page};
use crate::window::{shown, start_window};
use crate::window_approvals::registers;
use crate::window_line::rival;

/// Longer than what is typed waits until it is saved.
const SAVED_BY_NOW: Duration = Duration::from_millis(1500);
const USER: &str = "KNR00001";

struct Window {
    page: Page,
    profile: PathBuf,
}

impl Window {
    /// As many drafts are on this desk, and in the list.
    async fn drafts(&self, count: usize) {
        self.page.press(Key::F3).await;
        self.page.find("today").await;
        let shown = By::Css("[data-testid='draft']");
        let start = Instant::now();
        while self.page.driver.find_all(shown.clone()).await.unwrap().len() != count {
            assert!(start.elapsed() < PATIENCE, "not {count} drafts:\n{}", self.page.text("today").await);
            tokio::time::sleep(Duration::from_millis(50)).await;
        }
        let key = std::fs::read(self.profile.join("secrets/replica-key")).unwrap();
        let options = e2e::encrypted::options(&self.profile.join("replica.sqlite"), &key).read_only(true);
        let mut db = options.connect().await.unwrap();
        let (kept,): (i64,) = sqlx::query_as("SELECT count(*) FROM draft").fetch_one(&mut db).await.unwrap();
        db.close().await.unwrap();
        assert_eq!(usize::try_from(kept).unwrap(), count, "on this desk");
    }

    /// The form is there as it was left, and says that it is a draft.
    async fn is_kept(&self, note: &str) {
        self.page.find("application-form").await;
        self.page.says("draft-saved", "data-state", "opened").await;
        assert_eq!(self.page.find("note").await.prop("value").await.unwrap().as_deref(), Some(note));
    }

    async fn unlock(&self) {
        self.page.find("lock-screen").await;
        self.page.fill("unlock-password", desk::training::PASSWORD).await;
        self.page.press(Key::Enter).await;
    }

    async fn as_staff(&self, staff: &str) {
        self.page.click("sign-out").await;
        self.page.find("sign-in").await;
        self.page.sign_in(staff).await;
    }

    async fn address(&self) -> String {
        self.page.driver.current_url().await.unwrap().fragment().unwrap().to_owned()
    }

    /// Nothing is sent twice, and what was sent does not come back.
    async fn submits(&self) {
        self.page.press_all(Key::Control + Key::Enter).await;
        self.page.find("application").await;
        tokio::time::sleep(SAVED_BY_NOW).await;
        self.drafts(0).await;
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn what_was_typed_is_there_again_in_one_draft() {
    let _ = rustls::crypto::aws_lc_rs::default_provider().install_default();
    let folder = tempfile::tempdir().unwrap();
    let (_driver, port) = start_window(folder.path());
    let window = Window { page: shown(port, "drafts").await, profile: folder.path().join("profile") };
    let page = &window.page;
    page.find("sign-in").await;
    page.sign_in("t1001").await;
    page.open_customer("ヤマダ").await;
    let customer = window.address().await;

    // Locked at once after the last letter.
    page.click("apply-move_to_certificate").await;
    page.find("application-form").await;
    page.click(&format!("choose-{USER}")).await;
    page.fill(&format!("device-{USER}"), "経理課 9号機").await;
    page.fill("note", "午後に電話").await;
    page.press_all(Key::Control + "l").await;
    window.unlock().await;
    window.is_kept("午後に電話").await;
    let device = page.find(&format!("device-{USER}")).await.prop("value").await.unwrap();
    assert_eq!(device.as_deref(), Some("経理課 9号機"));
    page.shot("01-unlocked").await;
    page.in_little_room("01-unlocked").await;

    // Left by a key, by another language, by the window itself.
    page.fill("note", "午後に電話。二階").await;
    page.press(Key::F2).await;
    page.find("search-box").await;
    page.press(Key::Escape).await;
    window.is_kept("午後に電話。二階").await;
    page.fill("note", "午後に電話。三階").await;
    page.click("language").await;
    window.is_kept("午後に電話。三階").await;
    page.shot("02-english").await;
    page.click("language").await;
    page.fill("note", "午後に電話。四階").await;
    page.driver.refresh().await.unwrap();
    window.is_kept("午後に電話。四階").await;

    // It has an address of its own, and back goes where it went before.
    page.press(Key::Escape).await;
    page.find("customer").await;
    assert_eq!(window.address().await, customer);
    window.drafts(1).await;
    page.shot("03-one-draft").await;
    page.click("draft").await;
    window.is_kept("午後に電話。四階").await;

    // Sent, it is no draft any more.
    for check in ["check-seal", "check-environment", "check-terms"] {
        page.click(check).await;
    }
    page.choose("check-identity", "company_register").await;
    page.fill("applicant", "見本 太郎").await;
    window.submits().await;

    // Returned and half-corrected: 修正 goes on where somebody stopped.
    window.as_staff("s2001").await;
    page.press(Key::F4).await;
    page.find("waiting").await;
    page.click("return").await;
    page.fill("comment", "届出印が違います").await;
    page.click("comment-send").await;
    let dialog = page.driver.query(By::Css("dialog[open]")).wait(PATIENCE, Duration::from_millis(50));
    dialog.not_exists().await.unwrap();
    window.as_staff("t1001").await;
    page.press(Key::F3).await;
    page.click("tile-returned").await;
    let returned = By::Css("[data-testid='list-returned'] [data-testid^='open-']");
    let returned = page.driver.query(returned).wait(PATIENCE, Duration::from_millis(50)).first().await.unwrap();
    page.click_on(&returned).await;
    page.click("correct").await;
    page.find("application-form").await;
    page.says("draft-saved", "data-state", "new").await;
    // The application itself does not hold its user IDs back.
    let label = By::Css("[data-testid^='device-']:enabled");
    page.driver.query(label).wait(PATIENCE, Duration::from_millis(50)).first().await.unwrap();
    page.fill("note", "届出印を照合し直しました").await;
    page.press(Key::Escape).await;
    page.click("correct").await;
    window.is_kept("届出印を照合し直しました").await;
    page.shot("04-corrected").await;
    window.drafts(1).await;
    page.press(Key::Escape).await;
    window.is_kept("届出印を照合し直しました").await;
    page.click("applicant").await;
    window.submits().await;

    // Nobody types, and things change at the centre.
    page.open_customer("ヤマダ").await;
    page.click("apply-add_user").await;
    page.find("application-form").await;
    let untouched = window.address().await;
    let terminal = rival(&window.profile).await;
    let other = terminal.sign_in_by("T1002", desk::training::PASSWORD).await;
    for n in 1..=3 {
        registers(&terminal, &other, n).await;
        // The corrected one waits, too.
        let count = By::Css("[data-testid='nav-approvals'] .count");
        let count = page.driver.query(count).with_text((n + 1).to_string()).wait(PATIENCE, Duration::from_millis(20));
        count.first().await.unwrap();
    }
    tokio::time::sleep(SAVED_BY_NOW).await;
    page.says("draft-saved", "data-state", "new").await;
    assert_eq!(window.address().await, untouched);
    window.drafts(0).await;
    page.press(Key::Escape).await;

    // A user ID is named at its row, however it was typed.
    page.find("application-form").await;
    page.fill("new-user-0", "ｋｎｒ－０００ ０１").await;
    page.fill("new-device-0", "経理課 2号機").await;
    for check in ["check-seal", "check-environment", "check-terms"] {
        page.click(check).await;
    }
    page.choose("check-identity", "company_register").await;
    page.fill("applicant", "見本 太郎").await;
    page.click("submit").await;
    page.find("error").await;
    let row = By::Css(".new-user[data-invalid]");
    page.driver.query(row).wait(PATIENCE, Duration::from_millis(50)).first().await.unwrap();
    page.shot("05-named-at-its-row").await;
    // It was not accepted: a draft again, one.
    page.says("draft-saved", "data-state", "saved").await;
    window.drafts(1).await;
    let _ = window.page.driver.quit().await;
}
