//! Epochs of the log. A centre that was put back from a backup goes on as another epoch, from an earlier place than this
//! desk has seen. The desk goes over only if its own leaves up to there are the ones that the new epoch commits to; what it
//! had beyond moves aside, to be sent back, and is never thrown away unseen.

use domain::institution::InstitutionEvent;
use std::sync::atomic::Ordering;

use domain::{Event, Subject};
use sqlx::{Connection as _, SqliteConnection, SqlitePool};
use tlog::{CheckpointVerifier, Frontier, LeafHash};
use wire::Entry;
use wire::api::feed::FeedAnswer;

use super::chunk::{self, int};
use super::{Replica, note, rebuild, rows};
use crate::error::DeskError;
use crate::witness::{Witness, mismatch};

/// The epoch this desk is in, and whether the centre still collects what came after its backup.
pub(crate) async fn current(db: &SqlitePool) -> Result<(u32, bool), DeskError> {
    let row: Option<(u32, bool)> =
        sqlx::query_as("SELECT epoch, ended FROM epoch WHERE held = 1 ORDER BY epoch DESC LIMIT 1")
            .fetch_optional(db)
            .await?;
    Ok(row.map_or((0, false), |(epoch, ended)| (epoch, !ended)))
}

/// Epochs that ended, each with the size of the log from which it went on as another one.
pub(crate) async fn ends(db: &SqlitePool) -> Result<Vec<(u32, u64)>, DeskError> {
    let rows: Vec<(u32, i64)> = sqlx::query_as("SELECT former, size FROM epoch WHERE held = 1").fetch_all(db).await?;
    Ok(rows.into_iter().map(|(epoch, size)| (epoch, u64::try_from(size).unwrap_or_default())).collect())
}

/// The epoch that an entry opens.
pub(super) fn opens(entry: &Entry) -> Option<u32> {
    entry.events.iter().find_map(|event| match event {
        Event::Institution(InstitutionEvent::EpochOpened { epoch, .. }) => Some(*epoch),
        _ => None,
    })
}

/// What a desk had seen before a chunk, to be sent back if the chunk opens an epoch.
#[derive(Debug, Clone, Copy)]
pub(super) struct Seen {
    pub(super) epoch: u32,
    pub(super) size: u64,
}

/// Keeps the epochs that a chunk opened, with where each began, and the note of what was seen before: the chunk's own must not
/// have taken its place yet.
pub(super) async fn record(db: &mut SqliteConnection, opened: &[(u32, u64)], seen: Seen) -> Result<(), DeskError> {
    if opened.is_empty() {
        return Ok(());
    }
    let note = note(&mut *db).await?.unwrap_or_default();
    let mut former = seen.epoch;
    for (epoch, size) in opened {
        // Of an epoch that came and went in this very chunk nothing was seen beyond.
        let had = if former == seen.epoch { seen.size } else { *size };
        // One that is known from before the replica was fetched again is held here once more.
        sqlx::query(
            "INSERT INTO epoch (epoch, former, size, seen, note) VALUES ($1, $2, $3, $4, $5)
             ON CONFLICT (epoch) DO UPDATE SET held = 1",
        )
        .bind(epoch)
        .bind(former)
        .bind(int(*size))
        .bind(int(had))
        .bind(if had > *size { note.as_str() } else { "" })
        .execute(&mut *db)
        .await?;
        former = *epoch;
    }
    Ok(())
}

/// What entries say of a recovery: that it has ended, or that something is back.
pub(super) async fn came_back<'a>(
    db: &mut SqliteConnection,
    entries: impl Iterator<Item = &'a Entry>,
) -> Result<(), sqlx::Error> {
    let some: Option<(i64,)> = sqlx::query_as("SELECT 1 FROM epoch LIMIT 1").fetch_optional(&mut *db).await?;
    if some.is_none() {
        return Ok(());
    }
    let (mut ids, mut ended) = (Vec::new(), Vec::new());
    for entry in entries {
        ids.push(entry.id.to_string());
        ended.extend(entry.events.iter().filter_map(|event| match event {
            Event::Institution(InstitutionEvent::RecoveryEnded { epoch, .. }) => Some(*epoch),
            _ => None,
        }));
    }
    let back = rows::among(db, "UPDATE orphan SET back = 1 WHERE back = 0 AND id", &ids).await?;
    for epoch in &ended {
        sqlx::query("UPDATE epoch SET ended = 1 WHERE epoch = $1").bind(epoch).execute(&mut *db).await?;
    }
    if back == 0 && ended.is_empty() {
        return Ok(());
    }
    // What is back, and others' hashes, have done their work.
    sqlx::query(
        "DELETE FROM orphan WHERE (back = 1 OR id IS NULL) AND epoch IN (SELECT epoch FROM epoch WHERE ended = 1)",
    )
    .execute(db)
    .await?;
    Ok(())
}

/// Goes over to the epoch that this answer begins with. All of it or nothing.
///
/// # Errors
/// [`DeskError::LogMismatch`]: it does not go on from what this desk has seen, or is not signed.
pub(crate) async fn go_over(
    replica: &Replica,
    verifier: &CheckpointVerifier,
    answer: FeedAnswer,
) -> Result<(), DeskError> {
    let (epoch, _) = current(&replica.readers).await?;
    let seen = Seen { epoch, size: chunk::head(&replica.readers).await?.size() };
    let (size, checkpoint) = (answer.from, answer.checkpoint.clone());
    if size >= seen.size {
        return Err(mismatch("the new epoch goes on from a place this desk has not seen"));
    }
    let frontier = frontier_at(&replica.readers, size).await?;
    let witness = Witness::new(verifier.clone(), frontier).in_epoch(seen.epoch);
    let verified = tokio::task::spawn_blocking(move || chunk::verified(witness, answer))
        .await
        .map_err(|e| DeskError::Internal(e.to_string()))??;
    let Some((opened, _)) = verified.opened.first().filter(|(_, at)| *at == size).copied() else {
        return Err(mismatch("the centre says that the log has entered a new epoch, and does not show it"));
    };
    let mut writer = replica.writer().await?;
    let mut db = writer.begin().await?;
    cut(&mut db, opened, size).await?;
    fault::point("desk-epoch-cut");
    rebuild::throw_away(&mut db).await?;
    let end = verified.size();
    chunk::write(&mut db, size, verified, &checkpoint, seen).await?;
    fault::point("desk-epoch-before-commit");
    db.commit().await?;
    fault::point("desk-epoch-committed");
    // Before anybody else writes: what was read of the former epoch is worth nothing.
    replica.cuts.fetch_add(1, Ordering::AcqRel);
    replica.size.send_replace(end);
    replica.applied.send_replace(0);
    drop(writer);
    // What was cut off decides nothing any more.
    replica.look_at_policy().await
}

/// The run of leaves that begins here.
pub(super) async fn run(db: &mut SqliteConnection, first: u64) -> Result<Vec<LeafHash>, DeskError> {
    let row: Option<(Vec<u8>,)> =
        sqlx::query_as("SELECT hashes FROM leaves WHERE first = $1").bind(int(first)).fetch_optional(db).await?;
    let (hashes,) = row.ok_or_else(|| mismatch(format!("leaf {first} is not held here")))?;
    let leaves: Result<Vec<LeafHash>, _> = hashes.chunks_exact(32).map(LeafHash::from_slice).collect();
    let leaves = leaves.map_err(|e| mismatch(e.to_string()))?;
    if leaves.is_empty() { Err(mismatch(format!("no leaves at {first}"))) } else { Ok(leaves) }
}

/// The first leaves of the log, one after the other.
pub(crate) async fn each_leaf(db: &SqlitePool, size: u64, mut see: impl FnMut(LeafHash)) -> Result<(), DeskError> {
    let mut db = db.acquire().await?;
    let mut at = 0;
    while at < size {
        let leaves = run(&mut db, at).await?;
        (at..size).zip(&leaves).for_each(|(_, leaf)| see(*leaf));
        at += leaves.len() as u64;
    }
    Ok(())
}

/// The right edge over the first leaves, from the hashes this desk holds.
pub(crate) async fn frontier_at(db: &SqlitePool, size: u64) -> Result<Frontier, DeskError> {
    let mut frontier = Frontier::new();
    each_leaf(db, size, |leaf| frontier.append(leaf)).await?;
    Ok(frontier)
}

/// Sign-ins, looks, refusals and the institution's own words are no loss to the branch.
fn matters(entry: &Entry) -> bool {
    matches!(entry.subject, Subject::Customer(_)) && !entry.is_access()
}

/// Sets aside what lies beyond.
async fn cut(db: &mut SqliteConnection, opened: u32, size: u64) -> Result<(), DeskError> {
    let at: Option<(i64,)> = sqlx::query_as("SELECT MAX(first) FROM leaves WHERE first <= $1")
        .bind(int(size))
        .fetch_optional(&mut *db)
        .await?;
    let mut first = at.and_then(|(first,)| u64::try_from(first).ok()).unwrap_or_default();
    let last: (i64,) = sqlx::query_as("SELECT MAX(first) FROM leaves").fetch_one(&mut *db).await?;
    while int(first) <= last.0 {
        let leaves = run(db, first).await?;
        let beyond: Vec<(u64, LeafHash)> =
            (first..).zip(leaves.iter().copied()).filter(|(index, _)| *index >= size).collect();
        first += leaves.len() as u64;
        rows::insert(db, ("INSERT INTO orphan (epoch, idx, hash) ", 3, ""), beyond, |row, (index, hash)| {
            row.push_bind(opened).push_bind(int(index)).push_bind(hash.0.to_vec());
        })
        .await?;
    }
    let entries: Vec<(i64, Vec<u8>)> = sqlx::query_as("SELECT idx, bytes FROM entry WHERE idx >= $1 ORDER BY idx")
        .bind(int(size))
        .fetch_all(&mut *db)
        .await?;
    for (index, bytes) in entries {
        let entry = Entry::from_bytes(&bytes)?;
        sqlx::query(
            "UPDATE orphan SET id = $3, bytes = $4, matters = $5,
                 attachment = (SELECT a.bytes FROM attachment a WHERE a.idx = $2)
             WHERE epoch = $1 AND idx = $2",
        )
        .bind(opened)
        .bind(index)
        .bind(entry.id.to_string())
        .bind(bytes)
        .bind(matters(&entry))
        .execute(&mut *db)
        .await?;
    }
    for text in [
        "UPDATE leaves SET hashes = substr(hashes, 1, ($1 - first) * 32)
         WHERE first < $1 AND first + length(hashes) / 32 > $1",
        "DELETE FROM leaves WHERE first >= $1",
        "DELETE FROM attachment WHERE idx >= $1",
        "DELETE FROM entry WHERE idx >= $1",
        // Whether the act is in the log is open again: it is sent once more, and gets the answer of its entry.
        "UPDATE outbox SET state = 'waiting', idx = NULL WHERE state IN ('sent', 'held') AND idx >= $1",
    ] {
        sqlx::query(text).bind(int(size)).execute(&mut *db).await?;
    }
    Ok(())
}

/// An epoch of which the centre has not yet been told what this desk had seen.
#[derive(Debug, Clone, sqlx::FromRow)]
pub(crate) struct Unsent {
    pub(crate) epoch: u32,
    pub(crate) former: u32,
    pub(crate) seen: i64,
    pub(crate) note: String,
}

/// The oldest one.
pub(crate) async fn unsent(db: &SqlitePool) -> Result<Option<Unsent>, DeskError> {
    Ok(sqlx::query_as("SELECT epoch, former, seen, note FROM epoch WHERE sent = 0 ORDER BY epoch LIMIT 1")
        .fetch_optional(db)
        .await?)
}

/// What became of the report.
pub(crate) async fn sent(replica: &Replica, epoch: u32, how: i64) -> Result<(), DeskError> {
    let mut db = replica.writer().await?;
    sqlx::query("UPDATE epoch SET sent = $2 WHERE epoch = $1").bind(epoch).bind(how).execute(&mut *db).await?;
    Ok(())
}

/// A leaf that was set aside.
#[derive(Debug, Clone, sqlx::FromRow)]
pub(crate) struct Orphan {
    pub(crate) idx: i64,
    pub(crate) hash: Vec<u8>,
    pub(crate) bytes: Option<Vec<u8>>,
    pub(crate) attachment: Option<Vec<u8>>,
}

/// Leaves that were set aside, from a place on.
pub(crate) async fn orphans(db: &SqlitePool, epoch: u32, from: u64, most: usize) -> Result<Vec<Orphan>, DeskError> {
    Ok(sqlx::query_as(
        "SELECT idx, hash, bytes, attachment FROM orphan WHERE epoch = $1 AND idx >= $2 ORDER BY idx LIMIT $3",
    )
    .bind(epoch)
    .bind(int(from))
    .bind(i64::try_from(most).unwrap_or(i64::MAX))
    .fetch_all(db)
    .await?)
}

/// Entries that did not come back, oldest first: index, bytes and attachment.
pub(crate) async fn lost(db: &SqlitePool) -> Result<Vec<(i64, Vec<u8>, Option<Vec<u8>>)>, DeskError> {
    Ok(sqlx::query_as(
        "SELECT o.idx, o.bytes, o.attachment FROM orphan o JOIN epoch e ON e.epoch = o.epoch
         WHERE e.ended = 1 AND o.back = 0 AND o.matters = 1 AND o.bytes IS NOT NULL ORDER BY o.epoch, o.idx",
    )
    .fetch_all(db)
    .await?)
}

/// How many of them there are.
pub(crate) async fn lost_count(db: &SqlitePool) -> Result<u64, DeskError> {
    let (count,): (i64,) = sqlx::query_as(
        "SELECT COUNT(*) FROM orphan o JOIN epoch e ON e.epoch = o.epoch
         WHERE e.ended = 1 AND o.back = 0 AND o.matters = 1",
    )
    .fetch_one(db)
    .await?;
    Ok(u64::try_from(count).unwrap_or_default())
}
