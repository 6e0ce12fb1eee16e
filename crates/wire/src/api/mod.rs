//! Requests and responses. JSON over HTTPS; every error answer is an [`ErrorAnswer`].

pub mod branch;
pub mod command;
pub mod enrol;
pub mod feed;
pub mod history;
pub mod import;
pub mod policy;
pub mod portal;
pub mod recovery;
pub mod renewal;
pub mod session;
pub mod stop;
pub mod terminal;
pub mod viewed;

use std::collections::BTreeMap;

use domain::{ErrorCode, Refusal};
use serde::{Deserialize, Serialize};

/// Every error, on every listener.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct ErrorAnswer {
    /// What was wrong.
    pub code: ErrorCode,
    /// Values for the text.
    #[serde(default)]
    pub args: BTreeMap<String, String>,
    /// The reference number on screen; leads to the diagnostics of the centre.
    pub request_id: String,
}

impl ErrorAnswer {
    /// The refusal it carries.
    pub fn refusal(self) -> Refusal {
        Refusal { code: self.code, args: self.args }
    }
}
