//! The only place of the desk that reads clocks. The centre's time is the time; the desk's is a claim.

use std::time::Instant;

use chrono::{DateTime, Utc};

/// A moment, by the clock that never goes back and by the wall clock.
pub(crate) type Moment = (Instant, DateTime<Utc>);

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

    /// The clock that never goes back.
    pub fn instant(self) -> Instant {
        Instant::now()
    }

    /// Now, by both, for idle times: the first stands still while the PC is suspended, the second can be set.
    pub(crate) fn moment(self) -> Moment {
        (self.instant(), self.now())
    }
}
