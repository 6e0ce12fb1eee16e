//! `POST /api/terminal/v1/history`: every entry of customers that came over from another branch. A terminal gets those of
//! customers that are its branch's now, and nobody else's; it verifies each by the leaf that the feed brought.

use domain::id::CustomerId;
use serde::{Deserialize, Serialize};

use crate::Base64;

/// Whose.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct AskHistory {
    /// At most a hundred.
    pub customers: Vec<CustomerId>,
    /// Entries before this index: the terminal holds the leaves up to there.
    pub to: u64,
}

/// Entries in the order of the log, customer by customer.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct History {
    /// Whose history is here in full. Of the others nothing is: they did not fit, or are another branch's.
    pub done: Vec<CustomerId>,
    /// Theirs.
    pub entries: Vec<PastEntry>,
}

/// An entry with its place.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct PastEntry {
    /// Its place in the log.
    pub index: u64,
    /// Its exact bytes.
    pub e: Base64,
    /// Its attachment's exact bytes, unless erased.
    pub a: Option<Base64>,
}
