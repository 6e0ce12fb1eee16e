//! The same statements, values and rows on both databases.
#![allow(clippy::unwrap_used, reason = "tests")]

use super::*;

#[derive(Debug, PartialEq, sqlx::FromRow)]
struct Thing {
    name: String,
    size: Option<i64>,
    bytes: Option<Vec<u8>>,
}

async fn tell(mut db: Connection) {
    let blob = if matches!(db, Connection::Sqlite(_)) { "BLOB" } else { "BYTEA" };
    let table = format!("CREATE TEMPORARY TABLE thing (name TEXT PRIMARY KEY, size BIGINT, bytes {blob})");
    Query::made(table, Vec::new()).execute(&mut db).await.unwrap();
    let things = [
        Thing { name: "a".into(), size: Some(i64::MIN), bytes: None },
        Thing { name: "利用者".into(), size: None, bytes: Some(vec![0, 255]) },
        Thing { name: String::new(), size: Some(i64::MAX), bytes: Some(Vec::new()) },
    ];
    // A value that is missing in every row has a type all the same.
    let mut many = Many::new("INSERT INTO thing (name, size, bytes) SELECT column1, column2, column3 FROM (");
    many.push_values(&things, |mut row, thing| {
        row.push_bind(&thing.name).push_bind(thing.size).push_bind(thing.bytes.clone());
    });
    many.push(") AS v WHERE 1 = 1 ON CONFLICT DO NOTHING");
    assert_eq!(many.build().execute(&mut db).await.unwrap(), 3);

    let all: Vec<Thing> =
        query("SELECT name, size, bytes FROM thing ORDER BY size IS NULL, size").fetch_all(&mut db).await.unwrap();
    assert_eq!(all.iter().map(|t| t.name.as_str()).collect::<Vec<_>>(), ["a", "", "利用者"]);
    assert!(all.iter().all(|thing| things.contains(thing)), "{all:?}");
    let text = "SELECT size, bytes FROM thing WHERE name = $2 AND $1";
    let one: Option<(Option<i64>, Option<Vec<u8>>)> =
        query(text).bind(true).bind("利用者").fetch_optional(&mut db).await.unwrap();
    assert_eq!(one, Some((None, Some(vec![0, 255]))));
    let none: Option<(Option<i64>, Option<Vec<u8>>)> =
        query(text).bind(false).bind("利用者").fetch_optional(&mut db).await.unwrap();
    assert_eq!(none, None);

    let mut listed = Many::new("SELECT COUNT(*) FROM thing WHERE name IN ");
    listed.push_list(["a", "", "x"]);
    assert_eq!(listed.build().fetch_one::<(i64,)>(&mut db).await.unwrap(), (2,));

    let again = query("INSERT INTO thing (name) VALUES ($1)").bind("a").execute(&mut db).await.unwrap_err();
    assert!(unique_violation(&again));
    let wrong = query("INSERT INTO nothing (name) VALUES ($1)").bind("a").execute(&mut db).await.unwrap_err();
    assert!(!unique_violation(&wrong));

    db.begin().await.unwrap();
    query("DELETE FROM thing").execute(&mut db).await.unwrap();
    db.rollback().await.unwrap();
    db.begin().await.unwrap();
    assert_eq!(query("DELETE FROM thing WHERE size IS NULL").execute(&mut db).await.unwrap(), 1);
    db.commit().await.unwrap();
    db.begin_snapshot().await.unwrap();
    assert_eq!(query("SELECT COUNT(*) FROM thing").fetch_one::<(i64,)>(&mut db).await.unwrap(), (2,));
    db.rollback().await.unwrap();
    db.close().await.unwrap();
}

#[tokio::test]
async fn a_statement_means_the_same_on_sqlite() {
    tell(in_memory().await.unwrap()).await;
}
