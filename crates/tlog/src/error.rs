//! Why bytes of the log were refused. Holds no secret and no entry content, so it may be logged as it is.

use thiserror::Error;

/// Why a hash, frontier, proof, key, note or checkpoint was refused. All of these are permanent: the same bytes are
/// refused again.
#[derive(Debug, Clone, PartialEq, Eq, Error)]
pub enum TlogError {
    /// A hash that is not 32 bytes long.
    #[error("a hash has 32 bytes, got {actual}")]
    HashLength {
        /// Bytes that were given.
        actual: usize,
    },
    /// Not canonical standard base64 (RFC 4648 §4, padded, unused bits zero).
    #[error("not canonical base64")]
    Base64,
    /// A stored frontier whose length does not follow from its size, or whose size is above 2^63 - 1.
    #[error("the stored frontier is malformed: {0}")]
    Frontier(&'static str),
    /// A leaf index outside the tree.
    #[error("index {index} lies outside a tree of {size} leaves")]
    IndexOutOfRange {
        /// The index asked for, from 0.
        index: u64,
        /// Leaves in the tree.
        size: u64,
    },
    /// The older tree is larger than the newer one: a rewind.
    #[error("a tree of {old_size} leaves cannot come before one of {new_size}")]
    SizeOrder {
        /// Leaves of the tree that is said to be the older.
        old_size: u64,
        /// Leaves of the tree that is said to be the newer.
        new_size: u64,
    },
    /// A proof with too many or too few hashes for the sizes it is for.
    #[error("the proof has the wrong number of hashes")]
    ProofLength,
    /// The hashes do not lead to the root: something was changed.
    #[error("the root does not match")]
    RootMismatch,
    /// A key name that is empty or holds white space, a control character or `+`.
    #[error("the key name is empty or holds white space, a control character or '+'")]
    KeyName,
    /// A private key that is no valid Ed25519 PKCS#8 document, or a key that could not be made.
    #[error("the private key was refused")]
    PrivateKey,
    /// A verifier key that is not `name+hex8+base64(0x01 || public key)`, or whose key ID is not its own.
    #[error("the verifier key is malformed: {0}")]
    VerifierKey(&'static str),
    /// Text that is no signed note (C2SP signed-note).
    #[error("the signed note is malformed: {0}")]
    Note(&'static str),
    /// A note that carries no signature of the expected key.
    #[error("the note carries no signature of the expected key")]
    NoSignature,
    /// A signature line under the expected key's name and ID that does not verify.
    #[error("a signature of the expected key does not verify")]
    BadSignature,
    /// A note whose text is no canonical checkpoint (C2SP tlog-checkpoint).
    #[error("the checkpoint is malformed: {0}")]
    Checkpoint(&'static str),
    /// A checkpoint of another log than the one whose key signed it.
    #[error("the checkpoint's origin is not the name of the key that signed it")]
    Origin,
}
