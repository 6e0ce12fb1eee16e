//! Epochs of the log: where each began, and whether what came after the backup is still being collected. Read from the
//! institution's own entries, which are the record, and from nothing else.

use chrono::{DateTime, Utc};
use domain::Event;
use domain::id::InstitutionId;
use domain::institution::InstitutionEvent;
use wire::Entry;

use super::aggregate;
use super::db::{On, query};
use super::writer::Fault;

/// The beginning of an epoch after the first.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Opening {
    /// Which.
    pub epoch: u32,
    /// The one that the backup belonged to.
    pub former: u32,
    /// Entries in the backup.
    pub size: u64,
    /// When it was opened.
    pub since: DateTime<Utc>,
}

/// Every epoch of a log.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Epochs {
    openings: Vec<Opening>,
    recovering: bool,
}

impl Epochs {
    /// Reads them.
    ///
    /// # Errors
    /// The database failed, or an entry can't be read.
    pub(crate) async fn load(db: impl Into<On<'_>>, institution: &InstitutionId) -> Result<Self, Fault> {
        let key = aggregate::key(&domain::Subject::Institution(institution.clone()));
        let rows: Vec<(Vec<u8>,)> =
            query("SELECT bytes FROM entry WHERE subject = $1 ORDER BY idx").bind(key).fetch_all(db).await?;
        let mut epochs = Self::default();
        for (bytes,) in rows {
            epochs.follow(&Entry::from_bytes(&bytes)?);
        }
        Ok(epochs)
    }

    /// What an entry says of epochs.
    pub(crate) fn follow(&mut self, entry: &Entry) {
        for event in &entry.events {
            let Event::Institution(event) = event else { continue };
            self.apply(event, entry.at);
        }
    }

    pub(crate) fn apply(&mut self, event: &InstitutionEvent, at: DateTime<Utc>) {
        match event {
            InstitutionEvent::EpochOpened { epoch, former, size, .. } => {
                self.openings.push(Opening { epoch: *epoch, former: *former, size: *size, since: at });
                self.recovering = true;
            }
            InstitutionEvent::RecoveryEnded { .. } => self.recovering = false,
            InstitutionEvent::LogOpened { .. } => {}
        }
    }

    /// The epoch of the log now.
    pub fn current(&self) -> u32 {
        self.openings.last().map_or(0, |opening| opening.epoch)
    }

    /// The epoch under whose name the checkpoint of this size is signed.
    pub fn of_size(&self, size: u64) -> u32 {
        self.openings.iter().rev().find(|opening| opening.size < size).map_or(0, |opening| opening.epoch)
    }

    /// The first opening after an epoch: up to there, whoever is in it has seen the same.
    pub fn first_after(&self, epoch: u32) -> Option<&Opening> {
        self.openings.iter().find(|opening| opening.epoch > epoch)
    }

    /// An opening.
    pub fn opening(&self, epoch: u32) -> Option<&Opening> {
        self.openings.iter().find(|opening| opening.epoch == epoch)
    }

    /// The opening whose recovery goes on.
    pub fn recovery(&self) -> Option<&Opening> {
        self.openings.last().filter(|_| self.recovering)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn opened(epoch: u32, former: u32, size: u64) -> InstitutionEvent {
        let (root, backup_at) = Default::default();
        InstitutionEvent::EpochOpened { epoch, former, size, root, backup_at }
    }

    #[test]
    fn sizes_and_desks_find_their_epoch() {
        let mut epochs = Epochs::default();
        assert_eq!((epochs.current(), epochs.of_size(100), epochs.first_after(0)), (0, 0, None));
        for event in [opened(1, 0, 10), opened(4, 1, 20)] {
            epochs.apply(&event, DateTime::UNIX_EPOCH);
        }
        assert_eq!([0, 1, 10, 11, 20, 21, 99].map(|size| epochs.of_size(size)), [0, 0, 0, 1, 1, 4, 4]);
        let after = |epoch| epochs.first_after(epoch).map(|opening| opening.size);
        assert_eq!([0, 1, 2, 4, 5].map(after), [Some(10), Some(20), Some(20), None, None]);
        assert_eq!(epochs.current(), 4);
    }
}
