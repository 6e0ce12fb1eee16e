//! The right edge of an append-only tree: all that appending a leaf and naming the root need, in O(log n) memory.
//! Must not be trusted after loading: a stored frontier has no check of its own; compare its root with the
//! checkpoint beside it.

use crate::error::TlogError;
use crate::hash::{Hash, LeafHash, RootHash, empty_root, hash_from_slice, node_hash};

const SIZE_BYTES: usize = 8;
const HASH_BYTES: usize = 32;

/// The compact range of the leaves `0..size`: the roots of its complete subtrees, one for each bit set in `size`.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Frontier {
    size: u64,
    /// Largest (leftmost) subtree first.
    edge: Vec<Hash>,
}

impl Frontier {
    /// The frontier of a log without entries.
    #[must_use]
    pub fn new() -> Self {
        Self::default()
    }

    /// How many leaves were appended.
    #[must_use]
    pub fn size(&self) -> u64 {
        self.size
    }

    /// Appends one leaf. Its index is the [`Self::size`] of before.
    pub fn append(&mut self, leaf: LeafHash) {
        let mut node = leaf.0;
        // Like a carry in binary addition: each low bit set is a complete subtree that the new one merges with.
        for _ in 0..self.size.trailing_ones() {
            if let Some(left) = self.edge.pop() {
                node = node_hash(&left, &node);
            }
        }
        self.edge.push(node);
        self.size += 1;
    }

    /// The root over all leaves appended so far, RFC 6962 §2.1.
    #[must_use]
    pub fn root(&self) -> RootHash {
        self.edge.iter().rev().copied().reduce(|right, left| node_hash(&left, &right)).map_or_else(empty_root, RootHash)
    }

    /// The stored form: size as 8 bytes big-endian, then the 32-byte hashes of the edge, largest subtree first.
    /// This form is frozen.
    #[must_use]
    pub fn to_bytes(&self) -> Vec<u8> {
        let mut bytes = self.size.to_be_bytes().to_vec();
        bytes.extend(self.edge.iter().flatten());
        bytes
    }

    /// Reads what [`Self::to_bytes`] wrote.
    ///
    /// # Errors
    /// [`TlogError::Frontier`] if the length is not exactly what the size asks for, or the size is above 2^63 - 1
    /// (more than any store counts, and so that [`Self::append`] cannot overflow).
    pub fn from_bytes(bytes: &[u8]) -> Result<Self, TlogError> {
        let (size, edge) = bytes.split_first_chunk::<SIZE_BYTES>().ok_or(TlogError::Frontier("no size"))?;
        let size = u64::from_be_bytes(*size);
        if i64::try_from(size).is_err() {
            return Err(TlogError::Frontier("size above 2^63 - 1"));
        }
        if u64::try_from(edge.len()) != Ok(u64::from(size.count_ones()) * HASH_BYTES as u64) {
            return Err(TlogError::Frontier("length does not fit the size"));
        }
        let edge = edge.chunks_exact(HASH_BYTES).map(hash_from_slice).collect::<Result<_, _>>()?;
        Ok(Self { size, edge })
    }
}

#[cfg(test)]
#[allow(clippy::unwrap_used, clippy::indexing_slicing, reason = "tests")]
mod tests {
    use proptest::prelude::*;

    use super::*;
    use crate::hash::{leaf_hash, root_of};
    use crate::vectors::{ROOTS, hex, leaves};

    const GOLDEN: &str = include_str!("../testdata/frontier-v1.hex");

    fn frontier_of(leaves: &[LeafHash]) -> Frontier {
        let mut frontier = Frontier::new();
        leaves.iter().for_each(|leaf| frontier.append(*leaf));
        frontier
    }

    #[test]
    fn grows_through_the_reference_roots() {
        let mut frontier = Frontier::new();
        for (size, want) in ROOTS.iter().enumerate() {
            assert_eq!(frontier.size(), size as u64);
            assert_eq!(format!("{:?}", frontier.root()), *want);
            if let Some(leaf) = leaves().get(size) {
                frontier.append(*leaf);
            }
        }
    }

    #[test]
    fn the_stored_form_opens_for_ever() {
        let stored = hex(GOLDEN.trim_end());
        let frontier = Frontier::from_bytes(&stored).unwrap();
        assert_eq!(frontier, frontier_of(&leaves()[..7]));
        assert_eq!(frontier.to_bytes(), stored);
        assert_eq!(format!("{:?}", frontier.root()), ROOTS[7]);
    }

    #[test]
    fn wrong_lengths_and_sizes_are_refused() {
        let stored = hex(GOLDEN.trim_end());
        for len in 0..stored.len() {
            assert!(Frontier::from_bytes(&stored[..len]).is_err(), "cut to {len}");
        }
        assert!(Frontier::from_bytes(&[&stored[..], &[0]].concat()).is_err());
        assert!(Frontier::from_bytes(&[&stored[..], &[0; 32]].concat()).is_err());

        let huge = [&u64::MAX.to_be_bytes()[..], &[0; 64 * 32]].concat();
        assert_eq!(Frontier::from_bytes(&huge), Err(TlogError::Frontier("size above 2^63 - 1")));
        let largest = [&(u64::MAX >> 1).to_be_bytes()[..], &[0; 63 * 32]].concat();
        let mut largest = Frontier::from_bytes(&largest).unwrap();
        largest.append(leaf_hash(b"one more"));
        assert_eq!(largest.size(), 1 << 63);
    }

    #[test]
    fn a_flipped_bit_of_the_stored_form_is_refused_or_seen_at_the_root_or_size() {
        let frontier = frontier_of(&leaves()[..7]);
        let stored = frontier.to_bytes();
        for bit in 0..stored.len() * 8 {
            let mut bytes = stored.clone();
            bytes[bit / 8] ^= 1 << (bit % 8);
            if let Ok(other) = Frontier::from_bytes(&bytes) {
                assert!(other.size() != frontier.size() || other.root() != frontier.root(), "bit {bit}");
            }
        }
    }

    proptest! {
        #[test]
        fn equals_the_plain_definition(contents in proptest::collection::vec(any::<[u8; 4]>(), 0..300)) {
            let leaves: Vec<_> = contents.iter().map(|c| leaf_hash(c)).collect();
            prop_assert_eq!(frontier_of(&leaves).root(), root_of(&leaves));
        }

        #[test]
        fn stopping_and_loading_changes_nothing(size in 0_usize..200, stop in 0_usize..200) {
            let leaves: Vec<_> = (0..size).map(|i| leaf_hash(&i.to_be_bytes())).collect();
            let (before, after) = leaves.split_at(stop.min(size));
            let mut loaded = Frontier::from_bytes(&frontier_of(before).to_bytes()).unwrap();
            after.iter().for_each(|leaf| loaded.append(*leaf));
            prop_assert_eq!(loaded, frontier_of(&leaves));
        }
    }
}
