//! Who writes. On SQLite this process, and a failed commit ends it: what the disk holds then is unknown, and trying a failed
//! flush again loses data. On PostgreSQL the instance that has the lock; the server says after its recovery what it holds, so a
//! lost connection ends nothing but the right to write.

use std::collections::HashMap;
use std::fs::File;
use std::sync::Arc;
use std::sync::atomic::AtomicI64;

use tlog::CheckpointSigner;
use tokio::runtime::Handle;
use tokio::sync::{mpsc, watch};
use tokio::task::JoinHandle;

use super::Database;
use super::batch::Setting;
use super::epoch::Epochs;
use super::head::head;
use super::instances::Instance;
use super::job::Job;
use super::policy::InForce;
use super::standing::Standings;
use super::writer::{Fault, Known};
use super::writing::{BATCH, Writing};
use crate::clock::Clock;

type Started = (Known, JoinHandle<Result<(), Fault>>);

pub(super) async fn start(
    database: Database,
    setting: Setting,
    signer: Arc<CheckpointSigner>,
    clock: Clock,
    queue: mpsc::Receiver<Job>,
) -> Result<Started, Fault> {
    let Database { place, writer, readers, lock } = database;
    let (mut db, setting) = (writer, Arc::new(setting));
    match lock {
        Some(lock) => {
            let epochs = Epochs::load(&mut db, &setting.institution).await?;
            let log = signer.verifier();
            let (frontier, last) = head(&mut db, &log, &epochs).await?;
            let signer = signer.in_epoch(epochs.current()).map_err(|e| Fault::Log(e.to_string()))?;
            let signer = Arc::new(signer);
            let policy = InForce::of_file(&setting.policy);
            policy.look(&mut db, &setting.institution).await?;
            let standings = Standings::default();
            standings.replace(Standings::read_all(&mut db).await?);
            let known = Known {
                size: watch::channel(frontier.size()).0,
                standings: Arc::new(standings),
                last_ms: Arc::new(AtomicI64::new(last.timestamp_millis())),
                leads: watch::channel(true).0,
                epochs: watch::channel(Arc::new(epochs)).0,
                due: watch::channel(0).0,
                policy,
                measured: Arc::default(),
            };
            let cache = HashMap::new();
            let writing = Writing { db, setting, signer, log, clock, known: known.clone(), cache, frontier, last };
            Ok((known, tokio::task::spawn_blocking(move || Handle::current().block_on(alone(writing, queue, lock)))))
        }
        None => {
            db.close().await?;
            let known = Known {
                size: watch::channel(0).0,
                standings: Arc::default(),
                last_ms: Arc::new(AtomicI64::new(i64::MIN)),
                leads: watch::channel(false).0,
                epochs: watch::channel(Arc::default()).0,
                due: watch::channel(0).0,
                policy: InForce::of_file(&setting.policy),
                measured: Arc::default(),
            };
            let one = Instance {
                place,
                readers,
                setting,
                signer,
                clock,
                known: known.clone(),
                name: uuid::Uuid::new_v4().to_string(),
                asked: Arc::default(),
                answered: Arc::default(),
            };
            Ok((known, one.start(queue).await?))
        }
    }
}

/// The only process: it writes until the queue is closed. The lock goes after the database is closed.
///
/// On a thread of its own: each of its statements is a trip to the database's thread and back, and among the tasks that answer
/// requests it would stand in line behind signatures being verified each time it comes back.
async fn alone(mut writing: Writing, mut queue: mpsc::Receiver<Job>, _lock: File) -> Result<(), Fault> {
    let mut jobs = Vec::with_capacity(BATCH);
    while queue.recv_many(&mut jobs, BATCH).await > 0 {
        if let Err(fault) = writing.batch(&mut jobs).await {
            tracing::error!(%fault, "the writer stops");
            return Err(fault);
        }
    }
    Ok(writing.db.close().await?)
}
