//! Entries by their places, and what is beside them.

use std::collections::HashMap;

use sqlx::sqlite::SqliteRow;
use sqlx::{FromRow, QueryBuilder, Sqlite, SqlitePool};
use wire::Entry;

use super::apply::{self, Opened};
use super::chunk::Own;
use crate::error::DeskError;

/// Places named in one statement.
const TOGETHER: usize = 500;

/// The entries at these places, in their order. One that is not held here is left out.
pub(crate) async fn at(db: &SqlitePool, places: &[u32]) -> Result<Vec<(u32, Entry)>, DeskError> {
    let rows: Vec<(u32, Vec<u8>)> = rows(db, "SELECT e.idx, e.bytes FROM entry e", places).await?;
    in_order(places, rows.into_iter().map(|(index, bytes)| Ok((index, Entry::from_bytes(&bytes)?))))
}

/// The same with what is beside them.
pub(crate) async fn opened(db: &SqlitePool, places: &[u32]) -> Result<Vec<Opened>, DeskError> {
    let text = "SELECT e.idx, e.bytes, a.bytes FROM entry e LEFT JOIN attachment a ON a.idx = e.idx";
    let rows: Vec<(u32, Vec<u8>, Option<Vec<u8>>)> = rows(db, text, places).await?;
    let read =
        |(place, entry, attachment)| Ok((place, apply::opened(&Own { index: u64::from(place), entry, attachment })?));
    let opened = in_order(places, rows.into_iter().map(read))?;
    Ok(opened.into_iter().map(|(_, opened)| opened).collect())
}

/// `text` ends before `WHERE`.
async fn rows<T>(db: &SqlitePool, text: &'static str, places: &[u32]) -> Result<Vec<T>, DeskError>
where
    T: for<'r> FromRow<'r, SqliteRow> + Send + Unpin,
{
    let mut found = Vec::with_capacity(places.len());
    for some in places.chunks(TOGETHER) {
        let mut statement = QueryBuilder::<Sqlite>::new(text);
        statement.push(" WHERE e.idx IN (");
        let mut list = statement.separated(", ");
        some.iter().for_each(|place| _ = list.push_bind(*place));
        statement.push(")");
        found.extend(statement.build_query_as::<T>().fetch_all(db).await?);
    }
    Ok(found)
}

fn in_order<T>(
    places: &[u32],
    found: impl Iterator<Item = Result<(u32, T), DeskError>>,
) -> Result<Vec<(u32, T)>, DeskError> {
    let order: HashMap<u32, usize> = places.iter().enumerate().map(|(at, place)| (*place, at)).collect();
    let mut found = found.collect::<Result<Vec<_>, _>>()?;
    found.sort_by_key(|(place, _)| order.get(place).copied());
    Ok(found)
}
