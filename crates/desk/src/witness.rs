//! Every desk is a witness: it hashes each leaf again, grows the tree, and compares the root with what the centre signed.

use tlog::{CheckpointVerifier, Frontier, LeafHash};
use wire::api::feed::{FeedAnswer, FeedLeaf};

use crate::error::DeskError;

/// What this desk has seen of the log, as its tree.
#[derive(Debug, Clone)]
pub struct Witness {
    verifier: CheckpointVerifier,
    frontier: Frontier,
}

pub(crate) fn mismatch(why: impl Into<String>) -> DeskError {
    DeskError::LogMismatch(why.into())
}

impl Witness {
    /// Goes on from a tree that was verified before.
    pub fn new(verifier: CheckpointVerifier, frontier: Frontier) -> Self {
        Self { verifier, frontier }
    }

    /// Leaves seen.
    pub fn size(&self) -> u64 {
        self.frontier.size()
    }

    /// The tree's right edge.
    pub fn frontier(&self) -> &Frontier {
        &self.frontier
    }

    /// Takes the leaves of an answer that begins where this witness stands; gives their hashes. After an error it has
    /// seen nothing of it.
    ///
    /// # Errors
    /// [`DeskError::LogMismatch`]: a hash has another length, or the root is not the signed one.
    pub fn see(&mut self, answer: &FeedAnswer) -> Result<Vec<LeafHash>, DeskError> {
        let mut frontier = self.frontier.clone();
        let mut hashes = Vec::with_capacity(answer.leaves.len());
        for leaf in &answer.leaves {
            let hash = match leaf {
                FeedLeaf::Hash { h } => LeafHash::from_slice(&h.0).map_err(|e| mismatch(e.to_string()))?,
                FeedLeaf::Entry { e, .. } => tlog::leaf_hash(&e.0),
            };
            frontier.append(hash);
            hashes.push(hash);
        }
        self.agree(&frontier, &answer.checkpoint)?;
        self.frontier = frontier;
        Ok(hashes)
    }

    /// Does the signed note speak of this tree?
    pub(crate) fn agree(&self, frontier: &Frontier, note: &str) -> Result<(), DeskError> {
        if frontier.size() == 0 && note.is_empty() {
            return Ok(());
        }
        let checkpoint = self.verifier.open(note).map_err(|e| mismatch(e.to_string()))?;
        if checkpoint.size != frontier.size() || checkpoint.root != frontier.root() {
            return Err(mismatch(format!("size {}: the computed root is not the signed one", frontier.size())));
        }
        Ok(())
    }
}
