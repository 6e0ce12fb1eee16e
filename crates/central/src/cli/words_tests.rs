//! What the command line says where something is missing: which file, and what to do.
#![allow(clippy::unwrap_used, reason = "tests")]
use crate::testing::{PASSPHRASE, config, start};

use super::*;

/// What a command says with this configuration.
async fn error(dir: &tempfile::TempDir, config: &Config, command: &[&str]) -> String {
    let file = dir.path().join("central.toml");
    std::fs::write(&file, toml::to_string(config).unwrap()).unwrap();
    let program = [std::ffi::OsString::from("madoguchi-central"), "--config".into(), file.into()];
    let words = program.into_iter().chain(command.iter().map(|word| (*word).into()));
    said(&run(Arguments::try_parse_from(words).unwrap()).await.unwrap_err())
}

#[tokio::test]
async fn without_the_pages_the_service_does_not_start() {
    let dir = tempfile::tempdir().unwrap();
    let mut config = config(&dir);
    config.portal.static_dir = "/nonexistent".into();
    let error = error(&dir, &config, &["serve"]).await;
    assert!(error.contains("/nonexistent/portal.html"), "{error}");
}

#[tokio::test]
async fn on_a_bare_folder_each_command_names_the_file_and_the_next_step() {
    let dir = tempfile::tempdir().unwrap();
    let config = config(&dir);
    let (key, database) = (config.keys().join("log.vkey"), config.database_file());
    let (key, database) = (key.to_str().unwrap(), database.to_str().unwrap());
    let file = dir.path().join("file");
    let file = file.to_str().unwrap();
    for (command, named) in [
        (&["check"][..], key),
        (&["rebuild"], key),
        (&["backup", "verify", file], key),
        (&["log", "export", file], key),
        (&["backup", file], database),
        (&["mail", "list"], database),
        (&["restore", "status"], database),
    ] {
        let error = error(&dir, &config, command).await;
        assert!(error.contains(named) && error.contains("init"), "{command:?}: {error}");
        assert!(error.matches("code: 14").count() <= 1, "{command:?}: {error}");
    }
    for error in [
        crate::issuance::root_crl(&config.keys(), PASSPHRASE, start()).unwrap_err(),
        Authority::open(&config, PASSPHRASE).err().unwrap(),
    ] {
        let error = said(&error);
        assert!(error.contains(config.keys().to_str().unwrap()) && error.contains("init"), "{error}");
    }
}

#[tokio::test]
async fn a_changed_institution_is_said_to_be_one() {
    let dir = tempfile::tempdir().unwrap();
    let mut config = config(&dir);
    init_with(&config, PASSPHRASE, &Clock::at(start())).await.unwrap();
    config.institution.id = "other".parse().unwrap();
    config.portal.static_dir = dir.path().to_owned();
    std::fs::write(dir.path().join("portal.html"), "").unwrap();
    let file = dir.path().join("file");
    for command in [
        &["serve"][..],
        &["check"],
        &["rebuild"],
        &["backup", file.to_str().unwrap()],
        &["log", "export", file.to_str().unwrap()],
        &["restore", "status"],
        &["mail", "list"],
        &["staff", "lock", "--id", "T1001"],
    ] {
        let error = error(&dir, &config, command).await;
        assert!(error.contains("institution.id is \"other\"") && error.contains("\"mihon\""), "{command:?}: {error}");
        assert!(error.contains("set it back"), "{command:?}: {error}");
    }
    assert!(!file.exists());
}

#[tokio::test]
async fn a_terminal_that_is_not_there_is_said_not_to_be() {
    let dir = tempfile::tempdir().unwrap();
    let (config, clock) = (config(&dir), Clock::at(start()));
    init_with(&config, PASSPHRASE, &clock).await.unwrap();
    let operator = Operator::open_with(&config, PASSPHRASE, clock).await.unwrap();
    for id in ["x", "00000000-0000-0000-0000-000000000001"] {
        for refused in [operator.revoke(id).await, operator.move_terminal(id, "001", "窓口").await] {
            let error = said(&refused.unwrap_err());
            assert!(error.contains(&format!("no terminal has the id {id}")), "{error}");
        }
    }
    let unknown = said(&operator.account("T1001", StaffCommand::LockStaff {}).await.unwrap_err());
    assert!(!unknown.contains("{}"), "{unknown}");
    operator.close().await.unwrap();
}
