//! Pickups: fetch and confirm, each durable, over keep-alive TLS, with PKCS#10s made beforehand. The centre is its own
//! process, so that its processor time can be told from the clients'.

use std::time::Instant;

use aws_lc_rs::rand::SystemRandom;
use aws_lc_rs::signature::EcdsaKeyPair;
use desk::secrets::Secrets;
use e2e::centre::{BRANCH, Centre};
use e2e::customer::{fresh_key, signer};
use e2e::office::root_pem;
use e2e::served::Served;
use e2e::terminal::Terminal;
use serde::Deserialize;
use serde_json::{Value, json};
use wire::Base64;

use crate::cost::{cpu, round};
use crate::kept::Kept;
use crate::rivals;

/// Connections, and pickups measured with them.
const RUNS: [(usize, usize); 3] = [(1, 500), (8, 2000), (32, 6000)];

pub(crate) async fn run() -> Value {
    let centre = Centre::new(|_| {});
    let invitation = centre.invite(BRANCH, "bench");
    measure(&centre, &invitation, rivals::raw_sign()).await
}

async fn measure(centre: &Centre, invitation: &str, raw: f64) -> Value {
    let served = Served::start(centre, None).await;
    let root = root_pem(centre);
    let secrets = Secrets::Files(centre.dir.path().join("secrets"));
    let identity = desk::enrol::enrol(&served.at.enrol, &root, invitation, &secrets).await.unwrap();
    let terminal = Terminal::new(identity, &secrets);
    let total = RUNS.iter().map(|(_, count)| count).sum();
    let mut rights = terminal.rights(total).await;
    let mut results = serde_json::Map::new();
    for (connections, count) in RUNS {
        let work: Vec<_> = rights
            .drain(..count)
            .map(|(user, code)| {
                let (key, csr) = fresh_key();
                (json!({ "user_id": user, "code": code, "csr": Base64(csr) }).to_string().into_bytes(), signer(&key))
            })
            .collect();
        results.insert(format!("issuance.c{connections}"), one(&served, &root, connections, work, raw).await);
    }
    Value::Object(results)
}

/// A request that fetches, made beforehand, and the key that confirms.
type Pickup = (Vec<u8>, EcdsaKeyPair);

/// What the page reads of the answer to a fetch.
#[derive(Deserialize)]
struct Fetched<'a> {
    certificate_id: &'a str,
    nonce: &'a str,
    /// Holds line breaks, which are escaped.
    confirm_prefix: String,
}

async fn pick_up(connection: &mut Kept, fetch: &[u8], key: &EcdsaKeyPair) {
    let (status, body) = connection.ask("POST", "/api/portal/v1/fetch", fetch).await;
    assert_eq!(status, 200, "{}", String::from_utf8_lossy(body));
    let fetched: Fetched<'_> = serde_json::from_slice(body).unwrap();
    let message = format!("{}{}", fetched.confirm_prefix, fetched.nonce);
    let signature = key.sign(&SystemRandom::new(), message.as_bytes()).unwrap().as_ref().to_vec();
    let confirm = json!({ "certificate_id": fetched.certificate_id, "signature": Base64(signature) }).to_string();
    let (status, body) = connection.ask("POST", "/api/portal/v1/confirm", confirm.as_bytes()).await;
    assert_eq!(status, 200, "{}", String::from_utf8_lossy(body));
}

async fn one(served: &Served, root: &str, connections: usize, work: Vec<Pickup>, raw: f64) -> Value {
    let count = work.len();
    let mut shares: Vec<Vec<Pickup>> = (0..connections).map(|_| Vec::new()).collect();
    for (n, pickup) in work.into_iter().enumerate() {
        shares[n % connections].push(pickup);
    }
    let mut kept = Vec::with_capacity(connections);
    for _ in 0..connections {
        kept.push(Kept::open(&served.at.portal, root).await);
    }
    let echo = rivals::echo(&mut kept, "/api/portal/v1/nothing").await;
    let before = cpu(served.pid());
    let start = Instant::now();
    let tasks: Vec<_> = shares
        .into_iter()
        .zip(kept)
        .map(|(share, mut connection)| {
            tokio::spawn(async move {
                let mut times = Vec::with_capacity(share.len());
                for (fetch, key) in share {
                    let begun = Instant::now();
                    pick_up(&mut connection, &fetch, &key).await;
                    times.push(begun.elapsed().as_secs_f64() * 1000.0);
                }
                times
            })
        })
        .collect();
    let mut times = Vec::with_capacity(count);
    for task in tasks {
        times.extend(task.await.unwrap());
    }
    let per_s = count as f64 / start.elapsed().as_secs_f64();
    let cpu_us = (cpu(served.pid()) - before) * 1e6 / count as f64;
    times.sort_by(f64::total_cmp);
    let at = |share: f64| times[((times.len() - 1) as f64 * share) as usize];
    let (p50, p99) = (at(0.5), at(0.99));
    json!({
        "per_s": round(per_s),
        "p50_ms": round(p50),
        "p99_ms": round(p99),
        "p99_per_p50": round(p99 / p50),
        "per_raw_sign": round(per_s / raw),
        // A pickup is two requests.
        "per_echo": round(2.0 * per_s / echo),
        "server_cpu_us": round(cpu_us),
    })
}
