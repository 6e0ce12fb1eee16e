//! `POST /api/terminal/v1/viewed`: an auditor is about to be shown personal data. Nothing is shown before the answer, 204, is
//! there: the look is an entry then.

use domain::event::ViewKind;
use domain::id::CustomerId;
use serde::{Deserialize, Serialize};

/// Most customers that are named at once; more are several looks.
pub const MOST: usize = 200;

/// What will be shown.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Viewed {
    /// Where.
    pub what: ViewKind,
    /// Customers who were not shown before in this session; at most [`MOST`].
    pub customers: Vec<CustomerId>,
    /// How many they are.
    pub count: u32,
}
