//! The outbox: an act is written here first, as the exact bytes that will be sent, and then pushed. A row is never
//! thrown away before the centre has answered or somebody has dealt with the refusal.

use sqlx::{FromRow, SqliteConnection, SqlitePool};
use wire::api::command::{CommandAccepted, PushCommand};

use crate::centre::Centre;
use crate::desk::{Desk, Topics};
use crate::error::DeskError;
use crate::replica::Replica;
use crate::view::{ErrorView, OutboxState};

/// One act.
#[derive(Debug, Clone, FromRow)]
pub(crate) struct Row {
    pub(crate) command_id: String,
    pub(crate) customer_id: String,
    pub(crate) kind: String,
    pub(crate) staff_id: String,
    pub(crate) made_at: String,
    pub(crate) token: String,
    pub(crate) request: String,
    pub(crate) state: String,
    pub(crate) tries: i64,
    pub(crate) error: Option<String>,
    /// The form it was made of, kept as a draft until the centre has accepted it.
    pub(crate) draft: Option<String>,
}

pub(crate) fn word(state: OutboxState) -> &'static str {
    match state {
        OutboxState::Waiting => "waiting",
        OutboxState::Sending => "sending",
        OutboxState::Confirmed => "confirmed",
        OutboxState::Refused => "refused",
    }
}

impl Row {
    pub(crate) fn outbox_state(&self) -> OutboxState {
        match self.state.as_str() {
            "sending" => OutboxState::Sending,
            "confirmed" => OutboxState::Confirmed,
            "refused" => OutboxState::Refused,
            _ => OutboxState::Waiting,
        }
    }

    pub(crate) fn error_view(&self) -> Option<ErrorView> {
        self.error.as_deref().and_then(|json| serde_json::from_str(json).ok())
    }
}

pub(crate) async fn insert(db: &mut SqliteConnection, row: &Row) -> Result<(), DeskError> {
    sqlx::query(
        "INSERT INTO outbox (command_id, customer_id, kind, staff_id, made_at, token, request, state, tries, draft)
         VALUES ($1, $2, $3, $4, $5, $6, $7, 'waiting', 0, $8)",
    )
    .bind(&row.command_id)
    .bind(&row.customer_id)
    .bind(&row.kind)
    .bind(&row.staff_id)
    .bind(&row.made_at)
    .bind(&row.token)
    .bind(&row.request)
    .bind(&row.draft)
    .execute(db)
    .await?;
    Ok(())
}

async fn mark(
    replica: &Replica,
    command: &str,
    state: OutboxState,
    error: Option<&ErrorView>,
) -> Result<(), DeskError> {
    let error = error.map(serde_json::to_string).transpose()?;
    let mut db = replica.writer().await?;
    sqlx::query("UPDATE outbox SET state = $2, error = $3, tries = tries + 1 WHERE command_id = $1")
        .bind(command)
        .bind(word(state))
        .bind(error)
        .execute(&mut *db)
        .await?;
    Ok(())
}

/// The entry is the record now, whether the answer told of it or the feed: row and draft would only repeat it.
pub(crate) async fn settled(db: &mut SqliteConnection, command: &str) -> Result<(), sqlx::Error> {
    sqlx::query("DELETE FROM draft WHERE application_id = (SELECT draft FROM outbox WHERE command_id = $1)")
        .bind(command)
        .execute(&mut *db)
        .await?;
    sqlx::query("DELETE FROM outbox WHERE command_id = $1").bind(command).execute(&mut *db).await?;
    Ok(())
}

/// Pushes one row and records the answer.
pub(crate) async fn push(desk: &Desk, centre: &Centre, row: &Row) -> Result<CommandAccepted, DeskError> {
    let request: PushCommand = serde_json::from_str(&row.request)?;
    fault::point("desk-before-push");
    let answer = centre.push(&row.token, &request).await;
    fault::point("desk-pushed");
    let replica = &desk.inner.replica;
    match &answer {
        Ok(_) => {
            let mut writer = replica.writer().await?;
            let mut db = sqlx::Connection::begin(&mut *writer).await?;
            settled(&mut db, &row.command_id).await?;
            db.commit().await?;
        }
        Err(error) if error.permanent() => {
            mark(replica, &row.command_id, OutboxState::Refused, Some(&error.view())).await?
        }
        Err(error) => {
            mark(replica, &row.command_id, OutboxState::Waiting, None).await?;
            if matches!(error, DeskError::Offline(_)) {
                desk.lost(error);
            }
        }
    }
    desk.changed(Topics::OUTBOX);
    answer
}

/// Slips that were on their way when the desk ended. Their codes were in memory only: pushed now, they would end the code
/// the customer holds and put one in force that nobody can print. What the centre had already accepted comes by the feed.
pub(crate) async fn forget_lost_codes(replica: &Replica) -> Result<(), DeskError> {
    let mut db = replica.writer().await?;
    sqlx::query("DELETE FROM outbox WHERE kind = 'print_slip' AND state <> 'refused'").execute(&mut *db).await?;
    Ok(())
}

/// The command by which a draft is being sent.
pub(crate) async fn on_its_way(db: &SqlitePool, draft: &str) -> Result<Option<String>, DeskError> {
    let row: Option<(String,)> =
        sqlx::query_as("SELECT command_id FROM outbox WHERE draft = $1 AND state <> 'refused'")
            .bind(draft)
            .fetch_optional(db)
            .await?;
    Ok(row.map(|(command,)| command))
}

/// Rows that are not done, oldest first.
pub(crate) async fn open_rows(db: &SqlitePool) -> Result<Vec<Row>, DeskError> {
    Ok(sqlx::query_as(
        "SELECT command_id, customer_id, kind, staff_id, made_at, token, request, state, tries, error, draft FROM outbox ORDER BY seq",
    )
    .fetch_all(db)
    .await?)
}

/// Pushes what waits, in order per customer, whenever the centre is in reach.
pub(crate) async fn run(desk: Desk, centre: Centre) {
    loop {
        tokio::time::sleep(std::time::Duration::from_secs(2)).await;
        if !desk.online() {
            continue;
        }
        let rows = match open_rows(&desk.inner.replica.readers).await {
            Ok(rows) => rows,
            Err(error) => {
                desk.stop(error);
                return;
            }
        };
        let mut blocked: Vec<String> = Vec::new();
        for row in rows.iter().filter(|row| row.outbox_state() == OutboxState::Waiting) {
            if blocked.contains(&row.customer_id) {
                continue;
            }
            let _busy = desk.inner.pushing.lock().await;
            // The use case that made it may just have sent it.
            if let Ok(true) = still_waiting(&desk.inner.replica.readers, &row.command_id).await
                && push(&desk, &centre, row).await.is_err_and(|e| !e.permanent())
            {
                blocked.push(row.customer_id.clone());
            }
        }
    }
}

async fn still_waiting(db: &SqlitePool, command: &str) -> Result<bool, DeskError> {
    let row: Option<(String,)> =
        sqlx::query_as("SELECT state FROM outbox WHERE command_id = $1").bind(command).fetch_optional(db).await?;
    Ok(row.is_some_and(|(state,)| state == "waiting"))
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
            error: None,
            draft: None,
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
        mark(&replica, "b", OutboxState::Waiting, None).await.unwrap();
        let why = DeskError::from(ErrorCode::ApplicationOpen).view();
        mark(&replica, "a", OutboxState::Refused, Some(&why)).await.unwrap();
        replica.close().await.unwrap();
        let replica = Replica::open(&path, &[1; 32]).await.unwrap();
        let rows = open_rows(&replica.readers).await.unwrap();
        let seen: Vec<_> = rows.iter().map(|r| (r.command_id.as_str(), r.outbox_state(), r.tries)).collect();
        assert_eq!(seen, [("b", OutboxState::Waiting, 1), ("a", OutboxState::Refused, 1)]);
        assert_eq!(rows.last().unwrap().error_view().unwrap(), why);
        assert_eq!(rows.first().unwrap().request, row("b", "").request);
        assert!(still_waiting(&replica.readers, "b").await.unwrap());
        assert!(!still_waiting(&replica.readers, "a").await.unwrap());
    }

    #[tokio::test]
    async fn the_same_act_is_never_queued_twice() {
        let dir = tempfile::tempdir().unwrap();
        let replica = Replica::open(&dir.path().join("replica.sqlite"), &[1; 32]).await.unwrap();
        put(&replica, &[row("a", "submit_application")]).await;
        let mut db = replica.writer().await.unwrap();
        assert!(insert(&mut db, &row("a", "submit_application")).await.is_err());
    }

    #[tokio::test]
    async fn a_slip_whose_code_is_lost_is_not_sent_after_a_restart() {
        let dir = tempfile::tempdir().unwrap();
        let replica = Replica::open(&dir.path().join("replica.sqlite"), &[1; 32]).await.unwrap();
        put(&replica, &[row("a", "print_slip"), row("b", "submit_application")]).await;
        forget_lost_codes(&replica).await.unwrap();
        let rows = open_rows(&replica.readers).await.unwrap();
        assert_eq!(rows.iter().map(|r| r.command_id.as_str()).collect::<Vec<_>>(), ["b"]);
    }
}
