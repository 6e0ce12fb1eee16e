//! Entries by their places, and what is beside them.

use std::collections::HashMap;
use std::sync::{Arc, LazyLock};

use sqlx::{AssertSqlSafe, SqliteConnection};
use wire::Entry;

use super::apply::{self, Opened};
use super::chunk::Own;
use super::one_row::{self, OneRow};
use crate::error::DeskError;

/// Places named in one statement.
const TOGETHER: usize = 500;

/// The entries at these places, in their order. One that is not held here is left out.
pub(crate) async fn at(db: &mut SqliteConnection, places: &[u32]) -> Result<Vec<(u32, Entry)>, DeskError> {
    static TEXT: LazyLock<Arc<str>> = LazyLock::new(|| among("entry").into());
    let mut found = HashMap::with_capacity(places.len());
    for some in places.chunks(TOGETHER) {
        let row = sqlx::query(AssertSqlSafe(TEXT.clone()))
            .bind(one_row::list(some.iter().copied()))
            .fetch_one(&mut *db)
            .await?;
        for (place, octets) in OneRow::of(row)?.iter().flat_map(OneRow::each) {
            found.insert(*place, Entry::from_bytes(octets)?);
        }
    }
    Ok(places.iter().filter_map(|place| found.remove_entry(place)).collect())
}

/// The same with what is beside them.
pub(crate) async fn opened(db: &mut SqliteConnection, places: &[u32]) -> Result<Vec<Opened>, DeskError> {
    static TEXT: LazyLock<Arc<str>> =
        LazyLock::new(|| format!("{} UNION ALL {}", among("entry"), among("attachment")).into());
    let mut found = HashMap::with_capacity(places.len());
    for some in places.chunks(TOGETHER) {
        let rows = sqlx::query(AssertSqlSafe(TEXT.clone()))
            .bind(one_row::list(some.iter().copied()))
            .fetch_all(&mut *db)
            .await?;
        let mut rows = rows.into_iter().map(OneRow::<u32>::of);
        let (entries, beside) = (rows.next().transpose()?.flatten(), rows.next().transpose()?.flatten());
        let mut beside: HashMap<_, _> = beside.iter().flat_map(OneRow::each).collect();
        for (place, entry) in entries.iter().flat_map(OneRow::each) {
            let attachment = beside.remove(place).map(<[u8]>::to_vec);
            let own = Own { index: u64::from(*place), entry: entry.to_vec(), attachment };
            found.insert(*place, apply::opened(&own)?);
        }
    }
    Ok(places.iter().filter_map(|place| found.remove(place)).collect())
}

/// What stands at the places of a list, in a table.
fn among(table: &str) -> String {
    one_row::among(table, ("idx", "bytes"), 1)
}
