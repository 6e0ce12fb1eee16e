//! How fast it goes, and how long it will take: measured over the last seconds, so that a line that got slower says so.

use std::collections::VecDeque;
use std::time::{Duration, Instant};

/// What counts as "now".
const WINDOW: Duration = Duration::from_secs(10);

/// Counts something that only grows.
#[derive(Debug, Default)]
pub(crate) struct Meter(VecDeque<(Instant, u64)>);

impl Meter {
    /// So many by now. A count that went back (everything is made anew) begins again.
    pub(crate) fn note(&mut self, count: u64, now: Instant) {
        if self.0.back().is_some_and(|(_, last)| *last > count) {
            self.0.clear();
        }
        while self.0.len() > 2 && self.0.get(1).is_some_and(|(at, _)| now.saturating_duration_since(*at) > WINDOW) {
            self.0.pop_front();
        }
        self.0.push_back((now, count));
    }

    /// So many a second; `None` before anything was measured.
    pub(crate) fn per_second(&self, now: Instant) -> Option<f64> {
        let ((since, first), (_, last)) = (self.0.front()?, self.0.back()?);
        let seconds = now.saturating_duration_since(*since).as_secs_f64();
        (seconds > 0.2 && last > first).then(|| {
            #[allow(clippy::cast_precision_loss, reason = "shown to people")]
            let grown = (last - first) as f64;
            grown / seconds
        })
    }

    /// Seconds until `left` more are there.
    pub(crate) fn remaining(&self, left: u64, now: Instant) -> Option<f64> {
        #[allow(clippy::cast_precision_loss, reason = "shown to people")]
        let left = left as f64;
        if left == 0.0 { Some(0.0) } else { self.per_second(now).map(|rate| left / rate) }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_last_seconds_count() {
        let (start, mut meter) = (Instant::now(), Meter::default());
        let at = |seconds: u64| start + Duration::from_secs(seconds);
        assert_eq!(meter.per_second(start), None);
        assert_eq!(meter.remaining(0, start), Some(0.0));
        for second in 0..20 {
            meter.note(second * 1000, at(second));
        }
        assert_eq!(meter.per_second(at(19)), Some(1000.0));
        assert_eq!(meter.remaining(5000, at(19)), Some(5.0));
        for second in 20..60 {
            meter.note(19_000 + (second - 19) * 10, at(second));
        }
        assert_eq!(meter.per_second(at(59)), Some(10.0), "what was an hour ago does not");
        assert!(meter.per_second(at(69)).is_some_and(|rate| rate < 6.0), "standing still is slower still");
        meter.note(0, at(70));
        assert_eq!(meter.per_second(at(71)), None, "made anew");
    }
}
