//! How late it is at least. A clock that is set back does not bring the time back: what has passed here has passed.

use std::time::{Duration, Instant};

use chrono::{DateTime, TimeDelta, Utc};
use serde::{Deserialize, Serialize};

/// A clock that lags behind by more than this was set back.
const TOLERANCE: TimeDelta = TimeDelta::minutes(2);

/// What is kept over a restart.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
pub(crate) struct Kept {
    /// The latest time known to have come.
    pub(crate) at: DateTime<Utc>,
    /// The centre's clock minus this PC's, milliseconds, at the last contact.
    pub(crate) offset_ms: i64,
}

/// The latest time this desk knows to have come, while it runs.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Seen {
    at: DateTime<Utc>,
    noted: Instant,
}

impl Seen {
    /// From what was kept, or from the clock.
    pub(crate) fn new(kept: Option<Kept>, wall: DateTime<Utc>, now: Instant) -> Self {
        Self { at: kept.map_or(wall, |kept| kept.at), noted: now }
    }

    /// The time by `wall`, but never before what was seen, and never slower than the clock that nobody can set.
    pub(crate) fn now(&mut self, wall: DateTime<Utc>, now: Instant) -> DateTime<Utc> {
        self.at = self.least(now).max(wall);
        self.noted = now;
        self.at
    }

    /// The centre said what time it is.
    pub(crate) fn told(&mut self, centre: DateTime<Utc>, now: Instant) {
        *self = Self { at: centre, noted: now };
    }

    /// Was the clock set back?
    pub(crate) fn set_back(&self, wall: DateTime<Utc>, now: Instant) -> bool {
        wall + TOLERANCE < self.least(now)
    }

    fn least(&self, now: Instant) -> DateTime<Utc> {
        let passed: Duration = now.saturating_duration_since(self.noted);
        self.at + TimeDelta::from_std(passed).unwrap_or_default()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_clock_set_back_brings_no_time_back() {
        let (start, now) = (DateTime::UNIX_EPOCH, Instant::now());
        let hours = TimeDelta::hours;
        let later = |h: u64| now + Duration::from_secs(h * 3600);
        let mut seen = Seen::new(None, start, now);
        assert_eq!(seen.now(start + hours(3), later(3)), start + hours(3));
        assert!(seen.set_back(start, later(3)) && !seen.set_back(start + hours(3), later(3)));
        assert_eq!(seen.now(start, later(4)), start + hours(4), "the other clock goes on");
        // A restart: what was seen is kept, the clock that nobody can set begins anew.
        let kept = Kept { at: start + hours(4), offset_ms: 0 };
        let mut seen = Seen::new(Some(kept), start + hours(1), now);
        assert!(seen.set_back(start + hours(1), now));
        assert_eq!(seen.now(start + hours(1), now), start + hours(4));
        // A clock that ran ahead is put right by the centre.
        seen.told(start + hours(2), now);
        assert!(!seen.set_back(start + hours(2), now));
        assert_eq!(seen.now(start + hours(2), now), start + hours(2));
    }
}
