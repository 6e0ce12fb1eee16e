//! The encrypted replica: one writer connection (which also does every WAL checkpoint), a few readers. What is made from the
//! entries can be thrown away and made again, and the entries fetched again. Outbox, drafts, what was set aside when the centre
//! was restored, and the verifiers of sign-ins are this desk's alone; they stand in a second file as well (`own`).

pub(crate) mod afresh;
mod apply;
pub(crate) mod behind;
pub(crate) mod chunk;
mod cipher;
pub(crate) mod day;
pub(crate) mod entries;
pub(crate) mod epoch;
mod facts;
pub(crate) mod head_seen;
pub(crate) mod lists;
pub(crate) mod marks;
pub(crate) mod moved;
pub(crate) mod one_row;
mod own;
mod packs;
mod policy;
pub(crate) mod rebuild;
pub(crate) mod rows;
pub(crate) mod terminal_key;
mod terms;
#[cfg(test)]
mod tests;
pub(crate) mod verify;
mod wal;

use std::collections::BTreeMap;
use std::path::Path;
use std::sync::Arc;
use std::sync::atomic::AtomicU64;
use std::time::Duration;

use domain::ErrorCode;
use domain::policy::Timeline;
use serde::Serialize;
use serde::de::DeserializeOwned;
use sqlx::migrate::MigrateError;
use sqlx::sqlite::{SqliteConnectOptions, SqlitePoolOptions};
use sqlx::{ConnectOptions as _, Connection as _, SqliteConnection, SqlitePool};
use tokio::sync::{MappedMutexGuard, Mutex, MutexGuard, watch};

use cipher::Cipher;

use crate::error::DeskError;

pub(crate) use apply::{Opened, claim};

static MIGRATIONS: sqlx::migrate::Migrator = sqlx::migrate!("./migrations");

/// An open replica.
pub(crate) struct Replica {
    /// `None` once it is closed.
    writer: Mutex<Option<SqliteConnection>>,
    pub(crate) readers: SqlitePool,
    /// While everything is read again: whoever works meanwhile neither waits for it nor finds the pages of his own connections gone.
    scans: SqlitePool,
    /// One alone: what one page of the log has read, the next one, or the same under another filter, finds in its cache.
    pub(crate) pages: SqlitePool,
    /// Leaves held; wakes when it grows.
    pub(crate) size: watch::Sender<u64>,
    /// Of those, how many are applied: what screens read goes so far.
    pub(crate) applied: watch::Sender<u64>,
    /// How often what is held was cut: whoever read before that must not write after it.
    pub(crate) cuts: AtomicU64,
    /// What is in force when; `None`: the log does not say.
    pub(crate) policy: watch::Sender<Option<Arc<Timeline>>>,
    /// Names of branches by code.
    pub(crate) branches: watch::Sender<Arc<BTreeMap<String, String>>>,
}

/// Connections that read, of each kind: while one of them waits for its thread, two processors still have something to do.
const READERS: u32 = 3;

/// Of whoever looks through the log, KiB (below zero, as SQLite has it); taken as it is needed.
const PAGES_CACHE: &str = "-16384";

/// What the tables hold that are made from the entries. Raised whenever that changes: a replica of an older version makes
/// them anew, one of a newer version is refused.
const DERIVED: u32 = 7;
const DERIVED_KEY: &str = "derived-version";

/// Removes a closed replica, with everything that stands beside it under the same key.
pub(crate) fn remove(path: &Path) -> Result<(), DeskError> {
    own::remove_all(path)
}

impl Replica {
    /// Opens the file with its raw 32-byte key.
    pub(crate) async fn open(path: &Path, key: &[u8]) -> Result<Self, DeskError> {
        // Told to leave nothing for the end of the process. SQLCipher's own clean-up can't be told: whoever opens a
        // replica closes it before the process ends, or a database's thread still works with what is gone.
        openssl_sys::init();
        afresh::finish(path)?;
        wal::sound(&own::with_its_own(path)[1])?;
        match Self::under(Cipher::Now, path, key).await {
            Err(error) if error.code() == ErrorCode::ReplicaUnreadable => {
                match cipher::brought_over(path, key).await? {
                    Some(cipher) => Self::under(cipher, path, key).await,
                    None => Err(error),
                }
            }
            opened => opened,
        }
    }

    async fn under(cipher: Cipher, path: &Path, key: &[u8]) -> Result<Self, DeskError> {
        let options = cipher.options(path, key).busy_timeout(Duration::from_secs(10));
        let mut writer = options.clone().connect().await?;
        match ready(&mut writer, path, key, options).await {
            Ok((applied, pools)) => Self::of(writer, pools, applied).await,
            Err(error) => {
                // Waited for: a connection that is still closing would take the next file's log away. What was wrong is
                // told, not what came of it.
                let _ = writer.close().await;
                Err(error)
            }
        }
    }

    async fn of(
        writer: SqliteConnection,
        [readers, scans, pages]: [SqlitePool; 3],
        applied: Option<u64>,
    ) -> Result<Self, DeskError> {
        let (size, behind) = (watch::channel(0).0, watch::channel(0).0);
        let (writer, policy, branches) =
            (Mutex::new(Some(writer)), watch::channel(None).0, watch::channel(Arc::default()).0);
        let cuts = AtomicU64::new(0);
        let replica = Self { writer, readers, scans, pages, size, applied: behind, cuts, policy, branches };
        match replica.look(applied).await {
            Ok(()) => Ok(replica),
            Err(error) => {
                let _ = replica.close().await;
                Err(error)
            }
        }
    }

    /// What it holds, as it is opened.
    async fn look(&self, applied: Option<u64>) -> Result<(), DeskError> {
        let size = chunk::head(&self.readers).await?.size();
        self.size.send_replace(size);
        self.applied.send_replace(applied.unwrap_or(size));
        self.look_at_policy().await
    }

    /// Closes every connection, the writer last, and waits for it: two writers on one file must never overlap.
    /// And a process must not end while one of them is still at work in its own thread.
    pub(crate) async fn close(&self) -> Result<(), DeskError> {
        self.scans.close().await;
        self.pages.close().await;
        self.readers.close().await;
        match self.writer.lock().await.take() {
            Some(writer) => Ok(writer.close().await?),
            None => Ok(()),
        }
    }

    /// The one connection that writes.
    pub(crate) async fn writer(&self) -> Result<MappedMutexGuard<'_, SqliteConnection>, DeskError> {
        MutexGuard::try_map(self.writer.lock().await, Option::as_mut)
            .map_err(|_| DeskError::Replica(sqlx::Error::PoolClosed))
    }

    /// A small value outside the log.
    pub(crate) async fn get<T: DeserializeOwned>(&self, key: &str) -> Result<Option<T>, DeskError> {
        let row: Option<(Vec<u8>,)> =
            sqlx::query_as("SELECT value FROM meta WHERE key = $1").bind(key).fetch_optional(&self.readers).await?;
        row.map(|(bytes,)| serde_json::from_slice(&bytes).map_err(DeskError::from)).transpose()
    }

    /// Stores a small value outside the log.
    pub(crate) async fn set<T: Serialize>(&self, key: &str, value: &T) -> Result<(), DeskError> {
        let mut db = self.writer().await?;
        set(&mut db, key, &serde_json::to_vec(value)?).await
    }
}

/// The writer goes first: it touches the file only here, so that whatever fails can be closed in good order.
async fn ready(
    writer: &mut SqliteConnection,
    path: &Path,
    key: &[u8],
    options: SqliteConnectOptions,
) -> Result<(Option<u64>, [SqlitePool; 3]), DeskError> {
    sqlx::raw_sql("PRAGMA journal_mode = WAL; PRAGMA synchronous = FULL;").execute(&mut *writer).await?;
    let applied = brought_up_to_date(writer).await?;
    own::begin(writer, path, key).await?;
    let options = options.read_only(true).pragma("wal_autocheckpoint", "0");
    let pool = || {
        SqlitePoolOptions::new()
            .max_connections(READERS)
            // A PC that is busy is slow, not broken: a read that waits for its turn is no fault that stops the desk.
            .acquire_timeout(Duration::from_secs(300))
            // They are this program's own, and no line to anywhere: to ask each time whether it stands costs as much as a question.
            .test_before_acquire(false)
    };
    let scans = pool().idle_timeout(Duration::from_secs(10)).connect_lazy_with(options.clone());
    let pages = pool().max_connections(1).connect_lazy_with(options.clone().pragma("cache_size", PAGES_CACHE));
    Ok((applied, [pool().connect_with(options).await?, scans, pages]))
}

/// Gives how far the entries are applied; `None`: all of them.
async fn brought_up_to_date(writer: &mut SqliteConnection) -> Result<Option<u64>, DeskError> {
    MIGRATIONS.run(&mut *writer).await.map_err(|e| match e {
        MigrateError::VersionMissing(version) | MigrateError::VersionTooNew(version, _) => {
            DeskError::Newer(format!("the replica has migration {version}"))
        }
        e => DeskError::Replica(sqlx::Error::Migrate(Box::new(e))),
    })?;
    // First whether it is this program's to write at all.
    let applied = derived(writer).await?;
    lists::rebuild_if_older(writer).await?;
    Ok(applied)
}

/// Brings what is made from the entries to this version. Gives how far the entries are applied; `None`: all of them.
async fn derived(db: &mut SqliteConnection) -> Result<Option<u64>, DeskError> {
    let made_by = number(db, DERIVED_KEY).await?;
    if made_by.is_some_and(|version| version > u64::from(DERIVED)) {
        return Err(DeskError::Newer(format!("the replica was made by version {made_by:?}")));
    }
    if made_by != Some(u64::from(DERIVED)) {
        let some: Option<(i64,)> = sqlx::query_as("SELECT 1 FROM entry LIMIT 1").fetch_optional(&mut *db).await?;
        if some.is_some() {
            tracing::info!(?made_by, "the replica is of an older version: its tables are made anew");
            rebuild::throw_away(db).await?;
        }
        set(db, DERIVED_KEY, DERIVED.to_string().as_bytes()).await?;
    }
    number(db, "applied").await
}

async fn number(db: &mut SqliteConnection, key: &str) -> Result<Option<u64>, DeskError> {
    let row: Option<(Vec<u8>,)> =
        sqlx::query_as("SELECT value FROM meta WHERE key = $1").bind(key).fetch_optional(db).await?;
    Ok(row.and_then(|(bytes,)| std::str::from_utf8(&bytes).ok()?.parse().ok()))
}

/// The signed note of what is held here; `None` before anything is.
pub(crate) async fn note(db: impl sqlx::SqliteExecutor<'_>) -> Result<Option<String>, DeskError> {
    let row: Option<(Vec<u8>,)> =
        sqlx::query_as("SELECT value FROM meta WHERE key = 'checkpoint'").fetch_optional(db).await?;
    Ok(row.and_then(|(note,)| String::from_utf8(note).ok()))
}

pub(crate) async fn set(db: &mut SqliteConnection, key: &str, value: &[u8]) -> Result<(), DeskError> {
    sqlx::query("INSERT INTO meta (key, value) VALUES ($1, $2) ON CONFLICT (key) DO UPDATE SET value = excluded.value")
        .bind(key)
        .bind(value)
        .execute(db)
        .await?;
    Ok(())
}
