//! The log's key (Ed25519, RFC 8032): signs checkpoints, and opens them with the public half. Must not store a key,
//! encrypt one or print one; where a private key lies is the caller's matter.

use std::fmt;

use aws_lc_rs::pkcs8::Document;
use aws_lc_rs::signature::{Ed25519KeyPair, KeyPair as _};
use base64::{Engine as _, engine::general_purpose::STANDARD};

use crate::checkpoint::Checkpoint;
use crate::error::TlogError;
use crate::note::{self, ED25519_TYPE, KeyId};

#[cfg(test)]
mod tests;

/// A log's private key together with its name, which is the origin of the checkpoints it signs.
pub struct CheckpointSigner {
    verifier: CheckpointVerifier,
    key: Ed25519KeyPair,
    /// Kept because writing it out may fail only where the key is made; wiped when dropped.
    pkcs8: Document,
}

impl CheckpointSigner {
    /// Draws a new key from the system's randomness. `name` is the log's origin.
    ///
    /// # Errors
    /// [`TlogError::KeyName`], or [`TlogError::PrivateKey`] if no key could be made.
    pub fn generate(name: &str) -> Result<Self, TlogError> {
        Self::new(name, Ed25519KeyPair::generate().map_err(|_| TlogError::PrivateKey)?)
    }

    /// Reads an unencrypted PKCS#8 document (DER, version 1 or 2; RFC 8410). `name` is the log's origin.
    ///
    /// # Errors
    /// [`TlogError::KeyName`], or [`TlogError::PrivateKey`] if the document holds no sound Ed25519 key.
    pub fn from_pkcs8(name: &str, der: &[u8]) -> Result<Self, TlogError> {
        Self::new(name, Ed25519KeyPair::from_pkcs8(der).map_err(|_| TlogError::PrivateKey)?)
    }

    fn new(name: &str, key: Ed25519KeyPair) -> Result<Self, TlogError> {
        note::check_key_name(name)?;
        let public_key = key.public_key().as_ref().try_into().map_err(|_| TlogError::PrivateKey)?;
        let pkcs8 = key.to_pkcs8().map_err(|_| TlogError::PrivateKey)?;
        Ok(Self { verifier: CheckpointVerifier::new(name, public_key), key, pkcs8 })
    }

    /// The private key as an unencrypted PKCS#8 document (DER, version 2). Secret: encrypt it before it is stored,
    /// and wipe it after use.
    #[must_use]
    pub fn to_pkcs8(&self) -> Vec<u8> {
        self.pkcs8.as_ref().to_vec()
    }

    /// The key's name: the log's origin.
    #[must_use]
    pub fn name(&self) -> &str {
        self.verifier.name()
    }

    /// The whole signed note of a checkpoint. The same checkpoint always gives the same bytes.
    ///
    /// The signature says "this log has this head", for ever: sign only a checkpoint that continues every one signed
    /// before. A checkpoint of another origin than [`Self::name`] gives a note that no verifier opens.
    #[must_use]
    pub fn sign(&self, checkpoint: &Checkpoint) -> String {
        let body = checkpoint.body();
        let signature = self.key.sign(body.as_bytes());
        note::write(&body, self.name(), self.verifier.id, signature.as_ref())
    }

    /// The same key under the name of an epoch of this log; of the first epoch (0) it is this name itself.
    ///
    /// # Errors
    /// [`TlogError::PrivateKey`] if the key can't be read again.
    pub fn in_epoch(&self, epoch: u32) -> Result<Self, TlogError> {
        Self::from_pkcs8(&epoch_name(self.name(), epoch), self.pkcs8.as_ref())
    }

    /// The public half.
    #[must_use]
    pub fn verifier(&self) -> CheckpointVerifier {
        self.verifier.clone()
    }
}

impl fmt::Debug for CheckpointSigner {
    /// The public half only.
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "CheckpointSigner({})", self.verifier.to_vkey())
    }
}

/// A log that was put back from a copy goes on as another epoch, with checkpoints of its own name: two heads of the same
/// size, one of each, are told apart by what was signed, and never look like a fork. `name` is the log's own.
fn epoch_name(name: &str, epoch: u32) -> String {
    match epoch {
        0 => name.to_owned(),
        epoch => format!("{name}/epoch/{epoch}"),
    }
}

/// A log's public key together with its name.
#[derive(Clone, PartialEq, Eq)]
pub struct CheckpointVerifier {
    name: String,
    id: KeyId,
    public_key: [u8; 32],
}

impl CheckpointVerifier {
    fn new(name: &str, public_key: [u8; 32]) -> Self {
        Self { name: name.to_owned(), id: note::key_id(name, &public_key), public_key }
    }

    /// Reads what [`Self::to_vkey`] wrote, and no other spelling of the same key.
    ///
    /// # Errors
    /// [`TlogError::KeyName`] or [`TlogError::VerifierKey`].
    pub fn parse(vkey: &str) -> Result<Self, TlogError> {
        let malformed = TlogError::VerifierKey;
        // Standard base64 has a plus sign of its own, so only the first two divide.
        let mut parts = vkey.splitn(3, '+');
        let (Some(name), Some(id), Some(key)) = (parts.next(), parts.next(), parts.next()) else {
            return Err(malformed("not name+id+key"));
        };
        note::check_key_name(name)?;
        let key = STANDARD.decode(key).map_err(|_| malformed("the key is not canonical base64"))?;
        let Some((&ED25519_TYPE, public_key)) = key.split_first() else {
            return Err(malformed("not an Ed25519 key"));
        };
        let public_key = public_key.try_into().map_err(|_| malformed("not an Ed25519 key"))?;
        let verifier = Self::new(name, public_key);
        if id == verifier.id_hex() { Ok(verifier) } else { Err(malformed("the key ID is not the key's")) }
    }

    /// `name+` 8 lower-case hexadecimal digits of the key ID `+base64(0x01 || public key)`, on one line.
    #[must_use]
    pub fn to_vkey(&self) -> String {
        let key = [&[ED25519_TYPE][..], &self.public_key].concat();
        format!("{}+{}+{}", self.name, self.id_hex(), STANDARD.encode(key))
    }

    /// The key's name: the log's origin.
    #[must_use]
    pub fn name(&self) -> &str {
        &self.name
    }

    /// The same key under the name of an epoch of this log; of the first epoch (0) it is this name itself.
    #[must_use]
    pub fn in_epoch(&self, epoch: u32) -> Self {
        Self::new(&epoch_name(&self.name, epoch), self.public_key)
    }

    #[cfg(test)]
    pub(crate) fn public_key(&self) -> &[u8; 32] {
        &self.public_key
    }

    /// Verifies a signed note and gives the checkpoint in it. Well-formed signature lines of other keys are ignored;
    /// every line of this key has to verify, and there must be at least one.
    ///
    /// # Errors
    /// [`TlogError::Note`], [`TlogError::NoSignature`] or [`TlogError::BadSignature`] before anything of the text is
    /// looked at; then [`TlogError::Checkpoint`], or [`TlogError::Origin`] if the origin is not this key's name.
    pub fn open(&self, note: &str) -> Result<Checkpoint, TlogError> {
        let text = note::open(note, &self.name, &self.public_key)?;
        let checkpoint = Checkpoint::parse(text)?;
        if checkpoint.origin == self.name { Ok(checkpoint) } else { Err(TlogError::Origin) }
    }

    fn id_hex(&self) -> String {
        format!("{:08x}", u32::from_be_bytes(self.id))
    }
}

impl fmt::Debug for CheckpointVerifier {
    /// The verifier key, which is public.
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "CheckpointVerifier({})", self.to_vkey())
    }
}
