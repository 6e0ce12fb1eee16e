//! 今日の仕事 in the real window: its lists are opened, walked through, exported and printed by keyboard, each role sees its
//! own first.

use std::os::unix::fs::PermissionsExt as _;
use std::path::{Path, PathBuf};
use std::time::Duration;

use e2e::customer::{Customer, fresh_key};
use thirtyfour::prelude::*;

use crate::page::{PATIENCE, Page};
use crate::window::{read_slip, shown_by, start_window, target};

/// The window's program beside a training centre whose certificates end after twenty days: due for a call at once.
fn program(folder: &Path) -> PathBuf {
    let built = std::env::var_os("MADOGUCHI_DESK_BIN").map_or_else(|| target().join("madoguchi"), PathBuf::from);
    let real =
        std::env::var_os("MADOGUCHI_CENTRAL_BIN").map_or_else(|| target().join("madoguchi-central"), PathBuf::from);
    let desk = folder.join("madoguchi");
    if std::fs::hard_link(&built, &desk).is_err() {
        std::fs::copy(&built, &desk).unwrap();
    }
    let centre = folder.join("madoguchi-central");
    let script = format!(
        "#!/bin/sh\ngrep -q validity_days \"$2\" || sed -i 's/^\\[policy\\]$/[policy]\\nvalidity_days = 20\\nrenewal_opens_days = 20\\nreminder_days = [10]/' \"$2\"\nexec '{}' \"$@\"\n",
        real.display()
    );
    std::fs::write(&centre, script).unwrap();
    std::fs::set_permissions(&centre, std::fs::Permissions::from_mode(0o755)).unwrap();
    desk
}

struct Window {
    page: Page,
    folder: PathBuf,
}

impl Window {
    async fn type_keys(&self, keys: &str) {
        self.page.driver.action_chain().send_keys(keys).perform().await.unwrap();
    }

    /// Somebody else signs in and stands on 今日の仕事.
    async fn as_staff(&self, staff: &str) {
        self.page.click("sign-out").await;
        self.page.find("sign-in").await;
        self.page.sign_in(staff).await;
        self.page.press(Key::F3).await;
        self.page.find("today").await;
    }

    async fn rows(&self, list: &str, count: usize) {
        let row = By::Css(format!("[data-testid='list-{list}'] [data-testid='list-row']"));
        let start = std::time::Instant::now();
        while self.page.driver.find_all(row.clone()).await.unwrap().len() != count {
            assert!(
                start.elapsed() < PATIENCE,
                "{list} has not {count} rows:\n{}",
                self.page.text(&format!("list-{list}")).await
            );
            tokio::time::sleep(Duration::from_millis(50)).await;
        }
    }

    /// What has the focus, once it is there.
    async fn focus(&self, id: &str) {
        let start = std::time::Instant::now();
        while self.page.focused().await != id {
            assert!(start.elapsed() < PATIENCE, "{id} never has the focus");
            tokio::time::sleep(Duration::from_millis(50)).await;
        }
    }

    async fn becomes(&self, tile: &str, count: &str) {
        let number = By::Css(format!("[data-testid='tile-{tile}'] b"));
        let query =
            self.page.driver.query(number).with_text(count.to_owned()).wait(PATIENCE, Duration::from_millis(50));
        query.first().await.unwrap_or_else(|_| panic!("{tile} never is {count}"));
    }

    /// No key goes anywhere while a question is open.
    async fn no_dialog(&self) {
        let open = self.page.driver.query(By::Css("dialog[open]")).wait(PATIENCE, Duration::from_millis(50));
        open.not_exists().await.unwrap();
    }

    async fn count(&self, tile: &str) -> String {
        let tile = self.page.find(&format!("tile-{tile}")).await;
        tile.find(By::Tag("b")).await.unwrap().text().await.unwrap()
    }

    async fn first_tile(&self) -> String {
        let tile =
            self.page.driver.query(By::Css("a.tile")).wait(PATIENCE, Duration::from_millis(50)).first().await.unwrap();
        tile.attr("data-testid").await.unwrap().unwrap()
    }

    fn file(&self, beginning: &str) -> String {
        let mut found = std::fs::read_dir(&self.folder).unwrap().map(|e| e.unwrap().path());
        let found = found.find(|p| p.file_name().unwrap().to_string_lossy().starts_with(beginning));
        std::fs::read_to_string(found.unwrap_or_else(|| panic!("no {beginning}"))).unwrap()
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn lists_by_keyboard_for_each_role() {
    let _ = rustls::crypto::aws_lc_rs::default_provider().install_default();
    let folder = tempfile::tempdir().unwrap();
    let (_driver, port) = start_window(folder.path());
    let page = shown_by(&program(folder.path()), port, "today").await;
    let window = Window { page, folder: folder.path().to_owned() };
    let desk = &window.page;

    // A teller has nothing to do yet; the list says what to do then.
    desk.find("sign-in").await;
    desk.sign_in("t1001").await;
    assert_eq!(window.first_tile().await, "tile-to_hand_over");
    desk.find("list-to_hand_over").await;
    desk.shot("01-teller-empty").await;
    window.page.open_customer("ヤマダ").await;
    let user = window.page.registers().await;
    window.page.open_customer("サトウ").await;
    let other = window.page.registers().await;

    // The supervisor sees what waits for him first, and returns one of the two.
    window.as_staff("s2001").await;
    assert_eq!(window.first_tile().await, "tile-waiting");
    assert_eq!(window.count("waiting").await, "2");
    window.rows("waiting", 2).await;
    desk.shot("02-supervisor-waiting").await;
    window.type_keys("1").await;
    desk.press(Key::Down).await;
    desk.press(Key::Up).await;
    desk.press(Key::Enter).await;
    desk.find("application").await;
    desk.press(Key::F4).await;
    desk.find("waiting").await;
    desk.click("approve").await;
    desk.find("slips").await;
    desk.press(Key::F4).await;
    desk.click("return").await;
    desk.fill("comment", "=届出印が違います").await;
    desk.click("comment-send").await;
    window.no_dialog().await;
    desk.press(Key::F3).await;
    desk.find("today").await;
    window.becomes("returned", "1").await;

    // The teller prints and hands over, found by two keys; what was returned is a list too.
    window.as_staff("t1001").await;
    window.rows("to_print", 1).await;
    desk.shot("03-teller-print").await;
    window.type_keys("3").await;
    window.rows("returned", 1).await;
    assert!(desk.text("list-returned").await.contains("届出印が違います"));
    desk.driver.action_chain().key_down(Key::Control).send_keys("e").key_up(Key::Control).perform().await.unwrap();
    desk.find("exported").await;
    desk.shot("04-returned-exported").await;
    let file = window.file("差戻し_");
    assert!(
        file.starts_with('\u{feff}') && file.contains(",'=届出印が違います\r\n") && file.contains(&other),
        "{file}"
    );
    window.type_keys("2").await;
    window.rows("to_print", 1).await;
    desk.click("row-slip").await;
    desk.click("print-slip").await;
    desk.click("save-pdf").await;
    desk.find("saved-path").await;
    desk.click("slip-done").await;
    desk.fill("handover-recipient", "見本 太郎").await;
    desk.click("handover-record").await;
    desk.find("handover-done").await;

    // The sales rep calls: first whoever has not fetched, then whose certificate ends.
    window.as_staff("r1101").await;
    assert_eq!(window.first_tile().await, "tile-ending");
    window.type_keys("2").await;
    window.rows("not_fetched", 1).await;
    assert!(desk.text("list-not_fetched").await.contains("あと80日"));
    desk.shot("05-sales-not-fetched").await;
    let (url, code) = read_slip(&window.folder, &user);
    let root = std::fs::read(window.folder.join("profile/centre/data/keys/root.cer")).unwrap();
    let customer = Customer::new(&url, &desk::enrol::certificate_pem(&root));
    let (key, csr) = fresh_key();
    let fetched = customer.fetch(&user, &code, &csr).await.unwrap();
    window.rows("not_fetched", 0).await;
    customer.confirm(&fetched, &key).await.unwrap();
    window.becomes("ending", "1").await;
    window.type_keys("1").await;
    window.rows("ending", 1).await;
    assert!(desk.text("list-ending").await.contains("あと20日"));
    window.focus("row-customer").await;
    desk.shot("06-sales-ending").await;
    desk.press(Key::Enter).await;
    desk.find("customer").await;
    desk.shot("07-customer").await;
    desk.click("notice-restore").await;
    desk.find("paper").await;
    desk.shot("08-restore").await;

    // A lost PC: three lists, and the paper for the customer from the list.
    window.page.open_customer(&user).await;
    desk.press(Key::F9).await;
    desk.find("stop-dialog").await;
    window.type_keys("1").await;
    desk.press(Key::Enter).await;
    desk.find("stop-done").await;
    desk.press(Key::Escape).await;
    window.no_dialog().await;
    window.as_staff("s2001").await;
    assert_eq!((window.count("unconfirmed").await, window.count("papers_outstanding").await), ("1".into(), "1".into()));
    window.type_keys("4").await;
    window.rows("papers_outstanding", 1).await;
    window.focus("row-customer").await;
    desk.shot("09-supervisor-papers").await;
    desk.press(Key::Tab).await;
    desk.press(Key::Enter).await;
    desk.find("notice-page").await;
    desk.find("paper").await;
    desk.shot("10-suspension").await;
    desk.press(Key::Escape).await;
    window.rows("papers_outstanding", 1).await;
    window.type_keys("0").await;
    desk.find("list-ending").await;
    desk.shot("11-supervisor-ending-empty").await;
    desk.click("tile-applications").await;
    window.rows("applications", 2).await;
    desk.shot("12-applications").await;
    let _ = window.page.driver.quit().await;
}
