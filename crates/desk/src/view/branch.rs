//! Branches, as their screen shows and sends them.

use serde::{Deserialize, Serialize};
use specta::Type;

views! {
    /// A branch.
    BranchView {
        code: String,
        name: String,
        kana: String,
        /// Its customers in this copy of the log.
        customers: u32,
        merges_into: Option<String>,
        merges_on: Option<String>,
        /// The day has come.
        merged: bool,
    }
    /// 移管 of a customer.
    MoveForm {
        branch: String,
        cif: String,
        into: String,
        /// Empty: the same number.
        new_cif: String,
    }
}
