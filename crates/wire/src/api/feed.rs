//! `GET /api/terminal/v1/feed?from=N&limit=N&wait_s=N`: the log from an index on. Answers at once when there is
//! something, else when there is, else (empty) after `wait_s` seconds.
//!
//! A desk that has seen more of a former epoch than the log has kept of it is refused with `epoch_ended` (arguments `epoch`
//! and `size`): it asks again from `size`, and goes over when everything fits.

use serde::{Deserialize, Serialize};

use crate::Base64;

/// The query.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
pub struct FeedQuery {
    /// First index wanted.
    pub from: u64,
    /// The epoch the desk is in.
    #[serde(default)]
    pub epoch: u32,
    /// Most leaves wanted; the centre may give fewer.
    #[serde(default)]
    pub limit: Option<u32>,
    /// Longest wait, seconds (at most 30).
    #[serde(default)]
    pub wait_s: Option<u32>,
}

/// Leaves `from..from + leaves.len()`, and a checkpoint of exactly that size (unless `leaves` is empty).
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct FeedAnswer {
    /// Index of the first leaf.
    pub from: u64,
    /// The leaves.
    pub leaves: Vec<FeedLeaf>,
    /// Signed note of size `from + leaves.len()`.
    pub checkpoint: String,
    /// Size of the whole log at the centre now, for the progress display.
    pub log_size: u64,
    /// The centre's clock, milliseconds since 1970: shows a desk that is off.
    pub centre_ms: i64,
}

/// One leaf.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(untagged)]
pub enum FeedLeaf {
    /// An entry this terminal may read.
    Entry {
        /// Its exact bytes.
        e: Base64,
        /// Its attachment's exact bytes, unless erased.
        #[serde(default, skip_serializing_if = "Option::is_none")]
        a: Option<Base64>,
    },
    /// Somebody else's: the leaf hash only.
    Hash {
        /// 32 bytes.
        h: Base64,
    },
}
