//! The one writer: commits jobs that wait together in one transaction, signs one checkpoint. Nothing is known outside before it
//! is durable.

use std::collections::HashMap;
use std::sync::Arc;
use std::sync::atomic::Ordering;

use chrono::{DateTime, Utc};
use domain::Refusal;
use tlog::{Checkpoint, CheckpointSigner, CheckpointVerifier, Frontier};
use tokio::time::Instant;

use super::aggregate::Aggregate;
use super::batch::{Batch, Finished, Halt, Setting};
use super::db::{self, Connection, query};
use super::epoch::Epochs;
use super::instances::{self, Notice};
use super::intent::{self, Asked};
use super::job::{Done, Job, Reply, Work};
use super::recovery;
use super::rows::int;
use super::standing::Change;
use super::writer::{Fault, Known};
use crate::clock::Clock;

/// Most jobs of one transaction.
pub(super) const BATCH: usize = 128;
/// Aggregates kept in memory.
const CACHE: usize = 20_000;

pub(super) struct Writing {
    pub(super) db: Connection,
    pub(super) setting: Arc<Setting>,
    /// In the epoch of the log.
    pub(super) signer: Arc<CheckpointSigner>,
    /// Of the log's first epoch.
    pub(super) log: CheckpointVerifier,
    pub(super) clock: Clock,
    pub(super) known: Known,
    pub(super) cache: HashMap<String, Aggregate>,
    pub(super) frontier: Frontier,
    pub(super) last: DateTime<Utc>,
}

impl Job {
    /// A client that has gone away will ask again and get this same answer.
    fn reply(self, done: Done) {
        if let Reply::Here(sender) = self.reply {
            drop(sender.send(done));
        }
    }
}

impl Writing {
    /// Does and answers what is asked. After a fault, `jobs` holds what was not answered; of the last transaction it is not
    /// known whether it happened.
    pub(super) async fn batch(&mut self, jobs: &mut Vec<Job>) -> Result<(), Fault> {
        let (begun, count) = (Instant::now(), jobs.len());
        let done = self.decided(jobs).await;
        self.known.measured.batches.took(begun.elapsed());
        self.known.measured.jobs.add(count as u64);
        done
    }

    async fn decided(&mut self, jobs: &mut Vec<Job>) -> Result<(), Fault> {
        while let Some(place) = jobs.iter().position(|job| matches!(job.work, Work::Recover(..))) {
            let answer = self.recover(std::slice::from_ref(jobs.get(place).ok_or_else(lost)?)).await?;
            jobs.remove(place).reply(Done::Recovered(answer));
        }
        while let Some(place) = jobs.iter().position(|job| matches!(job.work, Work::Import(_))) {
            let Work::Import(asked) = &jobs.get(place).ok_or_else(lost)?.work else { return Err(lost()) };
            let done = self.take_over(&Arc::clone(asked)).await?;
            jobs.remove(place).reply(Done::Imported(done));
        }
        // What came at the same time has no order: intents go first, all in one statement.
        jobs.sort_by_key(|job| !matches!(job.work, Work::Intent(_)));
        match self.commit(jobs, false).await {
            Ok(done) => jobs.drain(..).zip(done).for_each(|(job, done)| job.reply(done)),
            Err(Halt::Fault(fault)) => return Err(fault),
            Err(Halt::Alone) => {
                while let Some(job) = jobs.first() {
                    let done = match self.commit(std::slice::from_ref(job), true).await {
                        Ok(mut done) => done.pop().unwrap_or(Done::Other),
                        Err(Halt::Fault(fault)) => return Err(fault),
                        Err(_) => return Err(Fault::Log("an act taken alone was refused as a group".into())),
                    };
                    jobs.remove(0).reply(done);
                }
            }
            Err(Halt::Undone(refusal)) => return Err(Fault::Log(refusal.to_string())),
        }
        Ok(())
    }

    /// A transaction of its own: all that came back, or nothing.
    async fn recover(&mut self, job: &[Job]) -> Result<Result<(), Refusal>, Fault> {
        match self.commit(job, true).await {
            Ok(_) => {}
            Err(Halt::Undone(refusal)) => {
                // What was written with it is undone; whoever asked from another instance is answered by itself.
                let done = Done::Recovered(Err(refusal.clone()));
                self.db.begin().await?;
                self.tell(job, std::slice::from_ref(&done), self.frontier.size(), false, (&[], false)).await?;
                self.db.commit().await?;
                return Ok(Err(refusal));
            }
            Err(Halt::Fault(fault)) => return Err(fault),
            Err(Halt::Alone) => return Err(Fault::Log("what came back was refused as a group".into())),
        }
        // Only now, when the standings are those after it: nobody is told "good" in between.
        let epochs = Epochs::load(&mut self.db, &self.setting.institution).await?;
        self.known.epochs.send_replace(Arc::new(epochs));
        Ok(Ok(()))
    }

    /// One transaction. With [`Halt::Alone`] nothing of it happened.
    async fn commit(&mut self, jobs: &[Job], alone: bool) -> Result<Vec<Done>, Halt> {
        if self.cache.len() > CACHE {
            self.cache.clear();
        }
        self.tick();
        self.db.begin().await?;
        let (epochs, frontier) = (Arc::clone(&self.known.epochs.borrow()), self.frontier.clone());
        let policy = self.known.policy.at(self.last);
        let mut batch =
            Batch::new(&self.setting, &mut self.db, &mut self.cache, frontier, (self.last, policy), alone, &epochs);
        let decided = match decide(&mut batch, jobs, (&self.log, &self.signer)).await {
            Ok(done) => batch.finish().await.map(|finished| (done, finished)),
            Err(halt) => {
                batch.undo();
                Err(halt)
            }
        };
        let (done, Finished { frontier, grew, standings, policy, due }) = match decided {
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
        self.tell(jobs, &done, frontier.size(), grew, (&standings, policy.is_some())).await?;
        fault::point("centre-before-commit");
        self.db.commit().await?;
        fault::point("centre-committed");
        if let Some(log) = policy {
            self.known.policy.replace(&log);
        }
        self.known.standings.publish(standings);
        self.frontier = frontier;
        if grew {
            self.known.grown(self.frontier.size());
        }
        if due {
            self.known.due.send_modify(|count| *count += 1);
        }
        Ok(done)
    }

    /// Time in the log never goes back, whatever the machine's clock does.
    pub(super) fn tick(&mut self) {
        self.last = self.last.max(self.clock.now());
        self.known.last_ms.fetch_max(self.last.timestamp_millis(), Ordering::AcqRel);
    }

    /// Says to the other instances that the log will have grown.
    pub(super) async fn tell_grown(&mut self, size: u64) -> Result<(), Fault> {
        self.tell(&[], &[], size, true, (&[], false)).await
    }

    /// Writes the answers to what was handed over, and says to the other instances what there is to read.
    async fn tell(
        &mut self,
        jobs: &[Job],
        done: &[Done],
        size: u64,
        grew: bool,
        (standings, policy): (&[Change], bool),
    ) -> Result<(), Fault> {
        if matches!(self.db, Connection::Sqlite(_)) {
            // There are no others.
            return Ok(());
        }
        let mut answers = Vec::new();
        for (job, done) in jobs.iter().zip(done) {
            if let Reply::There { id, instance } = &job.reply {
                answers.push((id.as_str(), instance.as_str(), serde_json::to_string(done)?));
            }
        }
        if !grew && standings.is_empty() && answers.is_empty() {
            return Ok(());
        }
        let instances = instances::answer(&mut self.db, &self.setting.stamp, size, answers).await?;
        if policy {
            instances::say(&mut self.db, &Notice::Policy).await?;
        }
        let changed: Vec<_> = standings.iter().map(Change::serial).collect();
        for notice in Notice::of_commit(size, self.last.timestamp_millis(), &changed, instances) {
            instances::say(&mut self.db, &notice).await?;
        }
        Ok(())
    }
}

/// Unreachable: a place that was just found.
fn lost() -> Fault {
    Fault::Log("a job is gone".into())
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
    let asked: Vec<&Asked> =
        jobs.iter().filter_map(|job| if let Work::Intent(asked) = &job.work { Some(asked) } else { None }).collect();
    let mut intended = intent::record(batch.db, &asked).await?.into_iter();
    let mut done = Vec::with_capacity(jobs.len());
    for job in jobs {
        done.push(match &job.work {
            Work::Intent(_) => Done::Intent(intended.next().ok_or_else(lost)?),
            Work::Act(act) => {
                let answer = batch.act(act, job.again).await?;
                fault::point("centre-decided");
                Done::Act(answer)
            }
            Work::Aside(aside) => {
                super::aside::write(batch.db, aside).await?;
                Done::Other
            }
            Work::Report(report) => Done::Report(recovery::take(batch, report, log).await?),
            // Taken before this.
            Work::Import(_) => Done::Other,
            Work::Recover(actor, reason) => {
                recovery::end(batch, actor, reason.as_deref(), signer).await?;
                Done::Recovered(Ok(()))
            }
            Work::CrlNumber(at_least) => Done::CrlNumber(super::aside::crl_number(batch.db, *at_least).await?),
            Work::Refused(id, refused) => {
                batch.refused(*id, refused, job.again).await?;
                Done::Other
            }
            Work::Sought(id, sought) => {
                batch.sought(*id, sought, job.again).await?;
                Done::Other
            }
            Work::Looked(id, looked) => {
                batch.looked(*id, looked, job.again).await?;
                Done::Other
            }
        });
    }
    Ok(done)
}
