//! Where the database is, and how it is opened and brought up to date.

use std::path::{Path, PathBuf};
use std::time::Duration;

use anyhow::Context as _;
use sqlx::migrate::Migrator;
use sqlx::sqlite::{SqliteConnectOptions, SqliteJournalMode, SqlitePoolOptions, SqliteSynchronous};
use sqlx::{ConnectOptions as _, Connection as _, SqliteConnection};

use super::{Connection, Readers};

static SQLITE: Migrator = sqlx::migrate!("./migrations");

/// Names a database.
#[derive(Debug, Clone)]
pub enum Place {
    /// A file.
    Sqlite(PathBuf),
}

impl From<&Path> for Place {
    fn from(path: &Path) -> Self {
        Self::Sqlite(path.to_owned())
    }
}

fn file(path: &Path) -> SqliteConnectOptions {
    SqliteConnectOptions::new()
        .filename(path)
        .create_if_missing(true)
        .journal_mode(SqliteJournalMode::Wal)
        .synchronous(SqliteSynchronous::Full)
        .busy_timeout(Duration::from_secs(10))
        .statement_cache_capacity(200)
        .disable_statement_logging()
}

impl Place {
    /// Opens the connection that writes; the database is made and brought up to date where that is needed.
    pub(crate) async fn writer(&self) -> anyhow::Result<Connection> {
        match self {
            Self::Sqlite(path) => {
                let mut db = file(path).connect().await.context("can't open the database")?;
                SQLITE.run(&mut db).await.context("can't bring the database up to date")?;
                Ok(Connection::Sqlite(db))
            }
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
        }
        .context("can't open the database for reading")
    }

    /// Opens one connection that only reads, also beside a service that runs. Changes nothing.
    pub(crate) async fn reader(&self) -> anyhow::Result<Connection> {
        match self {
            Self::Sqlite(path) => {
                let options = SqliteConnectOptions::new().filename(path).read_only(true);
                SqliteConnection::connect_with(&options).await.map(Connection::Sqlite)
            }
        }
        .context("can't open the database")
    }
}

/// An empty database of today's form, in memory.
pub(crate) async fn in_memory() -> anyhow::Result<Connection> {
    let mut db = SqliteConnection::connect("sqlite::memory:").await.context("memory")?;
    SQLITE.run(&mut db).await.context("the form of the database")?;
    Ok(Connection::Sqlite(db))
}
