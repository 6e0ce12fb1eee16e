//! What somebody waits for in front of a long log: a page of it under any filter, a search, a verification. The same desk crate as in
//! the window, from the command to its answer; a short log beside the long one in the same run.

use std::time::{Duration, Instant};

use aws_lc_rs::rand::SystemRandom;
use aws_lc_rs::signature::{
    ECDSA_P256_SHA256_ASN1, ECDSA_P256_SHA256_ASN1_SIGNING, EcdsaKeyPair, KeyPair as _, UnparsedPublicKey,
};
use desk::Desk;
use desk::secrets::Secrets;
use desk::view::{LogFilter, VerifyPhase, VerifyView};
use e2e::centre::{BRANCH, Centre, PASSWORD};
use e2e::long_log::{self, Customers};
use e2e::office::Office;
use e2e::served::Served;
use e2e::terminal::Terminal;
use serde_json::{Value, json};
use tlog::CheckpointVerifier;
use tokio::task::JoinHandle;
use wire::api::feed::FeedAnswer;

use crate::cost::round;
use crate::sync::{self, desk as process};

/// Entries of the short log.
const SHORT: u64 = 1_000;
/// Customers of the small search: the growth is told from here to the large one.
const FEW: u64 = 10_000;
/// Of so many customers who are searched one has a whole story; the others stand there with name, reading, CIF number and phone.
const STORY_IN: u64 = 100;
/// Entries that such a story leaves.
const STORY: u64 = 8;
const STORIES: Customers = Customers { own_in: 1, story_in: 1, fetched: false };
/// How often each question is asked.
const TIMES: usize = 25;

/// A desk that holds a log of so many entries, all of them its own.
pub(crate) struct Held {
    desk: Option<Desk>,
    /// Somebody sits before it, however long the other figures take: a desk left alone locks.
    attended: Option<JoinHandle<()>>,
    pub(crate) entries: u64,
    pub(crate) identity: desk::Identity,
    pub(crate) dir: tempfile::TempDir,
    _served: Served,
    _centre: Centre,
}

/// The logs of one run.
pub(crate) struct Reading {
    short: Held,
    pub(crate) long: Held,
}

impl Held {
    async fn of(entries: u64, customers: Customers) -> Self {
        let mut centre = Centre::new(|_| {});
        let invitations = [centre.invite(BRANCH, "窓口 1番"), centre.invite(BRANCH, "窓口 2番")];
        centre.start();
        let office = Office::enrol(&centre, &invitations[0]).await;
        long_log::lengthen_by(&mut centre, &office, entries, customers).await;
        let served = Served::start(&centre, None).await;
        let (dir, identity) = sync::enrolled(&centre, &served.at.enrol, &invitations[1], &served.at.terminal).await;
        let terminal = Terminal::new(identity.clone(), &Secrets::Files(dir.path().join("secrets")));
        let size = terminal.size().await;
        process::synced(dir.path(), &identity, size);
        Self { desk: None, attended: None, entries: size, identity, dir, _served: served, _centre: centre }
    }

    /// The desk of it, signed in.
    async fn open(&mut self) -> Desk {
        if self.desk.is_none() {
            let desk = process::open(self.dir.path()).await;
            while desk.sign_in("T1001", PASSWORD).await.is_err() {
                tokio::time::sleep(Duration::from_millis(50)).await;
            }
            let attended = desk.clone();
            self.attended = Some(tokio::spawn(async move {
                loop {
                    attended.touch();
                    tokio::time::sleep(Duration::from_secs(60)).await;
                }
            }));
            self.desk = Some(desk);
        }
        self.desk.clone().unwrap()
    }

    /// Nobody has it open any more.
    pub(crate) async fn close(&mut self) {
        if let Some(attended) = self.attended.take() {
            attended.abort();
            let _ = attended.await;
        }
        if let Some(desk) = self.desk.take() {
            desk.close().await;
        }
    }

    /// Milliseconds of a page under a filter, as if for the first time: each time as of another size of the log.
    async fn page(&mut self, filter: &LogFilter, times: usize) -> Vec<f64> {
        let desk = self.open().await;
        let as_of = desk.log_page(filter.clone(), None, 0, 1).await.unwrap().as_of;
        let mut took = Vec::with_capacity(times);
        for before in 1..=times {
            let begun = Instant::now();
            let as_of = as_of - u32::try_from(before).unwrap();
            desk.log_page(filter.clone(), Some(as_of), 0, 50).await.unwrap();
            took.push(begun.elapsed().as_secs_f64() * 1000.0);
        }
        took
    }

    /// Milliseconds of each search, among so many customers.
    async fn search(&mut self, customers: u64) -> Vec<f64> {
        let desk = self.open().await;
        // One with a story: it has a contract, a user ID and a certificate.
        let some = customers / 2 / STORY_IN * STORY_IN;
        let texts = [
            "ミホ".to_owned(),
            "みほんしょう".to_owned(),
            "見本".to_owned(),
            "見本商店".to_owned(),
            // Everybody's.
            "株式会社".to_owned(),
            "㈱".to_owned(),
            format!("株式会社見本商店{some}"),
            format!("商店{some}"),
            format!("{some:07}"),
            format!("{some:010}"),
            format!("U{some:08}"),
            format!("U{:05}", some / 1000),
            // The serial of a certificate, and how it begins.
            long_log::serial_of(some),
            long_log::serial_of(some)[..12].to_owned(),
            "025-000".to_owned(),
            "ない名前".to_owned(),
        ];
        let mut took = Vec::new();
        for text in texts {
            for _ in 0..TIMES {
                let begun = Instant::now();
                std::hint::black_box(desk.search(&text).await.unwrap());
                took.push(begun.elapsed().as_secs_f64() * 1000.0);
            }
        }
        took
    }
}

pub(crate) async fn reading(kept: &mut Option<Reading>) -> &mut Reading {
    if kept.is_none() {
        *kept = Some(Reading { short: Held::of(SHORT, STORIES).await, long: Held::of(sync::entries(), STORIES).await });
    }
    kept.as_mut().unwrap()
}

/// Nobody has them open any more: a process must not end before that.
pub(crate) async fn close(kept: Option<Reading>) {
    if let Some(Reading { mut short, mut long }) = kept {
        short.close().await;
        long.close().await;
    }
}

fn at(mut took: Vec<f64>, part: f64) -> f64 {
    took.sort_by(f64::total_cmp);
    took[((took.len() - 1) as f64 * part).round() as usize]
}

/// Every filter there is something for, some of them together.
async fn filters(desk: &Desk) -> Vec<LogFilter> {
    let choices = desk.log_choices().await.unwrap();
    let none = LogFilter::default;
    let today = domain::calendar::jst_day(chrono::Utc::now()).to_string();
    // The last ones: no number, the beginning of everybody's user ID and of many a number, a serial's.
    let texts = [
        "見本",
        "ミホン",
        "商店1",
        "0000000100",
        "U00000100",
        "0000100",
        "2026",
        "ない名前",
        "YAMADA",
        "U0",
        "00",
        "01:23:4",
        "株式会社",
    ];
    let mut filters = vec![
        none(),
        LogFilter { from: Some(today.clone()), ..none() },
        LogFilter { until: Some("2026-01-15".into()), from: Some("2020-03-03".into()), ..none() },
    ];
    filters.extend(choices.kinds.iter().map(|kind| LogFilter { kind: Some(kind.clone()), ..none() }));
    filters.extend(choices.staff.iter().map(|one| LogFilter { staff: Some(one.id.clone()), ..none() }));
    filters.extend(choices.actors.iter().map(|kind| LogFilter { actor: Some(kind.clone()), ..none() }));
    filters.extend(choices.terminals.iter().map(|one| LogFilter { terminal: Some(one.id.clone()), ..none() }));
    filters.extend(choices.reasons.iter().map(|reason| LogFilter { reason: Some(reason.clone()), ..none() }));
    filters.extend(choices.branches.iter().map(|one| LogFilter { branch: Some(one.id.clone()), ..none() }));
    // Of the oldest customer, of one in the middle, and of the newest.
    let all = desk.log_page(none(), None, 0, 1).await.unwrap().total;
    for at in [0, all / 2, all.saturating_sub(50)] {
        let page = desk.log_page(none(), None, at, 20).await.unwrap();
        let id = page.lines.iter().find_map(|line| line.customer_id.clone()).unwrap();
        let certificate = desk.customer(&id).await.unwrap().certificates.pop().map(|one| one.certificate_id);
        filters.push(LogFilter { customer: Some(id), ..none() });
        filters.extend(certificate.map(|id| LogFilter { certificate: Some(id), ..none() }));
    }
    filters.extend(texts.iter().map(|text| LogFilter { text: Some((*text).into()), ..none() }));
    filters.extend(choices.kinds.iter().map(|kind| LogFilter {
        kind: Some(kind.clone()),
        staff: Some("S2001".into()),
        text: Some("見本商店".into()),
        from: Some(today.clone()),
        ..none()
    }));
    filters
}

pub(crate) async fn log(kept: &mut Option<Reading>) -> Value {
    let Reading { short, long, .. } = reading(kept).await;
    let (mut long_ms, mut short_ms) = (Vec::new(), Vec::new());
    // In turn, so that both meet the same machine.
    for _ in 0..TIMES {
        long_ms.extend(long.page(&LogFilter::default(), 3).await);
        short_ms.extend(short.page(&LogFilter::default(), 3).await);
    }
    let (mut filtered, mut worst) = (Vec::new(), (0.0, LogFilter::default()));
    for filter in filters(&long.open().await).await {
        let took = long.page(&filter, TIMES).await;
        let slow = at(took.clone(), 0.99);
        if slow > worst.0 {
            worst = (slow, filter);
        }
        filtered.extend(took);
    }
    let (long_p50, short_p50) = (at(long_ms, 0.5), at(short_ms, 0.5));
    json!({ "log": {
        "entries": long.entries,
        "open_ms": round(long_p50),
        "open_1m_per_1k": round(long_p50 / short_p50),
        "filter_p50_ms": round(at(filtered.clone(), 0.5)),
        "filter_p99_ms": round(at(filtered, 0.99)),
        "slowest_filter_ms": round(worst.0),
        "slowest_filter": worst.1,
    } })
}

pub(crate) async fn search() -> Value {
    let customers = Customers { own_in: 1, story_in: STORY_IN, fetched: true };
    let entries = |customers: u64| customers + customers / STORY_IN * (STORY - 1);
    let many = sync::entries();
    let mut small = Held::of(entries(FEW), customers).await;
    let mut large = Held::of(entries(many), customers).await;
    let (mut many_ms, mut few_ms) = (Vec::new(), Vec::new());
    for _ in 0..3 {
        many_ms.extend(large.search(many).await);
        few_ms.extend(small.search(FEW).await);
    }
    small.close().await;
    large.close().await;
    json!({ "search": {
        "customers": many,
        "p50_ms": round(at(many_ms.clone(), 0.5)),
        "p99_ms": round(at(many_ms.clone(), 0.99)),
        "growth_10k_1m": round(at(many_ms.clone(), 0.5) / at(few_ms.clone(), 0.5)),
        "growth_p99_10k_1m": round(at(many_ms, 0.99) / at(few_ms, 0.99)),
    } })
}

/// Runs a verification to its end; gives it with its seconds.
async fn verified(desk: &Desk) -> (VerifyView, f64) {
    let begun = Instant::now();
    desk.verify().unwrap();
    loop {
        let view = desk.verification().await.unwrap();
        if view.phase != VerifyPhase::Running {
            assert_eq!(view.phase, VerifyPhase::Sound, "{:?}", view.findings.first());
            return (view, begun.elapsed().as_secs_f64());
        }
        tokio::time::sleep(Duration::from_millis(25)).await;
    }
}

/// Verifications a second of bare P-256, all cores together.
fn raw_signatures() -> f64 {
    const EACH: u32 = 8_000;
    let pkcs8 = EcdsaKeyPair::generate_pkcs8(&ECDSA_P256_SHA256_ASN1_SIGNING, &SystemRandom::new()).unwrap();
    let pair = EcdsaKeyPair::from_pkcs8(&ECDSA_P256_SHA256_ASN1_SIGNING, pkcs8.as_ref()).unwrap();
    // About as long as an envelope is.
    let message = [7_u8; 700];
    let signature = pair.sign(&SystemRandom::new(), &message).unwrap();
    let point = pair.public_key().as_ref();
    let threads = std::thread::available_parallelism().map_or(1, usize::from);
    let begun = Instant::now();
    std::thread::scope(|scope| {
        for _ in 0..threads {
            scope.spawn(|| {
                for _ in 0..EACH {
                    let key = UnparsedPublicKey::new(&ECDSA_P256_SHA256_ASN1, point);
                    key.verify(std::hint::black_box(&message), signature.as_ref()).unwrap();
                }
            });
        }
    });
    threads as f64 * f64::from(EACH) / begun.elapsed().as_secs_f64()
}

pub(crate) async fn verify(kept: &mut Option<Reading>) -> Value {
    let long = &mut reading(kept).await.long;
    let desk = long.open().await;
    // Before and after: such a machine is now faster, now slower.
    let raw = || (0..3).map(|_| raw_signatures()).sum::<f64>() / 3.0;
    let before = raw();
    let (first, first_s) = verified(&desk).await;
    let raw = (before + raw()) / 2.0;
    let (second, mut second_s) = verified(&desk).await;
    assert_eq!((first.remembered, second.remembered), (0, second.signed));
    for _ in 0..2 {
        second_s = second_s.min(verified(&desk).await.1);
    }
    // The same entries in memory: the bare tree, and the desk's witness.
    let terminal = Terminal::new(long.identity.clone(), &Secrets::Files(long.dir.path().join("secrets")));
    let verifier = CheckpointVerifier::parse(&long.identity.log_key).unwrap();
    let (mut answers, mut seen): (Vec<FeedAnswer>, u64) = (Vec::new(), 0);
    while seen < long.entries {
        let answer = terminal.feed(seen, 16_384).await;
        seen += answer.leaves.len() as u64;
        answers.push(answer);
    }
    let mut tree_s = f64::MAX;
    for _ in 0..3 {
        tree_s = tree_s.min(sync::bare_tree(&answers).1);
    }
    let per_tree = sync::verify_per_tree(&verifier, &answers);
    let signatures = f64::from(first.signed) / (first_s - second_s).max(f64::EPSILON);
    json!({ "verify": {
        "entries": second.done,
        "signatures": first.signed,
        "first_s": round(first_s),
        "again_s": round(second_s),
        "tree_s": round(tree_s),
        "per_tree": round(per_tree),
        "stored_per_tree": round(second_s / tree_s),
        "sig_per_raw": round(signatures / raw),
        "sig_per_s": round(signatures),
        "raw_per_s": round(raw),
    } })
}
