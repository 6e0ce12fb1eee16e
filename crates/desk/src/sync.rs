//! Follows the feed. What to do next is a pure plan; running it is always safe to repeat. A mismatch stops the desk.

use std::collections::BTreeMap;
use std::time::Duration;

use tlog::CheckpointVerifier;
use tokio::task::JoinSet;
use wire::api::feed::FeedAnswer;

use crate::centre::Centre;
use crate::desk::{Desk, Topics, held};
use crate::error::DeskError;
use crate::pause::pause;
use crate::replica::{behind, chunk, epoch};

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

/// How many leaves to ask for at a time: as many as come in a second or two, be the line fast or thin, and as fit into
/// memory with ease.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) struct Pace(u32);

impl Pace {
    const LEAST: u32 = 32;
    const MOST: u32 = 16_384;
    /// Octets of an answer, unpacked.
    const OCTETS: usize = 6 * 1024 * 1024;

    fn took(self, leaves: usize, octets: usize, time: Duration) -> Self {
        let full = leaves as u64 * 2 >= u64::from(self.0);
        let fits = Self::OCTETS / (octets / leaves.max(1)).max(1);
        let fits = u32::try_from(fits).unwrap_or(Self::MOST).clamp(Self::LEAST, Self::MOST);
        let asked = match time {
            time if time > Duration::from_secs(6) => self.0 / 2,
            time if full && time < Duration::from_secs(2) => self.0 * 2,
            _ => self.0,
        };
        Self(asked.max(Self::LEAST).min(fits))
    }

    /// Nothing came: perhaps it was too much for one answer.
    fn failed(self) -> Self {
        Self((self.0 / 4).max(Self::LEAST))
    }
}

/// An answer that was asked for before the one ahead of it was stored.
type Ahead = (u64, JoinSet<Answered>);
/// With its octets, and the time it took.
type Answered = (Result<(FeedAnswer, usize), DeskError>, Duration);

async fn ask(desk: &Desk, centre: &Centre, from: u64, wait: bool, pace: Pace) -> Answered {
    let begun = desk.inner.clock.instant();
    let answer = async {
        let (epoch, _) = epoch::current(&desk.inner.replica.readers).await?;
        centre.feed((&desk.inner.identity.branch, &desk.note().await?), from, epoch, wait, pace.0).await
    };
    let answer = answer.await;
    (answer, begun.elapsed())
}

/// Runs until the log contradicts itself or the desk is closed.
pub(crate) async fn run(desk: Desk, centre: Centre, verifier: CheckpointVerifier) {
    let (mut remote, mut failures, mut pace) = (None, 0_usize, Pace(64));
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
        let (answer, took) = match ahead.take().filter(|(at, _)| *at == from) {
            Some((_, mut asked)) => match asked.join_next().await {
                Some(Ok(answered)) => answered,
                _ => continue,
            },
            None => tokio::select! {
                answered = ask(&desk, &centre, from, wait, pace) => answered,
                () = woken => { remote = None; continue }
                _ = paused.changed() => continue,
            },
        };
        let taken = match answer {
            Ok((answer, octets)) => {
                remote = Some(answer.log_size);
                if failures > 0 {
                    // After an outage whatever waits is tried at once.
                    held(&desk.inner.waits).forget();
                    desk.queued();
                }
                desk.contact(answer.log_size, answer.centre_ms);
                if !wait {
                    pace = pace.took(answer.leaves.len(), octets, took);
                }
                let end = answer.from + answer.leaves.len() as u64;
                if answer.from == local && answer.log_size > end + FAR {
                    let (desk, centre) = (desk.clone(), centre.clone());
                    let mut asked = JoinSet::new();
                    asked.spawn(async move { ask(&desk, &centre, end, false, pace).await });
                    ahead = Some((end, asked));
                }
                let _storing = desk.inner.fetching.lock().await;
                chunk::take(&desk.inner.replica, &verifier, answer).await
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

    #[test]
    fn a_thin_line_is_asked_for_little() {
        let seconds = Duration::from_secs;
        let mut pace = Pace(64);
        for _ in 0..10 {
            pace = pace.took(pace.0 as usize, pace.0 as usize * 33, Duration::from_millis(100));
        }
        assert_eq!(pace, Pace(Pace::MOST));
        assert_eq!(pace.took(3, 99, Duration::from_millis(10)), pace, "a few that were all there was say nothing");
        assert_eq!(pace.took(16_384, 16_384 * 33, seconds(4)), pace);
        assert_eq!(pace.took(16_384, 16_384 * 33, seconds(8)), Pace(8192));
        let heavy = pace.took(4000, 4000 * 2048, Duration::from_millis(100));
        assert_eq!(heavy, Pace(3072), "entries of two thousand octets: six million in all");
        for _ in 0..20 {
            pace = pace.failed();
        }
        assert_eq!(pace, Pace(Pace::LEAST));
    }
}
