//! A bad line between terminals and centre. Answers get lost, requests come twice or out of order, connections go dead:
//! every act is in the log exactly once, and whoever asks again hears the first answer.

use std::sync::Arc;
use std::sync::atomic::Ordering;
use std::time::Duration;

use desk::secrets::Secrets;
use domain::PersonalData;
use domain::customer::CustomerCommand;
use domain::id::CustomerId;
use domain::personal::CustomerDetails;
use e2e::centre::{BRANCH, Centre};
use e2e::fault::chance::Chance;
use e2e::fault::line::{Faults, Line};
use e2e::office::root_pem;
use e2e::terminal::Terminal;
use sqlx::Connection as _;
use wire::api::command::{CommandAccepted, PushCommand};
use wire::api::session::SignedIn;

/// Of the `--long` campaign; the usual run does a tenth.
const REQUESTS: u64 = 10_000;
const AT_ONCE: u64 = 8;

/// The seed of this run: told, so that a failing run can be had again.
pub(crate) fn seed(test: &str) -> u64 {
    let seed = std::env::var("MADOGUCHI_SEED").map_or_else(
        |_| u64::from_le_bytes(uuid::Uuid::new_v4().as_bytes()[..8].try_into().unwrap()),
        |text| text.parse().unwrap(),
    );
    #[allow(clippy::print_stdout, reason = "a failing run can be had again by it")]
    {
        println!("{test}: MADOGUCHI_SEED={seed}");
    }
    seed
}

/// `many` in the long campaign, a tenth of it in the usual run.
pub(crate) fn campaign(many: u64) -> u64 {
    if long() { many } else { many / 10 }
}

/// `./dev test --long`.
pub(crate) fn long() -> bool {
    std::env::var_os("MADOGUCHI_LONG").is_some()
}

/// `https://host:port` as an address.
pub(crate) fn socket(url: &str) -> std::net::SocketAddr {
    url.trim_start_matches("https://").parse().unwrap()
}

fn record(branch: &str, cif: u64) -> (CustomerCommand, PersonalData) {
    let details = CustomerDetails {
        name: "見本".into(),
        kana: "ミホン".into(),
        address: String::new(),
        phone: String::new(),
        email: String::new(),
    };
    let command =
        CustomerCommand::RecordCustomer { branch: branch.parse().unwrap(), cif: format!("{cif:07}").parse().unwrap() };
    (command, PersonalData::Customer(details))
}

/// Sends until an answer comes. Every answer to the same request is the same.
async fn insist(terminal: &Terminal, teller: &SignedIn, request: &PushCommand, twice: bool) -> CommandAccepted {
    for _ in 0..200 {
        let one = terminal.try_send(teller, request);
        // The same message twice at the same time, as a repeating middlebox would deliver it.
        let (one, other) = if twice {
            let (one, other) = tokio::join!(one, terminal.try_send(teller, request));
            (one, Some(other))
        } else {
            (one.await, None)
        };
        match (one, other) {
            (Ok(one), Some(Ok(other))) => {
                assert_eq!(one.as_ref().unwrap(), other.as_ref().unwrap());
                return one.unwrap();
            }
            (Ok(answer), _) | (_, Some(Ok(answer))) => return answer.unwrap(),
            _ => {}
        }
    }
    panic!("no answer in 200 tries");
}

#[tokio::test(flavor = "multi_thread")]
async fn answers_are_lost_and_nothing_is_doubled() {
    requests(true, campaign(REQUESTS)).await;
}

/// Many requests on one connection, as a desk sends them: what cuts one cuts all.
#[tokio::test(flavor = "multi_thread")]
async fn answers_are_lost_together_and_nothing_is_doubled() {
    requests(false, campaign(REQUESTS) / 4).await;
}

async fn requests(one_by_one: bool, total: u64) {
    let chance = Chance::new(seed("answers_are_lost"));
    let mut centre = Centre::new(|_| {});
    let invitation = centre.invite(BRANCH, "窓口 1番");
    centre.start();
    let secrets = Secrets::Files(centre.dir.path().join("secrets"));
    let identity = desk::enrol::enrol(&centre.at().enrol, &root_pem(&centre), &invitation, &secrets).await.unwrap();
    let line = Line::to(socket(&identity.terminal_url), chance.apart(0)).await;
    let mut terminal = Terminal::new(identity, &secrets);
    terminal.moved(&format!("https://{}", line.at));
    let terminal = Arc::new(terminal.patience(Duration::from_secs(3), one_by_one));
    let teller = Arc::new(terminal.sign_in("T1001").await);
    let half_open = if one_by_one { 2 } else { 0 };
    line.set(Faults { cut_after: 300, cut_in: 20, cut_before: 20, half_open, slow_ms: 1 });

    let tasks = (0..AT_ONCE).map(|task| {
        let (terminal, teller, mut chance) = (terminal.clone(), teller.clone(), chance.apart(task + 1));
        tokio::spawn(async move {
            let mut answers = Vec::new();
            let mut later: Option<(CustomerId, PushCommand)> = None;
            for n in (task..total).step_by(usize::try_from(AT_ONCE).unwrap()) {
                let customer = CustomerId(uuid::Uuid::now_v7());
                let (command, details) = record(BRANCH, n);
                let request = terminal.seal(&teller, customer, command, Some(details), None);
                // Now and then one that was made earlier arrives after the next one.
                if later.is_none() && chance.per_mille(100) {
                    later = Some((customer, request));
                    continue;
                }
                answers.push((customer, insist(&terminal, &teller, &request, chance.per_mille(100)).await, request));
                if let Some((customer, request)) = later.take() {
                    answers.push((customer, insist(&terminal, &teller, &request, false).await, request));
                }
            }
            if let Some((customer, request)) = later {
                answers.push((customer, insist(&terminal, &teller, &request, false).await, request));
            }
            answers
        })
    });
    let mut answers = Vec::new();
    for task in tasks.collect::<Vec<_>>() {
        answers.extend(task.await.unwrap());
    }
    // Asked once more over a good line: the first answers.
    line.set(Faults::default());
    for (_, first, request) in answers.iter().step_by(37) {
        assert_eq!(&insist(&terminal, &teller, request, false).await, first);
    }
    let lost = line.happened.lost_answers.load(Ordering::Relaxed);
    let expected = if one_by_one { total / 5 } else { total / 20 };
    assert!(lost > expected, "only {lost} answers were lost");

    centre.stop();
    assert_eq!(centre.check().findings, []);
    let mut db = sqlx::SqliteConnection::connect(&format!("sqlite://{}", centre.config.database_file().display()))
        .await
        .unwrap();
    let (entries, customers): (i64, i64) =
        sqlx::query_as("SELECT COUNT(*), COUNT(DISTINCT subject) FROM entry WHERE subject LIKE 'customer/%'")
            .fetch_one(&mut db)
            .await
            .unwrap();
    assert_eq!((entries, customers), (i64::try_from(total).unwrap(), i64::try_from(total).unwrap()));
    for (customer, answer, _) in &answers {
        let subject: (String,) = sqlx::query_as("SELECT subject FROM entry WHERE idx = $1")
            .bind(i64::try_from(answer.index).unwrap())
            .fetch_one(&mut db)
            .await
            .unwrap();
        assert_eq!(subject.0, format!("customer/{customer}"), "what was answered is what is recorded");
    }
}
