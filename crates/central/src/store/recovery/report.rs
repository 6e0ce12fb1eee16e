//! What one desk sends back: taken piece by piece, and believed when the last leaf leads to the root that this centre's own
//! key had signed.

use std::collections::BTreeSet;

use domain::customer::CustomerEvent;
use domain::id::{BranchCode, TerminalId};
use domain::{ErrorCode, Event, Refusal};
use serde::{Deserialize, Serialize};
use tlog::{CheckpointVerifier, Frontier, LeafHash};
use wire::api::recovery::{HeldLeaf, PIECE_LEAVES, SendBack, SentBack};
use wire::{Attachment, Entry};

use crate::store::batch::Batch;
use crate::store::db::query;
use crate::store::epoch::Opening;
use crate::store::rows::{self, int};
use crate::store::writer::Fault;

/// A piece, with who sent it.
#[derive(Debug, Clone, Serialize, Deserialize)]
pub struct Report {
    /// As authenticated.
    pub terminal: TerminalId,
    /// Whose entries it may read; `None`: everybody's.
    pub branch: Option<BranchCode>,
    /// The piece.
    pub piece: SendBack,
}

/// How far a report has come.
struct Progress {
    next: u64,
    frontier: Frontier,
    done: bool,
}

type Answer = Result<SentBack, Refusal>;

/// Takes a piece.
pub(crate) async fn take(
    batch: &mut Batch<'_>,
    report: &Report,
    verifier: &CheckpointVerifier,
) -> Result<Answer, Fault> {
    let piece = &report.piece;
    let all = SentBack { next: piece.size, done: true };
    let opening = batch.epochs.opening(piece.epoch).filter(|opening| piece.former < opening.epoch);
    let Some(opening) = opening.cloned() else { return Ok(Err(refused(report, "no such epoch"))) };
    if batch.epochs.recovery() != Some(&opening) {
        if piece.size > opening.size {
            tracing::error!(
                terminal = %report.terminal, epoch = piece.epoch, from = opening.size, to = piece.size,
                "a desk holds entries of a recovery that has ended; what was given up stays so, its branch sees it"
            );
        }
        return Ok(Ok(all));
    }
    let Progress { next, mut frontier, done } = match known(batch, report).await? {
        Some(progress) => progress,
        None => match begin(batch, report, &opening, verifier).await? {
            Ok(progress) => progress,
            Err(refusal) => return Ok(Err(refusal)),
        },
    };
    if done || piece.from != next || piece.leaves.is_empty() {
        // Sent again, or the first question of all: where to go on is the answer.
        return Ok(Ok(if done { all } else { SentBack { next, done } }));
    }
    let end = next + piece.leaves.len() as u64;
    if piece.leaves.len() > PIECE_LEAVES || end > piece.size {
        return Ok(Err(ErrorCode::RequestMalformed.into()));
    }
    let mut entries = Vec::new();
    for (index, leaf) in (next..).zip(&piece.leaves) {
        let (hash, entry) = match checked(report, leaf) {
            Ok(checked) => checked,
            Err(code) => return Ok(Err(code.into())),
        };
        frontier.append(hash);
        entries.extend(entry.map(|(bytes, attachment)| (index, hash, bytes, attachment)));
    }
    let done = end == piece.size;
    if done && !signed(report, verifier, &frontier) {
        forget(batch, report).await?;
        return Ok(Err(refused(report, "what it holds is not what was signed")));
    }
    rows::write(
        batch.db,
        ("INSERT INTO recovery_piece (terminal_id, idx, leaf, bytes, attachment) ", ""),
        entries,
        |mut row, (index, hash, bytes, attachment): (u64, LeafHash, &Vec<u8>, Option<&Vec<u8>>)| {
            row.push_bind(report.terminal.to_string())
                .push_bind(int(index))
                .push_bind(hash.0.to_vec())
                .push_bind(bytes)
                .push_bind(attachment.cloned());
        },
    )
    .await?;
    if done && !readable(batch, report).await? {
        forget(batch, report).await?;
        return Ok(Err(ErrorCode::BranchNotPermitted.into()));
    }
    if done && !merge(batch, report).await? {
        forget(batch, report).await?;
        return Ok(Err(refused(report, "two desks hold different entries under heads of the same epoch")));
    }
    query("UPDATE recovery_report SET next = $3, frontier = $4, done = $5 WHERE epoch = $1 AND terminal_id = $2")
        .bind(i64::from(piece.epoch))
        .bind(report.terminal.to_string())
        .bind(int(end))
        .bind(frontier.to_bytes())
        .bind(i64::from(done))
        .execute(batch.db)
        .await?;
    fault::point("centre-piece-taken");
    Ok(Ok(SentBack { next: end, done }))
}

/// Loud at the centre, too: somebody lies, or the former centre did.
fn refused(report: &Report, why: &'static str) -> Refusal {
    let SendBack { epoch, former, size, .. } = &report.piece;
    tracing::error!(terminal = %report.terminal, epoch, former, size, why, "a report was refused");
    ErrorCode::LogMismatch.into()
}

/// The report this piece belongs to, if it was begun with the same words.
async fn known(batch: &mut Batch<'_>, report: &Report) -> Result<Option<Progress>, Fault> {
    let piece = &report.piece;
    let row: Option<(i64, Vec<u8>, i64)> = query(
        "SELECT next, frontier, done FROM recovery_report
         WHERE epoch = $1 AND terminal_id = $2 AND former = $3 AND size = $4 AND note = $5",
    )
    .bind(i64::from(piece.epoch))
    .bind(report.terminal.to_string())
    .bind(i64::from(piece.former))
    .bind(int(piece.size))
    .bind(&piece.note)
    .fetch_optional(&mut *batch.db)
    .await?;
    let Some((next, frontier, done)) = row else { return Ok(None) };
    let frontier = Frontier::from_bytes(&frontier).map_err(|e| Fault::Log(e.to_string()))?;
    Ok(Some(Progress { next: u64::try_from(next).unwrap_or_default(), frontier, done: done == 1 }))
}

async fn begin(
    batch: &mut Batch<'_>,
    report: &Report,
    opening: &Opening,
    verifier: &CheckpointVerifier,
) -> Result<Result<Progress, Refusal>, Fault> {
    let piece = &report.piece;
    let nothing = piece.size <= opening.size;
    let note = verifier.in_epoch(piece.former).open(&piece.note);
    if !nothing && !note.is_ok_and(|checkpoint| checkpoint.size == piece.size) {
        return Ok(Err(refused(report, "its head is not signed")));
    }
    let row: Option<(Vec<u8>,)> = query("SELECT frontier FROM checkpoint WHERE size = $1")
        .bind(int(opening.size))
        .fetch_optional(&mut *batch.db)
        .await?;
    let frontier = row.and_then(|(bytes,)| Frontier::from_bytes(&bytes).ok());
    let frontier = frontier.ok_or_else(|| Fault::Log("no checkpoint at the size of the backup".into()))?;
    forget(batch, report).await?;
    let next = if nothing { piece.size } else { opening.size };
    query(
        "INSERT INTO recovery_report (epoch, terminal_id, former, size, note, next, frontier, done)
         VALUES ($1, $2, $3, $4, $5, $6, $7, $8)",
    )
    .bind(i64::from(piece.epoch))
    .bind(report.terminal.to_string())
    .bind(i64::from(piece.former))
    .bind(int(piece.size))
    .bind(&piece.note)
    .bind(int(next))
    .bind(frontier.to_bytes())
    .bind(i64::from(nothing))
    .execute(batch.db)
    .await?;
    Ok(Ok(Progress { next, frontier, done: nothing }))
}

type Kept<'a> = (&'a Vec<u8>, Option<&'a Vec<u8>>);

/// A leaf's hash, and the entry if it came with one.
fn checked<'a>(report: &Report, leaf: &'a HeldLeaf) -> Result<(LeafHash, Option<Kept<'a>>), ErrorCode> {
    let (bytes, attachment) = match leaf {
        HeldLeaf::Hash { h } => {
            return Ok((LeafHash::from_slice(&h.0).map_err(|_| ErrorCode::RequestMalformed)?, None));
        }
        HeldLeaf::Entry { e, a } => (&e.0, a.as_ref().map(|a| &a.0)),
    };
    let entry = Entry::from_bytes(bytes).map_err(|_| ErrorCode::RequestMalformed)?;
    if entry.epoch > report.piece.former {
        return Err(ErrorCode::RequestMalformed);
    }
    if attachment.is_some_and(|bytes| entry.attachment.as_deref() != Some(Attachment::hash(bytes).as_str())) {
        return Err(ErrorCode::AttachmentMismatch);
    }
    Ok((tlog::leaf_hash(bytes), Some((bytes, attachment))))
}

fn signed(report: &Report, verifier: &CheckpointVerifier, frontier: &Frontier) -> bool {
    let piece = &report.piece;
    let note = verifier.in_epoch(piece.former).open(&piece.note);
    note.is_ok_and(|checkpoint| checkpoint.size == frontier.size() && checkpoint.root == frontier.root())
}

/// Is everything that was sent what this terminal may have? Its branch's entries, everybody's, and the history of customers that
/// came over to its branch or left it: the whole report says who they are.
async fn readable(batch: &mut Batch<'_>, report: &Report) -> Result<bool, Fault> {
    let Some(own) = &report.branch else { return Ok(true) };
    let (mut foreign, mut moved, mut next) = (BTreeSet::new(), BTreeSet::new(), 0_i64);
    loop {
        let rows: Vec<(i64, Vec<u8>)> =
            query("SELECT idx, bytes FROM recovery_piece WHERE terminal_id = $1 AND idx >= $2 ORDER BY idx LIMIT 1000")
                .bind(report.terminal.to_string())
                .bind(next)
                .fetch_all(&mut *batch.db)
                .await?;
        let Some((last, _)) = rows.last() else { return Ok(foreign.is_subset(&moved)) };
        next = last + 1;
        for (_, bytes) in &rows {
            let entry = Entry::from_bytes(bytes)?;
            let touches = |event: &Event| matches!(event, Event::Customer(CustomerEvent::CustomerMoved { from, branch, .. }) if from == own || branch == own);
            if entry.events.iter().any(touches) {
                moved.insert(entry.subject);
            } else if entry.branch.is_some_and(|branch| branch != *own) {
                foreign.insert(entry.subject);
            }
        }
    }
}

/// Throws away what a terminal has sent so far.
async fn forget(batch: &mut Batch<'_>, report: &Report) -> Result<(), Fault> {
    query("DELETE FROM recovery_piece WHERE terminal_id = $1")
        .bind(report.terminal.to_string())
        .execute(&mut *batch.db)
        .await?;
    query("DELETE FROM recovery_report WHERE epoch = $1 AND terminal_id = $2")
        .bind(i64::from(report.piece.epoch))
        .bind(report.terminal.to_string())
        .execute(&mut *batch.db)
        .await?;
    Ok(())
}

/// Puts a finished report beside the others'; `false`: they do not agree.
async fn merge(batch: &mut Batch<'_>, report: &Report) -> Result<bool, Fault> {
    let (former, terminal) = (i64::from(report.piece.former), report.terminal.to_string());
    let (differ,): (i64,) = query(
        "SELECT COUNT(*) FROM recovery_piece p JOIN recovered_entry r ON r.former = $1 AND r.idx = p.idx
         WHERE p.terminal_id = $2 AND r.leaf <> p.leaf",
    )
    .bind(former)
    .bind(&terminal)
    .fetch_one(&mut *batch.db)
    .await?;
    if differ > 0 {
        return Ok(false);
    }
    query(
        "INSERT INTO recovered_entry (former, idx, leaf, bytes, attachment)
         SELECT CAST($1 AS BIGINT), idx, leaf, bytes, attachment FROM recovery_piece WHERE terminal_id = $2
         ON CONFLICT (former, idx) DO UPDATE SET attachment = COALESCE(recovered_entry.attachment, excluded.attachment)",
    )
    .bind(former)
    .bind(&terminal)
    .execute(&mut *batch.db)
    .await?;
    query("DELETE FROM recovery_piece WHERE terminal_id = $1").bind(&terminal).execute(&mut *batch.db).await?;
    Ok(true)
}
