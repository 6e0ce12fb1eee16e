//! Every desk is a witness: it hashes each leaf again, grows the tree, and compares the root with what the centre signed.

use domain::Event;
use domain::institution::InstitutionEvent;
use tlog::{CheckpointVerifier, Frontier, LeafHash};
use wire::Entry;
use wire::api::feed::{FeedAnswer, FeedLeaf};

use crate::error::DeskError;

/// Octets of `{"v":1`.
const VERSION: usize = 6;
/// An entry names its epoch within so many octets.
const BEGIN: usize = 200;

/// What this desk has seen of the log, as its tree.
#[derive(Debug, Clone)]
pub struct Witness {
    /// Of the log's first epoch.
    verifier: CheckpointVerifier,
    epoch: u32,
    /// How entries of this epoch begin, behind their version; empty before the first was seen.
    usual: Vec<u8>,
    frontier: Frontier,
}

pub(crate) fn mismatch(why: impl Into<String>) -> DeskError {
    DeskError::LogMismatch(why.into())
}

/// Reads the entry at a place.
pub(crate) fn read(index: u64, entry: &[u8]) -> Result<Entry, DeskError> {
    Entry::from_bytes(entry).map_err(|e| match e {
        wire::WireError::TooNew { .. } => DeskError::Newer(e.to_string()),
        e => mismatch(format!("entry {index}: {e}")),
    })
}

impl Witness {
    /// Goes on from a tree that was verified before.
    pub fn new(verifier: CheckpointVerifier, frontier: Frontier) -> Self {
        Self { verifier, epoch: 0, usual: Vec::new(), frontier }
    }

    /// The same in a later epoch of the log.
    pub fn in_epoch(self, epoch: u32) -> Self {
        Self { epoch, usual: Vec::new(), ..self }
    }

    /// The epoch of the log, as far as it was seen.
    pub fn epoch(&self) -> u32 {
        self.epoch
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
        let mut seen = self.clone();
        let mut hashes = Vec::with_capacity(answer.leaves.len());
        for leaf in &answer.leaves {
            if let FeedLeaf::Entry { e, .. } = leaf {
                seen.follow(&e.0)?;
            }
            let hash = leaf.hash().map_err(|e| mismatch(e.to_string()))?;
            seen.frontier.append(hash);
            hashes.push(hash);
        }
        seen.agree(&seen.frontier, &answer.checkpoint)?;
        *self = seen;
        Ok(hashes)
    }

    /// An entry is about to be appended: is it of this epoch, or does it open the next? There are many, so it is looked for
    /// where the last one had it; one that has it elsewhere is read in full.
    fn follow(&mut self, entry: &[u8]) -> Result<(), DeskError> {
        let usual = self.usual.len();
        if usual > 0 && entry.get(VERSION..VERSION + usual) == Some(self.usual.as_slice()) {
            return Ok(());
        }
        self.usual = beginning(entry, self.epoch).to_vec();
        if self.usual.is_empty() {
            self.epoch = after(self.epoch, &self.frontier, entry)?;
        }
        Ok(())
    }

    /// Does the signed note speak of this tree?
    pub(crate) fn agree(&self, frontier: &Frontier, note: &str) -> Result<(), DeskError> {
        if frontier.size() == 0 && note.is_empty() {
            return Ok(());
        }
        let checkpoint = self.verifier.in_epoch(self.epoch).open(note).map_err(|e| mismatch(e.to_string()))?;
        if checkpoint.size != frontier.size() || checkpoint.root != frontier.root() {
            return Err(mismatch(format!("size {}: the computed root is not the signed one", frontier.size())));
        }
        Ok(())
    }
}

/// How an entry begins, behind its version, up to and with its epoch; empty where it does not say this one.
fn beginning(entry: &[u8], epoch: u32) -> &[u8] {
    let word = format!("\"epoch\":{epoch},");
    let begin = entry.get(VERSION..entry.len().min(BEGIN)).unwrap_or_default();
    let place = begin.windows(word.len()).position(|part| part == word.as_bytes());
    place.and_then(|at| begin.get(..at + word.len())).unwrap_or_default()
}

/// The epoch after an entry that is about to be appended to this tree: one begins with an entry that commits to everything
/// before it.
fn after(epoch: u32, before: &Frontier, entry: &[u8]) -> Result<u32, DeskError> {
    let entry = read(before.size(), entry)?;
    let mut after = epoch;
    for event in &entry.events {
        let Event::Institution(InstitutionEvent::EpochOpened { epoch: next, former, size, root, .. }) = event else {
            continue;
        };
        if *next <= after || former >= next || *size != before.size() || *root != before.root().to_base64() {
            return Err(mismatch(format!("epoch {next} does not go on from what this desk has seen")));
        }
        after = *next;
    }
    if entry.epoch == after { Ok(after) } else { Err(mismatch("an entry is of another epoch than its log")) }
}
