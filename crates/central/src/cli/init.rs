//! `init`: the key ceremony, and the two entries that every log begins with. Broken off, it goes on where that was; where there
//! is a centre, or was one, it begins no other.

use std::path::Path;

use anyhow::Context as _;

use super::operator::Operator;
use super::{names, passphrase, say};
use crate::clock::Clock;
use crate::config::Config;
use crate::issuance::{Authority, Files, ceremony};
use crate::store::db::Place;
use crate::store::opening::{self, Begin};

/// Makes keys and the first entries.
///
/// # Errors
/// Keys exist already, or the disk refuses.
pub(super) async fn init(config: &Config) -> anyhow::Result<()> {
    let passphrase = passphrase()?;
    init_with(config, &passphrase, &Clock::System).await?;
    say(&format!("the keys are in {}; keep the passphrase, nobody can open them without it", config.keys().display()))
}

/// [`init`] with a passphrase and a clock. Where the keys are complete but the log was never opened, it opens the log.
///
/// # Errors
/// As [`init`].
pub async fn init_with(config: &Config, passphrase: &str, clock: &Clock) -> anyhow::Result<()> {
    std::fs::create_dir_all(&config.data_dir).with_context(|| format!("can't create {}", config.data_dir.display()))?;
    let (place, keys) = (config.place()?, config.keys());
    let (begin, files) = (opening::look(&place).await?, Files::of(&keys));
    if files.there.is_empty() {
        nothing_is_there(begin, &place, &keys)?;
        ceremony(&keys, passphrase, &names(config), clock.now())?;
    } else {
        files.complete().with_context(|| broken_off(begin, &keys))?;
    }
    match begin {
        Begin::Empty if !opening::has_log(&keys) => {}
        Begin::Opened { size: 1 } => {}
        Begin::Opened { .. } => anyhow::bail!("{} holds a centre already", config.data_dir.display()),
        Begin::Empty | Begin::Otherwise => return Err(opening::refusal(begin, &place, &keys)),
    }
    let authority = Authority::open(config, passphrase)?;
    let operator = Operator::at(config, authority, clock.clone()).await?;
    let opened = operator.open_log().await;
    operator.close().await?;
    opened
}

/// New keys go with a new log alone: nobody could write on to another one with them.
fn nothing_is_there(begin: Begin, place: &Place, keys: &Path) -> anyhow::Result<()> {
    let folder = keys.display();
    anyhow::ensure!(
        begin == Begin::Empty,
        "{} holds a log, and its keys are not in {folder}: put `keys` back from the copy that was kept. For a new centre name \
         another data_dir, or another database",
        place.name()
    );
    anyhow::ensure!(
        !opening::has_log(keys),
        "the key files are gone from {folder}, which says that their log was opened: put `keys` back from the copy that was kept"
    );
    Ok(())
}

/// What to do about a folder with some of the files.
fn broken_off(begin: Begin, keys: &Path) -> String {
    let folder = keys.display();
    if begin == Begin::Empty && !opening::has_log(keys) {
        format!(
            "{folder} is not complete. If `init` never succeeded here, nothing was issued with these keys: remove {folder} and run \
             `madoguchi-central init` again. Otherwise put the missing ones back from the copy of `keys` that was kept"
        )
    } else {
        format!(
            "{folder} is not complete, and belongs to a log: put the missing ones back from the copy of `keys` that was kept, and \
             remove none of the others"
        )
    }
}

#[cfg(all(test, unix))]
#[path = "init_tests.rs"]
mod tests;
