//! Whose log is it? Everything signed and derived goes by `institution.id`: under another one nothing of the log would fit, and
//! that would look like a log that somebody has changed.

use domain::id::InstitutionId;
use wire::Entry;

use super::db::{Place, query};

/// Is the log in the database this institution's? Where it can't be read, or is not begun, that is said by whatever needs it.
///
/// # Errors
/// It is another's.
pub(crate) async fn checked(place: &Place, configured: &InstitutionId) -> anyhow::Result<()> {
    let Some(opened) = of(place).await else { return Ok(()) };
    anyhow::ensure!(
        opened == *configured,
        "institution.id is \"{configured}\", but the log in {} is that of \"{opened}\": the id can't change after `init`; set it back, \
         or name the right data_dir or database",
        place.name()
    );
    Ok(())
}

async fn of(place: &Place) -> Option<InstitutionId> {
    if matches!(place, Place::Sqlite(path) if !path.exists()) {
        return None;
    }
    let mut db = place.reader().await.ok()?;
    let row: Result<Option<(Vec<u8>,)>, _> =
        query("SELECT bytes FROM entry ORDER BY idx LIMIT 1").fetch_optional(&mut db).await;
    let _ = db.close().await;
    let (bytes,) = row.ok()??;
    Entry::from_bytes(&bytes).ok().map(|entry| entry.institution)
}
