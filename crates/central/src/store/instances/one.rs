//! One instance of several: it writes while it has the lock, and hands over while it has not.

use std::collections::HashMap;
use std::sync::Arc;
use std::time::Duration;

use tlog::CheckpointSigner;
use tokio::sync::{Notify, mpsc};
use tokio::task::JoinHandle;

use super::super::batch::Setting;
use super::super::db::{self, Place, Readers};
use super::super::job::{Job, Reply, Work};
use super::super::writer::{Fault, Known};
use super::super::writing::{BATCH, Writing};
use super::courier::Courier;
use super::ear::Ear;
use super::lock::{self, Lead};
use crate::clock::Clock;
use crate::task::AbortOnDrop;

/// Longest time of a batch on a server; then its connection is dead.
const BATCH_PATIENCE: Duration = Duration::from_secs(20);
/// The same of what is written in one transaction, however much it is.
const WHOLE_PATIENCE: Duration = Duration::from_secs(600);
/// How often the writer looks for what was handed over, whether it heard of it or not. The server is told by it that the
/// writer lives.
const EVERY: Duration = Duration::from_secs(1);
/// Jobs on their way to the courier: more than requests wait at once, for nobody who waits for the lock may wait for it.
const QUEUE: usize = 4096;
/// Waiting before the next try for the lock after the connection was lost.
const AGAIN: Duration = Duration::from_millis(200);
/// What nobody takes away any more goes after so many looks.
const SWEEP: u32 = 60;

/// One of several.
pub(in crate::store) struct Instance {
    pub(in crate::store) place: Place,
    pub(in crate::store) readers: Readers,
    pub(in crate::store) setting: Arc<Setting>,
    pub(in crate::store) signer: Arc<CheckpointSigner>,
    pub(in crate::store) clock: Clock,
    pub(in crate::store) known: Known,
    pub(in crate::store) name: String,
    pub(in crate::store) asked: Arc<Notify>,
    pub(in crate::store) answered: Arc<Notify>,
}

impl Instance {
    /// Hears of commits, takes the lock if it is free, and runs until the queue is closed.
    ///
    /// # Errors
    /// The server can't be used, or the log on it is not the one that was signed.
    pub(in crate::store) async fn start(
        self,
        queue: mpsc::Receiver<Job>,
    ) -> Result<JoinHandle<Result<(), Fault>>, Fault> {
        let ear = self.ear();
        let hearing = ear.listen().await?;
        let lead = lock::try_take(&self.place, &self.signer.verifier(), &self.setting.institution).await?;
        let hears = AbortOnDrop(tokio::spawn(ear.run(hearing)));
        Ok(tokio::spawn(self.run(lead, queue, hears)))
    }

    fn ear(&self) -> Ear {
        Ear {
            place: self.place.clone(),
            readers: self.readers.clone(),
            instance: self.name.clone(),
            known: self.known.clone(),
            institution: self.setting.institution.clone(),
            asked: Arc::clone(&self.asked),
            answered: Arc::clone(&self.answered),
        }
    }

    /// Writes while it has the lock, hands over while it has not; until the queue is closed.
    async fn run(
        self,
        mut lead: Option<Lead>,
        mut queue: mpsc::Receiver<Job>,
        _hears: AbortOnDrop<()>,
    ) -> Result<(), Fault> {
        let (over, bag) = mpsc::channel(QUEUE);
        let courier = Courier {
            place: self.place.clone(),
            instance: self.name.clone(),
            answered: Arc::clone(&self.answered),
            size: self.known.size.subscribe(),
            standings: Arc::clone(&self.known.standings),
            stamp: self.setting.stamp.clone(),
            clock: self.clock.clone(),
        };
        let _courier = AbortOnDrop(tokio::spawn(courier.run(bag)));
        loop {
            let Some(lead) = (match lead.take() {
                Some(lead) => Some(lead),
                None => self.follow(&mut queue, &over).await?,
            }) else {
                return Ok(());
            };
            tracing::info!(size = lead.frontier.size(), "this instance writes");
            let mut jobs = Vec::with_capacity(BATCH);
            let written = self.lead(lead, &mut queue, &mut jobs).await;
            self.known.leads.send_replace(false);
            match written {
                Ok(()) => return Ok(()),
                Err(Fault::Database(error)) => {
                    tracing::warn!(%error, "this instance does not write any more");
                    // Whether the last batch happened is not known. Asked again, what happened is found.
                    for job in jobs.into_iter().filter(|job| matches!(job.reply, Reply::Here(_))) {
                        let _ = over.send(Job { again: true, ..job }).await;
                    }
                }
                Err(fault) => {
                    tracing::error!(%fault, "the writer stops");
                    return Err(fault);
                }
            }
        }
    }

    /// Hands over until the lock is free, and takes it; `None`: the queue was closed.
    async fn follow(&self, queue: &mut mpsc::Receiver<Job>, over: &mpsc::Sender<Job>) -> Result<Option<Lead>, Fault> {
        let (place, verifier, setting) = (self.place.clone(), self.signer.verifier(), Arc::clone(&self.setting));
        let mut candidate = AbortOnDrop(tokio::spawn(async move {
            loop {
                match lock::take(&place, &verifier, &setting.institution).await {
                    Err(Fault::Database(error)) => {
                        tracing::debug!(%error, "the lock can't be waited for");
                        tokio::time::sleep(AGAIN).await;
                    }
                    done => return done,
                }
            }
        }));
        let mut jobs = Vec::with_capacity(BATCH);
        loop {
            tokio::select! {
                taken = &mut candidate.0 => {
                    return taken.map_err(|error| Fault::Log(error.to_string()))?.map(Some);
                }
                count = queue.recv_many(&mut jobs, BATCH) => {
                    if count == 0 {
                        return Ok(None);
                    }
                    for job in jobs.drain(..) {
                        let _ = over.send(job).await;
                    }
                }
            }
        }
    }

    /// Writes until the queue is closed, or the connection (and the lock with it) is lost.
    async fn lead(
        &self,
        Lead { db, frontier, last, epochs }: Lead,
        queue: &mut mpsc::Receiver<Job>,
        jobs: &mut Vec<Job>,
    ) -> Result<(), Fault> {
        let log = self.signer.verifier();
        let signer = self.signer.in_epoch(epochs.current()).map_err(|e| Fault::Log(e.to_string()))?;
        let signer = Arc::new(signer);
        self.known.epochs.send_replace(Arc::new(epochs));
        // Only who writes now can change it: what is read here is what is in force.
        let mut db = db;
        self.known.policy.look(&mut db, &self.setting.institution).await?;
        let mut writing = Writing {
            db,
            setting: Arc::clone(&self.setting),
            signer,
            log,
            clock: self.clock.clone(),
            known: self.known.clone(),
            cache: HashMap::new(),
            frontier,
            last,
        };
        self.known.grown(writing.frontier.size());
        self.known.leads.send_replace(true);
        let mut ticks = tokio::time::interval(EVERY);
        ticks.set_missed_tick_behavior(tokio::time::MissedTickBehavior::Delay);
        let mut looks = 0_u32;
        loop {
            let look = tokio::select! {
                count = queue.recv_many(jobs, BATCH) => {
                    if count == 0 {
                        return Ok(writing.db.close().await?);
                    }
                    false
                }
                () = self.asked.notified() => true,
                _ = ticks.tick() => {
                    looks += 1;
                    true
                }
            };
            // What came back after a restore is put back whole, and so is a file of customers.
            let whole = self.known.recovering() || jobs.iter().any(|job| matches!(job.work, Work::Import(_)));
            let patience = if whole { WHOLE_PATIENCE } else { BATCH_PATIENCE };
            let work = async {
                if look {
                    self.handed_over(&mut writing, jobs).await?;
                }
                if looks >= SWEEP {
                    looks = 0;
                    super::sweep(&mut writing.db).await?;
                }
                if jobs.is_empty() { Ok(()) } else { writing.batch(jobs).await }
            };
            match tokio::time::timeout(patience, work).await {
                Ok(done) => done?,
                Err(_) => return Err(Fault::Database(db::Error::Io(std::io::ErrorKind::TimedOut.into()))),
            }
        }
    }

    async fn handed_over(&self, writing: &mut Writing, jobs: &mut Vec<Job>) -> Result<(), Fault> {
        let found = super::handed_over(&mut writing.db, &self.setting.stamp, self.clock.now_ms(), BATCH).await?;
        if found.len() == BATCH {
            self.asked.notify_one();
        }
        jobs.extend(found);
        Ok(())
    }
}
