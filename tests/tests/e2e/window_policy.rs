//! Head office changes the policy in the real window: one person proposes and can't confirm, another one sees what it does and
//! confirms.

use thirtyfour::prelude::*;

use crate::page::Page;
use crate::window::{shown, start_window};

async fn open_policy(desk: &Page) {
    desk.click("nav-admin").await;
    desk.click("admin-policy").await;
    desk.find("policy").await;
}

#[tokio::test(flavor = "multi_thread")]
async fn the_policy_is_changed_by_two_persons() {
    let _ = rustls::crypto::aws_lc_rs::default_provider().install_default();
    let folder = tempfile::tempdir().unwrap();
    let (_driver, port) = start_window(folder.path());
    let desk = shown(port, "policy").await;

    // The first person chooses two settings, is told of a value out of range, and sees what the change does.
    desk.find("sign-in").await;
    desk.sign_in("h9001").await;
    open_policy(&desk).await;
    assert!(desk.text("policy-row-grace_days").await.contains("90日"));
    desk.shot("01-settings").await;
    desk.click("policy-choose-grace_days").await;
    desk.click("policy-choose-idle_lock_minutes").await;
    desk.fill("policy-input-grace_days", "400").await;
    desk.click("policy-look").await;
    desk.find("error").await;
    desk.shot("02-out-of-range").await;
    desk.fill("policy-input-grace_days", "60").await;
    desk.fill("policy-input-idle_lock_minutes", "7").await;
    desk.click("policy-look").await;
    desk.find("policy-effect-grace_lost").await;
    desk.find("policy-effect-from_now_on").await;
    desk.shot("03-outlook").await;
    desk.click("policy-send").await;
    desk.find("policy-waiting").await;
    desk.find("policy-own").await;
    assert!(
        desk.driver.find_all(By::Css("[data-testid='policy-confirm']")).await.unwrap().is_empty(),
        "nobody confirms the own proposal"
    );
    assert_eq!(desk.text("policy-current-grace_days").await, "90日");
    desk.shot("04-waiting-own").await;

    // The second person sees before and after, what it does, and confirms.
    desk.click("sign-out").await;
    desk.find("sign-in").await;
    desk.sign_in("h9002").await;
    open_policy(&desk).await;
    desk.find("policy-effect-grace_lost").await;
    desk.shot("05-waiting-other").await;
    desk.click("policy-confirm").await;
    desk.find("policy-state-confirmed").await;
    assert_eq!(desk.text("policy-current-grace_days").await, "60日");
    assert_eq!(desk.text("policy-current-idle_lock_minutes").await, "7分");
    assert!(desk.text("policy-history").await.contains("h9001") || desk.text("policy-history").await.contains("H9001"));
    desk.shot("06-in-force").await;

    // The log tells of it in words.
    desk.click("nav-log").await;
    desk.find("log-row").await;
    let log = desk.text("log").await;
    assert!(log.contains("運用の設定の変更の提案") && log.contains("運用の設定の変更の確認"), "{log}");
    desk.shot("07-log").await;
    let _ = desk.driver.quit().await;
}
