//! The hashes of RFC 6962 §2.1 and the plain definition of a tree's root. Must hold no state.

use std::fmt;

use base64::{Engine as _, engine::general_purpose::STANDARD};
use sha2::{Digest as _, Sha256};

use crate::error::TlogError;

/// A SHA-256 value of 32 bytes: an inner node of the tree, as proofs carry it.
pub type Hash = [u8; 32];

/// SHA-256(0x00 || the entry's stored bytes), RFC 6962 §2.1.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct LeafHash(pub [u8; 32]);

/// The Merkle tree hash of a whole log at one size, RFC 6962 §2.1.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct RootHash(pub [u8; 32]);

macro_rules! hash_forms {
    ($name:ident) => {
        impl $name {
            /// Standard base64 with padding: 44 characters.
            #[must_use]
            pub fn to_base64(&self) -> String {
                STANDARD.encode(self.0)
            }

            /// Reads what [`Self::to_base64`] wrote, and no other spelling of the same bytes.
            ///
            /// # Errors
            /// [`TlogError::Base64`] or [`TlogError::HashLength`].
            pub fn from_base64(text: &str) -> Result<Self, TlogError> {
                let bytes = STANDARD.decode(text).map_err(|_| TlogError::Base64)?;
                Self::from_slice(&bytes)
            }

            /// Takes exactly 32 bytes.
            ///
            /// # Errors
            /// [`TlogError::HashLength`].
            pub fn from_slice(bytes: &[u8]) -> Result<Self, TlogError> {
                hash_from_slice(bytes).map(Self)
            }
        }

        impl fmt::Debug for $name {
            /// 64 lower-case hexadecimal characters.
            fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
                self.0.iter().try_for_each(|byte| write!(f, "{byte:02x}"))
            }
        }
    };
}

hash_forms!(LeafHash);
hash_forms!(RootHash);

pub(crate) fn hash_from_slice(bytes: &[u8]) -> Result<Hash, TlogError> {
    bytes.try_into().map_err(|_| TlogError::HashLength { actual: bytes.len() })
}

/// The hash of one entry: SHA-256(0x00 || bytes), RFC 6962 §2.1. The prefix keeps an inner node from being passed
/// off as an entry.
#[must_use]
pub fn leaf_hash(bytes: &[u8]) -> LeafHash {
    LeafHash(Sha256::new().chain_update([0x00]).chain_update(bytes).finalize().into())
}

/// SHA-256(0x01 || left || right), RFC 6962 §2.1.
pub(crate) fn node_hash(left: &Hash, right: &Hash) -> Hash {
    Sha256::new().chain_update([0x01]).chain_update(left).chain_update(right).finalize().into()
}

/// The root of a log without entries: SHA-256 of nothing, RFC 6962 §2.1.
#[must_use]
pub fn empty_root() -> RootHash {
    RootHash(Sha256::digest([]).into())
}

/// The root by the recursive definition of RFC 6962 §2.1, in O(n). It shares no code path with
/// [`crate::Frontier`], so each is a check of the other.
#[must_use]
pub fn root_of(leaves: &[LeafHash]) -> RootHash {
    if leaves.is_empty() { empty_root() } else { RootHash(subtree(leaves)) }
}

/// The hash over a run of leaves that is not empty.
pub(crate) fn subtree(leaves: &[LeafHash]) -> Hash {
    match leaves {
        [] => empty_root().0,
        [leaf] => leaf.0,
        _ => {
            let (left, right) = leaves.split_at(split_point(leaves.len()));
            node_hash(&subtree(left), &subtree(right))
        }
    }
}

/// The largest power of two below `len`, which is at least 2: where RFC 6962 divides a tree.
pub(crate) fn split_point(len: usize) -> usize {
    1 << (len - 1).ilog2()
}

#[cfg(test)]
#[allow(clippy::unwrap_used, clippy::indexing_slicing, reason = "tests")]
mod tests {
    use super::*;
    use crate::vectors::{ROOTS, leaves};

    #[test]
    fn roots_of_the_reference_tree() {
        for (size, want) in ROOTS.iter().enumerate() {
            assert_eq!(format!("{:?}", root_of(&leaves()[..size])), *want, "size {size}");
        }
    }

    #[test]
    fn split_is_the_largest_power_of_two_below() {
        let got: Vec<_> = (2..=9).map(split_point).collect();
        assert_eq!(got, [1, 2, 2, 4, 4, 4, 4, 8]);
    }

    #[test]
    fn a_leaf_is_never_a_node() {
        let (l, r) = (leaf_hash(b"l").0, leaf_hash(b"r").0);
        assert_ne!(leaf_hash(&[l, r].concat()).0, node_hash(&l, &r));
    }

    #[test]
    fn base64_round_trips_and_has_one_spelling() {
        let leaf = leaf_hash(b"entry");
        let text = leaf.to_base64();
        assert_eq!(text.len(), 44);
        assert_eq!(LeafHash::from_base64(&text), Ok(leaf));
        assert_eq!(RootHash::from_base64(text.trim_end_matches('=')), Err(TlogError::Base64));
        assert_eq!(RootHash::from_base64(&format!("{text}\n")), Err(TlogError::Base64));
        // The last character carries two unused bits: all spellings but one are refused.
        let stem = &text[..42];
        let alphabet = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/";
        let accepted = alphabet.chars().filter(|c| LeafHash::from_base64(&format!("{stem}{c}=")).is_ok()).count();
        assert_eq!(accepted, 16);
    }

    #[test]
    fn wrong_lengths_are_refused() {
        for len in [0, 31, 33, 64] {
            let bytes = vec![7; len];
            assert_eq!(RootHash::from_slice(&bytes), Err(TlogError::HashLength { actual: len }));
            assert!(LeafHash::from_base64(&STANDARD.encode(&bytes)).is_err());
        }
        assert_eq!(RootHash::from_slice(&[7; 32]), Ok(RootHash([7; 32])));
    }
}
