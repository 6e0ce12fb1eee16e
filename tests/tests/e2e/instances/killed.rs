//! Killed under load: the instance that writes, and the server.

use std::process::Command;
use std::sync::Arc;
use std::sync::atomic::Ordering;
use std::time::{Duration, Instant};

use e2e::centre::Centre;
use e2e::cluster::{Cluster, fresh_database};
use e2e::customer::{Customer, fresh_key};
use e2e::served::{self, Served};
use e2e::table;
use e2e::terminal::Terminal;

use super::load::{self, Load};
use super::{Two, often, say, two};

/// Longest time without an acknowledgement after the writer was killed.
const TAKEOVER: Duration = Duration::from_secs(5);

/// Half of the workers ask the one instance first, half the other; and the other when that does not answer.
async fn load(centre: &Centre, at_first: Terminal, at_second: Terminal) -> Load {
    let key = std::fs::read_to_string(centre.key_file("log.vkey")).unwrap();
    let (at_first, at_second) = (Arc::new(at_first), Arc::new(at_second));
    let staff = at_first.sign_in("T1001").await;
    let workers = (0..8).map(|n| match n % 2 {
        0 => [at_first.clone(), at_second.clone()],
        _ => [at_second.clone(), at_first.clone()],
    });
    load::begin(workers.collect(), at_second.clone(), &key, staff)
}

#[tokio::test(flavor = "multi_thread")]
async fn the_writing_instance_is_killed_and_the_other_takes_over() {
    let Two { centre, first, second, at_first, at_second, .. } = two(fresh_database()).await;
    let load = load(&centre, at_first, at_second).await;
    load.more(100).await;
    let killed = Instant::now();
    first.kill();
    load.more(100).await;
    let failures = load.failures.load(Ordering::Acquire);
    let acknowledged = load.end(&centre.config).await;
    let first_after = acknowledged.iter().map(|(.., at)| *at).filter(|at| *at > killed).min().unwrap();
    let mut times: Vec<Instant> = acknowledged.iter().map(|(.., at)| *at).filter(|at| *at >= first_after).collect();
    times.push(killed);
    times.sort_unstable();
    let gap = times.windows(2).map(|pair| pair[1] - pair[0]).max().unwrap();
    say(&format!("takeover: {} ms without an acknowledgement; {failures} tries failed", gap.as_millis()));
    assert!(gap < TAKEOVER, "{gap:?}");
    drop(second);
    assert_eq!(centre.check().findings, []);
}

/// A machine that hangs keeps its connections, and the lock, until the server has heard nothing of it for ten seconds.
#[tokio::test(flavor = "multi_thread")]
async fn the_writing_instance_hangs_and_comes_back_as_one_of_the_others() {
    let Two { centre, first, second, at_first, at_second, .. } = two(fresh_database()).await;
    let signal = |name: &str| {
        let done = Command::new("kill").args([name, &first.pid().to_string()]).status().unwrap();
        assert!(done.success());
    };
    let again = at_second.another();
    let load = load(&centre, again, at_second).await;
    load.more(50).await;
    let hung = Instant::now();
    signal("-STOP");
    load.more(50).await;
    let silent = hung.elapsed();
    say(&format!("a writer that hangs: {} ms until fifty more were acknowledged", silent.as_millis()));
    assert!(silent < Duration::from_secs(20), "{silent:?}");
    signal("-CONT");
    // What it wakes up with, it can't commit; what it is asked now, it hands over.
    let staff = at_first.sign_in("T1001").await;
    assert_eq!(staff.staff.as_str(), "T1001");
    load.more(50).await;
    load.end(&centre.config).await;
    drop((first, second));
    assert_eq!(centre.check().findings, []);
}

#[tokio::test(flavor = "multi_thread")]
async fn the_server_is_killed_again_and_again_and_nothing_acknowledged_is_lost() {
    let mut cluster = Cluster::start();
    let Two { centre, first, second, at_first, at_second, .. } = two(cluster.database()).await;
    let load = load(&centre, at_first, at_second).await;
    let times = often(4, 20);
    for n in 0..times {
        load.more(30 + 7 * (n % 5)).await;
        match n % 2 {
            0 => cluster.kill(),
            _ => cluster.stop_at_once(),
        }
        cluster.run();
    }
    load.more(50).await;
    let failures = load.failures.load(Ordering::Acquire);
    let acknowledged = load.end(&centre.config).await;
    say(&format!("server killed {times} times: {} acknowledged, {failures} tries failed", acknowledged.len()));
    drop((first, second));
    assert_eq!(centre.check().findings, []);
}

/// OCSPResponseStatus tryLater.
const TRY_LATER: [u8; 5] = [0x30, 3, 0x0a, 1, 3];

/// The question about a serial number, DER.
fn question(centre: &Centre, serial: &str) -> Vec<u8> {
    let (issuing, request) = (centre.dir.path().join("issuing.pem"), centre.dir.path().join("request.der"));
    let der = std::fs::read(centre.key_file("issuing.cer")).unwrap();
    std::fs::write(&issuing, desk::enrol::certificate_pem(&der)).unwrap();
    let mut openssl = Command::new("openssl");
    openssl.args(["ocsp", "-no_nonce", "-issuer"]).arg(issuing).args(["-serial", serial, "-reqout"]).arg(&request);
    assert!(openssl.status().unwrap().success());
    std::fs::read(request).unwrap()
}

/// OCSP answer, and the status of the revocation list.
async fn told(served: &Served, question: &[u8]) -> (Vec<u8>, u16) {
    let client = reqwest::Client::new();
    let answer = client.post(format!("{}/ocsp", served.at.status)).body(question.to_vec()).send().await.unwrap();
    let list = client.get(format!("{}/issuing.crl", served.at.status)).send().await.unwrap();
    (answer.bytes().await.unwrap().to_vec(), list.status().as_u16())
}

#[tokio::test(flavor = "multi_thread")]
async fn without_the_server_relying_parties_are_asked_to_try_later() {
    let mut cluster = Cluster::start();
    let Two { centre, first, second, at_first, root, .. } = two(cluster.database()).await;
    let (user, code) = at_first.rights(1).await.remove(0);
    let customer = Customer::new(&second.at.portal, &root);
    let (key, csr) = fresh_key();
    let fetched = customer.fetch(&user, &code, &csr).await.unwrap();
    customer.confirm(&fetched, &key).await.unwrap();
    let serial: Vec<(String,)> =
        table::rows(&centre.config, "SELECT serial FROM certificate WHERE serial IS NOT NULL").await;
    let question = question(&centre, &format!("0x{}", serial[0].0));
    let until = async |served: &Served, so: fn(&(Vec<u8>, u16)) -> bool| {
        let begun = Instant::now();
        loop {
            let told = told(served, &question).await;
            if so(&told) {
                return;
            }
            assert!(begun.elapsed() < Duration::from_secs(10), "{told:?}");
            tokio::time::sleep(Duration::from_millis(20)).await;
        }
    };
    for served in [&first, &second] {
        until(served, |(answer, list)| answer.len() > 200 && *list == 200).await;
    }
    cluster.stop_at_once();
    // Also the answer that was signed before, and the list that lies in a file.
    for served in [&first, &second] {
        until(served, |(answer, list)| *answer == TRY_LATER && *list == 503).await;
    }
    cluster.run();
    for served in [&first, &second] {
        until(served, |(answer, list)| answer.len() > 200 && *list == 200).await;
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn an_operator_works_beside_the_service() {
    let Two { centre, first, second, at_second, .. } = two(fresh_database()).await;
    let listed = served::operator(&centre, &["terminal", "invite", "--branch", "011", "--label", "窓口 2番"]).unwrap();
    assert!(listed.trim().len() > 10, "{listed}");
    // The instance that writes is gone, and the operator's command line becomes the writer for a moment, or the other one is.
    first.kill();
    served::operator(&centre, &["terminal", "revoke", &at_second.id().to_string()]).unwrap();
    assert_eq!(at_second.status().await, 403, "at once, and at the other instance");
    let verdict = served::operator(&centre, &["check"]).unwrap();
    assert!(verdict.contains("log, state, read tables and checkpoints agree"), "{verdict}");
    drop(second);
    assert_eq!(centre.check().findings, []);
}
