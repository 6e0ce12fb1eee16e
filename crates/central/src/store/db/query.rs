//! One statement with its values. Prepared once on each connection, and kept there.

use std::time::Duration;

use sqlx::postgres::PgRow;
use sqlx::sqlite::SqliteRow;
use sqlx::{AssertSqlSafe, PgConnection, PgPool, SqlSafeStr as _, SqlStr, SqliteConnection, SqlitePool};
use tokio::time::Instant;

use super::server::passing;
use super::value::{self, Value};
use super::{Connection, Error, Readers};

/// What a row can become: `derive(sqlx::FromRow)` and tuples give both at once.
pub(crate) trait FromRow:
    for<'r> sqlx::FromRow<'r, SqliteRow> + for<'r> sqlx::FromRow<'r, PgRow> + Send + Unpin
{
}

impl<T> FromRow for T where T: for<'r> sqlx::FromRow<'r, SqliteRow> + for<'r> sqlx::FromRow<'r, PgRow> + Send + Unpin {}

/// Where a reading statement runs.
pub(crate) enum On<'a> {
    Sqlite(&'a mut SqliteConnection),
    SqlitePool(&'a SqlitePool),
    Postgres(&'a mut PgConnection),
    PostgresPool(&'a PgPool),
}

impl<'a> From<&'a mut Connection> for On<'a> {
    fn from(db: &'a mut Connection) -> Self {
        match db {
            Connection::Sqlite(db) => Self::Sqlite(db),
            Connection::Postgres(db) => Self::Postgres(db),
        }
    }
}

impl<'a> From<&'a Readers> for On<'a> {
    fn from(db: &'a Readers) -> Self {
        match db {
            Readers::Sqlite(pool) => Self::SqlitePool(pool),
            Readers::Postgres(pool) => Self::PostgresPool(pool),
        }
    }
}

/// A statement being made.
#[must_use = "a statement does nothing until it is executed"]
pub(crate) struct Query {
    text: SqlStr,
    values: Vec<Value>,
}

/// A statement of constant text.
pub(crate) fn query(text: &'static str) -> Query {
    Query { text: text.into_sql_str(), values: Vec::new() }
}

impl Query {
    /// A statement put together. `text` holds constants and placeholders only.
    pub(crate) fn made(text: String, values: Vec<Value>) -> Self {
        Self { text: AssertSqlSafe(text).into_sql_str(), values }
    }

    /// The value of the next `$n`.
    pub(crate) fn bind(mut self, value: impl Into<Value>) -> Self {
        self.values.push(value.into());
        self
    }

    /// Runs it; gives the number of rows it touched.
    pub(crate) async fn execute(self, db: &mut Connection) -> Result<u64, Error> {
        Ok(match db {
            Connection::Sqlite(db) => {
                sqlx::query_with(self.text, value::sqlite(self.values)?).execute(db).await?.rows_affected()
            }
            Connection::Postgres(db) => {
                sqlx::query_with(self.text, value::postgres(self.values)?).execute(&mut **db).await?.rows_affected()
            }
        })
    }

    /// All rows.
    pub(crate) async fn fetch_all<T: FromRow>(self, on: impl Into<On<'_>>) -> Result<Vec<T>, Error> {
        let Self { text, values } = self;
        match on.into() {
            On::Sqlite(db) => sqlx::query_as_with(text, value::sqlite(values)?).fetch_all(db).await,
            On::SqlitePool(pool) => sqlx::query_as_with(text, value::sqlite(values)?).fetch_all(pool).await,
            On::Postgres(db) => sqlx::query_as_with(text, value::postgres(values)?).fetch_all(db).await,
            On::PostgresPool(pool) => {
                let patience = Patience::begin();
                loop {
                    let asked = sqlx::query_as_with(text.clone(), value::postgres(values.clone())?);
                    match asked.fetch_all(pool).await {
                        Err(error) if patience.allows(&error) => tokio::time::sleep(PAUSE).await,
                        done => return done,
                    }
                }
            }
        }
    }

    /// The first row, if there is one.
    pub(crate) async fn fetch_optional<T: FromRow>(self, on: impl Into<On<'_>>) -> Result<Option<T>, Error> {
        let Self { text, values } = self;
        match on.into() {
            On::Sqlite(db) => sqlx::query_as_with(text, value::sqlite(values)?).fetch_optional(db).await,
            On::SqlitePool(pool) => sqlx::query_as_with(text, value::sqlite(values)?).fetch_optional(pool).await,
            On::Postgres(db) => sqlx::query_as_with(text, value::postgres(values)?).fetch_optional(db).await,
            On::PostgresPool(pool) => {
                let patience = Patience::begin();
                loop {
                    let asked = sqlx::query_as_with(text.clone(), value::postgres(values.clone())?);
                    match asked.fetch_optional(pool).await {
                        Err(error) if patience.allows(&error) => tokio::time::sleep(PAUSE).await,
                        done => return done,
                    }
                }
            }
        }
    }

    /// The first row; that there is none is an error.
    pub(crate) async fn fetch_one<T: FromRow>(self, on: impl Into<On<'_>>) -> Result<T, Error> {
        self.fetch_optional(on).await?.ok_or(Error::RowNotFound)
    }
}

/// Waiting before a question is asked again.
const PAUSE: Duration = Duration::from_millis(50);

/// A question that only reads may be asked again while the server restarts; for a while.
struct Patience(Instant);

impl Patience {
    fn begin() -> Self {
        Self(Instant::now())
    }

    fn allows(&self, error: &Error) -> bool {
        passing(error) && self.0.elapsed() < Duration::from_secs(5)
    }
}
