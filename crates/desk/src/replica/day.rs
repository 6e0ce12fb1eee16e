//! The entries of a branch's business day, as this copy of the log has them: the same facts that the centre decides by, of
//! what is here. Customers that have left the branch since took their entries with them.

use std::collections::BTreeSet;

use chrono::{DateTime, Utc};
use domain::branch::{BranchEvent, BusinessDays, DayException, DayFacts, Seen, Span, concerns};
use domain::id::BranchCode;
use domain::{Event, PersonalData, Subject, calendar};
use sqlx::SqliteConnection;
use wire::Entry;

use super::marks::{self, Word};
use super::{Opened, entries};
use crate::error::DeskError;

/// An entry of the day, and what is exceptional about it.
pub(crate) struct DayEntry {
    pub(crate) index: u32,
    pub(crate) entry: Entry,
    pub(crate) exceptions: BTreeSet<DayException>,
}

/// A branch's day.
pub(crate) struct Day {
    pub(crate) facts: DayFacts,
    pub(crate) entries: Vec<DayEntry>,
}

/// Reads a day.
pub(crate) async fn of(
    db: &mut SqliteConnection,
    branch: &BranchCode,
    span: Span,
    days: &BusinessDays,
) -> Result<Day, DeskError> {
    // A customer that left is the old branch's business; a sign-in over a locked screen may be of anybody's.
    let mut places = marks::places(&mut *db, &Word::Branch(branch.to_string())).await?;
    for kind in ["customer_moved", "signed_in"] {
        places |= marks::places(&mut *db, &Word::Kind(kind.to_owned())).await?;
    }
    let (from, until) = (first_at(&mut *db, span.from).await?, first_at(&mut *db, span.until).await?);
    let places: Vec<u32> = places.range(from..until).collect();
    let entries = entries::at(&mut *db, &places).await?;
    let mut day = Day { facts: DayFacts::default(), entries: Vec::with_capacity(entries.len()) };
    day.facts.span = Some(span);
    for (index, entry) in entries {
        if !concerns(branch, entry.branch.as_ref(), &entry.events) {
            day.facts.sign_in(&entry.events);
            continue;
        }
        let seen = Seen { at: entry.at, actor: &entry.actor, events: &entry.events, offline: entry.offline() };
        let exceptions = day.facts.add(&seen, days);
        day.facts.end = u64::from(index) + 1;
        day.entries.push(DayEntry { index, entry, exceptions });
    }
    day.facts.first = told_first(&mut *db, branch).await?.map(|at| days.day_of(at));
    Ok(day)
}

/// The place of the first entry here that is not older than this. Entries never are older than the ones before them.
async fn first_at(db: &mut SqliteConnection, time: DateTime<Utc>) -> Result<u32, DeskError> {
    let (end,): (Option<u32>,) = sqlx::query_as("SELECT MAX(idx) + 1 FROM entry").fetch_one(&mut *db).await?;
    let (mut low, mut high) = (0, end.unwrap_or_default());
    while low < high {
        let middle = low + (high - low) / 2;
        // Only some of the log's places are held here: the first one from the middle on.
        let row: Option<(u32, Vec<u8>)> =
            sqlx::query_as("SELECT idx, bytes FROM entry WHERE idx >= $1 ORDER BY idx LIMIT 1")
                .bind(middle)
                .fetch_optional(&mut *db)
                .await?;
        match row {
            Some((idx, bytes)) if Entry::from_bytes(&bytes)?.at < time => low = idx + 1,
            _ => high = middle,
        }
    }
    Ok(low)
}

/// When the log told of a branch first, by what is here.
pub(crate) async fn told_first(
    db: &mut SqliteConnection,
    branch: &BranchCode,
) -> Result<Option<DateTime<Utc>>, DeskError> {
    let own = marks::places(&mut *db, &Word::Branch(branch.to_string())).await?.min();
    // That a branch was opened is everybody's business.
    let opened: Vec<u32> = marks::places(&mut *db, &Word::Kind("branch_opened".into())).await?.into_iter().collect();
    let opened = entries::at(&mut *db, &opened).await?;
    let opened = opened.iter().find(|(_, entry)| entry.subject == Subject::Branch(branch.clone()));
    let first: Vec<u32> = own.into_iter().chain(opened.map(|(index, _)| *index)).min().into_iter().collect();
    Ok(entries::at(&mut *db, &first).await?.pop().map(|(_, entry)| entry.at))
}

/// When it told of a branch last.
pub(crate) async fn told_last(
    db: &mut SqliteConnection,
    branch: &BranchCode,
) -> Result<Option<DateTime<Utc>>, DeskError> {
    let last: Vec<u32> = marks::places(&mut *db, &Word::Branch(branch.to_string())).await?.max().into_iter().collect();
    Ok(entries::at(&mut *db, &last).await?.pop().map(|(_, entry)| entry.at))
}

/// The entry that signed off a day, at that time, and what was said.
pub(crate) async fn signed_off(
    db: &mut SqliteConnection,
    branch: &BranchCode,
    at: DateTime<Utc>,
    day: chrono::NaiveDate,
) -> Result<Option<(Entry, Option<String>)>, DeskError> {
    let words =
        [Word::Kind("day_signed_off".into()), Word::Branch(branch.to_string()), Word::Day(calendar::jst_day(at))];
    let places = marks::every(&mut *db, words, &[]).await?;
    let of = |event: &Event| matches!(event, Event::Branch(BranchEvent::DaySignedOff { day: of, .. }) if *of == day);
    let found = entries::opened(&mut *db, &places.into_iter().collect::<Vec<_>>()).await?;
    let found = found.into_iter().find(|opened| opened.entry.events.iter().any(of));
    Ok(found.map(|Opened { entry, personal, .. }| {
        let comment = match personal {
            Some(PersonalData::Comment(comment)) => Some(comment.text),
            _ => None,
        };
        (entry, comment)
    }))
}

/// Branches of which this copy holds terminals: a branch's own, or every one.
pub(crate) async fn branches(db: &mut SqliteConnection) -> Result<Vec<BranchCode>, DeskError> {
    let rows: Vec<(Option<String>,)> =
        sqlx::query_as("SELECT DISTINCT json_extract(state, '$.branch') AS branch FROM terminal ORDER BY branch")
            .fetch_all(&mut *db)
            .await?;
    Ok(rows.into_iter().filter_map(|(code,)| code?.parse().ok()).collect())
}
