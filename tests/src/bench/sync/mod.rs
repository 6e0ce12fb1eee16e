//! The first sync of a branch that comes late: a long log, of which every fifth entry is the branch's own, stored and verified
//! by a desk in a process of its own, from a centre in another; and how soon an act at one desk is seen at the next.

pub(crate) mod desk;
mod rivals;

use std::path::Path;
use std::time::{Duration, Instant};

use ::desk::secrets::Secrets;
use ::desk::view::{CustomerForm, OutboxState};
use ::desk::{Desk, Identity};
use e2e::centre::{BRANCH, Centre, PASSWORD};
use e2e::long_log::{self, Customers};
use e2e::office::{Office, root_pem};
use e2e::served::Served;
use e2e::terminal::Terminal;
use serde_json::{Value, json};
use tlog::CheckpointVerifier;

use crate::cost::round;

pub(crate) use desk::{WORD, run as run_desk};
pub(crate) use rivals::{bare_tree, verify_per_tree};

/// Leaves that are verified in memory.
const VERIFIED: u64 = 200_000;
/// Of so many customers, one is the branch's own.
const ONE_IN: u64 = 5;
/// Acts whose way to the other desk is measured.
const ACTS: u32 = 41;

pub(crate) fn entries() -> u64 {
    std::env::var("MADOGUCHI_BENCH_ENTRIES").ok().map_or(1_000_000, |count| count.parse().unwrap())
}

pub(crate) async fn enrolled(
    centre: &Centre,
    url: &str,
    invitation: &str,
    terminal_url: &str,
) -> (tempfile::TempDir, Identity) {
    let dir = tempfile::tempdir().unwrap();
    let secrets = Secrets::Files(dir.path().join("secrets"));
    let mut identity = ::desk::enrol::enrol(url, &root_pem(centre), invitation, &secrets).await.unwrap();
    identity.terminal_url = terminal_url.to_owned();
    (dir, identity)
}

pub(crate) async fn run() -> Value {
    let entries = entries();
    let mut centre = Centre::new(|_| {});
    let invitations: Vec<String> = (1..=3).map(|n| centre.invite(BRANCH, &format!("窓口 {n}番"))).collect();
    centre.start();
    let office = Office::enrol(&centre, &invitations[0]).await;
    long_log::lengthen_by(&mut centre, &office, entries, Customers { own_in: ONE_IN, story_in: 1, fetched: false })
        .await;
    office.desk.close().await;

    let database = centre.config.database_file();
    let scratch = tempfile::tempdir().unwrap();
    let bulk = rivals::bulk_insert(&database, scratch.path(), BRANCH).await;
    drop(scratch);

    let served = Served::start(&centre, None).await;
    let (one, identity) = enrolled(&centre, &served.at.enrol, &invitations[1], &served.at.terminal).await;
    let (two, other) = enrolled(&centre, &served.at.enrol, &invitations[2], &served.at.terminal).await;
    let terminal = Terminal::new(identity.clone(), &Secrets::Files(one.path().join("secrets")));
    let size = terminal.size().await;
    let verifier = CheckpointVerifier::parse(&identity.log_key).unwrap();
    let mut answers = Vec::new();
    let mut at = 0;
    while at < size.min(VERIFIED) {
        let answer = terminal.feed(at, 16_384).await;
        at += answer.leaves.len() as u64;
        answers.push(answer);
    }
    let verify = rivals::verify_per_tree(&verifier, &answers);
    drop(answers);

    let synced = desk::synced(one.path(), &identity, size);
    let per_s = size as f64 / synced.stored_s;
    // The other desk has seen the same.
    for file in ["replica.sqlite", "own.sqlite", "secrets/replica-key"] {
        std::fs::copy(one.path().join(file), two.path().join(file)).unwrap();
    }
    std::fs::write(two.path().join("identity.json"), serde_json::to_vec(&other).unwrap()).unwrap();
    let visible = visible(one.path(), two.path()).await;
    json!({ "sync": {
        "entries": size,
        "own_per_entry": round(1.0 / ONE_IN as f64),
        "rows_per_s": round(per_s),
        "rows_per_bulk_insert": round(per_s / bulk),
        "bulk_insert_per_s": round(bulk),
        "applied_per_s": round(size as f64 / synced.applied_s),
        "verify_per_tree": round(verify),
        "visible_p50_ms": round(visible),
        "desk_rss_mib": round(synced.stored_mib),
        "desk_rss_applied_mib": round(synced.rss_mib),
    } })
}

/// Milliseconds from an act at one desk until the other finds it, median.
async fn visible(one: &Path, two: &Path) -> f64 {
    let [one, two]: [Desk; 2] = [desk::open(one).await, desk::open(two).await];
    for desk in [&one, &two] {
        while desk.sign_in("T1001", PASSWORD).await.is_err() {
            tokio::time::sleep(Duration::from_millis(50)).await;
        }
    }
    let mut times = Vec::new();
    for n in 0..ACTS {
        let cif = format!("{:07}", 9_000_000 + n);
        let form = CustomerForm {
            cif: cif.clone(),
            name: "見本商会".into(),
            kana: "ミホンショウカイ".into(),
            address: "見本市1-1".into(),
            phone: "025-000-0001".into(),
            email: String::new(),
        };
        let mut changes = two.changes();
        let begun = Instant::now();
        let done = one.record_customer(form);
        let seen = async {
            while two.search(&cif).await.unwrap().hits.is_empty() {
                let _ = changes.recv().await;
            }
            begun.elapsed().as_secs_f64() * 1000.0
        };
        let (done, seen) = tokio::join!(done, seen);
        assert_eq!(done.unwrap().state, OutboxState::Confirmed);
        times.push(seen);
    }
    one.close().await;
    two.close().await;
    times.sort_by(f64::total_cmp);
    times[times.len() / 2]
}
