//! `check` finds every change of a stored byte, and names the part.
#![allow(clippy::unwrap_used, reason = "tests")]

use crate::testing::{Kind, World, meddle, on_both};

const KEY: &str = "1111111111111111111111111111111111111111111111111111111111111111";
const SERIAL: &str = "0011223344556677889900112233445566";

async fn story(kind: Kind) -> World {
    let world = World::on(kind).await;
    let right = world.right(1, "ADMIN001").await;
    world.intend(right, SERIAL, KEY).await;
    world.writer.act(world.fetch(1, right, SERIAL, KEY)).await.unwrap();
    world
}

async fn change(world: &World, text: &'static str) {
    assert!(meddle(&world.place, text).await > 0, "{text} changes nothing");
}

async fn a_sound_database_has_no_findings(kind: Kind) {
    let world = story(kind).await;
    let verdict = world.check().await;
    assert_eq!(verdict.findings, []);
    assert_eq!((verdict.entries, verdict.checkpoints, verdict.subjects), (9, 9, 3));
}

async fn every_change_is_found(kind: Kind) {
    for (part, text) in [
        ("log", "UPDATE entry SET leaf = zeroblob(32) WHERE idx = 2"),
        ("log", "UPDATE entry SET bytes = CAST(REPLACE(CAST(bytes AS TEXT), 'root', 'toor') AS BLOB) WHERE idx = 3"),
        ("log", "UPDATE entry SET id = 'x' WHERE idx = 3"),
        ("log", "DELETE FROM entry WHERE idx = 3"),
        ("checkpoint", "DELETE FROM entry WHERE idx = 8"),
        ("checkpoint", "DELETE FROM checkpoint WHERE size = 9"),
        ("checkpoint", "UPDATE checkpoint SET note = REPLACE(note, 'mihon', 'nihon') WHERE size = 4"),
        ("checkpoint", "UPDATE checkpoint SET frontier = zeroblob(40) WHERE size = 4"),
        ("attachment", "UPDATE attachment SET bytes = CAST(REPLACE(CAST(bytes AS TEXT), '太郎', '次郎') AS BLOB)"),
        ("attachment", "INSERT INTO attachment (entry_id, bytes) SELECT id, x'00' FROM entry WHERE idx = 4"),
        ("state", "UPDATE aggregate SET state = REPLACE(state, '経理課', '総務課')"),
        ("state", "UPDATE aggregate SET version = version + 1 WHERE subject LIKE 'customer/%'"),
        ("state", "DELETE FROM aggregate WHERE subject LIKE 'terminal/%'"),
        ("state", "INSERT INTO aggregate (subject, version, state) VALUES ('customer/x', 1, '{}')"),
        ("read tables", "UPDATE certificate SET state = 'active'"),
        ("read tables", "UPDATE certificate SET deadline = '2099-01-01'"),
        ("read tables", "UPDATE certificate SET key_sha256 = '00'"),
        ("read tables", "UPDATE certificate SET der = 'AAAB'"),
        ("read tables", "UPDATE certificate SET granted_idx = granted_idx + 1"),
        ("read tables", "UPDATE login_user SET role = 'operator'"),
        ("read tables", "DELETE FROM contract"),
        ("read tables", "UPDATE receipt SET customer_id = 'x'"),
        ("read tables", "UPDATE customer_number SET cif = '2'"),
        ("first answers", "DELETE FROM entry WHERE idx = (SELECT MAX(idx) FROM entry WHERE idx IN (5, 6, 7))"),
        ("first answers", "UPDATE outcome SET answer = REPLACE(answer, '[', '[9')"),
    ] {
        let world = story(kind).await;
        change(&world, text).await;
        let findings = world.check().await.findings;
        assert!(findings.iter().any(|f| f.part == part), "{text}: {findings:?}");
    }
}

async fn an_act_written_by_the_database_administrator_is_found(kind: Kind) {
    // Everything is made anew to fit: leaf, tree, checkpoints are signed by the log's own key. Only the terminal's
    // signature can't be.
    let world = story(kind).await;
    let forged = world.forge("\"staff\":\"S2001\"", "\"staff\":\"S2009\"").await;
    assert!(forged > 0);
    let findings = world.check().await.findings;
    assert!(findings.iter().any(|f| f.part == "envelope"), "{findings:?}");
    assert!(findings.iter().all(|f| !matches!(f.part, "log" | "checkpoint")), "{findings:?}");
}

on_both!(
    a_sound_database_has_no_findings,
    every_change_is_found,
    an_act_written_by_the_database_administrator_is_found,
);
