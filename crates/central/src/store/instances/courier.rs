//! Hands over what an instance is asked that does not write, and brings the answers back. A row of the table is a job until its
//! answer stands in it; whoever handed it over takes it away. The writer writes the answer in the transaction of the act, so
//! that a job is done once or not at all; handed over twice, it is found done (its id is that of its entry).

use std::collections::HashMap;
use std::sync::Arc;
use std::time::Duration;

use tokio::sync::{Notify, mpsc, oneshot, watch};
use tokio::time::Instant;

use super::super::db::{self, Connection, Many, Place, query};
use super::super::job::{Done, Job, Reply};
use super::super::rows;
use super::super::standing::Standings;
use super::stamp::{Handed, Stamp};
use super::{CHANNEL, Notice, in_time};
use crate::clock::Clock;

/// A job that was not answered by then is withdrawn. Below the deadline of a request.
pub(in crate::store) const WITHDRAWN: Duration = Duration::from_secs(20);
/// The writer passes over what is older: whoever handed it over is gone.
pub(in crate::store) const STALE_SECONDS: i64 = 30;
/// It looks so often for answers it was not told of.
const EVERY: Duration = Duration::from_secs(1);
/// Waiting before the next try to connect.
const AGAIN: Duration = Duration::from_millis(100);
/// An answer waits so long for the notice of its own commit.
const HEARD: Duration = Duration::from_secs(3);
const MOST: usize = 128;

pub(in crate::store) struct Courier {
    pub(in crate::store) place: Place,
    pub(in crate::store) instance: String,
    /// Something was answered.
    pub(in crate::store) answered: Arc<Notify>,
    /// The size of the log that was heard of.
    pub(in crate::store) size: watch::Receiver<u64>,
    pub(in crate::store) standings: Arc<Standings>,
    pub(in crate::store) stamp: Stamp,
    pub(in crate::store) clock: Clock,
}

/// A row taken away: its id, answer, the log's size after it, the stamp on the answer.
type Taken = (String, Option<String>, Option<i64>, Vec<u8>);

struct Waiting {
    work: String,
    again: bool,
    reply: oneshot::Sender<Done>,
    asked: Instant,
}

/// Those that wait, by the id of their row, and the connection.
#[derive(Default)]
struct Bag {
    db: Option<Connection>,
    waiting: HashMap<String, Waiting>,
}

impl Courier {
    /// Runs until the queue is closed.
    pub(in crate::store) async fn run(self, mut queue: mpsc::Receiver<Job>) {
        let mut bag = Bag::default();
        let mut jobs = Vec::with_capacity(MOST);
        loop {
            let tick = async {
                match bag.waiting.is_empty() {
                    true => std::future::pending().await,
                    false => tokio::time::sleep(EVERY).await,
                }
            };
            tokio::select! {
                count = queue.recv_many(&mut jobs, MOST) => if count == 0 { break },
                () = self.answered.notified() => {}
                () = tick => {}
            }
            let new = self.keep(&mut bag, jobs.drain(..));
            if bag.db.is_none() {
                // Whoever asked has been told that nothing is known: it is not handed over when the server is back at last.
                bag.waiting.retain(|_, one| one.asked.elapsed() <= WITHDRAWN);
            }
            if bag.waiting.is_empty() {
                continue;
            }
            if let Err(error) = self.round(&mut bag, new).await {
                tracing::warn!(%error, "a job can't be handed over now; trying again");
                bag.db = None;
                tokio::time::sleep(AGAIN).await;
                // At the next round everything that waits is handed over again.
                self.answered.notify_one();
            }
        }
        if let Some(db) = bag.db {
            let _ = in_time(db.close()).await;
        }
    }

    fn keep(&self, bag: &mut Bag, jobs: impl Iterator<Item = Job>) -> Vec<String> {
        let mut new = Vec::new();
        for job in jobs {
            let Reply::Here(reply) = job.reply else { continue };
            let id = uuid::Uuid::now_v7().to_string();
            match serde_json::to_string(&job.work) {
                Ok(work) => {
                    bag.waiting.insert(id.clone(), Waiting { work, again: job.again, reply, asked: job.asked });
                    new.push(id);
                }
                Err(error) => tracing::error!(%error, "a job can't be handed over"),
            }
        }
        new
    }

    async fn round(&self, bag: &mut Bag, new: Vec<String>) -> Result<(), db::Error> {
        let put = match bag.db {
            Some(_) => new,
            None => {
                bag.db = Some(in_time(self.place.connect()).await?);
                // What was handed over before may be gone with the server's crash, done or not.
                for (id, one) in &mut bag.waiting {
                    one.again |= !new.contains(id);
                }
                bag.waiting.keys().cloned().collect()
            }
        };
        let Some(db) = &mut bag.db else { return Ok(()) };
        self.put_down(db, &bag.waiting, put).await?;
        let mut taken: Vec<Taken> = in_time(
            query("DELETE FROM handover WHERE instance = $1 AND answer IS NOT NULL RETURNING id, answer, size, mac")
                .bind(&self.instance)
                .fetch_all(&mut *db),
        )
        .await?;
        let old: Vec<String> =
            bag.waiting.iter().filter(|(_, one)| one.asked.elapsed() > WITHDRAWN).map(|(id, _)| id.clone()).collect();
        if !old.is_empty() {
            let mut withdraw = Many::new("DELETE FROM handover WHERE id IN ");
            withdraw.push_list(&old);
            withdraw.push(" RETURNING id, answer, size, mac");
            taken.extend(in_time(withdraw.build().fetch_all::<Taken>(db)).await?);
        }
        for (id, answer, size, mac) in taken {
            let (Some(answer), Some(size)) = (answer, size) else { continue };
            if !self.stamp.answer_good(&id, size, &answer, &mac) {
                tracing::error!(id, "an answer is no instance's");
                continue;
            }
            if let Some(one) = bag.waiting.remove(&id) {
                self.bring(one, &answer, u64::try_from(size).unwrap_or_default());
            }
        }
        for id in old {
            // Nobody took it: whoever asks hears that nothing is known.
            bag.waiting.remove(&id);
        }
        Ok(())
    }

    /// Gives the answer once this instance has heard of the commit it comes from: what was stopped is not good here any more.
    fn bring(&self, one: Waiting, answer: &str, size: u64) {
        let done: Done = match serde_json::from_str(answer) {
            Ok(done) => done,
            Err(error) => return tracing::error!(%error, "an answer can't be read"),
        };
        let mut heard = self.size.clone();
        // Where nothing is heard nobody is told anything, good or bad.
        if *heard.borrow() >= size || !self.standings.fresh() {
            drop(one.reply.send(done));
            return;
        }
        tokio::spawn(async move {
            let _ = tokio::time::timeout(HEARD, heard.wait_for(|heard| *heard >= size)).await;
            drop(one.reply.send(done));
        });
    }

    async fn put_down(
        &self,
        db: &mut Connection,
        waiting: &HashMap<String, Waiting>,
        ids: Vec<String>,
    ) -> Result<(), db::Error> {
        let at_ms = self.clock.now_ms();
        let mut rows = ids.iter().filter_map(|id| Some((id, waiting.get(id)?))).collect::<Vec<_>>().into_iter();
        while rows.len() > 0 {
            let mut insert = Many::new("WITH put AS (INSERT INTO handover (id, instance, again, at_ms, work, mac) ");
            let group = rows::group(rows.len());
            insert.push_values(rows.by_ref().take(group), |mut row, (id, one)| {
                let (instance, again, work) = (self.instance.as_str(), one.again, one.work.as_str());
                let mac = self.stamp.work(&Handed { id, instance, again, at_ms, work });
                row.push_bind(id).push_bind(instance).push_bind(again).push_bind(at_ms).push_bind(work).push_bind(mac);
            });
            insert.push(" ON CONFLICT DO NOTHING RETURNING id) SELECT pg_notify(");
            insert.push_bind(CHANNEL);
            insert.push(", ");
            insert.push_bind(Notice::Asked.to_payload());
            insert.push(") FROM (SELECT COUNT(*) FROM put) AS all_of_it");
            in_time(insert.build().execute(&mut *db)).await?;
        }
        Ok(())
    }
}
