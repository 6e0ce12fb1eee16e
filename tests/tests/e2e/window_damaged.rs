//! A damaged copy of the log in the real window: the stop screen says so, offers the way back, and the branch works on.

use std::path::Path;

use thirtyfour::prelude::*;

use crate::page::Page;
use crate::window::{shown, start_window};

async fn window(folder: &Path) -> (crate::page::Driver, Page) {
    let (process, port) = start_window(folder);
    (process, shown(port, "damaged").await)
}

#[tokio::test(flavor = "multi_thread")]
async fn a_damaged_copy_is_fetched_again_from_the_stop_screen() {
    let _ = rustls::crypto::aws_lc_rs::default_provider().install_default();
    let folder = tempfile::tempdir().unwrap();
    {
        let (_process, page) = window(folder.path()).await;
        page.find("sign-in").await;
        page.driver.clone().quit().await.unwrap();
    }
    let file = folder.path().join("profile/replica.sqlite");
    let mut bytes = std::fs::read(&file).unwrap();
    for page in bytes.chunks_mut(4096) {
        page[1000] ^= 1;
    }
    std::fs::write(&file, &bytes).unwrap();
    let _ = std::fs::remove_file(file.with_extension("sqlite-wal"));

    let (_process, page) = window(folder.path()).await;
    page.find("stopped").await;
    let error = page.find("error").await;
    assert_eq!(error.attr("data-code").await.unwrap().as_deref(), Some("replica_unreadable"));
    page.shot("01-stopped").await;
    page.click("fetch-again").await;
    page.find("fetch-again-dialog").await;
    page.shot("02-asked").await;
    page.click("fetch-again-yes").await;
    page.find("sign-in").await;
    page.sign_in("t1001").await;
    let told = page.text("refetched").await;
    assert!(told.contains("replica-damaged-1.sqlite"), "{told}");
    assert!(folder.path().join("profile/replica-damaged-1.sqlite").exists());
    page.shot("03-fetched-again").await;
    page.press(Key::F2).await;
    page.fill("search-box", "ヤマダ").await;
    page.find("hit").await;
    page.click("refetched-read").await;
    let gone = page
        .driver
        .query(By::Css("[data-testid='refetched']"))
        .wait(crate::page::PATIENCE, std::time::Duration::from_millis(50));
    gone.not_exists().await.unwrap();
}
