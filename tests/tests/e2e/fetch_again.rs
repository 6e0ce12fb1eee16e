//! 台帳の写しの取り直し: a desk's file is damaged while an act waits and the centre is out of reach. Nothing that only this desk knows is
//! lost.

use std::process::{Command, Stdio};
use std::time::Duration;

use desk::profile::Profile;
use desk::secrets::Secrets;
use desk::view::{ApplicationForm, OutboxState};
use domain::ErrorCode;
use e2e::centre::{BRANCH, Centre, PASSWORD};
use e2e::office::Office;

use crate::trouble::open;

/// A closed desk whose file was damaged while an act waited and the centre was out of reach.
struct Damaged {
    centre: Centre,
    office: Office,
    /// What waits, and what was put by.
    form: ApplicationForm,
    draft: ApplicationForm,
    /// The file's octets.
    bytes: Vec<u8>,
}

async fn damaged() -> Damaged {
    let mut centre = Centre::new(|_| {});
    let invitation = centre.invite(BRANCH, "窓口 1番");
    let at = centre.start().terminal.clone();
    let office = Office::enrol(&centre, &invitation).await;
    office.sign_in("T1001").await;
    let customer = office.record_customer("1234567", "見本商店", "ミホンショウテン").await;
    let form = office.new_contract(&customer, "5000000001", "USER00001").await;
    let mut draft = office.new_contract(&customer, "5000000002", "USER00002").await;
    draft.application_id = uuid::Uuid::now_v7().to_string();
    office.desk.save_draft(draft.clone()).await.unwrap();
    centre.stop();
    centre.config.listen.terminal = at.trim_start_matches("https://").parse().unwrap();
    while office.desk.status().await.unwrap().online {
        tokio::time::sleep(Duration::from_millis(50)).await;
    }
    let sent = office.desk.submit_application(form.clone()).await.unwrap();
    assert_eq!(sent.state, OutboxState::Waiting, "{sent:?}");
    office.desk.close().await;
    // A reader that was the last to go leaves the write-ahead log, whose pages would hide the damage of the file.
    let (file, wal) = (office.dir.path().join("replica.sqlite"), office.dir.path().join("replica.sqlite-wal"));
    for _ in 0..20 {
        if !wal.exists() {
            break;
        }
        open(office.dir.path(), &office.identity).await.unwrap().close().await;
    }
    assert!(!wal.exists(), "the write-ahead log stays");
    let mut bytes = std::fs::read(&file).unwrap();
    for page in bytes.chunks_mut(4096) {
        page[2000] ^= 4;
    }
    std::fs::write(&file, &bytes).unwrap();
    Damaged { centre, office, form, draft, bytes }
}

/// Not a test of its own: fetching again as a process that can be killed.
#[tokio::test(flavor = "multi_thread")]
#[ignore = "started by the test below"]
async fn fetching_process() {
    let dir = std::env::var_os("MADOGUCHI_TEST_DIR").expect("started by a test");
    let profile = Profile { dir: dir.into(), training: true };
    desk::afresh::begin(&profile, &Secrets::of(&profile).unwrap()).await.unwrap();
}

/// Switched off at any step of it: the next start has the waiting act and the draft, from whichever file is whole.
#[tokio::test(flavor = "multi_thread")]
async fn killed_at_any_step_of_fetching_again_nothing_of_its_own_is_lost() {
    let Damaged { office, draft, bytes, .. } = damaged().await;
    for step in ["begun", "carried", "written", "aside", "placed"] {
        let copy = tempfile::tempdir().unwrap();
        let (from, dir) = (office.dir.path().join("."), copy.path());
        assert!(Command::new("cp").arg("-a").arg(from).arg(dir).status().unwrap().success());
        let ended = Command::new(std::env::current_exe().unwrap())
            .args(["--exact", "fetch_again::fetching_process", "--ignored", "--nocapture"])
            .env("MADOGUCHI_TEST_DIR", dir)
            .env("MADOGUCHI_KILL_AT", format!("desk-afresh-{step}"))
            .stdout(Stdio::null())
            .stderr(Stdio::null())
            .status()
            .unwrap();
        assert!(ended.code().is_none(), "it did not die at {step}: {ended}");
        let desk = match open(dir, &office.identity).await {
            Ok(desk) => desk,
            Err(refused) => {
                assert_eq!(refused.code(), ErrorCode::ReplicaUnreadable, "{step}: {refused}");
                let profile = Profile { dir: dir.to_owned(), training: true };
                desk::afresh::begin(&profile, &Secrets::of(&profile).unwrap()).await.unwrap();
                open(dir, &office.identity).await.unwrap()
            }
        };
        while desk.status().await.unwrap().state == desk::view::DeskState::Starting {
            tokio::time::sleep(Duration::from_millis(50)).await;
        }
        let status = desk.sign_in("T1001", PASSWORD).await.unwrap();
        let outcome = status.refetched.unwrap();
        assert_eq!((outcome.outbox, outcome.lost.as_slice()), (1, [].as_slice()), "{step}: {outcome:?}");
        assert_eq!(std::fs::read(dir.join(&outcome.kept_as)).unwrap(), bytes, "{step}: kept as it was");
        assert_eq!(desk.sync_status().await.unwrap().outbox.len(), 1, "{step}");
        assert!(desk.drafts().await.unwrap().iter().any(|one| one.form == draft), "{step}: the draft");
        desk.close().await;
    }
}

/// It does not open; fetched again it has the log, the act with its exact octets, the draft, and who may sign in without the
/// centre. The act is done once.
#[tokio::test(flavor = "multi_thread")]
async fn a_damaged_replica_is_fetched_again_and_what_waits_is_sent() {
    let Damaged { mut centre, office, form, draft, bytes } = damaged().await;
    let dir = office.dir.path();
    let profile = Profile { dir: dir.to_owned(), training: true };
    let refused = open(dir, &office.identity).await.err().expect("opened a damaged file");
    assert_eq!(refused.code(), ErrorCode::ReplicaUnreadable, "{refused}");
    assert!(desk::afresh::helps(refused.code()) && !desk::afresh::helps(ErrorCode::LogMismatch));
    let outcome = desk::afresh::begin(&profile, &Secrets::of(&profile).unwrap()).await.unwrap();
    assert_eq!((outcome.outbox, outcome.lost.as_slice()), (1, [].as_slice()), "{outcome:?}");
    assert_eq!(std::fs::read(dir.join(&outcome.kept_as)).unwrap(), bytes, "kept as it was");

    // Still without the centre: whoever could sign in before can do so now.
    let desk = open(dir, &office.identity).await.unwrap();
    while desk.status().await.unwrap().state == desk::view::DeskState::Starting {
        tokio::time::sleep(Duration::from_millis(50)).await;
    }
    let status = desk.sign_in("T1001", PASSWORD).await.unwrap();
    assert!(status.offline_until.is_some() && status.refetched == Some(outcome), "{status:?}");
    assert_eq!(desk.sync_status().await.unwrap().outbox.len(), 1);
    centre.start();
    while !desk.status().await.unwrap().online || !desk.sync_status().await.unwrap().outbox.is_empty() {
        tokio::time::sleep(Duration::from_millis(50)).await;
    }
    desk.sign_in("T1001", PASSWORD).await.unwrap();
    assert_eq!(
        desk.application(&form.application_id).await.unwrap().state,
        domain::customer::ApplicationState::Submitted
    );
    assert!(desk.drafts().await.unwrap().iter().any(|one| one.form == draft), "the draft");
    desk.refetched_read().await.unwrap();
    assert_eq!(desk.status().await.unwrap().refetched, None, "read");
    desk.close().await;
    centre.stop();
    assert_eq!(centre.check().findings, []);
}
