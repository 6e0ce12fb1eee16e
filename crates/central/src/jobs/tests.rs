//! Every deadline becomes one entry: however often it is looked, by how many at once, after a crash, after a long rest.
#![allow(clippy::unwrap_used, reason = "tests")]

use std::collections::BTreeMap;

use chrono::{Duration, NaiveDate};
use domain::calendar::{jst_day, later};
use domain::customer::{CustomerCommand, CustomerEvent, PaperChecks, Request};
use domain::id::{ApplicationId, CertificateId};
use domain::personal::ApplicationDetails;
use domain::{Event, PersonalData, Policy};
use uuid::Uuid;
use wire::Entry;

use super::look;
use crate::store::act::Command;
use crate::store::db::query;
use crate::testing::{Kind, World, act, holder, on_both, start, supervisor, teller};

/// Fetched and confirmed; good for 365 days from the start.
async fn active(world: &World, n: u128, user: &str) -> CertificateId {
    let certificate = world.right(n, user).await;
    let (serial, key) = (format!("{n:032x}"), format!("{n:064x}"));
    world.intend(certificate, &serial, &key).await;
    let mut fetch = world.fetch(n, certificate, &serial, &key);
    if let Command::Customer(_, CustomerCommand::FetchCertificate { signed, .. }) = &mut fetch.command {
        signed.not_after = start() + Duration::days(365);
    }
    world.writer.act(fetch).await.unwrap();
    world.writer.act(act(holder(), n, CustomerCommand::ConfirmCertificate { certificate }, None)).await.unwrap();
    certificate
}

/// 解約 of customer `n`'s contract, approved for a day ahead.
async fn close(world: &World, n: u128, closing_on: NaiveDate) {
    let application = ApplicationId(Uuid::from_u128(0xb000 + n));
    let contract = format!("{:08}", 10_000_000 + n).parse().unwrap();
    let submit = CustomerCommand::SubmitApplication {
        application,
        request: Request::Close { contract, closing_on },
        checks: PaperChecks {
            seal: true,
            identity: Some(domain::customer::IdentityDocument::DriversLicence),
            environment: true,
            terms: true,
        },
        received_on: jst_day(world.clock.now()),
    };
    let paper = ApplicationDetails { applicant: "見本 太郎".into(), note: String::new(), customer: None };
    let paper = Some(PersonalData::Application(paper));
    world.writer.act(world.sealed(teller(), n, submit, paper, None)).await.unwrap();
    let approve = CustomerCommand::ApproveApplication { application };
    world.writer.act(world.sealed(supervisor(), n, approve, None, None)).await.unwrap();
}

/// One right that nobody fetches, one certificate that ends, one contract that closes.
async fn world(kind: Kind) -> World {
    let world = World::on(kind).await;
    world.right(1, "ADMIN001").await;
    active(&world, 2, "ADMIN002").await;
    active(&world, 3, "ADMIN003").await;
    close(&world, 3, later(jst_day(start()), 20)).await;
    world
}

async fn look_now(world: &World) -> usize {
    look(&world.writer, &world.readers, &world.clock, &Policy::default()).await.unwrap()
}

/// How often each kind of end is in the log.
async fn ends(world: &World) -> BTreeMap<&'static str, usize> {
    let rows: Vec<(Vec<u8>,)> = query("SELECT bytes FROM entry ORDER BY idx").fetch_all(&world.readers).await.unwrap();
    let mut ends = BTreeMap::new();
    for (bytes,) in rows {
        for event in Entry::from_bytes(&bytes).unwrap().events {
            let word = match event {
                Event::Customer(CustomerEvent::RightLapsed { .. }) => "lapsed",
                Event::Customer(CustomerEvent::CertificateExpired { .. }) => "expired",
                Event::Customer(CustomerEvent::GraceEnded { .. }) => "grace",
                Event::Customer(CustomerEvent::ContractClosed { .. }) => "closed",
                Event::Customer(CustomerEvent::CertificateRevoked { .. }) => "revoked",
                _ => continue,
            };
            *ends.entry(word).or_default() += 1;
        }
    }
    ends
}

fn all() -> BTreeMap<&'static str, usize> {
    BTreeMap::from([("closed", 1), ("expired", 1), ("grace", 1), ("lapsed", 1), ("revoked", 1)])
}

async fn day_by_day_each_comes_on_its_day_and_once(kind: Kind) {
    let world = world(kind).await;
    let mut days = Vec::new();
    for day in 0..=460 {
        let (first, again) = (look_now(&world).await, look_now(&world).await);
        assert_eq!(again, 0, "day {day}");
        if first > 0 {
            days.push((day, first));
        }
        world.clock.advance(Duration::days(1));
    }
    // The closing day; the day after the deadline; the end of validity and of the grace, each after its last moment.
    assert_eq!(days, [(20, 1), (81, 1), (366, 1), (456, 1)]);
    assert_eq!(ends(&world).await, all());
    assert_eq!(world.check().await.findings, []);
}

async fn after_a_long_rest_and_looked_at_by_two_at_once(kind: Kind) {
    let world = world(kind).await;
    world.clock.advance(Duration::days(460));
    let world = world.restart(async |_| {}).await.unwrap();
    let (one, two) = tokio::join!(look_now(&world), look_now(&world));
    assert_eq!(one + two, 4, "{one} and {two}");
    assert_eq!(look_now(&world).await, 0);
    let world = world.restart(async |_| {}).await.unwrap();
    assert_eq!(look_now(&world).await, 0);
    assert_eq!(ends(&world).await, all());
    assert_eq!(world.check().await.findings, []);
}

async fn broken_off_between_the_entry_and_its_answer(kind: Kind) {
    let world = world(kind).await;
    world.clock.advance(Duration::days(460));
    let mut world = world;
    for entries in 1..=4 {
        let mut size = world.writer.size();
        size.mark_unchanged();
        // The writer has committed; whoever asked is gone before the answer arrives.
        tokio::select! {
            biased;
            _ = size.changed() => {}
            _ = look_now(&world) => panic_at(entries),
        }
        world = world.restart(async |_| {}).await.unwrap();
        assert_eq!(ends(&world).await.values().sum::<usize>(), if entries == 1 { 2 } else { entries + 1 });
    }
    assert_eq!(look_now(&world).await, 0);
    assert_eq!(ends(&world).await, all());
    assert_eq!(world.check().await.findings, []);
}

fn panic_at(entries: usize) {
    assert!(entries > 4, "the look came to its end before entry {entries}");
}

on_both!(
    day_by_day_each_comes_on_its_day_and_once,
    after_a_long_rest_and_looked_at_by_two_at_once,
    broken_off_between_the_entry_and_its_answer,
);
