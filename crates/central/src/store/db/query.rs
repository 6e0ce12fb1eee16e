//! One statement with its values. Prepared once on each connection, and kept there.

use std::fmt::Write as _;
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

/// The text of a statement.
enum Text {
    /// As it is written, with `$n`.
    Written(SqlStr),
    /// The same, where each database has words of its own.
    Each { sqlite: SqlStr, postgres: SqlStr },
    /// Put together; a `?` stands at each of these places, one for each value in turn. `OR FAIL` after the verb is for SQLite
    /// alone: other servers keep nothing for a statement to undo itself with.
    Made(String, Vec<usize>),
}

/// Of SQLite: a row that an index refuses ends the statement, and the rows before it stay until the transaction is rolled back
/// (https://sqlite.org/lang_conflict.html).
const OR_FAIL: &str = " OR FAIL";

impl Text {
    /// SQLite looks a parameter's name up in a list of all of them for each value that is bound. Parameters without a name
    /// cost nothing, and a statement over many rows has hundreds.
    fn sqlite(self) -> SqlStr {
        match self {
            Self::Written(text) | Self::Each { sqlite: text, .. } => text,
            Self::Made(text, _) => AssertSqlSafe(text).into_sql_str(),
        }
    }

    fn postgres(self) -> SqlStr {
        let (made, places) = match self {
            Self::Written(text) | Self::Each { postgres: text, .. } => return text,
            Self::Made(text, places) => (text, places),
        };
        let mut text = String::with_capacity(made.len() + 4 * places.len());
        let mut from = 0;
        for (n, place) in (1..).zip(places) {
            text.push_str(made.get(from..place).unwrap_or_default());
            // Writing to a string can't fail.
            let _ = write!(text, "${n}");
            from = place + 1;
        }
        text.push_str(made.get(from..).unwrap_or_default());
        AssertSqlSafe(text.replacen(OR_FAIL, "", 1)).into_sql_str()
    }
}

/// A statement being made.
#[must_use = "a statement does nothing until it is executed"]
pub(crate) struct Query {
    text: Text,
    values: Vec<Value>,
}

/// A statement of constant text.
pub(crate) fn query(text: &'static str) -> Query {
    Query { text: Text::Written(text.into_sql_str()), values: Vec::new() }
}

/// The octets of many rows, one behind the other and in their order, as one row: thousands that are handed over one by one cost more
/// than what is in them. `rows` gives them as `octets`; without any, the row is NULL.
pub(crate) fn joined(rows: &'static str) -> Query {
    let sqlite = format!("SELECT CAST(group_concat(octets, '') AS BLOB) FROM ({rows})");
    let postgres = format!("SELECT string_agg(octets, ''::bytea) FROM ({rows}) AS rows");
    let [sqlite, postgres] = [sqlite, postgres].map(|text| AssertSqlSafe(text).into_sql_str());
    Query { text: Text::Each { sqlite, postgres }, values: Vec::new() }
}

impl Query {
    /// A statement put together of constants, with a `?` at each of these places.
    pub(super) fn made(text: String, places: Vec<usize>, values: Vec<Value>) -> Self {
        Self { text: Text::Made(text, places), values }
    }

    /// The value of the next `$n`.
    pub(crate) fn bind(mut self, value: impl Into<Value>) -> Self {
        self.values.push(value.into());
        self
    }

    /// Runs it; gives the number of rows it touched.
    pub(crate) async fn execute(self, db: &mut Connection) -> Result<u64, Error> {
        let Self { text, values } = self;
        Ok(match db {
            Connection::Sqlite(db) => {
                sqlx::query_with(text.sqlite(), value::sqlite(values)?).execute(db).await?.rows_affected()
            }
            Connection::Postgres(db) => {
                sqlx::query_with(text.postgres(), value::postgres(values)?).execute(&mut **db).await?.rows_affected()
            }
        })
    }

    /// All rows.
    pub(crate) async fn fetch_all<T: FromRow>(self, on: impl Into<On<'_>>) -> Result<Vec<T>, Error> {
        let Self { text, values } = self;
        match on.into() {
            On::Sqlite(db) => sqlx::query_as_with(text.sqlite(), value::sqlite(values)?).fetch_all(db).await,
            On::SqlitePool(pool) => sqlx::query_as_with(text.sqlite(), value::sqlite(values)?).fetch_all(pool).await,
            On::Postgres(db) => sqlx::query_as_with(text.postgres(), value::postgres(values)?).fetch_all(db).await,
            On::PostgresPool(pool) => {
                let (text, patience) = (text.postgres(), Patience::begin());
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
            On::Sqlite(db) => sqlx::query_as_with(text.sqlite(), value::sqlite(values)?).fetch_optional(db).await,
            On::SqlitePool(pool) => {
                sqlx::query_as_with(text.sqlite(), value::sqlite(values)?).fetch_optional(pool).await
            }
            On::Postgres(db) => sqlx::query_as_with(text.postgres(), value::postgres(values)?).fetch_optional(db).await,
            On::PostgresPool(pool) => {
                let (text, patience) = (text.postgres(), Patience::begin());
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
