//! Whole tables from one database into another, whichever of the two each is. Knows no table: it asks for them.

pub(crate) use super::value::Value;
use super::{Connection, Error, Many, Query, query};

/// Rows read at a time.
const PAGE: usize = 500;
/// Most values of one statement; SQLite takes 32,766, PostgreSQL 65,535.
const VALUES: usize = 8_000;

/// What a column holds.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Kind {
    Int,
    Text,
    Bytes,
}

/// A table of today's form.
#[derive(Debug, Clone)]
pub(crate) struct Table {
    name: String,
    columns: Vec<(String, Kind)>,
    /// Places of the primary key's columns.
    key: Vec<usize>,
}

/// Every table of an SQLite database, by name.
///
/// # Errors
/// The database failed, or a table has no primary key or a column of another kind.
pub(crate) async fn tables(form: &mut Connection) -> Result<Vec<Table>, Error> {
    let columns: Vec<(String, String, String, i64)> = query(
        "SELECT m.name, p.name, p.type, p.pk FROM sqlite_master m JOIN pragma_table_info(m.name) p
         WHERE m.type = 'table' AND m.name NOT LIKE 'sqlite\\_%' ESCAPE '\\' AND m.name NOT LIKE '\\_%' ESCAPE '\\'
         ORDER BY m.name, p.cid",
    )
    .fetch_all(form)
    .await?;
    let mut tables: Vec<Table> = Vec::new();
    let mut keys: Vec<Vec<(i64, usize)>> = Vec::new();
    for (table, column, kind, place) in columns {
        let kind = match kind.as_str() {
            "BIGINT" => Kind::Int,
            "TEXT" => Kind::Text,
            "BLOB" => Kind::Bytes,
            other => return Err(Error::Decode(format!("{table}.{column} is a {other}").into())),
        };
        if tables.last().is_none_or(|last| last.name != table) {
            tables.push(Table { name: table, columns: Vec::new(), key: Vec::new() });
            keys.push(Vec::new());
        }
        if let (Some(table), Some(key)) = (tables.last_mut(), keys.last_mut()) {
            if place > 0 {
                key.push((place, table.columns.len()));
            }
            table.columns.push((column, kind));
        }
    }
    for (table, mut key) in tables.iter_mut().zip(keys) {
        key.sort_unstable();
        table.key = key.into_iter().map(|(_, column)| column).collect();
        if table.key.is_empty() {
            return Err(Error::Decode(format!("{} has no primary key", table.name).into()));
        }
    }
    Ok(tables)
}

/// A row as it is stored; a missing value has no type here.
struct Cells(Vec<Option<Value>>);

impl<'r, R: sqlx::Row> sqlx::FromRow<'r, R> for Cells
where
    usize: sqlx::ColumnIndex<R>,
    Option<i64>: sqlx::Decode<'r, R::Database> + sqlx::Type<R::Database>,
    Option<String>: sqlx::Decode<'r, R::Database> + sqlx::Type<R::Database>,
    Option<Vec<u8>>: sqlx::Decode<'r, R::Database> + sqlx::Type<R::Database>,
{
    fn from_row(row: &'r R) -> Result<Self, Error> {
        let cell = |column: usize| -> Result<Option<Value>, Error> {
            if let Ok(number) = row.try_get::<Option<i64>, _>(column) {
                return Ok(number.map(Value::from));
            }
            if let Ok(text) = row.try_get::<Option<String>, _>(column) {
                return Ok(text.map(Value::from));
            }
            Ok(row.try_get::<Option<Vec<u8>>, _>(column)?.map(Value::from))
        };
        (0..row.len()).map(cell).collect::<Result<_, _>>().map(Self)
    }
}

impl Kind {
    fn missing(self) -> Value {
        match self {
            Self::Int => Value::Int(None),
            Self::Text => Value::Text(None),
            Self::Bytes => Value::Bytes(None),
        }
    }
}

impl Table {
    /// Its name.
    pub(crate) fn name(&self) -> &str {
        &self.name
    }

    fn names(&self, columns: impl IntoIterator<Item = usize>) -> String {
        let names: Vec<&str> =
            columns.into_iter().filter_map(|at| self.columns.get(at)).map(|(name, _)| name.as_str()).collect();
        names.join(", ")
    }

    /// A page of rows after a key.
    fn page(&self, after: Option<Vec<Value>>) -> Query {
        let (all, key) = (self.names(0..self.columns.len()), self.names(self.key.iter().copied()));
        let mut page = Many::made(format!("SELECT {all} FROM {}", self.name));
        if let Some(after) = after {
            page.push_made(&format!(" WHERE ({key}) > ")).push_list(after);
        }
        page.push_made(&format!(" ORDER BY {key} LIMIT {PAGE}"));
        page.build()
    }

    fn insert(&self, rows: &[Vec<Value>]) -> Query {
        let mut insert = Many::made(format!("INSERT INTO {} ({}) ", self.name, self.names(0..self.columns.len())));
        insert.push_values(rows, |mut row, values| {
            for value in values {
                row.push_bind(value.clone());
            }
        });
        insert.build()
    }

    /// Has it any row?
    pub(crate) async fn is_empty(&self, db: &mut Connection) -> Result<bool, Error> {
        let row: Option<(i64,)> = Many::made(format!("SELECT CAST(1 AS BIGINT) FROM {} LIMIT 1", self.name))
            .build()
            .fetch_optional(db)
            .await?;
        Ok(row.is_none())
    }

    /// Forgets every row.
    pub(crate) async fn clear(&self, db: &mut Connection) -> Result<(), Error> {
        Many::made(format!("DELETE FROM {}", self.name)).build().execute(db).await.map(drop)
    }

    /// Copies every row; gives how many.
    pub(crate) async fn copy(&self, from: &mut Connection, to: &mut Connection) -> Result<u64, Error> {
        let (mut count, mut after) = (0, None);
        loop {
            let rows: Vec<Cells> = self.page(after).fetch_all(&mut *from).await?;
            let rows: Vec<Vec<Value>> = rows.into_iter().map(|row| self.typed(row)).collect();
            let Some(last) = rows.last() else { return Ok(count) };
            after = Some(self.key.iter().filter_map(|at| last.get(*at)).cloned().collect());
            count += rows.len() as u64;
            for group in rows.chunks((VALUES / self.columns.len()).max(1)) {
                self.insert(group).execute(&mut *to).await?;
            }
        }
    }

    /// Every row, by the key.
    pub(crate) async fn rows(&self, db: &mut Connection) -> Result<Vec<Vec<Value>>, Error> {
        let (mut all, mut after) = (Vec::new(), None);
        loop {
            let rows: Vec<Cells> = self.page(after).fetch_all(&mut *db).await?;
            let Some(Cells(_)) = rows.last() else { return Ok(all) };
            all.extend(rows.into_iter().map(|row| self.typed(row)));
            after = all.last().map(|last| self.key.iter().filter_map(|at| last.get(*at)).cloned().collect());
        }
    }

    fn typed(&self, Cells(row): Cells) -> Vec<Value> {
        row.into_iter().zip(&self.columns).map(|(cell, (_, kind))| cell.unwrap_or_else(|| kind.missing())).collect()
    }
}
