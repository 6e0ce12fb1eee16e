//! Which entries of a subject this copy of the log lacks: a desk holds those of its own branch.

use wire::Entry;

/// What is known of that, entry by entry.
#[derive(Debug, Default)]
pub(super) struct Sight {
    missing: u64,
}

impl Sight {
    /// Does this copy lack entries between the last one and this one? `seen`: events of the subject in it, before this entry.
    pub(super) fn lost_before(&mut self, entry: &Entry, seen: u64) -> bool {
        let own = u64::try_from(entry.events.len()).unwrap_or(u64::MAX);
        let missing = entry.version.saturating_sub(own).saturating_sub(seen);
        let lost = missing > self.missing;
        self.missing = self.missing.max(missing);
        lost
    }

    /// Does it lack any?
    pub(super) fn in_part(&self) -> bool {
        self.missing > 0
    }
}
