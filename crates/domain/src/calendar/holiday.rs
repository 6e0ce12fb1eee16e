//! Business days of a Japanese financial institution: not on Saturdays, Sundays, national holidays (国民の祝日に関する
//! 法律) and the turn of the year, 31 December to 3 January (銀行法施行令 第五条). The table follows the law as it stands
//! since 2022; a day that a new law adds goes into the policy until the table is mended.

use chrono::{Datelike, Days, Month, NaiveDate, Weekday};

use super::later;

/// Holidays with a fixed date: month, day.
const FIXED: [(u32, u32); 10] = [(1, 1), (2, 11), (2, 23), (4, 29), (5, 3), (5, 4), (5, 5), (8, 11), (11, 3), (11, 23)];
/// Holidays on a Monday: month, which one.
const MONDAYS: [(Month, u8); 4] = [(Month::January, 2), (Month::July, 3), (Month::September, 3), (Month::October, 2)];
/// Days around the turn of the year: month, day.
const YEAR_END: [(u32, u32); 3] = [(12, 31), (1, 2), (1, 3)];

/// The day of the equinox in a month of 1980 to 2099 (the astronomical estimate; the government announces the same day
/// every February for the next year).
fn equinox(year: i32, base: f64) -> u32 {
    let years = f64::from(year - 1980);
    (base + 0.242_194 * years - (years / 4.0).floor()).floor() as u32
}

/// Named by the law itself, without substitutes.
fn named(day: NaiveDate) -> bool {
    let (year, month, number) = (day.year(), day.month(), day.day());
    FIXED.contains(&(month, number))
        || MONDAYS.iter().any(|(of, n)| {
            NaiveDate::from_weekday_of_month_opt(year, of.number_from_month(), Weekday::Mon, *n) == Some(day)
        })
        || (month == 3 && number == equinox(year, 20.8431))
        || (month == 9 && number == equinox(year, 23.2488))
}

fn before(day: NaiveDate, days: u64) -> NaiveDate {
    day.checked_sub_days(Days::new(days)).unwrap_or(NaiveDate::MIN)
}

/// Is it a national holiday, a substitute for one on a Sunday, or a day between two?
pub fn is_holiday(day: NaiveDate) -> bool {
    if named(day) {
        return true;
    }
    // The first day after a Sunday's holiday that is not one itself.
    let substitute =
        (1..=7).map(|back| before(day, back)).take_while(|one| named(*one)).any(|one| one.weekday() == Weekday::Sun);
    substitute || (named(before(day, 1)) && named(later(day, 1)))
}

/// Is the institution open on it? `closed` are days of its own.
pub fn is_business_day(day: NaiveDate, closed: &[NaiveDate]) -> bool {
    !matches!(day.weekday(), Weekday::Sat | Weekday::Sun)
        && !is_holiday(day)
        && !YEAR_END.contains(&(day.month(), day.day()))
        && !closed.contains(&day)
}

/// The `n`-th business day after a day, which itself does not count.
pub fn business_days_after(day: NaiveDate, n: u32, closed: &[NaiveDate]) -> NaiveDate {
    let mut found = day;
    for _ in 0..n {
        found = later(found, 1);
        while found != NaiveDate::MAX && !is_business_day(found, closed) {
            found = later(found, 1);
        }
    }
    found
}

/// Business days after a day, up to and with another.
pub fn business_days_between(from: NaiveDate, to: NaiveDate, closed: &[NaiveDate]) -> u32 {
    let mut count = 0;
    let mut day = later(from, 1);
    while day <= to && day != NaiveDate::MAX {
        count += u32::from(is_business_day(day, closed));
        day = later(day, 1);
    }
    count
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used, reason = "tests")]
    use super::*;

    fn day(text: &str) -> NaiveDate {
        text.parse().unwrap()
    }

    /// As published by the Cabinet Office.
    const PUBLISHED: &str = "\
        2024-01-01 2024-01-08 2024-02-11 2024-02-12 2024-02-23 2024-03-20 2024-04-29 2024-05-03 2024-05-04 2024-05-05 \
        2024-05-06 2024-07-15 2024-08-11 2024-08-12 2024-09-16 2024-09-22 2024-09-23 2024-10-14 2024-11-03 2024-11-04 \
        2024-11-23 \
        2025-01-01 2025-01-13 2025-02-11 2025-02-23 2025-02-24 2025-03-20 2025-04-29 2025-05-03 2025-05-04 2025-05-05 \
        2025-05-06 2025-07-21 2025-08-11 2025-09-15 2025-09-23 2025-10-13 2025-11-03 2025-11-23 2025-11-24 \
        2026-01-01 2026-01-12 2026-02-11 2026-02-23 2026-03-20 2026-04-29 2026-05-03 2026-05-04 2026-05-05 2026-05-06 \
        2026-07-20 2026-08-11 2026-09-21 2026-09-22 2026-09-23 2026-10-12 2026-11-03 2026-11-23 \
        2027-01-01 2027-01-11 2027-02-11 2027-02-23 2027-03-21 2027-03-22 2027-04-29 2027-05-03 2027-05-04 2027-05-05 \
        2027-07-19 2027-08-11 2027-09-20 2027-09-23 2027-10-11 2027-11-03 2027-11-23";

    #[test]
    fn the_table_is_the_published_one() {
        let published: Vec<NaiveDate> = PUBLISHED.split_whitespace().map(day).collect();
        let (mut one, mut found) = (day("2024-01-01"), Vec::new());
        while one < day("2028-01-01") {
            if is_holiday(one) {
                found.push(one);
            }
            one = later(one, 1);
        }
        assert_eq!(found, published);
    }

    #[test]
    fn business_days_step_over_weekends_holidays_and_the_turn_of_the_year() {
        for (from, n, to) in [
            ("2026-11-25", 1, "2026-11-26"),
            ("2026-11-27", 1, "2026-11-30"),
            ("2026-11-21", 1, "2026-11-24"),
            ("2026-12-30", 1, "2027-01-04"),
            ("2026-09-18", 1, "2026-09-24"),
            ("2026-05-01", 2, "2026-05-08"),
            ("2026-05-01", 0, "2026-05-01"),
        ] {
            assert_eq!(business_days_after(day(from), n, &[]), day(to), "{from} + {n}");
        }
        assert_eq!(business_days_after(day("2026-11-25"), 1, &[day("2026-11-26")]), day("2026-11-27"));
        assert_eq!(business_days_after(NaiveDate::MAX, 3, &[]), NaiveDate::MAX);
    }
}
