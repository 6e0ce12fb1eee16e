//! Many rows as one. Each row that the database's thread hands over may wake whoever waits for it, and a thread that wakes costs
//! more than what is in most rows.

use std::str::FromStr;

use serde_json::Value;
use sqlx::Row as _;
use sqlx::sqlite::SqliteRow;

use crate::error::DeskError;
use crate::witness::mismatch;

/// The columns of it: the keys, how many octets stand under each, and these octets one after the other. No key has a comma
/// in it, and nothing is NULL: an aggregate leaves that out, of each column by itself. What is put together of the same rows is
/// in one order.
pub(crate) fn columns(key: &str, octets: &str) -> String {
    format!("group_concat({key}), group_concat(octet_length({octets})), CAST(group_concat({octets}, '') AS BLOB)")
}

/// As the database gave it.
pub(crate) struct OneRow<K> {
    /// With the octets of each.
    keys: Vec<(K, usize)>,
    row: SqliteRow,
}

impl<K: FromStr> OneRow<K> {
    /// `None`: of no rows.
    ///
    /// # Errors
    /// What is stored is not what was.
    pub(crate) fn of(row: SqliteRow) -> Result<Option<Self>, DeskError> {
        let (Some(keys), Some(octets)) = (row.try_get::<Option<&str>, _>(0)?, row.try_get::<Option<&str>, _>(1)?)
        else {
            return Ok(None);
        };
        let keys = keys.split(',').zip(octets.split(','));
        let keys = keys.map(|(key, octets)| Some((key.parse().ok()?, octets.parse().ok()?))).collect();
        let keys: Option<Vec<(K, usize)>> = keys;
        Ok(Some(Self { keys: keys.ok_or_else(|| mismatch("stored keys can't be read".to_owned()))?, row }))
    }

    /// In their order.
    pub(crate) fn keys(&self) -> impl Iterator<Item = &K> {
        self.keys.iter().map(|(key, _)| key)
    }

    /// What stands under each. A value that can't be read has no octets.
    pub(crate) fn each(&self) -> impl Iterator<Item = (&K, &[u8])> {
        let mut rest = self.row.try_get::<Option<&[u8]>, _>(2).ok().flatten().unwrap_or_default();
        self.keys.iter().map(move |(key, octets)| (key, take(&mut rest, *octets)))
    }

    /// The same where they are text.
    ///
    /// # Errors
    /// They are none.
    pub(crate) fn texts(&self) -> Result<Vec<(&K, &str)>, DeskError> {
        let text = |octets| std::str::from_utf8(octets).map_err(|e| mismatch(format!("stored text: {e}")));
        self.each().map(|(key, octets)| Ok((key, text(octets)?))).collect()
    }
}

/// The first octets, and the rest stays. Fewer than were said are no entry of anybody's, and do not fit their leaf.
fn take<'a>(rest: &mut &'a [u8], octets: usize) -> &'a [u8] {
    let (first, after) = rest.split_at(octets.min(rest.len()));
    *rest = after;
    first
}

/// A list as a statement takes it: `key IN (SELECT value FROM json_each($1))`. The statement's text is the same for any number.
pub(crate) fn list(of: impl IntoIterator<Item = impl Into<Value>>) -> String {
    Value::from_iter(of).to_string()
}

/// Of a table, what stands under the keys of such a list, which is the statement's parameter of this number.
pub(crate) fn among(table: &str, (key, octets): (&str, &str), list: u32) -> String {
    format!("SELECT {} FROM {table} WHERE {key} IN (SELECT value FROM json_each(${list}))", columns(key, octets))
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used, clippy::indexing_slicing, reason = "tests")]
    use std::sync::Arc;

    use sqlx::{AssertSqlSafe, Connection as _, SqliteConnection};

    use super::*;

    #[tokio::test]
    async fn every_value_comes_back_under_its_key() {
        let mut db = SqliteConnection::connect("sqlite::memory:").await.unwrap();
        sqlx::raw_sql("CREATE TABLE t (id TEXT PRIMARY KEY, said NOT NULL)").execute(&mut db).await.unwrap();
        let said = ["", "a,b", "\"'\\", "株式会社\n見本", "a\0b", "👩‍👩‍👧"];
        let ids: Vec<String> = (0..said.len()).map(|n| format!("id-{n}")).collect();
        for (id, said) in ids.iter().zip(said) {
            sqlx::query("INSERT INTO t VALUES ($1, $2)").bind(id).bind(said).execute(&mut db).await.unwrap();
        }
        let text: Arc<str> = among("t", ("id", "said"), 1).into();
        let mut asked = async |ids: &[String]| {
            let row = sqlx::query(AssertSqlSafe(text.clone()))
                .bind(list(ids.iter().map(String::as_str)))
                .fetch_one(&mut db)
                .await;
            OneRow::<String>::of(row.unwrap()).unwrap()
        };
        let row = asked(&ids).await.unwrap();
        let mut found: Vec<_> = row.texts().unwrap().into_iter().map(|(id, said)| (id.clone(), said)).collect();
        found.sort();
        assert_eq!(found, ids.iter().cloned().zip(said).collect::<Vec<_>>());
        let some = asked(&[ids[1].clone(), "nobody,\"".to_owned()]).await.unwrap();
        assert_eq!(some.texts().unwrap(), [(&ids[1], "a,b")]);
        assert!(asked(&["nobody".to_owned()]).await.is_none() && asked(&[]).await.is_none());
        // One only of empty values.
        let empty = asked(&ids[..1]).await.unwrap();
        assert_eq!(empty.texts().unwrap(), [(&ids[0], "")]);
        drop((row, some, empty));
        // Octets that are no text, and keys that are none of the kind that is asked for.
        sqlx::query("UPDATE t SET said = x'ff' WHERE id = 'id-0'").execute(&mut db).await.unwrap();
        let row = sqlx::query(AssertSqlSafe(text)).bind(list(["id-0"])).fetch_one(&mut db).await.unwrap();
        assert!(OneRow::<String>::of(row).unwrap().unwrap().texts().is_err());
        let text = format!("SELECT {} FROM t", columns("id", "said"));
        let row = sqlx::query(AssertSqlSafe(text)).fetch_one(&mut db).await.unwrap();
        assert!(OneRow::<u32>::of(row).is_err());
    }
}
