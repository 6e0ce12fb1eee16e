//! Several instances of the service on one PostgreSQL server. One of them writes: the one that holds [`lock`]. The others hand
//! over what they are asked ([`courier`]); all of them hear of every commit ([`ear`]).

mod courier;
mod ear;
mod lock;
mod notice;
mod one;
mod stamp;

pub(super) use lock::alone;
pub(super) use notice::Notice;
pub(super) use one::Instance;
pub(crate) use stamp::Stamp;

use std::collections::BTreeSet;
use std::time::Duration;

use tokio::time::Instant;

use super::db::{self, Connection, query};
use super::job::{Job, Reply};
use super::rows::{self, int};
use stamp::Handed;

/// The channel of NOTIFY on which everything is said.
const CHANNEL: &str = "madoguchi";
/// A statement that takes longer is on a connection that is dead.
const PATIENCE: Duration = Duration::from_secs(5);

/// Gives a connection up that does not answer.
async fn in_time<T>(work: impl Future<Output = Result<T, db::Error>>) -> Result<T, db::Error> {
    match tokio::time::timeout(PATIENCE, work).await {
        Ok(done) => done,
        Err(_) => Err(db::Error::Io(std::io::ErrorKind::TimedOut.into())),
    }
}

/// Says something to all instances, when the transaction commits.
pub(super) async fn say(db: &mut Connection, notice: &Notice) -> Result<(), db::Error> {
    query("SELECT pg_notify($1, $2)").bind(CHANNEL).bind(notice.to_payload()).execute(db).await.map(drop)
}

#[derive(sqlx::FromRow)]
struct Row {
    id: String,
    instance: String,
    again: bool,
    at_ms: i64,
    work: String,
    mac: Vec<u8>,
}

/// What was handed over and not done yet, the oldest first.
pub(super) async fn handed_over(
    db: &mut Connection,
    stamp: &Stamp,
    now_ms: i64,
    most: usize,
) -> Result<Vec<Job>, db::Error> {
    let rows: Vec<Row> = query(
        "SELECT id, instance, again, at_ms, work, mac FROM handover
         WHERE answer IS NULL AND made_at > now() - make_interval(secs => CAST($1 AS BIGINT)) ORDER BY id LIMIT $2",
    )
    .bind(courier::STALE_SECONDS)
    .bind(i64::try_from(most).unwrap_or(i64::MAX))
    .fetch_all(db)
    .await?;
    let job = |Row { id, instance, again, at_ms, work, mac }: Row| {
        let handed = Handed { id: &id, instance: &instance, again, at_ms, work: &work };
        if !stamp.work_good(&handed, &mac, now_ms) {
            tracing::error!(id, instance, "what was handed over is no instance's, or the machines' clocks differ");
            return None;
        }
        match serde_json::from_str(&work) {
            Ok(work) => Some(Job { work, reply: Reply::There { id, instance }, asked: Instant::now(), again }),
            Err(error) => {
                tracing::error!(%error, id, "what was handed over can't be read; is another version running?");
                None
            }
        }
    };
    Ok(rows.into_iter().filter_map(job).collect())
}

/// Writes answers beside the jobs they are for (id, instance, answer); gives the instances that wait for them.
pub(super) async fn answer(
    db: &mut Connection,
    stamp: &Stamp,
    size: u64,
    answers: Vec<(&str, &str, String)>,
) -> Result<Vec<String>, db::Error> {
    let size = int(size);
    let instances: BTreeSet<String> = answers.iter().map(|(_, instance, _)| (*instance).to_owned()).collect();
    let text = (
        "UPDATE handover SET answer = v.column2, size = v.column3, mac = v.column4 FROM (",
        ") AS v WHERE handover.id = v.column1",
    );
    rows::write(db, text, answers, |mut row, (id, _, answer)| {
        let mac = stamp.answer(id, size, &answer);
        row.push_bind(id).push_bind(answer).push_bind(size).push_bind(mac);
    })
    .await?;
    Ok(instances.into_iter().collect())
}

/// Takes away what an instance left behind that is gone.
pub(super) async fn sweep(db: &mut Connection) -> Result<(), db::Error> {
    query("DELETE FROM handover WHERE made_at < now() - interval '5 minutes'").execute(db).await.map(drop)
}

#[cfg(all(test, unix))]
mod tests;
