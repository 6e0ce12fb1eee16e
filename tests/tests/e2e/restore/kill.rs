//! Killed in the midst of it: of the restore, of what desks send back and of its end, and of a desk that goes over.

use std::path::Path;
use std::process::{Command, Stdio};

use desk::profile::Profile;
use desk::secrets::Secrets;
use desk::{Desk, Identity};
use e2e::centre::{BRANCH, PASSPHRASE};
use e2e::served::{self, Served};

use super::world::{World, until};

const RESTORE: [&str; 4] =
    ["centre-restore-marked", "centre-restore-table:3", "centre-restore-table:9", "centre-restore-before-commit"];
const RECOVERY: [&str; 4] =
    ["centre-piece-taken", "centre-recovery-page", "centre-recovered", "centre-before-checkpoint"];
const DESK: [&str; 5] =
    ["desk-epoch-cut", "desk-epoch-before-commit", "desk-epoch-committed", "desk-before-send-back", "desk-sent-back"];

/// The operator's command in a process that dies at a step.
fn dies(world: &World, arguments: &[&str], step: &str) {
    let file = world.centre.dir.path().join("central.toml");
    std::fs::write(&file, toml::to_string(&world.centre.config).unwrap()).unwrap();
    let status = Command::new(served::program())
        .arg("--config")
        .arg(file)
        .args(arguments)
        .env("MADOGUCHI_KEY_PASSPHRASE", PASSPHRASE)
        .env("MADOGUCHI_KILL_AT", step)
        .stdout(Stdio::null())
        .stderr(Stdio::null())
        .status()
        .unwrap();
    assert!(status.code().is_none(), "did not die at {step}: {status}");
}

#[tokio::test(flavor = "multi_thread")]
async fn killed_at_any_step_nothing_is_half_done() {
    let mut world = World::begin(&[(BRANCH, "窓口 1番"), (BRANCH, "窓口 2番")]).await;
    let before = world.certificate(1).await;
    let path = world.centre.dir.path().join("killed.backup");
    let file = path.to_str().unwrap().to_owned();
    for step in ["centre-backup-table:3", "centre-backup-written"] {
        dies(&world, &["backup", &file], step);
        assert!(!path.exists(), "{step}: a backup that has its name is complete");
    }
    served::operator(&world.centre, &["backup", &file]).unwrap();
    assert!(served::operator(&world.centre, &["backup", &file]).unwrap_err().contains("not overwritten"));
    let verified = served::operator(&world.centre, &["backup", "verify", &file]).unwrap();
    assert!(verified.contains("agree"), "{verified}");
    let after = world.certificate(2).await;
    world.agree().await;

    // The restore.
    world.lose();
    for step in RESTORE {
        dies(&world, &["restore", &file], step);
    }
    let said = served::operator(&world.centre, &["restore", &file]).unwrap();
    assert!(said.contains("epoch 5 is open"), "a number is spent by each try: {said}");
    assert!(served::operator(&world.centre, &["restore", &file]).unwrap_err().contains("not empty"));

    // What the desks send back, and its end.
    for step in RECOVERY {
        let mut dying = Served::start(&world.centre, Some(step)).await;
        assert!(!dying.died().await.success(), "{step}");
        drop(dying);
        assert_eq!(world.centre.check().findings, [], "after {step}");
    }
    world.start();
    for office in &world.offices {
        until("over", || async {
            let status = office.desk.status().await.unwrap();
            status.online && !status.recovering
        })
        .await;
    }
    world.agree().await;
    assert_eq!([world.ocsp(&before.serial), world.ocsp(&after.serial)], ["good", "good"]);

    // And the tables, thrown away and made again.
    world.centre.stop();
    for step in ["centre-rebuild-page", "centre-rebuild-table:2", "centre-rebuild-before-commit"] {
        dies(&world, &["rebuild"], step);
        assert_eq!(world.centre.check().findings, [], "after {step}");
    }
    served::operator(&world.centre, &["rebuild"]).unwrap();
    let status = served::operator(&world.centre, &["restore", "status"]).unwrap();
    assert!(status.contains("nothing to recover"), "{status}");
    world.start();
    world.finish().await;
}

/// Not a test of its own: a desk as a process that can be killed.
#[tokio::test(flavor = "multi_thread")]
#[ignore = "started by the test below"]
async fn desk_process() {
    let _ = rustls::crypto::aws_lc_rs::default_provider().install_default();
    let dir = std::env::var_os("MADOGUCHI_TEST_DIR").expect("started by a test");
    let dir = Path::new(&dir);
    let identity: Identity = serde_json::from_slice(&std::fs::read(dir.join("identity.json")).unwrap()).unwrap();
    let profile = Profile { dir: dir.to_owned(), training: true };
    let desk = Desk::open(profile, &Secrets::Files(dir.join("secrets")), identity, Default::default()).await.unwrap();
    // It goes over and sends back; the steps on that way are passed.
    until("over", || async {
        let status = desk.status().await.unwrap();
        status.online && !status.recovering
    })
    .await;
    tokio::time::sleep(std::time::Duration::from_secs(5)).await;
}

#[tokio::test(flavor = "multi_thread")]
async fn a_desk_killed_while_it_goes_over_goes_on() {
    let mut world = World::begin(&[(BRANCH, "窓口 1番"), (BRANCH, "窓口 2番")]).await;
    let backup = world.backup().await;
    for (n, step) in DESK.iter().enumerate() {
        let issued = world.certificate(u32::try_from(n + 1).unwrap()).await;
        world.agree().await;
        let office = world.offices.pop().unwrap();
        office.desk.close().await;
        std::fs::write(office.dir.path().join("identity.json"), serde_json::to_vec(&office.identity).unwrap()).unwrap();
        world.lose();
        world.restore(&backup).await;
        world.start();
        let ended = Command::new(std::env::current_exe().unwrap())
            .args(["--exact", "restore::kill::desk_process", "--ignored", "--nocapture"])
            .env("MADOGUCHI_TEST_DIR", office.dir.path())
            .env("MADOGUCHI_KILL_AT", step)
            .stdout(Stdio::null())
            .stderr(Stdio::null())
            .status()
            .unwrap();
        assert!(ended.code().is_none(), "did not die at {step}: {ended}");
        world.offices.push(office.reopen().await);
        for office in &world.offices {
            until(&format!("{step}: over"), || async {
                let status = office.desk.status().await.unwrap();
                status.online && !status.recovering
            })
            .await;
        }
        world.agree().await;
        assert_eq!(world.ocsp(&issued.serial), "good", "{step}");
        assert_eq!(world.offices[1].desk.status().await.unwrap().lost, 0, "{step}");
    }
    world.finish().await;
}
