//! The table of mails. A row is written in the transaction of the entry it tells of, and marked by the same writer.

use domain::customer::CertificateState;
use domain::id::CertificateId;
use serde::{Deserialize, Serialize};
use sqlx::FromRow;

use crate::store::db::{self, Connection, Readers, query};

/// Accepted mails keep their words so long.
pub(super) const KEPT: chrono::Duration = chrono::Duration::days(30);

/// A mail not yet in the table.
#[derive(Debug, Clone, Serialize, Deserialize)]
pub struct NewMail {
    /// Names the entry or certificate and what is said: `ENTRY.issued`, `CERTIFICATE.ending-30`.
    pub(crate) id: String,
    pub(crate) kind: String,
    pub(crate) customer_id: String,
    /// `None`: the customer has no address. The row says so.
    pub(crate) recipient: Option<String>,
    pub(crate) subject: String,
    pub(crate) body: String,
    pub(crate) made_ms: i64,
}

/// What the writer is asked to note.
#[derive(Debug, Clone, Serialize, Deserialize)]
pub enum Mark {
    /// Reminders, each for as long as its certificate is active.
    Remind(Vec<(CertificateId, NewMail)>),
    /// The server accepted it.
    Sent { id: String, now_ms: i64 },
    /// Not now.
    Later { id: String, tries: i64, next_ms: i64, error: String },
    /// Not at all: the server's words.
    Failed { id: String, tries: i64, error: String },
    /// The operator wants a failed one tried again.
    Retry { id: String, now_ms: i64 },
    /// Words and address of what was sent before this time are dropped.
    Forget { sent_before_ms: i64 },
}

/// A mail that is due.
#[derive(Debug, Clone, FromRow)]
pub(crate) struct Due {
    pub(crate) id: String,
    pub(crate) recipient: String,
    pub(crate) subject: String,
    pub(crate) body: String,
    pub(crate) tries: i64,
    pub(crate) made_ms: i64,
}

/// A row as the operator sees it.
#[derive(Debug, Clone, FromRow)]
pub(crate) struct Listed {
    pub(crate) id: String,
    pub(crate) state: String,
    pub(crate) recipient: Option<String>,
    pub(crate) tries: i64,
    pub(crate) made_ms: i64,
    pub(crate) error: Option<String>,
}

/// Puts mails into the table. One that is there already is not said twice.
pub(crate) async fn insert(db: &mut Connection, mails: &[NewMail]) -> Result<(), db::Error> {
    for mail in mails {
        if mail.recipient.is_none() {
            tracing::info!(id = mail.id, customer = mail.customer_id, "no mail: the customer has no address");
        }
        let (state, body) = match mail.recipient {
            Some(_) => ("waiting", Some(mail.body.as_str())),
            None => ("no_address", None),
        };
        query(
            "INSERT INTO mail (id, kind, customer_id, recipient, subject, body, state, made_ms, next_ms)
             VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $8) ON CONFLICT DO NOTHING",
        )
        .bind(&mail.id)
        .bind(&mail.kind)
        .bind(&mail.customer_id)
        .bind(&mail.recipient)
        .bind(&mail.subject)
        .bind(body)
        .bind(state)
        .bind(mail.made_ms)
        .execute(&mut *db)
        .await?;
    }
    Ok(())
}

/// Notes what became of a mail.
pub(crate) async fn mark(db: &mut Connection, mark: &Mark) -> Result<(), db::Error> {
    match mark {
        Mark::Remind(mails) => return remind(db, mails).await,
        Mark::Sent { id, now_ms } => query(
            "UPDATE mail SET state = 'sent', sent_ms = $2, tries = tries + 1, error = NULL WHERE id = $1 AND state = 'waiting'",
        )
        .bind(id)
        .bind(now_ms),
        Mark::Later { id, tries, next_ms, error } => query(
            "UPDATE mail SET tries = $2, next_ms = $3, error = $4 WHERE id = $1 AND state = 'waiting'",
        )
        .bind(id)
        .bind(tries)
        .bind(next_ms)
        .bind(error),
        Mark::Failed { id, tries, error } => {
            query("UPDATE mail SET state = 'failed', tries = $2, error = $3 WHERE id = $1 AND state = 'waiting'")
                .bind(id)
                .bind(tries)
                .bind(error)
        }
        // Its age counts from now on, or it would fail again by that alone.
        Mark::Retry { id, now_ms } => query(
            "UPDATE mail SET state = 'waiting', tries = 0, made_ms = $2, next_ms = $2 WHERE id = $1 AND state = 'failed'",
        )
        .bind(id)
        .bind(now_ms),
        Mark::Forget { sent_before_ms } => query(
            "UPDATE mail SET recipient = NULL, subject = NULL, body = NULL
             WHERE state = 'sent' AND body IS NOT NULL AND sent_ms < $1",
        )
        .bind(sent_before_ms),
    }
    .execute(db)
    .await
    .map(|_| ())
}

async fn remind(db: &mut Connection, mails: &[(CertificateId, NewMail)]) -> Result<(), db::Error> {
    for (certificate, mail) in mails {
        // Between the look and now it may have been renewed, stopped or revoked.
        let state: Option<(String,)> = query("SELECT state FROM certificate WHERE certificate_id = $1")
            .bind(certificate.to_string())
            .fetch_optional(&mut *db)
            .await?;
        if state.is_some_and(|(state,)| state == CertificateState::Active.as_str()) {
            insert(db, std::slice::from_ref(mail)).await?;
        }
    }
    Ok(())
}

/// What is due by now, the oldest first.
pub(crate) async fn due(db: &Readers, now_ms: i64, limit: i64) -> Result<Vec<Due>, db::Error> {
    query(
        "SELECT id, recipient, subject, body, tries, made_ms FROM mail WHERE state = 'waiting' AND next_ms <= $1
         ORDER BY made_ms, id LIMIT $2",
    )
    .bind(now_ms)
    .bind(limit)
    .fetch_all(db)
    .await
}

/// When the next one is due.
pub(crate) async fn next(db: &Readers) -> Result<Option<i64>, db::Error> {
    let row: Option<(Option<i64>,)> =
        query("SELECT MIN(next_ms) FROM mail WHERE state = 'waiting'").fetch_optional(db).await?;
    Ok(row.and_then(|(next,)| next))
}

/// Is there something to forget?
pub(crate) async fn old(db: &Readers, sent_before_ms: i64) -> Result<bool, db::Error> {
    let row: Option<(i64,)> =
        query("SELECT sent_ms FROM mail WHERE state = 'sent' AND body IS NOT NULL AND sent_ms < $1 LIMIT 1")
            .bind(sent_before_ms)
            .fetch_optional(db)
            .await?;
    Ok(row.is_some())
}

/// Ids of those that failed.
pub(crate) async fn failed(db: &Readers) -> Result<Vec<String>, db::Error> {
    let rows: Vec<(String,)> = query("SELECT id FROM mail WHERE state = 'failed' ORDER BY id").fetch_all(db).await?;
    Ok(rows.into_iter().map(|(id,)| id).collect())
}

/// For the operator: what is not sent, or everything.
pub(crate) async fn list(db: &mut Connection, all: bool) -> Result<Vec<Listed>, db::Error> {
    query(
        "SELECT id, state, recipient, tries, made_ms, error FROM mail WHERE $1 OR state <> 'sent' ORDER BY made_ms, id",
    )
    .bind(all)
    .fetch_all(db)
    .await
}

/// How many mails stand in the queue.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub(crate) struct Depth {
    pub(crate) waiting: i64,
    pub(crate) failed: i64,
    /// When the oldest that waits was made.
    pub(crate) oldest_ms: Option<i64>,
}

/// Counts the mails that wait, and those that failed for good.
pub(crate) async fn depth(db: &Readers) -> Result<Depth, db::Error> {
    let (waiting, oldest_ms): (i64, Option<i64>) =
        query("SELECT COUNT(*), MIN(made_ms) FROM mail WHERE state = 'waiting'").fetch_one(db).await?;
    let (failed,): (i64,) = query("SELECT COUNT(*) FROM mail WHERE state = 'failed'").fetch_one(db).await?;
    Ok(Depth { waiting, failed, oldest_ms })
}
