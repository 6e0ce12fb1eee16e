//! A stop that nobody looked at for two weeks, in the real window: reported in a week that lies behind (the whole program runs
//! under another clock), and what supervisor and head office are shown first today.

use std::os::unix::fs::PermissionsExt as _;
use std::path::{Path, PathBuf};

use thirtyfour::prelude::*;

use crate::page::Page;
use crate::window::{application, shown_by, start_window};

/// The program, started two weeks ago as long as the file `past` is there.
pub(crate) fn program(folder: &Path) -> PathBuf {
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

pub(crate) async fn window(program: &Path, port: u16, name: &'static str) -> Page {
    let page = shown_by(program, port, name).await;
    page.find("sign-in").await;
    page
}

/// An application is approved, and its right stopped before it is fetched: it counts, too. Gives
/// the user ID.
pub(crate) async fn stops_before_fetched(desk: &Page) -> String {
    desk.sign_in("t1001").await;
    desk.open_customer("ヤマダ").await;
    let user = desk.registers().await;
    desk.click("sign-out").await;
    desk.sign_in("s2001").await;
    desk.press(Key::F4).await;
    desk.click("approve").await;
    desk.find("slips").await;
    desk.click("sign-out").await;
    desk.sign_in("t1001").await;
    desk.open_customer(&user).await;
    desk.press(Key::F9).await;
    desk.find("stop-dialog").await;
    desk.keys("1").await;
    desk.press(Key::Enter).await;
    desk.find("stop-done").await;
    user
}

#[tokio::test(flavor = "multi_thread")]
async fn a_stop_without_a_check_mark_comes_first_two_weeks_later() {
    let _ = rustls::crypto::aws_lc_rs::default_provider().install_default();
    let folder = tempfile::tempdir().unwrap();
    let program = program(folder.path());
    std::fs::write(folder.path().join("past"), "").unwrap();

    let (driver, port) = start_window(folder.path());
    let desk = window(&program, port, "overdue").await;
    let user = stops_before_fetched(&desk).await;
    let _ = desk.driver.quit().await;
    drop(driver);

    // Two weeks later.
    std::fs::remove_file(folder.path().join("past")).unwrap();
    let (_driver, port) = start_window(folder.path());
    let desk = window(&program, port, "overdue").await;
    for staff in ["s2001", "h9001"] {
        desk.sign_in(staff).await;
        let words = desk.text("overdue-stops").await;
        assert!(words.contains('1'), "{words}");
        desk.shot(&format!("01-{staff}")).await;
        desk.click("sign-out").await;
    }
    desk.sign_in("s2001").await;
    desk.find("incidents-overdue").await;
    desk.open_customer(&user).await;
    desk.find("incident-overdue").await;
    desk.find("reminder-due").await;
    desk.shot("02-customer").await;
    desk.in_little_room("02-customer").await;
    let _ = desk.driver.quit().await;
}
