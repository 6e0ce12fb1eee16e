//! 日次検印, as its screen shows and sends it.

use domain::Role;
use domain::branch::DayException;
use serde::{Deserialize, Serialize};
use specta::Type;

use super::{ErrorView, LogLine};

/// Where a business day stands.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize, Type)]
#[serde(rename_all = "snake_case")]
pub enum SignOffState {
    /// Business has not closed yet.
    Open,
    /// 未検印
    Missing,
    /// 検印済
    Signed,
}

views! {
    /// A branch whose days can be looked at here.
    BranchChoice {
        code: String,
        name: String,
    }
    /// A business day in the list.
    SignOffLine {
        day: String,
        state: SignOffState,
        by: Option<String>,
        at: Option<String>,
    }
    /// Business days of a branch, newest first.
    SignOffDays {
        branch: String,
        branch_name: String,
        branches: Vec<BranchChoice>,
        /// Business days of the branch that are not signed off, all of them.
        missing: u32,
        days: Vec<SignOffLine>,
        /// The newest day that is not in the list any more.
        before: Option<String>,
    }
    /// How often something happened.
    SignOffCount {
        /// The event's word.
        word: String,
        count: u32,
    }
    /// An entry that is looked at by itself.
    SignOffException {
        kinds: Vec<DayException>,
        line: LogLine,
    }
    /// 検印 of a day.
    SignOffDone {
        by: String,
        role: Option<Role>,
        deputy: bool,
        at: String,
        comment: Option<String>,
        /// As the centre counted.
        entries: u32,
        exceptions: u32,
    }
    /// What happened on a business day.
    SignOffView {
        branch: String,
        branch_name: String,
        day: String,
        state: SignOffState,
        /// When the business day before it closed, and when it closes.
        from: String,
        until: String,
        /// The tree head as of which it is shown, or was signed off.
        size: String,
        root: String,
        words: Vec<String>,
        entries: u32,
        counts: Vec<SignOffCount>,
        exceptions: Vec<SignOffException>,
        done: Option<SignOffDone>,
        /// What keeps whoever works here from signing it off.
        refusal: Option<ErrorView>,
        comment_needed: bool,
    }
    /// 検印.
    SignOffForm {
        branch: String,
        day: String,
        /// The tree head that was shown.
        size: String,
        root: String,
        comment: String,
    }
}
