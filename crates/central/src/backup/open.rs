//! Opens a backup: reads what it says of itself, and checks it as a whole before anything is believed.

use std::path::Path;

use anyhow::Context as _;
use chrono::DateTime;

use super::{FORMAT, Manifest, file};
use crate::check::{self, Verdict};
use crate::store::db::{Connection, Place, query};

/// An open backup.
pub struct Backup {
    pub(crate) manifest: Manifest,
    pub(super) db: Connection,
    /// A copy in today's form, where an older version wrote the file.
    _copy: Option<file::Part>,
}

/// Writes what the backup says of itself.
pub(super) async fn describe(db: &mut Connection, manifest: &Manifest) -> anyhow::Result<()> {
    query(
        "CREATE TABLE _backup (format BIGINT PRIMARY KEY, institution TEXT NOT NULL, epoch BIGINT NOT NULL,
         size BIGINT NOT NULL, note TEXT NOT NULL, at_ms BIGINT NOT NULL, version TEXT NOT NULL)",
    )
    .execute(db)
    .await?;
    query("INSERT INTO _backup VALUES ($1, $2, $3, $4, $5, $6, $7)")
        .bind(FORMAT)
        .bind(manifest.institution.as_str())
        .bind(i64::from(manifest.epoch))
        .bind(i64::try_from(manifest.size)?)
        .bind(&manifest.note)
        .bind(manifest.at.timestamp_millis())
        .bind(env!("CARGO_PKG_VERSION"))
        .execute(db)
        .await?;
    Ok(())
}

type Row = (i64, String, i64, i64, String, i64);

impl Backup {
    /// Opens a file; it is not changed.
    ///
    /// # Errors
    /// It is no backup, or one of a newer version.
    pub async fn open(path: &Path) -> anyhow::Result<Self> {
        anyhow::ensure!(path.exists(), "{} is not there", path.display());
        let mut db = Place::Sqlite(path.to_owned()).reader().await?;
        let row: Option<Row> = query("SELECT format, institution, epoch, size, note, at_ms FROM _backup")
            .fetch_optional(&mut db)
            .await
            .with_context(|| format!("{} is no backup of this service", path.display()))?;
        let (format, institution, epoch, size, note, at) = row.context("the backup does not say what it is")?;
        anyhow::ensure!(format == FORMAT, "a backup of form {format}: this program is too old");
        let manifest = Manifest {
            institution: institution.parse().map_err(|_| anyhow::anyhow!("institution {institution:?}"))?,
            epoch: u32::try_from(epoch)?,
            size: u64::try_from(size)?,
            note,
            at: DateTime::from_timestamp_millis(at).context("the time of the backup")?,
        };
        let applied = "SELECT COUNT(*) FROM _sqlx_migrations";
        let (had,): (i64,) = query(applied).fetch_one(&mut db).await?;
        let (today,): (i64,) = query(applied).fetch_one(&mut crate::store::db::in_memory().await?).await?;
        if had == today {
            return Ok(Self { manifest, db, _copy: None });
        }
        // Brought up to date beside it; a newer one is refused there.
        db.close().await?;
        let part = file::Part::beside(&path.with_extension("today"))?;
        std::fs::copy(path, part.path()).context("no room beside the backup for a copy in today's form")?;
        let db = Place::Sqlite(part.path().to_owned()).writer().await?;
        Ok(Self { manifest, db, _copy: Some(part) })
    }

    /// Derives everything again from its entries, and compares also what it says of itself.
    ///
    /// # Errors
    /// It can't be read.
    pub async fn check(&mut self, log_key: &str) -> anyhow::Result<Verdict> {
        let mut verdict = check::check_all(&mut self.db, log_key).await?;
        let head: Option<(i64, String)> =
            query("SELECT size, note FROM checkpoint ORDER BY size DESC LIMIT 1").fetch_optional(&mut self.db).await?;
        let same = head.is_some_and(|(size, note)| {
            u64::try_from(size).ok() == Some(self.manifest.size) && note == self.manifest.note
        });
        if !same || verdict.entries != self.manifest.size || verdict.epoch != self.manifest.epoch {
            verdict.find("checkpoint", "what the backup says of itself is not what it holds");
        }
        Ok(verdict)
    }
}

/// Opens and checks a backup.
///
/// # Errors
/// It can't be read.
pub async fn verify(path: &Path, log_key: &str) -> anyhow::Result<(Manifest, Verdict)> {
    let mut backup = Backup::open(path).await?;
    let verdict = backup.check(log_key).await?;
    let manifest = backup.manifest.clone();
    backup.db.close().await?;
    Ok((manifest, verdict))
}
