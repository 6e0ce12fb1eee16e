//! What belongs on which list, by data; and that a list is read by its index, whatever the number of customers.
#![allow(clippy::unwrap_used, clippy::indexing_slicing, reason = "tests")]

use domain::customer::{
    Certificate, Contract, Customer, Handover, HandoverMethod, LoginMethod, SignedFacts, User, UserRole,
};
use domain::id::{ApplicationId, CertificateId, CustomerId, IncidentId};
use domain::personal::CustomerDetails;

use super::*;
use crate::replica::{Replica, lists};

const TODAY: &str = "2026-11-25";

fn day(text: &str) -> NaiveDate {
    text.parse().unwrap()
}

fn after(days: i64) -> NaiveDate {
    day(TODAY) + chrono::Duration::days(days)
}

fn certificate(n: u128, state: CertificateState) -> Certificate {
    Certificate {
        id: CertificateId(uuid::Uuid::from_u128(n)),
        user: "ADMIN0001".parse().unwrap(),
        contract: "1000000001".parse().unwrap(),
        application: ApplicationId(uuid::Uuid::from_u128(n)),
        device_label: "経理課 1号機".into(),
        state,
        granted_at: DateTime::UNIX_EPOCH,
        deadline: after(10),
        slips: 0,
        handover: None,
        signed: None,
        signed_at: None,
        activated_at: None,
        held: None,
        revocation: None,
        ended_at: None,
        renews: None,
        grace_over: false,
    }
}

fn ends(n: u128, state: CertificateState, days: i64) -> Certificate {
    // Noon in Japan.
    let not_after = after(days).and_hms_opt(3, 0, 0).unwrap().and_utc();
    let serial = format!("{n:034x}").parse().unwrap();
    let signed = SignedFacts { serial, key_sha256: String::new(), not_before: DateTime::UNIX_EPOCH, not_after };
    Certificate { signed: Some(signed), signed_at: Some(not_after), ..certificate(n, state) }
}

fn customer(n: u128, certificates: Vec<Certificate>) -> Customer {
    let user = User {
        id: "ADMIN0001".parse().unwrap(),
        role: UserRole::Administrator,
        device_label: "経理課 1号機".into(),
        login: LoginMethod::Certificate,
        removed: false,
    };
    let contract = Contract {
        number: "1000000001".parse().unwrap(),
        opened_on: day("2020-04-01"),
        active: true,
        closing_on: None,
        predecessor: None,
        successor: None,
        users: vec![user],
    };
    Customer {
        details: Some(CustomerDetails {
            name: format!("見本商店{n}"),
            kana: "ミホンショウテン".into(),
            address: String::new(),
            phone: "025-000-0001".into(),
            email: String::new(),
        }),
        contracts: vec![contract],
        certificates,
        ..Customer::unknown(CustomerId(uuid::Uuid::from_u128(n)))
    }
}

async fn store(replica: &Replica, customers: &[Customer]) {
    use sqlx::Connection as _;
    let mut db = replica.writer().await.unwrap();
    let mut db = db.begin().await.unwrap();
    let customers = customers.iter().map(|customer| (customer.id.to_string(), customer.clone())).collect();
    lists::write(&mut db, &customers).await.unwrap();
    db.commit().await.unwrap();
}

async fn open(dir: &tempfile::TempDir) -> Replica {
    Replica::open(&dir.path().join("replica.sqlite"), &[7; 32]).await.unwrap()
}

async fn ids(replica: &Replica, text: &'static str, calls: bool) -> Vec<u128> {
    let mut query = sqlx::query_as::<_, CertificateLine>(text).bind("").bind("").bind(ALL);
    if calls {
        query = query.bind(after(30).to_string()).bind(after(-90).to_string());
    }
    let lines = query.fetch_all(&replica.readers).await.unwrap();
    lines.iter().map(|line| line.id.parse::<uuid::Uuid>().unwrap().as_u128()).collect()
}

async fn counts(replica: &Replica) -> (i64, i64, i64, i64, i64) {
    sqlx::query_as(statement::CERTIFICATE_COUNTS)
        .bind(after(30).to_string())
        .bind(after(-90).to_string())
        .fetch_one(&replica.readers)
        .await
        .unwrap()
}

#[tokio::test]
async fn a_right_is_on_the_list_of_its_next_step() {
    let dir = tempfile::tempdir().unwrap();
    let replica = open(&dir).await;
    let handover = Some(Handover { method: HandoverMethod::Window, handed_on: day(TODAY), recipient: None, by: None });
    let right = |n| certificate(n, CertificateState::Authorised);
    let held = Some(IncidentId(uuid::Uuid::from_u128(9)));
    let renews = Some(CertificateId(uuid::Uuid::from_u128(99)));
    let rights = [
        right(1),
        Certificate { slips: 1, ..right(2) },
        Certificate { slips: 2, handover: handover.clone(), deadline: after(3), ..right(3) },
        Certificate { slips: 1, handover: handover.clone(), deadline: after(-1), ..right(4) },
        // Begun on-line by its holder: no slip to print, none to hand over; it waits for its holder.
        Certificate { renews, deadline: after(20), ..right(5) },
        // Stopped: nothing of it may be printed, handed over or fetched.
        Certificate { held, ..right(6) },
        Certificate { held, slips: 1, ..right(7) },
        Certificate { held, slips: 1, handover, ..right(8) },
        certificate(9, CertificateState::Signed),
        Certificate { held, ..certificate(10, CertificateState::Signed) },
        certificate(11, CertificateState::Lapsed),
        certificate(12, CertificateState::Cancelled),
    ];
    let customers: Vec<Customer> = (1..).zip(rights).map(|(n, right)| customer(n, vec![right])).collect();
    store(&replica, &customers).await;
    assert_eq!(ids(&replica, statement::TO_PRINT, false).await, [1]);
    assert_eq!(ids(&replica, statement::TO_HAND_OVER, false).await, [2]);
    assert_eq!(ids(&replica, statement::NOT_FETCHED, false).await, [4, 3, 5], "fewest days left first");
    assert_eq!(ids(&replica, statement::BEING_FETCHED, false).await, [9]);
    assert_eq!(counts(&replica).await, (1, 1, 3, 1, 0), "the counts are those of the lists");
    replica.close().await.unwrap();
}

#[tokio::test]
async fn a_call_is_made_where_one_is_needed() {
    use CertificateState::{Active, Expired, Revoked, Suspended};
    let dir = tempfile::tempdir().unwrap();
    let replica = open(&dir).await;
    let mut customers = vec![
        customer(1, vec![ends(1, Active, 30)]),
        customer(2, vec![ends(2, Active, 31)]),
        customer(3, vec![ends(3, Active, 0)]),
        customer(4, vec![ends(4, Expired, -1)]),
        customer(5, vec![ends(5, Expired, -90)]),
        customer(6, vec![ends(6, Expired, -91)]),
        // Ended, and replaced since.
        customer(7, vec![ends(71, Expired, -10), ends(72, Active, 300)]),
        // Ended twice: one call.
        customer(8, vec![ends(81, Expired, -80), ends(82, Expired, -5)]),
        customer(9, vec![ends(9, Suspended, 5)]),
        customer(10, vec![ends(10, Revoked, 5)]),
        customer(11, vec![ends(11, Active, 5)]),
        customer(12, vec![ends(12, Active, 5)]),
        customer(13, vec![ends(13, Active, 5)]),
        // A new one was begun: still on the list until it works, and the list says so.
        customer(14, vec![ends(14, Active, 7), certificate(140, CertificateState::Authorised)]),
    ];
    customers[10].contracts[0].users[0].removed = true;
    customers[11].contracts[0].active = false;
    customers[12].contracts[0].closing_on = Some(after(3));
    store(&replica, &customers).await;
    assert_eq!(ids(&replica, statement::ENDING, true).await, [5, 82, 4, 3, 14, 1]);
    assert_eq!(counts(&replica).await.4, 6);
    let lines: Vec<CertificateLine> = sqlx::query_as(statement::ENDING)
        .bind("")
        .bind("")
        .bind(ALL)
        .bind(after(30).to_string())
        .bind(after(-90).to_string())
        .fetch_all(&replica.readers)
        .await
        .unwrap();
    let begun = lines.iter().find(|line| line.name == "見本商店14").unwrap();
    assert_eq!(
        (begun.successor.as_str(), begun.role.as_str(), begun.phone.as_str()),
        ("authorised", "administrator", "025-000-0001")
    );
    replica.close().await.unwrap();
}

#[tokio::test]
async fn a_thousand_customers_are_read_by_index_and_page_by_page() {
    let dir = tempfile::tempdir().unwrap();
    let replica = open(&dir).await;
    let customers: Vec<Customer> = (1..=1000)
        .map(|n| {
            let due = certificate(n, CertificateState::Authorised);
            // Many share a day.
            let due = Certificate { slips: 1, deadline: after(i64::try_from(n % 7).unwrap()), ..due };
            customer(n, vec![due, ends(100_000 + n, CertificateState::Active, i64::try_from(n % 60).unwrap())])
        })
        .collect();
    store(&replica, &customers).await;
    let (mut sort, mut id) = (String::new(), String::new());
    let mut seen = Vec::new();
    loop {
        let page: Vec<CertificateLine> = sqlx::query_as(statement::TO_HAND_OVER)
            .bind(&sort)
            .bind(&id)
            .bind(PAGE)
            .fetch_all(&replica.readers)
            .await
            .unwrap();
        let Some(last) = page.last() else { break };
        (sort, id) = (last.day.clone(), last.id.clone());
        seen.extend(page.into_iter().map(|line| (line.day, line.id)));
    }
    assert_eq!(seen.len(), 1000);
    assert!(seen.is_sorted_by(|a, b| a < b), "every row once, in order");
    for text in [statement::TO_PRINT, statement::TO_HAND_OVER, statement::NOT_FETCHED, statement::BEING_FETCHED] {
        let plan: Vec<(i64, i64, i64, String)> =
            sqlx::query_as(sqlx::AssertSqlSafe(format!("EXPLAIN QUERY PLAN {text}")))
                .bind("")
                .bind("")
                .bind(PAGE)
                .fetch_all(&replica.readers)
                .await
                .unwrap();
        let steps: Vec<&str> = plan.iter().map(|(_, _, _, step)| step.as_str()).collect();
        assert!(steps.iter().any(|step| step.contains("certificate_deadline")), "{steps:?}");
        assert!(!steps.iter().any(|step| step.starts_with("SCAN") || step.contains("TEMP B-TREE")), "{steps:?}");
    }
    assert_eq!(counts(&replica).await.1, 1000);
    assert_eq!(counts(&replica).await.4, i64::try_from(ids(&replica, statement::ENDING, true).await.len()).unwrap());
    replica.close().await.unwrap();
}

#[test]
fn a_check_mark_has_its_time() {
    let staff = staff();
    let late = |reported: &str, now: &str| overdue(&staff, reported, now.parse().unwrap());
    // A Wednesday, before a holiday-free Thursday.
    assert!(!late("2026-11-25T05:00:00+00:00", "2026-11-26T14:59:59Z"), "to the end of the next business day");
    assert!(late("2026-11-25T05:00:00+00:00", "2026-11-26T15:00:00Z"));
    // A Friday: the next business day is Monday.
    assert!(!late("2026-11-27T05:00:00+00:00", "2026-11-30T14:00:00Z"));
    assert!(late("2026-11-27T05:00:00+00:00", "2026-11-30T15:00:00Z"));
    assert!(!late("not a time", "2026-11-30T15:00:00Z"));
}

fn staff() -> SignedIn {
    SignedIn {
        session: domain::id::SessionId(uuid::Uuid::from_u128(1)),
        token: String::new(),
        staff: "S2001".parse().unwrap(),
        name: "見本 役席".into(),
        role: domain::Role::Supervisor,
        branch: "001".parse().unwrap(),
        expires_at: DateTime::UNIX_EPOCH,
        deputy: None,
        must_change_password: false,
        policy: domain::Policy::default(),
    }
}
