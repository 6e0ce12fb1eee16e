//! Two databases behind one face. The text of a statement is the same for both (`$1` parameters; no function that only one of
//! them knows, but what [`joined`] makes), and so are the values that go in and the rows that come out. Knows no table.
//!
//! SQLite: one file, one process. PostgreSQL: one server, several instances of the service.

pub(crate) mod copy;
mod many;
mod place;
mod query;
mod server;
mod value;

pub(crate) use many::{Many, Row};
pub use place::Place;
pub(crate) use place::{behind, form, in_memory};
pub(crate) use query::{On, Query, joined, query};
pub use server::Server;
pub(crate) use server::{lock_not_available, no_table, not_writable, passing};

use sqlx::{Connection as _, PgConnection, PgPool, SqliteConnection, SqlitePool};

/// What went wrong between here and the database.
pub type Error = sqlx::Error;

/// Prepared statements that each connection keeps: of a kind that is over many rows there are some thirty.
const STATEMENTS: usize = 512;

/// One connection: statements on it run one after the other, and a transaction belongs to it.
#[derive(Debug)]
pub enum Connection {
    /// To a file, or to memory.
    Sqlite(SqliteConnection),
    /// To a server.
    Postgres(Box<PgConnection>),
}

/// Connections that only read. Cheap to clone.
#[derive(Debug, Clone)]
pub enum Readers {
    /// To a file.
    Sqlite(SqlitePool),
    /// To a server.
    Postgres(PgPool),
}

impl Connection {
    /// Begins a transaction that will write. What others committed before each of its statements is seen.
    pub(crate) async fn begin(&mut self) -> Result<(), Error> {
        let text = match self {
            Self::Sqlite(_) => "BEGIN IMMEDIATE",
            Self::Postgres(_) => "BEGIN ISOLATION LEVEL READ COMMITTED READ WRITE",
        };
        query(text).execute(self).await.map(drop)
    }

    /// Begins a transaction that only reads, and sees the database as it is now until it ends.
    pub(crate) async fn begin_snapshot(&mut self) -> Result<(), Error> {
        let text = match self {
            Self::Sqlite(_) => "BEGIN",
            Self::Postgres(_) => "BEGIN ISOLATION LEVEL REPEATABLE READ READ ONLY",
        };
        query(text).execute(self).await.map(drop)
    }

    /// Makes everything since [`Connection::begin`] durable.
    pub(crate) async fn commit(&mut self) -> Result<(), Error> {
        query("COMMIT").execute(self).await.map(drop)
    }

    /// Undoes everything since [`Connection::begin`].
    pub(crate) async fn rollback(&mut self) -> Result<(), Error> {
        query("ROLLBACK").execute(self).await.map(drop)
    }

    /// Says good-bye. Whatever was not committed is undone.
    pub(crate) async fn close(self) -> Result<(), Error> {
        match self {
            Self::Sqlite(db) => db.close().await,
            Self::Postgres(db) => db.close().await,
        }
    }
}

impl Readers {
    /// A connection of one's own, apart from the others.
    pub(crate) async fn detach(&self) -> Result<Connection, Error> {
        Ok(match self {
            Self::Sqlite(pool) => Connection::Sqlite(pool.acquire().await?.detach()),
            Self::Postgres(pool) => Connection::Postgres(Box::new(pool.acquire().await?.detach())),
        })
    }

    /// Waits until nobody reads any more, and closes.
    pub async fn close(&self) {
        match self {
            Self::Sqlite(pool) => pool.close().await,
            Self::Postgres(pool) => pool.close().await,
        }
    }
}

/// Did a unique index refuse?
pub(crate) fn unique_violation(error: &Error) -> bool {
    matches!(error, Error::Database(cause) if cause.is_unique_violation())
}

#[cfg(test)]
mod tests;
