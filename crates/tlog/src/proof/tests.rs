//! Proofs against the reference vectors, against a verifier written from the recursive definition, and against
//! every kind of tampering.
#![allow(clippy::unwrap_used, clippy::indexing_slicing, reason = "tests")]

use proptest::prelude::*;

use super::*;
use crate::hash::{leaf_hash, root_of};
use crate::vectors;

fn sample(size: u64) -> Vec<LeafHash> {
    (0..size).map(|i| leaf_hash(&i.to_be_bytes())).collect()
}

/// The largest power of two below `n`, found without the code under test.
fn half(n: u64) -> u64 {
    let mut k = 1;
    while k < n - k {
        k *= 2;
    }
    k
}

/// RFC 6962 §2.1.1 read backwards: the root that `proof` leads to, or nothing if its length is wrong.
fn included(leaf: Hash, index: u64, size: u64, proof: &mut impl Iterator<Item = Hash>) -> Option<Hash> {
    if size == 1 {
        return Some(leaf);
    }
    let k = half(size);
    if index < k {
        let left = included(leaf, index, k, proof)?;
        Some(node_hash(&left, &proof.next()?))
    } else {
        let right = included(leaf, index - k, size - k, proof)?;
        Some(node_hash(&proof.next()?, &right))
    }
}

/// RFC 6962 §2.1.2 read backwards: the old and the new root that `proof` leads to.
fn continued(
    old_root: Hash,
    old: u64,
    new: u64,
    at_left_edge: bool,
    proof: &mut impl Iterator<Item = Hash>,
) -> Option<(Hash, Hash)> {
    if old == new {
        let node = if at_left_edge { old_root } else { proof.next()? };
        return Some((node, node));
    }
    let k = half(new);
    if old <= k {
        let (o, n) = continued(old_root, old, k, at_left_edge, proof)?;
        Some((o, node_hash(&n, &proof.next()?)))
    } else {
        let (o, n) = continued(old_root, old - k, new - k, false, proof)?;
        let left = proof.next()?;
        Some((node_hash(&left, &o), node_hash(&left, &n)))
    }
}

fn definition_accepts_inclusion(leaf: LeafHash, index: u64, size: u64, proof: &[Hash], root: RootHash) -> bool {
    let mut rest = proof.iter().copied();
    index < size && included(leaf.0, index, size, &mut rest) == Some(root.0) && rest.next().is_none()
}

fn definition_accepts_consistency(old: u64, old_root: RootHash, new: u64, new_root: RootHash, proof: &[Hash]) -> bool {
    let mut rest = proof.iter().copied();
    0 < old
        && old <= new
        && continued(old_root.0, old, new, true, &mut rest) == Some((old_root.0, new_root.0))
        && rest.next().is_none()
}

fn flip(hash: Hash, bit: usize) -> Hash {
    let mut flipped = hash;
    flipped[bit / 8] ^= 1 << (bit % 8);
    flipped
}

/// Every proof that differs from `proof` by one bit, one hash lost, one added or two exchanged.
fn tampered(proof: &[Hash]) -> Vec<Vec<Hash>> {
    let mut all = Vec::new();
    for at in 0..proof.len() {
        for bit in 0..256 {
            let mut flipped = proof.to_vec();
            flipped[at] = flip(flipped[at], bit);
            all.push(flipped);
        }
        let mut shorter = proof.to_vec();
        shorter.remove(at);
        all.push(shorter);
        for other in 0..at {
            let mut exchanged = proof.to_vec();
            exchanged.swap(at, other);
            all.push(exchanged);
        }
    }
    for at in 0..=proof.len() {
        let mut longer = proof.to_vec();
        longer.insert(at, [0x5a; 32]);
        all.push(longer);
    }
    all
}

#[test]
fn reference_proofs() {
    let leaves = vectors::leaves();
    for (index, size, want) in vectors::INCLUSION {
        let leaf = leaves[usize::try_from(index).unwrap()];
        let proof = inclusion_proof(&leaves[..size], index).unwrap();
        assert_eq!(proof, vectors::path(want), "leaf {index} of {size}");
        verify_inclusion(leaf, index, size as u64, &proof, root_of(&leaves[..size])).unwrap();
    }
    for (old, size, want) in vectors::CONSISTENCY {
        let proof = consistency_proof(&leaves[..size], old).unwrap();
        assert_eq!(proof, vectors::path(want), "{old} to {size}");
        let old_root = root_of(&leaves[..usize::try_from(old).unwrap()]);
        verify_consistency(old, old_root, size as u64, root_of(&leaves[..size]), &proof).unwrap();
    }
}

#[test]
fn every_inclusion_verifies_and_no_tampering_does() {
    for size in 1..=17 {
        let leaves = sample(size);
        let root = root_of(&leaves);
        for index in 0..size {
            let leaf = leaves[usize::try_from(index).unwrap()];
            let proof = inclusion_proof(&leaves, index).unwrap();
            verify_inclusion(leaf, index, size, &proof, root).unwrap();
            for bit in 0..256 {
                assert!(verify_inclusion(LeafHash(flip(leaf.0, bit)), index, size, &proof, root).is_err());
                assert!(verify_inclusion(leaf, index, size, &proof, RootHash(flip(root.0, bit))).is_err());
            }
            for other in tampered(&proof) {
                assert!(verify_inclusion(leaf, index, size, &other, root).is_err());
            }
            for other in (0..=2 * size).chain([u64::MAX, index ^ (1 << 63)]).filter(|other| *other != index) {
                assert!(verify_inclusion(leaf, other, size, &proof, root).is_err(), "{index} as {other} of {size}");
            }
            // A wrong size is accepted exactly where the definition gives it the same path.
            for other in (0..=3 * size).chain([u64::MAX, size ^ (1 << 63)]) {
                assert_eq!(
                    verify_inclusion(leaf, index, other, &proof, root).is_ok(),
                    definition_accepts_inclusion(leaf, index, other, &proof, root),
                    "{index} of {size} as of {other}"
                );
            }
        }
    }
}

#[test]
fn every_continuation_verifies_and_no_tampering_does() {
    for new in 1..=17 {
        let leaves = sample(new);
        let new_root = root_of(&leaves);
        for old in 1..=new {
            let old_root = root_of(&sample(old));
            let proof = consistency_proof(&leaves, old).unwrap();
            verify_consistency(old, old_root, new, new_root, &proof).unwrap();
            for bit in 0..256 {
                let (bad_old, bad_new) = (RootHash(flip(old_root.0, bit)), RootHash(flip(new_root.0, bit)));
                assert!(verify_consistency(old, bad_old, new, new_root, &proof).is_err());
                assert!(verify_consistency(old, old_root, new, bad_new, &proof).is_err());
            }
            for other in tampered(&proof) {
                assert!(verify_consistency(old, old_root, new, new_root, &other).is_err());
            }
            for other in (1..=3 * new).chain([u64::MAX, new ^ (1 << 63)]) {
                assert_eq!(
                    verify_consistency(old, old_root, other, new_root, &proof).is_ok(),
                    definition_accepts_consistency(old, old_root, other, new_root, &proof),
                    "{old} to {new} as to {other}"
                );
                assert_eq!(
                    verify_consistency(other, old_root, new, new_root, &proof).is_ok(),
                    definition_accepts_consistency(other, old_root, new, new_root, &proof),
                    "{old} to {new} as from {other}"
                );
            }
        }
    }
}

#[test]
fn a_rewritten_entry_has_no_consistency_proof() {
    let leaves = sample(13);
    for at in 0..9 {
        let mut rewritten = leaves.clone();
        rewritten[at] = leaf_hash(b"rewritten");
        let proof = consistency_proof(&rewritten, 9).unwrap();
        let got = verify_consistency(9, root_of(&leaves[..9]), 13, root_of(&rewritten), &proof);
        assert_eq!(got, Err(TlogError::RootMismatch), "entry {at}");
    }
}

#[test]
fn edges_are_refused_by_name() {
    let leaves = sample(5);
    let (root, empty) = (root_of(&leaves), empty_root());
    let out = |index, size| Err(TlogError::IndexOutOfRange { index, size });
    assert_eq!(inclusion_proof(&leaves, 5), out(5, 5));
    assert_eq!(inclusion_proof(&[], 0), out(0, 0));
    assert_eq!(inclusion_proof(&leaves, u64::MAX), out(u64::MAX, 5));
    assert_eq!(verify_inclusion(leaves[0], 0, 0, &[], empty), Err(TlogError::IndexOutOfRange { index: 0, size: 0 }));

    let order = TlogError::SizeOrder { old_size: 6, new_size: 5 };
    assert_eq!(consistency_proof(&leaves, 6), Err(order.clone()));
    assert_eq!(verify_consistency(6, root, 5, root, &[]), Err(order));
    assert_eq!(verify_consistency(0, empty, 5, root, &[]), Ok(()));
    assert_eq!(verify_consistency(0, empty, 0, empty, &[]), Ok(()));
    assert_eq!(verify_consistency(0, root, 5, root, &[]), Err(TlogError::RootMismatch));
    assert_eq!(verify_consistency(0, empty, 0, root, &[]), Err(TlogError::RootMismatch));
    assert_eq!(verify_consistency(0, root, 0, root, &[]), Err(TlogError::RootMismatch));
    assert_eq!(verify_consistency(0, empty, 5, root, &[[0; 32]]), Err(TlogError::ProofLength));
    assert_eq!(verify_consistency(5, root, 5, root, &[]), Ok(()));
    assert_eq!(verify_consistency(5, root, 5, root, &[[0; 32]]), Err(TlogError::ProofLength));
    assert_eq!(verify_consistency(5, root, 5, empty, &[]), Err(TlogError::RootMismatch));
    assert_eq!(verify_consistency(3, root, 5, root, &[]), Err(TlogError::ProofLength));
}

proptest! {
    /// Trees far too large to build: the definition, run over random siblings, says which root they lead to.
    #[test]
    fn agrees_with_the_definition_on_huge_trees(
        size in prop_oneof![1..100_u64, 1..u64::MAX, Just(u64::MAX), (0..64_u32).prop_map(|b| 1 << b)],
        point in any::<u64>(),
        siblings in proptest::collection::vec(any::<[u8; 32]>(), 130),
        bit in 0..256_usize,
    ) {
        let leaf = LeafHash(siblings[129]);
        let index = point % size;
        let mut rest = siblings[..128].iter().copied();
        let root = RootHash(included(leaf.0, index, size, &mut rest).unwrap());
        let proof = &siblings[..128 - rest.len()];
        prop_assert_eq!(verify_inclusion(leaf, index, size, proof, root), Ok(()));
        prop_assert!(verify_inclusion(leaf, index, size, proof, RootHash(flip(root.0, bit))).is_err());
        prop_assert!(verify_inclusion(leaf, index, size, &siblings[..=proof.len()], root).is_err());

        // Only a complete old tree brings a root of its own; any other is made of the proof.
        let old = index + 1;
        let mut rest = siblings[..128].iter().copied();
        let (old_root, new_root) = continued(leaf.0, old, size, true, &mut rest).unwrap();
        let (old_root, new_root) = (RootHash(old_root), RootHash(new_root));
        let proof = &siblings[..128 - rest.len()];
        prop_assert_eq!(verify_consistency(old, old_root, size, new_root, proof), Ok(()));
        prop_assert!(verify_consistency(old, old_root, size, RootHash(flip(new_root.0, bit)), proof).is_err());
        prop_assert!(verify_consistency(old, RootHash(flip(old_root.0, bit)), size, new_root, proof).is_err());
    }

    #[test]
    fn made_proofs_verify(size in 1..400_u64, point in any::<u64>()) {
        let leaves = sample(size);
        let root = root_of(&leaves);
        let index = point % size;
        let proof = inclusion_proof(&leaves, index).unwrap();
        let leaf = leaves[usize::try_from(index).unwrap()];
        prop_assert_eq!(verify_inclusion(leaf, index, size, &proof, root), Ok(()));

        let old = point % (size + 1);
        let old_root = root_of(&leaves[..usize::try_from(old).unwrap()]);
        let proof = consistency_proof(&leaves, old).unwrap();
        prop_assert_eq!(verify_consistency(old, old_root, size, root, &proof), Ok(()));
    }
}
