//! Pushes rows: the exact bytes, again and again until the centre has answered. A refusal is for good, a lost answer is
//! not; what is being sent just now is known here and nowhere else.

use std::time::Duration;

use tokio::sync::watch;
use wire::api::command::{CommandAccepted, PushCommand};

use super::order::{Lane, Next, next};
use super::{Row, passed, state, unsent};
use crate::centre::Centre;
use crate::desk::{Desk, Topics, held};
use crate::error::DeskError;
use crate::replica::Replica;
use crate::view::ErrorView;

/// Names an act as being sent, for as long as this lives.
struct Sending<'a>(&'a Desk, &'a str);

impl<'a> Sending<'a> {
    fn begin(desk: &'a Desk, command: &'a str) -> Self {
        held(&desk.inner.sending).insert(command.to_owned());
        desk.changed(Topics::OUTBOX);
        Self(desk, command)
    }
}

impl Drop for Sending<'_> {
    fn drop(&mut self) {
        held(&self.0.inner.sending).remove(self.1);
        self.0.changed(Topics::OUTBOX);
    }
}

/// A try is over without the act being accepted.
pub(super) async fn tried(replica: &Replica, command: &str, refused: Option<&ErrorView>) -> Result<(), DeskError> {
    let error = refused.map(serde_json::to_string).transpose()?;
    let state = if refused.is_some() { "refused" } else { "waiting" };
    let mut db = replica.writer().await?;
    sqlx::query(
        "UPDATE outbox SET state = $2, error = $3, tries = tries + 1 WHERE command_id = $1 AND state = 'waiting'",
    )
    .bind(command)
    .bind(state)
    .bind(error)
    .execute(&mut *db)
    .await?;
    Ok(())
}

/// The centre has it. Done is what comes back by the feed; what is passed there already is done now.
async fn accepted(replica: &Replica, command: &str, index: u64) -> Result<(), DeskError> {
    let mut db = replica.writer().await?;
    sqlx::query(
        "UPDATE outbox SET state = 'sent', idx = $2, error = NULL, tries = tries + 1
         WHERE command_id = $1 AND state = 'waiting'",
    )
    .bind(command)
    .bind(i64::try_from(index).unwrap_or(i64::MAX))
    .execute(&mut *db)
    .await?;
    let applied = *replica.applied.borrow();
    passed(&mut db, applied).await?;
    Ok(())
}

/// Pushes one row and records the answer.
pub(crate) async fn push(desk: &Desk, centre: &Centre, row: &Row) -> Result<CommandAccepted, DeskError> {
    let request: PushCommand = serde_json::from_str(&row.request)?;
    let sending = Sending::begin(desk, &row.command_id);
    fault::point("desk-before-push");
    let answer = match Lane::of(row) {
        Lane::Stops => centre.push_stop(&row.token, &request).await,
        Lane::Others => centre.push(&row.token, &request).await,
    };
    fault::point("desk-pushed");
    let replica = &desk.inner.replica;
    match &answer {
        Ok(given) => {
            accepted(replica, &row.command_id, given.index).await?;
            held(&desk.inner.waits).done(&row.command_id);
            desk.reached();
            // What stood behind it on the same customer is the other sender's, which may be asleep.
            desk.queued();
        }
        Err(error) if error.permanent() => {
            let view = desk.named(error.view()).await;
            tried(replica, &row.command_id, Some(&view)).await?;
            held(&desk.inner.waits).done(&row.command_id);
            desk.queued();
        }
        Err(error) => {
            tried(replica, &row.command_id, None).await?;
            let at_least = Duration::from_secs(error.retry_after_s());
            held(&desk.inner.waits).failed(row, at_least, desk.inner.clock.instant());
            if matches!(error, DeskError::Offline(_)) {
                desk.lost(error);
                // Perhaps it was this act's connection alone: the feed asks now, not when its long poll ends.
                desk.inner.wake.notify_waiters();
            }
        }
    }
    drop(sending);
    answer
}

/// Pushes what waits, whenever it is due. A stop is tried whether or not the centre seems to be in reach.
pub(crate) async fn run(desk: Desk, centre: Centre, lane: Lane) {
    let mut woken = desk.inner.queued.subscribe();
    loop {
        woken.mark_unchanged();
        let rows = match unsent(&desk.inner.replica.readers).await {
            Ok(rows) => rows,
            Err(error) => {
                desk.stop(error);
                return;
            }
        };
        let due = next(&rows, lane, &held(&desk.inner.waits), desk.inner.clock.instant());
        match due {
            Next::Send(row) if lane == Lane::Stops || desk.online() => {
                if let Err(error) = in_turn(&desk, &centre, row).await
                    && matches!(error, DeskError::Replica(_))
                {
                    desk.stop(error);
                    return;
                }
            }
            Next::Send(_) => wait(&mut woken, None).await,
            Next::Wait(pause) => wait(&mut woken, pause).await,
        }
    }
}

async fn wait(woken: &mut watch::Receiver<u64>, pause: Option<Duration>) {
    match pause {
        Some(pause) => drop(tokio::time::timeout(pause, woken.changed()).await),
        None => drop(woken.changed().await),
    }
}

/// Pushes a row when no other of its lane is on its way, unless that has settled it meanwhile.
async fn in_turn(desk: &Desk, centre: &Centre, row: &Row) -> Result<(), DeskError> {
    let _busy = desk.lane(Lane::of(row)).lock().await;
    // The use case that made it may just have sent it.
    if state(&desk.inner.replica.readers, &row.command_id).await?.as_deref() != Some("waiting") {
        return Ok(());
    }
    push(desk, centre, row).await.map(|_| ())
}

/// Tries everything that waits once more, in order, up to what gets no answer. Says whether everything got one.
pub(crate) async fn rest(desk: &Desk) -> bool {
    let rows = unsent(&desk.inner.replica.readers).await.unwrap_or_default();
    for row in &rows {
        if let Err(error) = in_turn(desk, &desk.inner.centre, row).await {
            tracing::info!(%error, "an act that waits was not taken");
            if !error.permanent() {
                return false;
            }
        }
    }
    true
}

/// Pushes what waits on a customer, in order, so that the next act does not overtake.
pub(crate) async fn before(desk: &Desk, customer: &str) -> Result<(), DeskError> {
    let rows = unsent(&desk.inner.replica.readers).await?;
    for one in rows.iter().filter(|one| one.customer_id == customer) {
        match in_turn(desk, &desk.inner.centre, one).await {
            Err(error) if !error.permanent() => return Err(error),
            _ => {}
        }
    }
    Ok(())
}
