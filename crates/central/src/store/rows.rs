//! Rows that wait for the end of a batch and are written many at a time. Decides nothing.
//!
//! A statement's text depends on its number of rows, and each statement is a trip to the database's thread. So a batch of up
//! to 32 rows of a kind is one statement, and larger ones go in groups of 64 and 32: 33 prepared statements of each kind
//! serve every batch.
//!
//! `OR FAIL`: a batch that an index refuses is rolled back as a whole, so a statement need not keep copies of the pages it
//! changes, to undo itself alone. (Where a row takes another's place, SQLite keeps them all the same.)

use domain::Event;
use domain::id::CommandId;

use super::db::{self, Connection, Many, Row};

/// An entry, not yet written.
pub(crate) struct NewEntry {
    pub(crate) index: u64,
    pub(crate) id: CommandId,
    pub(crate) branch: Option<String>,
    /// The branch that a customer or a member of staff left with it, which may read it too.
    pub(crate) also: Option<String>,
    pub(crate) subject: String,
    pub(crate) bytes: Vec<u8>,
    pub(crate) leaf: tlog::LeafHash,
}

/// The branch that somebody left with these events.
pub(crate) fn also(events: &[Event]) -> Option<String> {
    events.iter().find_map(Event::leaves).map(ToString::to_string)
}

/// The first answer to a terminal's command, not yet written.
pub(crate) struct NewOutcome {
    pub(crate) id: CommandId,
    pub(crate) request_sha256: String,
    pub(crate) answer: String,
}

/// A changed aggregate.
pub(crate) struct Changed {
    pub(crate) subject: String,
    pub(crate) version: u64,
    pub(crate) state: String,
}

const LARGEST: usize = 64;
/// Up to so many rows go in one statement, whatever their number.
const ANY: usize = 32;

/// A count as the database holds it; no log grows beyond 2^63 entries.
pub(crate) fn int(count: u64) -> i64 {
    i64::try_from(count).unwrap_or(i64::MAX)
}

/// How many of `count` rows the next statement takes.
pub(super) fn group(count: usize) -> usize {
    match count {
        LARGEST.. => LARGEST,
        ANY.. => ANY,
        _ => count,
    }
}

/// Writes rows by statements that begin and end with these texts; gives how many rows of the table that touched.
pub(super) async fn write<T>(
    db: &mut Connection,
    (head, tail): (&'static str, &'static str),
    rows: Vec<T>,
    mut bind: impl FnMut(Row<'_>, T),
) -> Result<u64, db::Error> {
    let (mut rows, mut touched) = (rows.into_iter(), 0);
    while rows.len() > 0 {
        let group = group(rows.len());
        let mut statement = Many::new(head);
        statement.push_values(rows.by_ref().take(group), &mut bind);
        statement.push(tail);
        touched += statement.build().execute(&mut *db).await?;
    }
    Ok(touched)
}

pub(crate) async fn entries(db: &mut Connection, rows: Vec<NewEntry>) -> Result<(), db::Error> {
    let text = ("INSERT OR FAIL INTO entry (idx, id, branch, also, subject, bytes, leaf) ", "");
    write(db, text, rows, |mut row, entry| {
        row.push_bind(int(entry.index))
            .push_bind(entry.id.to_string())
            .push_bind(entry.branch)
            .push_bind(entry.also)
            .push_bind(entry.subject)
            .push_bind(entry.bytes)
            .push_bind(entry.leaf.0.to_vec());
    })
    .await
    .map(drop)
}

pub(crate) async fn attachments(db: &mut Connection, rows: Vec<(CommandId, Vec<u8>)>) -> Result<(), db::Error> {
    write(db, ("INSERT OR FAIL INTO attachment (entry_id, bytes) ", ""), rows, |mut row, (id, bytes)| {
        row.push_bind(id.to_string()).push_bind(bytes);
    })
    .await
    .map(drop)
}

pub(crate) async fn outcomes(db: &mut Connection, rows: Vec<NewOutcome>) -> Result<(), db::Error> {
    write(db, ("INSERT OR FAIL INTO outcome (id, request_sha256, answer) ", ""), rows, |mut row, outcome| {
        row.push_bind(outcome.id.to_string()).push_bind(outcome.request_sha256).push_bind(outcome.answer);
    })
    .await
    .map(drop)
}

pub(crate) async fn aggregates(db: &mut Connection, rows: Vec<Changed>) -> Result<(), db::Error> {
    let text = (
        "INSERT INTO aggregate (subject, version, state) ",
        " ON CONFLICT (subject) DO UPDATE SET version = excluded.version, state = excluded.state",
    );
    write(db, text, rows, |mut row, changed| {
        row.push_bind(changed.subject).push_bind(int(changed.version)).push_bind(changed.state);
    })
    .await
    .map(drop)
}
