//! A certificate that names our CA and that this centre never issued is asked about: somebody may hold a forged one
//! (DigiNotar, 2011). Each serial is told in the diagnostics.

use std::collections::HashSet;
use std::sync::{Mutex, PoisonError};

use chrono::{DateTime, Utc};

use crate::store::standing::SerialOctets;

/// Anybody may ask, so that not all are remembered.
const REMEMBERED: usize = 10_000;
/// Nor may anybody fill the disk with alarms: so many a minute, then their number.
const TOLD_A_MINUTE: usize = 60;

/// Serials that were told.
#[derive(Default)]
pub(crate) struct Alarm(Mutex<Told>);

#[derive(Default)]
struct Told {
    serials: HashSet<SerialOctets>,
    /// The minute since 1970, and how many alarms were told and not told in it.
    minute: i64,
    told: usize,
    untold: usize,
}

impl Alarm {
    /// Tells of a serial this centre never issued.
    pub(super) fn unknown(&self, serial: &SerialOctets, now: DateTime<Utc>) {
        let (told, untold) = self.count(serial, now);
        if untold > 0 {
            tracing::error!(untold, "ALARM: so many more certificates that this centre never issued were asked about");
        }
        if told {
            tracing::error!(
                serial = hex::encode_upper(serial.as_slice()),
                "ALARM: the status of a certificate was asked that this centre never issued"
            );
        }
    }

    /// Is this one told? And how many were not told in a minute that is over?
    fn count(&self, serial: &SerialOctets, now: DateTime<Utc>) -> (bool, usize) {
        let mut told = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        let (minute, mut untold) = (now.timestamp() / 60, 0);
        if told.minute != minute {
            untold = std::mem::take(&mut told.untold);
            (told.minute, told.told) = (minute, 0);
        }
        // Whoever asks about thousands must not silence the alarm for the one that matters.
        if told.serials.len() >= REMEMBERED {
            told.serials.clear();
        }
        if !told.serials.insert(*serial) {
            return (false, untold);
        }
        if told.told < TOLD_A_MINUTE {
            told.told += 1;
            return (true, untold);
        }
        told.untold += 1;
        (false, untold)
    }
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used, reason = "tests")]
    use super::*;

    fn serial(n: u32) -> SerialOctets {
        SerialOctets::from_slice(&n.to_be_bytes()).unwrap()
    }

    #[test]
    fn each_is_told_once_and_a_flood_silences_nothing_for_long() {
        let (alarm, start) = (Alarm::default(), "2026-11-24T01:00:00Z".parse::<DateTime<Utc>>().unwrap());
        assert_eq!(alarm.count(&serial(1), start), (true, 0));
        assert_eq!(alarm.count(&serial(1), start), (false, 0));
        let told = (2..50_000).filter(|n| alarm.count(&serial(*n), start).0).count();
        assert_eq!(told, TOLD_A_MINUTE - 1);
        let later = start + chrono::Duration::minutes(1);
        assert_eq!(alarm.count(&serial(4_000_000_000), later), (true, 50_000 - 2 - told));
        assert_eq!(alarm.count(&serial(4_000_000_001), later), (true, 0));
    }
}
