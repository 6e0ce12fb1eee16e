//! Replicas of other versions. The file of an older one is kept as it was written then, and must open for ever; one of a
//! newer one is refused, and not touched.

use std::path::{Path, PathBuf};

use sqlx::ConnectOptions as _;

use super::*;
use crate::outbox;
use crate::replica::afresh;
use crate::replica::cipher::{self, Cipher};

const GOLDEN_KEY: [u8; 32] = [5; 32];

fn golden() -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("testdata/replica-v5.sqlite")
}

async fn raw(cipher: Cipher, path: &Path, key: &[u8]) -> sqlx::SqliteConnection {
    cipher.options(path, key).connect().await.unwrap()
}

/// Writes the file as version 5 wrote it: a leaf a row, entries by id, no word of what is applied. `UPDATE_GOLDEN=1` makes
/// a missing one, never changes one.
async fn write_golden(log: &mut Log) {
    let mut old = raw(Cipher::Plain, &golden(), &GOLDEN_KEY).await;
    let before = crate::replica::MIGRATIONS.iter().filter(|m| m.version <= 5).cloned().collect::<Vec<_>>();
    let before = sqlx::migrate::Migrator { migrations: before.into(), ..sqlx::migrate::Migrator::DEFAULT };
    before.run(&mut old).await.unwrap();
    let leaves = vec![
        foreign(1),
        recorded(1, "株式会社見本商事", "ミホンショウジ"),
        foreign(2),
        recorded(2, "見本工業", "ミホンコウギョウ"),
    ];
    let answer = log.answer(leaves);
    for (idx, leaf) in (0_i64..).zip(&answer.leaves) {
        let hash = match leaf {
            FeedLeaf::Hash { h } => h.0.clone(),
            FeedLeaf::Entry { e, a } => {
                let entry = Entry::from_bytes(&e.0).unwrap();
                for (text, bytes) in [
                    ("INSERT INTO entry (idx, id, bytes) VALUES ($1, $2, $3)", &e.0),
                    ("INSERT INTO attachment (entry_id, bytes) SELECT $2, $3 WHERE $1 >= 0", &a.as_ref().unwrap().0),
                ] {
                    sqlx::query(text).bind(idx).bind(entry.id.to_string()).bind(bytes).execute(&mut old).await.unwrap();
                }
                tlog::leaf_hash(&e.0).0.to_vec()
            }
        };
        sqlx::query("INSERT INTO leaf (idx, hash) VALUES ($1, $2)")
            .bind(idx)
            .bind(hash)
            .execute(&mut old)
            .await
            .unwrap();
    }
    for (key, value) in [
        ("frontier", log.frontier.to_bytes()),
        ("checkpoint", answer.checkpoint.into_bytes()),
        ("log-key-of-test", log.verifier().to_vkey().into_bytes()),
        ("lists-version", b"1".to_vec()),
    ] {
        sqlx::query("INSERT INTO meta (key, value) VALUES ($1, $2)")
            .bind(key)
            .bind(value)
            .execute(&mut old)
            .await
            .unwrap();
    }
    sqlx::query(
        "INSERT INTO outbox (command_id, customer_id, kind, staff_id, made_at, token, request, state, tries, draft)
         VALUES ('c1', 'k', 'submit_application', 'T1001', '2026-11-24T00:00:00Z', 't', '{\"exact\": \"bytes\"}', 'waiting', 2, 'a1')",
    )
    .execute(&mut old)
    .await
    .unwrap();
    sqlx::query("INSERT INTO draft (application_id, customer_id, saved_at, form) VALUES ('a1', 'k', '', '{}')")
        .execute(&mut old)
        .await
        .unwrap();
    sqlx::query("VACUUM").execute(&mut old).await.unwrap();
    sqlx::Connection::close(old).await.unwrap();
}

#[tokio::test]
async fn a_replica_of_an_older_version_opens_and_loses_nothing() {
    if !golden().exists() && std::env::var_os("UPDATE_GOLDEN").is_some() {
        write_golden(&mut Log::new()).await;
    }
    let dir = tempfile::tempdir().unwrap();
    let path = dir.path().join("replica.sqlite");
    std::fs::copy(golden(), &path).unwrap();
    let replica = Replica::open(&path, &GOLDEN_KEY).await.unwrap();
    assert_eq!((*replica.size.borrow(), *replica.applied.borrow()), (4, 0), "made anew from the entries");
    let mut db = raw(Cipher::Now, &path, &GOLDEN_KEY).await;
    let (entries,): (i64,) = sqlx::query_as("SELECT COUNT(*) FROM entry").fetch_one(&mut db).await.unwrap();
    assert_eq!((entries, cipher::new(&path).exists()), (2, false), "encrypted as today");
    sqlx::Connection::close(db).await.unwrap();
    while behind::step(&replica).await.unwrap() {}
    assert_eq!(rows(&replica).await, (4, 2, 2));
    assert_eq!(customers(&replica, "ミホンショウジ").await.len(), 1);
    let key: (Vec<u8>,) = sqlx::query_as("SELECT value FROM meta WHERE key = 'log-key-of-test'")
        .fetch_one(&replica.readers)
        .await
        .unwrap();
    let verifier = CheckpointVerifier::parse(std::str::from_utf8(&key.0).unwrap()).unwrap();
    verify::read_again(&replica, &verifier, |_| {}).await.unwrap();
    let waiting = outbox::unsent(&replica.readers).await.unwrap();
    let [row] = waiting.as_slice() else { panic!("the act that waited: {waiting:?}") };
    assert_eq!((row.request.as_str(), row.tries, row.draft.as_deref()), ("{\"exact\": \"bytes\"}", 2, Some("a1")));
    let (drafts,): (i64,) = sqlx::query_as("SELECT COUNT(*) FROM draft").fetch_one(&replica.readers).await.unwrap();
    assert_eq!(drafts, 1);
    // Once: the next start has nothing to make anew.
    let before = rebuild::digest(&replica.readers).await.unwrap();
    replica.close().await.unwrap();
    let replica = Replica::open(&path, &GOLDEN_KEY).await.unwrap();
    assert_eq!(*replica.applied.borrow(), 4);
    assert_eq!(rebuild::digest(&replica.readers).await.unwrap(), before);
    replica.close().await.unwrap();
}

#[tokio::test]
async fn a_replica_of_a_newer_version_is_refused_and_not_touched() {
    for newer in [
        "INSERT INTO _sqlx_migrations (version, description, success, checksum, execution_time)
         VALUES (999, 'later', 1, x'00', 0)",
        "UPDATE meta SET value = '999' WHERE key = 'derived-version'",
    ] {
        let dir = tempfile::tempdir().unwrap();
        let path = dir.path().join("replica.sqlite");
        let mut log = Log::new();
        let opened = replica(&dir).await;
        let answer = log.answer(vec![recorded(1, "見本", "ミホン")]);
        take(&opened, &log.verifier(), answer).await.unwrap();
        opened.close().await.unwrap();
        let mut db = raw(Cipher::Now, &path, &KEY).await;
        let done = sqlx::query(newer).execute(&mut db).await.unwrap();
        assert_eq!(done.rows_affected(), 1);
        sqlx::Connection::close(db).await.unwrap();
        let Err(error) = Replica::open(&path, &KEY).await else { panic!("it opened") };
        assert_eq!(error.code(), ErrorCode::ReplicaNewer, "{error}");
        let mut db = raw(Cipher::Now, &path, &KEY).await;
        let (customers,): (i64,) = sqlx::query_as("SELECT COUNT(*) FROM customer").fetch_one(&mut db).await.unwrap();
        assert_eq!(customers, 1, "nothing was thrown away");
        sqlx::Connection::close(db).await.unwrap();
    }
}

/// One with small pages, as the version before wrote it, with what only that desk knows.
async fn of_small_pages(path: &Path, log: &mut Log) {
    let replica = Replica::under(Cipher::SmallPages, path, &KEY).await.unwrap();
    let answer = log.answer(vec![foreign(1), recorded(1, "株式会社見本商事", "ミホンショウジ"), foreign(2)]);
    take(&replica, &log.verifier(), answer).await.unwrap();
    sqlx::query("INSERT INTO draft (application_id, customer_id, saved_at, form) VALUES ('a1', 'k', '', '{}')")
        .execute(&mut *replica.writer().await.unwrap())
        .await
        .unwrap();
    replica.close().await.unwrap();
}

#[tokio::test]
async fn a_replica_of_small_pages_opens_and_is_written_anew() {
    let dir = tempfile::tempdir().unwrap();
    let path = dir.path().join("replica.sqlite");
    let mut log = Log::new();
    of_small_pages(&path, &mut log).await;
    assert!(!cipher::opens(Cipher::Now, &path, &KEY).await, "not as today's");
    let replica = Replica::open(&path, &KEY).await.unwrap();
    assert_eq!(rows(&replica).await, (3, 1, 1));
    verify::read_again(&replica, &log.verifier(), |_| {}).await.unwrap();
    replica.close().await.unwrap();
    assert!(cipher::opens(Cipher::Now, &path, &KEY).await);
}

/// The way back from its damaged file reads what it alone knew, and the file beside it, as they were written then.
#[tokio::test]
async fn what_a_replica_of_small_pages_knew_alone_is_fetched_from_it() {
    let dir = tempfile::tempdir().unwrap();
    let path = dir.path().join("replica.sqlite");
    of_small_pages(&path, &mut Log::new()).await;
    let outcome = afresh::begin(&path, &KEY).await.unwrap();
    assert_eq!((outcome.drafts, outcome.lost.len()), (1, 0), "{outcome:?}");
    let replica = Replica::open(&path, &KEY).await.unwrap();
    let (drafts,): (i64,) = sqlx::query_as("SELECT COUNT(*) FROM draft").fetch_one(&replica.readers).await.unwrap();
    assert_eq!(drafts, 1);
    replica.close().await.unwrap();
}

/// Damaged and of an older version: the way back reads both of its files as they were written then.
#[tokio::test]
async fn what_an_older_replica_knew_alone_is_fetched_from_its_damaged_file() {
    let dir = tempfile::tempdir().unwrap();
    let path = dir.path().join("replica.sqlite");
    std::fs::copy(golden(), &path).unwrap();
    let outcome = afresh::begin(&path, &GOLDEN_KEY).await.unwrap();
    assert_eq!((outcome.outbox, outcome.drafts, outcome.lost.len()), (1, 1, 0), "{outcome:?}");
    let replica = Replica::open(&path, &GOLDEN_KEY).await.unwrap();
    let waiting = outbox::unsent(&replica.readers).await.unwrap();
    assert_eq!(waiting.len(), 1);
    replica.close().await.unwrap();
}

/// Written anew halfway, and the PC is switched off: the old file is there as it was, and the next start does it again.
#[tokio::test]
async fn a_replica_half_brought_over_is_brought_over_again() {
    let dir = tempfile::tempdir().unwrap();
    let path = dir.path().join("replica.sqlite");
    std::fs::copy(golden(), &path).unwrap();
    std::fs::write(cipher::new(&path), b"half of it").unwrap();
    let replica = Replica::open(&path, &GOLDEN_KEY).await.unwrap();
    assert_eq!(*replica.size.borrow(), 4);
    replica.close().await.unwrap();
    assert!(!cipher::new(&path).exists());
    super::super::remove(&path).unwrap();
    assert!(std::fs::read_dir(dir.path()).unwrap().next().is_none(), "nothing stays");
}
