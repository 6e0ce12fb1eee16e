//! Follows the feed. What to do next is a pure plan; running it is always safe to repeat. A mismatch stops the desk.

mod ahead;
mod pace;

use std::collections::BTreeMap;
use std::time::Duration;

use tlog::CheckpointVerifier;

use self::ahead::{Ahead, Chunk, ask};
use self::pace::Pace;
use crate::centre::Centre;
use crate::desk::{Desk, Topics, held};
use crate::error::DeskError;
use crate::pause::pause;
use crate::replica::chunk::{self, Basis};
use crate::replica::{behind, epoch};

/// Longest pause between two tries.
const PAUSE_MAX: Duration = Duration::from_secs(15);
/// Behind by more than this, the next chunk is asked for while one is being stored.
const FAR: u64 = 100;
/// The window is told no more often than this that there is more to read.
const TOLD: Duration = Duration::from_secs(1);
/// Leaves that came within this time come first; applying waits.
const COMING: Duration = Duration::from_millis(300);

/// What to do next.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Step {
    /// Fetch from this index; wait for news if there is nothing.
    Fetch { from: u64, wait: bool },
    /// The centre has less than this desk has seen: stop, loudly.
    Stop,
}

/// Plans from what is held here and what the centre said it has.
pub(crate) fn plan(local: u64, remote: Option<u64>) -> Step {
    match remote {
        Some(remote) if remote < local => Step::Stop,
        Some(remote) if remote > local => Step::Fetch { from: local, wait: false },
        Some(_) => Step::Fetch { from: local, wait: true },
        // Unknown: ask without waiting, so that the first answer comes at once.
        None => Step::Fetch { from: local, wait: false },
    }
}

/// Runs until the log contradicts itself or the desk is closed.
pub(crate) async fn run(desk: Desk, centre: Centre, verifier: CheckpointVerifier) {
    let (mut remote, mut failures, mut pace) = (None, 0_usize, Pace::FIRST);
    let mut ahead: Option<Ahead> = None;
    let mut paused = desk.inner.paused.subscribe();
    loop {
        if *paused.borrow_and_update() {
            ahead = None;
            drop(paused.wait_for(|paused| !paused).await);
        }
        let local = *desk.inner.replica.size.borrow();
        let Step::Fetch { from, wait } = plan(local, remote) else {
            desk.stop(DeskError::LogMismatch(format!("the centre has {remote:?} entries, this desk has seen {local}")));
            return;
        };
        if !wait {
            // What comes now is measured from here.
            desk.measure();
        }
        let woken = desk.inner.wake.notified();
        let waited = match ahead.take() {
            Some(ahead) => ahead.answer(from).await,
            None => None,
        };
        let answer = match waited {
            Some(answered) => answered,
            None => tokio::select! {
                answered = ask(&desk, &centre, from, wait, pace) => answered,
                () = woken => { remote = None; continue }
                _ = paused.changed() => continue,
            },
        };
        let taken = match answer {
            Ok(came) => {
                remote = Some(came.log_size);
                if failures > 0 {
                    // After an outage whatever waits is tried at once.
                    held(&desk.inner.waits).forget();
                    desk.queued();
                }
                desk.contact(came.log_size, came.centre_ms);
                if !wait {
                    pace = pace.took(came.count, came.octets, came.took);
                }
                let end = came.from + came.count as u64;
                if came.from == local && came.log_size > end + FAR {
                    ahead = Some(Ahead::ask(&desk, &centre, &verifier, end, pace));
                }
                let _storing = desk.inner.fetching.lock().await;
                take(&desk, &verifier, came.chunk, &mut ahead).await
            }
            Err(DeskError::Centre(answer)) if answer.code == domain::ErrorCode::EpochEnded => {
                let _storing = desk.inner.fetching.lock().await;
                remote = None;
                go_over(&desk, &centre, &verifier, &answer.args).await.map(|()| true)
            }
            Err(DeskError::Centre(answer)) if answer.code == domain::ErrorCode::LogMismatch => {
                Err(DeskError::LogMismatch("the centre has fewer entries than this desk has seen".into()))
            }
            Err(error @ DeskError::Centre(_)) if error.code() == domain::ErrorCode::TerminalRevoked => {
                desk.cut_off(error);
                return;
            }
            Err(DeskError::Centre(answer)) if answer.code == domain::ErrorCode::TerminalMoved => {
                desk.moved(answer);
                return;
            }
            Err(error @ DeskError::Centre(_)) if error.code() == domain::ErrorCode::TerminalDenied => {
                // The centre does not know this PC. What waits in the outbox stays there.
                desk.lost(&error);
                desk.stop(error);
                return;
            }
            Err(error) => Err(error),
        };
        match taken {
            Ok(true) => {
                failures = 0;
                held(&desk.inner.line).stored_at = Some(desk.inner.clock.instant());
                desk.taken();
                // Behind, there is more to come at once: what is applied is announced by whoever applies it.
                let all = remote.is_none_or(|remote| remote <= *desk.inner.replica.applied.borrow() + FAR);
                desk.changed(if all { Topics::ALL } else { Topics::STATUS });
            }
            Ok(false) => failures = 0,
            Err(error @ (DeskError::LogMismatch(_) | DeskError::Replica(_) | DeskError::Newer(_))) => {
                desk.stop(error);
                return;
            }
            Err(error) => {
                (failures, remote, pace) = (failures + 1, None, pace.failed());
                desk.lost(&error);
                rest(failures, &desk).await;
            }
        }
    }
}

/// Verifies and stores a chunk; the one asked for meanwhile goes on from it. Says whether anything came.
async fn take(
    desk: &Desk,
    verifier: &CheckpointVerifier,
    chunk: Chunk,
    ahead: &mut Option<Ahead>,
) -> Result<bool, DeskError> {
    let replica = &desk.inner.replica;
    let verified = match chunk {
        Chunk::Answer(answer) => chunk::verify(Basis::read(replica).await?, verifier, answer).await,
        Chunk::Verified(verified) => verified,
    };
    let Some(verified) = verified? else { return Ok(false) };
    if let Some(ahead) = ahead {
        ahead.goes_on_from(&verified);
    }
    chunk::store(replica, verified).await
}

/// Applies what was stored faster than it could be applied, whenever nothing more urgent is at hand.
pub(crate) async fn follow(desk: Desk) {
    let replica = &desk.inner.replica;
    let (mut size, mut applied) = (replica.size.subscribe(), replica.applied.subscribe());
    let mut told = desk.inner.clock.instant();
    loop {
        size.mark_unchanged();
        applied.mark_unchanged();
        if desk.coming(COMING) {
            // On a fast line storing goes first: what is here can't be lost any more.
            let _ = tokio::time::timeout(COMING, size.changed()).await;
            continue;
        }
        match behind::step(replica).await {
            Ok(false) => tokio::select! {
                _ = size.changed() => {}
                // Thrown away for a rebuild.
                _ = applied.changed() => {}
            },
            Ok(true) => {
                let done = *replica.applied.borrow() >= *replica.size.borrow();
                desk.taken();
                if done || told.elapsed() >= TOLD {
                    told = desk.inner.clock.instant();
                    desk.changed(Topics::ALL);
                }
            }
            Err(error) => {
                desk.stop(error);
                return;
            }
        }
    }
}

/// The centre says that its log goes on as another epoch: this desk looks for itself.
async fn go_over(
    desk: &Desk,
    centre: &Centre,
    verifier: &CheckpointVerifier,
    said: &BTreeMap<String, String>,
) -> Result<(), DeskError> {
    let number = |name: &str| said.get(name).and_then(|text| text.parse::<u64>().ok());
    let told = number("size").zip(number("epoch").and_then(|epoch| u32::try_from(epoch).ok()));
    let (size, epoch) = told.ok_or_else(|| DeskError::LogMismatch("an epoch without a beginning".into()))?;
    let told = (&desk.inner.identity.branch, &desk.note().await?);
    let (answer, _) = centre.feed(told, size, epoch, false, Pace::LEAST).await?;
    tracing::warn!(epoch, size, "the centre was put back from a backup: what this desk had seen beyond moves aside");
    epoch::go_over(&desk.inner.replica, verifier, answer).await
}

async fn rest(failures: usize, desk: &Desk) {
    let pause = pause(Duration::from_millis(250), PAUSE_MAX / 2, failures);
    tokio::select! {
        () = tokio::time::sleep(pause) => {}
        () = desk.inner.wake.notified() => {}
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_plan_never_goes_back() {
        assert_eq!(plan(0, None), Step::Fetch { from: 0, wait: false });
        assert_eq!(plan(5, None), Step::Fetch { from: 5, wait: false });
        assert_eq!(plan(5, Some(9)), Step::Fetch { from: 5, wait: false });
        assert_eq!(plan(5, Some(5)), Step::Fetch { from: 5, wait: true });
        assert_eq!(plan(5, Some(4)), Step::Stop);
    }
}
