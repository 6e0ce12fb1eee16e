//! Takes a chunk of the feed in: every leaf is hashed again, the tree's root is computed and compared with the signed
//! checkpoint, and only then anything is stored; all of it in one transaction. A few entries are applied in it as well;
//! many are applied afterwards (`behind`), so that they are safe here first.

use std::sync::LazyLock;

use memchr::memmem::Finder;
use serde::Deserialize;
use sqlx::{Connection as _, SqliteConnection, SqliteExecutor};
use tlog::{CheckpointVerifier, Frontier, LeafHash};
use wire::api::feed::{FeedAnswer, FeedLeaf};
use wire::{Attachment, Entry};

use super::epoch::{self, Seen};
use super::head_seen::{self, HeadSeen};
use super::{Replica, apply, rows, set};
use crate::error::DeskError;
use crate::outbox;
use crate::witness::{Witness, mismatch, read};

/// So many own entries are applied together with being stored.
const AT_ONCE: usize = 64;

/// The tree's right edge as this desk knows it.
pub(crate) async fn head(db: impl SqliteExecutor<'_>) -> Result<Frontier, DeskError> {
    let row: Option<(Vec<u8>,)> =
        sqlx::query_as("SELECT value FROM meta WHERE key = 'frontier'").fetch_optional(db).await?;
    match row {
        Some((bytes,)) => Frontier::from_bytes(&bytes).map_err(|e| mismatch(e.to_string())),
        None => Ok(Frontier::new()),
    }
}

/// Where a desk stands, and so what the next chunk has to go on from.
#[derive(Clone)]
pub(crate) struct Basis {
    frontier: Frontier,
    epoch: u32,
    /// The head that was seen before the replica was fetched again.
    before: Option<String>,
}

impl Basis {
    /// As it is stored.
    pub(crate) async fn read(replica: &Replica) -> Result<Self, DeskError> {
        let frontier = head(&replica.readers).await?;
        let (epoch, _) = epoch::current(&replica.readers).await?;
        Ok(Self { frontier, epoch, before: head_seen::note(&replica.readers).await? })
    }

    fn seen(&self) -> Seen {
        Seen { epoch: self.epoch, size: self.frontier.size() }
    }
}

/// A chunk that is good, with where it goes on from.
pub(crate) struct Verified {
    basis: Basis,
    checkpoint: String,
    leaves: Leaves,
}

impl Verified {
    /// Where this desk will stand. `None`: more than the tree changed; it is read when this is stored.
    pub(crate) fn next(&self) -> Option<Basis> {
        let plain = self.leaves.opened.is_empty() && !self.leaves.reached;
        plain.then(|| Basis { frontier: self.leaves.frontier.clone(), ..self.basis.clone() })
    }
}

/// Leaves whose every octet is under the checkpoint.
pub(super) struct Leaves {
    frontier: Frontier,
    /// Epochs that begin in them, and where.
    pub(super) opened: Vec<(u32, u64)>,
    hashes: Vec<u8>,
    /// Place, entry, attachment.
    own: Vec<Own>,
    /// They come to the head that was seen before the replica was fetched again.
    reached: bool,
}

/// An entry this desk may read, with its place and what is beside it.
pub(super) struct Own {
    pub(super) index: u64,
    pub(super) entry: Vec<u8>,
    pub(super) attachment: Option<Vec<u8>>,
}

/// Verifies a chunk. `None`: there is nothing in it, or it answers an older question, and is asked for again.
pub(crate) async fn verify(
    basis: Basis,
    verifier: &CheckpointVerifier,
    answer: FeedAnswer,
) -> Result<Option<Verified>, DeskError> {
    if answer.from != basis.frontier.size() {
        return Ok(None);
    }
    let witness = Witness::new(verifier.clone(), basis.frontier.clone()).in_epoch(basis.epoch);
    if let Some(before) = basis.before.as_deref().and_then(|note| HeadSeen::of(note, verifier, [basis.epoch])) {
        before.within(answer.log_size)?;
    }
    if answer.leaves.is_empty() {
        return witness.agree(witness.frontier(), &answer.checkpoint).map(|()| None);
    }
    // Hashing a large chunk takes tens of milliseconds: not on the threads that answer the window.
    let verifier = verifier.clone();
    let verified = tokio::task::spawn_blocking(move || {
        let (checkpoint, log_size) = (answer.checkpoint.clone(), answer.log_size);
        let mut leaves = verified(witness, answer)?;
        let epochs = std::iter::once(basis.epoch).chain(leaves.opened.iter().map(|(epoch, _)| *epoch));
        if let Some(before) = basis.before.as_deref().and_then(|note| HeadSeen::of(note, &verifier, epochs)) {
            leaves.reached = before.reached(basis.frontier.clone(), &leaves.hashes, &leaves.opened)?;
            if !leaves.reached {
                before.within(log_size)?;
            }
        }
        Ok::<_, DeskError>(Verified { basis, checkpoint, leaves })
    });
    verified.await.map_err(|e| DeskError::Internal(e.to_string()))?.map(Some)
}

impl Leaves {
    /// Entries with them.
    pub(super) fn size(&self) -> u64 {
        self.frontier.size()
    }
}

/// Verifies a chunk; nothing is stored.
pub(super) fn verified(mut witness: Witness, answer: FeedAnswer) -> Result<Leaves, DeskError> {
    let before = witness.epoch();
    let hashes: Vec<LeafHash> = witness.see(&answer)?;
    let epochs = before != witness.epoch();
    let (mut own, mut opened) = (Vec::new(), Vec::new());
    for (index, leaf) in (answer.from..).zip(answer.leaves) {
        if let FeedLeaf::Entry { e, a } = leaf {
            let attachment = a.map(|a| a.0);
            beside(index, &e.0, attachment.as_deref())?;
            let one = Own { index, entry: e.0, attachment };
            if epochs {
                opened.extend(epoch::opens(&one.read()?).map(|epoch| (epoch, index)));
            }
            own.push(one);
        }
    }
    let hashes = hashes.iter().flat_map(|hash| hash.0).collect();
    Ok(Leaves { frontier: witness.frontier().clone(), opened, hashes, own, reached: false })
}

/// Is what came beside an entry what the entry names? The entry itself is under the checkpoint; it is read in full when it
/// is applied.
pub(super) fn beside(index: u64, entry: &[u8], attachment: Option<&[u8]>) -> Result<(), DeskError> {
    static NAME: LazyLock<Finder<'static>> = LazyLock::new(|| Finder::new("\"attachment\":\""));
    #[derive(Deserialize)]
    struct Named<'a> {
        #[serde(borrow)]
        attachment: Option<std::borrow::Cow<'a, str>>,
    }
    let Some(attachment) = attachment else { return Ok(()) };
    let hash = Attachment::hash(attachment);
    // Quotes within JSON's strings are escaped, and nothing else of an entry has this name: no need to read all of it.
    let after = NAME.find(entry).and_then(|at| entry.get(at + NAME.needle().len()..));
    if after.and_then(|after| after.strip_prefix(hash.as_bytes())).is_some_and(|rest| rest.starts_with(b"\"")) {
        return Ok(());
    }
    let named: Named<'_> =
        serde_json::from_slice(entry).map_err(|e| mismatch(format!("entry {index} can't be read: {e}")))?;
    if named.attachment.as_deref() != Some(hash.as_str()) {
        return Err(mismatch(format!("the attachment of entry {index} does not fit")));
    }
    Ok(())
}

/// Stores a chunk. Says whether it still goes on from where this desk stands.
pub(crate) async fn store(replica: &Replica, verified: Verified) -> Result<bool, DeskError> {
    let Verified { basis, checkpoint, leaves } = verified;
    let (seen, size, own) = (basis.seen(), leaves.size(), &leaves.own);
    let mut writer = replica.writer().await?;
    if head(&mut *writer).await? != basis.frontier {
        // Fetched again from the beginning, or gone over to another epoch, since it was verified.
        return Ok(false);
    }
    let at_once = own.len() <= AT_ONCE && *replica.applied.borrow() == seen.size;
    let read = match at_once {
        true => own.iter().map(apply::opened).collect::<Result<Vec<_>, _>>()?,
        false => Vec::new(),
    };
    let mut db = writer.begin().await?;
    write(&mut db, seen.size, leaves, &checkpoint, seen).await?;
    if at_once {
        apply::apply(&mut db, &read).await?;
        set(&mut db, "applied", size.to_string().as_bytes()).await?;
        outbox::passed(&mut db, size).await?;
    }
    fault::point("desk-before-commit");
    db.commit().await?;
    fault::point("desk-committed");
    // While nobody else writes, and what is applied first: whoever applies what is behind must not see these as such.
    if at_once {
        replica.applied.send_replace(size);
    }
    replica.size.send_replace(size);
    drop(writer);
    if apply::policy_told(&read) {
        replica.look_at_policy().await?;
    }
    Ok(true)
}

/// Stores what was verified, beginning here.
pub(super) async fn write(
    db: &mut SqliteConnection,
    from: u64,
    leaves: Leaves,
    checkpoint: &str,
    seen: Seen,
) -> Result<(), DeskError> {
    let Leaves { frontier, opened, hashes, own, reached } = leaves;
    sqlx::query("INSERT INTO leaves (first, hashes) VALUES ($1, $2)")
        .bind(int(from))
        .bind(hashes)
        .execute(&mut *db)
        .await?;
    entries(db, own).await?;
    if reached {
        head_seen::forget(db).await?;
    }
    epoch::record(db, &opened, seen).await?;
    set(db, "frontier", &frontier.to_bytes()).await?;
    set(db, "checkpoint", checkpoint.as_bytes()).await
}

async fn entries(db: &mut SqliteConnection, own: Vec<Own>) -> Result<(), sqlx::Error> {
    let (mut entries, mut attachments) = (Vec::with_capacity(own.len()), Vec::new());
    for Own { index, entry, attachment } in own {
        attachments.extend(attachment.map(|bytes| (index, bytes)));
        entries.push((index, entry));
    }
    for (into, rows) in
        [("INSERT INTO entry (idx, bytes) ", entries), ("INSERT INTO attachment (idx, bytes) ", attachments)]
    {
        rows::insert(db, (into, 2, ""), rows, |row, (index, bytes)| {
            row.push_bind(int(index)).push_bind(bytes);
        })
        .await?;
    }
    Ok(())
}

/// A count as the database holds it; no log grows beyond 2^63 entries.
pub(super) fn int(count: u64) -> i64 {
    i64::try_from(count).unwrap_or(i64::MAX)
}

impl Own {
    /// The entry, read in full.
    pub(super) fn read(&self) -> Result<Entry, DeskError> {
        read(self.index, &self.entry)
    }
}
