//! Reads every entry in order: hashes it, grows the tree, compares each checkpoint, and applies it again.

use std::collections::{BTreeMap, BTreeSet};

use chrono::{DateTime, Utc};
use domain::customer::{Certificate, Customer};
use domain::institution::InstitutionEvent;
use domain::{Event, PersonalData};
use tlog::{CheckpointVerifier, Frontier};
use wire::{Attachment, Entry};

use super::{States, Verdict, envelope, tables};
use crate::store::db::{Connection, query};
use crate::store::epoch::Epochs;
use crate::store::opening;
use crate::store::rows;
use crate::store::{Aggregate, aggregate_key};

/// Index, id, bytes, leaf, attachment, and who may read it.
type Row = (i64, String, Vec<u8>, Vec<u8>, Option<Vec<u8>>, Option<String>, Option<String>);

/// What the log says, entry by entry.
pub(crate) struct Replay {
    verifier: CheckpointVerifier,
    /// The tree so far.
    pub(crate) frontier: Frontier,
    /// State of every subject.
    pub(crate) states: States,
    /// Index of every entry by its id.
    pub(super) ids: BTreeMap<String, u64>,
    /// Where each epoch began.
    pub(crate) epochs: Epochs,
    last: Option<DateTime<Utc>>,
}

impl Replay {
    pub(crate) fn new(verifier: CheckpointVerifier) -> Self {
        let (frontier, epochs) = (Frontier::new(), Epochs::default());
        Self { verifier, frontier, states: States::new(), ids: BTreeMap::new(), epochs, last: None }
    }

    /// Takes the entry at a place in. Gives what can be read of it.
    pub(crate) fn entry(
        &mut self,
        idx: u64,
        bytes: &[u8],
        attachment: Option<Vec<u8>>,
        verdict: &mut Verdict,
    ) -> Option<Entry> {
        verdict.entries += 1;
        let before = self.frontier.clone();
        self.frontier.append(tlog::leaf_hash(bytes));
        let entry = self.read(idx, bytes, verdict)?;
        let personal = personal(idx, &entry, attachment, verdict);
        if let Err(why) = follow(&mut self.epochs, &before, &entry) {
            verdict.find("log", format!("entry {idx}: {why}"));
        }
        envelope::check(idx, &entry, bytes, &self.states, verdict);
        self.opens(idx, &entry, verdict);
        self.apply(idx, &entry, personal.as_ref(), verdict);
        Some(entry)
    }

    /// The first entry opens the log under the very key it is signed with, and no other one does.
    fn opens(&self, idx: u64, entry: &Entry, verdict: &mut Verdict) {
        let opened = opening::log_key(entry);
        if (idx == 0) != opened.is_some() || opened.is_some_and(|key| key != self.verifier.to_vkey()) {
            verdict.find("log", format!("entry {idx} does not open the log with this key"));
        }
    }

    /// Takes a signed note of the tree as it is now. Says whether it fits.
    pub(crate) fn checkpoint(&self, note: &str, verdict: &mut Verdict) -> bool {
        verdict.checkpoints += 1;
        let verifier = self.verifier.in_epoch(self.epochs.of_size(self.frontier.size()));
        verifier.open(note).is_ok_and(|c| c.size == self.frontier.size() && c.root == self.frontier.root())
    }

    fn read(&mut self, idx: u64, bytes: &[u8], verdict: &mut Verdict) -> Option<Entry> {
        let entry = match Entry::from_bytes(bytes) {
            Ok(entry) => entry,
            Err(error) => {
                verdict.find("log", format!("entry {idx}: {error}"));
                return None;
            }
        };
        if self.last > Some(entry.at) {
            verdict.find("log", format!("entry {idx} is older than the one before it"));
        }
        self.last = Some(entry.at);
        if let Some(first) = self.ids.insert(entry.id.to_string(), idx) {
            verdict.find("log", format!("entry {idx} has the id of entry {first}"));
        }
        Some(entry)
    }

    fn apply(&mut self, idx: u64, entry: &Entry, personal: Option<&PersonalData>, verdict: &mut Verdict) {
        if entry.is_access() {
            return;
        }
        let key = aggregate_key(&entry.subject);
        let state = self.states.entry(key).or_insert_with(|| Aggregate::unknown(&entry.subject));
        for event in &entry.events {
            state.apply(event, personal, &entry.actor, entry.happened_at());
        }
        if state.version() != entry.version {
            verdict
                .find("log", format!("entry {idx} leads to version {} instead of {}", state.version(), entry.version));
        }
        if entry.branch != state.readers(&entry.events) {
            verdict.find("log", format!("entry {idx} is for another branch than its subject"));
        }
        let Aggregate::Customer(customer) = state else { return };
        if let Some(user) = double(customer) {
            verdict.find(
                "invariant",
                format!("after entry {idx} user ID {user} has two usable certificates or two successors"),
            );
        }
    }
}

/// Reads a database; what the log says of the read tables goes into `rebuilt`.
pub(super) async fn replay(
    db: &mut Connection,
    rebuilt: &mut Connection,
    verifier: &CheckpointVerifier,
    verdict: &mut Verdict,
) -> anyhow::Result<Replay> {
    let notes: Vec<(i64, Vec<u8>, String)> =
        query("SELECT size, frontier, note FROM checkpoint ORDER BY size").fetch_all(&mut *db).await?;
    let mut notes: BTreeMap<i64, (Vec<u8>, String)> =
        notes.into_iter().map(|(size, f, note)| (size, (f, note))).collect();
    let mut replay = Replay::new(verifier.clone());
    let mut next = 0_i64;
    loop {
        let page: Vec<Row> = query(
            "SELECT e.idx, e.id, e.bytes, e.leaf, a.bytes, e.branch, e.also FROM entry e LEFT JOIN attachment a ON a.entry_id = e.id
             WHERE e.idx >= $1 ORDER BY e.idx LIMIT 1000",
        )
        .bind(next)
        .fetch_all(&mut *db)
        .await?;
        if page.is_empty() {
            break;
        }
        for (idx, id, bytes, leaf, attachment, branch, also) in page {
            if idx != next {
                verdict.find("log", format!("entry {next} is missing"));
            }
            next = idx + 1;
            if tlog::leaf_hash(&bytes).0.as_slice() != leaf.as_slice() {
                verdict.find("log", format!("leaf hash of entry {idx} differs"));
            }
            let place = u64::try_from(idx).unwrap_or_default();
            if let Some(entry) = replay.entry(place, &bytes, attachment, verdict) {
                if entry.id.to_string() != id {
                    verdict.find("log", format!("entry {idx} has another id"));
                }
                let named = entry.branch.as_ref().map(|branch| branch.as_str());
                if named != branch.as_deref() || also != rows::also(&entry.events) {
                    verdict.find("log", format!("entry {idx} is given to another branch than it says"));
                }
                read_tables(&replay, idx, &entry, rebuilt, verdict).await?;
            }
            if let Some((stored, note)) = notes.remove(&next)
                && (!replay.checkpoint(&note, verdict) || stored != replay.frontier.to_bytes())
            {
                verdict.find("checkpoint", format!("checkpoint of size {next} does not fit the entries"));
            }
        }
    }
    if next == 0 {
        // Nobody keeps an empty log: it was lost, or never begun.
        verdict.find("log", "it is empty: not even the entry that opens it is there");
    }
    for size in notes.keys() {
        verdict.find("checkpoint", format!("checkpoint of size {size} has no entries"));
    }
    let (last,): (i64,) = query("SELECT COALESCE(MAX(size), 0) FROM checkpoint").fetch_one(&mut *db).await?;
    if last != next {
        verdict.find("checkpoint", "the last entries are under no checkpoint");
    }
    Ok(replay)
}

async fn read_tables(
    replay: &Replay,
    idx: i64,
    entry: &Entry,
    rebuilt: &mut Connection,
    verdict: &mut Verdict,
) -> anyhow::Result<()> {
    if entry.is_access() {
        return Ok(());
    }
    let Some(Aggregate::Customer(customer)) = replay.states.get(&aggregate_key(&entry.subject)) else { return Ok(()) };
    for event in &entry.events {
        tables::apply(idx, customer, event, rebuilt, verdict).await?;
    }
    Ok(())
}

/// An epoch begins with an entry that commits to everything before it, and every entry says whose it is.
fn follow(epochs: &mut Epochs, before: &Frontier, entry: &Entry) -> Result<(), &'static str> {
    for event in &entry.events {
        if let Event::Institution(InstitutionEvent::EpochOpened { epoch, former, size, root, .. }) = event {
            let fits = *former == epochs.current()
                && epoch > former
                && *size == before.size()
                && *root == before.root().to_base64();
            if !fits {
                return Err("the epoch it opens does not go on from what is before it");
            }
        }
    }
    epochs.follow(entry);
    if entry.recovered.is_some_and(|before| before.epoch >= entry.epoch) {
        return Err("it says that it came back from an epoch that was not before");
    }
    if entry.epoch == epochs.current() { Ok(()) } else { Err("it is of another epoch") }
}

fn personal(idx: u64, entry: &Entry, attachment: Option<Vec<u8>>, verdict: &mut Verdict) -> Option<PersonalData> {
    match (&entry.attachment, attachment) {
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
    }
}

/// A user ID with two usable certificates or two successors.
fn double(customer: &Customer) -> Option<String> {
    let (mut usable, mut successor) = (BTreeSet::new(), BTreeSet::new());
    let mut repeats = |c: &&Certificate| {
        (c.state.usable() && !usable.insert(c.user.clone()))
            || (c.state.successor() && !successor.insert(c.user.clone()))
    };
    customer.certificates.iter().find(|c| repeats(c)).map(|c| c.user.to_string())
}
