//! A PostgreSQL server: what is asked of it before it is used, and which of its errors pass by themselves.

use std::str::FromStr as _;
use std::sync::Arc;
use std::time::Duration;

use anyhow::Context as _;
use sqlx::postgres::{PgConnectOptions, PgPoolOptions};
use sqlx::{ConnectOptions as _, PgPool};

use super::{Connection, Error, STATEMENTS, query};

/// The oldest version that may be used, as `server_version_num` says it.
const OLDEST: i64 = 150_000;
/// Longest wait for a free connection.
const ACQUIRE: Duration = Duration::from_secs(5);

/// A database on a server.
#[derive(Clone)]
pub struct Server {
    options: Arc<PgConnectOptions>,
    readers: u32,
}

impl std::fmt::Debug for Server {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        write!(f, "{}", self.name())
    }
}

impl Server {
    /// From an address without a password, and the password.
    ///
    /// # Errors
    /// It is not an address of PostgreSQL, or holds a password.
    pub fn new(url: &str, password: Option<&str>, readers: u32) -> anyhow::Result<Self> {
        anyhow::ensure!(
            url.starts_with("postgres://") || url.starts_with("postgresql://"),
            "database.url must begin with postgres:// (empty: a file in data_dir)"
        );
        let authority = url.split_once("://").map_or("", |(_, rest)| rest.split(['/', '?']).next().unwrap_or_default());
        let user = authority.rsplit_once('@').map_or("", |(user, _)| user);
        anyhow::ensure!(
            !user.contains(':') && !url.contains("password="),
            "database.url must not hold a password: set MADOGUCHI_DATABASE_PASSWORD"
        );
        let mut options = PgConnectOptions::from_str(url).context("database.url can't be read")?;
        if let Some(password) = password {
            options = options.password(password);
        }
        let options = options
            .statement_cache_capacity(STATEMENTS)
            .application_name("madoguchi-central")
            .disable_statement_logging();
        Ok(Self { options: Arc::new(options), readers: readers.max(1) })
    }

    /// The same for somebody else.
    #[cfg(test)]
    pub(super) fn of_user(&self, name: &str) -> Self {
        Self { options: Arc::new((*self.options).clone().username(name)), readers: self.readers }
    }

    pub(crate) fn options(&self) -> &PgConnectOptions {
        &self.options
    }

    pub(super) fn name(&self) -> String {
        let host = self.options.get_socket().map_or_else(
            || format!("{}:{}", self.options.get_host(), self.options.get_port()),
            |socket| socket.display().to_string(),
        );
        format!("PostgreSQL at {host}, database {}", self.options.get_database().unwrap_or("(default)"))
    }

    pub(super) async fn connect(&self) -> Result<Connection, Error> {
        Ok(Connection::Postgres(Box::new(self.options.connect().await?)))
    }

    /// A first connection, with an error for whoever has configured it; and is the server fit?
    pub(super) async fn first(&self) -> anyhow::Result<Connection> {
        let connect = tokio::time::timeout(ACQUIRE, self.connect()).await;
        let mut db = connect
            .map_err(|_| anyhow::anyhow!("no answer"))
            .and_then(|done| done.map_err(Into::into))
            .with_context(|| format!("can't reach {}", self.name()))?;
        let (version, fsync): (String, String) =
            query("SELECT current_setting('server_version_num'), current_setting('fsync')").fetch_one(&mut db).await?;
        self.fit(version.parse().context("the server's version")?, &fsync)?;
        Ok(db)
    }

    fn fit(&self, version: i64, fsync: &str) -> anyhow::Result<()> {
        let name = self.name();
        anyhow::ensure!(version >= OLDEST, "{name} is version {}; 15 or newer is needed", version / 10_000);
        anyhow::ensure!(fsync == "on", "{name} runs with fsync = {fsync}: what it has written may be lost");
        Ok(())
    }

    /// Each is asked whether it is still there before it is used, so that none of before a restart of the server is.
    pub(super) async fn pool(&self) -> Result<PgPool, Error> {
        PgPoolOptions::new()
            .max_connections(self.readers)
            .acquire_timeout(ACQUIRE)
            .after_connect(|db, _| {
                Box::pin(
                    async move { sqlx::query("SET default_transaction_read_only = on").execute(db).await.map(drop) },
                )
            })
            .connect_with(self.options().clone())
            .await
    }
}

/// Is this what a lost connection, or a server that stops or starts, looks like? Then the same may go well a moment later.
pub(crate) fn passing(error: &Error) -> bool {
    match error {
        Error::Io(_) | Error::Tls(_) | Error::PoolTimedOut | Error::WorkerCrashed => true,
        Error::Database(cause) => {
            // Connection exceptions, operator intervention (shutdown, starting up), too many connections.
            cause.code().is_some_and(|code| code.starts_with("08") || code.starts_with("57P") || code == "53300")
        }
        Error::Protocol(_) => true,
        _ => false,
    }
}

/// Is it that whoever asks may not write here?
pub(crate) fn not_writable(error: &Error) -> bool {
    let Error::Database(cause) = error else { return false };
    let code = cause.code().unwrap_or_default();
    match code.parse::<u32>() {
        // SQLite: SQLITE_READONLY and SQLITE_CANTOPEN, each with all of its kinds. The server's codes have five signs.
        Ok(number) if code.len() < 5 => matches!(number & 0xff, 8 | 14),
        _ => matches!(&*code, "42501" | "25006"),
    }
}

/// Is there no such table: was nothing of this program ever written to that database?
pub(crate) fn no_table(error: &Error) -> bool {
    // SQLite has no code of its own for it.
    matches!(error, Error::Database(cause) if cause.code().as_deref() == Some("42P01") || cause.message().starts_with("no such table"))
}

/// Was a lock waited for as long as the session allows?
pub(crate) fn lock_not_available(error: &Error) -> bool {
    matches!(error, Error::Database(cause) if cause.code().as_deref() == Some("55P03"))
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used, reason = "tests")]
    use super::*;

    #[test]
    fn an_address_holds_no_password_and_is_of_postgresql() {
        for (url, complaint) in [
            ("mysql://a@b/c", "must begin with postgres://"),
            ("central.sqlite", "must begin with postgres://"),
            ("postgres://madoguchi:secret@db/madoguchi", "must not hold a password"),
            ("postgres://madoguchi@db/madoguchi?password=secret", "must not hold a password"),
            ("postgres://madoguchi@db:port/madoguchi", "can't be read"),
        ] {
            let error = Server::new(url, None, 4).unwrap_err().to_string();
            assert!(error.contains(complaint), "{url}: {error}");
            assert!(!error.contains("secret"), "{error}");
        }
        let server = Server::new("postgresql://madoguchi@db.example.jp/log?sslmode=verify-full", Some("secret"), 4);
        let shown = format!("{:?}", server.unwrap());
        assert_eq!(shown, "PostgreSQL at db.example.jp:5432, database log");
    }

    #[test]
    fn an_old_server_and_a_careless_one_are_refused() {
        let server = Server::new("postgres://madoguchi@db.example.jp/log", None, 4).unwrap();
        assert!(server.fit(150_000, "on").is_ok());
        assert!(server.fit(140_009, "on").unwrap_err().to_string().contains("is version 14; 15 or newer"));
        assert!(server.fit(170_002, "off").unwrap_err().to_string().contains("fsync = off"));
    }

    #[tokio::test]
    async fn a_server_that_is_not_there_is_named() {
        let dir = tempfile::tempdir().unwrap();
        let server = Server::new(&format!("postgres://madoguchi@localhost/log?host={}", dir.path().display()), None, 4);
        let error = server.unwrap().first().await.unwrap_err();
        assert!(error.to_string().starts_with("can't reach PostgreSQL at "), "{error:#}");
        assert!(error.to_string().ends_with("database log"), "{error:#}");
    }
}
