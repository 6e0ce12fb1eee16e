//! The institution's own acts on its log: opening it. (Policy changes and new epochs will join it here.)

use serde::{Deserialize, Serialize};

use crate::id::InstitutionId;

/// What happened to the institution's log. Stored: variants and fields are only ever added.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(tag = "type", rename_all = "snake_case")]
pub enum InstitutionEvent {
    /// The first entry of every log.
    LogOpened {
        /// Whose log.
        institution: InstitutionId,
        /// 0 for the first; a restore opens the next.
        epoch: u32,
        /// The log's public key (C2SP vkey).
        log_key: String,
        /// SHA-256 of the root certificate's DER, hex.
        root_sha256: String,
    },
}
