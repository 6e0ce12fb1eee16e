//! The policy, as its screen shows and sends it.

use domain::policy::{PolicyChangeState, PolicyEffect, Unit};
use serde::{Deserialize, Serialize};
use specta::Type;

/// What a setting holds.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize, Type)]
#[serde(rename_all = "snake_case")]
pub enum PolicySettingKind {
    /// A number.
    Number,
    /// Several numbers, or none.
    Numbers,
    /// One of the choices.
    One,
    /// At least one of the choices.
    Some,
    /// Days.
    Days,
}

views! {
    /// The policy, and what may be done with it.
    PolicyView {
        settings: Vec<PolicySettingView>,
        /// Newest first.
        changes: Vec<PolicyChangeView>,
        /// Does the log say what is in force, or still the centre's file?
        from_log: bool,
        may_propose: bool,
        may_decide: bool,
        today: String,
    }
    /// A setting. A value is one text for each part of it.
    PolicySettingView {
        key: String,
        kind: PolicySettingKind,
        unit: Option<Unit>,
        min: Option<u32>,
        max: Option<u32>,
        choices: Vec<String>,
        default: Vec<String>,
        current: Vec<String>,
    }
    /// A change.
    PolicyChangeView {
        change_id: String,
        state: PolicyChangeState,
        /// Confirmed, and its day has come.
        in_force: bool,
        parts: Vec<PolicyPartView>,
        effective_on: String,
        proposed_by: String,
        proposed_at: String,
        decided_by: Option<String>,
        decided_at: Option<String>,
        /// Proposed by whoever is signed in.
        own: bool,
    }
    /// What becomes of a setting.
    PolicyPartView { key: String, before: Vec<String>, after: Vec<String>, }
    /// A change to be proposed.
    PolicyForm { parts: Vec<PolicyPartView>, effective_on: String, }
    /// What a change would do.
    PolicyOutlookLine { key: String, effect: PolicyEffect, count: Option<u32>, }
}
