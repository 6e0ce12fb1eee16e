//! `check` finds every change of a stored byte, and names the part.
#![allow(clippy::unwrap_used, reason = "tests")]

use domain::PersonalData;
use domain::customer::{ChosenUser, CustomerCommand, IncidentCause, Request, StopScope};
use domain::id::{ApplicationId, IncidentId};

use crate::testing::{
    Kind, World, act, checked, contract, details, holder, meddle, on_both, operator, paper, record, teller,
};

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
        ("file", "UPDATE _sqlx_migrations SET checksum = zeroblob(32) WHERE version = 42"),
        ("file", "UPDATE _sqlx_migrations SET success = FALSE WHERE version = 30"),
        ("file", "UPDATE _sqlx_migrations SET version = 9042 WHERE version = 42"),
        ("file", "DELETE FROM _sqlx_migrations WHERE version = 2"),
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
        ("read tables", "INSERT INTO waiting (id, kind, customer_id, since_ms) VALUES ('x', 'stop', 'x', 1)"),
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

async fn a_signed_envelope_that_can_not_be_read_is_found(kind: Kind) {
    for (from, to) in [
        ("\"v\":1", "\"v\":2"),
        ("\"type\":\"suspend_certificates\"", "\"type\":\"of_tomorrow\""),
        ("{\"v\"", "{\"x\":0,\"v\""),
    ] {
        let world = story(kind).await;
        let stop = CustomerCommand::SuspendCertificates {
            incident: IncidentId(uuid::Uuid::from_u128(1)),
            cause: IncidentCause::Stolen,
            scope: StopScope::User { user: "ADMIN001".parse().unwrap() },
        };
        let mut act = world.sealed(teller(), 1, stop, None, None);
        let sealed = act.sealed.take().unwrap();
        let text = String::from_utf8(sealed.envelope).unwrap();
        let other = text.replacen(from, to, 1);
        assert_ne!(text, other, "{from}");
        act.sealed = Some(world.seal(other.into_bytes(), &sealed.kind));
        world.writer.act(act).await.unwrap();
        let findings = world.check().await.findings;
        assert!(findings.iter().any(|f| f.part == "envelope" && f.what.contains("can't be read")), "{findings:?}");
    }
}

/// Everything that happens to a customer, and to those around.
async fn long_story(kind: Kind) -> World {
    let world = story(kind).await;
    let right = world.right(2, "ADMIN002").await;
    world.intend(right, "0011223344556677889900112233445577", &"2".repeat(64)).await;
    world.writer.act(world.fetch(2, right, "0011223344556677889900112233445577", &"2".repeat(64))).await.unwrap();
    let confirm = CustomerCommand::ConfirmCertificate { certificate: right };
    world.writer.act(act(holder(), 2, confirm, None)).await.unwrap();
    let stop = CustomerCommand::SuspendCertificates {
        incident: IncidentId(uuid::Uuid::from_u128(1)),
        cause: IncidentCause::Stolen,
        scope: StopScope::User { user: "ADMIN002".parse().unwrap() },
    };
    world.writer.act(world.sealed(teller(), 2, stop, None, None)).await.unwrap();
    // Refused: an entry of kind access.
    let approve = CustomerCommand::ApproveApplication { application: ApplicationId(uuid::Uuid::from_u128(0xa002)) };
    world.writer.act(world.sealed(teller(), 2, approve, None, None)).await.unwrap_err();
    world.right(3, "ADMIN003").await;
    world
}

async fn what_is_thrown_away_comes_back_as_it_was(kind: Kind) {
    let world = long_story(kind).await;
    let key = world.verifier().to_vkey();
    let before = world.everything().await;
    let world = world
        .restart(async |place| {
            let verdict = super::rebuild(&place, &key).await.unwrap();
            assert_eq!(verdict.findings, []);
            assert!(verdict.subjects >= 5, "{verdict:?}");
        })
        .await
        .unwrap();
    assert_eq!(world.everything().await, before, "of a sound database");
    // Whatever somebody did to it.
    let vandals = [
        "UPDATE aggregate SET state = '{}', version = version + 1",
        "DELETE FROM aggregate WHERE subject LIKE 'customer/%2'",
        "INSERT INTO aggregate (subject, version, state) VALUES ('customer/x', 1, '{}')",
        "UPDATE certificate SET state = 'active', stop_reason = NULL, held = 0, deadline = '2099-01-01'",
        "DELETE FROM contract",
        "UPDATE login_user SET customer_id = 'x'",
        "UPDATE receipt SET receipt = receipt || 'x'",
        "INSERT INTO customer_number (branch, cif, customer_id) VALUES ('999', '1', 'x')",
    ];
    let world = world
        .restart(async |place| {
            for text in vandals {
                assert!(meddle(&place, text).await > 0, "{text} changes nothing");
            }
            super::rebuild(&place, &key).await.unwrap();
        })
        .await
        .unwrap();
    assert_eq!(world.everything().await, before, "after somebody was at it");
    assert_eq!(world.check().await.findings, []);
}

/// A database of a version that did not count what waits: the migration finds it in the states.
async fn what_waits_is_found_in_a_database_of_before(kind: Kind) {
    let world = long_story(kind).await;
    let request = Request::MoveToCertificate {
        contract: "10000009".parse().unwrap(),
        users: vec![ChosenUser { user: "ADMIN009".parse().unwrap(), device_label: "経理課".into() }],
    };
    world.writer.act(act(operator(), 9, record("9"), details())).await.unwrap();
    world.writer.act(act(operator(), 9, contract("10000009", "ADMIN009"), None)).await.unwrap();
    let (checks, received_on) = (checked(), domain::calendar::jst_day(world.clock.now()));
    let application = ApplicationId(uuid::Uuid::from_u128(0xa009));
    let submit = CustomerCommand::SubmitApplication { application, request, checks, received_on };
    world.writer.act(world.sealed(teller(), 9, submit, Some(paper()), None)).await.unwrap();
    assert_eq!(world.count("SELECT COUNT(*) FROM waiting WHERE kind = 'application'").await, 1);
    assert_eq!(world.count("SELECT COUNT(*) FROM waiting WHERE kind = 'stop'").await, 1);
    let before = world.everything().await;
    let world = world
        .restart(async |place| {
            meddle(&place, "DROP TABLE waiting").await;
            assert_eq!(meddle(&place, "DELETE FROM _sqlx_migrations WHERE version = 42").await, 1);
        })
        .await
        .unwrap();
    assert_eq!(world.everything().await, before);
    assert_eq!(world.check().await.findings, []);
}

/// A database of a version whose states held the certificates: the migration takes them out, and nothing else.
async fn certificates_leave_the_states_of_a_database_of_before(kind: Kind) {
    let world = long_story(kind).await;
    let mut odd = details();
    if let Some(PersonalData::Customer(odd)) = &mut odd {
        odd.address = r#"「"der":"AA=="」 \ ,"der":"AA==""#.into();
    }
    world.writer.act(act(operator(), 9, record("9"), odd)).await.unwrap();
    let before = world.everything().await;
    let (key, path) = (world.verifier().to_vkey(), world.dir.path().join("before"));
    let world = world
        .restart(async |place| {
            // As it was written then.
            let text = r#"UPDATE aggregate SET state = REPLACE(state, '},"signed_at"', ',"der":"AAb+/w=="},"signed_at"')
                          WHERE state LIKE '%"signed":{%'"#;
            assert_eq!(meddle(&place, text).await, 2);
            assert_eq!(meddle(&place, "DELETE FROM _sqlx_migrations WHERE version >= 44").await, 2);
            // Until it is brought up to date it is neither checked nor kept as what it is not.
            let verdict = super::check(&place, &key).await.unwrap();
            let said = verdict.findings.iter().find(|finding| finding.part == "file").unwrap();
            assert!(said.what.contains("is of form 43"), "{verdict:?}");
            let (institution, path) = ("mihon".parse().unwrap(), path.with_extension("backup"));
            let refused = crate::backup::write(&place, &institution, &path, crate::testing::start()).await.unwrap_err();
            assert!(refused.to_string().contains("start the service once"), "{refused}");
            assert!(!path.exists());
        })
        .await
        .unwrap();
    assert_eq!(world.everything().await, before);
    assert_eq!(world.check().await.findings, []);
}

async fn nothing_is_rebuilt_from_a_log_that_is_not_sound(kind: Kind) {
    let world = long_story(kind).await;
    let key = world.verifier().to_vkey();
    change(&world, "UPDATE entry SET bytes = CAST(REPLACE(CAST(bytes AS TEXT), '経理課', '総務課') AS BLOB)").await;
    change(&world, "UPDATE certificate SET deadline = '2099-01-01'").await;
    let before = world.everything().await;
    let busy = super::rebuild(&world.place, &key).await.unwrap_err();
    assert!(busy.to_string().contains("another process"), "{busy}");
    let after = std::cell::RefCell::new(Vec::new());
    let restarted = world.restart(async |place| {
        let refused = super::rebuild(&place, &key).await.unwrap_err();
        assert!(refused.to_string().contains("nothing was rebuilt"), "{refused}");
        after.replace(crate::testing::everything(&place).await);
    });
    // Whether it starts on such a log is the matter of another test.
    drop(restarted.await);
    assert_eq!(after.into_inner(), before);
}

on_both!(
    a_sound_database_has_no_findings,
    every_change_is_found,
    an_act_written_by_the_database_administrator_is_found,
    a_signed_envelope_that_can_not_be_read_is_found,
    what_is_thrown_away_comes_back_as_it_was,
    what_waits_is_found_in_a_database_of_before,
    certificates_leave_the_states_of_a_database_of_before,
    nothing_is_rebuilt_from_a_log_that_is_not_sound,
);
