//! A desk in a process of its own, so that its memory is its own: the bench starts itself once more for it.

use std::path::{Path, PathBuf};
use std::process::{Command, Stdio};
use std::time::{Duration, Instant};

use desk::profile::Profile;
use desk::secrets::Secrets;
use desk::{Desk, Identity};
use serde::{Deserialize, Serialize};

use crate::cost::peak_mib;

/// The word by which the bench knows that it is one.
pub(crate) const WORD: &str = "desk-sync";

/// What it saw.
#[derive(Debug, Serialize, Deserialize)]
pub(crate) struct Synced {
    /// Seconds until everything was stored and verified, and until it could be searched.
    pub(crate) stored_s: f64,
    pub(crate) applied_s: f64,
    /// Most memory, while it was stored and in all.
    pub(crate) stored_mib: f64,
    pub(crate) rss_mib: f64,
}

pub(crate) async fn open(dir: &Path) -> Desk {
    let identity: Identity = serde_json::from_slice(&std::fs::read(dir.join("identity.json")).unwrap()).unwrap();
    let profile = Profile { dir: dir.to_owned(), training: true };
    Desk::open(profile, &Secrets::Files(dir.join("secrets")), identity, Default::default()).await.unwrap()
}

/// Syncs from nothing to so many entries, and says what it took.
pub(crate) async fn run(dir: &Path, entries: u32) {
    let begun = Instant::now();
    let desk = open(dir).await;
    let mut stored = None;
    loop {
        let status = desk.status().await.unwrap();
        assert_eq!(status.stopped, None);
        let progress = status.progress;
        if stored.is_none() && progress.as_ref().is_some_and(|p| p.stored >= entries) {
            stored = Some((begun.elapsed().as_secs_f64(), peak_mib(std::process::id())));
        }
        // No progress is shown any more when everything is here and applied.
        if let Some((stored_s, stored_mib)) = stored
            && progress.is_none()
        {
            let (applied_s, rss_mib) = (begun.elapsed().as_secs_f64(), peak_mib(std::process::id()));
            println!("{}", serde_json::to_string(&Synced { stored_s, applied_s, stored_mib, rss_mib }).unwrap());
            return desk.close().await;
        }
        tokio::time::sleep(Duration::from_millis(10)).await;
    }
}

/// Lets a desk of this profile sync in a process of its own.
pub(crate) fn synced(dir: &Path, identity: &Identity, entries: u64) -> Synced {
    std::fs::write(dir.join("identity.json"), serde_json::to_vec(identity).unwrap()).unwrap();
    let program: PathBuf = std::env::current_exe().unwrap();
    let mut command = Command::new(program);
    command.arg(WORD).arg(dir).arg(entries.to_string()).stderr(Stdio::inherit());
    let said = command.output().unwrap();
    assert!(said.status.success());
    serde_json::from_slice(&said.stdout).unwrap()
}
