//! `GET /api/terminal/v1/feed?from=N&limit=N&wait_s=N`: the log from an index on. Answers at once when there is
//! something, else when there is, else (empty) after `wait_s` seconds. The answer is octets, not JSON: a branch that
//! comes late takes a million leaves, and most of them are bare hashes.
//!
//! A desk that has seen more of a former epoch than the log has kept of it is refused with `epoch_ended` (arguments `epoch`
//! and `size`): it asks again from `size`, and goes over when everything fits.

use domain::id::BranchCode;
use serde::{Deserialize, Serialize};
use tlog::{LeafHash, TlogError};

use crate::{Base64, WireError};

/// The answer's media type.
pub const MEDIA_TYPE: &str = "application/vnd.madoguchi.feed";
/// Begins every answer; the last octet is the version.
const MAGIC: [u8; 4] = *b"MFD\x01";
const HASHES: u8 = 0;
const ENTRY: u8 = 1;
const ENTRY_WITH_ATTACHMENT: u8 = 2;
/// A leaf hash, bytes.
const HASH: usize = 32;

/// The query.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
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
    /// The branch whose copy the desk holds. One that works for another branch now is refused with `terminal_moved`
    /// (arguments `branch` and `label`): the entries of two branches never come into one copy.
    #[serde(default)]
    pub branch: Option<BranchCode>,
}

/// Leaves `from..from + leaves.len()`, and a checkpoint of exactly that size (unless `leaves` is empty).
#[derive(Debug, Clone, PartialEq, Eq)]
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
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum FeedLeaf {
    /// An entry this terminal may read.
    Entry {
        /// Its exact bytes.
        e: Base64,
        /// Its attachment's exact bytes, unless erased.
        a: Option<Base64>,
    },
    /// Somebody else's: the leaf hash only.
    Hash {
        /// 32 bytes.
        h: Base64,
    },
}

impl FeedLeaf {
    /// What stands for it in the tree (RFC 6962 §2.1).
    ///
    /// # Errors
    /// A hash that is none.
    pub fn hash(&self) -> Result<LeafHash, TlogError> {
        match self {
            Self::Entry { e, .. } => Ok(tlog::leaf_hash(&e.0)),
            Self::Hash { h } => LeafHash::from_slice(&h.0),
        }
    }
}

fn put(to: &mut Vec<u8>, bytes: &[u8]) {
    to.extend(u32::try_from(bytes.len()).unwrap_or(u32::MAX).to_le_bytes());
    to.extend_from_slice(bytes);
}

impl FeedAnswer {
    /// The octets to send. Numbers are little-endian; a text or an entry follows its length in four octets; hashes that
    /// stand together follow their count.
    pub fn to_bytes(&self) -> Vec<u8> {
        let content: usize = self
            .leaves
            .iter()
            .map(|leaf| match leaf {
                FeedLeaf::Hash { .. } => HASH,
                FeedLeaf::Entry { e, a } => 9 + e.0.len() + a.as_ref().map_or(0, |a| a.0.len()),
            })
            .sum();
        let mut to = Vec::with_capacity(64 + self.checkpoint.len() + content);
        to.extend(MAGIC);
        to.extend(self.from.to_le_bytes());
        to.extend(self.log_size.to_le_bytes());
        to.extend(self.centre_ms.to_le_bytes());
        put(&mut to, self.checkpoint.as_bytes());
        let mut rest = self.leaves.as_slice();
        while let Some((first, after)) = rest.split_first() {
            match first {
                FeedLeaf::Hash { .. } => {
                    let run = rest.iter().take_while(|leaf| matches!(leaf, FeedLeaf::Hash { .. })).count();
                    let (run, after) = rest.split_at(run);
                    to.push(HASHES);
                    to.extend(u32::try_from(run.len()).unwrap_or(u32::MAX).to_le_bytes());
                    for leaf in run {
                        if let FeedLeaf::Hash { h } = leaf {
                            to.extend_from_slice(&h.0);
                        }
                    }
                    rest = after;
                    continue;
                }
                FeedLeaf::Entry { e, a: None } => {
                    to.push(ENTRY);
                    put(&mut to, &e.0);
                }
                FeedLeaf::Entry { e, a: Some(a) } => {
                    to.push(ENTRY_WITH_ATTACHMENT);
                    put(&mut to, &e.0);
                    put(&mut to, &a.0);
                }
            }
            rest = after;
        }
        to
    }

    /// Reads what [`Self::to_bytes`] wrote.
    ///
    /// # Errors
    /// [`WireError`]: cut, longer than it says, or of another version.
    pub fn from_bytes(bytes: &[u8]) -> Result<Self, WireError> {
        let mut at = Reader(bytes);
        let [m, f, d, version] = at.array::<4>()?;
        if [m, f, d] != [b'M', b'F', b'D'] {
            return Err(malformed("not a feed"));
        }
        if version != MAGIC[3] {
            return Err(WireError::TooNew { what: "feed", version: u32::from(version) });
        }
        let from = u64::from_le_bytes(at.array()?);
        let log_size = u64::from_le_bytes(at.array()?);
        let centre_ms = i64::from_le_bytes(at.array()?);
        let checkpoint = String::from_utf8(at.sized()?.to_vec()).map_err(|_| malformed("the checkpoint is no text"))?;
        let mut leaves = Vec::new();
        while let Some((kind, rest)) = at.0.split_first() {
            at.0 = rest;
            match *kind {
                HASHES => {
                    let count = at.length()?;
                    let hashes = at.take(count.checked_mul(HASH).ok_or_else(|| malformed("too many hashes"))?)?;
                    leaves.extend(hashes.chunks_exact(HASH).map(|h| FeedLeaf::Hash { h: Base64(h.to_vec()) }));
                }
                ENTRY => leaves.push(FeedLeaf::Entry { e: Base64(at.sized()?.to_vec()), a: None }),
                ENTRY_WITH_ATTACHMENT => {
                    let e = Base64(at.sized()?.to_vec());
                    leaves.push(FeedLeaf::Entry { e, a: Some(Base64(at.sized()?.to_vec())) });
                }
                _ => return Err(malformed("an unknown kind of leaf")),
            }
        }
        Ok(Self { from, leaves, checkpoint, log_size, centre_ms })
    }
}

fn malformed(why: &str) -> WireError {
    WireError::Malformed { what: "feed", why: why.to_owned() }
}

/// What is still to be read.
struct Reader<'a>(&'a [u8]);

impl<'a> Reader<'a> {
    fn take(&mut self, count: usize) -> Result<&'a [u8], WireError> {
        let (taken, rest) = self.0.split_at_checked(count).ok_or_else(|| malformed("it is cut"))?;
        self.0 = rest;
        Ok(taken)
    }

    fn array<const N: usize>(&mut self) -> Result<[u8; N], WireError> {
        let (taken, rest) = self.0.split_first_chunk::<N>().ok_or_else(|| malformed("it is cut"))?;
        self.0 = rest;
        Ok(*taken)
    }

    fn length(&mut self) -> Result<usize, WireError> {
        usize::try_from(u32::from_le_bytes(self.array()?)).map_err(|_| malformed("too long"))
    }

    fn sized(&mut self) -> Result<&'a [u8], WireError> {
        let length = self.length()?;
        self.take(length)
    }
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used, clippy::indexing_slicing, reason = "tests")]
    use super::*;

    fn hash(byte: u8) -> FeedLeaf {
        FeedLeaf::Hash { h: Base64(vec![byte; 32]) }
    }

    fn entry(text: &str, attachment: Option<&str>) -> FeedLeaf {
        let octets = |text: &str| Base64(text.as_bytes().to_vec());
        FeedLeaf::Entry { e: octets(text), a: attachment.map(octets) }
    }

    fn answer(leaves: Vec<FeedLeaf>) -> FeedAnswer {
        FeedAnswer { from: 7, leaves, checkpoint: "madoguchi/見本\n9\n".into(), log_size: u64::MAX, centre_ms: -1 }
    }

    #[test]
    fn comes_back_as_it_was() {
        for leaves in [
            vec![],
            vec![hash(1)],
            vec![entry("", None)],
            vec![hash(1), hash(2), entry("a", None), hash(3), entry("b", Some("c")), entry("d", Some("")), hash(4)],
        ] {
            let answer = answer(leaves);
            assert_eq!(FeedAnswer::from_bytes(&answer.to_bytes()).unwrap(), answer);
        }
        let many = answer((0..1000).map(|_| hash(7)).collect());
        assert!(many.to_bytes().len() < 32 * 1000 + 100, "bare hashes cost what they are");
    }

    /// Wherever the line breaks inside a leaf, and whatever octet lies: an error or another answer, never a panic and
    /// never the same answer.
    #[test]
    fn a_cut_or_changed_answer_is_not_taken_for_the_whole() {
        let whole = answer(vec![hash(1), entry("entry", Some("attachment")), hash(2), hash(3)]);
        let bytes = whole.to_bytes();
        for length in 0..bytes.len() {
            assert!(!FeedAnswer::from_bytes(&bytes[..length]).is_ok_and(|read| read == whole), "cut to {length}");
        }
        for at in 0..bytes.len() {
            let mut lie = bytes.clone();
            lie[at] ^= 0x80;
            assert!(!FeedAnswer::from_bytes(&lie).is_ok_and(|read| read == whole), "octet {at}");
        }
        let mut newer = bytes;
        newer[3] = 2;
        assert!(matches!(FeedAnswer::from_bytes(&newer), Err(WireError::TooNew { version: 2, .. })));
    }
}
