//! `POST /api/terminal/v1/recovery`: a desk sends back what it holds of the log beyond the place from which a restored centre
//! goes on. In pieces, in order; a piece sent again changes nothing. Every desk reports, also one that holds nothing.

use serde::{Deserialize, Serialize};

use crate::Base64;

/// Most leaves of one piece.
pub const PIECE_LEAVES: usize = 500;
/// Bytes of entries and attachments after which a desk ends a piece.
pub const PIECE_BYTES: usize = 96 * 1024;

/// A piece of what a desk had seen.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct SendBack {
    /// The epoch that was opened.
    pub epoch: u32,
    /// The epoch this desk was in before.
    pub former: u32,
    /// Leaves it had seen then.
    pub size: u64,
    /// The signed note of that size; empty if it had seen no more than the log has kept.
    pub note: String,
    /// Index of the first leaf of this piece.
    pub from: u64,
    /// The leaves.
    pub leaves: Vec<HeldLeaf>,
}

/// A leaf as a desk holds it.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(untagged)]
pub enum HeldLeaf {
    /// With its entry.
    Entry {
        /// Its exact bytes.
        e: Base64,
        /// Its attachment's exact bytes, unless erased.
        #[serde(default, skip_serializing_if = "Option::is_none")]
        a: Option<Base64>,
    },
    /// Without: the leaf hash only.
    Hash {
        /// 32 bytes.
        h: Base64,
    },
}

/// Where the centre stands with what this desk sends.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
pub struct SentBack {
    /// The next index it wants.
    pub next: u64,
    /// It has everything and has verified it.
    pub done: bool,
}
