//! Where the database is, and how it is opened and brought up to date.

use std::path::{Path, PathBuf};
use std::time::Duration;

use anyhow::Context as _;
use sqlx::migrate::{MigrateError, Migrator};
use sqlx::sqlite::{SqliteConnectOptions, SqliteJournalMode, SqlitePoolOptions, SqliteSynchronous};
use sqlx::{ConnectOptions as _, Connection as _, SqliteConnection};

use super::server::Server;
use super::{Connection, Error, Readers, STATEMENTS, query};

static SQLITE: Migrator = sqlx::migrate!("./migrations");
static POSTGRES: Migrator = sqlx::migrate!("./migrations-postgres");

/// Names a database.
#[derive(Debug, Clone)]
pub enum Place {
    /// A file.
    Sqlite(PathBuf),
    /// A server.
    Postgres(Server),
}

/// Rows that are read ahead of whoever asked for them: of thousands, each would wake him by itself.
const AHEAD: usize = 1024;

fn file(path: &Path) -> SqliteConnectOptions {
    SqliteConnectOptions::new()
        .filename(path)
        .create_if_missing(true)
        .journal_mode(SqliteJournalMode::Wal)
        .synchronous(SqliteSynchronous::Full)
        .busy_timeout(Duration::from_secs(10))
        .statement_cache_capacity(STATEMENTS)
        .row_buffer_size(AHEAD)
        .disable_statement_logging()
}

/// Every act touches pages all over the file, for its ids are random: 16 MiB of them stay in memory, and 32 MiB of log are written
/// before they go to where they belong, most of them many times over. With more in memory it is slower: after a commit that split
/// a page SQLite looks through all of them (`pcache1Truncate`; a page that is moved has for a moment the highest number there is).
fn writing(path: &Path) -> SqliteConnectOptions {
    file(path).pragma("cache_size", "-16384").pragma("wal_autocheckpoint", "8192")
}

/// What the operator can do about it.
fn told(error: MigrateError) -> anyhow::Error {
    match error {
        MigrateError::VersionMissing(version) => anyhow::anyhow!(
            "the database belongs to a newer version of madoguchi-central (its form is number {version}); use that one"
        ),
        error => anyhow::Error::from(error).context("can't bring the database up to date"),
    }
}

/// Which file, and what to do about it.
fn cant_open(path: &Path) -> String {
    let name = path.display();
    match std::fs::File::open(path).map_err(|error| error.kind()) {
        Err(std::io::ErrorKind::NotFound) => format!(
            "there is no database {name}: correct data_dir, run `madoguchi-central init` first, or put a backup back \
             (`madoguchi-central restore`)"
        ),
        Err(std::io::ErrorKind::PermissionDenied) => format!(
            "can't open the database {name}: as which user? Run this as the user of the service, whose files these are"
        ),
        _ => format!("can't open the database {name}"),
    }
}

impl Place {
    /// For whoever has to find it.
    pub(crate) fn name(&self) -> String {
        match self {
            Self::Sqlite(path) => path.display().to_string(),
            Self::Postgres(server) => server.name(),
        }
    }

    /// Opens a connection that writes; the database is made and brought up to date where that is needed.
    pub(crate) async fn writer(&self) -> anyhow::Result<Connection> {
        match self {
            Self::Sqlite(path) => {
                let mut db = writing(path).connect().await.with_context(|| cant_open(path))?;
                SQLITE.run(&mut db).await.map_err(told)?;
                Ok(Connection::Sqlite(db))
            }
            Self::Postgres(server) => {
                let mut db = server.first().await?;
                if let Connection::Postgres(db) = &mut db {
                    POSTGRES.run(&mut **db).await.map_err(told)?;
                }
                Ok(db)
            }
        }
    }

    /// One more connection to a database that is open already.
    pub(crate) async fn connect(&self) -> Result<Connection, Error> {
        match self {
            Self::Sqlite(path) => file(path).connect().await.map(Connection::Sqlite),
            Self::Postgres(server) => server.connect().await,
        }
    }

    /// Opens connections that only read.
    pub(crate) async fn readers(&self) -> anyhow::Result<Readers> {
        match self {
            // Checkpoints of the WAL are the writer's alone: two connections that checkpoint can race.
            Self::Sqlite(path) => SqlitePoolOptions::new()
                .max_connections(4)
                .connect_with(file(path).read_only(true).pragma("wal_autocheckpoint", "0"))
                .await
                .map(Readers::Sqlite),
            Self::Postgres(server) => server.pool().await.map(Readers::Postgres),
        }
        .with_context(|| format!("can't open the database {} for reading", self.name()))
    }

    /// Opens one connection that only reads, also beside a service that runs. Changes nothing.
    pub(crate) async fn reader(&self) -> anyhow::Result<Connection> {
        match self {
            Self::Sqlite(path) => {
                let options = SqliteConnectOptions::new().filename(path).read_only(true);
                SqliteConnection::connect_with(&options).await.map(Connection::Sqlite).with_context(|| cant_open(path))
            }
            Self::Postgres(server) => server.first().await,
        }
    }
}

fn migrator(db: &Connection) -> &'static Migrator {
    if matches!(db, Connection::Sqlite(_)) { &SQLITE } else { &POSTGRES }
}

/// What to do with a database that this program has not brought up to date yet; `None`: it is.
pub(crate) async fn behind(db: &mut Connection) -> Result<Option<String>, Error> {
    let (newest,): (i64,) = query("SELECT COALESCE(MAX(version), 0) FROM _sqlx_migrations").fetch_one(&mut *db).await?;
    Ok(older(migrator(db), newest))
}

fn older(made: &Migrator, newest: i64) -> Option<String> {
    let today = made.iter().map(|migration| migration.version).max().unwrap_or_default();
    (newest < today).then(|| {
        format!(
            "the database is of form {newest}, and this program's is {today}: start the service once, which brings it up to date, \
             or use the version that it was written by"
        )
    })
}

/// What is recorded of the database's form, and is not what this program would have made.
pub(crate) async fn form(db: &mut Connection) -> Result<Vec<String>, Error> {
    let made = migrator(db);
    let rows: Vec<(i64, bool, Vec<u8>)> =
        query("SELECT version, success, checksum FROM _sqlx_migrations ORDER BY version").fetch_all(db).await?;
    let newest = rows.last().map_or(0, |(version, ..)| *version);
    let known = |version: i64| made.iter().find(|migration| migration.version == version);
    let other = rows.iter().filter(|(version, success, checksum)| {
        !known(*version).is_some_and(|migration| *success && *migration.checksum == **checksum)
    });
    let left_out = made.iter().filter(|migration| {
        migration.version < newest && !rows.iter().any(|(version, ..)| *version == migration.version)
    });
    let other = other.map(|(version, ..)| format!("migration {version} is not this program's"));
    let left_out = left_out.map(|migration| format!("migration {} is missing", migration.version));
    Ok(older(made, newest).into_iter().chain(other).chain(left_out).collect())
}

/// An empty database of today's form, in memory.
pub(crate) async fn in_memory() -> anyhow::Result<Connection> {
    let mut db = SqliteConnection::connect("sqlite::memory:").await.context("memory")?;
    SQLITE.run(&mut db).await.context("the form of the database")?;
    Ok(Connection::Sqlite(db))
}
