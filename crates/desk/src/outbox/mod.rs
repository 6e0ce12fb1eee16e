//! The outbox: an act is written here first, as the exact bytes that will be sent, and then pushed. A row is never
//! thrown away before the centre has answered or somebody has dealt with the refusal.

pub(crate) mod order;
pub(crate) mod send;
mod settle;

use chrono::{DateTime, Duration, Utc};
use domain::ErrorCode;
use sqlx::{FromRow, SqliteConnection, SqlitePool};
use wire::Envelope;
use wire::api::command::PushCommand;

pub(crate) use settle::{came_back, held, passed};

use crate::error::DeskError;
use crate::replica::Replica;
use crate::view::{ErrorView, OutboxState};

/// Confirmed acts that are still shown.
const SHOWN: i64 = 50;
/// What was dealt with is kept so many days.
const KEPT_DAYS: i64 = 90;

/// One act.
#[derive(Debug, Clone, Default, PartialEq, FromRow)]
pub(crate) struct Row {
    pub(crate) command_id: String,
    pub(crate) customer_id: String,
    pub(crate) kind: String,
    pub(crate) staff_id: String,
    pub(crate) made_at: String,
    /// Of the session it was made in; empty: signed in without the centre.
    pub(crate) token: String,
    pub(crate) request: String,
    /// `waiting`, `sent` (accepted, and not yet come back by the feed), `held`, `refused`, `dealt`, `confirmed`.
    pub(crate) state: String,
    pub(crate) tries: i64,
    pub(crate) error: Option<String>,
    /// The form it was made of, kept as a draft until the centre has accepted it.
    pub(crate) draft: Option<String>,
    /// Of a stop: the user ID, or the contract.
    pub(crate) stop: Option<String>,
    /// Made while the centre was out of reach.
    pub(crate) offline: bool,
    /// What was done with a refusal, by whom, and when; or when it was confirmed.
    pub(crate) dealt: Option<String>,
    pub(crate) dealt_by: Option<String>,
    pub(crate) settled_at: Option<String>,
}

const SELECT: &str =
    "SELECT command_id, customer_id, kind, staff_id, made_at, token, request, state, tries, error, draft,
    stop, offline, dealt, dealt_by, settled_at FROM outbox";

impl Row {
    /// Did the centre refuse it for this?
    pub(crate) fn refused_with(&self, code: ErrorCode) -> bool {
        self.state == "refused" && self.error_view().is_some_and(|error| error.code == code)
    }

    /// As it is stored: that it is being sent is known to the sender alone.
    pub(crate) fn outbox_state(&self) -> OutboxState {
        match self.state.as_str() {
            "sent" => OutboxState::Sending,
            "held" => OutboxState::Held,
            "confirmed" => OutboxState::Confirmed,
            "refused" | "dealt" => OutboxState::Refused,
            _ => OutboxState::Waiting,
        }
    }

    pub(crate) fn error_view(&self) -> Option<ErrorView> {
        self.error.as_deref().and_then(|json| serde_json::from_str(json).ok())
    }
}

pub(crate) async fn insert(db: &mut SqliteConnection, row: &Row) -> Result<(), DeskError> {
    sqlx::query(
        "INSERT INTO outbox (command_id, customer_id, kind, staff_id, made_at, token, request, state, tries, draft, stop,
         offline) VALUES ($1, $2, $3, $4, $5, $6, $7, 'waiting', 0, $8, $9, $10)",
    )
    .bind(&row.command_id)
    .bind(&row.customer_id)
    .bind(&row.kind)
    .bind(&row.staff_id)
    .bind(&row.made_at)
    .bind(&row.token)
    .bind(&row.request)
    .bind(&row.draft)
    .bind(&row.stop)
    .bind(row.offline)
    .execute(db)
    .await?;
    Ok(())
}

/// Slips that were on their way when the desk ended. Their codes were in memory only: pushed now, they would end the code
/// the customer holds and put one in force that nobody can print. What the centre had already accepted comes by the feed.
pub(crate) async fn forget_lost_codes(replica: &Replica) -> Result<(), DeskError> {
    let mut db = replica.writer().await?;
    sqlx::query("DELETE FROM outbox WHERE kind = 'print_slip' AND state IN ('waiting', 'sent')")
        .execute(&mut *db)
        .await?;
    Ok(())
}

/// What was dealt with or confirmed long ago need not be shown any more.
pub(crate) async fn sweep(replica: &Replica, now: DateTime<Utc>) -> Result<(), DeskError> {
    let mut db = replica.writer().await?;
    sqlx::query("DELETE FROM outbox WHERE state IN ('dealt', 'confirmed') AND settled_at < $1")
        .bind((now - Duration::days(KEPT_DAYS)).to_rfc3339())
        .execute(&mut *db)
        .await?;
    Ok(())
}

/// The command by which a draft is being sent.
pub(crate) async fn on_its_way(db: &SqlitePool, draft: &str) -> Result<Option<String>, DeskError> {
    let row: Option<(String,)> =
        sqlx::query_as("SELECT command_id FROM outbox WHERE draft = $1 AND state IN ('waiting', 'sent', 'held')")
            .bind(draft)
            .fetch_optional(db)
            .await?;
    Ok(row.map(|(command,)| command))
}

/// Where an act stands, as it is stored.
pub(crate) async fn state(db: &SqlitePool, command: &str) -> Result<Option<String>, DeskError> {
    let row: Option<(String,)> =
        sqlx::query_as("SELECT state FROM outbox WHERE command_id = $1").bind(command).fetch_optional(db).await?;
    Ok(row.map(|(state,)| state))
}

async fn rows(db: &SqlitePool, whose: &'static str) -> Result<Vec<Row>, DeskError> {
    let text = format!("{SELECT} WHERE {whose} ORDER BY seq");
    Ok(sqlx::query_as(sqlx::AssertSqlSafe(text)).fetch_all(db).await?)
}

/// Rows that are not done, oldest first.
pub(crate) async fn open_rows(db: &SqlitePool) -> Result<Vec<Row>, DeskError> {
    rows(db, "state IN ('waiting', 'sent', 'held', 'refused')").await
}

/// Rows the centre has not answered, oldest first.
pub(crate) async fn unsent(db: &SqlitePool) -> Result<Vec<Row>, DeskError> {
    rows(db, "state = 'waiting'").await
}

/// An act that waits, as it will be sent.
pub(crate) struct Queued {
    pub(crate) envelope: Envelope,
    pub(crate) attachment: Option<Vec<u8>>,
}

/// Acts the centre has not answered, oldest first: all of them, or those on a customer.
pub(crate) async fn queued(db: &SqlitePool, customer: Option<&str>) -> Result<Vec<Queued>, DeskError> {
    let read = |row: Row| {
        let request: PushCommand = serde_json::from_str(&row.request)?;
        let envelope = Envelope::from_bytes(&request.envelope.0)?;
        Ok(Queued { envelope, attachment: request.attachment.map(|a| a.0) })
    };
    let of = |row: &Row| customer.is_none_or(|customer| row.customer_id == customer);
    unsent(db).await?.into_iter().filter(of).map(read).collect()
}

/// Rows that are done, oldest first: confirmed ones, and refusals that somebody dealt with.
pub(crate) async fn done_rows(db: &SqlitePool) -> Result<Vec<Row>, DeskError> {
    rows(db, "state IN ('confirmed', 'dealt')").await
}

/// Somebody dealt with a refusal: sent it again, or dismissed it. It stays in the list of what was done, with the name.
pub(crate) async fn deal(
    db: &mut SqliteConnection,
    which: Which<'_>,
    dealt: &str,
    by: &str,
    at: DateTime<Utc>,
) -> Result<u64, DeskError> {
    let (text, id) = match which {
        Which::Command(id) => ("command_id = $1", id),
        Which::Draft(id) => ("draft = $1", id),
    };
    let text = format!(
        "UPDATE outbox SET state = 'dealt', dealt = $2, dealt_by = $3, settled_at = $4, request = '', token = ''
         WHERE {text} AND state = 'refused'"
    );
    let done =
        sqlx::query(sqlx::AssertSqlSafe(text)).bind(id).bind(dealt).bind(by).bind(at.to_rfc3339()).execute(db).await?;
    Ok(done.rows_affected())
}

/// Which refusal.
#[derive(Debug, Clone, Copy)]
pub(crate) enum Which<'a> {
    /// Of this act.
    Command(&'a str),
    /// Every one of this form.
    Draft(&'a str),
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used, reason = "tests")]
    use super::*;
    use domain::ErrorCode;

    fn row(command: &str, kind: &str) -> Row {
        Row {
            command_id: command.into(),
            customer_id: "c".into(),
            kind: kind.into(),
            staff_id: "T1001".into(),
            made_at: "2026-11-24T00:00:00Z".into(),
            token: "t".into(),
            request: "{\"exact\": \"bytes\"}".into(),
            state: "waiting".into(),
            tries: 0,
            ..Row::default()
        }
    }

    async fn put(replica: &Replica, rows: &[Row]) {
        let mut db = replica.writer().await.unwrap();
        for row in rows {
            insert(&mut db, row).await.unwrap();
        }
    }

    /// Rows keep their order, their exact bytes, tries and refusals over a restart.
    #[tokio::test]
    async fn survives_a_restart_as_it_was() {
        let dir = tempfile::tempdir().unwrap();
        let path = dir.path().join("replica.sqlite");
        let replica = Replica::open(&path, &[1; 32]).await.unwrap();
        put(&replica, &[row("b", "submit_application"), row("a", "submit_application")]).await;
        send::tried(&replica, "b", None).await.unwrap();
        let why = DeskError::from(ErrorCode::ApplicationOpen).view();
        send::tried(&replica, "a", Some(&why)).await.unwrap();
        replica.close().await.unwrap();
        let replica = Replica::open(&path, &[1; 32]).await.unwrap();
        let rows = open_rows(&replica.readers).await.unwrap();
        let seen: Vec<_> = rows.iter().map(|r| (r.command_id.as_str(), r.outbox_state(), r.tries)).collect();
        assert_eq!(seen, [("b", OutboxState::Waiting, 1), ("a", OutboxState::Refused, 1)]);
        assert_eq!(rows.last().unwrap().error_view().unwrap(), why);
        assert_eq!(rows.first().unwrap().request, row("b", "").request);
        let unsent = unsent(&replica.readers).await.unwrap();
        assert_eq!(unsent.iter().map(|r| r.command_id.as_str()).collect::<Vec<_>>(), ["b"]);
        replica.close().await.unwrap();
    }

    /// A refusal stays until somebody deals with it, and then says who did, and when.
    #[tokio::test]
    async fn a_refusal_stays_until_somebody_deals_with_it() {
        let dir = tempfile::tempdir().unwrap();
        let replica = Replica::open(&dir.path().join("replica.sqlite"), &[1; 32]).await.unwrap();
        put(&replica, &[row("a", "submit_application"), row("b", "submit_application")]).await;
        let why = DeskError::from(ErrorCode::ApplicationOpen).view();
        send::tried(&replica, "a", Some(&why)).await.unwrap();
        let at: DateTime<Utc> = "2026-11-25T01:00:00Z".parse().unwrap();
        sweep(&replica, at + Duration::days(400)).await.unwrap();
        assert_eq!(open_rows(&replica.readers).await.unwrap().len(), 2, "no time takes it away");
        let mut db = replica.writer().await.unwrap();
        assert_eq!(deal(&mut db, Which::Command("b"), "dismissed", "T1002", at).await.unwrap(), 0, "it waits");
        assert_eq!(deal(&mut db, Which::Command("a"), "dismissed", "T1002", at).await.unwrap(), 1);
        assert_eq!(deal(&mut db, Which::Command("a"), "dismissed", "T1003", at).await.unwrap(), 0, "once");
        drop(db);
        assert_eq!(open_rows(&replica.readers).await.unwrap().len(), 1);
        let done = done_rows(&replica.readers).await.unwrap().remove(0);
        assert_eq!((done.dealt.as_deref(), done.dealt_by.as_deref()), (Some("dismissed"), Some("T1002")));
        assert_eq!(done.error_view().unwrap(), why);
        assert!(done.request.is_empty(), "what was asked for is not kept for ever");
        replica.close().await.unwrap();
    }

    #[tokio::test]
    async fn the_same_act_is_never_queued_twice() {
        let dir = tempfile::tempdir().unwrap();
        let replica = Replica::open(&dir.path().join("replica.sqlite"), &[1; 32]).await.unwrap();
        put(&replica, &[row("a", "submit_application")]).await;
        let mut db = replica.writer().await.unwrap();
        assert!(insert(&mut db, &row("a", "submit_application")).await.is_err());
        drop(db);
        replica.close().await.unwrap();
    }

    #[tokio::test]
    async fn a_slip_whose_code_is_lost_is_not_sent_after_a_restart() {
        let dir = tempfile::tempdir().unwrap();
        let replica = Replica::open(&dir.path().join("replica.sqlite"), &[1; 32]).await.unwrap();
        put(&replica, &[row("a", "print_slip"), row("b", "submit_application")]).await;
        forget_lost_codes(&replica).await.unwrap();
        let rows = open_rows(&replica.readers).await.unwrap();
        assert_eq!(rows.iter().map(|r| r.command_id.as_str()).collect::<Vec<_>>(), ["b"]);
        replica.close().await.unwrap();
    }
}
