//! How long to wait before another try: longer after each failure, up to a longest, and never the same on two desks, so
//! that the desks of a branch do not all come back in one moment.

use std::time::Duration;

use backon::{BackoffBuilder as _, ExponentialBuilder};

/// After so many failures the pause is at its longest, whatever it began with.
const GROWS: usize = 16;

/// The pause after `failures` (from 1) failures in a row: doubled from `first` to `longest`, and up to as much again.
pub(crate) fn pause(first: Duration, longest: Duration, failures: usize) -> Duration {
    let mut lot = [0; 8];
    let _ = aws_lc_rs::rand::fill(&mut lot);
    let pauses = ExponentialBuilder::default()
        .with_min_delay(first)
        .with_max_delay(longest)
        .with_factor(2.0)
        .with_max_times(GROWS)
        .with_jitter()
        // Without a seed of its own each desk would draw the same lots.
        .with_jitter_seed(u64::from_le_bytes(lot));
    pauses.build().nth(failures.clamp(1, GROWS) - 1).unwrap_or(longest)
}
