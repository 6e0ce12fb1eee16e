//! Pickups: fetch and confirm, each durable, over keep-alive TLS, with PKCS#10s made beforehand. The centre is its own
//! process, so that its processor time can be told from the clients'.

use std::process::{Child, Command, Stdio};
use std::time::{Duration, Instant};

use desk::secrets::Secrets;
use e2e::centre::{BRANCH, Centre, PASSPHRASE};
use e2e::customer::{Customer, fresh_key};
use e2e::office::root_pem;
use e2e::terminal::Terminal;
use rcgen::KeyPair;
use serde_json::{Value, json};

use crate::rivals;

/// Connections, and pickups measured with them.
const RUNS: [(usize, usize); 3] = [(1, 300), (8, 1200), (32, 3000)];

/// A centre in a process of its own.
struct Served {
    centre: Centre,
    child: Child,
}

impl Drop for Served {
    fn drop(&mut self) {
        let _ = self.child.kill();
        let _ = self.child.wait();
    }
}

fn spawn(centre: Centre) -> Served {
    let beside = std::env::current_exe().unwrap().parent().unwrap().join("madoguchi-central");
    let file = centre.dir.path().join("central.toml");
    std::fs::write(&file, toml::to_string(&centre.config).unwrap()).unwrap();
    let child = Command::new(beside)
        .arg("--config")
        .arg(file)
        .args(["serve", "--until-stdin-closes"])
        .env("MADOGUCHI_KEY_PASSPHRASE", PASSPHRASE)
        .env("MADOGUCHI_LOG", "error")
        .stdin(Stdio::piped())
        .spawn()
        .expect("madoguchi-central beside this program");
    Served { centre, child }
}

/// Processor time of a process, seconds (Linux counts in hundredths).
fn cpu(pid: u32) -> f64 {
    let stat = std::fs::read_to_string(format!("/proc/{pid}/stat")).unwrap();
    let fields: Vec<&str> = stat.rsplit(')').next().unwrap().split_whitespace().collect();
    (fields[11].parse::<f64>().unwrap() + fields[12].parse::<f64>().unwrap()) / 100.0
}

pub(crate) fn run(json_only: bool) {
    let _ = rustls::crypto::aws_lc_rs::default_provider().install_default();
    let centre = Centre::new(|_| {});
    let invitation = centre.invite(BRANCH, "bench");
    let served = spawn(centre);
    let runtime = tokio::runtime::Builder::new_multi_thread().worker_threads(2).enable_all().build().unwrap();
    let raw = rivals::raw_sign();
    let results = runtime.block_on(measure(&served, &invitation, raw));
    if json_only {
        println!("{results}");
    } else {
        println!("raw P-256 signing of one core: {raw:.0}/s");
        for (name, result) in results.as_object().unwrap() {
            println!("{name}: {result}");
        }
    }
}

async fn measure(served: &Served, invitation: &str, raw: f64) -> Value {
    let listening: central::http::Listening = loop {
        if let Ok(bytes) = std::fs::read(served.centre.data().join("listening.json")) {
            break serde_json::from_slice(&bytes).unwrap();
        }
        tokio::time::sleep(Duration::from_millis(20)).await;
    };
    let root = root_pem(&served.centre);
    let secrets = Secrets::Files(served.centre.dir.path().join("secrets"));
    let identity = desk::enrol(&listening.enrol, &root, invitation, &secrets).await.unwrap();
    let terminal = Terminal::new(identity, &secrets);
    let total = RUNS.iter().map(|(_, count)| count).sum();
    let mut rights = terminal.rights(total).await;
    let mut results = serde_json::Map::new();
    for (connections, count) in RUNS {
        let work: Vec<_> = rights.drain(..count).map(|(user, code)| (user, code, fresh_key())).collect();
        results.insert(
            format!("issuance.c{connections}"),
            one(served, &listening.portal, &root, connections, work, raw).await,
        );
    }
    Value::Object(results)
}

type Pickup = (String, String, (KeyPair, Vec<u8>));

async fn one(served: &Served, portal: &str, root: &str, connections: usize, work: Vec<Pickup>, raw: f64) -> Value {
    let count = work.len();
    let mut shares: Vec<Vec<Pickup>> = (0..connections).map(|_| Vec::new()).collect();
    for (n, pickup) in work.into_iter().enumerate() {
        shares[n % connections].push(pickup);
    }
    let clients: Vec<_> = (0..connections).map(|_| e2e::customer::one_connection(root)).collect();
    let echo =
        rivals::echo(&clients, &(portal.trim_end_matches("/pickup/").to_owned() + "/api/portal/v1/nothing")).await;
    let before = cpu(served.child.id());
    let start = Instant::now();
    let tasks: Vec<_> = shares
        .into_iter()
        .zip(clients)
        .map(|(share, client)| {
            let customer = Customer::with(client, portal);
            tokio::spawn(async move {
                let mut times = Vec::with_capacity(share.len());
                for (user, code, (key, csr)) in share {
                    let begun = Instant::now();
                    let fetched = customer.fetch(&user, &code, &csr).await.unwrap();
                    customer.confirm(&fetched, &key).await.unwrap();
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
    let cpu_us = (cpu(served.child.id()) - before) * 1e6 / count as f64;
    times.sort_by(f64::total_cmp);
    let at = |share: f64| times[((times.len() - 1) as f64 * share) as usize];
    let (p50, p99) = (at(0.5), at(0.99));
    let round = |value: f64| (value * 10_000.0).round() / 10_000.0;
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
