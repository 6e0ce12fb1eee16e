//! Follows the feed. What to do next is a pure plan; running it is always safe to repeat. A mismatch stops the desk.

use std::time::Duration;

use tlog::CheckpointVerifier;

use crate::centre::Centre;
use crate::desk::{Desk, Topics};
use crate::error::DeskError;
use crate::replica::chunk;

/// Longest pause between two tries.
const PAUSE_MAX: Duration = Duration::from_secs(15);

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
    let mut remote = None;
    let mut failures = 0_u32;
    loop {
        let local = *desk.inner.replica.size.borrow();
        let Step::Fetch { from, wait } = plan(local, remote) else {
            desk.stop(DeskError::LogMismatch(format!("the centre has {remote:?} entries, this desk has seen {local}")));
            return;
        };
        let woken = desk.inner.wake.notified();
        let answer = tokio::select! {
            answer = centre.feed(from, wait) => answer,
            () = woken => { remote = None; continue }
        };
        let taken = match answer {
            Ok(answer) => {
                remote = Some(answer.log_size);
                desk.contact(answer.log_size, answer.centre_ms);
                chunk::take(&desk.inner.replica, &verifier, answer).await
            }
            Err(DeskError::Centre(answer)) if answer.code == domain::ErrorCode::LogMismatch => {
                Err(DeskError::LogMismatch("the centre has fewer entries than this desk has seen".into()))
            }
            Err(error) => Err(error),
        };
        match taken {
            Ok(true) => {
                failures = 0;
                desk.taken();
                desk.changed(Topics::ALL);
            }
            Ok(false) => failures = 0,
            Err(error @ (DeskError::LogMismatch(_) | DeskError::Replica(_))) => {
                desk.stop(error);
                return;
            }
            Err(error) => {
                failures += 1;
                remote = None;
                desk.lost(&error);
                pause(failures, &desk).await;
            }
        }
    }
}

/// Backs off with jitter, so that the desks of a branch do not all come back in the same moment.
async fn pause(failures: u32, desk: &Desk) {
    let base = Duration::from_millis(250 << failures.min(7)).min(PAUSE_MAX);
    let mut byte = [0];
    let _ = aws_lc_rs::rand::fill(&mut byte);
    let jitter = base.mul_f64(f64::from(byte.first().copied().unwrap_or(0)) / 512.0);
    tokio::select! {
        () = tokio::time::sleep(base.mul_f64(0.75) + jitter) => {}
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
