//! A backup: every table at one moment, in one file, whichever database it comes from; made beside a service that runs. A
//! file that has its name is complete. It holds secrets (hashes, HMACs, personal data) and no key.

pub(crate) mod file;
mod open;
mod restore;
mod stamp;
#[cfg(test)]
mod tests;

use std::path::Path;

use anyhow::Context as _;
use chrono::{DateTime, Utc};
use domain::id::InstitutionId;

pub use open::{Backup, verify};
#[cfg(test)]
pub(crate) use restore::Target;
pub use restore::{Restored, restore};

pub(crate) use stamp::{last, note};

use crate::store::db::copy::tables;
use crate::store::db::{Place, behind, query};
use crate::store::epoch::Epochs;

/// The form of the file; another one is refused.
const FORMAT: i64 = 1;
/// Nobody who reads the copy may go on in a session.
const LEFT_OUT: [&str; 1] = ["session"];

/// What a backup says of itself.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Manifest {
    /// Whose.
    pub institution: InstitutionId,
    /// Which epoch of the log.
    pub epoch: u32,
    /// Entries.
    pub size: u64,
    /// The signed note of that size.
    pub note: String,
    /// When it was made.
    pub at: DateTime<Utc>,
}

/// Writes a backup of a database to a new file.
///
/// # Errors
/// The file exists, the disk refuses, or the database can't be read or was not brought up to date.
pub async fn write(
    place: &Place,
    institution: &InstitutionId,
    path: &Path,
    now: DateTime<Utc>,
) -> anyhow::Result<Manifest> {
    let part = file::Part::beside(path)?;
    let mut from = place.reader().await?;
    from.begin_snapshot().await?;
    if let Some(what) = behind(&mut from).await? {
        // Copied as it is into today's form, it would be neither.
        anyhow::bail!(what);
    }
    let mut to = Place::Sqlite(part.path().to_owned()).writer().await?;
    let form = tables(&mut to).await?;
    to.begin().await?;
    for table in form.iter().filter(|table| !LEFT_OUT.contains(&table.name())) {
        table.copy(&mut from, &mut to).await.with_context(|| format!("can't copy {}", table.name()))?;
        fault::point("centre-backup-table");
    }
    from.rollback().await?;
    let head: Option<(i64, String)> =
        query("SELECT size, note FROM checkpoint ORDER BY size DESC LIMIT 1").fetch_optional(&mut to).await?;
    let (size, note) = head.context("the log is empty: there is nothing to keep")?;
    // As it is kept: to the millisecond.
    let now = DateTime::from_timestamp_millis(now.timestamp_millis()).unwrap_or(now);
    let epoch = Epochs::load(&mut to, institution).await?.current();
    let manifest = Manifest { institution: institution.clone(), epoch, size: u64::try_from(size)?, note, at: now };
    open::describe(&mut to, &manifest).await?;
    to.commit().await?;
    // One file, and nothing beside it.
    query("PRAGMA journal_mode = DELETE").execute(&mut to).await?;
    to.close().await?;
    from.close().await?;
    fault::point("centre-backup-written");
    part.keep(path)?;
    Ok(manifest)
}
