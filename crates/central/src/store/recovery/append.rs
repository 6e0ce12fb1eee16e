//! Puts back what came: in its order, with its time, as entries of this epoch. One transaction, with the entry that ends the
//! recovery; or nothing of it.

use std::collections::{BTreeMap, BTreeSet};

use domain::customer::CustomerEvent;
use domain::id::CertificateId;
use domain::institution::{InstitutionEvent, missing};
use domain::{Actor, ErrorCode, Event, Refusal, Subject};
use tlog::CheckpointSigner;
use wire::{Attachment, Base64, Entry, Envelope, Recovered};

use super::own::{code_lost, stop_again};
use super::status::{Status, status};
use crate::check::envelope;
use crate::random;
use crate::store::act::{Act, Command};
use crate::store::aggregate::{self, Aggregate};
use crate::store::aside;
use crate::store::batch::{Batch, Halt};
use crate::store::db::query;
use crate::store::epoch::Opening;
use crate::store::rows::int;
use crate::store::staff;
use crate::store::standing::Change;
use crate::store::tables::{self, TableError, When};
use crate::store::writer::Fault;
use crate::store::writing::checkpoint;

/// Entries read, and written, at a time.
const PAGE: i64 = 500;

/// What has come back so far.
struct Back {
    /// Places whose entry is in the log now, or says nothing that is still true.
    there: BTreeSet<u64>,
    appended: u64,
    /// By subject: its version in the former log after the last entry that came back.
    versions: BTreeMap<String, u64>,
    /// By subject: events since the epoch was opened.
    since: BTreeMap<String, u64>,
    /// Rights whose last code was printed after the backup.
    printed: BTreeMap<CertificateId, String>,
}

/// Ends the recovery. [`Halt::Undone`]: it can't be ended yet, or not by this actor.
pub(crate) async fn end(
    batch: &mut Batch<'_>,
    actor: &Actor,
    reason: Option<&str>,
    signer: &CheckpointSigner,
) -> Result<(), Halt> {
    let Some(opening) = batch.epochs.recovery().cloned() else {
        return Err(Halt::Undone(ErrorCode::EpochEnded.into()));
    };
    let status = status(batch.db, &opening).await?;
    if !status.complete() && reason.is_none() {
        return Err(Halt::Undone(waiting(status.missing.len(), status.unheard.len())));
    }
    let mut back = Back {
        there: BTreeSet::new(),
        appended: 0,
        versions: BTreeMap::new(),
        since: changed_since(batch, &opening).await?,
        printed: BTreeMap::new(),
    };
    put_back(batch, &opening, &status, &mut back, signer).await?;
    let missing = missing(opening.size, status.seen, back.there.iter().copied());
    if !missing.is_empty() && reason.is_none() {
        // Every entry is there, and one of them does not go on from what is here.
        return Err(Halt::Undone(waiting(missing.len(), 0)));
    }
    for (certificate, key) in std::mem::take(&mut back.printed) {
        code_lost(batch, &key, certificate).await?;
    }
    for key in back.since.keys().filter(|key| key.starts_with("customer/")) {
        stop_again(batch, key, &opening).await?;
    }
    let ended = InstitutionEvent::RecoveryEnded {
        epoch: opening.epoch,
        seen: status.seen,
        recovered: back.appended,
        missing,
        unheard: status.unheard.into_iter().map(|(id, _)| id).collect(),
        reason: reason.map(str::to_owned),
    };
    let institution = batch.setting.institution.clone();
    let act = Act::new(actor.clone(), Command::Institution(institution, ended));
    batch.act(&act, false).await?.map_err(Halt::Undone)?;
    for text in ["DELETE FROM recovered_entry", "DELETE FROM recovery_piece"] {
        query(text).execute(batch.db).await?;
    }
    fault::point("centre-recovered");
    Ok(())
}

fn waiting(missing: usize, unheard: usize) -> Refusal {
    Refusal::new(ErrorCode::Recovering).with("missing", missing).with("unheard", unheard)
}

/// How many events happened to each subject since the epoch was opened.
async fn changed_since(batch: &mut Batch<'_>, opening: &Opening) -> Result<BTreeMap<String, u64>, Fault> {
    let rows: Vec<(String, Vec<u8>)> = query("SELECT subject, bytes FROM entry WHERE idx > $1 ORDER BY idx")
        .bind(int(opening.size))
        .fetch_all(&mut *batch.db)
        .await?;
    let mut since = BTreeMap::new();
    for (key, bytes) in rows {
        let entry = Entry::from_bytes(&bytes)?;
        if !entry.is_access() {
            *since.entry(key).or_default() += entry.events.len() as u64;
        }
    }
    Ok(since)
}

type Row = (i64, Vec<u8>, Option<Vec<u8>>);

async fn put_back(
    batch: &mut Batch<'_>,
    opening: &Opening,
    status: &Status,
    back: &mut Back,
    signer: &CheckpointSigner,
) -> Result<(), Fault> {
    let (mut next, mut signed) = (int(opening.size), 0);
    loop {
        let rows: Vec<Row> = query(
            "SELECT idx, bytes, attachment FROM recovered_entry WHERE former = $1 AND idx >= $2 ORDER BY idx LIMIT $3",
        )
        .bind(i64::from(status.former))
        .bind(next)
        .bind(PAGE)
        .fetch_all(&mut *batch.db)
        .await?;
        let Some((last, ..)) = rows.last() else { return Ok(()) };
        next = last + 1;
        for (index, bytes, attachment) in rows {
            let index = u64::try_from(index).unwrap_or_default();
            match one(batch, back, status.former, index, Entry::from_bytes(&bytes)?, attachment).await? {
                Ok(()) => {
                    back.there.insert(index);
                }
                Err(why) => tracing::error!(index, former = status.former, why, "an entry can't be put back"),
            }
        }
        if back.appended > signed {
            // The feed gives its answers up to a checkpoint: a page is as much as a desk takes at a time.
            signed = back.appended;
            batch.flush().await?;
            checkpoint(batch.db, signer, &batch.frontier).await?;
        }
        fault::point("centre-recovery-page");
    }
}

/// One entry. The inner error says why it can't be put back.
async fn one(
    batch: &mut Batch<'_>,
    back: &mut Back,
    former: u32,
    index: u64,
    entry: Entry,
    attachment: Option<Vec<u8>>,
) -> Result<Result<(), &'static str>, Fault> {
    if matches!(entry.subject, Subject::Institution(_)) {
        // Of an epoch that this one takes the place of.
        return Ok(Ok(()));
    }
    let key = aggregate::key(&entry.subject);
    if entry.is_access() {
        if !batch.entry_exists(entry.id).await? {
            let at = batch.frontier.size();
            append(batch, former, index, entry, 0, format!("access/{}", key.trim_start_matches("terminal/")))?;
            back.appended += batch.frontier.size() - at;
        }
        return Ok(Ok(()));
    }
    let mut state = batch.load(&entry.subject, &key).await?;
    let since = back.since.get(&key).copied().unwrap_or_default();
    let had = back.versions.get(&key).copied().unwrap_or(state.version().saturating_sub(since));
    if entry.version.checked_sub(entry.events.len() as u64) != Some(had) {
        return Ok(Err("an earlier entry of its subject is missing"));
    }
    if batch.entry_exists(entry.id).await? {
        // The terminal sent the act again meanwhile.
        back.versions.insert(key, entry.version);
        return Ok(Ok(()));
    }
    let terminal = match &entry.actor {
        Actor::Staff { terminal, .. } => {
            let subject = Subject::Terminal(*terminal);
            Some(batch.load(&subject, &aggregate::key(&subject)).await?)
        }
        _ => None,
    };
    if let Err(why) = envelope::fits(&entry, &entry.to_bytes()?, terminal.as_ref()) {
        return Ok(Err(why));
    }
    let personal = attachment.as_deref().map(Attachment::from_bytes).transpose()?.map(|a| a.data);
    let at = entry.happened_at();
    for event in &entry.events {
        state.apply(event, personal.as_ref(), &entry.actor, at);
    }
    if !write_tables(batch, &state, &entry, back, &key).await? {
        return Ok(Err("it breaks a rule that holds between customers"));
    }
    let changes = Change::of(&state, &entry.events);
    let (version, was) = (state.version(), entry.version);
    if let Some(bytes) = attachment {
        batch.attach(entry.id, bytes);
    }
    first_answer(batch, &entry, version, at).await?;
    append(batch, former, index, entry, version, key.clone())?;
    batch.changed(key.clone(), state, changes);
    back.versions.insert(key, was);
    back.appended += 1;
    Ok(Ok(()))
}

/// `false`: an index refused, and nothing of it was written.
async fn write_tables(
    batch: &mut Batch<'_>,
    state: &Aggregate,
    entry: &Entry,
    back: &mut Back,
    key: &str,
) -> Result<bool, Fault> {
    if let Aggregate::Staff(one) = state {
        for event in &entry.events {
            if let Event::Staff(event) = event {
                staff::forget(batch.db, &one.id, event).await?;
            }
        }
    }
    let Aggregate::Customer(customer) = state else { return Ok(true) };
    let index = batch.frontier.size();
    query("SAVEPOINT back").execute(batch.db).await?;
    for event in &entry.events {
        match tables::update(batch.db, customer, event, index, When::Again).await {
            Ok(()) => {}
            Err(TableError::Refused(_)) => {
                query("ROLLBACK TO back").execute(batch.db).await?;
                query("RELEASE back").execute(batch.db).await?;
                return Ok(false);
            }
            Err(TableError::Broken(error)) => return Err(error.into()),
        }
        if let Event::Customer(CustomerEvent::SlipPrinted { certificate, .. }) = event {
            // The code of then is gone with the database, and the one before it ended with this print.
            aside::end_code(batch.db, *certificate).await?;
            back.printed.insert(*certificate, key.to_owned());
        }
    }
    query("RELEASE back").execute(batch.db).await?;
    Ok(true)
}

/// The terminal may send the act again, and gets the answer it got, or should have got. One who printed gets none: its
/// code opens nothing.
async fn first_answer(
    batch: &mut Batch<'_>,
    entry: &Entry,
    version: u64,
    at: chrono::DateTime<chrono::Utc>,
) -> Result<(), Fault> {
    let Some(Base64(bytes)) = &entry.envelope else { return Ok(()) };
    let body = Envelope::from_bytes(bytes)?.body;
    // What came beside the envelope is not in it: the answer to exactly that can't be given.
    let beside = match &body {
        wire::Body::Staff { .. } => true,
        wire::Body::Terminal { command, .. } => command.invites(),
        body => body.kind() == "print_slip",
    };
    if beside {
        return Ok(());
    }
    let answer: Result<(u64, u64, chrono::DateTime<chrono::Utc>), Refusal> = Ok((batch.frontier.size(), version, at));
    query(
        "INSERT INTO outcome (id, request_sha256, answer) VALUES ($1, $2, $3)
         ON CONFLICT (id) DO UPDATE SET request_sha256 = excluded.request_sha256, answer = excluded.answer",
    )
    .bind(entry.id.to_string())
    .bind(wire::sha256_hex(bytes))
    .bind(serde_json::to_string(&answer)?)
    .execute(batch.db)
    .await?;
    Ok(())
}

/// The entry as it stands in this epoch.
fn append(
    batch: &mut Batch<'_>,
    former: u32,
    index: u64,
    entry: Entry,
    version: u64,
    subject: String,
) -> Result<(), Fault> {
    // One that came back before keeps the place it first had.
    let before = entry.recovered.unwrap_or(Recovered { epoch: former, index, at: entry.at });
    let (epoch, at) = (batch.epochs.current(), batch.now);
    let salt = Base64(random::bytes::<16>().to_vec());
    batch.append(entry.id, Entry { v: 2, epoch, at, version, salt, recovered: Some(before), ..entry }, subject)
}
