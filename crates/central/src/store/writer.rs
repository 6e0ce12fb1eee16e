//! The way to the one writer, and what is known of what it did. The writer itself is [`super::writing`]'s.

use std::sync::Arc;
use std::sync::atomic::{AtomicI64, Ordering};

use chrono::{DateTime, Utc};
use domain::id::CommandId;
use domain::{Actor, ErrorCode, Policy, Refusal};
use tlog::CheckpointSigner;
use tokio::sync::{mpsc, oneshot, watch};
use tokio::task::JoinHandle;
use tokio::time::Instant;
use wire::api::recovery::SentBack;

use super::act::{Act, Answer, Aside, Looked, Refused, Sought};
use super::batch::Setting;
use super::db::{self, Readers};
use super::epoch::Epochs;
use super::intent::{Asked, Intent};
use super::job::{Done, Job, Reply, Work};
use super::policy::InForce;
use super::recovery::Report as SentBackPiece;
use super::standing::Standings;
use super::tables::TableError;
use super::takeover::TakeOver;
use super::{Database, read, serving};
use crate::clock::Clock;
use crate::import::Report;
use crate::measured::Measured;

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

/// The way to the writer. Cheap to clone.
#[derive(Clone)]
pub struct Writer {
    jobs: mpsc::Sender<Job>,
    known: Known,
}

/// What every instance knows of what was committed.
#[derive(Clone)]
pub(super) struct Known {
    pub(super) size: watch::Sender<u64>,
    pub(super) standings: Arc<Standings>,
    pub(super) last_ms: Arc<AtomicI64>,
    /// Does this instance write?
    pub(super) leads: watch::Sender<bool>,
    pub(super) epochs: watch::Sender<Arc<Epochs>>,
    /// Wakes when something was decided that the centre itself carries out.
    pub(super) due: watch::Sender<u64>,
    pub(super) policy: InForce,
    pub(super) measured: Arc<Measured>,
}

impl Known {
    /// Was the log put back from a backup, and what came after that is still being collected?
    pub(super) fn recovering(&self) -> bool {
        self.epochs.borrow().recovery().is_some()
    }

    /// The log has so many entries, or more.
    pub(super) fn grown(&self, size: u64) {
        self.size.send_if_modified(|known| {
            let grew = size > *known;
            *known = (*known).max(size);
            grew
        });
    }
}

fn gone() -> Refusal {
    ErrorCode::Unavailable.into()
}

impl Writer {
    async fn ask(&self, work: Work) -> Result<Done, Refusal> {
        let (reply, answer) = oneshot::channel();
        let job = Job { work, reply: Reply::Here(reply), asked: Instant::now(), again: false };
        self.jobs.send(job).await.map_err(|_| gone())?;
        answer.await.map_err(|_| gone())
    }

    /// Hands an act to the writer; answers when it is durable.
    ///
    /// # Errors
    /// The refusal, or [`ErrorCode::Unavailable`] when the writer has stopped.
    pub async fn act(&self, act: Act) -> Answer {
        match self.ask(Work::Act(Box::new(act))).await? {
            Done::Act(answer) => answer,
            _ => Err(gone()),
        }
    }

    /// Stores something outside the log; answers when it is durable.
    ///
    /// # Errors
    /// [`ErrorCode::Unavailable`] when the writer has stopped.
    pub async fn aside(&self, aside: Aside) -> Result<(), Refusal> {
        self.ask(Work::Aside(Box::new(aside))).await.map(drop)
    }

    /// Records what is about to be signed, durably; gives what is in force for that right.
    ///
    /// # Errors
    /// [`ErrorCode::PickupDenied`] where the code is not in force any more, [`ErrorCode::KeyReused`] where the key is in use
    /// elsewhere, [`ErrorCode::Unavailable`] when the writer has stopped.
    pub async fn intend(&self, asked: Asked) -> Result<Intent, Refusal> {
        match self.ask(Work::Intent(asked)).await? {
            Done::Intent(intended) => intended,
            _ => Err(gone()),
        }
    }

    /// The number of a revocation list about to be made: higher than every one before, `at_least` or more. The list holds
    /// everything that was committed before its number.
    ///
    /// # Errors
    /// [`ErrorCode::Unavailable`] when the writer has stopped.
    pub async fn crl_number(&self, at_least: i64) -> Result<i64, Refusal> {
        match self.ask(Work::CrlNumber(at_least)).await? {
            Done::CrlNumber(number) => Ok(number),
            _ => Err(gone()),
        }
    }

    /// Records that an authenticated member of staff was refused something before it could be decided.
    ///
    /// # Errors
    /// [`ErrorCode::Unavailable`] when the writer has stopped.
    pub async fn refused(&self, refused: Refused) -> Result<(), Refusal> {
        self.ask(Work::Refused(CommandId(uuid::Uuid::now_v7()), Box::new(refused))).await.map(drop)
    }

    /// Records that a member of staff looked for whom a stop would hit.
    ///
    /// # Errors
    /// [`ErrorCode::Unavailable`] when the writer has stopped.
    pub async fn sought(&self, sought: Sought) -> Result<(), Refusal> {
        self.ask(Work::Sought(CommandId(uuid::Uuid::now_v7()), Box::new(sought))).await.map(drop)
    }

    /// Records that an auditor is shown personal data.
    ///
    /// # Errors
    /// [`ErrorCode::Unavailable`] when the writer has stopped.
    pub async fn looked(&self, looked: Looked) -> Result<(), Refusal> {
        self.ask(Work::Looked(CommandId(uuid::Uuid::now_v7()), Box::new(looked))).await.map(drop)
    }

    /// Takes a piece of what a desk sends back after a restore.
    ///
    /// # Errors
    /// It does not fit what was signed, or [`ErrorCode::Unavailable`] when the writer has stopped.
    pub async fn report(&self, report: SentBackPiece) -> Result<SentBack, Refusal> {
        match self.ask(Work::Report(Box::new(report))).await? {
            Done::Report(answer) => answer,
            _ => Err(gone()),
        }
    }

    /// Compares a file of customers with what is there, and takes it over if it is to be: all of it, or nothing. Everything
    /// else waits meanwhile.
    ///
    /// # Errors
    /// It was given up, or [`ErrorCode::Unavailable`] when the writer has stopped.
    pub(crate) async fn take_over(&self, asked: TakeOver) -> Result<Report, Refusal> {
        match self.ask(Work::Import(Arc::new(asked))).await? {
            Done::Imported(answer) => answer,
            _ => Err(gone()),
        }
    }

    /// Ends the recovery after a restore: puts back what the desks have sent. With a reason, whatever is missing is given up.
    ///
    /// # Errors
    /// [`ErrorCode::Recovering`] while something is missing and nobody gave it up, [`ErrorCode::EpochEnded`] when there is
    /// nothing to end.
    pub async fn recover(&self, actor: Actor, reason: Option<String>) -> Result<(), Refusal> {
        match self.ask(Work::Recover(actor, reason)).await? {
            Done::Recovered(answer) => answer,
            _ => Err(gone()),
        }
    }

    /// The epochs of the log.
    pub fn epochs(&self) -> Arc<Epochs> {
        Arc::clone(&self.known.epochs.borrow())
    }

    /// Was the log put back from a backup, and what came after that is still being collected?
    pub fn recovering(&self) -> bool {
        self.known.recovering()
    }

    /// The size of the log; wakes when it grows.
    pub fn size(&self) -> watch::Receiver<u64> {
        self.known.size.subscribe()
    }

    /// The size of the log, which somebody says is `claimed` or more. Another instance may have told that before this one has
    /// heard of it.
    ///
    /// # Errors
    /// The database failed.
    pub async fn size_or(&self, readers: &Readers, claimed: u64) -> Result<u64, Fault> {
        let size = *self.known.size.borrow();
        if size >= claimed || matches!(readers, Readers::Sqlite(_)) {
            return Ok(size);
        }
        Ok(read::log_size(readers).await?.max(size))
    }

    /// The time acts are decided at: the machine's, but never before the last entry's. A clock that was set back does not
    /// close what is open.
    pub fn deciding(&self, now: DateTime<Utc>) -> DateTime<Utc> {
        DateTime::from_timestamp_millis(self.known.last_ms.load(Ordering::Acquire)).map_or(now, |last| last.max(now))
    }

    /// The policy in force, for what is decided now.
    pub(crate) fn policy(&self, now: DateTime<Utc>) -> Arc<Policy> {
        self.known.policy.at(self.deciding(now))
    }

    /// What is counted.
    pub(crate) fn measured(&self) -> &Measured {
        &self.known.measured
    }

    /// What relying parties are told.
    pub fn standings(&self) -> &Standings {
        &self.known.standings
    }

    /// Wakes when something was decided that the centre itself carries out.
    pub(crate) fn due(&self) -> watch::Receiver<u64> {
        self.known.due.subscribe()
    }

    /// Does this instance write? What runs once for all instances runs there.
    pub fn leads(&self) -> watch::Receiver<bool> {
        self.known.leads.subscribe()
    }
}

/// Starts the writer, or (where another instance writes) the way to it. The task ends when every [`Writer`] is dropped, or by
/// a fault.
///
/// # Errors
/// The log on disk is not the one that was signed.
pub async fn start(
    database: Database,
    setting: Setting,
    signer: Arc<CheckpointSigner>,
    clock: Clock,
) -> Result<(Writer, Readers, JoinHandle<Result<(), Fault>>), Fault> {
    let (jobs, queue) = mpsc::channel(1024);
    let readers = database.readers.clone();
    let (known, task) = serving::start(database, setting, signer, clock, queue).await?;
    Ok((Writer { jobs, known }, readers, task))
}
