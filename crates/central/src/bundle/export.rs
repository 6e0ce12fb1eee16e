//! Writes the bundle, beside the service.

use std::io::{BufWriter, Write as _};
use std::path::Path;

use anyhow::Context as _;
use domain::id::InstitutionId;
use wire::Base64;

use super::{FORMAT, Header, Line};
use crate::backup::file::Part;
use crate::store::db::{Connection, Place, query};

/// Leaves read at a time.
const PAGE: i64 = 1000;

/// Index, entry, attachment, the note of the tree that ends with it.
type Row = (i64, Vec<u8>, Option<Vec<u8>>, Option<String>);

/// Writes every entry and every signed note of one moment to a new file; with `personal`, also what stands beside the
/// entries: names, addresses, comments. Gives the number of entries.
///
/// # Errors
/// The file exists, the disk refuses, or the database can't be read.
pub async fn export(
    place: &Place,
    institution: &InstitutionId,
    log_key: &str,
    personal: bool,
    path: &Path,
) -> anyhow::Result<u64> {
    let part = Part::beside(path)?;
    let mut db = place.reader().await?;
    db.begin_snapshot().await?;
    let (size,): (i64,) = query("SELECT COALESCE(MAX(size), 0) FROM checkpoint").fetch_one(&mut db).await?;
    anyhow::ensure!(size > 0, "the log is empty: there is nothing to export");
    let file = std::fs::OpenOptions::new().write(true).open(part.path())?;
    let mut to = BufWriter::with_capacity(1 << 20, file);
    let header = Header {
        format: FORMAT.to_owned(),
        institution: institution.clone(),
        log_key: log_key.trim().to_owned(),
        size: u64::try_from(size)?,
        personal,
    };
    write(&mut to, &header)?;
    leaves(&mut db, size, personal, &mut to).await?;
    db.rollback().await?;
    db.close().await?;
    to.flush()?;
    part.keep(path)?;
    Ok(header.size)
}

async fn leaves(
    db: &mut Connection,
    size: i64,
    personal: bool,
    to: &mut BufWriter<std::fs::File>,
) -> anyhow::Result<()> {
    let mut next = 0_i64;
    while next < size {
        let rows: Vec<Row> = query(
            "SELECT e.idx, e.bytes, a.bytes, c.note FROM entry e
             LEFT JOIN attachment a ON a.entry_id = e.id LEFT JOIN checkpoint c ON c.size = e.idx + 1
             WHERE e.idx >= $1 AND e.idx < $2 ORDER BY e.idx LIMIT $3",
        )
        .bind(next)
        .bind(size)
        .bind(PAGE)
        .fetch_all(&mut *db)
        .await?;
        anyhow::ensure!(!rows.is_empty(), "entry {next} is missing: run `madoguchi-central check`");
        for (idx, entry, attachment, note) in rows {
            anyhow::ensure!(idx == next, "entry {next} is missing: run `madoguchi-central check`");
            next = idx + 1;
            let attachment = attachment.filter(|_| personal).map(Base64);
            write(to, &Line::Leaf { entry: Base64(entry), attachment })?;
            if let Some(note) = note {
                write(to, &Line::Note { note })?;
            }
        }
    }
    Ok(())
}

fn write(to: &mut BufWriter<std::fs::File>, line: &impl serde::Serialize) -> anyhow::Result<()> {
    serde_json::to_writer(&mut *to, line).context("can't write the bundle")?;
    to.write_all(b"\n").context("can't write the bundle")
}
