//! Throwing away what is made from the entries, and looking whether the entries themselves are what was verified.

use futures_util::TryStreamExt as _;
use sha2::{Digest as _, Sha256};
use sqlx::{Connection as _, Row as _, SqliteConnection, SqlitePool};
use tlog::{CheckpointVerifier, Frontier, LeafHash};

use super::chunk::{self, int};
use super::{Replica, epoch, note, set};
use crate::error::DeskError;
use crate::witness::{Witness, mismatch};

/// Everything that is made from the entries, each with a statement that gives its rows in one order.
const DERIVED: [(&str, &str); 13] = [
    ("DELETE FROM customer", "SELECT * FROM customer ORDER BY customer_id"),
    ("DELETE FROM staff", "SELECT * FROM staff ORDER BY staff_id"),
    ("DELETE FROM terminal", "SELECT * FROM terminal ORDER BY terminal_id"),
    ("DELETE FROM branch", "SELECT * FROM branch ORDER BY code"),
    ("DELETE FROM wanted", "SELECT * FROM wanted ORDER BY customer_id"),
    ("DELETE FROM policy", "SELECT * FROM policy ORDER BY institution_id"),
    ("DELETE FROM application", "SELECT * FROM application ORDER BY application_id"),
    ("DELETE FROM certificate", "SELECT * FROM certificate ORDER BY certificate_id"),
    ("DELETE FROM incident", "SELECT * FROM incident ORDER BY incident_id"),
    ("DELETE FROM held", "SELECT * FROM held ORDER BY act"),
    ("DELETE FROM claim", "SELECT * FROM claim ORDER BY id"),
    ("DELETE FROM fact", "SELECT * FROM fact ORDER BY idx, place"),
    ("DELETE FROM term", "SELECT * FROM term ORDER BY customer_id, kind, shown, term"),
];

/// Throws away what is made from the entries. Entries, outbox, drafts and verifiers stay.
pub(crate) async fn throw_away(db: &mut SqliteConnection) -> Result<(), DeskError> {
    let mut db = db.begin().await?;
    for (delete, _) in DERIVED {
        sqlx::query(delete).execute(&mut *db).await?;
    }
    set(&mut db, "applied", b"0").await?;
    Ok(db.commit().await?)
}

/// The same, in an open replica: it is made again by whoever follows (`behind`).
pub(crate) async fn begin(replica: &Replica) -> Result<(), DeskError> {
    let mut writer = replica.writer().await?;
    throw_away(&mut writer).await?;
    replica.applied.send_replace(0);
    Ok(())
}

/// A hash over every row of what is made from the entries.
pub(crate) async fn digest(db: &SqlitePool) -> Result<[u8; 32], DeskError> {
    let mut digest = Sha256::new();
    for (_, select) in DERIVED {
        let mut rows = sqlx::query(select).fetch(db);
        while let Some(row) = rows.try_next().await? {
            for column in 0..row.len() {
                // A number is given as its digits.
                let text = row.try_get_unchecked::<Option<String>, _>(column)?.unwrap_or_default();
                digest.update((text.len() as u64).to_le_bytes());
                digest.update(text.as_bytes());
            }
        }
        digest.update(b"\n");
    }
    Ok(digest.finalize().into())
}

/// Reads what is stored, some of it at a time: is every entry under its leaf, is what is beside it what it
/// names, and do the leaves make the tree that the last checkpoint signs? `seen` is told how far it is.
pub(crate) async fn read_again(
    replica: &Replica,
    verifier: &CheckpointVerifier,
    mut seen: impl FnMut(u64),
) -> Result<(), DeskError> {
    let mut frontier = Frontier::new();
    let size = chunk::head(&replica.readers).await?.size();
    while frontier.size() < size {
        let from = frontier.size();
        let leaves = {
            let mut db = replica.readers.acquire().await?;
            epoch::run(&mut db, from).await?
        };
        leaves.iter().for_each(|leaf| frontier.append(*leaf));
        own(replica, from, &leaves).await?;
        seen(frontier.size());
    }
    let note = note(&replica.readers).await?.unwrap_or_default();
    let (epoch, _) = epoch::current(&replica.readers).await?;
    Witness::new(verifier.clone(), frontier.clone()).in_epoch(epoch).agree(&frontier, &note)
}

async fn own(replica: &Replica, from: u64, leaves: &[LeafHash]) -> Result<(), DeskError> {
    let rows: Vec<(i64, Vec<u8>, Option<Vec<u8>>)> = sqlx::query_as(
        "SELECT e.idx, e.bytes, a.bytes FROM entry e LEFT JOIN attachment a ON a.idx = e.idx
         WHERE e.idx >= $1 AND e.idx < $2",
    )
    .bind(int(from))
    .bind(int(from + leaves.len() as u64))
    .fetch_all(&replica.readers)
    .await?;
    for (idx, entry, attachment) in rows {
        let at = u64::try_from(idx).ok().and_then(|idx| idx.checked_sub(from)).and_then(|at| usize::try_from(at).ok());
        if at.and_then(|at| leaves.get(at)) != Some(&tlog::leaf_hash(&entry)) {
            return Err(mismatch(format!("entry {idx} is not what was verified")));
        }
        chunk::beside(u64::try_from(idx).unwrap_or_default(), &entry, attachment.as_deref())?;
    }
    Ok(())
}
