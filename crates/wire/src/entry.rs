//! One entry of the issuance log, as it is stored and hashed.

use chrono::{DateTime, Utc};
use domain::id::{BranchCode, CommandId, InstitutionId};
use domain::{Actor, Event, Subject};
use serde::{Deserialize, Serialize};

use crate::{Base64, Envelope, WireError};

/// An entry. Written once as bytes by the centre; the leaf hash is over those bytes (RFC 6962 §2.1). The index is the
/// place in the log and not part of the bytes. No password, code, code hash or private key is ever in it.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Entry {
    /// Version of this form: 2 where it was recovered from another epoch, else 1.
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
    /// Where and when it happened, if that was in another epoch (version 2 only).
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub recovered: Option<Recovered>,
}

/// Where an entry stood before the log was put back from a backup that did not hold it.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Recovered {
    /// Its epoch.
    pub epoch: u32,
    /// Its index there.
    pub index: u64,
    /// The centre's time when it happened.
    pub at: DateTime<Utc>,
}

impl Entry {
    /// When it happened: what is applied with the events. ([`Entry::at`] says when it was appended.)
    pub fn happened_at(&self) -> DateTime<Utc> {
        self.recovered.map_or(self.at, |recovered| recovered.at)
    }

    /// Does its envelope say that it was made while the centre was out of reach?
    pub fn offline(&self) -> bool {
        let envelope = self.envelope.as_ref().and_then(|bytes| Envelope::from_bytes(&bytes.0).ok());
        envelope.is_some_and(|envelope| envelope.offline)
    }

    /// Of kind access: a trace of somebody's look or of a refusal, never applied.
    pub fn is_access(&self) -> bool {
        matches!(self.events.as_slice(), [Event::Access(_)])
    }

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
        match (read.v, read.recovered) {
            (1, None) | (2, Some(_)) => Ok(read),
            (1 | 2, _) => Err(WireError::Malformed { what: "entry", why: "not of the version it says".into() }),
            (version, _) => Err(WireError::TooNew { what: "entry", version }),
        }
    }
}
