//! The entries of a branch's business day, as this copy of the log has them: the same facts that the centre decides by, of
//! what is here. Customers that have left the branch since took their entries with them.

use std::collections::BTreeSet;

use chrono::{DateTime, Utc};
use domain::Policy;
use domain::branch::{BranchEvent, DayException, DayFacts, Seen, Span, concerns, day_of};
use domain::id::BranchCode;
use domain::{Event, PersonalData};
use sqlx::SqlitePool;
use wire::{Attachment, Entry};

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

/// As it stands in an entry's bytes: enough to leave the others unread. What is found is looked at again.
fn marks(branch: &BranchCode) -> [Vec<u8>; 3] {
    [
        format!("\"branch\":\"{branch}\",\"version\":").into_bytes(),
        format!("\"type\":\"customer_moved\",\"from\":\"{branch}\"").into_bytes(),
        b"\"over_lock\":true".to_vec(),
    ]
}

/// Reads a day.
pub(crate) async fn of(db: &SqlitePool, branch: &BranchCode, span: Span, policy: &Policy) -> Result<Day, DeskError> {
    let [own, moved, over_lock] = marks(branch);
    let rows: Vec<(u32, Vec<u8>)> = sqlx::query_as(
        "SELECT idx, bytes FROM entry WHERE idx >= $1 AND idx < $2
           AND (instr(bytes, $3) > 0 OR instr(bytes, $4) > 0 OR instr(bytes, $5) > 0) ORDER BY idx",
    )
    .bind(first_at(db, span.from).await?)
    .bind(first_at(db, span.until).await?)
    .bind(own)
    .bind(moved)
    .bind(over_lock)
    .fetch_all(db)
    .await?;
    let mut day = Day { facts: DayFacts::default(), entries: Vec::with_capacity(rows.len()) };
    for (index, bytes) in rows {
        let entry = Entry::from_bytes(&bytes)?;
        if !concerns(branch, entry.branch.as_ref(), &entry.events) {
            day.facts.sign_in(&entry.events);
            continue;
        }
        let seen = Seen { at: entry.at, actor: &entry.actor, events: &entry.events, offline: entry.offline() };
        let exceptions = day.facts.add(&seen, policy);
        day.facts.end = u64::from(index) + 1;
        day.entries.push(DayEntry { index, entry, exceptions });
    }
    day.facts.first = told_first(db, branch).await?.map(|at| day_of(at, policy));
    Ok(day)
}

/// The place of the first entry here that is not older than this. Entries never are older than the ones before them.
async fn first_at(db: &SqlitePool, time: DateTime<Utc>) -> Result<i64, DeskError> {
    let (end,): (Option<i64>,) = sqlx::query_as("SELECT MAX(idx) + 1 FROM entry").fetch_one(db).await?;
    let (mut low, mut high) = (0, end.unwrap_or_default());
    while low < high {
        let middle = low + (high - low) / 2;
        // Only some of the log's places are held here: the first one from the middle on.
        let row: Option<(i64, Vec<u8>)> =
            sqlx::query_as("SELECT idx, bytes FROM entry WHERE idx >= $1 ORDER BY idx LIMIT 1")
                .bind(middle)
                .fetch_optional(db)
                .await?;
        match row {
            Some((idx, bytes)) if Entry::from_bytes(&bytes)?.at < time => low = idx + 1,
            _ => high = middle,
        }
    }
    Ok(low)
}

/// When the log told of a branch first, by what is here.
pub(crate) async fn told_first(db: &SqlitePool, branch: &BranchCode) -> Result<Option<DateTime<Utc>>, DeskError> {
    let [own, ..] = marks(branch);
    let opened = format!("\"subject\":{{\"kind\":\"branch\",\"id\":\"{branch}\"}}").into_bytes();
    let row: Option<(Vec<u8>,)> = sqlx::query_as(
        "SELECT bytes FROM entry WHERE instr(bytes, $1) > 0 OR instr(bytes, $2) > 0 ORDER BY idx LIMIT 1",
    )
    .bind(own)
    .bind(opened)
    .fetch_optional(db)
    .await?;
    Ok(row.map(|(bytes,)| Entry::from_bytes(&bytes)).transpose()?.map(|entry| entry.at))
}

/// The entry that signed off a day, and what was said.
pub(crate) async fn signed_off(
    db: &SqlitePool,
    branch: &BranchCode,
    at: DateTime<Utc>,
    day: chrono::NaiveDate,
) -> Result<Option<(Entry, Option<String>)>, DeskError> {
    // One that came back after a restore stands later than it happened.
    let rows: Vec<(i64, Vec<u8>)> =
        sqlx::query_as("SELECT idx, bytes FROM entry WHERE idx >= $1 AND instr(bytes, $2) > 0 ORDER BY idx")
            .bind(first_at(db, at).await?)
            .bind(format!("\"type\":\"day_signed_off\",\"day\":\"{day}\"").into_bytes())
            .fetch_all(db)
            .await?;
    for (index, bytes) in rows {
        let entry = Entry::from_bytes(&bytes)?;
        let of =
            |event: &Event| matches!(event, Event::Branch(BranchEvent::DaySignedOff { day: of, .. }) if *of == day);
        if entry.branch.as_ref() != Some(branch) || !entry.events.iter().any(of) {
            continue;
        }
        let beside: Option<(Vec<u8>,)> =
            sqlx::query_as("SELECT bytes FROM attachment WHERE idx = $1").bind(index).fetch_optional(db).await?;
        let comment =
            beside.and_then(|(bytes,)| Attachment::from_bytes(&bytes).ok()).and_then(|read| match read.data {
                PersonalData::Comment(comment) => Some(comment.text),
                _ => None,
            });
        return Ok(Some((entry, comment)));
    }
    Ok(None)
}

/// Branches of which this copy holds terminals: a branch's own, or every one.
pub(crate) async fn branches(db: &SqlitePool) -> Result<Vec<BranchCode>, DeskError> {
    let rows: Vec<(Option<String>,)> =
        sqlx::query_as("SELECT DISTINCT json_extract(state, '$.branch') AS branch FROM terminal ORDER BY branch")
            .fetch_all(db)
            .await?;
    Ok(rows.into_iter().filter_map(|(code,)| code?.parse().ok()).collect())
}
