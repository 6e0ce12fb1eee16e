//! The only place of the desk that reads clocks. The centre's time is the time; the desk's is a claim.

use std::time::Instant;

use chrono::{DateTime, Utc};

/// The desk's clock.
#[derive(Debug, Clone, Copy, Default)]
pub struct Clock;

impl Clock {
    /// The wall clock, to the millisecond.
    pub fn now(self) -> DateTime<Utc> {
        #[allow(clippy::disallowed_methods, reason = "the one place that reads the clock")]
        let now = Utc::now();
        DateTime::from_timestamp_millis(now.timestamp_millis()).unwrap_or(now)
    }

    /// The clock that never goes back, for idle times.
    pub fn instant(self) -> Instant {
        Instant::now()
    }
}
