//! A real desk, outside training: its secrets are in the system's keyring, or it does not start.

use std::process::{Command, Stdio};

use desk::profile::Profile;
use desk::secrets::Secrets;
use desk::{Desk, DeskError, enrol};
use e2e::centre::{BRANCH, Centre, PASSWORD};
use e2e::office::root_pem;

#[tokio::test(flavor = "multi_thread")]
async fn an_enrolled_desk_opens_with_what_the_keyring_holds() {
    let mut centre = Centre::new(|_| {});
    let invitation = centre.invite(BRANCH, "窓口 1番");
    centre.start();
    let dir = tempfile::tempdir().unwrap();
    let profile = Profile { dir: dir.path().to_owned(), training: false };
    let secrets = Secrets::keyring(dir.path()).expect("a session bus with an unlocked keyring (./dev test has one)");
    assert!(matches!(Desk::open_enrolled(profile.clone()).await, Err(DeskError::Refused(_))), "not enrolled yet");
    let identity = enrol::enrol(&centre.at().enrol, &root_pem(&centre), &invitation, &secrets).await.unwrap();
    enrol::keep(&profile, &secrets, &identity).await.unwrap();
    for _ in 0..2 {
        let desk = Desk::open_enrolled(profile.clone()).await.unwrap();
        desk.sign_in("T1001", PASSWORD).await.unwrap();
        assert!(!desk.status().await.unwrap().training);
        desk.close().await;
    }
    let files: Vec<String> =
        std::fs::read_dir(dir.path()).unwrap().map(|e| e.unwrap().file_name().into_string().unwrap()).collect();
    assert!(
        files.iter().all(|name| name.starts_with("replica.sqlite") || name.starts_with("own.sqlite")),
        "no key in a file: {files:?}"
    );
    let key = secrets.get("terminal-key").unwrap().unwrap();
    let replica = std::fs::read(profile.replica()).unwrap();
    assert!(!replica.windows(key.len()).any(|window| window == key.as_slice()));
}

/// Not a test of its own: a desk where there is no session bus.
#[tokio::test]
#[ignore = "started by the test below"]
async fn desk_without_a_bus() {
    let dir = tempfile::tempdir().unwrap();
    let profile = Profile { dir: dir.path().to_owned(), training: false };
    let refused = Desk::open_enrolled(profile).await.err().expect("started without a keyring");
    assert!(matches!(refused, DeskError::Keyring(_)), "{refused}");
    assert_eq!(std::fs::read_dir(dir.path()).unwrap().count(), 0, "and nothing was written");
}

#[test]
fn without_a_keyring_a_desk_does_not_start() {
    let ended = Command::new(std::env::current_exe().unwrap())
        .args(["--exact", "keyring::desk_without_a_bus", "--ignored"])
        .env("DBUS_SESSION_BUS_ADDRESS", "unix:path=/nonexistent")
        .stdout(Stdio::null())
        .status()
        .unwrap();
    assert!(ended.success(), "{ended}");
}
