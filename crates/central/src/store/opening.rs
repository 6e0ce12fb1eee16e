//! How the log begins. The first entry says whose it is and under which key: an auditor takes no other log. Only `init` writes
//! it, and everything else asks first whether it is there. Keys that have a log begin no second one: where it has gone, a mark
//! beside them says that there was one.

use std::path::Path;

use domain::Event;
use domain::institution::InstitutionEvent;
use wire::Entry;

use super::db::{self, On, Place, query};
use crate::durable;

/// Written beside the keys once their log is open, and copied with them.
const MARK: &str = "opened";
/// The largest epoch ever opened with these keys: only a log that was there is restored.
pub(crate) const EPOCH: &str = "epoch";

/// What is at the beginning of a log.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Begin {
    /// Nothing: there are no entries, or there is no database.
    Empty,
    /// The entry that opens it, and so many in all.
    Opened { size: u64 },
    /// Something else.
    Otherwise,
}

/// How the log in an open database begins.
///
/// # Errors
/// The database failed.
pub(crate) async fn begin(db: impl Into<On<'_>>) -> Result<Begin, db::Error> {
    let row: Option<(Vec<u8>, i64)> =
        query("SELECT bytes, (SELECT MAX(idx) FROM entry) FROM entry ORDER BY idx LIMIT 1").fetch_optional(db).await?;
    let Some((bytes, last)) = row else { return Ok(Begin::Empty) };
    let opens = Entry::from_bytes(&bytes).is_ok_and(|entry| log_key(&entry).is_some());
    Ok(if opens { Begin::Opened { size: u64::try_from(last).unwrap_or_default() + 1 } } else { Begin::Otherwise })
}

/// The key that an entry opens the log with, if that is what it does.
pub(crate) fn log_key(entry: &Entry) -> Option<&str> {
    entry.events.iter().find_map(|event| match event {
        Event::Institution(InstitutionEvent::LogOpened { log_key, .. }) => Some(log_key.trim()),
        _ => None,
    })
}

/// The same before anything is opened for writing. Makes no database.
///
/// # Errors
/// The database can't be read.
pub(crate) async fn look(place: &Place) -> anyhow::Result<Begin> {
    if matches!(place, Place::Sqlite(path) if !path.exists()) {
        return Ok(Begin::Empty);
    }
    let mut db = place.reader().await?;
    let begin = match begin(&mut db).await {
        Err(error) if db::no_table(&error) => Begin::Empty,
        begin => begin?,
    };
    db.close().await?;
    Ok(begin)
}

/// For whatever works on a log: there must be one that was opened.
///
/// # Errors
/// There is none, with what to do; or the database can't be read.
pub(crate) async fn required(place: &Place, keys: &Path) -> anyhow::Result<()> {
    let begin = look(place).await?;
    let Begin::Opened { .. } = begin else {
        return Err(refusal(begin, place, keys));
    };
    if let Err(error) = mark(keys) {
        // Nothing is lost by it yet; whoever loses the database is told less.
        tracing::warn!(%error, "that these keys have a log was not marked beside them");
    }
    Ok(())
}

/// Why nothing can be done on a log that was not opened, and what to do.
pub(crate) fn refusal(begin: Begin, place: &Place, keys: &Path) -> anyhow::Error {
    let name = place.name();
    if begin == Begin::Otherwise {
        return anyhow::anyhow!(
            "entry 0 does not open the log in {name}: another command wrote before `init` was done, and no auditor can verify \
             such a log. Where nothing was issued from it yet, move the database away (keep it) and run \
             `madoguchi-central init`; otherwise leave it as it is and call the auditors"
        );
    }
    if has_log(keys) {
        return anyhow::anyhow!(
            "these keys have a log, and there is none in {name}: put the database back (is its disk mounted? does [database] \
             name it?), or `madoguchi-central restore` the newest backup. A second log is never begun under the same keys"
        );
    }
    anyhow::anyhow!("the log in {name} is empty: run `madoguchi-central init` first")
}

/// Do these keys have a log, wherever it is now?
pub(crate) fn has_log(keys: &Path) -> bool {
    [MARK, EPOCH].iter().any(|mark| keys.join(mark).exists())
}

/// Marks, durably, that they have one.
///
/// # Errors
/// The folder can't be written.
pub(crate) fn mark(keys: &Path) -> anyhow::Result<()> {
    let path = keys.join(MARK);
    if path.exists() {
        return Ok(());
    }
    durable::replace(&path, b"the log of these keys was opened; keep this file with them\n")
}
