//! The last head this desk verified before its replica was fetched again. The log that comes anew has to come to the very same
//! one: throwing a file away must not make a desk forget what it bears witness of.

use sqlx::{SqliteConnection, SqlitePool};
use tlog::{Checkpoint, CheckpointVerifier, Frontier, LeafHash};

use super::afresh::HEAD_SEEN;
use crate::error::DeskError;
use crate::witness::mismatch;

/// A head that the log has not yet come to again, and the epoch it is of.
pub(super) struct HeadSeen {
    epoch: u32,
    checkpoint: Checkpoint,
}

/// The note of it, if there is one.
pub(super) async fn note(db: &SqlitePool) -> Result<Option<String>, DeskError> {
    let row: Option<(Vec<u8>,)> =
        sqlx::query_as("SELECT value FROM meta WHERE key = $1").bind(HEAD_SEEN).fetch_optional(db).await?;
    Ok(row.and_then(|(note,)| String::from_utf8(note).ok()))
}

/// The log will come once more from its beginning: the head that was verified last is the one it has to come to, unless an
/// earlier beginning has not come to its own yet.
pub(crate) async fn begin_again(db: &mut SqliteConnection) -> Result<(), DeskError> {
    let kept = "UPDATE main.meta SET key = $1 WHERE key = 'checkpoint'
                    AND NOT EXISTS (SELECT 1 FROM main.meta WHERE key = $1)";
    sqlx::query(kept).bind(HEAD_SEEN).execute(&mut *db).await?;
    sqlx::query("DELETE FROM main.meta WHERE key = 'checkpoint'").execute(db).await?;
    Ok(())
}

pub(super) async fn forget(db: &mut SqliteConnection) -> Result<(), DeskError> {
    sqlx::query("DELETE FROM meta WHERE key = $1").bind(HEAD_SEEN).execute(db).await?;
    Ok(())
}

impl HeadSeen {
    /// Of whichever of these epochs signed it. Of a later one: its turn comes when the log has entered that.
    pub(super) fn of(note: &str, verifier: &CheckpointVerifier, epochs: impl IntoIterator<Item = u32>) -> Option<Self> {
        epochs.into_iter().find_map(|epoch| {
            let checkpoint = verifier.in_epoch(epoch).open(note).ok()?;
            Some(Self { epoch, checkpoint })
        })
    }

    /// A log of so many entries has less than this desk had seen.
    pub(super) fn within(&self, log_size: u64) -> Result<(), DeskError> {
        let seen = self.checkpoint.size;
        if log_size < seen {
            return Err(mismatch(format!("the centre has {log_size} entries, this desk had seen {seen}")));
        }
        Ok(())
    }

    /// These leaves come behind that tree: do they come to this head? Says whether it is done with.
    pub(super) fn reached(&self, mut tree: Frontier, hashes: &[u8], opened: &[(u32, u64)]) -> Result<bool, DeskError> {
        let Checkpoint { size, root, .. } = &self.checkpoint;
        if let Some((epoch, at)) = opened.iter().find(|(epoch, at)| *epoch > self.epoch && at < size) {
            // The centre was put back to a place before it meanwhile; what this desk had seen beyond is not here any more.
            tracing::error!(epoch, at, seen = size, "the log has gone on from before the head that was seen here");
            return Ok(true);
        }
        for leaf in hashes.chunks_exact(32) {
            if tree.size() == *size {
                break;
            }
            tree.append(LeafHash::from_slice(leaf).map_err(|e| mismatch(e.to_string()))?);
        }
        if tree.size() < *size {
            return Ok(false);
        }
        if tree.root() == *root {
            return Ok(true);
        }
        Err(mismatch(format!("size {size}: the log is not the one this desk had seen before")))
    }
}
