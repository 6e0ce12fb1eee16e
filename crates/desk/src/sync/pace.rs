//! How much is asked for at a time, by how fast it comes.

use std::time::Duration;

/// How many leaves to ask for at a time: as many as come in a second or two, be the line fast or thin, and as fit into
/// memory with ease.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) struct Pace(u32);

impl Pace {
    /// A first, careful question.
    pub(super) const FIRST: Self = Self(64);
    pub(super) const LEAST: u32 = 32;
    const MOST: u32 = 16_384;
    /// Octets of an answer, unpacked.
    const OCTETS: usize = 6 * 1024 * 1024;

    pub(super) fn took(self, leaves: usize, octets: usize, time: Duration) -> Self {
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
    pub(super) fn failed(self) -> Self {
        Self((self.0 / 4).max(Self::LEAST))
    }

    /// Leaves.
    pub(super) fn leaves(self) -> u32 {
        self.0
    }
}

#[cfg(test)]
mod tests {
    use super::*;

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
