//! The desk is killed at each step of its enrolment, of a renewal, of a move and of its end: what is there afterwards is the
//! old or the new, and the next start goes on.

use std::path::Path;
use std::process::{Command, Stdio};

use desk::enrol::first;
use desk::profile::Profile;
use desk::secrets::Secrets;
use desk::view::EnrolForm;
use desk::{Desk, Over};
use domain::ErrorCode;
use wire::fingerprint::Fingerprint;

use super::renewal::{entries, founded};
use super::*;

fn parts(dir: &Path) -> (Profile, Secrets) {
    (Profile { dir: dir.to_owned(), training: true }, Secrets::Files(dir.join("secrets")))
}

/// Not a test of its own: the desk as a process that can be killed.
#[tokio::test(flavor = "multi_thread")]
#[ignore = "started by the tests of this module"]
async fn desk_process() {
    let _ = rustls::crypto::aws_lc_rs::default_provider().install_default();
    let dir = std::env::var_os("MADOGUCHI_TEST_DIR").expect("started by a test");
    let (profile, secrets) = parts(Path::new(&dir));
    if let Ok(form) = std::env::var("MADOGUCHI_TEST_FORM") {
        let form: EnrolForm = serde_json::from_str(&form).unwrap();
        first::enrol(&profile, &secrets, &form).await.unwrap();
        return;
    }
    let desk = Desk::open_with(profile, &secrets).await.unwrap();
    let before = desk.certificate_until();
    let mut over = desk.over();
    for _ in 0..200 {
        desk.sync_now();
        if desk.certificate_until() != before || !matches!(*over.borrow_and_update(), Over::No | Over::Ending) {
            break;
        }
        tokio::time::sleep(Duration::from_millis(100)).await;
    }
    desk.close().await;
}

/// Starts it, to be killed at this step.
fn killed(dir: &Path, form: Option<&EnrolForm>, step: &str) {
    let mut process = Command::new(std::env::current_exe().unwrap());
    process
        .args(["--exact", "terminals::kill::desk_process", "--ignored"])
        .env("MADOGUCHI_TEST_DIR", dir)
        .env("MADOGUCHI_KILL_AT", step)
        .stdout(Stdio::null())
        .stderr(Stdio::null());
    if let Some(form) = form {
        process.env("MADOGUCHI_TEST_FORM", serde_json::to_string(form).unwrap());
    }
    let ended = process.status().unwrap();
    assert!(!ended.success() && ended.code().is_none(), "not killed at {step}: {ended}");
}

/// The answer is lost with the process, and the invitation is over by the time somebody tries again: the same key gets the
/// first answer.
#[tokio::test(flavor = "multi_thread")]
async fn an_enrolment_goes_on_where_it_was() {
    let clock = central::clock::Clock::at(central::clock::Clock::System.now());
    let mut centre = Centre::with_clock(clock.clone(), |_| {});
    let invitations = ["窓口 1番", "窓口 2番"].map(|label| centre.invite(BRANCH, label));
    centre.start();
    let fingerprint = Fingerprint::of(&std::fs::read(centre.key_file("root.cer")).unwrap()).to_hex();
    for (step, invitation) in ["desk-enrol-trusted", "desk-enrol-answered"].into_iter().zip(invitations) {
        let dir = tempfile::tempdir().unwrap();
        let (centre_at, fingerprint) = (centre.at().enrol.clone(), fingerprint.clone());
        let form = EnrolForm { centre: centre_at, fingerprint, compared: None, invitation };
        killed(dir.path(), Some(&form), step);
        if step == "desk-enrol-answered" {
            clock.advance(chrono::Duration::hours(30));
        }
        let (profile, secrets) = parts(dir.path());
        let fresh = Desk::open_with(profile.clone(), &secrets).await.err().unwrap();
        assert_eq!(fresh.code(), ErrorCode::NotEnrolled, "{step}");
        first::enrol(&profile, &secrets, &form).await.unwrap();
        Desk::open_with(profile, &secrets).await.unwrap().close().await;
    }
    centre.stop();
    assert_eq!(centre.check().findings, []);
}

#[tokio::test(flavor = "multi_thread")]
async fn a_renewal_leaves_the_old_or_the_new() {
    for step in ["desk-renewed", "desk-renewal-kept"] {
        let (mut centre, office, clock) = founded(500).await;
        office.desk.close().await;
        let dir = office.dir.path();
        clock.advance(chrono::Duration::days(490));
        let (profile, secrets) = parts(dir);
        enrolled(dir, &office).await;
        killed(dir, None, step);
        let desk = Desk::open_with(profile, &secrets).await.unwrap();
        until("on-line and new", || async {
            desk.sync_now();
            let late = desk.certificate_until().unwrap() > office.desk.certificate_until().unwrap();
            late && desk.status().await.unwrap().online
        })
        .await;
        assert_eq!(entries(&centre).await, 1, "{step}: asked twice, given once");
        desk.close().await;
        centre.stop();
        assert_eq!(centre.check().findings, []);
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn a_move_leaves_one_branch_or_the_other() {
    for step in ["desk-before-moving", "desk-moved"] {
        let (mut centre, office, head) = world().await;
        office.desk.close().await;
        let dir = office.dir.path();
        enrolled(dir, &office).await;
        head.desk.move_terminal(&office.identity.terminal.to_string(), "012", "窓口 2番").await.unwrap();
        killed(dir, None, step);
        let (profile, secrets) = parts(dir);
        if step == "desk-before-moving" {
            // The old branch's copy is whole, and goes now.
            let desk = Desk::open_with(profile.clone(), &secrets).await.unwrap();
            let mut over = desk.over();
            tokio::time::timeout(PATIENCE, over.wait_for(|over| *over == Over::Moved)).await.unwrap().unwrap();
        }
        let desk = Desk::open_with(profile, &secrets).await.unwrap();
        until("on-line", || async { desk.status().await.unwrap().online }).await;
        assert_eq!(desk.status().await.unwrap().branch_code, "012", "{step}");
        desk.close().await;
        head.desk.close().await;
        centre.stop();
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn what_was_begun_to_be_forgotten_is_forgotten() {
    for step in ["desk-before-forgetting", "desk-forgetting", "desk-forgotten-replica"] {
        let (mut centre, office, head) = world().await;
        office.desk.close().await;
        let dir = office.dir.path();
        enrolled(dir, &office).await;
        head.desk.revoke_terminal(&office.identity.terminal.to_string()).await.unwrap();
        killed(dir, None, step);
        let (profile, secrets) = parts(dir);
        if step == "desk-before-forgetting" {
            // Nothing was begun: it is told once more.
            let desk = Desk::open_with(profile.clone(), &secrets).await.unwrap();
            let mut over = desk.over();
            tokio::time::timeout(PATIENCE, over.wait_for(|over| *over == Over::Revoked)).await.unwrap().unwrap();
        } else {
            // Without a word from the centre.
            centre.stop();
            let refused = Desk::open_with(profile.clone(), &secrets).await.err().unwrap();
            assert_eq!(refused.code(), ErrorCode::TerminalRevoked, "{step}");
        }
        for name in ["replica-key", "terminal-key"] {
            assert!(secrets.get(name).unwrap().is_none(), "{step}: {name}");
        }
        assert!(!profile.replica().exists(), "{step}");
        head.desk.close().await;
        centre.stop();
    }
}

/// As enrolment leaves it, so that a process can open it.
async fn enrolled(dir: &Path, office: &Office) {
    let (profile, secrets) = parts(dir);
    desk::enrol::keep(&profile, &secrets, &office.identity).await.unwrap();
}
