//! Staff who record customers without end: whatever breaks, each sends the same again until it is acknowledged. And a reader of
//! the feed, who checks every leaf and every checkpoint.

use std::collections::BTreeMap;
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, AtomicUsize, Ordering};
use std::time::{Duration, Instant};

use central::config::Config;
use domain::customer::CustomerCommand;
use domain::id::CustomerId;
use e2e::table;
use e2e::terminal::{Terminal, somebody};
use tlog::{CheckpointVerifier, Frontier};
use tokio::task::JoinHandle;
use wire::api::session::SignedIn;

/// Entry's id, its place as it was acknowledged, and when.
pub(super) type Acknowledged = (String, u64, Instant);

pub(super) struct Load {
    stop: Arc<AtomicBool>,
    tasks: Vec<JoinHandle<Vec<Acknowledged>>>,
    reader: JoinHandle<u64>,
    /// Answers that said "not now", and lines that broke.
    pub(super) failures: Arc<AtomicUsize>,
    /// Acknowledged so far.
    pub(super) done: Arc<AtomicUsize>,
}

/// Every worker has the addresses it tries one after the other.
pub(super) fn begin(workers: Vec<[Arc<Terminal>; 2]>, reader: Arc<Terminal>, key: &str, staff: SignedIn) -> Load {
    let stop = Arc::new(AtomicBool::new(false));
    let (failures, done) = (Arc::new(AtomicUsize::new(0)), Arc::new(AtomicUsize::new(0)));
    let staff = Arc::new(staff);
    let tasks = workers.into_iter().enumerate().map(|(worker, terminals)| {
        let (stop, failures, done, staff) = (stop.clone(), failures.clone(), done.clone(), staff.clone());
        tokio::spawn(work(worker, terminals, staff, stop, failures, done))
    });
    let tasks = tasks.collect();
    let verifier = CheckpointVerifier::parse(key.trim()).unwrap();
    let reader = tokio::spawn(read(reader, verifier, stop.clone()));
    Load { stop, tasks, reader, failures, done }
}

async fn work(
    worker: usize,
    terminals: [Arc<Terminal>; 2],
    staff: Arc<SignedIn>,
    stop: Arc<AtomicBool>,
    failures: Arc<AtomicUsize>,
    done: Arc<AtomicUsize>,
) -> Vec<Acknowledged> {
    let mut acknowledged = Vec::new();
    for n in 0.. {
        if stop.load(Ordering::Acquire) {
            break;
        }
        let command = CustomerCommand::RecordCustomer {
            branch: staff.branch.clone(),
            cif: format!("{}", 1_000_000 * (worker + 1) + n).parse().unwrap(),
        };
        let customer = CustomerId(uuid::Uuid::now_v7());
        let request = terminals[0].seal(&staff, customer, command, Some(somebody()), None);
        let mut turn = 0;
        let accepted = loop {
            match terminals[turn % 2].try_send(&staff, &request).await.ok() {
                Some(Ok(accepted)) => break accepted,
                Some(Err(refused)) => assert!(refused.code.http_status() == 503, "{:?}", refused.code),
                None => {}
            }
            failures.fetch_add(1, Ordering::AcqRel);
            turn += 1;
            tokio::time::sleep(Duration::from_millis(50)).await;
        };
        done.fetch_add(1, Ordering::AcqRel);
        acknowledged.push((accepted.entry.to_string(), accepted.index, Instant::now()));
    }
    acknowledged
}

/// Reads until it is told to stop and nothing is left; gives the number of entries it has verified.
async fn read(terminal: Arc<Terminal>, verifier: CheckpointVerifier, stop: Arc<AtomicBool>) -> u64 {
    let mut frontier = Frontier::new();
    loop {
        let stopping = stop.load(Ordering::Acquire);
        let Some(answer) = terminal.follow(frontier.size(), 1).await else {
            tokio::time::sleep(Duration::from_millis(50)).await;
            continue;
        };
        assert_eq!(answer.from, frontier.size());
        if answer.leaves.is_empty() {
            if stopping && answer.log_size == frontier.size() {
                return frontier.size();
            }
            continue;
        }
        for leaf in answer.leaves {
            frontier.append(leaf.hash().unwrap());
        }
        let checkpoint = verifier.open(&answer.checkpoint).unwrap();
        assert_eq!((checkpoint.size, checkpoint.root), (frontier.size(), frontier.root()), "an entry was missed");
    }
}

impl Load {
    /// Waits until so many more were acknowledged.
    pub(super) async fn more(&self, count: usize) {
        let wanted = self.done.load(Ordering::Acquire) + count;
        let begun = Instant::now();
        while self.done.load(Ordering::Acquire) < wanted {
            assert!(begun.elapsed() < Duration::from_secs(60), "nothing is acknowledged any more");
            tokio::time::sleep(Duration::from_millis(5)).await;
        }
    }

    /// Stops, and compares: everything acknowledged is in the log, once, where it was said to be; and the reader has seen all.
    pub(super) async fn end(self, config: &Config) -> Vec<Acknowledged> {
        self.stop.store(true, Ordering::Release);
        let mut acknowledged = Vec::new();
        for task in self.tasks {
            acknowledged.extend(task.await.unwrap());
        }
        let seen = self.reader.await.unwrap();
        let rows: Vec<(i64, String, Vec<u8>)> =
            table::rows(config, "SELECT idx, id, bytes FROM entry ORDER BY idx").await;
        assert_eq!(seen, rows.len() as u64, "the reader has not seen everything");
        let log: BTreeMap<&str, u64> = rows.iter().map(|(idx, id, _)| (id.as_str(), *idx as u64)).collect();
        for (id, index, _) in &acknowledged {
            assert_eq!(log.get(id.as_str()), Some(index), "an acknowledged act is not where it was said to be");
        }
        let customers: Vec<(String,)> =
            table::rows(config, "SELECT subject FROM aggregate WHERE subject LIKE 'customer/%'").await;
        assert_eq!(customers.len(), acknowledged.len(), "each act once");
        acknowledged
    }
}
