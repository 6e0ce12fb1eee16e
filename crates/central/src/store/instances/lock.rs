//! The right to write: a session's advisory lock on the connection that writes. Lock and transaction end with the session,
//! whatever ends it, so nothing of a writer that was deposed is ever committed.

use std::time::Duration;

use chrono::{DateTime, Utc};
use domain::id::InstitutionId;
use tlog::{CheckpointVerifier, Frontier};

use super::super::db::{self, Connection, Place, query};
use super::super::epoch::Epochs;
use super::super::head::head;
use super::super::writer::Fault;
use super::in_time;

/// Of this program, in every database it uses; advisory locks are a database's own.
const LOCK: i64 = 0x6d61_646f_6775_6368;

/// Settings of the session that writes. The server ends it when it hears nothing of it for ten seconds: a machine that hangs
/// must not keep the lock.
const SETTINGS: [(&str, &str); 4] = [
    ("idle_session_timeout", "10s"),
    ("idle_in_transaction_session_timeout", "10s"),
    ("statement_timeout", "60s"),
    ("client_connection_check_interval", "1s"),
];

/// The lock is waited for a few seconds at a time, so that both ends see that the other is there.
const LONG: &str = "3s";
const SHORT: &str = "500ms";
/// Longest time in which a log is read again.
const HEAD: Duration = Duration::from_secs(120);

/// The right to write, and where the log ends.
pub(in crate::store) struct Lead {
    pub(in crate::store) db: Connection,
    pub(in crate::store) frontier: Frontier,
    pub(in crate::store) last: DateTime<Utc>,
    pub(in crate::store) epochs: Epochs,
}

/// Takes the right to write if nobody has it, or whoever had it is just letting go.
///
/// # Errors
/// [`Fault::Database`]: the server can't be used. Anything else: the log is not what was signed.
pub(in crate::store) async fn try_take(
    place: &Place,
    verifier: &CheckpointVerifier,
    institution: &InstitutionId,
) -> Result<Option<Lead>, Fault> {
    let mut db = session(place, SHORT).await?;
    if wait(&mut db).await? { lead(db, verifier, institution).await.map(Some) } else { Ok(None) }
}

/// Waits until nobody else has the right to write, and takes it.
///
/// # Errors
/// As [`try_take`].
pub(in crate::store) async fn take(
    place: &Place,
    verifier: &CheckpointVerifier,
    institution: &InstitutionId,
) -> Result<Lead, Fault> {
    let mut db = session(place, LONG).await?;
    while !wait(&mut db).await? {}
    lead(db, verifier, institution).await
}

/// For a command that works alone: takes the right to write on its own connection, or says who has it. Whoever had it may be just
/// letting go.
///
/// # Errors
/// A service runs on the server, or it can't be used.
pub(in crate::store) async fn alone(db: &mut Connection) -> anyhow::Result<()> {
    patience(db, SHORT).await?;
    anyhow::ensure!(wait(db).await?, "another process serves this database; stop it first");
    Ok(patience(db, "0").await?)
}

/// How long a lock is waited for; `0`: for ever.
async fn patience(db: &mut Connection, time: &str) -> Result<(), db::Error> {
    in_time(query("SELECT set_config('lock_timeout', $1, false)").bind(time).execute(db)).await.map(drop)
}

/// `false`: somebody else has it.
async fn wait(db: &mut Connection) -> Result<bool, Fault> {
    match in_time(query("SELECT pg_advisory_lock($1)").bind(LOCK).execute(db)).await {
        Ok(_) => Ok(true),
        Err(error) if db::lock_not_available(&error) => Ok(false),
        Err(error) => Err(error.into()),
    }
}

async fn session(place: &Place, long: &str) -> Result<Connection, Fault> {
    let mut db = in_time(place.connect()).await?;
    for (name, value) in SETTINGS {
        in_time(query("SELECT set_config($1, $2, false)").bind(name).bind(value).execute(&mut db)).await?;
    }
    patience(&mut db, long).await?;
    // What is answered is on disk. A stricter setting of the server's stays.
    in_time(
        query("SELECT set_config('synchronous_commit', 'on', false) WHERE current_setting('synchronous_commit') IN ('off', 'local')")
            .execute(&mut db),
    )
    .await?;
    Ok(db)
}

/// Nothing is written on top of a log that is not what the last checkpoint signs.
async fn lead(mut db: Connection, verifier: &CheckpointVerifier, institution: &InstitutionId) -> Result<Lead, Fault> {
    // How long the lock was waited for is no bound for what is written with it: that one is the statement's.
    patience(&mut db, "0").await?;
    let epochs = Epochs::load(&mut db, institution).await?;
    let read = tokio::time::timeout(HEAD, head(&mut db, verifier, &epochs)).await;
    let (frontier, last) = read.map_err(|_| db::Error::Io(std::io::ErrorKind::TimedOut.into()))??;
    Ok(Lead { db, frontier, last, epochs })
}
