//! `rebuild`: state and read tables are thrown away and made again from the log, in one transaction. What is not in the log
//! (secrets, counters, first answers) is left as it is.

use anyhow::Context as _;
use tlog::CheckpointVerifier;

use super::{Verdict, replay};
use crate::store::db::{Place, in_memory, query};
use crate::store::rows::{self, Changed};
use crate::store::{self};

/// States written at a time.
const PAGE: usize = 500;

/// Rebuilds; the service must not run.
///
/// # Errors
/// The log itself is not sound (then nothing is thrown away), the service runs, or the database failed.
pub async fn rebuild(place: &Place, log_key: &str) -> anyhow::Result<Verdict> {
    let database = store::open_alone(place).await?;
    let mut db = database.writer;
    let verifier = CheckpointVerifier::parse(log_key.trim()).context("the log's public key")?;
    let mut verdict = Verdict::default();
    db.begin().await?;
    let mut made = in_memory().await?;
    let replayed = replay::replay(&mut db, &mut made, &verifier, &mut verdict).await?;
    if let Some(first) = verdict.findings.first() {
        db.rollback().await?;
        anyhow::bail!(
            "the log is not sound, and nothing was rebuilt from it: {}: {} ({} findings); run `madoguchi-central check`",
            first.part,
            first.what,
            verdict.findings.len()
        );
    }
    verdict.subjects = replayed.states.len() as u64;
    query("DELETE FROM aggregate").execute(&mut db).await?;
    let mut states = replayed.states.into_iter();
    while states.len() > 0 {
        let page: Result<Vec<Changed>, serde_json::Error> = states
            .by_ref()
            .take(PAGE)
            .map(|(subject, state)| Ok(Changed { version: state.version(), state: state.to_json()?, subject }))
            .collect();
        rows::aggregates(&mut db, page?).await?;
        fault::point("centre-rebuild-page");
    }
    for table in super::tables::derived(&mut made).await? {
        table.clear(&mut db).await?;
        table.copy(&mut made, &mut db).await?;
        fault::point("centre-rebuild-table");
    }
    fault::point("centre-rebuild-before-commit");
    db.commit().await?;
    database.readers.close().await;
    db.close().await?;
    Ok(verdict)
}
