//! 日次検印 in the real window: what happened on a business day two weeks ago is looked at and signed off by keyboard, and its
//! 発行管理簿 is shown and saved.

use std::path::Path;

use chrono::{Duration, Utc};
use domain::Policy;
use domain::branch::BusinessDays;
use e2e::office::text;
use thirtyfour::prelude::*;

use crate::page::Page;
use crate::window::start_window;
use crate::window_overdue::{program, stops_before_fetched, window};

#[tokio::test(flavor = "multi_thread")]
async fn a_day_is_signed_off_by_keyboard() {
    let _ = rustls::crypto::aws_lc_rs::default_provider().install_default();
    let folder = tempfile::tempdir().unwrap();
    let program = program(folder.path());
    std::fs::write(folder.path().join("past"), "").unwrap();
    let day = BusinessDays::always(Policy::default()).day_of(Utc::now() - Duration::days(14)).to_string();
    let (driver, port) = start_window(folder.path());
    let desk = window(&program, port, "sign-off").await;
    let _ = stops_before_fetched(&desk).await;
    let _ = desk.driver.quit().await;
    drop(driver);

    // Two weeks later.
    std::fs::remove_file(folder.path().join("past")).unwrap();
    let (_driver, port) = start_window(folder.path());
    let desk = window(&program, port, "sign-off").await;
    desk.sign_in("s2001").await;
    desk.press(Key::F11).await;
    desk.find("sign-off-missing").await;
    // The days before it had no exceptions; its own place in the list is found by the arrow keys.
    let newest = desk.driver.query(By::Css(".day-list a")).first().await.unwrap();
    newest.focus().await.unwrap();
    let wanted = format!("day-{day}");
    for _ in 0..40 {
        if desk.focused().await == wanted {
            break;
        }
        desk.press(Key::Down).await;
    }
    assert_eq!(desk.focused().await, wanted);
    desk.press(Key::Enter).await;
    desk.find("day-exceptions").await;
    let exceptions = desk.text("day-exceptions").await;
    assert!(exceptions.contains("緊急停止"), "{exceptions}");
    desk.shot("01-day").await;
    desk.in_little_room("01-day").await;
    desk.tab_to("sign-off-comment").await;
    desk.keys("緊急停止は電話の記録と照合しました").await;
    desk.shot("02-comment").await;
    desk.tab_to("sign-off-send").await;
    desk.press(Key::Enter).await;
    let done = desk.text("signed-off").await;
    assert!(done.contains("緊急停止は電話の記録と照合しました"), "{done}");
    desk.shot("03-signed").await;
    desk.click("ledger").await;
    desk.find("paper").await;
    desk.shot("04-ledger").await;
    desk.click("save-ledger").await;
    desk.find("exported").await;
    let saved = std::fs::read_dir(folder.path()).unwrap().map(|entry| entry.unwrap().path());
    let saved = saved.into_iter().find(|path| path.extension().is_some_and(|one| one == "pdf")).unwrap();
    let written: String = text(&std::fs::read(saved).unwrap()).split_whitespace().collect();
    assert!(written.contains("◆緊急停止") && written.contains("S2001"), "{written}");

    // The month's figures, and the same as a workbook.
    desk.press(Key::F12).await;
    let figures = desk.text("report-issued").await;
    assert!(figures.contains('1'), "{figures}");
    desk.shot("05-report").await;
    desk.in_little_room("05-report").await;
    desk.choose("export-format", "xlsx").await;
    desk.press_all(Key::Control + "e").await;
    desk.find("exported").await;
    let mut files = std::fs::read_dir(folder.path()).unwrap().map(|entry| entry.unwrap().path());
    assert!(files.any(|path| path.extension().is_some_and(|one| one == "xlsx")));
    on_paper_and_as_pictures(&desk, folder.path()).await;
    desk.press(Key::F11).await;
    desk.find("sign-off-missing").await;
    desk.shot("06-days").await;
    let _ = desk.driver.quit().await;
}

/// A chart of the report as a picture, the figures it is drawn from, and all of it on paper and back again.
async fn on_paper_and_as_pictures(desk: &Page, folder: &Path) {
    desk.click("save-chart-stopped").await;
    let picture = saved(folder, "一時停止・失効・取得期限切れの件数_", ".svg").await;
    assert!(picture.contains("<title>一時停止・失効・取得期限切れの件数</title>"), "{}", &picture[..300]);
    desk.choose("export-format", "csv_utf8").await;
    desk.click("save-figures-issued").await;
    let figures = saved(folder, "発行・再発行・取得の件数_", ".csv").await;
    assert!(figures.lines().count() == 4 && figures.contains("再発行,"), "{figures}");
    desk.press_all(Key::Control + "p").await;
    desk.find("paper").await;
    desk.shot("05-report-paper").await;
    desk.click("report-back").await;
    desk.find("report-table").await;
}

/// What is in a file, once it has its name: then all of it is there.
async fn saved(folder: &Path, begins: &str, ends: &str) -> String {
    let begun = std::time::Instant::now();
    loop {
        let mut files = std::fs::read_dir(folder).unwrap().map(|entry| entry.unwrap());
        let found = files.find(|file| {
            let name = file.file_name().to_string_lossy().into_owned();
            name.starts_with(begins) && name.ends_with(ends)
        });
        if let Some(file) = found {
            return std::fs::read_to_string(file.path()).unwrap();
        }
        assert!(begun.elapsed().as_secs() < 20, "{begins}…{ends} is not saved");
        tokio::time::sleep(std::time::Duration::from_millis(50)).await;
    }
}
