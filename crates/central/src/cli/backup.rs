//! `backup`, `restore`, `rebuild`: what is kept, put back, and made again.

use std::path::PathBuf;

use anyhow::Context as _;
use clap::{Args, Subcommand};

use super::operator::{Operator, actor};
use super::{passphrase, say, shown};
use crate::clock::Clock;
use crate::config::Config;
use crate::issuance::{Authority, unreadable};
use crate::store::{opening, recovery};
use crate::{backup, check};

#[derive(Debug, Args)]
#[command(args_conflicts_with_subcommands = true)]
pub(super) struct Backup {
    /// The file to write; one that exists is not overwritten.
    file: Option<PathBuf>,
    #[command(subcommand)]
    what: Option<BackupWhat>,
}

#[derive(Debug, Subcommand)]
enum BackupWhat {
    /// Derive everything in a backup again from its log and compare, as `check` does.
    Verify {
        /// The backup.
        file: PathBuf,
    },
}

#[derive(Debug, Args)]
#[command(args_conflicts_with_subcommands = true)]
pub(super) struct Restore {
    /// The backup to put back into an empty database.
    file: Option<PathBuf>,
    /// The epoch to open, where a later one than the backup's was opened and `keys/epoch` was lost.
    #[arg(long)]
    epoch: Option<u32>,
    #[command(subcommand)]
    what: Option<RestoreWhat>,
}

#[derive(Debug, Subcommand)]
enum RestoreWhat {
    /// Who has reported, and what is missing (the service may run).
    Status,
    /// Give up what is missing, and end the recovery. It is an entry in your name.
    AcceptLoss {
        /// Why.
        #[arg(long)]
        reason: String,
    },
}

pub(super) fn log_key(config: &Config) -> anyhow::Result<String> {
    let path = config.keys().join("log.vkey");
    std::fs::read_to_string(&path).map_err(|error| unreadable(&path, error)).context("the log's public key")
}

pub(super) async fn backup(config: &Config, asked: Backup) -> anyhow::Result<()> {
    match (asked.file, asked.what) {
        (None, Some(BackupWhat::Verify { file })) => {
            let (manifest, verdict) = backup::verify(&file, &log_key(config)?).await?;
            say(&described(&manifest))?;
            shown(&verdict)
        }
        (Some(file), None) => {
            let manifest = backup::write(&config.place()?, &config.institution.id, &file, Clock::System.now()).await?;
            if let Err(error) = backup::note(&config.data_dir, &manifest) {
                // The backup is good; whoever watches does not hear of it.
                tracing::warn!(%error, "the backup was not noted in data_dir");
            }
            say(&format!("{}: {}", file.display(), described(&manifest)))
        }
        _ => anyhow::bail!("name the file to write, or say `backup verify FILE`"),
    }
}

fn described(manifest: &backup::Manifest) -> String {
    let backup::Manifest { institution, epoch, size, at, .. } = manifest;
    format!("{institution}, epoch {epoch}, {size} entries, of {}", at.to_rfc3339())
}

pub(super) async fn rebuild(config: &Config) -> anyhow::Result<()> {
    let (place, key) = (config.place()?, log_key(config)?);
    opening::required(&place, &config.keys()).await?;
    let verdict = check::rebuild(&place, &key).await?;
    say(&format!("{} subjects and the read tables were made again from {} entries", verdict.subjects, verdict.entries))
}

pub(super) async fn restore(config: &Config, asked: Restore) -> anyhow::Result<()> {
    match (asked.file, asked.what) {
        (None, Some(RestoreWhat::Status)) => status(config).await,
        (None, Some(RestoreWhat::AcceptLoss { reason })) => {
            let operator = Operator::open(config, &passphrase()?).await?;
            let ended = operator.accept_loss(&reason).await;
            operator.close().await?;
            ended?;
            say("the recovery has ended; the entry lists what was given up")
        }
        (Some(file), None) => {
            let authority = Authority::open(config, &passphrase()?)?;
            let restored = backup::restore(config, &authority, &Clock::System, &file, asked.epoch, actor()).await?;
            say(&format!(
                "{} entries are back, and epoch {} is open. Start the service: the desks send back what came after them; \
                 `restore status` says what is missing",
                restored.size, restored.epoch
            ))
        }
        _ => anyhow::bail!("name the backup to put back, or say `restore status` or `restore accept-loss`"),
    }
}

async fn status(config: &Config) -> anyhow::Result<()> {
    let Some(status) = recovery::ask(&config.place()?, &config.institution.id).await? else {
        return say("there is nothing to recover");
    };
    say(&format!(
        "epoch {}: the backup holds {} entries, the desks have seen {} of epoch {}",
        status.epoch, status.size, status.seen, status.former
    ))?;
    for missing in &status.missing {
        say(&format!("missing: {} to {}", missing.from, missing.to - 1))?;
    }
    for (id, place) in &status.unheard {
        say(&format!("has not reported: {place} ({id})"))?;
    }
    if status.complete() {
        say(
            "every desk has reported, and everything is there: the recovery ends by itself while the service runs. Where it runs and \
             this stays, the journal says why",
        )?;
    }
    Ok(())
}
