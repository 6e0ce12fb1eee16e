//! 発行ログ and 検証 in the real window, by keyboard: walked through, narrowed, one entry opened, everything verified, the head
//! compared with what would stand on paper.

use std::time::Duration;

use serde_json::json;
use thirtyfour::prelude::*;

use crate::page::{PATIENCE, Page, connect, results};
use crate::window::{application, start_window};

/// Until an element says so.
async fn until(desk: &Page, id: &str, attribute: &str, wanted: &str) {
    let wanted = By::Css(format!("[data-testid='{id}'][{attribute}='{wanted}']"));
    let found = desk.driver.query(wanted).wait(PATIENCE, Duration::from_millis(50)).first().await;
    assert!(found.is_ok(), "{id} never says {attribute}:\n{}", desk.text(id).await);
}

async fn total(desk: &Page) -> u32 {
    desk.find("log-rows").await.attr("data-total").await.unwrap().unwrap().parse().unwrap()
}

#[tokio::test(flavor = "multi_thread")]
async fn the_log_is_walked_through_and_verified_by_keyboard() {
    let _ = rustls::crypto::aws_lc_rs::default_provider().install_default();
    let folder = tempfile::tempdir().unwrap();
    let (_driver, port) = start_window(folder.path());
    let driver =
        connect(port, json!({ "browserName": "wry", "tauri:options": { "application": application() } })).await;
    let desk = Page { driver, shots: results(), name: "log" };
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
    until(&desk, "log-rows", "data-first", "0").await;

    // Narrowed by who, and by a text that nothing has.
    desk.find("log-text").await.send_keys("該当なし").await.unwrap();
    until(&desk, "log-rows", "data-total", "0").await;
    desk.shot("03-none").await;
    desk.click("log-clear").await;
    until(&desk, "log-rows", "data-total", &all.to_string()).await;
    desk.click("log-kind").await;
    let kind = By::Css("[data-testid='log-kind'] option[value='signed_in']");
    desk.driver.find(kind).await.unwrap().click().await.unwrap();
    let signed_in = By::Css("[data-testid='log-row'][data-events~='signed_in']");
    desk.driver.query(signed_in).wait(PATIENCE, Duration::from_millis(50)).first().await.unwrap();
    assert!(total(&desk).await < all);
    desk.shot("04-narrowed").await;

    // One entry, with its sentence and its place.
    desk.tab_to("log-rows").await;
    desk.press(Key::Enter).await;
    let said = desk.text("sentence").await;
    assert!(said.contains("S2001") && said.contains("サインイン"), "{said}");
    until(&desk, "place", "data-leads", "true").await;
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
    until(&desk, "verification", "data-phase", "sound").await;
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
    let _ = desk.driver.quit().await;
}
