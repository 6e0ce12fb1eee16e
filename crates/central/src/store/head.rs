//! The log's head at start: the tree built again from every stored leaf must be the one the last checkpoint signs.
//! (`madoguchi-central check` also hashes the entries themselves again.)

use chrono::{DateTime, Utc};
use tlog::{CheckpointVerifier, Frontier, LeafHash};

use super::db::{Connection, query};
use super::epoch::Epochs;
use super::writer::Fault;

/// Leaves read at a time.
const PAGE: i64 = 10_000;

/// The right edge of the tree, and the time of the last entry.
///
/// # Errors
/// [`Fault::Log`] when entries and checkpoint do not agree: nothing may be signed on top of that.
pub(crate) async fn head(
    db: &mut Connection,
    verifier: &CheckpointVerifier,
    epochs: &Epochs,
) -> Result<(Frontier, DateTime<Utc>), Fault> {
    let frontier = tree(db).await?;
    let row: Option<(i64, Vec<u8>, String)> =
        query("SELECT size, frontier, note FROM checkpoint ORDER BY size DESC LIMIT 1")
            .fetch_optional(&mut *db)
            .await?;
    let Some((size, stored, note)) = row else {
        return match frontier.size() {
            0 => Ok((frontier, DateTime::<Utc>::MIN_UTC)),
            _ => Err(Fault::Log("entries without a checkpoint".into())),
        };
    };
    let epoch = epochs.of_size(frontier.size());
    let checkpoint = verifier.in_epoch(epoch).open(&note).map_err(|e| Fault::Log(e.to_string()))?;
    let agrees = u64::try_from(size).ok() == Some(checkpoint.size)
        && checkpoint.size == frontier.size()
        && checkpoint.root == frontier.root()
        && stored == frontier.to_bytes();
    if !agrees {
        return Err(Fault::Log("the last checkpoint does not fit the entries; run `madoguchi-central check`".into()));
    }
    let (bytes, leaf): (Vec<u8>, Vec<u8>) =
        query("SELECT bytes, leaf FROM entry ORDER BY idx DESC LIMIT 1").fetch_one(&mut *db).await?;
    if tlog::leaf_hash(&bytes).0.as_slice() != leaf.as_slice() {
        return Err(Fault::Log("the last entry is not what was signed; run `madoguchi-central check`".into()));
    }
    Ok((frontier, wire::Entry::from_bytes(&bytes)?.at))
}

async fn tree(db: &mut Connection) -> Result<Frontier, Fault> {
    let mut frontier = Frontier::new();
    let mut next = 0_i64;
    loop {
        let leaves: Vec<(i64, Vec<u8>)> = query("SELECT idx, leaf FROM entry WHERE idx >= $1 ORDER BY idx LIMIT $2")
            .bind(next)
            .bind(PAGE)
            .fetch_all(&mut *db)
            .await?;
        if leaves.is_empty() {
            return Ok(frontier);
        }
        for (idx, leaf) in leaves {
            if idx != next {
                return Err(Fault::Log(format!("entry {next} is missing; run `madoguchi-central check`")));
            }
            frontier.append(LeafHash::from_slice(&leaf).map_err(|e| Fault::Log(e.to_string()))?);
            next += 1;
        }
    }
}
