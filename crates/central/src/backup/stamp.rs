//! A note beside the database of the last backup made from this machine, for whoever watches that there is one.

use std::path::Path;

use chrono::{DateTime, Utc};
use serde::{Deserialize, Serialize};

use super::Manifest;
use crate::durable;

const FILE: &str = "last-backup.json";

/// The last backup.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub(crate) struct Last {
    /// When it was made.
    pub(crate) at: DateTime<Utc>,
    /// Entries in it.
    pub(crate) size: u64,
}

/// Notes a backup that is complete.
pub(crate) fn note(data_dir: &Path, manifest: &Manifest) -> anyhow::Result<()> {
    let last = Last { at: manifest.at, size: manifest.size };
    durable::replace(&data_dir.join(FILE), &serde_json::to_vec(&last)?)
}

/// The last one that was noted.
pub(crate) fn last(data_dir: &Path) -> Option<Last> {
    serde_json::from_slice(&std::fs::read(data_dir.join(FILE)).ok()?).ok()
}
