//! A stop that nobody looked at for two weeks, in the real window: reported in a week that lies behind (the whole program runs
//! under another clock), and what supervisor and head office are shown first today.

use std::os::unix::fs::PermissionsExt as _;
use std::path::{Path, PathBuf};

use serde_json::json;
use thirtyfour::prelude::*;

use crate::page::{Page, connect, results};
use crate::window::{application, start_window};

/// The program, started two weeks ago as long as the file `past` is there.
fn program(folder: &Path) -> PathBuf {
    let script = folder.join("madoguchi");
    let text = format!(
        "#!/bin/sh\n[ -e '{}' ] && exec faketime -f -14d '{1}' \"$@\"\nexec '{1}' \"$@\"\n",
        folder.join("past").display(),
        application().display()
    );
    std::fs::write(&script, text).unwrap();
    std::fs::set_permissions(&script, std::fs::Permissions::from_mode(0o755)).unwrap();
    script
}

async fn window(program: &Path, port: u16) -> Page {
    let driver = connect(port, json!({ "browserName": "wry", "tauri:options": { "application": program } })).await;
    let page = Page { driver, shots: results(), name: "overdue" };
    page.find("sign-in").await;
    page
}

#[tokio::test(flavor = "multi_thread")]
async fn a_stop_without_a_check_mark_comes_first_two_weeks_later() {
    let _ = rustls::crypto::aws_lc_rs::default_provider().install_default();
    let folder = tempfile::tempdir().unwrap();
    let program = program(folder.path());
    std::fs::write(folder.path().join("past"), "").unwrap();

    let (driver, port) = start_window(folder.path());
    let desk = window(&program, port).await;
    desk.sign_in("t1001").await;
    desk.press(Key::F2).await;
    desk.fill("search-box", "ヤマダ").await;
    desk.find("hit").await;
    desk.press(Key::Enter).await;
    desk.find("customer").await;
    desk.click("apply-move_to_certificate").await;
    desk.find("application-form").await;
    let first = desk.driver.query(By::Css("[data-testid^='choose-']")).first().await.unwrap();
    first.click().await.unwrap();
    let user = first.attr("data-testid").await.unwrap().unwrap().trim_start_matches("choose-").to_owned();
    desk.fill(&format!("device-{user}"), "経理課 1号機").await;
    for check in ["check-seal", "check-environment", "check-terms"] {
        desk.click(check).await;
    }
    let identity = desk.find("check-identity").await;
    identity.find(By::Css("option[value='company_register']")).await.unwrap().click().await.unwrap();
    desk.fill("applicant", "見本 太郎").await;
    desk.click("submit").await;
    desk.find("application").await;
    desk.click("sign-out").await;
    desk.sign_in("s2001").await;
    desk.press(Key::F4).await;
    desk.click("approve").await;
    desk.find("slips").await;
    desk.click("sign-out").await;
    // The right that was not fetched is stopped, too.
    desk.sign_in("t1001").await;
    desk.press(Key::F2).await;
    desk.fill("search-box", &user).await;
    desk.find("hit").await;
    desk.press(Key::Enter).await;
    desk.find("customer").await;
    desk.press(Key::F9).await;
    desk.find("stop-dialog").await;
    desk.keys("1").await;
    desk.press(Key::Enter).await;
    desk.find("stop-done").await;
    let _ = desk.driver.quit().await;
    drop(driver);

    // Two weeks later.
    std::fs::remove_file(folder.path().join("past")).unwrap();
    let (_driver, port) = start_window(folder.path());
    let desk = window(&program, port).await;
    for staff in ["s2001", "h9001"] {
        desk.sign_in(staff).await;
        let words = desk.text("overdue-stops").await;
        assert!(words.contains('1'), "{words}");
        desk.shot(&format!("01-{staff}")).await;
        desk.click("sign-out").await;
    }
    desk.sign_in("s2001").await;
    desk.find("incidents-overdue").await;
    desk.press(Key::F2).await;
    desk.fill("search-box", &user).await;
    desk.find("hit").await;
    desk.press(Key::Enter).await;
    desk.find("incident-overdue").await;
    desk.find("reminder-due").await;
    desk.shot("02-customer").await;
    desk.in_little_room("02-customer").await;
    let _ = desk.driver.quit().await;
}
