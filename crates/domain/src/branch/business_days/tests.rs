use proptest::prelude::*;
use serde_json::json;
use uuid::Uuid;

use super::*;
use crate::actor::{Actor, Role};
use crate::id::{PolicyChangeId, SessionId, TerminalId};
use crate::policy::{PolicyEvent, apply};

fn at(text: &str) -> DateTime<Utc> {
    format!("{text}:00+09:00").parse().unwrap()
}

fn day(text: &str) -> NaiveDate {
    text.parse().unwrap()
}

/// A change that was confirmed: when, from which day on, and what.
type Change = (DateTime<Utc>, NaiveDate, serde_json::Value);

fn log(changes: &[Change]) -> PolicyLog {
    let head = Actor::Staff {
        staff: "H9001".parse().unwrap(),
        role: Role::HeadOffice,
        branch: "000".parse().unwrap(),
        terminal: TerminalId(Uuid::nil()),
        session: SessionId(Uuid::nil()),
        deputy: false,
    };
    let mut log = PolicyLog::default();
    for (number, (decided, effective_on, settings)) in changes.iter().enumerate() {
        let change = PolicyChangeId(Uuid::from_u128(number as u128));
        let (settings, effective_on) = (serde_json::from_value(settings.clone()).unwrap(), *effective_on);
        let proposed = PolicyEvent::PolicyChangeProposed { change, settings, effective_on };
        apply(&mut log, &proposed, &head, *decided);
        apply(&mut log, &PolicyEvent::PolicyChangeConfirmed { change }, &head, *decided);
    }
    log
}

fn days(changes: &[Change]) -> BusinessDays {
    BusinessDays::of_log(&log(changes), &Policy::default())
}

fn span(from: &str, until: &str) -> Option<Span> {
    Some(Span { from: at(from), until: at(until) })
}

#[test]
fn every_instant_is_of_one_business_day() {
    let always = BusinessDays::always(Policy::default());
    for (time, of) in [
        ("2026-11-20T16:59", "2026-11-20"),
        // From the closing on it is the next business day's, over a week-end and a holiday.
        ("2026-11-20T17:00", "2026-11-24"),
        ("2026-11-22T12:00", "2026-11-24"),
        ("2026-11-24T00:00", "2026-11-24"),
        ("2026-12-30T17:00", "2027-01-04"),
    ] {
        assert_eq!(always.day_of(at(time)), day(of), "{time}");
        let covered = always.span(day(of)).unwrap();
        assert!(covered.from <= at(time) && at(time) < covered.until, "{time}");
    }
    let closed = Policy { closed_days: vec![day("2026-11-24")], business_until_hour: 24, ..Policy::default() };
    let closed = BusinessDays::always(closed);
    assert_eq!(closed.day_of(at("2026-11-20T23:59")), day("2026-11-20"));
    assert_eq!(closed.day_of(at("2026-11-24T09:00")), day("2026-11-25"));
    assert_eq!(closed.span(day("2026-11-24")), None);
}

/// Monday was signed off at 17:05; a stop at 17:30 is Tuesday's, whatever is in force from Tuesday on.
#[test]
fn a_later_closing_does_not_put_an_entry_into_a_day_that_is_over() {
    let (monday, tuesday) = (day("2026-11-30"), day("2026-12-01"));
    let stop = at("2026-11-30T17:30");
    for hour in [12, 18, 24] {
        let days = days(&[(at("2026-11-30T17:10"), tuesday, json!({ "business_until_hour": hour }))]);
        assert_eq!(days.span(monday), span("2026-11-27T17:00", "2026-11-30T17:00"));
        assert_eq!(days.day_of(stop), tuesday);
        assert_eq!(days.span(tuesday).unwrap().from, at("2026-11-30T17:00"));
        assert_eq!(days.closes(tuesday), Some(at("2026-12-01T00:00") + Duration::hours(hour)));
    }
}

/// In force from today on, confirmed after today's closing: today stays what it was signed off as.
#[test]
fn a_change_after_the_closing_counts_from_the_next_day_on() {
    let (monday, tuesday) = (day("2026-11-30"), day("2026-12-01"));
    let later = json!({ "business_until_hour": 18 });
    let late = days(&[(at("2026-11-30T17:00"), monday, later.clone())]);
    assert_eq!(late.closes(monday), Some(at("2026-11-30T17:00")));
    assert_eq!(late.span(tuesday), span("2026-11-30T17:00", "2026-12-01T18:00"));
    let in_time = days(&[(at("2026-11-30T16:59"), monday, later.clone())]);
    assert_eq!(in_time.closes(monday), Some(at("2026-11-30T18:00")));
    // Of two on one day, each by what was before it; and what was to count from tomorrow on comes after them.
    let two = days(&[
        (at("2026-11-27T10:00"), tuesday, json!({ "business_until_hour": 20 })),
        (at("2026-11-30T16:00"), monday, later),
        (at("2026-11-30T18:00"), monday, json!({ "business_until_hour": 21, "closed_days": ["2026-11-30"] })),
    ]);
    assert_eq!(two.closes(monday), Some(at("2026-11-30T18:00")));
    assert_eq!(two.closes(tuesday), Some(at("2026-12-01T20:00")));
}

/// Days that are over are not closed afterwards, nor opened.
#[test]
fn closed_days_of_the_past_stay_what_they_were() {
    let (monday, tuesday, wednesday) = (day("2026-11-30"), day("2026-12-01"), day("2026-12-02"));
    let closed = |closed: &[&str]| json!({ "closed_days": closed });
    let put_in = days(&[(at("2026-12-01T09:00"), tuesday, closed(&["2026-11-30"]))]);
    assert_eq!(put_in.span(monday), span("2026-11-27T17:00", "2026-11-30T17:00"));
    assert_eq!(put_in.before(tuesday), monday);
    let taken_out = days(&[
        (at("2026-11-20T09:00"), day("2026-11-20"), closed(&["2026-11-30"])),
        (at("2026-12-01T09:00"), tuesday, closed(&[])),
    ]);
    assert_eq!(taken_out.span(monday), None);
    assert_eq!(taken_out.span(tuesday), span("2026-11-27T17:00", "2026-12-01T17:00"));
    assert_eq!(taken_out.day_of(at("2026-11-30T12:00")), tuesday);
    // Today is closed while it goes on: what happened on it is tomorrow's.
    let today = days(&[(at("2026-12-01T12:00"), tuesday, closed(&["2026-12-01"]))]);
    assert_eq!(today.day_of(at("2026-12-01T09:00")), wednesday);
    assert_eq!(today.span(wednesday), span("2026-11-30T17:00", "2026-12-02T17:00"));
}

#[test]
fn hours_are_those_of_the_day() {
    let days = days(&[(
        at("2026-11-30T18:00"),
        day("2026-11-30"),
        json!({ "business_from_hour": 10, "business_until_hour": 19 }),
    )]);
    for (time, outside) in [
        ("2026-11-30T07:59", true),
        ("2026-11-30T08:00", false),
        ("2026-11-30T16:59", false),
        ("2026-11-30T17:00", true),
        ("2026-12-01T09:59", true),
        ("2026-12-01T10:00", false),
        ("2026-12-01T18:59", false),
        ("2026-12-01T19:00", true),
        ("2026-12-05T12:00", true),
    ] {
        assert_eq!(days.outside_hours(at(time)), outside, "{time}");
    }
}

/// A Friday before a long week-end: the random days are around it.
const BEGIN: &str = "2026-11-20";
const DAYS: u32 = 40;

fn moment() -> impl Strategy<Value = DateTime<Utc>> {
    // Often on the hour: that is where borders are.
    (0..DAYS * 24, prop_oneof![Just(0_i64), Just(-1), 0..3600_i64]).prop_map(|(hour, second)| {
        at("2026-11-20T00:00") + Duration::hours(i64::from(hour)) + Duration::seconds(second)
    })
}

/// Changes as two persons may confirm them: from today on or later, in the order of the confirmations.
fn changes() -> impl Strategy<Value = Vec<Change>> {
    let closed = proptest::collection::btree_set(0..DAYS, 0..8);
    let change = (moment(), 0..6_u32, proptest::option::of(1..=24_u32), proptest::option::of(closed));
    proptest::collection::vec(change, 0..8).prop_map(|mut drawn| {
        drawn.sort_by_key(|(decided, ..)| *decided);
        let change = |(decided, ahead, hour, closed): (_, _, Option<u32>, Option<std::collections::BTreeSet<u32>>)| {
            let mut settings = serde_json::Map::new();
            if let Some(hour) = hour {
                settings.insert("business_until_hour".into(), hour.into());
            }
            if let Some(closed) = closed {
                let days: Vec<_> = closed.into_iter().map(|n| later(day(BEGIN), n).to_string()).collect();
                settings.insert("closed_days".into(), days.into());
            }
            (decided, later(jst_day(decided), ahead), settings.into())
        };
        drawn.into_iter().map(change).collect()
    })
}

proptest! {
    /// Whatever was changed and when: an entry is of exactly one day.
    #[test]
    fn an_entry_is_of_exactly_one_day(changes in changes(), moments in proptest::collection::vec(moment(), 1..20)) {
        let days = days(&changes);
        for moment in moments {
            let around = (0..DAYS + 20).map(|n| later(day("2026-11-10"), n));
            let of: Vec<_> = around
                .filter(|day| days.span(*day).is_some_and(|span| span.from <= moment && moment < span.until))
                .collect();
            prop_assert_eq!(of, [days.day_of(moment)], "{}", moment);
        }
    }

    /// Whatever is confirmed later: what was over by then, and may have been signed off, stays as it was, and nothing is put
    /// into it.
    #[test]
    fn a_change_moves_nothing_of_a_day_that_is_over(
        changes in changes(),
        moments in proptest::collection::vec(moment(), 1..20),
    ) {
        // By the first ones, by one more, and so on.
        let known: Vec<BusinessDays> = (0..=changes.len()).map(|count| days(changes.get(..count).unwrap())).collect();
        let after = known.last().unwrap();
        for (number, (before, (decided, ..))) in known.iter().zip(&changes).enumerate() {
            let over = |day: &NaiveDate| before.span(*day).filter(|span| span.until <= *decided);
            for day in (0..DAYS + 20).map(|n| later(day("2026-11-10"), n)).filter(|day| over(day).is_some()) {
                for then in known.iter().skip(number + 1) {
                    prop_assert_eq!(then.span(day), over(&day), "{}", day);
                }
            }
            for moment in &moments {
                let was = before.day_of(*moment);
                prop_assert_eq!(over(&was).is_some(), over(&after.day_of(*moment)).is_some(), "{}", moment);
                if over(&was).is_some() {
                    prop_assert_eq!(after.day_of(*moment), was, "{}", moment);
                }
            }
        }
    }
}
