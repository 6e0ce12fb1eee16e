//! The last head this desk verified before its replica was fetched again. The log that comes anew has to come to the very same
//! one: throwing a file away must not make a desk forget what it bears witness of.

use sqlx::{SqliteConnection, SqlitePool};
use tlog::{Checkpoint, CheckpointVerifier, Frontier, LeafHash};

use super::afresh::HEAD_SEEN;
use crate::error::DeskError;
use crate::witness::mismatch;

/// A head that the log has not yet come to again.
pub(super) struct HeadSeen(Checkpoint);

impl std::ops::Deref for HeadSeen {
    type Target = Checkpoint;

    fn deref(&self) -> &Checkpoint {
        &self.0
    }
}

/// If there is one, of this epoch.
pub(super) async fn head_seen(
    db: &SqlitePool,
    verifier: &CheckpointVerifier,
    epoch: u32,
) -> Result<Option<HeadSeen>, DeskError> {
    let row: Option<(Vec<u8>,)> =
        sqlx::query_as("SELECT value FROM meta WHERE key = $1").bind(HEAD_SEEN).fetch_optional(db).await?;
    let note = row.and_then(|(note,)| String::from_utf8(note).ok());
    // Of a later epoch: its turn comes when the log has entered that.
    Ok(note.and_then(|note| verifier.in_epoch(epoch).open(&note).ok()).map(HeadSeen))
}

pub(super) async fn forget(db: &mut SqliteConnection) -> Result<(), DeskError> {
    sqlx::query("DELETE FROM meta WHERE key = $1").bind(HEAD_SEEN).execute(db).await?;
    Ok(())
}

impl HeadSeen {
    /// These leaves come behind that tree: do they come to this head? Says whether it is done with.
    pub(super) fn reached(&self, mut tree: Frontier, hashes: &[u8], opened: &[(u32, u64)]) -> Result<bool, DeskError> {
        if let Some((epoch, at)) = opened.iter().find(|(_, at)| *at < self.size) {
            // The centre was put back to a place before it meanwhile; what this desk had seen beyond is not here any more.
            tracing::error!(epoch, at, seen = self.size, "the log has gone on from before the head that was seen here");
            return Ok(true);
        }
        for leaf in hashes.chunks_exact(32) {
            if tree.size() == self.size {
                break;
            }
            tree.append(LeafHash::from_slice(leaf).map_err(|e| mismatch(e.to_string()))?);
        }
        if tree.size() < self.size {
            return Ok(false);
        }
        if tree.root() == self.root {
            return Ok(true);
        }
        Err(mismatch(format!("size {}: the log is not the one this desk had seen before", self.size)))
    }
}
