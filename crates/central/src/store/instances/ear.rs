//! Hears what every commit changed, in every instance: how long the log is, and what relying parties are to be told. Everything
//! is read from the database; a notice only says that there is something to read.
//!
//! While it hears nothing (the connection is lost, or a question on it goes unanswered), the standings are not fresh, and
//! nobody is told that a certificate is good.

use std::sync::Arc;
use std::sync::atomic::Ordering;
use std::time::Duration;

use domain::id::InstitutionId;
use sqlx::PgPool;
use sqlx::postgres::{PgListener, PgPoolOptions};
use tokio::sync::Notify;
use tokio::time::Instant;

use super::super::db::{self, Place, Readers, query};
use super::super::epoch::Epochs;
use super::super::standing::Standings;
use super::super::writer::{Fault, Known};
use super::{CHANNEL, Notice, in_time, notice};

/// How often it asks whether anybody is still there.
const EVERY: Duration = Duration::from_secs(1);
/// What was heard is believed so long after the last answer.
const FRESH: Duration = Duration::from_secs(3);
/// Waiting before the next try to connect.
const AGAIN: Duration = Duration::from_millis(100);

/// What it tells the rest of the instance.
#[derive(Clone)]
pub(in crate::store) struct Ear {
    pub(in crate::store) place: Place,
    pub(in crate::store) readers: Readers,
    /// Name of this instance.
    pub(in crate::store) instance: String,
    pub(in crate::store) known: Known,
    pub(in crate::store) institution: InstitutionId,
    /// Somebody has handed something over.
    pub(in crate::store) asked: Arc<Notify>,
    /// Something this instance has handed over was answered.
    pub(in crate::store) answered: Arc<Notify>,
}

/// A connection that hears, and everything that was said before it did.
pub(in crate::store) struct Hearing(PgListener);

/// What can't be read is asked for again, as if the connection had been lost.
fn unread(fault: Fault) -> db::Error {
    match fault {
        Fault::Database(error) => error,
        other => db::Error::Decode(other.to_string().into()),
    }
}

impl Ear {
    /// Connects and reads everything.
    ///
    /// # Errors
    /// The server can't be used.
    pub(in crate::store) async fn listen(&self) -> Result<Hearing, db::Error> {
        let pool = self.pool().await?;
        let mut listener = in_time(PgListener::connect_with(&pool)).await?;
        listener.eager_reconnect(false);
        in_time(listener.listen(CHANNEL)).await?;
        let mut db = in_time(self.place.connect()).await?;
        self.known.standings.replace(Standings::read_all(&mut db).await?);
        let sizes: Option<(i64,)> =
            query("SELECT size FROM checkpoint ORDER BY size DESC LIMIT 1").fetch_optional(&mut db).await?;
        let last: Option<(Vec<u8>,)> =
            query("SELECT bytes FROM entry ORDER BY idx DESC LIMIT 1").fetch_optional(&mut db).await?;
        let last = last
            .and_then(|(bytes,)| wire::Entry::from_bytes(&bytes).ok())
            .map_or(i64::MIN, |e| e.at.timestamp_millis());
        db.close().await?;
        self.look_at_epochs().await?;
        self.look_at_policy().await?;
        self.grown(sizes.map_or(0, |(size,)| u64::try_from(size).unwrap_or_default()), last);
        self.ask(&mut listener).await?;
        Ok(Hearing(listener))
    }

    async fn pool(&self) -> Result<PgPool, db::Error> {
        let Place::Postgres(server) = &self.place else { return Err(db::Error::PoolClosed) };
        PgPoolOptions::new()
            .max_connections(1)
            .idle_timeout(None)
            .max_lifetime(None)
            .acquire_timeout(super::PATIENCE)
            .connect_with(server.options().clone())
            .await
    }

    /// Whether a recovery goes on: nobody is told "good" before it has ended, and everybody is after that.
    async fn look_at_epochs(&self) -> Result<(), db::Error> {
        let epochs = Epochs::load(&self.readers, &self.institution).await.map_err(unread)?;
        self.known.epochs.send_replace(Arc::new(epochs));
        Ok(())
    }

    async fn look_at_policy(&self) -> Result<(), db::Error> {
        self.known.policy.look(&self.readers, &self.institution).await.map_err(unread)
    }

    fn grown(&self, size: u64, last_ms: i64) {
        self.known.last_ms.fetch_max(last_ms, Ordering::AcqRel);
        self.known.grown(size);
    }

    /// Hears until aborted; a lost connection is made again.
    pub(in crate::store) async fn run(self, first: Hearing) {
        let mut hearing = Some(first);
        loop {
            let error = match hearing.take() {
                Some(Hearing(listener)) => self.hear(listener).await,
                None => match self.listen().await {
                    Ok(new) => {
                        tracing::info!("hearing of every commit again");
                        // What was answered meanwhile is looked for, and what was asked.
                        self.answered.notify_one();
                        self.asked.notify_one();
                        hearing = Some(new);
                        continue;
                    }
                    Err(error) => error,
                },
            };
            self.known.standings.fresh_until(None);
            tracing::warn!(%error, "commits are not heard of; relying parties are asked to try later");
            tokio::time::sleep(AGAIN).await;
        }
    }

    /// Ends with what went wrong.
    async fn hear(&self, mut listener: PgListener) -> db::Error {
        let mut next = Instant::now() + EVERY;
        loop {
            let heard = if next > Instant::now() {
                tokio::time::timeout_at(next, listener.try_recv()).await.ok()
            } else {
                None
            };
            let heeded = match heard {
                Some(Ok(Some(said))) => self.heed(said.payload()).await,
                Some(Ok(None)) => Err(db::Error::Io(std::io::ErrorKind::ConnectionAborted.into())),
                Some(Err(error)) => Err(error),
                None => {
                    next = Instant::now() + EVERY;
                    self.ask(&mut listener).await
                }
            };
            if let Err(error) = heeded {
                return error;
            }
        }
    }

    /// Is anybody there? What was committed before the question is heard before the answer.
    async fn ask(&self, listener: &mut PgListener) -> Result<(), db::Error> {
        let begun = Instant::now();
        in_time(sqlx::Executor::execute(&mut *listener, "SELECT 1")).await?;
        while let Some(said) = listener.next_buffered() {
            self.heed(said.payload()).await?;
        }
        self.known.standings.fresh_until(Some(begun + FRESH));
        Ok(())
    }

    async fn heed(&self, payload: &str) -> Result<(), db::Error> {
        let Some(notice) = Notice::read(payload) else { return Ok(()) };
        match notice {
            Notice::Asked => self.asked.notify_one(),
            Notice::Policy => self.look_at_policy().await?,
            Notice::Changed(serials) => self.known.standings.look_again(&self.readers, &serials).await?,
            Notice::Committed { size, last_ms, answered } => {
                if self.known.recovering() {
                    self.look_at_epochs().await?;
                }
                self.grown(size, last_ms);
                if answered.iter().any(|name| *name == self.instance || name == notice::ALL) {
                    self.answered.notify_one();
                }
            }
        }
        Ok(())
    }
}
