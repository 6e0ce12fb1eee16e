//! 台帳の写しの取り直し: the way back from a replica whose file is damaged. What came by the feed is left behind, to be fetched
//! again; what only this desk knows is carried over to a fresh file, from the replica or from the file beside it (`own`),
//! whichever still says it. The damaged file is put aside, and never thrown away here.

use std::path::{Path, PathBuf};

use domain::ErrorCode;
use sqlx::{AssertSqlSafe, ConnectOptions as _, Connection as _, SqliteConnection};

use super::cipher::{Cipher, attach};
use super::own::{self, TABLES, run};
use super::{MIGRATIONS, head_seen, set};
use crate::error::DeskError;
use crate::view::{LostRows, RefetchView};

/// Where the outcome is kept until somebody has read it.
pub(crate) const OUTCOME: &str = "afresh";
/// The last head that was verified before: the log has to come to it again.
pub(super) const HEAD_SEEN: &str = "head-seen";
/// So many rows are named one by one.
const NAMED: usize = 50;

pub(super) fn file(error: std::io::Error) -> DeskError {
    use std::io::ErrorKind;
    match error.kind() {
        ErrorKind::StorageFull | ErrorKind::QuotaExceeded => ErrorCode::DiskFull.into(),
        ErrorKind::ReadOnlyFilesystem | ErrorKind::PermissionDenied => ErrorCode::ProfileReadOnly.into(),
        _ => DeskError::Internal(error.to_string()),
    }
}

/// Puts a file aside with what SQLite keeps beside it; gives its new name.
pub(super) fn aside(damaged: &Path) -> Result<PathBuf, DeskError> {
    let name = free_name(damaged);
    // The log first: without its file it would be played into the next one.
    for (from, to) in own::with_its_own(damaged).iter().zip(own::with_its_own(&name)).rev() {
        match std::fs::rename(from, to) {
            Err(error) if error.kind() != std::io::ErrorKind::NotFound => return Err(file(error)),
            _ => {}
        }
    }
    Ok(name)
}

fn free_name(damaged: &Path) -> PathBuf {
    let stem = damaged.file_stem().unwrap_or_default().to_string_lossy();
    let mut names = (1_u32..).map(|n| damaged.with_file_name(format!("{stem}-damaged-{n}.sqlite")));
    names.find(|name| !name.exists()).unwrap_or_else(|| damaged.with_extension("damaged"))
}

pub(super) fn workshop(replica: &Path) -> PathBuf {
    replica.with_file_name("afresh")
}

/// A PC that was switched off between the two names: the fresh file is whole, and takes its place.
pub(super) fn finish(replica: &Path) -> Result<(), DeskError> {
    let fresh = workshop(replica).join("fresh.sqlite");
    if replica.exists() || !fresh.exists() {
        return Ok(());
    }
    std::fs::rename(fresh, replica).map_err(file)
}

/// One of the two files.
struct Source {
    file: PathBuf,
    name: &'static str,
    prefix: &'static str,
    /// Changes it has counted, if it says so.
    count: Option<u64>,
}

/// The fresh file while it is being written.
struct Fresh<'a> {
    path: PathBuf,
    key: &'a [u8],
    db: SqliteConnection,
    sources: Vec<Source>,
}

/// Makes the fresh file and puts it in place of the damaged one.
///
/// # Errors
/// [`ErrorCode::ReplicaBeyondRecovery`]: this key opens neither file. Nothing was touched.
pub(crate) async fn begin(replica: &Path, key: &[u8]) -> Result<RefetchView, DeskError> {
    finish(replica)?;
    let workshop = workshop(replica);
    match std::fs::remove_dir_all(&workshop) {
        Err(error) if error.kind() != std::io::ErrorKind::NotFound => return Err(file(error)),
        _ => std::fs::create_dir(&workshop).map_err(file)?,
    }
    fault::point("desk-afresh-begun");
    let made = write(replica, &workshop, key).await;
    let outcome = match made {
        Ok(outcome) => outcome,
        Err(error) => {
            let _ = std::fs::remove_dir_all(&workshop);
            return Err(error);
        }
    };
    fault::point("desk-afresh-written");
    aside(replica)?;
    fault::point("desk-afresh-aside");
    finish(replica)?;
    fault::point("desk-afresh-placed");
    let _ = std::fs::remove_dir_all(&workshop);
    Ok(outcome)
}

async fn write(replica: &Path, workshop: &Path, key: &[u8]) -> Result<RefetchView, DeskError> {
    let path = workshop.join("fresh.sqlite");
    let mut db = connect(&path, key).await?;
    MIGRATIONS.run(&mut db).await.map_err(|e| DeskError::Replica(sqlx::Error::Migrate(Box::new(e))))?;
    let mut fresh = Fresh { path, key, db, sources: Vec::new() };
    for (original, name, prefix) in [(own::beside(replica), "own", "own_"), (replica.to_owned(), "was", "")] {
        fresh.look(&original, workshop.join(name), name, prefix).await?;
    }
    if fresh.sources.is_empty() {
        fresh.db.close().await?;
        return Err(ErrorCode::ReplicaBeyondRecovery.into());
    }
    // The one that has counted more knows more; the small one is read with less trouble.
    fresh.sources.sort_by_key(|source| std::cmp::Reverse(source.count));
    let mut lost = Vec::new();
    for (table, keys) in TABLES {
        lost.extend(fresh.carry(table, keys, "TRUE").await?);
    }
    let values = format!("key IN ({}, 'checkpoint')", own::VALUES);
    lost.extend(fresh.carry("meta", &["key"], &values).await?);
    fresh.done(replica, lost).await
}

/// Not yet a replica: nobody else knows of it, and it is written through at the end.
async fn connect(path: &Path, key: &[u8]) -> Result<SqliteConnection, DeskError> {
    Ok(Cipher::Now.options(path, key).pragma("synchronous", "OFF").connect().await?)
}

fn copied(original: &Path, to: &Path) -> std::io::Result<()> {
    // What SQLite does on opening and closing is done to the copy.
    let [from, from_wal, _] = own::with_its_own(original);
    let [to, to_wal, _] = own::with_its_own(to);
    std::fs::copy(from, to)?;
    match std::fs::copy(from_wal, to_wal) {
        Err(error) if error.kind() != std::io::ErrorKind::NotFound => Err(error),
        _ => Ok(()),
    }
}

impl Fresh<'_> {
    /// Takes a file for a source if this key opens it.
    async fn look(
        &mut self,
        original: &Path,
        copy: PathBuf,
        name: &'static str,
        prefix: &'static str,
    ) -> Result<(), DeskError> {
        match copied(original, &copy) {
            Ok(()) => {}
            Err(error) => {
                tracing::error!(%error, file = %original.display(), "can't be read");
                let error = file(error);
                return if error.code() == ErrorCode::DiskFull { Err(error) } else { Ok(()) };
            }
        }
        let opened = match attach(&mut self.db, &copy, self.key, name).await {
            Ok(()) => {
                let text = format!("SELECT COUNT(*) FROM {name}.sqlite_master");
                let tables: Result<(i64,), _> = sqlx::query_as(AssertSqlSafe(text)).fetch_one(&mut self.db).await;
                tables.is_ok_and(|(tables,)| tables > 0)
            }
            Err(_) => false,
        };
        self.again().await?;
        if opened {
            let mut source = Source { file: copy, name, prefix, count: None };
            attach(&mut self.db, &source.file, self.key, name).await?;
            source.count = match prefix {
                "" => count(&mut self.db, name).await,
                _ => own::counted(&mut self.db, name).await.ok(),
            };
            self.sources.push(source);
            self.again().await?;
        }
        Ok(())
    }

    /// A connection that has met a damaged page is good for nothing more.
    async fn again(&mut self) -> Result<(), DeskError> {
        let db = connect(&self.path, self.key).await?;
        std::mem::replace(&mut self.db, db).close().await?;
        for source in &self.sources {
            attach(&mut self.db, &source.file, self.key, source.name).await?;
        }
        Ok(())
    }

    /// Carries a table's rows over; says what could not be read from either file.
    async fn carry(&mut self, table: &str, keys: &[&str], which: &str) -> Result<Option<LostRows>, DeskError> {
        let (mut unread, mut more, mut complete) = (Vec::new(), false, false);
        for at in 0..self.sources.len() {
            // The better one said everything. One that does not say how much it has counted may know of one act more.
            if complete && self.sources.get(at).is_some_and(|source| source.count.is_some()) {
                break;
            }
            let Some(columns) = self.columns(at, table).await? else {
                more |= !complete;
                continue;
            };
            if self.copy(at, table, &columns, which).await? {
                (more, complete) = (false, true);
                continue;
            }
            let (rows, all) = self.one_by_one(at, table, keys, &columns, which).await?;
            unread.extend(rows);
            more |= !all && !complete;
        }
        let mut lost = LostRows { what: table.to_owned(), rows: Vec::new(), count: 0, more };
        unread.sort();
        unread.dedup();
        for row in unread {
            let text = format!("SELECT COUNT(*) FROM main.{table} WHERE {}", row.condition);
            let (here,): (i64,) = sqlx::query_as(AssertSqlSafe(text)).fetch_one(&mut self.db).await?;
            if here == 0 {
                lost.count += 1;
                if lost.rows.len() < NAMED {
                    lost.rows.push(row.name);
                }
            }
        }
        Ok((lost.more || lost.count > 0).then_some(lost))
    }

    /// The columns that a source has of a table; `None` if it does not say.
    async fn columns(&mut self, at: usize, table: &str) -> Result<Option<String>, DeskError> {
        let Some(Source { name, prefix, .. }) = self.sources.get(at) else { return Ok(None) };
        let text = format!(
            "SELECT name FROM pragma_table_info('{prefix}{table}', '{name}')
             WHERE name IN (SELECT name FROM pragma_table_info('{table}', 'main'))"
        );
        let found: Result<Vec<(String,)>, _> = sqlx::query_as(AssertSqlSafe(text)).fetch_all(&mut self.db).await;
        match found {
            Ok(found) if !found.is_empty() => {
                Ok(Some(found.into_iter().map(|(name,)| name).collect::<Vec<_>>().join(", ")))
            }
            // Of an older version: there was no such table.
            Ok(_) => Ok(Some(String::new())),
            Err(_) => {
                self.again().await?;
                Ok(None)
            }
        }
    }

    /// Everything at once. Says whether all of it could be read.
    async fn copy(&mut self, at: usize, table: &str, columns: &str, which: &str) -> Result<bool, DeskError> {
        let Some(Source { name, prefix, .. }) = self.sources.get(at) else { return Ok(false) };
        if columns.is_empty() {
            return Ok(true);
        }
        let text = format!(
            "INSERT OR IGNORE INTO main.{table} ({columns}) SELECT {columns} FROM {name}.{prefix}{table} WHERE {which}"
        );
        self.tried(text).await
    }

    /// Writes something into the fresh file. `false`: a source could not be read.
    async fn tried(&mut self, text: String) -> Result<bool, DeskError> {
        match run(&mut self.db, text).await {
            Ok(()) => Ok(true),
            Err(error) if error.code() == ErrorCode::ReplicaUnreadable => {
                self.again().await?;
                Ok(false)
            }
            Err(error) => Err(error),
        }
    }

    /// Row by row. Gives those that could not be read, and whether all were seen by their keys at least.
    async fn one_by_one(
        &mut self,
        at: usize,
        table: &str,
        keys: &[&str],
        columns: &str,
        which: &str,
    ) -> Result<(Vec<Row>, bool), DeskError> {
        let (found, all) = self.keys(at, table, keys, which).await?;
        let mut unread = Vec::new();
        for row in found {
            if !self.copy(at, table, columns, &row.condition).await? {
                unread.push(row);
            }
        }
        Ok((unread, all))
    }

    /// The keys of a table, from an index where there is one: from both ends, if there is a gap between.
    async fn keys(
        &mut self,
        at: usize,
        table: &str,
        keys: &[&str],
        which: &str,
    ) -> Result<(Vec<Row>, bool), DeskError> {
        use futures_util::TryStreamExt as _;
        let Some(&Source { name, prefix, .. }) = self.sources.get(at) else { return Ok((Vec::new(), false)) };
        let quoted: Vec<String> = keys.iter().map(|key| format!("quote({key})")).collect();
        let condition: Vec<String> = keys.iter().map(|key| format!("'{key} = ' || quote({key})")).collect();
        let (mut found, mut all) = (Vec::new(), false);
        for order in ["ASC", "DESC"] {
            let by: Vec<String> = keys.iter().map(|key| format!("{key} {order}")).collect();
            let text = format!(
                "SELECT {}, {} FROM {name}.{prefix}{table} WHERE {which} ORDER BY {}",
                condition.join(" || ' AND ' || "),
                quoted.join(" || '/' || "),
                by.join(", ")
            );
            let mut rows = sqlx::query_as::<_, (String, String)>(AssertSqlSafe(text)).fetch(&mut self.db);
            let end = loop {
                match rows.try_next().await {
                    Ok(Some((condition, name))) => found.push(Row { condition, name: name.replace('\'', "") }),
                    end => break end,
                }
            };
            drop(rows);
            if end.is_ok() {
                all = true;
                break;
            }
            self.again().await?;
        }
        Ok((found, all))
    }

    async fn done(mut self, replica: &Path, lost: Vec<LostRows>) -> Result<RefetchView, DeskError> {
        let count = self.sources.iter().filter_map(|source| source.count).max().unwrap_or_default() + 1;
        let (mut outbox, mut drafts) = (0, 0);
        for (count, text) in [
            (&mut outbox, "SELECT COUNT(*) FROM main.outbox WHERE state IN ('waiting', 'sent', 'held', 'refused')"),
            (&mut drafts, "SELECT COUNT(*) FROM main.draft"),
        ] {
            let (rows,): (i64,) = sqlx::query_as(text).fetch_one(&mut self.db).await?;
            *count = u32::try_from(rows).unwrap_or(u32::MAX);
        }
        let kept_as = free_name(replica).file_name().unwrap_or_default().to_string_lossy().into_owned();
        let outcome = RefetchView { outbox, drafts, lost, kept_as };
        let Self { path, mut db, .. } = self;
        run(&mut db, "UPDATE main.epoch SET held = 0".into()).await?;
        head_seen::begin_again(&mut db).await?;
        set(&mut db, OUTCOME, &serde_json::to_vec(&outcome)?).await?;
        fault::point("desk-afresh-carried");
        // The last word: without it the file counts less than the one beside, and is not taken for whole.
        set(&mut db, "own-count", count.to_string().as_bytes()).await?;
        db.close().await?;
        std::fs::File::options().write(true).open(path).and_then(|fresh| fresh.sync_all()).map_err(file)?;
        Ok(outcome)
    }
}

/// A row by its key.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord)]
struct Row {
    condition: String,
    name: String,
}

async fn count(db: &mut SqliteConnection, name: &str) -> Option<u64> {
    let text = format!("SELECT CAST(value AS TEXT) FROM {name}.meta WHERE key = 'own-count'");
    let row: Option<(String,)> = sqlx::query_as(AssertSqlSafe(text)).fetch_optional(db).await.ok()?;
    row.and_then(|(count,)| count.parse().ok())
}

/// What is in the fresh file of the last outcome.
pub(crate) async fn outcome(replica: &super::Replica) -> Result<Option<RefetchView>, DeskError> {
    replica.get(OUTCOME).await
}

/// Somebody has read it.
pub(crate) async fn read(replica: &super::Replica) -> Result<(), DeskError> {
    let mut db = replica.writer().await?;
    sqlx::query("DELETE FROM meta WHERE key = $1").bind(OUTCOME).execute(&mut *db).await?;
    Ok(())
}
