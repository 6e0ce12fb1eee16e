//! `check`: everything that is derived is derived again from the stored entries and compared.

use std::collections::{BTreeMap, BTreeSet};
use std::path::Path;

use anyhow::Context as _;
use domain::customer::{Certificate, CertificateState};
use domain::{Event, Subject};
use sqlx::sqlite::SqliteConnectOptions;
use sqlx::{Connection as _, SqliteConnection};
use tlog::{CheckpointVerifier, Frontier};
use wire::{Attachment, Entry};

use crate::store::{Aggregate, aggregate_key};

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
    /// Everything that does not agree; empty is good.
    pub findings: Vec<Finding>,
}

impl Verdict {
    fn find(&mut self, part: &'static str, what: impl Into<String>) {
        self.findings.push(Finding { part, what: what.into() });
    }
}

/// Checks a database file; may run while the service runs.
///
/// # Errors
/// The file can't be read at all.
pub async fn check(database: &Path, log_key: &str) -> anyhow::Result<Verdict> {
    let options = SqliteConnectOptions::new().filename(database).read_only(true);
    let mut db = SqliteConnection::connect_with(&options).await.context("can't open the database")?;
    // One snapshot for the whole check.
    let mut db = db.begin().await?;
    let verifier = CheckpointVerifier::parse(log_key.trim()).context("the log's public key")?;
    let mut verdict = Verdict::default();
    let states = replay(&mut db, &verifier, &mut verdict).await?;
    compare_states(&mut db, &states, &mut verdict).await?;
    compare_certificates(&mut db, &states, &mut verdict).await?;
    Ok(verdict)
}

/// Index, id, bytes, leaf, attachment.
type Row = (i64, String, Vec<u8>, Vec<u8>, Option<Vec<u8>>);
type States = BTreeMap<String, Aggregate>;

async fn replay(
    db: &mut SqliteConnection,
    verifier: &CheckpointVerifier,
    verdict: &mut Verdict,
) -> anyhow::Result<States> {
    let notes: Vec<(i64, Vec<u8>, String)> =
        sqlx::query_as("SELECT size, frontier, note FROM checkpoint ORDER BY size").fetch_all(&mut *db).await?;
    let mut notes: BTreeMap<i64, (Vec<u8>, String)> =
        notes.into_iter().map(|(size, f, note)| (size, (f, note))).collect();
    let mut states = States::new();
    let mut frontier = Frontier::new();
    let mut next = 0_i64;
    loop {
        let rows: Vec<Row> = sqlx::query_as(
            "SELECT e.idx, e.id, e.bytes, e.leaf, a.bytes FROM entry e LEFT JOIN attachment a ON a.entry_id = e.id
             WHERE e.idx >= $1 ORDER BY e.idx LIMIT 1000",
        )
        .bind(next)
        .fetch_all(&mut *db)
        .await?;
        if rows.is_empty() {
            break;
        }
        for (idx, id, bytes, leaf, attachment) in rows {
            if idx != next {
                verdict.find("log", format!("entry {next} is missing"));
            }
            next = idx + 1;
            verdict.entries += 1;
            let computed = tlog::leaf_hash(&bytes);
            if computed.0.as_slice() != leaf.as_slice() {
                verdict.find("log", format!("leaf hash of entry {idx} differs"));
            }
            frontier.append(computed);
            apply(&mut states, idx, &id, &bytes, attachment, verdict);
            if let Some((stored, note)) = notes.remove(&next) {
                verdict.checkpoints += 1;
                let good = verifier.open(&note).is_ok_and(|c| c.size == frontier.size() && c.root == frontier.root());
                if !good || stored != frontier.to_bytes() {
                    verdict.find("checkpoint", format!("checkpoint of size {next} does not fit the entries"));
                }
            }
        }
    }
    for size in notes.keys() {
        verdict.find("checkpoint", format!("checkpoint of size {size} has no entries"));
    }
    let last: Option<(i64,)> = sqlx::query_as("SELECT MAX(size) FROM checkpoint").fetch_optional(&mut *db).await?;
    if last.is_some_and(|(size,)| size != next) {
        verdict.find("checkpoint", "the last entries are under no checkpoint");
    }
    Ok(states)
}

fn apply(states: &mut States, idx: i64, id: &str, bytes: &[u8], attachment: Option<Vec<u8>>, verdict: &mut Verdict) {
    let entry = match Entry::from_bytes(bytes) {
        Ok(entry) => entry,
        Err(error) => return verdict.find("log", format!("entry {idx}: {error}")),
    };
    if entry.id.to_string() != id {
        verdict.find("log", format!("entry {idx} has another id"));
    }
    let personal = match (&entry.attachment, attachment) {
        (Some(hash), Some(bytes)) if *hash == Attachment::hash(&bytes) => {
            Attachment::from_bytes(&bytes).ok().map(|a| a.data)
        }
        (Some(_), Some(_)) => {
            verdict.find("attachment", format!("attachment of entry {idx} differs from its hash"));
            None
        }
        (None, Some(_)) => {
            verdict.find("attachment", format!("entry {idx} has an attachment it does not name"));
            None
        }
        // Erased, or never there.
        (_, None) => None,
    };
    if matches!(entry.events.as_slice(), [Event::Access(_)]) {
        return;
    }
    let state = states.entry(aggregate_key(&entry.subject)).or_insert_with(|| Aggregate::unknown(&entry.subject));
    for event in &entry.events {
        state.apply(event, personal.as_ref(), &entry.actor, entry.at);
    }
    if state.version() != entry.version {
        verdict.find("log", format!("entry {idx} leads to version {} instead of {}", state.version(), entry.version));
    }
    if let (Subject::Customer(_), Some(user)) = (&entry.subject, double(state)) {
        verdict.find(
            "invariant",
            format!("after entry {idx} user ID {user} has two usable certificates or two successors"),
        );
    }
}

/// A user ID with two usable certificates or two successors.
fn double(state: &Aggregate) -> Option<String> {
    let Aggregate::Customer(customer) = state else { return None };
    let (mut usable, mut successor) = (BTreeSet::new(), BTreeSet::new());
    let repeats = |c: &&Certificate| {
        (c.state.usable() && !usable.insert(c.user.clone()))
            || (c.state.successor() && !successor.insert(c.user.clone()))
    };
    let mut repeats = repeats;
    customer.certificates.iter().find(|c| repeats(c)).map(|c| c.user.to_string())
}

async fn compare_states(db: &mut SqliteConnection, states: &States, verdict: &mut Verdict) -> anyhow::Result<()> {
    let stored: Vec<(String, i64, String)> =
        sqlx::query_as("SELECT subject, version, state FROM aggregate ORDER BY subject").fetch_all(&mut *db).await?;
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

async fn compare_certificates(db: &mut SqliteConnection, states: &States, verdict: &mut Verdict) -> anyhow::Result<()> {
    let mut expected: BTreeMap<String, (String, CertificateState, Option<String>)> = BTreeMap::new();
    let (mut users, mut contracts) = (BTreeMap::new(), BTreeMap::new());
    for state in states.values() {
        let Aggregate::Customer(customer) = state else { continue };
        for c in &customer.certificates {
            expected.insert(
                c.id.to_string(),
                (c.user.to_string(), c.state, c.signed.as_ref().map(|s| s.serial.to_string())),
            );
        }
        for contract in &customer.contracts {
            contracts.insert(contract.number.to_string(), customer.id.to_string());
            users.extend(contract.users.iter().map(|u| (u.id.to_string(), customer.id.to_string())));
        }
    }
    let stored: Vec<(String, String, String, Option<String>)> =
        sqlx::query_as("SELECT certificate_id, user_id, state, serial FROM certificate").fetch_all(&mut *db).await?;
    let stored: BTreeMap<_, _> =
        stored.into_iter().map(|(id, user, state, serial)| (id, (user, state, serial))).collect();
    let expected: BTreeMap<_, _> = expected
        .into_iter()
        .map(|(id, (user, state, serial))| (id, (user, state.as_str().to_owned(), serial)))
        .collect();
    if stored != expected {
        verdict.find("read tables", "certificates differ from what the log says");
    }
    let stored: Vec<(String, String)> =
        sqlx::query_as("SELECT user_id, customer_id FROM login_user").fetch_all(&mut *db).await?;
    if stored.into_iter().collect::<BTreeMap<_, _>>() != users {
        verdict.find("read tables", "user IDs differ from what the log says");
    }
    let stored: Vec<(String, String)> =
        sqlx::query_as("SELECT number, customer_id FROM contract").fetch_all(&mut *db).await?;
    if stored.into_iter().collect::<BTreeMap<_, _>>() != contracts {
        verdict.find("read tables", "contracts differ from what the log says");
    }
    Ok(())
}
