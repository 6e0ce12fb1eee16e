//! One entry of the issuance log, as it is stored and hashed.

use chrono::{DateTime, Utc};
use domain::id::{BranchCode, CommandId, InstitutionId};
use domain::{Actor, Event, Subject};
use serde::{Deserialize, Serialize};

use crate::{Base64, WireError};

/// An entry. Written once as bytes by the centre; the leaf hash is over those bytes (RFC 6962 §2.1). The index is the
/// place in the log and not part of the bytes. No password, code, code hash or private key is ever in it.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Entry {
    /// Version of this form: 1.
    pub v: u32,
    /// Whose log.
    pub institution: InstitutionId,
    /// Which epoch of it.
    pub epoch: u32,
    /// The command's id.
    pub id: CommandId,
    /// The centre's time, to the millisecond: the time that counts.
    pub at: DateTime<Utc>,
    /// What it happened to.
    pub subject: Subject,
    /// Whose branch may read it; `None`: every terminal.
    pub branch: Option<BranchCode>,
    /// The subject's version after the events.
    pub version: u64,
    /// Who.
    pub actor: Actor,
    /// The exact bytes of the envelope, where a terminal sent one.
    pub envelope: Option<Base64>,
    /// The terminal's signature over them.
    pub signature: Option<Base64>,
    /// SHA-256 of the attachment's bytes, hex.
    pub attachment: Option<String>,
    /// What happened.
    pub events: Vec<Event>,
    /// 16 random bytes, so that a bare leaf hash gives nothing away.
    pub salt: Base64,
}

impl Entry {
    /// The bytes to store and hash.
    ///
    /// # Errors
    /// [`WireError::Malformed`] if JSON can't hold it (it always can).
    pub fn to_bytes(&self) -> Result<Vec<u8>, WireError> {
        serde_json::to_vec(self).map_err(|e| WireError::Malformed { what: "entry", why: e.to_string() })
    }

    /// Reads stored bytes.
    ///
    /// # Errors
    /// [`WireError`].
    pub fn from_bytes(bytes: &[u8]) -> Result<Self, WireError> {
        let read: Self =
            serde_json::from_slice(bytes).map_err(|e| WireError::Malformed { what: "entry", why: e.to_string() })?;
        match read.v {
            1 => Ok(read),
            version => Err(WireError::TooNew { what: "entry", version }),
        }
    }
}
