//! Two instances in one process, on one server.
#![allow(clippy::unwrap_used, clippy::indexing_slicing, clippy::expect_used, reason = "tests")]

use std::collections::BTreeMap;
use std::sync::Arc;
use std::time::{Duration, Instant};

use domain::customer::{CustomerCommand, IncidentCause, StopScope};
use domain::id::IncidentId;
use domain::{Actor, ErrorCode};
use tokio::sync::{mpsc, oneshot};
use tokio::task::JoinHandle;

use super::super::act::{Act, Refused};
use super::super::db::{Connection, Place, Readers, Server, query};
use super::super::job::{Done, Job, Reply, Work};
use super::super::standing::SerialOctets;
use super::super::writer::{Fault, Writer, start as start_writer};
use super::super::{open, rows};
use super::courier::{Courier, WITHDRAWN};
use super::lock;
use super::stamp::{Handed, Stamp};
use crate::cluster::Cluster;
use crate::testing::{Kind, World, act, asked, details, holder, operator, record, teller};

/// One more instance on a world's database.
struct Other {
    writer: Writer,
    readers: Readers,
    task: JoinHandle<Result<(), Fault>>,
}

async fn beside(world: &World) -> Other {
    let database = open(&world.place).await.unwrap();
    let (writer, readers, task) =
        start_writer(database, world.setting(), world.signer(), world.clock.clone()).await.unwrap();
    Other { writer, readers, task }
}

impl Other {
    async fn close(self) {
        drop(self.writer);
        self.readers.close().await;
        self.task.await.unwrap().unwrap();
    }
}

async fn until(what: &str, so: impl AsyncFn() -> bool) -> Duration {
    let begun = Instant::now();
    while !so().await {
        assert!(begun.elapsed() < Duration::from_secs(20), "never: {what}");
        tokio::time::sleep(Duration::from_millis(1)).await;
    }
    begun.elapsed()
}

fn serial(n: u128) -> String {
    format!("00112233445566778899001122{n:08}")
}

/// A certificate in use.
async fn active(world: &World, n: u128, user: &str) {
    let certificate = world.right(n, user).await;
    let key = format!("{n:064x}");
    world.intend(certificate, &serial(n), &key).await.unwrap();
    world.writer.act(world.fetch(n, certificate, &serial(n), &key)).await.unwrap();
    world.writer.act(act(holder(), n, CustomerCommand::ConfirmCertificate { certificate }, None)).await.unwrap();
}

fn stop(world: &World, n: u128, user: &str) -> Act {
    let report = CustomerCommand::SuspendCertificates {
        incident: IncidentId(uuid::Uuid::now_v7()),
        cause: IncidentCause::Lost,
        scope: StopScope::User { user: user.parse().unwrap() },
    };
    world.sealed(teller(), n, report, None, None)
}

async fn stopped(writer: &Writer, readers: &Readers, n: u128) -> bool {
    let octets = SerialOctets::of(&serial(n).parse().unwrap()).unwrap();
    let (standing, _) = writer.standings().standing(readers, &octets).await.unwrap();
    matches!(standing, super::super::standing::Standing::Stopped(_))
}

#[tokio::test(flavor = "multi_thread")]
async fn an_intent_that_is_handed_over_takes_its_code_along() {
    let world = World::on(Kind::Postgres).await;
    let certificate = world.right(1, "ADMIN001").await;
    let other = beside(&world).await;
    let ask = |n, code: u8| other.writer.intend(asked(certificate, &serial(n), &"1".repeat(64), Some(&[code; 32])));
    let denied = ask(1, 2).await.unwrap_err();
    assert_eq!(denied.code, ErrorCode::PickupDenied);
    assert_eq!(world.count("SELECT COUNT(*) FROM signing_intent").await, 0);
    let first = ask(1, 1).await.unwrap();
    let again = ask(2, 1).await.unwrap();
    assert_eq!(again.serial, first.serial);
    other.close().await;
}

/// The session that holds the lock ends, as if its line was cut.
async fn cut(place: &Place) -> i64 {
    let mut db = place.writer().await.unwrap();
    let ended: Vec<(bool,)> = query(
        "SELECT pg_terminate_backend(pid) FROM pg_locks WHERE locktype = 'advisory' AND granted
               AND database = (SELECT oid FROM pg_database WHERE datname = current_database())",
    )
    .fetch_all(&mut db)
    .await
    .unwrap();
    db.close().await.unwrap();
    rows::int(ended.len() as u64)
}

#[tokio::test(flavor = "multi_thread")]
async fn what_is_asked_of_the_other_instance_is_done_once_and_answered_alike() {
    let world = World::on(Kind::Postgres).await;
    let other = beside(&world).await;
    assert!(*world.writer.leads().borrow() && !*other.writer.leads().borrow());
    let sealed = world.sealed(teller(), 1, record("1"), details(), None);
    let (here, there) = tokio::join!(world.writer.act(sealed.clone()), other.writer.act(sealed.clone()));
    assert_eq!(here, there);
    assert_eq!(other.writer.act(sealed).await, here, "the first answer");
    let twice = world.sealed(teller(), 2, record("1"), details(), None);
    let refused = other.writer.act(twice).await.unwrap_err();
    assert_eq!(refused.code, ErrorCode::CustomerExists);
    other.writer.act(act(operator(), 3, record("3"), details())).await.unwrap();
    // The one that was asked hears of the commit with it, the one that wrote counts it a moment later.
    until("both know of it", async || *other.writer.size().borrow() == *world.writer.size().borrow()).await;
    assert_eq!(world.count("SELECT COUNT(*) FROM handover").await, 0, "nothing is left lying");
    let numbers = tokio::join!(world.writer.crl_number(5), other.writer.crl_number(5));
    let mut numbers = [numbers.0.unwrap(), numbers.1.unwrap()];
    numbers.sort_unstable();
    assert_eq!(numbers, [5, 6]);
    other.close().await;
    assert_eq!(world.check().await.findings, []);
}

/// Asked of an instance that does not write, a recovery that can't end yet is refused there at once, and the writer goes on.
#[tokio::test(flavor = "multi_thread")]
async fn a_recovery_that_is_refused_is_answered_where_it_was_asked() {
    let before = World::on(Kind::Postgres).await;
    before.writer.act(act(operator(), 1, record("1"), details())).await.unwrap();
    let backup = before.backup().await;
    let world = before.restored(&backup, before.dir.path()).await.unwrap();
    let other = beside(&world).await;
    assert!(!*other.writer.leads().borrow());
    let job = Actor::System { job: "recovery".into() };
    let asked = tokio::time::timeout(Duration::from_secs(5), other.writer.recover(job, None)).await;
    assert_eq!(asked.expect("an answer").unwrap_err().code, ErrorCode::Recovering);
    other.writer.recover(operator(), Some("nobody holds it".into())).await.unwrap();
    other.writer.act(act(operator(), 2, record("2"), details())).await.unwrap();
    other.close().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn both_tell_relying_parties_the_same_and_the_one_that_was_asked_at_once() {
    let world = World::on(Kind::Postgres).await;
    let other = beside(&world).await;
    let mut lags = Vec::new();
    for n in 1..=40 {
        let user = format!("LAG{n:05}");
        active(&world, n, &user).await;
        let before = (n - 1) as usize;
        until("good at both", async || {
            !stopped(&world.writer, &world.readers, n).await
                && !stopped(&other.writer, &other.readers, n).await
                && other.writer.standings().list().0.len() == before
        })
        .await;
        let report = stop(&world, n, &user);
        if n % 2 == 0 {
            // Asked of the one that does not write: it is heard there before it is answered.
            other.writer.act(report).await.unwrap();
            let listed = other.writer.standings().list().0.len();
            assert_eq!(listed as u128, n, "told \"stopped\", and still good");
        } else {
            world.writer.act(report).await.unwrap();
            assert_eq!(world.writer.standings().list().0.len() as u128, n);
            lags.push(until("heard of", async || other.writer.standings().list().0.len() as u128 == n).await);
        }
        let both = [(&world.writer, &world.readers), (&other.writer, &other.readers)];
        // The one that was asked, at once; then the one that heard of it.
        let (asked, heard) = (both[usize::from(n % 2 == 0)], both[usize::from(n % 2 != 0)]);
        assert!(stopped(asked.0, asked.1, n).await);
        until("stopped at both", async || stopped(heard.0, heard.1, n).await).await;
    }
    lags.sort_unstable();
    #[allow(clippy::print_stdout, reason = "what was measured")]
    {
        println!("heard at the other instance: median {:?}, at most {:?}", lags[lags.len() / 2], lags[lags.len() - 1]);
    }
    assert!(lags[lags.len() - 1] < Duration::from_secs(1), "{lags:?}");
    other.close().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn the_other_instance_takes_over_when_the_line_of_the_writer_is_cut_or_it_goes() {
    let world = World::on(Kind::Postgres).await;
    let other = beside(&world).await;
    let mut acknowledged = BTreeMap::new();
    for n in 1..=20_u128 {
        // Acts under way at both while it is cut: each ends well, once.
        let writers = [world.writer.clone(), other.writer.clone()];
        let acts: Vec<_> = (0..10_u128)
            .map(|m| {
                let (number, writer) = (n * 100 + m, writers[(m % 2) as usize].clone());
                tokio::spawn(async move {
                    let one = act(operator(), number, record(&number.to_string()), details());
                    (one.id.to_string(), writer.act(one).await)
                })
            })
            .collect();
        // One of them holds the lock, or is about to take it again.
        until("somebody writes", async || cut(&world.place).await == 1).await;
        for task in acts {
            let (id, answer) = task.await.unwrap();
            acknowledged.insert(id, rows::int(answer.unwrap().index));
        }
    }
    assert_eq!(world.count("SELECT COUNT(*) FROM aggregate WHERE subject LIKE 'customer/%'").await, 200);
    let log: Vec<(String, i64)> = query("SELECT id, idx FROM entry").fetch_all(&world.readers).await.unwrap();
    let log: BTreeMap<String, i64> = log.into_iter().filter(|(id, _)| acknowledged.contains_key(id)).collect();
    assert_eq!(log, acknowledged);
    assert_eq!(world.check().await.findings, []);
    // Gone for good: whoever is left writes.
    let takes_over = async |_| {
        until("the other leads", async || *other.writer.leads().borrow()).await;
    };
    let world = world.restart(takes_over).await.unwrap();
    other.writer.act(act(operator(), 9, record("9"), details())).await.unwrap();
    world.writer.act(act(operator(), 10, record("10"), details())).await.unwrap();
    // The server may cut the other's line only now, and this one be first to take the lock.
    until("one of them writes alone", async || *other.writer.leads().borrow() != *world.writer.leads().borrow()).await;
    other.close().await;
    until("this one leads", async || *world.writer.leads().borrow()).await;
    world.writer.act(act(operator(), 11, record("11"), details())).await.unwrap();
    assert_eq!(world.check().await.findings, []);
}

#[tokio::test(flavor = "multi_thread")]
async fn what_passes_by_itself_is_recorded_where_it_is_written() {
    let world = World::on(Kind::Postgres).await;
    world.right(1, "ADMIN001").await;
    world.clock.advance(chrono::Duration::days(100));
    let other = beside(&world).await;
    let (writer, readers, clock) = (other.writer.clone(), other.readers.clone(), world.clock.clone());
    let job = tokio::spawn(crate::jobs::run(writer, readers, clock));
    let lapsed = "SELECT COUNT(*) FROM certificate WHERE state = 'lapsed'";
    // The first look would come at once, and be over long before twenty acts are.
    for n in 2..22 {
        other.writer.act(act(operator(), n, record(&n.to_string()), details())).await.unwrap();
    }
    assert_eq!(world.count(lapsed).await, 0, "another one writes");
    let takes_over = async |_| {
        until("the other leads", async || *other.writer.leads().borrow()).await;
    };
    let world = world.restart(takes_over).await.unwrap();
    until("recorded", async || world.count(lapsed).await == 1).await;
    job.abort();
    let _ = job.await;
    other.close().await;
    assert_eq!(world.check().await.findings, []);
}

#[tokio::test(flavor = "multi_thread")]
async fn nothing_of_a_writer_that_was_deposed_is_committed() {
    let place = Kind::Postgres.place(&tempfile::tempdir().unwrap());
    place.writer().await.unwrap().close().await.unwrap();
    let verifier = tlog::CheckpointSigner::generate("madoguchi/mihon").unwrap().verifier();
    let institution = "mihon".parse().unwrap();
    let mut deposed = lock::try_take(&place, &verifier, &institution).await.unwrap().unwrap();
    assert!(lock::try_take(&place, &verifier, &institution).await.unwrap().is_none(), "one at a time");
    deposed.db.begin().await.unwrap();
    let write = async |db: &mut Connection| {
        query("INSERT INTO attachment (entry_id, bytes) VALUES ('x', $1)").bind(vec![1_u8]).execute(db).await
    };
    write(&mut deposed.db).await.unwrap();
    assert_eq!(cut(&place).await, 1);
    let mut next = lock::take(&place, &verifier, &institution).await.unwrap();
    // It does not know yet, and commits.
    assert!(deposed.db.commit().await.is_err());
    assert!(write(&mut deposed.db).await.is_err());
    write(&mut next.db).await.unwrap();
}

#[tokio::test(flavor = "multi_thread")]
async fn while_nothing_is_heard_nobody_is_told_that_a_certificate_is_good() {
    let mut cluster = Cluster::start();
    let place = Place::Postgres(Server::new(&cluster.database(), None, 4).unwrap());
    let world = World::at(place).await;
    active(&world, 1, "ADMIN001").await;
    let other = beside(&world).await;
    assert!(world.writer.standings().fresh() && other.writer.standings().fresh());
    cluster.kill();
    let deaf = until("deaf", async || !world.writer.standings().fresh() && !other.writer.standings().fresh()).await;
    assert!(deaf < Duration::from_secs(4), "{deaf:?}");
    // Asked meanwhile, it waits, and is done once the server is back.
    let waiting = [&world.writer, &other.writer].map(|writer| {
        let writer = writer.clone();
        tokio::spawn(async move { writer.act(act(operator(), 7, record("7"), details())).await })
    });
    cluster.run();
    let mut answers = Vec::new();
    for task in waiting {
        answers.push(task.await.unwrap());
    }
    assert_eq!(answers.iter().filter(|answer| answer.is_ok()).count(), 1, "{answers:?}");
    let refused = answers.iter().find_map(|answer| answer.as_ref().err()).unwrap();
    assert_eq!(refused.code, ErrorCode::CustomerExists);
    until("heard again", async || world.writer.standings().fresh() && other.writer.standings().fresh()).await;
    world.writer.act(stop(&world, 1, "ADMIN001")).await.unwrap();
    until("stopped at both", async || {
        stopped(&world.writer, &world.readers, 1).await && stopped(&other.writer, &other.readers, 1).await
    })
    .await;
    other.close().await;
    assert_eq!(world.check().await.findings, []);
}

/// What another instance puts down.
async fn put_down(world: &World, db: &mut Connection, id: &str, work: &Work, again: bool) {
    let (work, at_ms) = (serde_json::to_string(work).unwrap(), world.clock.now_ms());
    let mac = world.setting().stamp.work(&Handed { id, instance: "other", again, at_ms, work: &work });
    put(db, id, again, at_ms, &work, mac).await;
}

async fn put(db: &mut Connection, id: &str, again: bool, at_ms: i64, work: &str, mac: Vec<u8>) {
    query("INSERT INTO handover (id, instance, again, at_ms, work, mac) VALUES ($1, 'other', $2, $3, $4, $5)")
        .bind(id)
        .bind(again)
        .bind(at_ms)
        .bind(work)
        .bind(mac)
        .execute(db)
        .await
        .unwrap();
}

/// An act of nobody's asking: the operator records a customer.
fn recorded(n: u128) -> Work {
    Work::Act(Box::new(act(operator(), n, record(&n.to_string()), details())))
}

#[tokio::test(flavor = "multi_thread")]
async fn whoever_has_the_database_and_no_key_can_ask_for_nothing() {
    let world = World::on(Kind::Postgres).await;
    let mut db = world.meddler().await;
    let customers = "SELECT COUNT(*) FROM aggregate WHERE subject LIKE 'customer/%'";
    let (now, stamp) = (world.clock.now_ms(), world.setting().stamp);
    let work = serde_json::to_string(&recorded(5)).unwrap();
    let good = stamp.work(&Handed { id: "a", instance: "other", again: false, at_ms: now, work: &work });
    let other = serde_json::to_string(&recorded(6)).unwrap();
    let strange =
        Stamp::new(&[8; 32]).work(&Handed { id: "d", instance: "other", again: false, at_ms: now, work: &work });
    // Another act under a stamp that was seen, the same as another row, with another key, and an old one.
    put(&mut db, "a", false, now, &other, good.clone()).await;
    put(&mut db, "b", false, now, &work, good.clone()).await;
    put(&mut db, "d", false, now, &work, strange).await;
    let old = stamp.work(&Handed { id: "e", instance: "other", again: false, at_ms: now - 600_000, work: &work });
    put(&mut db, "e", false, now - 600_000, &work, old).await;
    // The last one is an instance's: when it is done, the others were passed over.
    put_down(&world, &mut db, "f", &recorded(7), false).await;
    let done = "SELECT COUNT(*) FROM handover WHERE answer IS NOT NULL";
    until("done", async || world.count(done).await == 1).await;
    assert_eq!(world.count(customers).await, 1);
    // An answer that nobody with the key gave is no answer.
    let asking = beside(&world).await;
    query("CREATE FUNCTION lie() RETURNS trigger LANGUAGE plpgsql AS
           $$ BEGIN NEW.answer := '{\"Act\":{\"Ok\":{\"index\":1,\"version\":1,\"at\":\"2026-11-24T01:00:00Z\"}}}'; NEW.size := 1; RETURN NEW; END $$")
        .execute(&mut db)
        .await
        .unwrap();
    query("CREATE TRIGGER lie BEFORE INSERT ON handover FOR EACH ROW EXECUTE FUNCTION lie()")
        .execute(&mut db)
        .await
        .unwrap();
    let answer =
        tokio::time::timeout(Duration::from_secs(2), asking.writer.act(act(operator(), 8, record("8"), details())));
    assert!(answer.await.is_err(), "believed");
    db.close().await.unwrap();
    assert_eq!(world.check().await.findings, []);
}

#[tokio::test(flavor = "multi_thread")]
async fn what_was_under_way_when_a_line_was_lost_is_found_done() {
    let world = World::on(Kind::Postgres).await;
    let one = act(operator(), 3, record("3"), details());
    let first = world.writer.act(one.clone()).await.unwrap();
    let refused = Refused {
        command: one.id,
        actor: teller(),
        kind: "print_slip".to_owned(),
        code: ErrorCode::SessionMismatch,
        sealed: None,
    };
    let trace = Work::Refused(domain::id::CommandId(uuid::Uuid::now_v7()), Box::new(refused));
    let act = Work::Act(Box::new(one));
    let mut db = world.meddler().await;
    let handed_over = [("a", &act, true), ("b", &act, false), ("c", &trace, false), ("d", &trace, true)];
    for (id, work, again) in handed_over {
        put_down(&world, &mut db, id, work, again).await;
        let done = "SELECT COUNT(*) FROM handover WHERE answer IS NULL";
        until("done", async || world.count(done).await == 0).await;
    }
    let answers: Vec<(String,)> = query("SELECT answer FROM handover ORDER BY id").fetch_all(&mut db).await.unwrap();
    let answers: Vec<Done> = answers.iter().map(|(answer,)| serde_json::from_str(answer).unwrap()).collect();
    assert!(matches!(&answers[0], Done::Act(Ok(again)) if *again == first), "{answers:?}");
    // Asked as something new, the rules refuse what is there already.
    assert!(matches!(&answers[1], Done::Act(Err(no)) if no.code == ErrorCode::CustomerExists), "{answers:?}");
    assert_eq!(world.count("SELECT COUNT(*) FROM entry WHERE subject LIKE 'access/%'").await, 1, "one trace");
    db.close().await.unwrap();
    assert_eq!(world.check().await.findings, []);
}

#[tokio::test(flavor = "multi_thread")]
async fn what_waited_too_long_for_the_server_is_not_done_when_it_is_back() {
    let mut cluster = Cluster::start();
    let place = Place::Postgres(Server::new(&cluster.database(), None, 4).unwrap());
    let world = World::at(place).await;
    let (over, bag) = mpsc::channel(4);
    let courier = Courier {
        place: world.place.clone(),
        instance: "courier".to_owned(),
        answered: Arc::default(),
        size: world.writer.size(),
        standings: Arc::default(),
        stamp: world.setting().stamp,
        clock: world.clock.clone(),
    };
    cluster.kill();
    let running = tokio::spawn(courier.run(bag));
    let mut waiting = Vec::new();
    for (n, since) in [(1, WITHDRAWN + Duration::from_secs(1)), (2, Duration::ZERO)] {
        let (reply, answer) = oneshot::channel();
        let asked = tokio::time::Instant::now() - since;
        over.send(Job { work: recorded(n), reply: Reply::Here(reply), asked, again: true }).await.ok().unwrap();
        waiting.push(answer);
    }
    let new = waiting.pop().unwrap();
    assert!(waiting.pop().unwrap().await.is_err(), "nothing is known, and it is not tried again");
    cluster.run();
    assert!(matches!(new.await.unwrap(), Done::Act(Ok(_))));
    assert_eq!(world.count("SELECT COUNT(*) FROM aggregate WHERE subject LIKE 'customer/%'").await, 1);
    drop(over);
    running.await.unwrap();
}

#[tokio::test(flavor = "multi_thread")]
async fn what_an_instance_left_behind_is_neither_done_late_nor_kept() {
    let world = World::on(Kind::Postgres).await;
    let mut db = world.meddler().await;
    // Nobody takes them while they are made old.
    db.begin().await.unwrap();
    for (id, age) in [("a", "31 seconds"), ("b", "6 minutes")] {
        put_down(&world, &mut db, id, &recorded(5), false).await;
        query("UPDATE handover SET made_at = now() - CAST(CAST($2 AS TEXT) AS INTERVAL) WHERE id = $1")
            .bind(id)
            .bind(age)
            .execute(&mut db)
            .await
            .unwrap();
    }
    db.commit().await.unwrap();
    let (stamp, now_ms) = (world.setting().stamp, world.clock.now_ms());
    assert!(super::handed_over(&mut db, &stamp, now_ms, 10).await.unwrap().is_empty());
    super::sweep(&mut db).await.unwrap();
    assert_eq!(world.count("SELECT COUNT(*) FROM handover").await, 1);
    // What can't be read is passed over, and does not stop the others.
    let handed = Handed { id: "c", instance: "other", again: false, at_ms: now_ms, work: "{}" };
    let mac = stamp.work(&handed);
    put(&mut db, "c", false, now_ms, "{}", mac).await;
    put_down(&world, &mut db, "d", &recorded(5), false).await;
    let done = "SELECT COUNT(*) FROM handover WHERE id = 'd' AND answer IS NOT NULL";
    until("done", async || world.count(done).await == 1).await;
    assert_eq!(world.count("SELECT COUNT(*) FROM aggregate WHERE subject LIKE 'customer/%'").await, 1);
    db.close().await.unwrap();
}
