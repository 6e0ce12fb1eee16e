//! Both instances are asked for the same thing at once, many times.

use std::sync::Arc;

use domain::ErrorCode;
use domain::customer::{CustomerCommand, NewUser, Request, UserRole};
use domain::id::{ApplicationId, CertificateId, CustomerId};
use domain::pickup_code::PickupCode;
use e2e::cluster::fresh_database;
use e2e::customer::{Customer, fresh_key};
use e2e::table;
use e2e::terminal::{Terminal, checked, paper, somebody};
use wire::api::session::SignedIn;

use super::{Two, say, two};

/// User IDs of one contract.
const USERS: usize = 4;
/// Contracts at work at the same time.
const AT_ONCE: usize = 8;

struct Race {
    terminals: [Terminal; 2],
    customers: [Customer; 2],
    teller: SignedIn,
    supervisors: [SignedIn; 2],
}

#[tokio::test(flavor = "multi_thread")]
async fn two_instances_race_on_a_thousand_user_ids() {
    let Two { centre, first, second, at_first, at_second, root } = two(fresh_database()).await;
    let race = Arc::new(Race {
        teller: at_first.sign_in("T1001").await,
        supervisors: [at_first.sign_in("S2001").await, at_second.sign_in("S2002").await],
        customers: [Customer::new(&first.at.portal, &root), Customer::new(&second.at.portal, &root)],
        terminals: [at_first, at_second],
    });
    let contracts = 1000 / USERS;
    let work = (0..AT_ONCE).map(|share| {
        let race = race.clone();
        tokio::spawn(async move {
            for n in (share..contracts).step_by(AT_ONCE) {
                race.contract(n).await;
            }
        })
    });
    for task in work.collect::<Vec<_>>() {
        task.await.unwrap();
    }
    drop((first, second));
    let rows: Vec<(i64, i64)> = table::rows(
        &centre.config,
        "SELECT COUNT(*), COUNT(DISTINCT user_id) FROM certificate WHERE state IN ('active', 'suspended')",
    )
    .await;
    let ids = i64::try_from(contracts * USERS).unwrap();
    assert_eq!(rows, [(ids, ids)], "one usable certificate for each user ID");
    let all: Vec<(i64,)> = table::rows(&centre.config, "SELECT COUNT(*) FROM certificate").await;
    assert_eq!(all, [(ids,)]);
    assert_eq!(centre.check().findings, []);
    say(&format!("{ids} user IDs raced for through two instances: no doubles, no failures"));
}

impl Race {
    /// One contract from the application to its certificates, everything asked for at both instances at once.
    async fn contract(&self, n: usize) {
        let [one, two] = &self.terminals;
        let customer = CustomerId(uuid::Uuid::now_v7());
        let record = CustomerCommand::RecordCustomer {
            branch: self.teller.branch.clone(),
            cif: format!("{n:07}").parse().unwrap(),
        };
        let record = one.seal(&self.teller, customer, record, Some(somebody()), None);
        // The same bytes at both: the first answer, twice.
        let (a, b) = tokio::join!(one.send(&self.teller, &record), two.send(&self.teller, &record));
        assert_eq!(a.unwrap().index, b.unwrap().index);

        let application = ApplicationId(uuid::Uuid::from_u128(uuid::Uuid::new_v4().as_u128() >> 25 << 25 | n as u128));
        let users: Vec<NewUser> = (0..USERS)
            .map(|m| NewUser {
                user: format!("R{n:04}X{m:02}").parse().unwrap(),
                role: if m == 0 { UserRole::Administrator } else { UserRole::Operator },
                device_label: "PC".into(),
            })
            .collect();
        let submit = CustomerCommand::SubmitApplication {
            application,
            request: Request::NewContract { contract: format!("{n:010}").parse().unwrap(), users: users.clone() },
            checks: checked(),
            received_on: domain::calendar::jst_day(central::clock::Clock::System.now()),
        };
        let submit = two.seal(&self.teller, customer, submit, Some(paper()), None);
        two.send(&self.teller, &submit).await.unwrap();

        // Two supervisors at once: one approves, the other is refused by the rules.
        let approve = |terminal: &Terminal, staff: &SignedIn| {
            terminal.seal(staff, customer, CustomerCommand::ApproveApplication { application }, None, None)
        };
        let [first, second] = &self.supervisors;
        let (a, b) = (approve(one, first), approve(two, second));
        let (a, b) = tokio::join!(one.send(first, &a), two.send(second, &b));
        let refused = [a, b].into_iter().filter_map(Result::err).map(|e| e.code).collect::<Vec<_>>();
        assert_eq!(refused.len(), 1, "{refused:?}");
        assert!(refused.iter().all(|code| code.http_status() < 500), "{refused:?}");

        for (m, user) in users.iter().enumerate() {
            let certificate = CertificateId::of(application, &user.user, 0);
            let mut entropy = [0; 10];
            entropy[..8].copy_from_slice(&((n * USERS + m) as u64).to_be_bytes());
            let code = PickupCode::from_entropy(entropy);
            let print = one.seal(&self.teller, customer, CustomerCommand::PrintSlip { certificate }, None, Some(&code));
            one.send(&self.teller, &print).await.unwrap();
            self.pickup(user.user.as_str(), &code.grouped()).await;
        }
    }

    /// Two with the same code and different keys: one gets the certificate.
    async fn pickup(&self, user: &str, code: &str) {
        let keys = [fresh_key(), fresh_key()];
        let [one, two] = &self.customers;
        let (a, b) = tokio::join!(one.fetch(user, code, &keys[0].1), two.fetch(user, code, &keys[1].1));
        let mut won = 0;
        for (n, fetched) in [a, b].into_iter().enumerate() {
            match fetched {
                Ok(fetched) => {
                    won += 1;
                    // Confirmed at both, twice at once.
                    let (a, b) = tokio::join!(one.confirm(&fetched, &keys[n].0), two.confirm(&fetched, &keys[n].0));
                    a.unwrap();
                    b.unwrap();
                }
                Err(refused) => assert_eq!(refused.answer.code, ErrorCode::PickupOtherKey, "{user}"),
            }
        }
        assert_eq!(won, 1, "{user}");
    }
}
