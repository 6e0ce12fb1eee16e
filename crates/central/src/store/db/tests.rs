//! The same statements, values and rows on both databases.
#![allow(clippy::unwrap_used, clippy::expect_used, reason = "tests")]

use std::collections::{BTreeMap, BTreeSet};

use super::*;
use crate::testing::Kind;

#[derive(Debug, PartialEq, sqlx::FromRow)]
struct Thing {
    name: String,
    size: Option<i64>,
    bytes: Option<Vec<u8>>,
}

async fn tell(mut db: Connection) {
    let blob = if matches!(db, Connection::Sqlite(_)) { "BLOB" } else { "BYTEA" };
    let table = format!("CREATE TEMPORARY TABLE thing (name TEXT PRIMARY KEY, size BIGINT, bytes {blob})");
    Many::made(table).build().execute(&mut db).await.unwrap();
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

    let mut failing = Many::new("INSERT OR FAIL INTO thing (name) ");
    failing.push_values(["b", "a"], |mut row, name| {
        row.push_bind(name);
    });
    db.begin().await.unwrap();
    assert!(unique_violation(&failing.build().execute(&mut db).await.unwrap_err()));
    db.rollback().await.unwrap();
    assert_eq!(query("SELECT COUNT(*) FROM thing").fetch_one::<(i64,)>(&mut db).await.unwrap(), (3,));

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

#[cfg(unix)]
#[tokio::test]
async fn a_statement_means_the_same_on_postgres() {
    let place = crate::testing::Kind::Postgres.place(&tempfile::tempdir().unwrap());
    tell(place.writer().await.unwrap()).await;
}

fn kind(name: &str) -> String {
    match name.to_ascii_uppercase().as_str() {
        "BLOB" | "BYTEA" => "octets".to_owned(),
        "TEXT" => "text".to_owned(),
        "BIGINT" => "number".to_owned(),
        other => other.to_owned(),
    }
}

/// What only one of them has.
fn common(name: &str) -> bool {
    !name.starts_with("_sqlx")
        && !name.starts_with("handover")
        && !name.starts_with("sqlite_")
        && !name.starts_with("pg_")
}

#[cfg(unix)]
#[tokio::test]
async fn both_databases_have_the_same_form() {
    let place = crate::testing::Kind::Postgres.place(&tempfile::tempdir().unwrap());
    let (mut sqlite, mut postgres) = (in_memory().await.unwrap(), place.writer().await.unwrap());
    let columns = |rows: Vec<(String, String, String, bool)>| -> BTreeMap<(String, String), (String, bool)> {
        rows.into_iter()
            .filter(|(table, ..)| common(table))
            .map(|(table, column, is, missing)| ((table, column), (kind(&is), missing)))
            .collect()
    };
    let ours = query(
        "SELECT m.name, c.name, c.type, c.\"notnull\" = 0 AND c.pk = 0 FROM sqlite_master m, pragma_table_info(m.name) c
         WHERE m.type = 'table'",
    );
    let theirs = query(
        "SELECT CAST(table_name AS TEXT), CAST(column_name AS TEXT), CAST(data_type AS TEXT), is_nullable = 'YES'
         FROM information_schema.columns WHERE table_schema = 'public'",
    );
    let ours = columns(ours.fetch_all(&mut sqlite).await.unwrap());
    assert!(ours.len() > 50, "{ours:?}");
    assert_eq!(ours, columns(theirs.fetch_all(&mut postgres).await.unwrap()));

    // Name, table and whether it is unique; the names of keys are the databases' own.
    let named = |rows: Vec<(String, String, bool)>| -> BTreeSet<(String, String, bool)> {
        rows.into_iter().filter(|(index, ..)| common(index)).collect()
    };
    let ours = query(
        "SELECT i.name, m.name, i.\"unique\" = 1 FROM sqlite_master m, pragma_index_list(m.name) i
         WHERE m.type = 'table' AND i.origin = 'c'",
    );
    let theirs = query(
        "SELECT CAST(c.relname AS TEXT), CAST(t.relname AS TEXT), i.indisunique FROM pg_index i
         JOIN pg_class c ON c.oid = i.indexrelid JOIN pg_class t ON t.oid = i.indrelid
         JOIN pg_namespace n ON n.oid = t.relnamespace
         WHERE n.nspname = 'public' AND NOT EXISTS (SELECT 1 FROM pg_constraint k WHERE k.conindid = i.indexrelid)",
    );
    let ours = named(ours.fetch_all(&mut sqlite).await.unwrap());
    assert!(ours.contains(&("certificate_one_usable".to_owned(), "certificate".to_owned(), true)), "{ours:?}");
    assert_eq!(ours, named(theirs.fetch_all(&mut postgres).await.unwrap()));
    // And what is refused twice by a key or a constraint: as many columns' lists in each table.
    let counted = |rows: Vec<(String, i64)>| -> BTreeMap<String, i64> {
        rows.into_iter().filter(|(table, _)| common(table)).collect()
    };
    let ours = query(
        "SELECT m.name, COUNT(*) FROM sqlite_master m, pragma_index_list(m.name) i
         WHERE m.type = 'table' AND i.origin = 'u' GROUP BY m.name",
    );
    let theirs = query(
        "SELECT CAST(t.relname AS TEXT), COUNT(*) FROM pg_constraint k JOIN pg_class t ON t.oid = k.conrelid
         WHERE k.contype = 'u' GROUP BY t.relname",
    );
    assert_eq!(
        counted(ours.fetch_all(&mut sqlite).await.unwrap()),
        counted(theirs.fetch_all(&mut postgres).await.unwrap())
    );
}

async fn a_database_of_a_newer_version_is_left_alone(kind: Kind) {
    let dir = tempfile::tempdir().unwrap();
    let place = kind.place(&dir);
    let mut db = place.writer().await.unwrap();
    let newer = "INSERT INTO _sqlx_migrations (version, description, success, checksum, execution_time)
                 SELECT 9999, 'newer', success, checksum, 0 FROM _sqlx_migrations WHERE version = 1";
    assert_eq!(query(newer).execute(&mut db).await.unwrap(), 1);
    db.close().await.unwrap();
    let error = crate::store::open(&place).await.err().unwrap();
    assert!(error.to_string().contains("newer version of madoguchi-central"), "{error:#}");
}

crate::testing::on_both!(a_database_of_a_newer_version_is_left_alone);

/// A file that nobody may write, though its folder takes files: root writes whatever a mode says, but nothing on a mount that is
/// read-only.
#[cfg(unix)]
struct ReadOnly(std::path::PathBuf, bool);

#[cfg(unix)]
impl ReadOnly {
    fn of(path: &std::path::Path) -> Self {
        use std::os::unix::fs::{MetadataExt as _, PermissionsExt as _};
        let root = std::fs::metadata("/proc/self").unwrap().uid() == 0;
        if root {
            let text = path.to_str().unwrap();
            for arguments in [&["--bind", text, text][..], &["-o", "remount,ro,bind", text][..]] {
                let done = std::process::Command::new("mount").args(arguments).status().unwrap();
                assert!(done.success(), "mount {arguments:?}");
            }
        } else {
            std::fs::set_permissions(path, std::fs::Permissions::from_mode(0o444)).unwrap();
        }
        Self(path.to_owned(), root)
    }
}

#[cfg(unix)]
impl Drop for ReadOnly {
    fn drop(&mut self) {
        if self.1 {
            let _ = std::process::Command::new("umount").arg("-l").arg(&self.0).status();
        }
    }
}

#[cfg(unix)]
#[tokio::test]
async fn a_file_that_can_not_be_written_is_not_opened() {
    let dir = tempfile::tempdir().unwrap();
    let path = dir.path().join("central.sqlite");
    let place = Place::Sqlite(path.clone());
    for left in ["central.sqlite", "central.lock"] {
        let database = crate::store::open(&place).await.unwrap();
        database.readers.close().await;
        database.writer.close().await.unwrap();
        drop(database.lock);
        let file = dir.path().join(left);
        let _held = ReadOnly::of(&file);
        let error = crate::store::open(&place).await.err().expect("opened").to_string();
        assert!(error.starts_with(&format!("{} can't be written by user ", file.display())), "{error}");
        assert!(error.contains("read-only"), "{error}");
    }
}

#[cfg(unix)]
#[tokio::test(flavor = "multi_thread")]
async fn a_server_that_does_not_let_its_user_write_is_not_opened() {
    let dir = tempfile::tempdir().unwrap();
    let place = Kind::Postgres.place(&dir);
    let mut db = place.writer().await.unwrap();
    for text in ["CREATE ROLE reader LOGIN", "GRANT SELECT ON ALL TABLES IN SCHEMA public TO reader"] {
        // The role is the server's, and other tests' too.
        let _ = query(text).execute(&mut db).await;
    }
    db.close().await.unwrap();
    let Place::Postgres(server) = &place else { unreachable!() };
    let reader = Place::Postgres(server.of_user("reader"));
    let error = crate::store::open(&reader).await.err().expect("opened");
    assert!(error.to_string().contains("can't be written by the user that [database] names"), "{error:#}");
}
