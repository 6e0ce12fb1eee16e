//! The one writer: takes acts from a queue, commits those that wait together in one transaction, signs one checkpoint.
//!
//! A failed commit ends the service: what the disk holds then is unknown, and retrying a failed fsync loses data.

use std::collections::HashMap;
use std::fs::File;
use std::sync::Arc;
use std::sync::atomic::{AtomicI64, Ordering};

use chrono::{DateTime, Utc};
use domain::{Actor, ErrorCode, Refusal};
use tlog::{Checkpoint, CheckpointSigner, CheckpointVerifier, Frontier};
use tokio::sync::{mpsc, oneshot, watch};
use wire::api::recovery::SentBack;

use super::Database;
use super::act::{Act, Answer, Aside, Refused, Sought};
use super::aggregate::Aggregate;
use super::batch::{Batch, Halt, Setting};
use super::db::{self, Connection, Readers, query};
use super::epoch::Epochs;
use super::head::head;
use super::intent::{self, Intent};
use super::recovery;
use super::rows::int;
use super::standing::Standings;
use super::tables::TableError;
use crate::clock::Clock;

/// Most acts of one transaction.
const BATCH: usize = 128;
/// Aggregates kept in memory.
const CACHE: usize = 20_000;

/// Something other than a refusal: the database or a stored form is broken.
#[derive(Debug, thiserror::Error)]
pub enum Fault {
    /// The database failed.
    #[error("database: {0}")]
    Database(#[from] db::Error),
    /// A stored state or answer can't be read.
    #[error("stored form: {0}")]
    Json(#[from] serde_json::Error),
    /// A stored entry can't be read or made.
    #[error("entry: {0}")]
    Wire(#[from] wire::WireError),
    /// The tree and the stored checkpoint differ.
    #[error("log: {0}")]
    Log(String),
}

impl From<TableError> for Fault {
    fn from(error: TableError) -> Self {
        match error {
            TableError::Broken(error) => Self::Database(error),
            TableError::Refused(refusal) => Self::Log(refusal.to_string()),
        }
    }
}

enum Job {
    Act(Box<Act>, oneshot::Sender<Answer>),
    Aside(Aside, oneshot::Sender<Result<(), Refusal>>),
    Intent(Intent, oneshot::Sender<Option<Intent>>),
    Refused(Box<Refused>, oneshot::Sender<Result<(), Refusal>>),
    Sought(Box<Sought>, oneshot::Sender<Result<(), Refusal>>),
    Report(Box<recovery::Report>, oneshot::Sender<Result<SentBack, Refusal>>),
    Recover(Actor, Option<String>, oneshot::Sender<Result<(), Refusal>>),
}

/// The way to the writer. Cheap to clone.
#[derive(Clone)]
pub struct Writer {
    jobs: mpsc::Sender<Job>,
    size: watch::Receiver<u64>,
    standings: Arc<Standings>,
    last_ms: Arc<AtomicI64>,
    epochs: watch::Receiver<Arc<Epochs>>,
}

fn gone() -> Refusal {
    ErrorCode::Unavailable.into()
}

impl Writer {
    /// Hands an act to the writer; answers when it is durable.
    ///
    /// # Errors
    /// The refusal, or [`ErrorCode::Unavailable`] when the writer has stopped.
    pub async fn act(&self, act: Act) -> Answer {
        let (reply, answer) = oneshot::channel();
        self.jobs.send(Job::Act(Box::new(act), reply)).await.map_err(|_| gone())?;
        answer.await.map_err(|_| gone())?
    }

    /// Stores something outside the log; answers when it is durable.
    ///
    /// # Errors
    /// [`ErrorCode::Unavailable`] when the writer has stopped.
    pub async fn aside(&self, aside: Aside) -> Result<(), Refusal> {
        let (reply, answer) = oneshot::channel();
        self.jobs.send(Job::Aside(aside, reply)).await.map_err(|_| gone())?;
        answer.await.map_err(|_| gone())?
    }

    /// Records what is about to be signed, durably; gives what is in force for that right, or `None` where the key is in
    /// use elsewhere.
    ///
    /// # Errors
    /// [`ErrorCode::Unavailable`] when the writer has stopped.
    pub async fn intend(&self, intent: Intent) -> Result<Option<Intent>, Refusal> {
        let (reply, answer) = oneshot::channel();
        self.jobs.send(Job::Intent(intent, reply)).await.map_err(|_| gone())?;
        answer.await.map_err(|_| gone())
    }

    /// Records that an authenticated member of staff was refused something before it could be decided.
    ///
    /// # Errors
    /// [`ErrorCode::Unavailable`] when the writer has stopped.
    pub async fn refused(&self, refused: Refused) -> Result<(), Refusal> {
        let (reply, answer) = oneshot::channel();
        self.jobs.send(Job::Refused(Box::new(refused), reply)).await.map_err(|_| gone())?;
        answer.await.map_err(|_| gone())?
    }

    /// Records that a member of staff looked for whom a stop would hit.
    ///
    /// # Errors
    /// [`ErrorCode::Unavailable`] when the writer has stopped.
    pub async fn sought(&self, sought: Sought) -> Result<(), Refusal> {
        let (reply, answer) = oneshot::channel();
        self.jobs.send(Job::Sought(Box::new(sought), reply)).await.map_err(|_| gone())?;
        answer.await.map_err(|_| gone())?
    }

    /// Takes a piece of what a desk sends back after a restore.
    ///
    /// # Errors
    /// It does not fit what was signed, or [`ErrorCode::Unavailable`] when the writer has stopped.
    pub async fn report(&self, report: recovery::Report) -> Result<SentBack, Refusal> {
        let (reply, answer) = oneshot::channel();
        self.jobs.send(Job::Report(Box::new(report), reply)).await.map_err(|_| gone())?;
        answer.await.map_err(|_| gone())?
    }

    /// Ends the recovery after a restore: puts back what the desks have sent. With a reason, whatever is missing is given up.
    ///
    /// # Errors
    /// [`ErrorCode::Recovering`] while something is missing and nobody gave it up, [`ErrorCode::EpochEnded`] when there is
    /// nothing to end.
    pub async fn recover(&self, actor: Actor, reason: Option<String>) -> Result<(), Refusal> {
        let (reply, answer) = oneshot::channel();
        self.jobs.send(Job::Recover(actor, reason, reply)).await.map_err(|_| gone())?;
        answer.await.map_err(|_| gone())?
    }

    /// The epochs of the log.
    pub fn epochs(&self) -> Arc<Epochs> {
        Arc::clone(&self.epochs.borrow())
    }

    /// Was the log put back from a backup, and what came after that is still being collected?
    pub fn recovering(&self) -> bool {
        self.epochs.borrow().recovery().is_some()
    }

    /// The size of the log; wakes when it grows.
    pub fn size(&self) -> watch::Receiver<u64> {
        self.size.clone()
    }

    /// The time acts are decided at: the machine's, but never before the last entry's. A clock that was set back does not
    /// close what is open.
    pub fn deciding(&self, now: DateTime<Utc>) -> DateTime<Utc> {
        DateTime::from_timestamp_millis(self.last_ms.load(Ordering::Acquire)).map_or(now, |last| last.max(now))
    }

    /// What relying parties are told.
    pub fn standings(&self) -> &Standings {
        &self.standings
    }
}

/// Starts the writer on an open database. The task ends when every [`Writer`] is dropped, or by a fault.
///
/// # Errors
/// The stored log and its last checkpoint do not agree.
pub async fn start(
    database: Database,
    setting: Setting,
    signer: Arc<CheckpointSigner>,
    clock: Clock,
) -> Result<(Writer, Readers, tokio::task::JoinHandle<Result<(), Fault>>), Fault> {
    let Database { mut writer, readers, lock } = database;
    let epochs = Epochs::load(&mut writer, &setting.institution).await?;
    let log = signer.verifier();
    let (frontier, last) = head(&mut writer, &log, &epochs).await?;
    let signer = signer.in_epoch(epochs.current()).map_err(|e| Fault::Log(e.to_string()))?;
    let standings = Arc::new(Standings::load(&mut writer).await?);
    let last_ms = Arc::new(AtomicI64::new(last.timestamp_millis()));
    let (jobs, queue) = mpsc::channel(1024);
    let (grown, size) = watch::channel(frontier.size());
    let (opened, epochs) = watch::channel(Arc::new(epochs));
    let task = Task {
        db: writer,
        setting,
        signer,
        log,
        epochs: opened,
        clock,
        cache: HashMap::new(),
        frontier,
        last,
        last_ms: Arc::clone(&last_ms),
        grown,
        standings: Arc::clone(&standings),
        _lock: lock,
    };
    let handle = tokio::spawn(task.run(queue));
    Ok((Writer { jobs, size, standings, last_ms, epochs }, readers, handle))
}

struct Task {
    db: Connection,
    setting: Setting,
    /// In the epoch of the log.
    signer: CheckpointSigner,
    /// Of the log's first epoch.
    log: CheckpointVerifier,
    epochs: watch::Sender<Arc<Epochs>>,
    clock: Clock,
    cache: HashMap<String, Aggregate>,
    frontier: Frontier,
    last: DateTime<Utc>,
    last_ms: Arc<AtomicI64>,
    grown: watch::Sender<u64>,
    standings: Arc<Standings>,
    _lock: File,
}

/// What became of a job of a batch.
enum Done {
    Act(Answer),
    Intent(Option<Intent>),
    Report(Result<SentBack, Refusal>),
    Recovered(Result<(), Refusal>),
    Other,
}

impl Job {
    /// A client that has gone away will ask again and get this same answer.
    fn reply(self, done: Done) {
        match (self, done) {
            (Self::Act(_, sender), Done::Act(answer)) => drop(sender.send(answer)),
            (Self::Intent(_, sender), Done::Intent(intent)) => drop(sender.send(intent)),
            (Self::Aside(_, sender) | Self::Refused(_, sender) | Self::Sought(_, sender), Done::Other) => {
                drop(sender.send(Ok(())))
            }
            (Self::Report(_, sender), Done::Report(answer)) => drop(sender.send(answer)),
            (Self::Recover(_, _, sender), Done::Recovered(answer)) => drop(sender.send(answer)),
            // Unreachable by construction: the job is asked again by whoever waits for it.
            _ => {}
        }
    }
}

impl Task {
    async fn run(mut self, mut queue: mpsc::Receiver<Job>) -> Result<(), Fault> {
        let mut jobs = Vec::with_capacity(BATCH);
        while queue.recv_many(&mut jobs, BATCH).await > 0 {
            if let Err(fault) = self.batch(&mut jobs).await {
                tracing::error!(%fault, "the writer stops");
                return Err(fault);
            }
        }
        // The lock goes with `self`, after the database is closed.
        Ok(self.db.close().await?)
    }

    async fn batch(&mut self, jobs: &mut Vec<Job>) -> Result<(), Fault> {
        for place in (0..jobs.len()).rev() {
            if matches!(jobs.get(place), Some(Job::Recover(..))) {
                self.recover(jobs.remove(place)).await?;
            }
        }
        // What came at the same time has no order: intents go first, all in one statement.
        jobs.sort_by_key(|job| !matches!(job, Job::Intent(..)));
        match self.commit(jobs, false).await {
            Ok(done) => jobs.drain(..).zip(done).for_each(|(job, done)| job.reply(done)),
            Err(Halt::Fault(fault)) => return Err(fault),
            Err(Halt::Alone) => {
                for job in jobs.drain(..) {
                    match self.commit(std::slice::from_ref(&job), true).await {
                        Ok(mut done) => job.reply(done.pop().unwrap_or(Done::Other)),
                        Err(Halt::Fault(fault)) => return Err(fault),
                        Err(_) => return Err(Fault::Log("an act taken alone was refused as a group".into())),
                    }
                }
            }
            Err(Halt::Undone(refusal)) => return Err(Fault::Log(refusal.to_string())),
        }
        Ok(())
    }

    /// A transaction of its own: all that came back, or nothing.
    async fn recover(&mut self, job: Job) -> Result<(), Fault> {
        let answer = match self.commit(std::slice::from_ref(&job), true).await {
            Ok(_) => Ok(()),
            Err(Halt::Undone(refusal)) => Err(refusal),
            Err(Halt::Fault(fault)) => return Err(fault),
            Err(Halt::Alone) => return Err(Fault::Log("what came back was refused as a group".into())),
        };
        if answer.is_ok() {
            // Only now, when the standings are those after it: nobody is told "good" in between.
            let epochs = Epochs::load(&mut self.db, &self.setting.institution).await?;
            self.epochs.send_replace(Arc::new(epochs));
        }
        job.reply(Done::Recovered(answer));
        Ok(())
    }

    /// One transaction; nothing is known outside before it is durable. With [`Halt::Alone`] nothing of it happened.
    async fn commit(&mut self, jobs: &[Job], alone: bool) -> Result<Vec<Done>, Halt> {
        if self.cache.len() > CACHE {
            self.cache.clear();
        }
        // Time in the log never goes back, whatever the machine's clock does.
        self.last = self.last.max(self.clock.now());
        self.last_ms.store(self.last.timestamp_millis(), Ordering::Release);
        self.db.begin().await?;
        let (epochs, frontier) = (Arc::clone(&self.epochs.borrow()), self.frontier.clone());
        let mut batch = Batch::new(&self.setting, &mut self.db, &mut self.cache, frontier, self.last, alone, &epochs);
        let decided = match decide(&mut batch, jobs, (&self.log, &self.signer)).await {
            Ok(done) => batch.finish().await.map(|finished| (done, finished)),
            Err(halt) => {
                batch.undo();
                Err(halt)
            }
        };
        let (done, (frontier, grew, standings)) = match decided {
            Ok(decided) => decided,
            Err(halt @ (Halt::Alone | Halt::Undone(_))) => {
                self.db.rollback().await?;
                return Err(halt);
            }
            Err(halt) => return Err(halt),
        };
        if grew {
            fault::point("centre-before-checkpoint");
            checkpoint(&mut self.db, &self.signer, &frontier).await?;
        }
        fault::point("centre-before-commit");
        self.db.commit().await?;
        fault::point("centre-committed");
        self.standings.publish(standings);
        self.frontier = frontier;
        if grew {
            self.grown.send_replace(self.frontier.size());
        }
        Ok(done)
    }
}

/// Signs and stores the head of the log.
pub(crate) async fn checkpoint(
    db: &mut Connection,
    signer: &CheckpointSigner,
    frontier: &Frontier,
) -> Result<(), db::Error> {
    let origin = signer.name().to_owned();
    let note = signer.sign(&Checkpoint { origin, size: frontier.size(), root: frontier.root() });
    query("INSERT INTO checkpoint (size, frontier, note) VALUES ($1, $2, $3)")
        .bind(int(frontier.size()))
        .bind(frontier.to_bytes())
        .bind(note)
        .execute(db)
        .await
        .map(drop)
}

/// Decides the jobs of a batch in order; intents stand first.
async fn decide(
    batch: &mut Batch<'_>,
    jobs: &[Job],
    (log, signer): (&CheckpointVerifier, &CheckpointSigner),
) -> Result<Vec<Done>, Halt> {
    let asked: Vec<&Intent> =
        jobs.iter().filter_map(|job| if let Job::Intent(intent, _) = job { Some(intent) } else { None }).collect();
    let mut in_force = intent::record(batch.db, &asked).await?.into_iter();
    let mut done = Vec::with_capacity(jobs.len());
    for job in jobs {
        done.push(match job {
            Job::Intent(..) => Done::Intent(in_force.next().flatten()),
            Job::Act(act, _) => {
                let answer = batch.act(act).await?;
                fault::point("centre-decided");
                Done::Act(answer)
            }
            Job::Aside(aside, _) => {
                super::aside::write(batch.db, aside).await?;
                Done::Other
            }
            Job::Refused(refused, _) => {
                batch.refused(refused)?;
                Done::Other
            }
            Job::Sought(sought, _) => {
                batch.sought(sought)?;
                Done::Other
            }
            Job::Report(report, _) => Done::Report(recovery::take(batch, report, log).await?),
            Job::Recover(actor, reason, _) => {
                recovery::end(batch, actor, reason.as_deref(), signer).await?;
                Done::Recovered(Ok(()))
            }
        });
    }
    Ok(done)
}
