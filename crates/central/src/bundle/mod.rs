//! The log as a file that anybody can verify on another machine, with this program or with a few lines of their own
//! (`docs/log-bundle.md`). Lines of JSON: a header, then every leaf in its order, and each signed note behind the last leaf
//! it covers.

mod export;
#[cfg(test)]
mod tests;
mod verify;

use domain::id::InstitutionId;
use serde::{Deserialize, Serialize};
use wire::Base64;

pub use export::export;
pub use verify::{Head, Verified, verify};

/// The form of the file; another one is refused.
const FORMAT: &str = "madoguchi-log/1";

/// The first line.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
struct Header {
    format: String,
    institution: InstitutionId,
    /// C2SP vkey of the log's first epoch. Whoever verifies has it from elsewhere and compares.
    log_key: String,
    /// Leaves that follow.
    size: u64,
    /// Is what stands beside the entries with them?
    personal: bool,
}

/// Every further line.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(untagged, deny_unknown_fields)]
enum Line {
    /// A signed note of all leaves before it.
    Note { note: String },
    /// A leaf: an entry's octets, and the attachment's.
    Leaf {
        entry: Base64,
        #[serde(default, skip_serializing_if = "Option::is_none")]
        attachment: Option<Base64>,
    },
}
