//! Takes a chunk of the feed in: every leaf is hashed again, the tree's root is computed and compared with the signed
//! checkpoint, and only then anything is stored; all of it in one transaction.

use sqlx::{Connection as _, SqlitePool};
use tlog::{CheckpointVerifier, Frontier, LeafHash};
use wire::api::feed::{FeedAnswer, FeedLeaf};
use wire::{Attachment, Entry};

use super::{Replica, apply, set};
use crate::error::DeskError;
use crate::outbox;

fn mismatch(why: impl Into<String>) -> DeskError {
    DeskError::LogMismatch(why.into())
}

/// The tree's right edge as this desk knows it.
pub(crate) async fn head(db: &SqlitePool) -> Result<Frontier, DeskError> {
    let row: Option<(Vec<u8>,)> =
        sqlx::query_as("SELECT value FROM meta WHERE key = 'frontier'").fetch_optional(db).await?;
    match row {
        Some((bytes,)) => Frontier::from_bytes(&bytes).map_err(|e| mismatch(e.to_string())),
        None => Ok(Frontier::new()),
    }
}

/// An entry this desk may read, taken apart and checked.
struct Own {
    index: i64,
    entry: Entry,
    bytes: Vec<u8>,
    attachment: Option<(Vec<u8>, Attachment)>,
}

/// Verifies and stores a chunk. Says whether anything came.
pub(crate) async fn take(
    replica: &Replica,
    verifier: &CheckpointVerifier,
    answer: FeedAnswer,
) -> Result<bool, DeskError> {
    let mut frontier = head(&replica.readers).await?;
    if answer.from != frontier.size() {
        // An answer to an older question: the plan asks again from where we are.
        return Ok(false);
    }
    if answer.leaves.is_empty() {
        return same_head(verifier, &frontier, &answer.checkpoint).map(|()| false);
    }
    let mut leaves = Vec::with_capacity(answer.leaves.len());
    let mut own = Vec::new();
    for leaf in answer.leaves {
        let index = i64::try_from(frontier.size()).unwrap_or(i64::MAX);
        let hash = match leaf {
            FeedLeaf::Hash { h } => LeafHash::from_slice(&h.0).map_err(|e| mismatch(e.to_string()))?,
            FeedLeaf::Entry { e, a } => {
                let hash = tlog::leaf_hash(&e.0);
                own.push(opened(index, e.0, a.map(|a| a.0))?);
                hash
            }
        };
        frontier.append(hash);
        leaves.push((index, hash));
    }
    same_head(verifier, &frontier, &answer.checkpoint)?;

    let mut writer = replica.writer().await?;
    let mut db = writer.begin().await?;
    for (index, hash) in &leaves {
        sqlx::query("INSERT INTO leaf (idx, hash) VALUES ($1, $2)")
            .bind(index)
            .bind(hash.0.to_vec())
            .execute(&mut *db)
            .await?;
    }
    for own in &own {
        sqlx::query("INSERT INTO entry (idx, id, bytes) VALUES ($1, $2, $3)")
            .bind(own.index)
            .bind(own.entry.id.to_string())
            .bind(&own.bytes)
            .execute(&mut *db)
            .await?;
        if let Some((bytes, _)) = &own.attachment {
            sqlx::query("INSERT INTO attachment (entry_id, bytes) VALUES ($1, $2)")
                .bind(own.entry.id.to_string())
                .bind(bytes)
                .execute(&mut *db)
                .await?;
        }
        outbox::settled(&mut db, &own.entry.id.to_string()).await?;
        apply::apply(&mut db, &own.entry, own.attachment.as_ref().map(|(_, a)| &a.data)).await?;
    }
    set(&mut db, "frontier", &frontier.to_bytes()).await?;
    set(&mut db, "checkpoint", answer.checkpoint.as_bytes()).await?;
    fault::point("desk-before-commit");
    db.commit().await?;
    fault::point("desk-committed");
    drop(writer);
    replica.size.send_replace(frontier.size());
    Ok(true)
}

fn same_head(verifier: &CheckpointVerifier, frontier: &Frontier, note: &str) -> Result<(), DeskError> {
    if frontier.size() == 0 && note.is_empty() {
        return Ok(());
    }
    let checkpoint = verifier.open(note).map_err(|e| mismatch(e.to_string()))?;
    if checkpoint.size != frontier.size() || checkpoint.root != frontier.root() {
        return Err(mismatch(format!("size {}: the computed root is not the signed one", frontier.size())));
    }
    Ok(())
}

fn opened(index: i64, bytes: Vec<u8>, attachment: Option<Vec<u8>>) -> Result<Own, DeskError> {
    let entry = Entry::from_bytes(&bytes).map_err(|e| mismatch(format!("entry {index}: {e}")))?;
    let attachment = match (&entry.attachment, attachment) {
        (Some(hash), Some(bytes)) if *hash == Attachment::hash(&bytes) => {
            let read = Attachment::from_bytes(&bytes).map_err(|e| mismatch(format!("attachment {index}: {e}")))?;
            Some((bytes, read))
        }
        (_, None) => None,
        _ => return Err(mismatch(format!("the attachment of entry {index} does not fit"))),
    };
    Ok(Own { index, entry, bytes, attachment })
}
