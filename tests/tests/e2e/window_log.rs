//! 発行ログ and 検証 in the real window, by keyboard: walked through, narrowed, one entry opened, everything verified, the head
//! compared with what would stand on paper.

use std::time::{Duration, Instant};

use thirtyfour::prelude::*;

use crate::page::{PATIENCE, Page};
use crate::window::{shown, start_window};

pub(crate) async fn total(desk: &Page) -> u64 {
    desk.find("log-rows").await.attr("data-total").await.unwrap().unwrap().parse().unwrap()
}

/// Until fewer entries are left than there were; gives their number.
pub(crate) async fn fewer(desk: &Page, than: u64) -> u64 {
    let begun = Instant::now();
    loop {
        let left = total(desk).await;
        if left < than {
            return left;
        }
        assert!(begun.elapsed() < PATIENCE, "{left} of {than}");
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn the_log_is_walked_through_and_verified_by_keyboard() {
    let _ = rustls::crypto::aws_lc_rs::default_provider().install_default();
    let folder = tempfile::tempdir().unwrap();
    let (_driver, port) = start_window(folder.path());
    let desk = shown(port, "log").await;
    desk.find("sign-in").await;
    desk.sign_in("s2001").await;
    desk.press(Key::F6).await;
    desk.find("log-row").await;
    let all = total(&desk).await;
    assert!(all > 20, "{all}");
    desk.shot("01-log").await;
    desk.in_little_room("01-log").await;

    // To the oldest, and back to the newest.
    desk.tab_to("log-rows").await;
    desk.press(Key::End).await;
    let oldest = By::Css("[data-testid='log-row'][data-events~='log_opened']");
    desk.driver.query(oldest).wait(PATIENCE, Duration::from_millis(50)).first().await.unwrap();
    desk.shot("02-oldest").await;
    desk.press(Key::Home).await;
    desk.says("log-rows", "data-first", "0").await;

    // Narrowed by who, and by a text that nothing has.
    desk.find("log-text").await.send_keys("該当なし").await.unwrap();
    desk.says("log-rows", "data-total", "0").await;
    desk.shot("03-none").await;
    desk.click("log-clear").await;
    desk.says("log-rows", "data-total", &all.to_string()).await;
    desk.choose("log-kind", "signed_in").await;
    let signed_in = By::Css("[data-testid='log-row'][data-events~='signed_in']");
    desk.driver.query(signed_in).wait(PATIENCE, Duration::from_millis(50)).first().await.unwrap();
    let left = fewer(&desk, all).await;
    desk.shot("04-narrowed").await;

    // What is left, as a file.
    desk.press_all(Key::Control + "e").await;
    let saved = desk.text("exported").await;
    let mut files = std::fs::read_dir(folder.path()).unwrap().map(|one| one.unwrap().path());
    let file = files.find(|path| path.extension().is_some_and(|end| end == "csv")).unwrap();
    assert!(saved.contains(file.to_str().unwrap()), "{saved}");
    let text = std::fs::read_to_string(file).unwrap();
    let lines: Vec<&str> = text.lines().collect();
    assert_eq!(lines.len() as u64, 1 + left);
    assert!(lines[0].contains("番号,日時,操作,実行者"), "{}", lines[0]);
    assert!(lines[1].contains("サインイン,訓練 役席五郎(S2001),窓口 1番"), "{}", lines[1]);

    // One entry, with its sentence and its place.
    desk.tab_to("log-rows").await;
    desk.press(Key::Enter).await;
    let said = desk.text("sentence").await;
    assert!(said.contains("S2001") && said.contains("サインイン"), "{said}");
    desk.says("place", "data-leads", "true").await;
    desk.shot("05-entry").await;
    desk.in_little_room("05-entry").await;
    desk.press(Key::Escape).await;
    desk.find("log-row").await;
    assert!(total(&desk).await < all, "the filter is still there");

    // Verified by one key: the button has the focus.
    desk.click("to-verify").await;
    desk.find("verify-begin").await;
    desk.shot("06-before").await;
    desk.press(Key::Enter).await;
    desk.says("verification", "data-phase", "sound").await;
    assert!(desk.text("verdict").await.contains("改ざんされていません"));
    let mut words = Vec::new();
    for word in desk.driver.find_all(By::Css("[data-testid='head-words'] li")).await.unwrap() {
        words.push(word.text().await.unwrap());
    }
    assert_eq!(words.len(), 16);
    let size = desk.text("head-size").await.replace(',', "");
    desk.fill("compare-size", &size).await;
    desk.fill("compare-text", &words.join(" ")).await;
    desk.press(Key::Enter).await;
    desk.find("compare-same").await;
    desk.shot("07-verified").await;
    desk.in_little_room("07-verified").await;
    let mut wrong = words.clone();
    wrong.swap(0, 1);
    desk.fill("compare-text", &wrong.join(" ")).await;
    desk.press(Key::Enter).await;
    desk.find("error").await;
    desk.shot("08-differs").await;

    // The same in English.
    desk.click("language").await;
    for (key, screen, step) in [
        (Key::F6, "log-row", "09-english-log"),
        (Key::F4, "approvals", "10-english-approvals"),
        (Key::F11, "sign-off", "11-english-sign-off"),
        (Key::F12, "report-table", "12-english-report"),
    ] {
        desk.press(key).await;
        desk.find(screen).await;
        desk.shot(step).await;
        desk.in_little_room(step).await;
    }
    desk.press_all(Key::Control + "e").await;
    let saved = desk.text("exported").await;
    let report = std::fs::read_to_string(saved.strip_prefix("Exported: ").unwrap().trim()).unwrap();
    assert!(report.starts_with("\u{feff}Item,Of these,") && report.contains("Issued,"), "{report}");
    desk.open_customer("ヤマダ").await;
    desk.shot("13-english-customer").await;
    desk.in_little_room("13-english-customer").await;
    // More customers than are shown, and it says so.
    desk.click("language").await;
    desk.press(Key::F2).await;
    desk.fill("search-box", "025").await;
    assert!(desk.text("search-more").await.contains("続きの文字"));
    desk.shot("14-search-more").await;
    desk.in_little_room("14-search-more").await;
    let _ = desk.driver.quit().await;
}
