//! Business days, each by the policy that was in force on it: which days they are and when each of them closes. A change of the
//! policy that comes later never moves the border of a day that is over, so what was signed off stays what it was, and every
//! entry is of exactly one day. Nothing here may ask for the policy of now.

use chrono::{DateTime, Duration, NaiveDate, Timelike as _, Utc};

use crate::calendar::{is_business_day, jst_day, later};
use crate::policy::{Policy, PolicyLog, Timeline};

/// The time a business day covers: from (with) until (without).
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Span {
    /// When the business day before it closed.
    pub from: DateTime<Utc>,
    /// When it closes itself.
    pub until: DateTime<Utc>,
}

/// The business days of the institution.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct BusinessDays {
    by: Timeline,
}

/// An hour of a day in JST; 24 is the next midnight.
fn at_hour(day: NaiveDate, hour: u32) -> DateTime<Utc> {
    let midnight = day.and_time(chrono::NaiveTime::MIN).and_utc();
    let shift = Duration::hours(i64::from(hour) - 9);
    midnight.checked_add_signed(shift).unwrap_or(midnight)
}

fn closes(day: NaiveDate, policy: &Policy) -> Option<DateTime<Utc>> {
    is_business_day(day, &policy.closed_days).then(|| at_hour(day, policy.business_until_hour))
}

impl BusinessDays {
    /// As the log has them. `file`: the policy where the log does not say.
    ///
    /// A change can be confirmed on the day from which it is in force, when that day's business has closed already: the day may
    /// be signed off, so for business days the change counts from the next one on.
    pub fn of_log(log: &PolicyLog, file: &Policy) -> Self {
        let by = log.timeline_from(file, |change, without| {
            let day = change.effective_on;
            match (change.decided_at, closes(day, without)) {
                (Some(decided), Some(closed)) if decided >= closed => later(day, 1),
                _ => day,
            }
        });
        Self { by }
    }

    /// By one policy all the time.
    pub fn always(policy: Policy) -> Self {
        Self { by: Timeline::always(policy) }
    }

    /// When business closes on a day; `None`: it is no business day.
    pub fn closes(&self, day: NaiveDate) -> Option<DateTime<Utc>> {
        closes(day, self.by.on(day))
    }

    /// The business day before a day.
    pub fn before(&self, day: NaiveDate) -> NaiveDate {
        let mut found = day;
        while let Some(before) = found.pred_opt() {
            found = before;
            if self.closes(found).is_some() {
                break;
            }
        }
        found
    }

    /// The time a business day covers; `None`: it is no business day.
    pub fn span(&self, day: NaiveDate) -> Option<Span> {
        let until = self.closes(day)?;
        Some(Span { from: self.closes(self.before(day))?, until })
    }

    /// The business day that an instant belongs to.
    pub fn day_of(&self, at: DateTime<Utc>) -> NaiveDate {
        // The day before is over: business closes at midnight at the latest.
        let mut day = jst_day(at);
        while day != NaiveDate::MAX && self.closes(day).is_none_or(|closed| closed <= at) {
            day = later(day, 1);
        }
        day
    }

    /// Is an instant outside business hours?
    pub fn outside_hours(&self, at: DateTime<Utc>) -> bool {
        let (day, hour) = (jst_day(at), (at + Duration::hours(9)).hour());
        self.closes(day).is_none_or(|closed| closed <= at) || hour < self.by.on(day).business_from_hour
    }
}

#[cfg(test)]
#[allow(clippy::unwrap_used, reason = "tests")]
mod tests;
