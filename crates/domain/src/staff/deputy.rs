//! 代行: somebody who stands in for a supervisor of a branch between two days.

use chrono::{DateTime, NaiveDate, Utc};
use serde::{Deserialize, Serialize};

use crate::calendar;
use crate::error::{ErrorCode, Refusal};
use crate::id::BranchCode;

/// Longest deputyship, days: whoever is needed for longer is made a supervisor.
pub const LONGEST_DEPUTY_DAYS: u32 = 92;

/// A deputyship. Judged by the day on which an act is decided.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Deputy {
    /// At which branch.
    pub branch: BranchCode,
    /// First day (JST).
    pub from: NaiveDate,
    /// Last day (JST).
    pub until: NaiveDate,
}

impl Deputy {
    /// Is it in force?
    pub fn in_force(&self, now: DateTime<Utc>) -> bool {
        calendar::jst_day(now) >= self.from && !self.over(now)
    }

    /// Has its last day passed?
    pub fn over(&self, now: DateTime<Utc>) -> bool {
        calendar::passed(self.until, now)
    }

    /// Days that make sense: not in the past, in order, and not for ever.
    pub(super) fn check(&self, now: DateTime<Utc>) -> Result<(), Refusal> {
        let refused = |field| Err(Refusal::new(ErrorCode::DateOutOfRange).at(field));
        if self.from < calendar::jst_day(now) {
            return refused("from");
        }
        if self.until < self.from || self.until >= calendar::later(self.from, LONGEST_DEPUTY_DAYS) {
            return refused("until");
        }
        Ok(())
    }

    pub(super) fn overlaps(&self, other: &Self) -> bool {
        self.branch == other.branch && self.from <= other.until && other.from <= self.until
    }
}
