//! A training centre from sample data. Can be repeated: what is there stays.

use std::path::Path;

use anyhow::Context as _;
use serde::Deserialize;

use super::operator::Operator;
use super::{import, init_with, keys_are_complete};
use crate::clock::Clock;
use crate::config::Config;
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
    if !keys_are_complete(config) {
        // An earlier try broke off, and nothing was issued yet.
        if config.keys().exists() {
            std::fs::remove_dir_all(config.keys())?;
        }
        init_with(config, passphrase, &Clock::System).await?;
    }
    let operator = Operator::open(config, passphrase).await?;
    if !operator.log_is_begun() {
        operator.open_log().await?;
    }
    let file = data.join("staff.json");
    let text = std::fs::read_to_string(&file).with_context(|| format!("can't read {}", file.display()))?;
    let staff: Vec<StaffLine> = serde_json::from_str(&text).with_context(|| format!("in {}", file.display()))?;
    for line in staff {
        let id = line.staff_id.parse().map_err(|_| anyhow::anyhow!("staff id {}", line.staff_id))?;
        if read::staff(&operator.readers, &id).await?.is_none() {
            operator.add_staff(&line.staff_id, &line.name, &line.role, &line.branch, &password).await?;
        }
    }
    import::customers(&operator, &data.join("customers.json")).await?;
    operator.close().await
}
