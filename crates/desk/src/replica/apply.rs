//! Applies an entry to the replica: state by the domain's own `apply`, then the tables that lists and search read.

use domain::customer::Customer;
use domain::staff::Staff;
use domain::terminal::Terminal;
use domain::{Event, PersonalData, Subject, text};
use serde::Serialize;
use serde::de::DeserializeOwned;
use sqlx::SqliteConnection;
use wire::Entry;

use super::lists;
use crate::error::DeskError;

pub(super) async fn apply(
    db: &mut SqliteConnection,
    entry: &Entry,
    personal: Option<&PersonalData>,
) -> Result<(), DeskError> {
    if matches!(entry.events.as_slice(), [Event::Access(_)]) {
        return Ok(());
    }
    match &entry.subject {
        Subject::Customer(id) => {
            let key = id.to_string();
            let row: Option<(String,)> = sqlx::query_as("SELECT state FROM customer WHERE customer_id = $1")
                .bind(&key)
                .fetch_optional(&mut *db)
                .await?;
            let mut state = read(row, || Customer::unknown(*id))?;
            for event in &entry.events {
                if let Event::Customer(event) = event {
                    domain::customer::apply(&mut state, event, personal, &entry.actor, entry.happened_at());
                }
            }
            sqlx::query("INSERT INTO customer (customer_id, state) VALUES ($1, $2) ON CONFLICT (customer_id) DO UPDATE SET state = excluded.state")
                .bind(&key)
                .bind(json(&state)?)
                .execute(&mut *db)
                .await?;
            lists::fill(db, &key, &state).await?;
            terms(db, &key, &state).await
        }
        Subject::Staff(id) => {
            let row: Option<(String,)> = sqlx::query_as("SELECT state FROM staff WHERE staff_id = $1")
                .bind(id.as_str())
                .fetch_optional(&mut *db)
                .await?;
            let mut state = read(row, || Staff::unknown(id.clone()))?;
            for event in &entry.events {
                if let Event::Staff(event) = event {
                    domain::staff::apply(&mut state, event, personal);
                }
            }
            sqlx::query("INSERT INTO staff (staff_id, state) VALUES ($1, $2) ON CONFLICT (staff_id) DO UPDATE SET state = excluded.state")
                .bind(id.as_str())
                .bind(json(&state)?)
                .execute(db)
                .await?;
            Ok(())
        }
        Subject::Terminal(id) => {
            let key = id.to_string();
            let row: Option<(String,)> = sqlx::query_as("SELECT state FROM terminal WHERE terminal_id = $1")
                .bind(&key)
                .fetch_optional(&mut *db)
                .await?;
            let mut state = read(row, || Terminal::unknown(*id))?;
            for event in &entry.events {
                if let Event::Terminal(event) = event {
                    domain::terminal::apply(&mut state, event);
                }
            }
            sqlx::query("INSERT INTO terminal (terminal_id, state) VALUES ($1, $2) ON CONFLICT (terminal_id) DO UPDATE SET state = excluded.state")
                .bind(&key)
                .bind(json(&state)?)
                .execute(db)
                .await?;
            Ok(())
        }
        Subject::Institution(_) => Ok(()),
    }
}

fn read<T: DeserializeOwned>(row: Option<(String,)>, unknown: impl FnOnce() -> T) -> Result<T, DeskError> {
    match row {
        Some((json,)) => Ok(serde_json::from_str(&json)?),
        None => Ok(unknown()),
    }
}

fn json<T: Serialize>(value: &T) -> Result<String, DeskError> {
    Ok(serde_json::to_string(value)?)
}

/// Every suffix of a key, so that any part of it is the beginning of a term.
fn suffixes(key: &str) -> impl Iterator<Item = &str> {
    key.char_indices().filter_map(|(at, _)| key.get(at..))
}

async fn terms(db: &mut SqliteConnection, customer: &str, state: &Customer) -> Result<(), DeskError> {
    sqlx::query("DELETE FROM term WHERE customer_id = $1").bind(customer).execute(&mut *db).await?;
    let mut found: Vec<(&str, String)> = Vec::new();
    if let Some(details) = &state.details {
        found.extend([
            ("name", details.name.clone()),
            ("kana", details.kana.clone()),
            ("phone", details.phone.clone()),
        ]);
    }
    found.extend(state.cif.iter().map(|cif| ("cif", cif.to_string())));
    for contract in &state.contracts {
        found.push(("contract", contract.number.to_string()));
        found.extend(contract.users.iter().map(|user| ("user_id", user.id.to_string())));
    }
    found.extend(state.applications.iter().map(|a| ("receipt", a.receipt.to_string())));
    for certificate in &state.certificates {
        found.extend(certificate.signed.iter().map(|signed| ("serial", signed.serial.to_string())));
    }
    for (kind, shown) in found {
        let key = text::search_key(&shown);
        for term in suffixes(&key) {
            sqlx::query("INSERT INTO term (term, customer_id, kind, shown) VALUES ($1, $2, $3, $4)")
                .bind(term)
                .bind(customer)
                .bind(kind)
                .bind(&shown)
                .execute(&mut *db)
                .await?;
        }
    }
    Ok(())
}
