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
    /// With commands on staff that give or change a password. Never stored as it is.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub password: Option<Passwords>,
}

/// Passwords beside a command.
#[derive(Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Passwords {
    /// The new one; where head office gives it, a temporary one ([`domain::password::temporary`]).
    pub new: String,
    /// The one it takes the place of, where somebody changes the own.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub old: Option<String>,
}

impl std::fmt::Debug for Passwords {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str("Passwords(…)")
    }
}

/// What became of the password beside a command.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum PasswordPart {
    /// None was there, or none was needed.
    #[default]
    None,
    /// It is in force.
    Whole,
    /// It is the first half; the second comes with the second person's word.
    First,
    /// It is the second half: [`domain::password::joined`] to the first, it is in force.
    Second,
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
    /// What became of the password that was sent.
    #[serde(default)]
    pub password: PasswordPart,
}
