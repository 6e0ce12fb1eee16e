//! The tamper-evident log as bytes: leaf hashes, the RFC 6962 Merkle tree, its proofs, and the signed
//! checkpoint that commits to a whole log.
//!
//! This crate must not know certificates, customers, JSON, databases, files, sockets or the time. It takes bytes
//! and hashes, gives bytes and hashes, and never trusts a number that a signature does not cover.
//!
//! - [`leaf_hash`] hashes the stored bytes of an entry; [`Frontier`] appends leaves and gives the root in O(log n);
//!   [`root_of`] is the plain definition, kept as the independent check.
//! - [`inclusion_proof`], [`consistency_proof`] and their verifiers follow RFC 9162 §2.1.3 and §2.1.4.
//! - [`Checkpoint`], [`CheckpointSigner`] and [`CheckpointVerifier`] speak C2SP tlog-checkpoint in C2SP signed notes.
//!
//! A proof binds a leaf to a *root*, not to a tree size: some sizes share the shape of a path. Always take size and
//! root together from one opened [`Checkpoint`].
#![warn(missing_docs)]

mod checkpoint;
mod error;
mod frontier;
mod hash;
mod keys;
mod note;
mod proof;
#[cfg(test)]
mod vectors;

pub use checkpoint::Checkpoint;
pub use error::TlogError;
pub use frontier::Frontier;
pub use hash::{Hash, LeafHash, RootHash, empty_root, leaf_hash, root_of};
pub use keys::{CheckpointSigner, CheckpointVerifier};
pub use proof::{consistency_proof, inclusion_proof, verify_consistency, verify_inclusion};
