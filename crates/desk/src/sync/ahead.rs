//! While a chunk is being stored, the next is asked for, and verified behind it: storing, verifying and the line are busy at once.

use std::time::Duration;

use tlog::CheckpointVerifier;
use tokio::sync::oneshot;
use tokio::task::JoinSet;
use wire::api::feed::FeedAnswer;

use super::pace::Pace;
use crate::centre::Centre;
use crate::desk::Desk;
use crate::error::DeskError;
use crate::replica::chunk::{self, Basis, Verified};
use crate::replica::epoch;

/// An answer of the feed, and what asking for it cost.
pub(super) struct Came {
    pub(super) from: u64,
    /// Leaves.
    pub(super) count: usize,
    /// Unpacked.
    pub(super) octets: usize,
    /// Entries the centre has, and its time.
    pub(super) log_size: u64,
    pub(super) centre_ms: i64,
    pub(super) took: Duration,
    pub(super) chunk: Chunk,
}

/// What it holds.
pub(super) enum Chunk {
    /// As it came.
    Answer(FeedAnswer),
    /// Looked at already; `None`: it does not go on from where the one before it ended.
    Verified(Result<Option<Verified>, DeskError>),
}

/// Asks for what comes from this place on.
pub(super) async fn ask(desk: &Desk, centre: &Centre, from: u64, wait: bool, pace: Pace) -> Result<Came, DeskError> {
    let begun = desk.inner.clock.instant();
    let (epoch, _) = epoch::current(&desk.inner.replica.readers).await?;
    let told = (&desk.inner.identity.branch, &desk.note().await?);
    let (answer, octets) = centre.feed(told, from, epoch, wait, pace.leaves()).await?;
    Ok(Came {
        from: answer.from,
        count: answer.leaves.len(),
        octets,
        log_size: answer.log_size,
        centre_ms: answer.centre_ms,
        took: begun.elapsed(),
        chunk: Chunk::Answer(answer),
    })
}

/// An answer that was asked for before the one ahead of it was stored.
pub(super) struct Ahead {
    at: u64,
    basis: Option<oneshot::Sender<Basis>>,
    asked: JoinSet<Result<Came, DeskError>>,
}

impl Ahead {
    /// Asks, and waits for what the one before ends with.
    pub(super) fn ask(desk: &Desk, centre: &Centre, verifier: &CheckpointVerifier, at: u64, pace: Pace) -> Self {
        let (desk, centre, verifier) = (desk.clone(), centre.clone(), verifier.clone());
        let (basis, ends) = oneshot::channel();
        let mut asked = JoinSet::new();
        asked.spawn(async move {
            let mut came = ask(&desk, &centre, at, false, pace).await?;
            // Nobody says: the one before opened an epoch, or is not good. Whoever gets this one looks for himself.
            if let Ok(basis) = ends.await
                && let Chunk::Answer(answer) = came.chunk
            {
                came.chunk = Chunk::Verified(chunk::verify(basis, &verifier, answer).await);
            }
            Ok(came)
        });
        Self { at, basis: Some(basis), asked }
    }

    /// The chunk before is good, and about to be stored.
    pub(super) fn goes_on_from(&mut self, before: &Verified) {
        if let (Some(basis), Some(next)) = (self.basis.take(), before.next()) {
            // Its task has failed to ask: it is told when its turn comes.
            let _ = basis.send(next);
        }
    }

    /// The answer, if it is the one that begins here.
    pub(super) async fn answer(mut self, from: u64) -> Option<Result<Came, DeskError>> {
        drop(self.basis.take());
        if self.at != from {
            return None;
        }
        self.asked.join_next().await?.ok()
    }
}
