//! A ceremony is there as a whole or not at all, and what is left of one is not mistaken for it.
#![allow(clippy::unwrap_used, reason = "tests")]

use std::path::Path;
use std::process::Command;

use super::super::{Operator, names};
use super::init_with;
use crate::clock::Clock;
use crate::config::Config;
use crate::issuance::ceremony;
use crate::testing::{PASSPHRASE, config, start};

async fn said(config: &Config) -> String {
    format!("{:#}", init_with(config, PASSPHRASE, &Clock::at(start())).await.unwrap_err())
}

async fn done(config: &Config) {
    let clock = Clock::at(start());
    init_with(config, PASSPHRASE, &clock).await.unwrap();
    assert!(!config.data_dir.join("keys.new").exists());
    Operator::open_with(config, PASSPHRASE, clock).await.unwrap().close().await.unwrap();
}

#[tokio::test]
async fn a_name_that_is_refused_leaves_nothing_behind() {
    let dir = tempfile::tempdir().unwrap();
    let mut config = config(&dir);
    config.listen.host_names = vec!["日本.jp".to_owned()];
    for _ in 0..2 {
        let error = said(&config).await;
        assert!(error.contains("host_names") && error.contains("日本.jp"), "{error}");
    }
    assert_eq!(std::fs::read_dir(&config.data_dir).unwrap().count(), 0);
    config.listen.host_names = vec!["central.example.jp".to_owned()];
    done(&config).await;
}

/// A small disk, which takes root.
struct Disk(tempfile::TempDir);

impl Disk {
    fn new(options: &str) -> Option<Self> {
        let disk = Self(tempfile::tempdir().unwrap());
        let mounted = Command::new("mount").args(["-t", "tmpfs", "-o", options, "tmpfs"]).arg(disk.0.path()).status();
        mounted.unwrap().success().then_some(disk)
    }

    fn larger(&self, options: &str) {
        let options = format!("remount,{options}");
        assert!(Command::new("mount").args(["-o", &options]).arg(self.0.path()).status().unwrap().success());
    }
}

impl Drop for Disk {
    fn drop(&mut self) {
        let _ = Command::new("umount").arg("-l").arg(self.0.path()).status();
    }
}

#[tokio::test]
async fn a_full_disk_leaves_nothing_behind() {
    let Some(disk) = Disk::new("size=20k") else { return };
    let dir = tempfile::tempdir().unwrap();
    let mut config = config(&dir);
    config.data_dir = disk.0.path().join("data");
    for _ in 0..2 {
        let error = said(&config).await;
        assert!(error.contains("can't write ") && error.contains("keys.new/"), "{error}");
        assert!(error.contains("No space left"), "{error}");
    }
    assert_eq!(std::fs::read_dir(&config.data_dir).unwrap().count(), 0);
    disk.larger("size=20m");
    done(&config).await;
}

#[tokio::test]
async fn what_a_killed_ceremony_left_is_not_in_the_way() {
    let dir = tempfile::tempdir().unwrap();
    let config = config(&dir);
    let left = config.data_dir.join("keys.new");
    std::fs::create_dir_all(&left).unwrap();
    std::fs::write(left.join("root.key"), "half").unwrap();
    // As a package, or a careful administrator, may have made it.
    std::fs::create_dir(config.keys()).unwrap();
    done(&config).await;
}

fn remove(keys: &Path, name: &str) -> Vec<u8> {
    let bytes = std::fs::read(keys.join(name)).unwrap();
    std::fs::remove_file(keys.join(name)).unwrap();
    bytes
}

#[tokio::test]
async fn keys_of_a_log_are_never_to_be_removed() {
    let dir = tempfile::tempdir().unwrap();
    let config = config(&dir);
    let (keys, removes) = (config.keys(), "remove ");
    std::fs::create_dir_all(&config.data_dir).unwrap();
    ceremony(&keys, PASSPHRASE, &names(&config), start()).unwrap();
    // An earlier version's ceremony that was killed.
    let nonce = remove(&keys, "nonce.key");
    let error = said(&config).await;
    assert!(error.contains("run `madoguchi-central init` again"), "{error}");
    assert!(error.contains("there are root.key, ") && error.ends_with("there are no nonce.key"), "{error}");
    std::fs::write(keys.join("nonce.key"), nonce).unwrap();
    done(&config).await;
    // A centre that lives, or whose database is elsewhere at the moment.
    for lost in [false, true] {
        if lost {
            std::fs::rename(config.database_file(), dir.path().join("elsewhere")).unwrap();
        }
        let nonce = remove(&keys, "nonce.key");
        let error = said(&config).await;
        assert!(error.contains("put the missing ones back") && error.contains("nonce.key"), "{error}");
        assert!(error.contains("remove none") && error.matches(removes).count() == 1, "{error}");
        std::fs::write(keys.join("nonce.key"), nonce).unwrap();
    }
    // All of them gone: with the mark, or with the log, that says they were there.
    let away = dir.path().join("away");
    std::fs::rename(&keys, &away).unwrap();
    std::fs::create_dir(&keys).unwrap();
    std::fs::copy(away.join("opened"), keys.join("opened")).unwrap();
    let error = said(&config).await;
    assert!(error.contains("put `keys` back"), "{error}");
    std::fs::remove_dir_all(&keys).unwrap();
    std::fs::rename(dir.path().join("elsewhere"), config.database_file()).unwrap();
    let error = said(&config).await;
    assert!(error.contains("holds a log, and its keys are not in"), "{error}");
    assert!(!keys.exists());
}
