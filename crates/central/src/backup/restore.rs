//! Puts a backup back into an empty database, and opens the next epoch on top of it: one transaction, or nothing.

use std::collections::HashMap;
use std::path::Path;

use anyhow::Context as _;
use chrono::{DateTime, Utc};
use domain::institution::InstitutionEvent;
use domain::{Actor, Refusal};
use tlog::CheckpointSigner;

use super::{Backup, LEFT_OUT};
use crate::clock::Clock;
use crate::config::Config;
use crate::durable;
use crate::issuance::Authority;
use crate::store::act::{Act, Command};
use crate::store::batch::{Batch, Halt};
use crate::store::db::copy::tables;
use crate::store::db::{Place, in_memory};
use crate::store::epoch::Epochs;
use crate::store::head::head;
use crate::store::opening::EPOCH;
use crate::store::writing::checkpoint;
use crate::store::{self, Setting};

/// What was put back.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Restored {
    /// The epoch that was opened.
    pub epoch: u32,
    /// Entries of the backup.
    pub size: u64,
}

/// The largest epoch ever opened with these keys stands beside them.
fn marked(keys: &Path) -> anyhow::Result<u32> {
    let path = keys.join(EPOCH);
    match std::fs::read_to_string(&path) {
        Ok(text) => text.trim().parse().with_context(|| format!("{} holds no number", path.display())),
        Err(error) if error.kind() == std::io::ErrorKind::NotFound => Ok(0),
        Err(error) => Err(error).with_context(|| format!("can't read {}", path.display())),
    }
}

/// Durable before the epoch is opened: a number that was spent is never spent again.
fn mark(keys: &Path, epoch: u32) -> anyhow::Result<()> {
    durable::replace(&keys.join(EPOCH), format!("{epoch}\n").as_bytes())
}

/// An epoch that is asked for is at most so far beyond the last one: each number is spent for good, and with the last of them
/// nothing could be restored any more.
const FAR: u32 = 1000;

/// The epoch to open after the last one.
fn next(last: u32, asked: Option<u32>) -> anyhow::Result<u32> {
    let least = last.checked_add(1).with_context(|| {
        format!(
            "no epoch is left after {last}: look at keys/epoch, where the largest number that was ever opened belongs"
        )
    })?;
    let (epoch, most) = (asked.unwrap_or(least), last.saturating_add(FAR));
    anyhow::ensure!(epoch >= least, "epoch {epoch} was opened before: the next one is {least}");
    anyhow::ensure!(epoch <= most, "epoch {epoch} is far beyond the next one, {least}: name one up to {most}");
    Ok(epoch)
}

/// Restores. `epoch` is asked for where the mark beside the keys was lost with them.
///
/// # Errors
/// The backup is not sound or another institution's, the database is not empty, or the service runs.
pub async fn restore(
    config: &Config,
    authority: &Authority,
    clock: &Clock,
    path: &Path,
    epoch: Option<u32>,
    actor: Actor,
) -> anyhow::Result<Restored> {
    std::fs::create_dir_all(&config.data_dir)?;
    let (place, keys, setting, log) = (config.place()?, config.keys(), Setting::of(config, authority), authority.log());
    let target = Target { place: &place, keys: &keys, setting: &setting, log: &log, now: clock.now() };
    target.restore(path, epoch, actor).await
}

/// Where a backup is put back.
pub(crate) struct Target<'a> {
    pub(crate) place: &'a Place,
    pub(crate) keys: &'a Path,
    pub(crate) setting: &'a Setting,
    pub(crate) log: &'a CheckpointSigner,
    pub(crate) now: DateTime<Utc>,
}

impl Target<'_> {
    pub(crate) async fn restore(&self, path: &Path, epoch: Option<u32>, actor: Actor) -> anyhow::Result<Restored> {
        let mut backup = Backup::open(path).await?;
        let manifest = backup.manifest.clone();
        let log = self.log;
        let (of, ours) = (&manifest.institution, &self.setting.institution);
        anyhow::ensure!(
            of == ours,
            "{} is a backup of {of}, and institution.id is {ours}: it is another centre's",
            path.display()
        );
        let verdict = backup.check(&log.verifier().to_vkey()).await?;
        if let Some(first) = verdict.findings.first() {
            anyhow::bail!(
                "the backup is not sound: {}: {} ({} findings)",
                first.part,
                first.what,
                verdict.findings.len()
            );
        }
        let epoch = next(manifest.epoch.max(marked(self.keys)?), epoch)?;

        let database = store::open_alone(self.place).await?;
        let mut db = database.writer;
        let form = tables(&mut in_memory().await?).await?;
        for table in &form {
            anyhow::ensure!(table.is_empty(&mut db).await?, "the database is not empty: {} has rows", table.name());
        }
        mark(self.keys, epoch)?;
        fault::point("centre-restore-marked");
        db.begin().await?;
        for table in form.iter().filter(|table| !LEFT_OUT.contains(&table.name())) {
            table.copy(&mut backup.db, &mut db).await.with_context(|| format!("can't copy {}", table.name()))?;
            fault::point("centre-restore-table");
        }
        let epochs = Epochs::load(&mut db, &self.setting.institution).await?;
        let (frontier, last) = head(&mut db, &log.verifier(), &epochs).await?;
        let opened = InstitutionEvent::EpochOpened {
            epoch,
            former: manifest.epoch,
            size: frontier.size(),
            root: frontier.root().to_base64(),
            backup_at: manifest.at,
        };
        let mut cache = HashMap::new();
        let now = last.max(self.now);
        let policy = std::sync::Arc::new(self.setting.policy.clone());
        let mut batch = Batch::new(self.setting, &mut db, &mut cache, frontier, (now, policy), true, &epochs);
        let act = Act::new(actor, Command::Institution(self.setting.institution.clone(), opened));
        let broken = |halt: Halt| match halt {
            Halt::Fault(fault) => anyhow::Error::from(fault),
            Halt::Alone | Halt::Undone(_) => anyhow::anyhow!("the opening of the epoch was not decided"),
        };
        let say = |refusal: Refusal| anyhow::anyhow!("refused: {} {:?}", refusal.code, refusal.args);
        batch.act(&act, false).await.map_err(broken)?.map_err(say)?;
        let frontier = batch.finish().await.map_err(broken)?.frontier;
        checkpoint(&mut db, &log.in_epoch(epoch)?, &frontier).await?;
        fault::point("centre-restore-before-commit");
        db.commit().await?;
        fault::point("centre-restored");
        database.readers.close().await;
        db.close().await?;
        Ok(Restored { epoch, size: manifest.size })
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn no_number_is_spent_twice_and_none_takes_all_others_along() {
        let said = |last, asked| next(last, asked).map_err(|error| error.to_string());
        assert_eq!(
            [said(0, None), said(6, None), said(6, Some(9)), said(0, Some(FAR))],
            [Ok(1), Ok(7), Ok(9), Ok(FAR)]
        );
        for (last, asked, word) in [
            (6, Some(6), "the next one is 7"),
            (6, Some(u32::MAX), "far beyond"),
            (0, Some(FAR + 1), "far beyond"),
            (u32::MAX, None, "no epoch is left"),
            (u32::MAX, Some(0), "no epoch is left"),
        ] {
            assert!(said(last, asked).is_err_and(|error| error.contains(word)), "{last} {asked:?}");
        }
        assert_eq!(said(u32::MAX - 1, None), Ok(u32::MAX));
    }
}
