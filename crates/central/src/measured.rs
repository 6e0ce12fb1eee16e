//! What is counted while the service runs, for whoever watches it. Numbers only: nobody's name, no identifier, no text that
//! came from outside.

mod text;

use std::sync::atomic::{AtomicU64, Ordering};
use std::time::Duration;

pub(crate) use text::{Kind, Page};

/// Upper bounds of a batch's time, milliseconds. What takes longer than the last one is counted beyond it.
const BOUNDS_MS: [u64; 7] = [1, 5, 20, 100, 500, 2_000, 10_000];

/// A number that only grows.
#[derive(Debug, Default)]
pub(crate) struct Counter(AtomicU64);

impl Counter {
    pub(crate) fn add(&self, more: u64) {
        self.0.fetch_add(more, Ordering::Relaxed);
    }

    pub(crate) fn get(&self) -> u64 {
        self.0.load(Ordering::Relaxed)
    }
}

/// How long something took, by bounds.
#[derive(Debug, Default)]
pub(crate) struct Times {
    within: [Counter; BOUNDS_MS.len()],
    count: Counter,
    micros: Counter,
}

impl Times {
    pub(crate) fn took(&self, time: Duration) {
        for (bound, within) in BOUNDS_MS.iter().zip(&self.within) {
            if time <= Duration::from_millis(*bound) {
                within.add(1);
            }
        }
        self.count.add(1);
        self.micros.add(u64::try_from(time.as_micros()).unwrap_or(u64::MAX));
    }

    /// Bounds in seconds with what took no longer; then how many in all, and their sum in seconds.
    #[allow(clippy::cast_precision_loss, reason = "shown to people")]
    fn told(&self) -> (Vec<(f64, u64)>, u64, f64) {
        let bounds = BOUNDS_MS.iter().zip(&self.within).map(|(ms, within)| (*ms as f64 / 1000.0, within.get()));
        (bounds.collect(), self.count.get(), self.micros.get() as f64 / 1e6)
    }
}

/// Everything that is counted.
#[derive(Debug, Default)]
pub(crate) struct Measured {
    /// Transactions of the writer.
    pub(crate) batches: Times,
    /// What was done in them.
    pub(crate) jobs: Counter,
    /// Wrong passwords of staff, of ids that nobody has too.
    pub(crate) sign_ins_failed: Counter,
    /// Tries at an account that was locked, or that locked it.
    pub(crate) sign_ins_locked: Counter,
    /// Questions about certificates that this centre never issued.
    pub(crate) unknown_serials: Counter,
}
