//! Personal data beside an entry: salted, hashed as its bytes, erasable.

use domain::PersonalData;
use serde::{Deserialize, Serialize};

use crate::{Base64, WireError, sha256_hex};

/// The attachment of one entry. Its bytes are made once, by the desk, and kept as they are.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Attachment {
    /// Version of this form: 1.
    pub v: u32,
    /// 16 random bytes, so that the hash alone gives nothing away.
    pub salt: Base64,
    /// The personal data.
    pub data: PersonalData,
}

impl Attachment {
    /// A new attachment with a salt the caller drew.
    pub fn new(salt: [u8; 16], data: PersonalData) -> Self {
        Self { v: 1, salt: Base64(salt.to_vec()), data }
    }

    /// The bytes to send, store and hash.
    ///
    /// # Errors
    /// [`WireError::Malformed`] if JSON can't hold it (it always can).
    pub fn to_bytes(&self) -> Result<Vec<u8>, WireError> {
        serde_json::to_vec(self).map_err(|e| WireError::Malformed { what: "attachment", why: e.to_string() })
    }

    /// Reads stored bytes.
    ///
    /// # Errors
    /// [`WireError`].
    pub fn from_bytes(bytes: &[u8]) -> Result<Self, WireError> {
        let read: Self = serde_json::from_slice(bytes)
            .map_err(|e| WireError::Malformed { what: "attachment", why: e.to_string() })?;
        match read.v {
            1 => Ok(read),
            version => Err(WireError::TooNew { what: "attachment", version }),
        }
    }

    /// The hash that envelope and entry hold: SHA-256 of the bytes, hex.
    pub fn hash(bytes: &[u8]) -> String {
        sha256_hex(bytes)
    }
}
