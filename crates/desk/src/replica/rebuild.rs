//! Throwing away what is made from the entries.

use futures_util::TryStreamExt as _;
use sha2::{Digest as _, Sha256};
use sqlx::{Connection as _, Row as _, SqliteConnection, SqlitePool};

use super::{Replica, set};
use crate::error::DeskError;

/// Everything that is made from the entries, each with a statement that gives its rows in one order.
const DERIVED: [(&str, &str); 15] = [
    ("DELETE FROM customer", "SELECT * FROM customer ORDER BY customer_id"),
    ("DELETE FROM staff", "SELECT * FROM staff ORDER BY staff_id"),
    ("DELETE FROM terminal", "SELECT * FROM terminal ORDER BY terminal_id"),
    ("DELETE FROM branch", "SELECT * FROM branch ORDER BY code"),
    ("DELETE FROM wanted", "SELECT * FROM wanted ORDER BY customer_id"),
    ("DELETE FROM policy", "SELECT * FROM policy ORDER BY institution_id"),
    ("DELETE FROM application", "SELECT * FROM application ORDER BY application_id"),
    ("DELETE FROM certificate", "SELECT * FROM certificate ORDER BY certificate_id"),
    ("DELETE FROM incident", "SELECT * FROM incident ORDER BY incident_id"),
    ("DELETE FROM held", "SELECT * FROM held ORDER BY act"),
    ("DELETE FROM claim", "SELECT * FROM claim ORDER BY id"),
    ("DELETE FROM fact", "SELECT * FROM fact ORDER BY idx, place"),
    ("DELETE FROM term", "SELECT * FROM term ORDER BY customer_id, kind, shown, term"),
    ("DELETE FROM mark", "SELECT word, part, HEX(places) FROM mark ORDER BY word, part"),
    ("DELETE FROM mention", "SELECT * FROM mention ORDER BY customer_id, idx"),
];

/// Throws away what is made from the entries. Entries, outbox, drafts and verifiers stay.
pub(crate) async fn throw_away(db: &mut SqliteConnection) -> Result<(), DeskError> {
    let mut db = db.begin().await?;
    for (delete, _) in DERIVED {
        sqlx::query(delete).execute(&mut *db).await?;
    }
    set(&mut db, "applied", b"0").await?;
    Ok(db.commit().await?)
}

/// The same, in an open replica: it is made again by whoever follows (`behind`).
pub(crate) async fn begin(replica: &Replica) -> Result<(), DeskError> {
    let mut writer = replica.writer().await?;
    throw_away(&mut writer).await?;
    replica.applied.send_replace(0);
    Ok(())
}

/// A hash over every row of what is made from the entries.
pub(crate) async fn digest(db: &SqlitePool) -> Result<[u8; 32], DeskError> {
    let mut digest = Sha256::new();
    for (_, select) in DERIVED {
        let mut rows = sqlx::query(select).fetch(db);
        while let Some(row) = rows.try_next().await? {
            for column in 0..row.len() {
                // A number is given as its digits.
                let text = row.try_get_unchecked::<Option<String>, _>(column)?.unwrap_or_default();
                digest.update((text.len() as u64).to_le_bytes());
                digest.update(text.as_bytes());
            }
        }
        digest.update(b"\n");
    }
    Ok(digest.finalize().into())
}
