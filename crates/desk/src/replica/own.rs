//! What only this desk knows, a second time: outbox, drafts, what was set aside, verifiers and identity stand in a file of
//! their own beside the replica, under the same key, and change with it. Both count the changes. A replica that has counted
//! fewer has lost some, whatever its disk says; so it is not opened, and the way back (`afresh`) reads the other.

use std::path::{Path, PathBuf};

use sqlx::{AssertSqlSafe, SqliteConnection};

use super::cipher::attach;
use super::{number, set};
use crate::error::DeskError;

/// The tables, and what tells their rows apart.
pub(super) const TABLES: [(&str, &[&str]); 5] = [
    ("outbox", &["seq"]),
    ("draft", &["application_id"]),
    ("offline_staff", &["staff_id"]),
    ("epoch", &["epoch"]),
    ("orphan", &["epoch", "idx"]),
];
/// Of the small values, these; the last head that was verified goes along with the time.
pub(super) const VALUES: &str = "'identity', 'info', 'seen', 'afresh', 'head-seen'";
const SEEN: &str = "'seen'";
const HEAD: &str = "'checkpoint'";
/// Changes so far.
const COUNT: &str = "own-count";

/// The file beside, while it is being written.
const NEW: &str = "own-new.sqlite";

/// The file beside a replica.
pub(super) fn beside(replica: &Path) -> PathBuf {
    replica.with_file_name("own.sqlite")
}

/// A file with what SQLite keeps beside it.
pub(super) fn with_its_own(file: &Path) -> [PathBuf; 3] {
    ["", "-wal", "-shm"].map(|ending| {
        let mut name = file.as_os_str().to_owned();
        name.push(ending);
        name.into()
    })
}

/// The key as SQLCipher takes it: raw, not a passphrase.
pub(super) fn raw(key: &[u8]) -> zeroize::Zeroizing<String> {
    format!("x'{}'", zeroize::Zeroizing::new(hex::encode(key)).as_str()).into()
}

pub(super) async fn run(db: &mut SqliteConnection, text: String) -> Result<(), DeskError> {
    sqlx::raw_sql(AssertSqlSafe(text)).execute(db).await?;
    Ok(())
}

pub(super) async fn detach(db: &mut SqliteConnection, name: &str) -> Result<(), DeskError> {
    run(db, format!("DETACH DATABASE {name}")).await
}

/// How many changes a file beside has counted.
pub(super) async fn counted(db: &mut SqliteConnection, name: &str) -> Result<u64, DeskError> {
    let text = format!("SELECT CAST(value AS TEXT) FROM {name}.own_meta WHERE key = $1");
    let (count,): (String,) = sqlx::query_as(AssertSqlSafe(text)).bind(COUNT).fetch_one(db).await?;
    count.parse().map_err(|_| DeskError::Damaged("the file beside the replica counts nothing".into()))
}

/// Begins to keep both alike. The file beside is written anew each time: so every row of it is read once, and none of an
/// older form stays.
pub(super) async fn begin(db: &mut SqliteConnection, replica: &Path, key: &[u8]) -> Result<(), DeskError> {
    let file = beside(replica);
    let here = number(db, COUNT).await?.unwrap_or_default();
    let there = if file.exists() { known(db, &file, key).await? } else { None };
    if there.is_some_and(|there| there > here) {
        return Err(DeskError::Damaged(format!("it has lost changes: {here} of {there:?}")));
    }
    set(db, COUNT, here.max(1).to_string().as_bytes()).await?;
    match written(db, &file, key).await {
        // No room for another. The one that is there says the same.
        Err(error) if there == Some(here) && error.code() == domain::ErrorCode::DiskFull => {}
        written => written?,
    }
    attach(db, &file, key, "own").await?;
    run(db, "PRAGMA own.journal_mode = WAL; PRAGMA own.synchronous = FULL;".into()).await?;
    run(db, triggers()).await
}

/// What the file that is there has counted. One that can't be read goes aside: what was in it is in the replica, which can.
async fn known(db: &mut SqliteConnection, file: &Path, key: &[u8]) -> Result<Option<u64>, DeskError> {
    let counted = match attach(db, file, key, "own").await {
        Ok(()) => {
            let counted = counted(db, "own").await;
            detach(db, "own").await?;
            counted
        }
        Err(error) => Err(error),
    };
    match counted {
        Ok(counted) => Ok(Some(counted)),
        Err(error) if error.code() == domain::ErrorCode::ReplicaUnreadable => {
            let aside = super::afresh::aside(file)?;
            tracing::error!(%error, file = %aside.display(), "the file beside the replica can't be read; it was put aside");
            Ok(None)
        }
        Err(error) => Err(error),
    }
}

/// Writes the file anew, and puts it in its place when it is whole.
async fn written(db: &mut SqliteConnection, file: &Path, key: &[u8]) -> Result<(), DeskError> {
    let new = file.with_file_name(NEW);
    remove(&new)?;
    attach(db, &new, key, "own").await?;
    let made = run(db, tables()).await;
    detach(db, "own").await?;
    made?;
    put_in_place(&new, file)
}

/// A whole new file takes the place of the one before. A log of that one would be played into it.
pub(super) fn put_in_place(new: &Path, file: &Path) -> Result<(), DeskError> {
    let [_, wal, shm] = with_its_own(file);
    for old in [wal, shm] {
        gone(std::fs::remove_file(&old))?;
    }
    std::fs::rename(new, file).map_err(super::afresh::file)
}

fn tables() -> String {
    let mut text = "BEGIN;".to_owned();
    for (table, key) in TABLES {
        text += &format!(
            "CREATE TABLE own.own_{table} AS SELECT * FROM main.{table};
             CREATE UNIQUE INDEX own.own_{table}_key ON own_{table} ({});",
            key.join(", ")
        );
    }
    text + &format!(
        "CREATE TABLE own.own_meta AS SELECT key, value FROM main.meta WHERE key IN ({VALUES}, {HEAD}, '{COUNT}');
         CREATE UNIQUE INDEX own.own_meta_key ON own_meta (key);
         COMMIT;"
    )
}

/// Of this connection alone, and it is the only one that writes.
fn triggers() -> String {
    let count: String = ["meta", "own_meta"]
        .map(|table| {
            format!("UPDATE {table} SET value = CAST(CAST(value AS INTEGER) + 1 AS TEXT) WHERE key = '{COUNT}';")
        })
        .concat();
    let mut text = String::new();
    for (table, key) in TABLES {
        let of =
            |row: &str| key.iter().map(|column| format!("{column} = {row}.{column}")).collect::<Vec<_>>().join(" AND ");
        let goes = |row: &str| format!("DELETE FROM own_{table} WHERE {};", of(row));
        let comes = format!("INSERT INTO own_{table} SELECT * FROM {table} WHERE {};", of("NEW"));
        for (act, body) in [
            ("INSERT", format!("{}{comes}", goes("NEW"))),
            ("UPDATE", format!("{}{}{comes}", goes("OLD"), goes("NEW"))),
            ("DELETE", goes("OLD")),
        ] {
            text +=
                &format!("CREATE TEMP TRIGGER own_{table}_{act} AFTER {act} ON main.{table} BEGIN {body}{count} END;");
        }
    }
    for act in ["INSERT", "UPDATE"] {
        for (suffix, when, what) in
            [("value", VALUES, "key = NEW.key".to_owned()), ("head", SEEN, format!("key = {HEAD}"))]
        {
            text += &format!(
                "CREATE TEMP TRIGGER own_meta_{act}_{suffix} AFTER {act} ON main.meta WHEN NEW.key IN ({when}) BEGIN
                 DELETE FROM own_meta WHERE {what};
                 INSERT INTO own_meta SELECT key, value FROM meta WHERE {what}; {count} END;"
            );
        }
    }
    text + &format!(
        "CREATE TEMP TRIGGER own_meta_delete AFTER DELETE ON main.meta WHEN OLD.key IN ({VALUES}) BEGIN
         DELETE FROM own_meta WHERE key = OLD.key; {count} END;"
    )
}

/// Everything of a replica, that of its own file too. All of it is tried; what went wrong first is told.
pub(super) fn remove_all(replica: &Path) -> Result<(), DeskError> {
    let files = [replica.to_owned(), super::cipher::new(replica), beside(replica), beside(replica).with_file_name(NEW)];
    let mut removed: Vec<_> = files.iter().map(|file| remove(file)).collect();
    removed.push(gone(std::fs::remove_dir_all(super::afresh::workshop(replica))));
    removed.into_iter().collect()
}

pub(super) fn remove(file: &Path) -> Result<(), DeskError> {
    let removed: Vec<_> = with_its_own(file).iter().map(|part| gone(std::fs::remove_file(part))).collect();
    removed.into_iter().collect()
}

fn gone(removed: std::io::Result<()>) -> Result<(), DeskError> {
    match removed {
        Err(error) if error.kind() != std::io::ErrorKind::NotFound => Err(super::afresh::file(error)),
        _ => Ok(()),
    }
}
