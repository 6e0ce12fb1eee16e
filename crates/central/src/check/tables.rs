//! The read tables, made again from the log in memory and compared row by row, column by column.

use domain::Event;
use domain::customer::Customer;

use super::Verdict;
use crate::store::db::copy::{self, Table, Value};
use crate::store::db::{self, Connection};
use crate::store::tables::{self, TableError, When};

/// Tables that hold nothing but what the log says, beside the states.
const DERIVED: [&str; 6] = ["customer_number", "contract", "login_user", "receipt", "certificate", "waiting"];

/// They, in this order, as they are in a database of today's form.
pub(super) async fn derived(form: &mut Connection) -> Result<Vec<Table>, db::Error> {
    let mut derived = copy::tables(form).await?;
    derived.retain(|table| DERIVED.contains(&table.name()));
    derived.sort_by_key(|table| DERIVED.iter().position(|name| *name == table.name()));
    Ok(derived)
}

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
    for table in derived(rebuilt).await? {
        let (stored, rebuilt) = (table.rows(stored).await?, table.rows(rebuilt).await?);
        if stored != rebuilt {
            let place = stored.iter().zip(&rebuilt).take_while(|(a, b)| a == b).count();
            let key = match stored.get(place).or(rebuilt.get(place)).and_then(|row| row.first()) {
                Some(Value::Text(Some(key))) => key.as_str(),
                _ => "",
            };
            verdict.find("read tables", format!("{} differs from what the log says, from {key} on", table.name()));
        }
    }
    Ok(())
}
