//! What is sent next. Pure: the rows, what waits for another try, and the time go in. Acts on one customer keep the order
//! they were made in; a stop waits for nothing and nobody.

use std::collections::{HashMap, HashSet};
use std::time::{Duration, Instant};

use super::Row;
use crate::pause::pause;

/// Which acts a sender takes. Stops have a sender of their own, so that none stands behind an act that hangs.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Lane {
    /// Stops.
    Stops,
    /// Everything else.
    Others,
}

impl Lane {
    pub(crate) fn of(row: &Row) -> Self {
        if row.stop.is_some() { Self::Stops } else { Self::Others }
    }

    /// The pause after the first failure, and the longest: a stop is tried again and again.
    fn pauses(self) -> (Duration, Duration) {
        match self {
            Self::Stops => (Duration::from_millis(500), Duration::from_secs(5)),
            Self::Others => (Duration::from_secs(1), Duration::from_secs(60)),
        }
    }
}

/// Acts that failed and will be tried again: how often, and when.
#[derive(Debug, Default)]
pub(crate) struct Waits(HashMap<String, (usize, Instant)>);

impl Waits {
    /// A try failed. The centre may have said how long to wait at least.
    pub(crate) fn failed(&mut self, row: &Row, at_least: Duration, now: Instant) {
        let failures = self.0.get(&row.command_id).map_or(1, |(failures, _)| failures + 1);
        let (first, longest) = Lane::of(row).pauses();
        let pause = pause(first, longest, failures);
        self.0.insert(row.command_id.clone(), (failures, now + pause.max(at_least)));
    }

    pub(crate) fn done(&mut self, command: &str) {
        self.0.remove(command);
    }

    /// Somebody pressed the button, or the centre is in reach again: everything is tried now.
    pub(crate) fn forget(&mut self) {
        self.0.clear();
    }

    fn left(&self, row: &Row, now: Instant) -> Duration {
        self.0.get(&row.command_id).map_or(Duration::ZERO, |(_, due)| due.saturating_duration_since(now))
    }
}

/// What a sender does next.
#[derive(Debug, PartialEq)]
pub(crate) enum Next<'a> {
    /// Send this one.
    Send(&'a Row),
    /// Nothing is due before this has passed; `None`: nothing waits.
    Wait(Option<Duration>),
}

/// `rows` are those the centre has not answered, in the order they were made.
pub(crate) fn next<'a>(rows: &'a [Row], lane: Lane, waits: &Waits, now: Instant) -> Next<'a> {
    let mut behind = HashSet::new();
    let mut soonest: Option<Duration> = None;
    for row in rows {
        // Whatever is earlier on the same customer goes first; but a stop overtakes.
        let free = lane == Lane::Stops || !behind.contains(row.customer_id.as_str());
        if Lane::of(row) == lane && free {
            let left = waits.left(row, now);
            if left.is_zero() {
                return Next::Send(row);
            }
            soonest = Some(soonest.map_or(left, |soonest| soonest.min(left)));
        }
        behind.insert(row.customer_id.as_str());
    }
    Next::Wait(soonest)
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used, clippy::panic, reason = "tests")]
    use super::*;

    fn row(command: &str, customer: &str, stop: bool) -> Row {
        Row {
            command_id: command.into(),
            customer_id: customer.into(),
            stop: stop.then(|| "{}".into()),
            ..Row::default()
        }
    }

    fn sent<'a>(rows: &'a [Row], lane: Lane, waits: &Waits, now: Instant) -> Option<&'a str> {
        match next(rows, lane, waits, now) {
            Next::Send(row) => Some(&row.command_id),
            Next::Wait(_) => None,
        }
    }

    #[test]
    fn one_customer_in_order_others_meanwhile() {
        let (now, mut waits) = (Instant::now(), Waits::default());
        let rows = [row("a1", "a", false), row("a2", "a", false), row("b1", "b", false)];
        assert_eq!(sent(&rows, Lane::Others, &waits, now), Some("a1"));
        waits.failed(rows.first().unwrap(), Duration::ZERO, now);
        assert_eq!(sent(&rows, Lane::Others, &waits, now), Some("b1"), "a2 stays behind a1, b does not");
        waits.failed(rows.last().unwrap(), Duration::ZERO, now);
        let Next::Wait(Some(pause)) = next(&rows, Lane::Others, &waits, now) else { panic!("both wait") };
        assert!(pause >= Duration::from_millis(500) && pause <= Duration::from_secs(2), "{pause:?}");
        assert_eq!(sent(&rows, Lane::Others, &waits, now + Duration::from_secs(2)), Some("a1"));
        waits.failed(rows.first().unwrap(), Duration::from_secs(300), now);
        waits.forget();
        assert_eq!(sent(&rows, Lane::Others, &waits, now), Some("a1"));
    }

    #[test]
    fn a_stop_overtakes_its_own_customer_and_every_other() {
        let (now, mut waits) = (Instant::now(), Waits::default());
        let rows = [row("a1", "a", false), row("b1", "b", false), row("b2", "b", true), row("b3", "b", false)];
        for behind in rows.iter().take(2) {
            waits.failed(behind, Duration::from_secs(60), now);
        }
        assert_eq!(sent(&rows, Lane::Stops, &waits, now), Some("b2"), "whatever else waits for another try");
        assert_eq!(sent(&rows, Lane::Others, &waits, now), None, "b3 is about what b2 stops");
        let rows = [row("a1", "a", true), row("a2", "a", false)];
        assert_eq!(sent(&rows, Lane::Others, &waits, now), None, "what was said follows the stop");
        assert_eq!(sent(&rows[1..], Lane::Others, &waits, now), Some("a2"));
        let rows = [row("a1", "a", true), row("a2", "a", true)];
        waits.failed(rows.first().unwrap(), Duration::from_secs(60), now);
        assert_eq!(sent(&rows, Lane::Stops, &waits, now), Some("a2"), "no stop stands behind another");
    }

    #[test]
    fn the_pause_grows_to_its_longest_and_no_further() {
        let (now, mut waits) = (Instant::now(), Waits::default());
        for (one, longest) in [(row("a", "a", false), 120), (row("b", "b", true), 10)] {
            let mut pauses = Vec::new();
            for _ in 0..40 {
                waits.failed(&one, Duration::ZERO, now);
                pauses.push(waits.left(&one, now));
            }
            assert!(pauses.first().unwrap() < &Duration::from_secs(3), "{pauses:?}");
            assert!(pauses.iter().all(|pause| *pause <= Duration::from_secs(longest)), "{pauses:?}");
            assert!(pauses.last().unwrap() >= &Duration::from_secs(longest / 2), "{pauses:?}");
            assert!(pauses.iter().skip(20).collect::<HashSet<_>>().len() > 1, "drawn by lot: {pauses:?}");
        }
    }
}
