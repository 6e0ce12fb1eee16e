//! The centre is killed while it records a deadline that has passed: after a restart each is in the log once.

use central::clock::Clock;
use domain::Event;
use domain::customer::CustomerEvent;
use e2e::centre::{BRANCH, Centre, Kind};
use e2e::customer::{Customer, fresh_key};
use e2e::office::{Office, root_pem};
use e2e::served::Served;
use e2e::{on_both, table};

/// How often a certificate expired and its grace ended, as the log has it.
async fn ends(centre: &Centre) -> (usize, usize) {
    let rows: Vec<(Vec<u8>,)> = table::rows(&centre.config, "SELECT bytes FROM entry ORDER BY idx").await;
    let events: Vec<Event> = rows.iter().flat_map(|(bytes,)| wire::Entry::from_bytes(bytes).unwrap().events).collect();
    let count = |is: fn(&CustomerEvent) -> bool| {
        events.iter().filter(|event| matches!(event, Event::Customer(event) if is(event))).count()
    };
    (
        count(|e| matches!(e, CustomerEvent::CertificateExpired { .. })),
        count(|e| matches!(e, CustomerEvent::GraceEnded { .. })),
    )
}

async fn killed_while_it_records_a_deadline_it_records_it_once(kind: Kind) {
    let mut centre = Centre::new(|config| kind.choose(config));
    centre.clock = Clock::at(Clock::System.now());
    let invitation = centre.invite(BRANCH, "窓口 1番");
    centre.start();
    let office = Office::enrol(&centre, &invitation).await;
    let portal = Customer::new(&centre.at().portal, &root_pem(&centre));
    let mut fetched = Vec::new();
    for n in 0..2 {
        let (user, code) = office.issue(n).await;
        fetched.push((user, code));
    }
    // Fetched so long ago that validity and grace are over.
    centre.clock.advance(chrono::Duration::days(-500));
    for (user, code) in fetched {
        let (key, csr) = fresh_key();
        let fetched = portal.fetch(&user, &code, &csr).await.unwrap();
        portal.confirm(&fetched, &key).await.unwrap();
    }
    office.desk.close().await;
    centre.stop();
    assert_eq!(ends(&centre).await, (0, 0));
    // At its start the centre makes up for what has passed: four entries. It dies after the first is on disk, before the
    // second is, and after the third.
    for (step, wanted) in
        [("centre-committed:1", (1, 0)), ("centre-before-commit:1", (1, 0)), ("centre-committed:2", (2, 1))]
    {
        let mut served = Served::start(&centre, Some(step)).await;
        assert!(!served.died().await.success(), "{step}");
        drop(served);
        assert_eq!(ends(&centre).await, wanted, "{step}");
        assert_eq!(centre.check().findings, [], "right after {step}");
    }
    for _ in 0..2 {
        let served = Served::start(&centre, None).await;
        let start = std::time::Instant::now();
        while ends(&centre).await.1 < 2 {
            assert!(start.elapsed().as_secs() < 30, "{:?}", ends(&centre).await);
            tokio::time::sleep(std::time::Duration::from_millis(50)).await;
        }
        drop(served);
    }
    assert_eq!(ends(&centre).await, (2, 2));
    assert_eq!(centre.check().findings, []);
}

on_both!(killed_while_it_records_a_deadline_it_records_it_once,);
