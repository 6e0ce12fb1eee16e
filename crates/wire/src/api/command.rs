//! `POST /api/terminal/v1/commands`: push one command. Sending the same bytes again gives the first answer.

use chrono::{DateTime, Utc};
use domain::id::CommandId;
use serde::{Deserialize, Serialize};

use crate::Base64;

/// A signed envelope and what travels beside it.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct PushCommand {
    /// The envelope's exact bytes.
    pub envelope: Base64,
    /// The terminal's signature over [`crate::message::envelope`].
    pub signature: Base64,
    /// The attachment's exact bytes.
    #[serde(default)]
    pub attachment: Option<Base64>,
    /// With `print_slip`: SHA-256 of the new pickup code, hex, never stored as it is. With `authorise_terminal` and
    /// `reinvite_terminal`: SHA-256 of the new invitation ([`crate::invitation::code_sha256`]). With nothing else.
    #[serde(default)]
    pub code_sha256: Option<String>,
}

/// The command became an entry.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct CommandAccepted {
    /// The command's and entry's id.
    pub entry: CommandId,
    /// Its place in the log.
    pub index: u64,
    /// The subject's version after it.
    pub version: u64,
    /// The centre's time.
    pub at: DateTime<Utc>,
}
