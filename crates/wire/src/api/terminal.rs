//! What a terminal and head office say of terminals. `POST /api/terminal/v1/certificate`: another certificate for the same
//! key. `GET /api/terminal/v1/terminals`: what the centre knows of each beside the log, for head office and auditors.

use chrono::{DateTime, Utc};
use domain::id::TerminalId;
use serde::{Deserialize, Serialize};

use crate::Base64;

/// The header in which a desk tells of itself whenever it asks for the feed.
pub const DESK_HEADER: &str = "madoguchi-desk";

/// What it tells: `0.1.0 waiting=2 refused=0 drafts=1`.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct DeskNote {
    /// Version of its program.
    pub version: String,
    /// Acts that wait to be sent.
    pub waiting: u32,
    /// Acts that were refused, and that nobody has dealt with.
    pub refused: u32,
    /// Drafts.
    pub drafts: u32,
}

impl DeskNote {
    /// As the header holds it.
    pub fn to_header(&self) -> String {
        let Self { version, waiting, refused, drafts } = self;
        format!("{version} waiting={waiting} refused={refused} drafts={drafts}")
    }

    /// Reads the header; what is not known is passed over.
    pub fn from_header(text: &str) -> Self {
        let mut words = text.split_ascii_whitespace();
        let version = words.next().unwrap_or_default();
        let version = version.chars().filter(|c| c.is_ascii_alphanumeric() || ".-+".contains(*c)).take(32).collect();
        let mut note = Self { version, ..Self::default() };
        for (name, number) in words.filter_map(|word| word.split_once('=')) {
            let Ok(number) = number.parse() else { continue };
            match name {
                "waiting" => note.waiting = number,
                "refused" => note.refused = number,
                "drafts" => note.drafts = number,
                _ => {}
            }
        }
        note
    }
}

/// What the centre knows of a terminal beside the log.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct TerminalNews {
    /// Which.
    pub terminal: TerminalId,
    /// When it was heard last.
    #[serde(default)]
    pub heard_at: Option<DateTime<Utc>>,
    /// What it told then.
    #[serde(default)]
    pub note: DeskNote,
    /// Until when its invitation can be used.
    #[serde(default)]
    pub invited_until: Option<DateTime<Utc>>,
}

/// Another certificate.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct RenewedCertificate {
    /// DER.
    pub certificate: Base64,
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_note_is_read_as_it_was_written_and_nothing_else_is_believed() {
        let note = DeskNote { version: "0.1.0-rc.1+a".into(), waiting: 2, refused: 1, drafts: 9 };
        assert_eq!(DeskNote::from_header(&note.to_header()), note);
        assert_eq!(DeskNote::from_header(""), DeskNote::default());
        let strange = format!("<b>{} waiting=-1 drafts=x later=9 refused=3", "9".repeat(90));
        let read = DeskNote::from_header(&strange);
        assert!(read.version.len() == 32 && !read.version.contains('<'));
        assert_eq!((read.waiting, read.refused, read.drafts), (0, 3, 0));
    }
}
