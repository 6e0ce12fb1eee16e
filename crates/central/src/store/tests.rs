//! The writer against a real database: batches, replays, uniqueness, restarts, meddling.
#![allow(clippy::unwrap_used, clippy::indexing_slicing, reason = "tests")]

use chrono::Duration;
use domain::customer::CustomerCommand;
use domain::event::AccessEvent;
use domain::id::{CommandId, Serial};
use domain::{ErrorCode, Event, Role};
use wire::Entry;
use wire::api::feed::FeedLeaf;

use super::act::{Act, Aside, Refused};
use super::db::{Place, query, unique_violation};
use super::{head, open, read, span};
use crate::testing::{Kind, World, act, asked, contract, details, meddle, on_both, operator, record, staff, teller};

const SERIAL: &str = "0011223344556677889900112233445566";
const OTHER: &str = "0011223344556677889900112233445577";

fn key(n: u8) -> String {
    format!("{n:02x}").repeat(32)
}

async fn one_refused_act_does_not_spoil_a_batch(kind: Kind) {
    let world = World::on(kind).await;
    world.writer.act(act(operator(), 1, record("1"), details())).await.unwrap();
    // Queued before the writer takes any of them: customers 2 to 41, every second with a number that is taken.
    let acts = (2..42).map(|n: u128| {
        let cif = if n.is_multiple_of(2) { "1".to_owned() } else { n.to_string() };
        (n, world.writer.act(act(operator(), n, record(&cif), details())))
    });
    let (numbers, waiting): (Vec<_>, Vec<_>) = acts.unzip();
    let answers = join(waiting).await;
    for (n, answer) in numbers.iter().zip(answers) {
        match n % 2 {
            0 => assert_eq!(answer.unwrap_err().code, ErrorCode::CustomerExists, "{n}"),
            _ => assert!(answer.is_ok(), "{n}"),
        }
    }
    assert_eq!(world.count("SELECT COUNT(*) FROM customer_number").await, 21);
    assert_eq!(world.count("SELECT COUNT(*) FROM aggregate WHERE subject LIKE 'customer/%'").await, 21);
    let (batches, entries) =
        (world.count("SELECT COUNT(*) FROM checkpoint").await, world.count("SELECT COUNT(*) FROM entry").await);
    assert!(batches < entries, "{entries} entries in {batches} commits: nothing was batched");
    assert_eq!(world.check().await.findings, []);
}

/// Polls all of them at once.
async fn join<T: Send + 'static>(futures: Vec<impl Future<Output = T> + Send>) -> Vec<T> {
    let mut pinned: Vec<_> = futures.into_iter().map(Box::pin).collect();
    let mut done: Vec<Option<T>> = pinned.iter().map(|_| None).collect();
    std::future::poll_fn(|context| {
        for (future, place) in pinned.iter_mut().zip(&mut done) {
            if place.is_none()
                && let std::task::Poll::Ready(value) = future.as_mut().poll(context)
            {
                *place = Some(value);
            }
        }
        if done.iter().all(Option::is_some) { std::task::Poll::Ready(()) } else { std::task::Poll::Pending }
    })
    .await;
    done.into_iter().flatten().collect()
}

async fn sent_again_it_gets_the_first_answer_also_after_a_restart(kind: Kind) {
    let world = World::on(kind).await;
    let good = world.sealed(teller(), 1, record("1"), details(), None);
    let bad = world.sealed(teller(), 2, record("1"), details(), None);
    let first = world.writer.act(good.clone()).await.unwrap();
    let refused = world.writer.act(bad.clone()).await.unwrap_err();
    assert_eq!(refused.code, ErrorCode::CustomerExists);
    let size = *world.writer.size().borrow();
    let world = world.restart(async |_| {}).await.unwrap();
    for _ in 0..2 {
        let answers = join(vec![world.writer.act(good.clone()), world.writer.act(bad.clone())]).await;
        assert_eq!(answers, [Ok(first.clone()), Err(refused.clone())]);
    }
    assert_eq!(*world.writer.size().borrow(), size, "a replay adds nothing");
    // Twice in one batch, too.
    let twice = world.sealed(teller(), 3, record("3"), details(), None);
    let answers = join(vec![world.writer.act(twice.clone()), world.writer.act(twice)]).await;
    assert!(answers[0].is_ok() && answers[0] == answers[1]);
    assert_eq!(*world.writer.size().borrow(), size + 1);
    assert_eq!(world.check().await.findings, []);
}

async fn an_id_is_good_for_one_command(kind: Kind) {
    let world = World::on(kind).await;
    let first = world.sealed(teller(), 1, record("1"), details(), None);
    world.writer.act(first.clone()).await.unwrap();
    let mut other = world.sealed(teller(), 2, record("2"), details(), None);
    other.id = first.id;
    assert_eq!(world.writer.act(other.clone()).await.unwrap_err().code, ErrorCode::CommandIdReused);
    // The id of an entry that came without an envelope: every terminal can read it in the feed.
    let imported = act(operator(), 3, record("3"), details());
    let stolen = imported.id;
    world.writer.act(imported).await.unwrap();
    other.id = stolen;
    assert_eq!(world.writer.act(other.clone()).await.unwrap_err().code, ErrorCode::CommandIdReused);
    // And one that is still waiting in the same batch.
    let imported = act(operator(), 4, record("4"), details());
    other.id = imported.id;
    let answers = join(vec![world.writer.act(imported), world.writer.act(other)]).await;
    assert_eq!(answers[1].as_ref().unwrap_err().code, ErrorCode::CommandIdReused);
    assert!(world.writer.act(act(operator(), 5, record("5"), details())).await.is_ok(), "the writer goes on");
    assert_eq!(world.check().await.findings, []);
}

async fn indexes_refuse_what_one_customer_cannot_see(kind: Kind) {
    let world = World::on(kind).await;
    for n in [1, 2] {
        world.writer.act(act(operator(), n, record(&n.to_string()), details())).await.unwrap();
    }
    world.writer.act(act(operator(), 1, contract("10000001", "ADMIN001"), None)).await.unwrap();
    for (number, user, code) in
        [("10000001", "ADMIN002", ErrorCode::ContractExists), ("10000002", "ADMIN001", ErrorCode::UserExists)]
    {
        let refused = world.writer.act(act(operator(), 2, contract(number, user), None)).await.unwrap_err();
        assert_eq!(refused.code, code);
    }
    // What was written before the second insert failed is gone again.
    assert_eq!(world.count("SELECT COUNT(*) FROM contract").await, 1);
    world.writer.act(act(operator(), 2, contract("10000002", "ADMIN002"), None)).await.unwrap();
    assert_eq!(world.check().await.findings, []);
}

async fn the_database_itself_refuses_a_second_successor_or_usable_certificate(kind: Kind) {
    let world = World::on(kind).await;
    world.right(1, "ADMIN001").await;
    let mut db = world.meddler().await;
    for (one, two) in [("authorised", "signed"), ("active", "suspended")] {
        let insert = "INSERT INTO certificate (certificate_id, granted_idx, user_id, customer_id, contract, device_label, state, deadline)
                      VALUES ($1, 0, 'DOUBLE01', 'c', 'n', '', $1, '2026-01-01')";
        query(insert).bind(one).execute(&mut db).await.unwrap();
        let error = query(insert).bind(two).execute(&mut db).await.unwrap_err();
        assert!(unique_violation(&error), "{one} and {two}");
    }
}

async fn a_key_serves_once_and_a_new_slip_ends_a_fetch_begun(kind: Kind) {
    let world = World::on(kind).await;
    let (one, two) = (world.right(1, "ADMIN001").await, world.right(2, "ADMIN002").await);
    // Nothing is recorded as signed that was not intended.
    let unintended = world.writer.act(world.fetch(1, one, SERIAL, &key(1))).await.unwrap_err();
    assert_eq!(unintended.code, ErrorCode::PickupDenied);
    world.intend(one, SERIAL, &key(1)).await;
    // Begun with the old code; then the slip is printed again.
    world.writer.act(world.print(1, one)).await.unwrap();
    let ended = world.writer.act(world.fetch(1, one, SERIAL, &key(1))).await.unwrap_err();
    assert_eq!(ended.code, ErrorCode::PickupDenied);
    let ended: (String, String) =
        query("SELECT serial, key_sha256 FROM ended_intent").fetch_one(&world.readers).await.unwrap();
    assert_eq!(
        ended,
        (SERIAL.parse::<Serial>().unwrap().as_str().to_owned(), key(1)),
        "what may be signed stays known"
    );
    // Begun again, it is recorded once.
    world.intend(one, OTHER, &key(1)).await;
    world.writer.act(world.fetch(1, one, OTHER, &key(1))).await.unwrap();
    let again = world.writer.act(world.fetch(1, one, OTHER, &key(1))).await.unwrap_err();
    assert_eq!(again.code, ErrorCode::PickupOtherKey);
    // The same key for another user ID never gets as far as an intent.
    assert!(world.intend(two, SERIAL, &key(1)).await.is_none());
    assert_eq!(world.check().await.findings, []);
}

async fn an_intent_rests_on_the_code_in_force(kind: Kind) {
    let world = World::on(kind).await;
    let (one, two) = (world.right(1, "ADMIN001").await, world.right(2, "ADMIN002").await);
    let (old, new) = ([1_u8; 32], [2_u8; 32]);
    // Its code was checked; then the slip is printed again.
    let mut print = world.print(1, one);
    print.asides = vec![Aside::PickupCode { certificate: one, hmac: new.to_vec() }];
    world.writer.act(print).await.unwrap();
    // In one batch, which answers each in its order.
    let answers = join(vec![
        world.writer.intend(asked(one, SERIAL, &key(1), Some(&old))),
        world.writer.intend(asked(two, OTHER, &key(2), Some(&old))),
        world.writer.intend(asked(one, SERIAL, &key(1), None)),
    ])
    .await;
    let codes: Vec<_> = answers.iter().map(|answer| answer.as_ref().err().map(|refusal| refusal.code)).collect();
    assert_eq!(codes, [Some(ErrorCode::PickupDenied), None, Some(ErrorCode::PickupDenied)]);
    assert_eq!(world.count("SELECT COUNT(*) FROM signing_intent").await, 1);
    assert_eq!(world.count("SELECT COUNT(*) FROM ended_intent").await, 0);
    // With the new code it begins, and again it is the first one; the old code does not even lead to that.
    let first = world.writer.intend(asked(one, SERIAL, &key(1), Some(&new))).await.unwrap();
    let third = &SERIAL.replace('6', "5");
    let again = world.writer.intend(asked(one, third, &key(1), Some(&new))).await.unwrap();
    let stale = world.writer.intend(asked(one, third, &key(1), Some(&old))).await.unwrap_err();
    assert_eq!((first.serial, stale.code), (again.serial, ErrorCode::PickupDenied));
    let reused = world.writer.intend(asked(one, third, &key(2), Some(&new))).await.unwrap();
    assert_eq!(reused.key_sha256, key(1), "the first stays");
    world.writer.act(world.fetch(1, one, SERIAL, &key(1))).await.unwrap();
    assert_eq!(world.check().await.findings, []);
}

async fn a_stale_screen_is_told_who_was_faster_and_strangers_are_not(kind: Kind) {
    let world = World::on(kind).await;
    let right = world.right(1, "ADMIN001").await;
    let print = CustomerCommand::PrintSlip { certificate: right };
    let stale = world.sealed(teller(), 1, print.clone(), None, Some(1));
    let refused = world.writer.act(stale).await.unwrap_err();
    assert_eq!(refused.code, ErrorCode::VersionConflict);
    assert_eq!((refused.args["expected"].as_str(), refused.args["by"].as_str()), ("1", "T1001"));
    let foreign = world.sealed(staff("T3001", Role::Teller, "012"), 1, print, None, Some(1));
    assert_eq!(world.writer.act(foreign).await.unwrap_err().code, ErrorCode::BranchNotPermitted);
}

async fn a_refusal_after_authentication_is_an_entry_and_changes_no_state(kind: Kind) {
    let world = World::on(kind).await;
    let version = world.count("SELECT version FROM aggregate WHERE subject LIKE 'terminal/%'").await;
    let approve = CustomerCommand::ApproveApplication { application: domain::id::ApplicationId(uuid::Uuid::nil()) };
    let command = world.sealed(teller(), 1, approve, None, None);
    let id = command.id;
    world.writer.act(command).await.unwrap_err();
    let claimed = CommandId(uuid::Uuid::from_u128(9));
    let (kind, code) = ("print_slip".to_owned(), ErrorCode::SessionMismatch);
    world.writer.refused(Refused { command: claimed, actor: teller(), kind, code, sealed: None }).await.unwrap();
    let rows: Vec<(Vec<u8>,)> =
        query("SELECT bytes FROM entry ORDER BY idx DESC LIMIT 2").fetch_all(&world.readers).await.unwrap();
    let entries: Vec<Entry> = rows.iter().map(|(bytes,)| Entry::from_bytes(bytes).unwrap()).collect();
    for (entry, command, code) in [(&entries[0], claimed, code), (&entries[1], id, ErrorCode::RoleNotPermitted)] {
        let [Event::Access(AccessEvent::Refused { command: of, code: why, .. })] = entry.events.as_slice() else {
            unreachable!("{entry:?}")
        };
        assert_eq!((*of, *why, entry.branch.as_ref().unwrap().as_str()), (command, code, "011"));
    }
    assert_eq!(world.count("SELECT version FROM aggregate WHERE subject LIKE 'terminal/%'").await, version);
    assert_eq!(world.check().await.findings, []);
}

async fn time_in_the_log_never_goes_back(kind: Kind) {
    let world = World::on(kind).await;
    world.clock.advance(Duration::hours(1));
    let first = world.writer.act(act(operator(), 1, record("1"), details())).await.unwrap();
    world.clock.advance(Duration::hours(-2));
    let second = world.writer.act(act(operator(), 2, record("2"), details())).await.unwrap();
    let world = world.restart(async |_| {}).await.unwrap();
    let third = world.writer.act(act(operator(), 3, record("3"), details())).await.unwrap();
    assert_eq!((first.at, first.at), (second.at, third.at));
    assert_eq!(world.check().await.findings, []);
}

#[tokio::test]
async fn a_second_process_is_kept_out() {
    let world = World::new().await;
    let error = open(&world.place).await.err().unwrap();
    assert!(error.to_string().contains("stop it first"), "{error}");
    let path = world.dir.path().join("central.sqlite");
    let _again = world.restart(async |_| {}).await.unwrap();
    assert!(path.exists());
}

async fn it_does_not_start_on_a_log_that_was_meddled_with(kind: Kind) {
    for what in [
        "UPDATE entry SET leaf = zeroblob(32) WHERE idx = 0",
        "UPDATE entry SET bytes = CAST(REPLACE(CAST(bytes AS TEXT), '\"epoch\":0', '\"epoch\":1') AS BLOB) WHERE idx = (SELECT MAX(idx) FROM entry)",
        "DELETE FROM entry WHERE idx = (SELECT MAX(idx) FROM entry)",
        "DELETE FROM entry WHERE idx = 1",
        "DELETE FROM checkpoint",
        "DELETE FROM checkpoint WHERE size = (SELECT MAX(size) FROM checkpoint)",
        "UPDATE checkpoint SET note = REPLACE(note, 'mihon', 'nihon')",
        "UPDATE checkpoint SET frontier = zeroblob(40) WHERE size = (SELECT MAX(size) FROM checkpoint)",
    ] {
        let world = World::on(kind).await;
        world.writer.act(act(operator(), 1, record("1"), details())).await.unwrap();
        let started = world
            .restart(async |place| {
                assert!(meddle(&place, what).await > 0, "{what}");
            })
            .await;
        assert!(started.is_err(), "{what}");
    }
}

#[tokio::test]
async fn a_batch_cut_off_by_a_crash_leaves_nothing() {
    let world = World::new().await;
    world.writer.act(act(operator(), 1, record("1"), details())).await.unwrap();
    let size = *world.writer.size().borrow();
    // A half-written batch so large that its pages stand in the write-ahead log, uncommitted; then the machine stops.
    let mut half = world.meddler().await;
    let wal = world.dir.path().join("central.sqlite-wal");
    let before = std::fs::metadata(&wal).unwrap().len();
    query("PRAGMA cache_size = 1").execute(&mut half).await.unwrap();
    query("BEGIN IMMEDIATE").execute(&mut half).await.unwrap();
    for n in 0..100 {
        query("INSERT INTO entry (idx, id, subject, bytes, leaf) VALUES ($1, $1, 'x', zeroblob(4000), x'00')")
            .bind(i64::try_from(size).unwrap() + n)
            .execute(&mut half)
            .await
            .unwrap();
    }
    assert!(std::fs::metadata(&wal).unwrap().len() > before + 100_000, "nothing of it was on disk");
    let copy = tempfile::tempdir().unwrap();
    for name in ["central.sqlite", "central.sqlite-wal"] {
        std::fs::copy(world.dir.path().join(name), copy.path().join(name)).unwrap();
    }
    let mut database = open(&Place::Sqlite(copy.path().join("central.sqlite"))).await.unwrap();
    let (frontier, _) = head::head(&mut database.writer, &world.verifier(), &Default::default()).await.unwrap();
    assert_eq!(frontier.size(), size);
}

async fn sessions_and_tries_are_swept_outside_the_log(kind: Kind) {
    let world = World::on(kind).await;
    let session = |n: u128, expires_ms| Aside::Session {
        session: domain::id::SessionId(uuid::Uuid::from_u128(n)),
        token_sha256: n.to_string(),
        staff: "T1001".parse().unwrap(),
        terminal: domain::id::TerminalId(uuid::Uuid::nil()),
        expires_ms,
    };
    for (n, expires_ms) in [(1, 10), (2, 20)] {
        world.writer.aside(session(n, expires_ms)).await.unwrap();
    }
    let size = *world.writer.size().borrow();
    assert!(read::sessions_over(&world.readers, 15).await.unwrap());
    world.writer.aside(Aside::Sweep { expired_before_ms: 15 }).await.unwrap();
    assert!(!read::sessions_over(&world.readers, 15).await.unwrap());
    assert!(read::session(&world.readers, "2").await.unwrap().is_some());
    assert_eq!(*world.writer.size().borrow(), size);
}

async fn nothing_secret_is_in_an_entry(kind: Kind) {
    let world = World::on(kind).await;
    let right = world.right(1, "ADMIN001").await;
    let secret = [0x5a; 32];
    let mut print = world.print(1, right);
    print.asides = vec![Aside::PickupCode { certificate: right, hmac: secret.to_vec() }];
    world.writer.act(print).await.unwrap();
    let rows: Vec<(Vec<u8>,)> = query("SELECT bytes FROM entry").fetch_all(&world.readers).await.unwrap();
    for (bytes,) in rows {
        let text = String::from_utf8(bytes).unwrap();
        assert!(!text.contains("hmac") && !text.contains("株式会社"), "{text}");
    }
    assert!(!format!("{:?}", world.print(1, right)).contains("90, 90"));
}

async fn the_last_actor_of_a_batch_is_known_before_it_is_written(kind: Kind) {
    let world = World::on(kind).await;
    world.writer.act(act(operator(), 1, record("1"), details())).await.unwrap();
    let withdraw = CustomerCommand::WithdrawApplication { application: domain::id::ApplicationId(uuid::Uuid::nil()) };
    let stale = |world: &World| -> Act { world.sealed(teller(), 1, withdraw.clone(), None, Some(1)) };
    let acts = vec![
        world.writer.act(act(operator(), 1, contract("10000001", "ADMIN001"), None)),
        world.writer.act(stale(&world)),
    ];
    let answers = join(acts).await;
    assert!(answers[0].is_ok());
    let refused = answers[1].as_ref().unwrap_err();
    assert_eq!((refused.code, refused.args["by"].as_str()), (ErrorCode::VersionConflict, "センター"));
}

async fn one_fetch_refused_by_an_index_does_not_spoil_the_others_of_its_group(kind: Kind) {
    let world = World::on(kind).await;
    let mut acts = Vec::new();
    for n in 1..=6_u128 {
        let certificate = world.right(n, &format!("USER000{n}")).await;
        let serial = format!("00112233445566778899001122334{n:05}");
        // Of the third nobody ever said that it would be signed.
        if n != 3 {
            world.intend(certificate, &serial, &key(n as u8)).await.unwrap();
        }
        acts.push(world.fetch(n, certificate, &serial, &key(n as u8)));
    }
    let before = world.count("SELECT COUNT(*) FROM checkpoint").await;
    let answers = join(acts.into_iter().map(|act| world.writer.act(act)).collect()).await;
    let codes: Vec<_> = answers.iter().map(|answer| answer.as_ref().err().map(|refusal| refusal.code)).collect();
    assert_eq!(codes, [None, None, Some(ErrorCode::PickupDenied), None, None, None]);
    assert_eq!(world.count("SELECT COUNT(*) FROM certificate WHERE state = 'signed'").await, 5);
    // Each was taken alone, but for those that came before the third on a busy machine.
    let commits = world.count("SELECT COUNT(*) FROM checkpoint").await - before;
    assert!((3..=5).contains(&commits), "{commits}");
    assert_eq!(world.check().await.findings, []);
}

async fn a_branch_reads_its_own_entries_and_of_others_the_leaves(kind: Kind) {
    let world = World::on(kind).await;
    for n in 1..=40_u128 {
        world.writer.act(act(operator(), n, record(&n.to_string()), details())).await.unwrap();
    }
    let size = *world.writer.size().borrow();
    // Every third of another branch, one of them read by the branch that was left as well; some without what was beside them.
    meddle(&world.place, "UPDATE entry SET branch = '012' WHERE idx % 3 = 0 AND branch IS NOT NULL").await;
    meddle(&world.place, "UPDATE entry SET also = '011' WHERE idx = 30").await;
    meddle(&world.place, "DELETE FROM attachment WHERE entry_id IN (SELECT id FROM entry WHERE idx % 5 = 0)").await;
    type Row = (i64, Option<String>, Option<String>, Vec<u8>, Vec<u8>, Option<Vec<u8>>);
    let rows: Vec<Row> = query(
        "SELECT e.idx, e.branch, e.also, e.leaf, e.bytes, a.bytes
         FROM entry e LEFT JOIN attachment a ON a.entry_id = e.id ORDER BY e.idx",
    )
    .fetch_all(&world.readers)
    .await
    .unwrap();
    for (from, to) in [(0, size), (7, 29), (30, 31), (size - 1, size), (5, 5)] {
        for asks in [Some("011"), Some("012"), Some("099"), None] {
            let mine = |branch: &Option<String>, also: &Option<String>| {
                asks.is_none_or(|asks| branch.as_deref().is_none_or(|of| of == asks) || also.as_deref() == Some(asks))
            };
            let expected: Vec<FeedLeaf> = rows
                .iter()
                .filter(|(index, ..)| (from..to).contains(&u64::try_from(*index).unwrap()))
                .map(|(_, branch, also, leaf, bytes, beside)| match mine(branch, also) {
                    true => FeedLeaf::Entry { e: bytes.clone().into(), a: beside.clone().map(Into::into) },
                    false => FeedLeaf::Hash { h: leaf.clone().into() },
                })
                .collect();
            let octets: usize = expected
                .iter()
                .map(|leaf| match leaf {
                    FeedLeaf::Entry { e, .. } => e.0.len(),
                    FeedLeaf::Hash { h } => h.0.len(),
                })
                .sum();
            assert_eq!(span::leaves(&world.readers, from, to, asks).await.unwrap(), expected, "{from} {to} {asks:?}");
            assert_eq!(span::octets(&world.readers, from, to, asks).await.unwrap(), octets as i64);
        }
    }
    // One that is missing is not passed over.
    meddle(&world.place, "DELETE FROM entry WHERE idx = 21").await;
    for asks in [Some("011"), Some("012"), None] {
        assert!(span::leaves(&world.readers, 20, 25, asks).await.is_err(), "{asks:?}");
    }
}

on_both!(
    a_branch_reads_its_own_entries_and_of_others_the_leaves,
    one_refused_act_does_not_spoil_a_batch,
    sent_again_it_gets_the_first_answer_also_after_a_restart,
    an_id_is_good_for_one_command,
    indexes_refuse_what_one_customer_cannot_see,
    the_database_itself_refuses_a_second_successor_or_usable_certificate,
    a_key_serves_once_and_a_new_slip_ends_a_fetch_begun,
    an_intent_rests_on_the_code_in_force,
    a_stale_screen_is_told_who_was_faster_and_strangers_are_not,
    a_refusal_after_authentication_is_an_entry_and_changes_no_state,
    time_in_the_log_never_goes_back,
    it_does_not_start_on_a_log_that_was_meddled_with,
    sessions_and_tries_are_swept_outside_the_log,
    nothing_secret_is_in_an_entry,
    the_last_actor_of_a_batch_is_known_before_it_is_written,
    one_fetch_refused_by_an_index_does_not_spoil_the_others_of_its_group,
);
