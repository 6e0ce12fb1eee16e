//! Whoever guesses at the pickup page learns nothing, not from words and not from time, and holds nobody else up.

use std::time::{Duration, Instant};

use domain::ErrorCode;
use e2e::centre::Centre;
use e2e::customer::one_connection;
use e2e::office::{self, Office, root_pem};
use reqwest::{Client, Response};
use serde_json::json;
use wire::api::ErrorAnswer;

/// Customers behind a reverse proxy, which says where each request comes from.
struct Proxy {
    client: Client,
    base: String,
}

impl Proxy {
    fn of(centre: &Centre) -> Self {
        let base = centre.at().portal.trim_end_matches("/pickup/").to_owned() + "/api/portal/v1";
        Self { client: one_connection(&root_pem(centre)), base }
    }

    async fn open(&self, address: &str, user: &str, code: &str) -> Response {
        let request = self.client.post(format!("{}/open", self.base)).header("x-forwarded-for", address);
        request.json(&json!({ "user_id": user, "code": code })).send().await.unwrap()
    }

    async fn refused(&self, address: &str, user: &str, code: &str) -> ErrorAnswer {
        self.open(address, user, code).await.json().await.unwrap()
    }
}

fn wrong(n: u8) -> String {
    domain::pickup_code::PickupCode::from_entropy([n; 10]).grouped()
}

async fn issued(change: impl FnOnce(&mut central::config::Config)) -> (Centre, Office, String, String) {
    let (centre, office) = office::branch(|config| {
        config.portal.trusted_proxies = vec!["127.0.0.1".parse().unwrap()];
        change(config);
    })
    .await;
    let (user, code) = office.issue(1).await;
    (centre, office, user, code)
}

#[tokio::test(flavor = "multi_thread")]
async fn wrong_codes_at_once_count_one_by_one_and_only_for_their_address() {
    let (centre, _office, user, code) = issued(|_| {}).await;
    let proxy = std::sync::Arc::new(Proxy::of(&centre));
    let tries: Vec<_> = (0..50)
        .map(|n| {
            let (proxy, user) = (std::sync::Arc::clone(&proxy), user.clone());
            tokio::spawn(async move { proxy.refused("192.0.2.1", &user, &wrong(n)).await.code })
        })
        .collect();
    let mut denied = 0;
    for one in tries {
        match one.await.unwrap() {
            ErrorCode::PickupDenied => denied += 1,
            ErrorCode::PickupTooManyTries => {}
            other => panic!("{other}"),
        }
    }
    assert_eq!(denied, 5, "the policy's number of tries");
    let locked = proxy.refused("192.0.2.1", &user, &code).await;
    assert_eq!(locked.code, ErrorCode::PickupTooManyTries);
    assert!(locked.args.contains_key("retry_after_s"));
    assert!(proxy.open("192.0.2.2", &user, &code).await.status().is_success(), "the customer is not held up");
}

#[tokio::test(flavor = "multi_thread")]
async fn one_address_is_slowed_with_a_time_to_wait() {
    let (centre, _office, user, code) = issued(|config| {
        config.portal.requests_per_minute = 6;
        config.portal.burst = 3;
    })
    .await;
    let proxy = Proxy::of(&centre);
    for _ in 0..3 {
        assert_eq!(proxy.refused("192.0.2.1", "NOBODY99", &wrong(1)).await.code, ErrorCode::PickupDenied);
    }
    let slowed = proxy.open("192.0.2.1", &user, &code).await;
    assert_eq!(slowed.status().as_u16(), 429);
    let wait: u64 = slowed.headers()["retry-after"].to_str().unwrap().parse().unwrap();
    assert!((1..=10).contains(&wait), "{wait}");
    assert_eq!(slowed.json::<ErrorAnswer>().await.unwrap().code, ErrorCode::RateLimited);
    assert!(proxy.open("192.0.2.2", &user, &code).await.status().is_success());
}

fn median(mut times: Vec<Duration>) -> Duration {
    times.sort_unstable();
    times[times.len() / 2]
}

#[tokio::test(flavor = "multi_thread")]
async fn an_unknown_id_and_a_wrong_code_answer_alike_in_words_and_time() {
    let (centre, _office, user, _) = issued(|_| {}).await;
    let proxy = Proxy::of(&centre);
    let (mut last, mut seen_apart) = (String::new(), Vec::new());
    // A busy machine may disturb one measurement; a difference in the code would show in all of them.
    for round in 0..3 {
        let mut times = [Vec::new(), Vec::new()];
        for n in 0..300 {
            // A new address each time, so that the lock-out stays out of it.
            let address = format!("10.{round}.{}.{}", n / 250, n % 250);
            // Which of the two is asked first alternates, too.
            let ids = if n % 2 == 0 { [user.as_str(), "NOBODY99"] } else { ["NOBODY99", user.as_str()] };
            for id in ids {
                let known = usize::from(id == user);
                let begun = Instant::now();
                let answer = proxy.open(&address, id, &wrong(1)).await;
                times[known].push(begun.elapsed());
                let headers: Vec<String> = answer.headers().keys().map(ToString::to_string).collect();
                let status = answer.status();
                let ErrorAnswer { code, args, .. } = answer.json().await.unwrap();
                let seen = format!("{status} {headers:?} {code} {args:?}");
                assert!(last.is_empty() || seen == last, "{seen} is not {last}");
                last = seen;
            }
        }
        let [unknown, known] = times.map(median);
        let difference = unknown.abs_diff(known);
        if difference < unknown.max(known) / 7 + Duration::from_micros(300) {
            return;
        }
        seen_apart.push((unknown, known));
    }
    panic!("the time tells whether a user ID exists: (unknown, known) {seen_apart:?}");
}
