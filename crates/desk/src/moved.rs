//! Fetches the history of customers that came over to this branch, and erases what is held of those that left.

use std::time::Duration;

use wire::api::history::AskHistory;

use crate::centre::Centre;
use crate::desk::{Desk, Topics};
use crate::error::DeskError;
use crate::replica::moved;

/// Customers asked for at a time.
const TOGETHER: u32 = 50;
/// What could not be fetched is asked for again after this.
const AGAIN: Duration = Duration::from_secs(2);

/// Runs until the desk is closed.
pub(crate) async fn run(desk: Desk, centre: Centre) {
    let mut applied = desk.inner.replica.applied.subscribe();
    loop {
        applied.mark_unchanged();
        match step(&desk, &centre).await {
            Ok(true) => {
                desk.changed(Topics::ALL);
                continue;
            }
            Ok(false) => {}
            Err(error @ (DeskError::LogMismatch(_) | DeskError::Newer(_) | DeskError::Replica(_))) => {
                desk.stop(error);
                return;
            }
            Err(error) => {
                tracing::info!(%error, "the history of customers that came over can't be fetched yet");
                tokio::time::sleep(AGAIN).await;
                continue;
            }
        }
        if applied.changed().await.is_err() {
            return;
        }
    }
}

/// Says whether anything was done.
async fn step(desk: &Desk, centre: &Centre) -> Result<bool, DeskError> {
    let replica = &desk.inner.replica;
    if moved::erase(replica).await? {
        return Ok(true);
    }
    let (customers, reach) = moved::wanted(replica, TOGETHER).await?;
    if customers.is_empty() {
        return Ok(false);
    }
    let history = centre.history(&AskHistory { customers, to: reach.to }).await?;
    if history.done.is_empty() {
        // They have moved on; the feed says so.
        tokio::time::sleep(AGAIN).await;
        return Ok(false);
    }
    moved::take(replica, history, reach).await?;
    Ok(true)
}
