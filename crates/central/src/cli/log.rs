//! `log export`, `log verify`: for an outside auditor, who has neither the database nor the service's keys.

use std::path::PathBuf;

use anyhow::Context as _;
use clap::{Args, Subcommand};

use super::backup::log_key;
use super::{say, shown_of};
use crate::bundle::{self, Head};
use crate::config::Config;

/// What a bundle can be judged by; it holds no database.
const PARTS: [&str; 5] = ["log", "checkpoint", "attachment", "envelope", "invariant"];

#[derive(Debug, Subcommand)]
pub(super) enum Log {
    /// Write every entry and every checkpoint to a file (the service may run).
    Export(Export),
    /// Verify such a file, on any machine.
    Verify(Verify),
}

#[derive(Debug, Args)]
pub(super) struct Export {
    /// The file to write; one that exists is not overwritten.
    file: PathBuf,
    /// With names, addresses and comments, which stand beside the entries.
    #[arg(long)]
    personal: bool,
}

#[derive(Debug, Args)]
pub(super) struct Verify {
    /// The file.
    file: PathBuf,
    /// The log's public key (`keys/log.vkey` of the centre), from elsewhere than the file.
    #[arg(long)]
    log_key: Option<PathBuf>,
    /// A head that was kept elsewhere: the first SIZE entries must be those. SIZE:ROOT, the root as 発行管理簿 prints it (hex in
    /// any grouping, or the sixteen words) or in base64; or the line of its QR code. May be given again.
    #[arg(long)]
    head: Vec<Head>,
}

pub(super) async fn export(config: &Config, asked: Export) -> anyhow::Result<()> {
    let Export { file, personal } = asked;
    let key = log_key(config)?;
    let size = bundle::export(&config.place()?, &config.institution.id, &key, personal, &file).await?;
    say(&format!("{}: {size} entries{}", file.display(), if personal { ", with personal data" } else { "" }))
}

pub(super) fn verify(asked: &Verify) -> anyhow::Result<()> {
    let key = match &asked.log_key {
        Some(path) => Some(std::fs::read_to_string(path).with_context(|| format!("can't read {}", path.display()))?),
        None => None,
    };
    let verified = bundle::verify(&asked.file, key.as_deref(), &asked.head)?;
    say(&format!(
        "{}, {} entries, root {}, epoch {}{}",
        verified.institution,
        verified.size,
        verified.root,
        verified.verdict.epoch,
        if verified.personal { ", with personal data" } else { "" },
    ))?;
    say(&format!("log key: {}", verified.log_key))?;
    shown_of(&verified.verdict, &PARTS)?;
    if key.is_none() {
        say("the key is the file's own: compare it with the one the institution published (--log-key)")?;
    }
    if asked.head.is_empty() {
        say("no head from elsewhere was compared: a log cut or rewritten as a whole would agree, too (--head)")?;
    }
    say("entries, checkpoints and terminals' signatures agree")
}
