//! `POST /api/terminal/v1/branch/outlook`: what goes over with customers of a branch, before anybody asks for it or agrees. Head
//! office only.

use domain::branch::TakenAlong;
use domain::id::{BranchCode, CustomerId};
use serde::{Deserialize, Serialize};

/// Of whom.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct AskTakenAlong {
    /// Of which branch.
    pub branch: BranchCode,
    /// Who; `None`: all of them, as in a merger.
    pub customers: Option<Vec<CustomerId>>,
}

/// What goes over, as the centre knows it now.
pub type TakenAlongAnswer = TakenAlong;
