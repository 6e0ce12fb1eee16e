//! A backup made under load is one moment; what is put back is that moment, in another epoch; nothing else is put back.
#![allow(clippy::unwrap_used, clippy::indexing_slicing, reason = "tests")]

use std::path::Path;

use domain::ErrorCode;

use super::{verify, write};
use crate::store::db::{Place, query};
use crate::testing::{Kind, World, act, details, everything, on_both, operator, record};

async fn meddle(path: &Path, text: &'static str) {
    let mut db = Place::Sqlite(path.to_owned()).writer().await.unwrap();
    assert!(query(text).execute(&mut db).await.unwrap() > 0, "{text} changes nothing");
    db.close().await.unwrap();
}

async fn a_backup_under_load_is_one_moment(kind: Kind) {
    let world = World::on(kind).await;
    world.right(1, "ADMIN001").await;
    let (writer, load) = (world.writer.clone(), tokio::sync::watch::channel(0));
    let (told, mut heard) = load;
    let customers = tokio::spawn(async move {
        for n in 100..400 {
            writer.act(act(operator(), n, record(&n.to_string()), details())).await.unwrap();
            told.send_replace(n);
        }
    });
    heard.wait_for(|n| *n > 110).await.unwrap();
    let path = world.dir.path().join("a.backup");
    let manifest = write(&world.place, &"mihon".parse().unwrap(), &path, world.clock.now()).await.unwrap();
    customers.await.unwrap();
    let whole = *world.writer.size().borrow();
    assert!((12..whole).contains(&manifest.size), "not in the midst of it: {} of {whole}", manifest.size);
    let (read, verdict) = verify(&path, &world.verifier().to_vkey()).await.unwrap();
    assert_eq!((read, verdict.findings), (manifest.clone(), vec![]));
    assert_eq!(verdict.entries, manifest.size);
    #[cfg(unix)]
    {
        use std::os::unix::fs::PermissionsExt as _;
        assert_eq!(std::fs::metadata(&path).unwrap().permissions().mode() & 0o777, 0o600);
    }
    // At rest it holds everything but the sessions.
    let path = world.backup().await;
    let held = everything(&Place::Sqlite(path.clone())).await;
    assert_eq!(held, world.everything().await);
    // Nothing is left beside it, and nothing is overwritten.
    let again = write(&world.place, &"mihon".parse().unwrap(), &path, world.clock.now()).await.unwrap_err();
    assert!(again.to_string().contains("not overwritten"), "{again}");
    let parts = |entry: std::io::Result<std::fs::DirEntry>| entry.unwrap().file_name().into_string().unwrap();
    let files: Vec<String> = std::fs::read_dir(world.dir.path()).unwrap().map(parts).collect();
    assert!(!files.iter().any(|name| name.contains(".part") || name.ends_with("backup-wal")), "{files:?}");
}

#[tokio::test]
async fn a_backup_that_was_changed_is_found_out_and_not_put_back() {
    let world = World::new().await;
    world.right(1, "ADMIN001").await;
    for text in [
        "UPDATE entry SET bytes = CAST(REPLACE(CAST(bytes AS TEXT), '経理課', '総務課') AS BLOB)",
        "UPDATE entry SET leaf = zeroblob(32) WHERE idx = 2",
        "DELETE FROM entry WHERE idx = (SELECT MAX(idx) FROM entry)",
        "UPDATE attachment SET bytes = CAST(REPLACE(CAST(bytes AS TEXT), '太郎', '次郎') AS BLOB)",
        "UPDATE certificate SET state = 'active'",
        "UPDATE aggregate SET version = version + 1",
        "UPDATE checkpoint SET note = REPLACE(note, 'mihon', 'nihon')",
        "DELETE FROM checkpoint WHERE size = (SELECT MAX(size) FROM checkpoint)",
        "UPDATE _backup SET size = size - 1",
        "UPDATE _backup SET epoch = 3",
        "UPDATE _backup SET note = 'x'",
    ] {
        let path = world.backup().await;
        meddle(&path, text).await;
        let (_, verdict) = verify(&path, &world.verifier().to_vkey()).await.unwrap();
        assert!(!verdict.findings.is_empty(), "{text}");
        let refused = world.restored(&path, world.dir.path()).await.err().unwrap();
        assert!(refused.to_string().contains("not sound"), "{text}: {refused}");
    }
    for text in ["UPDATE _backup SET format = 2", "DELETE FROM _backup", "UPDATE _backup SET institution = 'other'"] {
        let path = world.backup().await;
        meddle(&path, text).await;
        assert!(world.restored(&path, world.dir.path()).await.is_err(), "{text}");
    }
    assert!(!world.dir.path().join("epoch").exists(), "no number was spent");
    let path = world.dir.path().join("x.backup");
    std::fs::write(&path, "no database").unwrap();
    assert!(verify(&path, &world.verifier().to_vkey()).await.is_err());
    assert!(verify(&world.dir.path().join("nowhere"), &world.verifier().to_vkey()).await.is_err());
    assert!(verify(&world.dir.path().join("central.sqlite"), &world.verifier().to_vkey()).await.is_err());
}

async fn a_restore_goes_on_from_the_backup_in_another_epoch(kind: Kind) {
    let world = World::on(kind).await;
    let right = world.right(1, "ADMIN001").await;
    let path = world.backup().await;
    let size = *world.writer.size().borrow();
    let restored = world.restored(&path, world.dir.path()).await.unwrap();
    assert_eq!(restored.check().await.findings, []);
    assert_eq!((*restored.writer.size().borrow(), restored.writer.epochs().current()), (size + 1, 1));
    assert!(restored.writer.recovering());
    // The prefix is the prefix, and its heads are told from those of the former epoch.
    let note = |world: &World, size| {
        let readers = world.readers.clone();
        async move { crate::store::read::checkpoint_at(&readers, size).await.unwrap().unwrap() }
    };
    assert_eq!(note(&world, size).await, note(&restored, size).await);
    let head = note(&restored, size + 1).await;
    assert!(world.verifier().open(&head).is_err());
    assert_eq!(world.verifier().in_epoch(1).open(&head).unwrap().size, size + 1);
    // Closed but for stops; what is not decided is not remembered either.
    let print = restored.print(1, right);
    for _ in 0..2 {
        assert_eq!(restored.writer.act(print.clone()).await.unwrap_err().code, ErrorCode::Recovering);
    }
    assert_eq!(restored.count("SELECT COUNT(*) FROM outcome").await, world.count("SELECT COUNT(*) FROM outcome").await);
    assert_eq!(*restored.writer.size().borrow(), size + 1);

    // The same backup once more: another epoch, so that no place of the log is there twice.
    let again = world.restored(&path, world.dir.path()).await.unwrap();
    assert_eq!(again.writer.epochs().current(), 2);
    // Of what was restored, and restarted.
    let second = again.backup().await;
    let third = again.restored(&second, world.dir.path()).await.unwrap();
    assert_eq!(third.writer.epochs().current(), 3);
    assert_eq!(third.check().await.findings, []);
    let third = third.restart(async |_| {}).await.unwrap();
    assert!(third.writer.recovering(), "also after a restart");
    assert_eq!(third.writer.epochs().first_after(0).unwrap().size, size);
}

async fn only_an_empty_database_takes_a_backup(kind: Kind) {
    let world = World::on(kind).await;
    let path = world.backup().await;
    let signer = world.restored(&path, world.dir.path()).await.unwrap();
    let before = signer.everything().await;
    let refused = world.target(&signer.place, world.dir.path(), &path, None).await.unwrap_err();
    assert!(refused.to_string().contains("another process"), "{refused}");
    let outcome = signer.restart(async |place| {
        let refused = world.target(&place, world.dir.path(), &path, None).await.unwrap_err();
        assert!(refused.to_string().contains("not empty"), "{refused}");
        assert_eq!(everything(&place).await, before);
    });
    outcome.await.unwrap();
    // A number that was spent can't be asked for again; a later one can, where the mark was lost.
    let empty = Place::Sqlite(world.dir.path().join("new.sqlite"));
    let refused = world.target(&empty, world.dir.path(), &path, Some(1)).await.unwrap_err();
    assert!(refused.to_string().contains("the next one is 2"), "{refused}");
    let nowhere = tempfile::tempdir().unwrap();
    let restored = world.target(&empty, nowhere.path(), &path, Some(7)).await.unwrap();
    assert_eq!(restored.epoch, 7);
    assert_eq!(std::fs::read_to_string(nowhere.path().join("epoch")).unwrap(), "7\n");
}

/// A backup of either goes into either.
#[cfg(unix)]
#[tokio::test(flavor = "multi_thread")]
async fn a_backup_of_one_database_is_put_back_into_the_other() {
    for (from, to) in [(Kind::Sqlite, Kind::Postgres), (Kind::Postgres, Kind::Sqlite)] {
        let world = World::on(from).await;
        world.right(1, "ADMIN001").await;
        let path = world.backup().await;
        let restored = world.restored_on(to, &path, world.dir.path()).await.unwrap();
        assert_eq!(restored.check().await.findings, [], "{from:?} to {to:?}");
        // Everything is there; the log, its head and the institution's state have gone on.
        let (before, after) = (world.everything().await, restored.everything().await);
        for ((table, before), (_, after)) in before.iter().zip(&after) {
            match table.as_str() {
                "entry" | "checkpoint" => {
                    assert_eq!((&after[..before.len()], after.len()), (&before[..], before.len() + 1))
                }
                "aggregate" => assert_eq!(after.len(), before.len()),
                "session" => assert!(after.is_empty()),
                _ => assert_eq!(before, after, "{table}"),
            }
        }
    }
}

on_both!(
    a_backup_under_load_is_one_moment,
    a_restore_goes_on_from_the_backup_in_another_epoch,
    only_an_empty_database_takes_a_backup,
);
