//! Days as the branch counts them: Japan Standard Time (UTC+9, no summer time since 1951).

mod holiday;

pub use holiday::{business_days_after, business_days_between, is_business_day, is_holiday};

use chrono::{DateTime, Days, Duration, NaiveDate, Utc};

/// The JST day of an instant.
pub fn jst_day(at: DateTime<Utc>) -> NaiveDate {
    (at + Duration::hours(9)).date_naive()
}

/// The day `days` after the JST day of `at`; saturates at the end of time.
pub fn days_after(at: DateTime<Utc>, days: u32) -> NaiveDate {
    later(jst_day(at), days)
}

/// The day `days` after a day; saturates at the end of time.
pub fn later(day: NaiveDate, days: u32) -> NaiveDate {
    day.checked_add_days(Days::new(u64::from(days))).unwrap_or(NaiveDate::MAX)
}

/// Has the day (JST, to its last second) passed?
pub fn passed(day: NaiveDate, now: DateTime<Utc>) -> bool {
    jst_day(now) > day
}
