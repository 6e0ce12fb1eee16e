//! The read tables, made again from the log in memory and compared row by row, column by column.

use domain::Event;
use domain::customer::Customer;

use super::Verdict;
use crate::store::db::{self, Connection, query};
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

/// What one event changes in the read tables.
pub(super) async fn apply(
    idx: i64,
    customer: &Customer,
    event: &Event,
    rebuilt: &mut Connection,
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
    stored: &mut Connection,
    rebuilt: &mut Connection,
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

/// A row of nothing but text.
struct Texts(Vec<Option<String>>);

impl<'r, R: sqlx::Row> sqlx::FromRow<'r, R> for Texts
where
    usize: sqlx::ColumnIndex<R>,
    Option<String>: sqlx::Decode<'r, R::Database> + sqlx::Type<R::Database>,
{
    fn from_row(row: &'r R) -> Result<Self, db::Error> {
        (0..row.len()).map(|column| row.try_get(column)).collect::<Result<_, _>>().map(Self)
    }
}

async fn rows(db: &mut Connection, text: &'static str) -> Result<Vec<Vec<Option<String>>>, db::Error> {
    let rows: Vec<Texts> = query(text).fetch_all(db).await?;
    Ok(rows.into_iter().map(|row| row.0).collect())
}
