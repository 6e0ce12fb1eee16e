//! `POST /api/terminal/v1/policy/outlook`: what a change of the policy would do, before anybody confirms it. Head office only.

use chrono::NaiveDate;
use domain::policy::{PolicyEffect, Settings};
use serde::{Deserialize, Serialize};

/// A change that may come.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct AskOutlook {
    /// What would become of the settings that change.
    pub settings: Settings,
    /// From this day on (JST).
    pub effective_on: NaiveDate,
}

/// What it would do, counted in the tables of the centre as they are now.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct PolicyOutlook {
    /// One line for each effect.
    pub lines: Vec<OutlookLine>,
}

/// One effect.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct OutlookLine {
    /// Which setting changes.
    pub key: String,
    /// What that does.
    pub effect: PolicyEffect,
    /// To how many; `None`: to what happens from then on.
    pub count: Option<u64>,
}
