//! Inclusion and consistency proofs: made as RFC 9162 §2.1.3.1 and §2.1.4.1 define them (which is RFC 6962 §2.1.1
//! and §2.1.2), verified by the algorithms of §2.1.3.2 and §2.1.4.2. Must not accept a proof with a hash too many.
//!
//! What a valid proof does not say: the tree's size. Some sizes give a path the same shape, so size and root must
//! come together from one signed checkpoint.

use crate::error::TlogError;
use crate::hash::{Hash, LeafHash, RootHash, empty_root, node_hash, split_point, subtree};

#[cfg(test)]
mod tests;

/// The path from the leaf at `index` (from 0) to the root over all of `leaves`: siblings, lowest first. O(n).
///
/// # Errors
/// [`TlogError::IndexOutOfRange`].
pub fn inclusion_proof(leaves: &[LeafHash], index: u64) -> Result<Vec<Hash>, TlogError> {
    let out_of_range = TlogError::IndexOutOfRange { index, size: leaves.len() as u64 };
    let Ok(mut at) = usize::try_from(index) else {
        return Err(out_of_range);
    };
    if at >= leaves.len() {
        return Err(out_of_range);
    }
    let mut run = leaves;
    let mut path = Vec::new();
    while run.len() > 1 {
        let (left, right) = run.split_at(split_point(run.len()));
        if at < left.len() {
            path.push(subtree(right));
            run = left;
        } else {
            path.push(subtree(left));
            at -= left.len();
            run = right;
        }
    }
    path.reverse();
    Ok(path)
}

/// Checks that the tree of `size` leaves with this `root` holds `leaf` at `index`, RFC 9162 §2.1.3.2.
///
/// # Errors
/// [`TlogError::IndexOutOfRange`], [`TlogError::ProofLength`] or [`TlogError::RootMismatch`].
pub fn verify_inclusion(
    leaf: LeafHash,
    index: u64,
    size: u64,
    proof: &[Hash],
    root: RootHash,
) -> Result<(), TlogError> {
    if index >= size {
        return Err(TlogError::IndexOutOfRange { index, size });
    }
    let mut climb = Climb { node: index, last: size - 1 };
    let mut hash = leaf.0;
    for sibling in proof {
        hash = match climb.step()? {
            Side::Left => node_hash(sibling, &hash),
            Side::Right => node_hash(&hash, sibling),
        };
    }
    climb.finish()?;
    matches(RootHash(hash), root)
}

/// The proof that the tree over all of `leaves` continues the tree over the first `old_size` of them. Empty when
/// `old_size` is 0 or all of them. O(n).
///
/// # Errors
/// [`TlogError::SizeOrder`] if there are fewer than `old_size` leaves.
pub fn consistency_proof(leaves: &[LeafHash], old_size: u64) -> Result<Vec<Hash>, TlogError> {
    let size_order = TlogError::SizeOrder { old_size, new_size: leaves.len() as u64 };
    let Ok(mut old) = usize::try_from(old_size) else {
        return Err(size_order);
    };
    if old > leaves.len() {
        return Err(size_order);
    }
    let mut path = Vec::new();
    if old == 0 || old == leaves.len() {
        return Ok(path);
    }
    let mut run = leaves;
    // Whether `run` still begins at leaf 0, so that the old tree's own root stands for its first subtree.
    let mut at_left_edge = true;
    while old != run.len() {
        let (left, right) = run.split_at(split_point(run.len()));
        if old <= left.len() {
            path.push(subtree(right));
            run = left;
        } else {
            path.push(subtree(left));
            old -= left.len();
            run = right;
            at_left_edge = false;
        }
    }
    if !at_left_edge {
        path.push(subtree(run));
    }
    path.reverse();
    Ok(path)
}

/// Checks that the tree (`new_size`, `new_root`) only appends to the tree (`old_size`, `old_root`),
/// RFC 9162 §2.1.4.2. An `old_size` of 0 asks for the empty root and an empty proof; equal sizes ask for equal roots
/// and an empty proof.
///
/// # Errors
/// [`TlogError::SizeOrder`], [`TlogError::ProofLength`] or [`TlogError::RootMismatch`].
pub fn verify_consistency(
    old_size: u64,
    old_root: RootHash,
    new_size: u64,
    new_root: RootHash,
    proof: &[Hash],
) -> Result<(), TlogError> {
    if old_size > new_size {
        return Err(TlogError::SizeOrder { old_size, new_size });
    }
    if old_size == 0 || old_size == new_size {
        if !proof.is_empty() {
            return Err(TlogError::ProofLength);
        }
        if old_size == 0 {
            matches(old_root, empty_root())?;
        }
        return if old_size == new_size { matches(old_root, new_root) } else { Ok(()) };
    }
    // A complete old tree is a node of the new one: the proof leaves out what the verifier already has.
    let (start, rest) = if old_size.is_power_of_two() {
        (old_root.0, proof)
    } else {
        proof.split_first().map(|(first, rest)| (*first, rest)).ok_or(TlogError::ProofLength)?
    };
    let mut climb = Climb { node: old_size - 1, last: new_size - 1 };
    climb.shift(climb.node.trailing_ones());
    let (mut old_hash, mut new_hash) = (start, start);
    for sibling in rest {
        match climb.step()? {
            Side::Left => {
                old_hash = node_hash(sibling, &old_hash);
                new_hash = node_hash(sibling, &new_hash);
            }
            Side::Right => new_hash = node_hash(&new_hash, sibling),
        }
    }
    climb.finish()?;
    matches(RootHash(old_hash), old_root)?;
    matches(RootHash(new_hash), new_root)
}

fn matches(computed: RootHash, expected: RootHash) -> Result<(), TlogError> {
    if computed == expected { Ok(()) } else { Err(TlogError::RootMismatch) }
}

/// On which side of the path the next sibling stands.
enum Side {
    Left,
    Right,
}

/// A walk from a node to the root: the RFC's `fn` and `sn`, the positions on the current level of the node walked
/// from and of the level's last node.
struct Climb {
    node: u64,
    last: u64,
}

impl Climb {
    /// Takes one sibling; errs when the root was already reached.
    fn step(&mut self) -> Result<Side, TlogError> {
        if self.last == 0 {
            return Err(TlogError::ProofLength);
        }
        let side = if self.node & 1 == 1 || self.node == self.last {
            // The last node of an uneven level rises, unchanged, to the level where it has a left sibling.
            self.shift(self.node.trailing_zeros());
            Side::Left
        } else {
            Side::Right
        };
        self.shift(1);
        Ok(side)
    }

    /// Errs when siblings are still missing on the way to the root.
    fn finish(&self) -> Result<(), TlogError> {
        if self.last == 0 { Ok(()) } else { Err(TlogError::ProofLength) }
    }

    fn shift(&mut self, levels: u32) {
        self.node = self.node.checked_shr(levels).unwrap_or(0);
        self.last = self.last.checked_shr(levels).unwrap_or(0);
    }
}
