//! A log begins with the entry that opens it, and keys that have a log never begin another.
#![allow(clippy::unwrap_used, clippy::expect_used, reason = "tests")]

use domain::id::TerminalId;
use domain::terminal::TerminalCommand;

use super::{Operator, backup, init_with};
use crate::clock::Clock;
use crate::config::Config;
use crate::issuance::{Authority, Names, ceremony, log_origin};
use crate::store::act::{Act, Command};
use crate::store::{self, Setting, writer};
use crate::testing::{self, BRANCH, Kind, PASSPHRASE, on_both, operator, start};
use crate::{check, http};

const NO_LOG: &str = "these keys have a log";

/// A configuration whose listeners take any port.
fn config(dir: &tempfile::TempDir, kind: Kind) -> Config {
    let mut config = testing::config(dir);
    let any = std::net::SocketAddr::from(([127, 0, 0, 1], 0));
    (config.listen.terminal, config.listen.enrol) = (any, any);
    (config.listen.portal, config.listen.status) = (any, any);
    config.listen.renewal = any;
    if kind == Kind::Postgres {
        config.database.url = crate::cluster::fresh_database();
    }
    config
}

/// Killed between the ceremony and the first entry.
fn keys_only(config: &Config) {
    let organisation = config.institution.roman_name.clone();
    let names = Names { organisation, log_origin: log_origin(config), hosts: vec!["localhost".to_owned()] };
    std::fs::create_dir_all(&config.data_dir).unwrap();
    ceremony(&config.keys(), PASSPHRASE, &names, start()).unwrap();
}

/// What the service says when it is started and stopped at once.
async fn served(config: &Config) -> anyhow::Result<()> {
    let authority = Authority::open(config, PASSPHRASE)?;
    http::serve(config.clone(), Clock::at(start()), authority, |_| {}, async {}).await
}

async fn refused(config: &Config, words: &str) {
    let clock = Clock::at(start());
    let by_operator = Operator::open_with(config, PASSPHRASE, clock).await.err().expect("an operator's command");
    let by_service = served(config).await.expect_err("the service");
    for error in [by_operator, by_service] {
        assert!(error.to_string().contains(words), "{error:#}");
    }
}

async fn findings(config: &Config) -> Vec<check::Finding> {
    check::check(&config.place().unwrap(), &backup::log_key(config).unwrap()).await.unwrap().findings
}

/// What an earlier version let happen: acts in a log that nobody has opened.
async fn written_before_init(config: &Config, acts: u128) {
    let authority = Authority::open(config, PASSPHRASE).unwrap();
    let database = store::open(&config.place().unwrap()).await.unwrap();
    let setting = Setting::of(config, &authority);
    let (writer, readers, task) = writer::start(database, setting, authority.log(), Clock::at(start())).await.unwrap();
    for n in 0..acts {
        let invite = TerminalCommand::InviteTerminal { branch: BRANCH.parse().unwrap(), label: "窓口".into() };
        let command = Command::Terminal(TerminalId(uuid::Uuid::from_u128(n)), invite);
        writer.act(Act::new(operator(), command)).await.unwrap();
    }
    drop(writer);
    readers.close().await;
    task.await.unwrap().unwrap();
}

async fn nobody_writes_before_the_log_is_opened(kind: Kind) {
    let dir = tempfile::tempdir().unwrap();
    let config = config(&dir, kind);
    keys_only(&config);
    refused(&config, "run `madoguchi-central init`").await;
    assert!(!config.database_file().exists(), "nothing is left behind");
    init_with(&config, PASSPHRASE, &Clock::at(start())).await.unwrap();
    assert_eq!(findings(&config).await, []);
    served(&config).await.unwrap();
}

async fn a_log_that_begins_otherwise_is_found_out(kind: Kind) {
    for acts in [1, 3] {
        let dir = tempfile::tempdir().unwrap();
        let config = config(&dir, kind);
        keys_only(&config);
        written_before_init(&config, acts).await;
        let found = findings(&config).await;
        let what = "entry 0 does not open the log with this key";
        assert!(found.iter().any(|f| f.part == "log" && f.what == what), "{found:?}");
        refused(&config, "entry 0").await;
        let again = init_with(&config, PASSPHRASE, &Clock::at(start())).await.unwrap_err();
        assert!(again.to_string().contains("entry 0"), "{again:#}");
        assert_eq!(findings(&config).await, found, "nothing was written");
    }
}

/// The database is gone, and everything else is there.
async fn lose(config: &mut Config, kind: Kind) {
    match kind {
        Kind::Postgres => config.database.url = crate::cluster::fresh_database(),
        Kind::Sqlite => {
            for end in ["", "-wal", "-shm"] {
                let _ = std::fs::remove_file(config.data_dir.join(format!("central.sqlite{end}")));
            }
        }
    }
}

async fn keys_that_have_a_log_begin_no_other(kind: Kind) {
    let dir = tempfile::tempdir().unwrap();
    let mut config = config(&dir, kind);
    let clock = Clock::at(start());
    init_with(&config, PASSPHRASE, &clock).await.unwrap();
    let kept = dir.path().join("kept.backup");
    crate::backup::write(&config.place().unwrap(), &config.institution.id, &kept, start()).await.unwrap();
    lose(&mut config, kind).await;
    for empty in [false, true] {
        if empty {
            // As an earlier version left it.
            config.place().unwrap().writer().await.unwrap().close().await.unwrap();
            let found = findings(&config).await;
            assert!(found.iter().any(|f| f.part == "log" && f.what.contains("empty")), "{found:?}");
        }
        refused(&config, NO_LOG).await;
        let again = init_with(&config, PASSPHRASE, &clock).await.unwrap_err();
        assert!(again.to_string().contains(NO_LOG), "{again:#}");
        assert_eq!(config.database_file().exists(), empty && kind == Kind::Sqlite, "nothing is made");
    }
    // And the way that is named leads on; also on a machine that the keys were carried to.
    let authority = Authority::open(&config, PASSPHRASE).unwrap();
    crate::backup::restore(&config, &authority, &clock, &kept, None, operator()).await.unwrap();
    served(&config).await.unwrap();
    assert_eq!(findings(&config).await, []);
    // The number that a restore spent tells the same where keys were copied before there was a mark.
    std::fs::remove_file(config.keys().join("opened")).unwrap();
    lose(&mut config, kind).await;
    refused(&config, NO_LOG).await;
}

async fn a_centre_of_before_gets_its_mark(kind: Kind) {
    let dir = tempfile::tempdir().unwrap();
    let mut config = config(&dir, kind);
    let (clock, mark) = (Clock::at(start()), config.keys().join("opened"));
    init_with(&config, PASSPHRASE, &clock).await.unwrap();
    std::fs::remove_file(&mark).unwrap();
    served(&config).await.unwrap();
    assert!(mark.exists());
    std::fs::remove_file(&mark).unwrap();
    Operator::open_with(&config, PASSPHRASE, clock.clone()).await.unwrap().close().await.unwrap();
    assert!(mark.exists());
    let again = init_with(&config, PASSPHRASE, &clock).await.unwrap_err();
    assert!(again.to_string().contains("holds a centre already"), "{again}");
    lose(&mut config, kind).await;
    refused(&config, NO_LOG).await;
}

on_both!(
    nobody_writes_before_the_log_is_opened,
    a_log_that_begins_otherwise_is_found_out,
    keys_that_have_a_log_begin_no_other,
    a_centre_of_before_gets_its_mark,
);
