//! A training centre from sample data. Can be repeated: what is there stays.

use std::path::Path;

use anyhow::Context as _;
use serde::Deserialize;

use super::import::{self, There};
use super::init_with;
use super::operator::Operator;
use crate::clock::Clock;
use crate::config::Config;
use crate::issuance::{Authority, Files};
use crate::store::opening::{self, Begin};
use crate::store::read;

#[derive(Debug, Deserialize)]
struct StaffLine {
    staff_id: String,
    name: String,
    role: String,
    branch: String,
}

/// Sets a training centre up. The staff's password comes from `MADOGUCHI_TRAINING_PASSWORD`.
///
/// # Errors
/// The configuration is not a training one, or the data can't be read.
pub(super) async fn setup(config: &Config, passphrase: &str, data: &Path) -> anyhow::Result<()> {
    anyhow::ensure!(config.institution.training, "institution.training is not set: this is not a training centre");
    let password = std::env::var("MADOGUCHI_TRAINING_PASSWORD").context("set MADOGUCHI_TRAINING_PASSWORD")?;
    let begin = opening::look(&config.place()?).await?;
    if !matches!(begin, Begin::Opened { size: 2.. }) {
        let (keys, files) = (config.keys(), Files::of(&config.keys()));
        if !files.there.is_empty() && files.complete().is_err() && begin == Begin::Empty && !opening::has_log(&keys) {
            // An earlier version's try broke off, and nothing was issued yet.
            std::fs::remove_dir_all(keys)?;
        }
        init_with(config, passphrase, &Clock::System).await?;
    }
    let operator = Operator::open(config, passphrase).await?;
    let file = data.join("staff.json");
    let text = std::fs::read_to_string(&file).with_context(|| format!("can't read {}", file.display()))?;
    let staff: Vec<StaffLine> = serde_json::from_str(&text).with_context(|| format!("in {}", file.display()))?;
    for line in staff {
        let id = line.staff_id.parse().map_err(|_| anyhow::anyhow!("staff id {}", line.staff_id))?;
        if read::staff(&operator.readers, &id).await?.is_none() {
            operator.add_staff(&line.staff_id, &line.name, &line.role, &line.branch, &password).await?;
        }
    }
    operator.close().await?;
    let authority = Authority::open(config, passphrase)?;
    // What was done with them since (moves, mergers, other names) is not the file's any more.
    import::customers(config, &authority, &Clock::System, &data.join("customers.json"), There::Enough).await.map(drop)
}
