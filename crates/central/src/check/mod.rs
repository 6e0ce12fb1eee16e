//! `check`: everything that is derived is derived again from the stored entries and compared, byte for byte.

pub(crate) mod envelope;
mod rebuild;
pub(crate) mod replay;
mod tables;

use std::collections::{BTreeMap, BTreeSet};

use anyhow::Context as _;
use tlog::CheckpointVerifier;

pub use rebuild::rebuild;

use crate::store::Aggregate;
use crate::store::db::{self, Connection, Place, query};

/// The parts of a verdict, in the order they are reported.
pub const PARTS: [&str; 9] =
    ["file", "log", "checkpoint", "attachment", "envelope", "invariant", "state", "read tables", "first answers"];

/// One part of the verdict.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Finding {
    /// Which part.
    pub part: &'static str,
    /// What does not agree.
    pub what: String,
}

/// The verdict.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Verdict {
    /// Entries read.
    pub entries: u64,
    /// Checkpoints verified.
    pub checkpoints: u64,
    /// Subjects whose state was derived again.
    pub subjects: u64,
    /// Epoch of the log.
    pub epoch: u32,
    /// Everything that does not agree; empty is good.
    pub findings: Vec<Finding>,
}

impl Verdict {
    pub(crate) fn find(&mut self, part: &'static str, what: impl Into<String>) {
        self.findings.push(Finding { part, what: what.into() });
    }
}

/// Checks a database; may run while the service runs.
///
/// # Errors
/// It can't be read at all.
pub async fn check(database: &Place, log_key: &str) -> anyhow::Result<Verdict> {
    let mut db = database.reader().await?;
    let verdict = check_all(&mut db, log_key).await?;
    db.close().await?;
    Ok(verdict)
}

/// The same on an open connection.
pub(crate) async fn check_all(db: &mut Connection, log_key: &str) -> anyhow::Result<Verdict> {
    // One snapshot for the whole check.
    db.begin_snapshot().await?;
    let verifier = CheckpointVerifier::parse(log_key.trim()).context("the log's public key")?;
    let mut verdict = Verdict::default();
    file(&mut *db, &mut verdict).await?;
    let mut rebuilt = db::in_memory().await?;
    let replayed = replay::replay(&mut *db, &mut rebuilt, &verifier, &mut verdict).await?;
    compare_states(db, &replayed.states, &mut verdict).await?;
    tables::compare(db, &mut rebuilt, &mut verdict).await?;
    first_answers(db, &replayed.ids, &mut verdict).await?;
    db.rollback().await?;
    verdict.epoch = replayed.epochs.current();
    Ok(verdict)
}

/// Is it a database of this program, and does its file hold together? Bits that flipped in an index are seen by nothing else, until a
/// row is not found.
async fn file(db: &mut Connection, verdict: &mut Verdict) -> anyhow::Result<()> {
    for what in db::form(&mut *db).await? {
        verdict.find("file", what);
    }
    if matches!(db, Connection::Postgres(_)) {
        // The server's own matter (data checksums).
        return Ok(());
    }
    let said: Vec<(String,)> = query("PRAGMA integrity_check(20)").fetch_all(db).await?;
    for (what,) in said.into_iter().filter(|(what,)| what != "ok") {
        verdict.find("file", what);
    }
    Ok(())
}

pub(crate) type States = BTreeMap<String, Aggregate>;

async fn compare_states(db: &mut Connection, states: &States, verdict: &mut Verdict) -> anyhow::Result<()> {
    let stored: Vec<(String, i64, String)> =
        query("SELECT subject, version, state FROM aggregate ORDER BY subject").fetch_all(&mut *db).await?;
    verdict.subjects = states.len() as u64;
    let mut seen = BTreeSet::new();
    for (key, version, json) in stored {
        let agrees = match states.get(&key) {
            Some(state) => state.to_json()? == json && u64::try_from(version).ok() == Some(state.version()),
            None => false,
        };
        if !agrees {
            verdict.find("state", format!("{key} differs from what the log says"));
        }
        seen.insert(key);
    }
    for key in states.keys().filter(|key| !seen.contains(*key)) {
        verdict.find("state", format!("{key} is missing"));
    }
    Ok(())
}

/// Every accepted command's first answer names the entry it became.
async fn first_answers(db: &mut Connection, ids: &BTreeMap<String, u64>, verdict: &mut Verdict) -> anyhow::Result<()> {
    let stored: Vec<(String, String)> = query("SELECT id, answer FROM outcome").fetch_all(&mut *db).await?;
    for (id, answer) in stored {
        let answer: Result<(u64, u64, chrono::DateTime<chrono::Utc>), domain::Refusal> =
            match serde_json::from_str(&answer) {
                Ok(answer) => answer,
                Err(_) => {
                    verdict.find("first answers", format!("the answer to {id} can't be read"));
                    continue;
                }
            };
        if answer.ok().map(|(index, ..)| index) != ids.get(&id).copied() {
            verdict.find("first answers", format!("the answer to {id} is not what the log says"));
        }
    }
    Ok(())
}

#[cfg(test)]
mod tests;
