//! The read tables, made again from the log in memory and compared row by row, column by column.

use anyhow::Context as _;
use domain::Event;
use domain::customer::Customer;
use sqlx::{Connection as _, Row as _, SqliteConnection, ValueRef as _};

use super::Verdict;
use crate::store::MIGRATIONS;
use crate::store::tables::{self, TableError, When};

/// Every read table, ordered by its key.
const TABLES: [(&str, &str); 5] = [
    ("customer_number", "SELECT branch, cif, customer_id FROM customer_number ORDER BY branch, cif"),
    ("contract", "SELECT number, customer_id, opened_on, closing_on, CAST(closed AS TEXT) FROM contract ORDER BY number"),
    ("login_user", "SELECT user_id, customer_id, role FROM login_user ORDER BY user_id"),
    ("receipt", "SELECT receipt, application_id, customer_id FROM receipt ORDER BY receipt"),
    (
        "certificate",
        "SELECT certificate_id, CAST(granted_idx AS TEXT), user_id, customer_id, contract, device_label, state, deadline,
                serial, key_sha256, not_after, der, CAST(held AS TEXT), CAST(grace_over AS TEXT), CAST(stop_reason AS TEXT),
                CAST(stopped_ms AS TEXT), CAST(invalid_from_ms AS TEXT) FROM certificate ORDER BY certificate_id",
    ),
];

/// An empty database of the same form, in memory.
pub(super) async fn empty() -> anyhow::Result<SqliteConnection> {
    let mut db = SqliteConnection::connect("sqlite::memory:").await.context("memory")?;
    MIGRATIONS.run(&mut db).await.context("the form of the database")?;
    Ok(db)
}

/// What one event changes in the read tables.
pub(super) async fn apply(
    idx: i64,
    customer: &Customer,
    event: &Event,
    rebuilt: &mut SqliteConnection,
    verdict: &mut Verdict,
) -> anyhow::Result<()> {
    match tables::update(rebuilt, customer, event, u64::try_from(idx).unwrap_or_default(), When::Again).await {
        Ok(()) => Ok(()),
        Err(TableError::Refused(refusal)) => {
            verdict.find("invariant", format!("entry {idx} breaks a unique index: {}", refusal.code));
            Ok(())
        }
        Err(TableError::Broken(error)) => Err(error.into()),
    }
}

/// Compares; names the first row of each table that differs.
pub(super) async fn compare(
    stored: &mut SqliteConnection,
    rebuilt: &mut SqliteConnection,
    verdict: &mut Verdict,
) -> anyhow::Result<()> {
    for (table, text) in TABLES {
        let (stored, rebuilt) = (rows(stored, text).await?, rows(rebuilt, text).await?);
        if stored != rebuilt {
            let place = stored.iter().zip(&rebuilt).take_while(|(a, b)| a == b).count();
            let key = stored.get(place).or(rebuilt.get(place)).and_then(|row| row.first()).cloned().flatten();
            let key = key.unwrap_or_default();
            verdict.find("read tables", format!("{table} differs from what the log says, from {key} on"));
        }
    }
    Ok(())
}

async fn rows(db: &mut SqliteConnection, text: &'static str) -> anyhow::Result<Vec<Vec<Option<String>>>> {
    let rows = sqlx::query(text).fetch_all(db).await?;
    rows.iter()
        .map(|row| {
            (0..row.len())
                .map(|column| match row.try_get_raw(column)?.is_null() {
                    true => Ok(None),
                    false => row.try_get::<String, _>(column).map(Some),
                })
                .collect::<Result<_, sqlx::Error>>()
        })
        .collect::<Result<_, _>>()
        .map_err(Into::into)
}
