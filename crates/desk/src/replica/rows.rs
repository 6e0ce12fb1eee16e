//! Many rows in a few statements: each statement is a trip to the database's thread, and the trips cost more than the
//! rows. Decides nothing.

use std::sync::Arc;

use sqlx::query_builder::Separated;
use sqlx::{AssertSqlSafe, QueryBuilder, Sqlite, SqliteConnection};

use super::one_row::{self, OneRow};
use crate::error::DeskError;

/// Values bound in one statement at most.
const VALUES: usize = 2048;
/// Ids named in one statement at most.
const IDS: usize = 256;

/// The text of a statement depends on its number of rows: powers of two, so that few statements serve all.
fn group(count: usize, columns: usize) -> usize {
    let largest = 1 << (VALUES / columns.max(1)).max(1).ilog2();
    (1 << count.max(1).ilog2()).min(largest)
}

/// Inserts rows of so many columns. `into` ends before `VALUES`, `then` follows the rows.
pub(super) async fn insert<T>(
    db: &mut SqliteConnection,
    (into, columns, then): (&'static str, usize, &'static str),
    rows: Vec<T>,
    mut bind: impl FnMut(&mut Separated<'_, Sqlite, &'static str>, T),
) -> Result<(), sqlx::Error> {
    let mut rows = rows.into_iter();
    while rows.len() > 0 {
        let group = group(rows.len(), columns);
        let mut statement = QueryBuilder::<Sqlite>::new(into);
        statement.push_values(rows.by_ref().take(group), |mut row, one| bind(&mut row, one));
        statement.push(then);
        statement.build().execute(&mut *db).await?;
    }
    Ok(())
}

/// Runs a statement that ends before `IN (…)` for these ids; gives how many rows it touched.
pub(super) async fn among(db: &mut SqliteConnection, text: &'static str, ids: &[String]) -> Result<u64, sqlx::Error> {
    let mut touched = 0;
    for some in ids.chunks(IDS) {
        let mut statement = QueryBuilder::<Sqlite>::new(text);
        statement.push(" IN (");
        named(&mut statement, some);
        touched += statement.build().execute(&mut *db).await?.rows_affected();
    }
    Ok(touched)
}

/// Id and stored state of those that are there.
pub(crate) async fn states(
    db: &mut SqliteConnection,
    (table, key): (&'static str, &'static str),
    ids: &[String],
) -> Result<Vec<(String, String)>, DeskError> {
    let text: Arc<str> = one_row::among(table, (key, "state"), 1).into();
    let mut found = Vec::with_capacity(ids.len());
    for some in ids.chunks(IDS) {
        let row = sqlx::query(AssertSqlSafe(text.clone()))
            .bind(one_row::list(some.iter().map(String::as_str)))
            .fetch_one(&mut *db)
            .await?;
        let Some(states) = OneRow::<String>::of(row)? else { continue };
        found.extend(states.texts()?.into_iter().map(|(id, state)| (id.clone(), state.to_owned())));
    }
    Ok(found)
}

fn named(statement: &mut QueryBuilder<Sqlite>, ids: &[String]) {
    let mut list = statement.separated(", ");
    for id in ids {
        list.push_bind(id.clone());
    }
    statement.push(")");
}
