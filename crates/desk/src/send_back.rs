//! Tells a restored centre what this desk had seen: the signed head, the leaves beyond the place from which the log goes on,
//! and its own entries in full. Piece by piece; what was sent twice is there once.

use std::time::Duration;

use wire::api::recovery::{HeldLeaf, PIECE_BYTES, PIECE_LEAVES, SendBack};

use crate::centre::Centre;
use crate::desk::{Desk, Topics};
use crate::error::DeskError;
use crate::replica::epoch::{self, Orphan, Unsent};

/// How often it looks whether there is anything to tell.
const EVERY: Duration = Duration::from_secs(2);

/// Runs until aborted.
pub(crate) async fn run(desk: Desk, centre: Centre) {
    let mut size = desk.inner.replica.size.subscribe();
    loop {
        match step(&desk, &centre).await {
            Ok(true) => continue,
            Ok(false) => {}
            Err(error) => tracing::warn!(%error, "what this desk had seen could not be sent back; trying again"),
        }
        let _ = tokio::time::timeout(EVERY, size.changed()).await;
    }
}

/// Reports on one epoch. Says whether there was one.
async fn step(desk: &Desk, centre: &Centre) -> Result<bool, DeskError> {
    let replica = &desk.inner.replica;
    if !desk.online() {
        return Ok(false);
    }
    let Some(unsent) = epoch::unsent(&replica.readers).await? else { return Ok(false) };
    let how = match report(desk, centre, &unsent).await {
        Ok(()) => 1,
        Err(error) if error.permanent() => {
            tracing::error!(%error, epoch = unsent.epoch, "the centre refused what this desk had seen; it stays here");
            2
        }
        Err(error) => return Err(error),
    };
    epoch::sent(replica, unsent.epoch, how).await?;
    desk.changed(Topics::ALL);
    Ok(true)
}

async fn report(desk: &Desk, centre: &Centre, unsent: &Unsent) -> Result<(), DeskError> {
    let Unsent { epoch, former, seen, note } = unsent.clone();
    let size = u64::try_from(seen).unwrap_or_default();
    let piece = |from, leaves| SendBack { epoch, former, size, note: note.clone(), from, leaves };
    // The first question is where to go on.
    let mut at = centre.send_back(&piece(size, Vec::new())).await?;
    while !at.done {
        let orphans = epoch::orphans(&desk.inner.replica.readers, epoch, at.next, PIECE_LEAVES).await?;
        let leaves = leaves(orphans, at.next);
        if leaves.is_empty() {
            return Err(DeskError::LogMismatch(format!("leaf {} was not set aside", at.next)));
        }
        fault::point("desk-before-send-back");
        at = centre.send_back(&piece(at.next, leaves)).await?;
        fault::point("desk-sent-back");
    }
    Ok(())
}

/// As many as fit, without a hole.
fn leaves(orphans: Vec<Orphan>, from: u64) -> Vec<HeldLeaf> {
    let (mut leaves, mut bytes) = (Vec::new(), 0);
    for (index, orphan) in (from..).zip(orphans) {
        if u64::try_from(orphan.idx) != Ok(index) {
            break;
        }
        bytes += orphan.bytes.as_ref().map_or(32, Vec::len) + orphan.attachment.as_ref().map_or(0, Vec::len);
        if bytes > PIECE_BYTES && !leaves.is_empty() {
            break;
        }
        leaves.push(match orphan.bytes {
            // One that is no longer what was signed would spoil the rest: its hash still bears witness.
            Some(entry) if tlog::leaf_hash(&entry).0.as_slice() == orphan.hash.as_slice() => {
                HeldLeaf::Entry { e: entry.into(), a: orphan.attachment.map(Into::into) }
            }
            _ => HeldLeaf::Hash { h: orphan.hash.into() },
        });
    }
    leaves
}
