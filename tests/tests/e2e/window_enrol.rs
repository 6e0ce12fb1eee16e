//! A real desk's first start in the real window, without training: typed into the enrolment screen, its keys in the system's
//! keyring. It signs in and works; then it is revoked in the middle of a long poll, and keeps nothing.

use std::path::Path;
use std::time::{Duration, Instant};

use desk::enrol::first;
use desk::secrets::Secrets;
use domain::customer::ApplicationState;
use e2e::centre::{BRANCH, Centre, PASSWORD};
use e2e::office::Office;
use thirtyfour::prelude::*;
use wire::fingerprint::Fingerprint;

use crate::page::{Driver, PATIENCE, Page, free_port};
use crate::window::{shown, start_driver};

/// The window of a real desk: no training, a profile of its own, the keyring of this session.
pub(crate) fn start_desk(profile: &Path) -> (Driver, u16) {
    start_desk_with(profile, &[])
}

/// The same with more in its surroundings.
pub(crate) fn start_desk_with(profile: &Path, more: &[(&str, &std::ffi::OsStr)]) -> (Driver, u16) {
    start_driver(|command| {
        command
            .env_remove("MADOGUCHI_TRAINING")
            .env("MADOGUCHI_PROFILE", profile)
            .env("XDG_DATA_HOME", profile.with_added_extension("data"))
            .env("MADOGUCHI_EXPORT_DIR", profile)
            .envs(more.iter().copied())
    })
}

/// Types everything that the enrolment screen asks for, up to the sign-in.
pub(crate) async fn enrolled(desk: &Page, centre: &Centre, invitation: &str) {
    let words = Fingerprint::of(&std::fs::read(centre.key_file("root.cer")).unwrap()).words().join(" ");
    desk.fill("enrol-centre", centre.at().enrol.trim_start_matches("https://")).await;
    desk.fill("enrol-fingerprint", &words).await;
    desk.click("enrol-look").await;
    desk.find("fingerprint-words").await;
    desk.fill("enrol-invitation", invitation).await;
    desk.click("enrol-button").await;
    desk.find("sign-in").await;
}

/// Signs in at a desk of a real centre.
pub(crate) async fn signed_in(desk: &Page, staff: &str) {
    desk.fill("staff-id", staff).await;
    desk.fill("password", PASSWORD).await;
    desk.press(Key::Enter).await;
    desk.find("today").await;
}

async fn text_of(page: &Page, id: &str) -> String {
    page.find(id).await.text().await.unwrap()
}

#[tokio::test(flavor = "multi_thread")]
async fn a_second_real_desk_from_its_first_start_to_its_end() {
    let _ = rustls::crypto::aws_lc_rs::default_provider().install_default();
    let mut centre = Centre::new(|_| {});
    let [first_desk, head] = [(BRANCH, "窓口 1番"), ("000", "本部 1番")].map(|(b, l)| centre.invite(b, l));
    centre.start();
    let (first_desk, head) = (Office::enrol(&centre, &first_desk).await, Office::enrol(&centre, &head).await);
    head.sign_in("H9001").await;
    head.desk.request_terminal(BRANCH, "窓口 2番").await.unwrap();
    head.sign_in("H9002").await;
    let asked = head.desk.terminals().await.unwrap().into_iter().find(|one| one.label == "窓口 2番").unwrap();
    let invited = head.desk.invite_terminal(&asked.terminal_id, false).await.unwrap();
    let words = Fingerprint::of(&std::fs::read(centre.key_file("root.cer")).unwrap()).words().join(" ");
    assert_eq!(invited.words.join(" "), words);

    let folder = tempfile::tempdir().unwrap();
    let profile = folder.path().join("profile");
    let secrets = Secrets::keyring(&profile).expect("a session bus with an unlocked keyring");
    let (_driver, port) = start_desk(&profile);
    let desk = shown(port, "enrol").await;

    // Not enrolled: the screen for it, and no error.
    desk.find("enrol").await;
    desk.shot("01-first-start").await;
    desk.fill("enrol-centre", &format!("127.0.0.1:{}", free_port())).await;
    desk.click("enrol-look").await;
    desk.driver
        .query(By::Css(".field[data-invalid] .field-error"))
        .wait(PATIENCE, Duration::from_millis(50))
        .first()
        .await
        .unwrap();
    desk.shot("02-nobody-there").await;
    desk.fill("enrol-centre", &invited.centre).await;
    let wrong = Fingerprint::of(b"another").words().join(" ");
    desk.fill("enrol-fingerprint", &wrong).await;
    desk.click("enrol-look").await;
    desk.find("enrol-differs").await;
    desk.shot("03-another-centre").await;
    desk.find("enrol-fingerprint").await.click().await.unwrap();
    desk.press_all(Key::Control + "a").await;
    desk.press(Key::Backspace).await;
    desk.click("enrol-look").await;
    let shown = desk.driver.query(By::Css("[data-testid='fingerprint-words'] li")).all_from_selector().await.unwrap();
    let mut seen = Vec::new();
    for word in shown {
        seen.push(word.text().await.unwrap());
    }
    assert_eq!(seen.join(" "), words, "what the paper says");
    desk.click("enrol-compared").await;
    desk.fill("enrol-invitation", "AAAA-AAAA-AAAA-AAAA-AAAA").await;
    desk.click("enrol-button").await;
    desk.driver
        .query(By::Css(".field[data-invalid] [data-testid='enrol-invitation']"))
        .wait(PATIENCE, Duration::from_millis(50))
        .first()
        .await
        .unwrap();
    desk.shot("04-wrong-invitation").await;
    desk.fill("enrol-invitation", &invited.invitation).await;
    desk.shot("05-compared").await;
    desk.click("enrol-button").await;

    // Without a restart: the sign-in screen, and one act.
    desk.find("sign-in").await;
    desk.shot("06-sign-in").await;
    assert!(secrets.get("replica-key").unwrap().is_some() && secrets.get("terminal-key").unwrap().is_some());
    desk.fill("staff-id", "t1001").await;
    desk.fill("password", PASSWORD).await;
    desk.click("sign-in-button").await;
    desk.find("today").await;
    desk.press(Key::F2).await;
    first_desk.sign_in("T1001").await;
    let customer = first_desk.record_customer("1234567", "株式会社見本商店", "ミホンショウテン").await;
    let form = first_desk.new_contract(&customer, "4000000001", "WINDOW01").await;
    let application = form.application_id.clone();
    first_desk.submit(form).await;
    desk.find("sign-out").await.click().await.unwrap();
    desk.find("sign-in").await;
    desk.fill("staff-id", "s2001").await;
    desk.fill("password", PASSWORD).await;
    desk.click("sign-in-button").await;
    desk.find("today").await;
    desk.press(Key::F4).await;
    desk.click("approve").await;
    let begun = Instant::now();
    while first_desk.desk.application(&application).await.unwrap().state != ApplicationState::Approved {
        assert!(begun.elapsed() < PATIENCE, "not approved");
        tokio::time::sleep(Duration::from_millis(50)).await;
    }
    desk.shot("07-approved").await;

    // Revoked, in the middle of a long poll.
    let begun = Instant::now();
    head.desk.revoke_terminal(&asked.terminal_id).await.unwrap();
    desk.find("cut-off").await;
    let taken = begun.elapsed();
    desk.shot("08-cut-off").await;
    let said = text_of(&desk, "cut-off").await;
    assert!(said.contains("取り消されました") && !said.contains("見本商店"), "{said}");
    assert!(taken < Duration::from_secs(5), "{taken:?}");
    assert!(secrets.get("replica-key").unwrap().is_none(), "its key is gone");
    assert!(secrets.get("terminal-key").unwrap().is_none());
    assert!(!profile.join("replica.sqlite").exists());
    let held = head.desk.terminals().await.unwrap();
    assert!(held.iter().any(|one| one.terminal_id == asked.terminal_id && one.version == env!("CARGO_PKG_VERSION")));

    // And it may be enrolled as another one, by the line of a paper.
    head.desk.request_terminal(BRANCH, "窓口 3番").await.unwrap();
    head.sign_in("H9001").await;
    let third = head.desk.terminals().await.unwrap().into_iter().find(|one| one.label == "窓口 3番").unwrap();
    let third = head.desk.invite_terminal(&third.terminal_id, false).await.unwrap();
    assert_eq!(first::read_paper(&third.line).unwrap().invitation, third.invitation);
    desk.click("enrol-again").await;
    desk.find("enrol").await;
    desk.fill("enrol-paper", &third.line).await;
    desk.find("enrol-fits").await;
    desk.shot("09-by-its-line").await;
    desk.click("enrol-button").await;
    desk.find("sign-in").await;
    desk.driver.quit().await.unwrap();
    first_desk.desk.close().await;
    head.desk.close().await;
    centre.stop();
    assert_eq!(centre.check().findings, []);
}
