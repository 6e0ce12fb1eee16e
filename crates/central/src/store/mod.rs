//! The database: one writer, many readers. Only [`writer`] changes anything.

pub mod act;
mod aggregate;
pub(crate) use aggregate::{Aggregate, key as aggregate_key};
mod aside;
mod batch;
mod group;
mod head;
pub mod intent;
pub mod lookup;
pub mod read;
mod rows;
pub mod span;
pub mod standing;
pub(crate) mod tables;
#[cfg(test)]
mod tests;
pub mod writer;

pub use batch::Setting;

use std::fs::{File, TryLockError};
use std::path::Path;
use std::time::Duration;

use anyhow::Context as _;
use sqlx::sqlite::{SqliteConnectOptions, SqliteJournalMode, SqlitePoolOptions, SqliteSynchronous};
use sqlx::{ConnectOptions as _, SqliteConnection, SqlitePool};

pub(crate) static MIGRATIONS: sqlx::migrate::Migrator = sqlx::migrate!("./migrations");

/// An open database: the writer's connection, the readers, and the lock that keeps a second process out.
pub struct Database {
    pub(crate) writer: SqliteConnection,
    pub(crate) readers: SqlitePool,
    pub(crate) lock: File,
}

/// Opens (and migrates) the database file. The lock file beside it is held as long as the process lives.
///
/// # Errors
/// Another process holds it, the disk refuses, or the file belongs to a newer version.
pub async fn open(path: &Path) -> anyhow::Result<Database> {
    let lock_path = path.with_extension("lock");
    let lock = File::options()
        .create(true)
        .truncate(false)
        .write(true)
        .open(&lock_path)
        .context("can't open the lock file")?;
    match lock.try_lock() {
        Ok(()) => {}
        Err(TryLockError::WouldBlock) => anyhow::bail!("another process serves {}; stop it first", path.display()),
        Err(TryLockError::Error(error)) => return Err(error).context("can't lock the database"),
    }
    let options = SqliteConnectOptions::new()
        .filename(path)
        .create_if_missing(true)
        .journal_mode(SqliteJournalMode::Wal)
        .synchronous(SqliteSynchronous::Full)
        .busy_timeout(Duration::from_secs(10))
        .statement_cache_capacity(200)
        .disable_statement_logging();
    let mut writer = options.clone().connect().await.context("can't open the database")?;
    MIGRATIONS.run(&mut writer).await.context("can't bring the database up to date")?;
    // Checkpoints of the WAL are the writer's alone: two connections that checkpoint can race.
    let readers = SqlitePoolOptions::new()
        .max_connections(4)
        .connect_with(options.read_only(true).pragma("wal_autocheckpoint", "0"))
        .await
        .context("can't open the database for reading")?;
    Ok(Database { writer, readers, lock })
}
