//! 検証: every entry held here is hashed again and compared with its leaf, the leaves are grown into the tree again, the root is
//! compared with what the centre signed, and every terminal's signature is checked. Whoever acts names the head of the log it had
//! seen last: each of those is compared as well, so that a desk that is shown another log is found by every other one. Some of it
//! at a time: it can be stopped and goes on where it stopped, also after a restart.

use std::collections::{HashMap, VecDeque};
use std::sync::Arc;

use chrono::{DateTime, Utc};
use domain::id::TerminalId;
use serde::{Deserialize, Serialize};
use sqlx::{SqliteConnection, SqlitePool};
use tlog::{CheckpointVerifier, Frontier, LeafHash, RootHash};
use tokio::task::JoinHandle;
use wire::signed::Signed;
use wire::{Base64, signed};

use super::packs::{self, Pack, Packed};
use super::terminal_key::{self, TerminalKey};
use super::{Replica, chunk, epoch, note};
use crate::error::DeskError;
use crate::view::FindingKind;
use crate::witness::{Witness, mismatch};

/// Where it is kept.
const KEY: &str = "verification";
/// How often entries came or went elsewhere than at the end.
const MOVES: &str = "moves";
/// Findings that are kept; the first of them says what is wrong.
const FINDINGS: usize = 100;

/// Leaves looked at together (in tests few, so that a short log has many pieces),
const TOGETHER: usize = if cfg!(test) { 8 } else { packs::AT_ONCE as usize };
/// so many such at a time: some are read, others hashed.
const UNDER_WAY: usize = 6;

/// Something that is not as it was signed.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub(crate) struct Finding {
    /// What of it, in the screen's words. Those that were found before there were kinds have none.
    #[serde(default)]
    pub(crate) kind: FindingKind,
    /// Its entry; `None`: the tree as a whole.
    pub(crate) index: Option<u64>,
    /// For whoever looks closer, in English.
    pub(crate) why: String,
}

/// How far it has come.
#[derive(Debug, Clone, Default, Serialize, Deserialize)]
pub(crate) struct Stand {
    epoch: u32,
    /// Of those that count so far, when it began.
    #[serde(default)]
    moves: u64,
    /// The right edge of the tree over what was looked at.
    edge: Vec<u8>,
    /// Entries under a terminal's signature that fits.
    pub(crate) signed: u64,
    /// Of those, how many were checked by an earlier run, and are the same octets still.
    pub(crate) remembered: u64,
    /// The centre's own words, which nobody signs.
    pub(crate) own: u64,
    /// Acts at terminals whose key is not held here.
    pub(crate) elsewhere: u64,
    /// Leaves of which only the hash is held here.
    pub(crate) hashes: u64,
    /// Heads that acts named and that were too old to be compared on the way.
    heads: Vec<Named>,
    pub(crate) findings: Vec<Finding>,
    /// When it was over.
    pub(crate) at: Option<DateTime<Utc>>,
}

/// The head of the log that an act's desk had seen.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
struct Named {
    /// The act's entry.
    index: u64,
    size: u64,
    root: Base64,
}

/// The last verification that found nothing, and the one under way.
#[derive(Debug, Clone, Default, Serialize, Deserialize)]
pub(crate) struct Kept {
    whole: Option<Stand>,
    /// Shown until another one is over.
    last: Option<Stand>,
    open: Option<Stand>,
}

impl Stand {
    /// At the beginning. What is the same as then, octet by octet, is of the kind it was found to be then.
    fn after(whole: Option<&Self>, epoch: u32, moves: u64) -> Self {
        let begun = Self { epoch, moves, ..Self::default() };
        let Some(Self { signed, own, elsewhere, .. }) = whole else { return begun };
        Self { signed: *signed, remembered: *signed, own: *own, elsewhere: *elsewhere, ..begun }
    }

    fn frontier(&self) -> Frontier {
        Frontier::from_bytes(&self.edge).unwrap_or_default()
    }

    /// Leaves looked at.
    pub(crate) fn size(&self) -> u64 {
        self.frontier().size()
    }

    fn find(&mut self, finding: Finding) {
        if self.findings.len() < FINDINGS {
            self.findings.push(finding);
        }
    }
}

/// One under way.
pub(crate) struct Run {
    kept: Kept,
    stand: Stand,
    /// The stand's heads, while it runs: whoever looks on gets a copy of the rest.
    heads: Vec<Named>,
    frontier: Frontier,
    keys: Keys,
    /// Where each epoch ends whose log goes on otherwise: what was seen of it beyond is not in this tree.
    ends: Arc<Vec<(u32, u64)>>,
    ahead: Ahead,
}

type Keys = Arc<HashMap<TerminalId, TerminalKey>>;

/// Leaves that are looked at together.
struct Piece {
    from: u64,
    leaves: Vec<LeafHash>,
    /// Where a verification may stop: the leaves are stored in stretches, and read from the beginning of one.
    ends_stretch: bool,
}

/// What is being looked at, in its order. While some of it is hashed, more is read: neither waits for the other.
struct Ahead {
    /// Of the leaves that are in no piece yet, the first.
    next: u64,
    pieces: VecDeque<Piece>,
    looking: VecDeque<JoinHandle<Result<(Piece, Looked), DeskError>>>,
}

impl Drop for Ahead {
    /// Stopped on the way: nobody needs the rest.
    fn drop(&mut self) {
        self.looking.iter().for_each(JoinHandle::abort);
    }
}

/// The one that was stopped, or the last one that came to its end.
pub(crate) async fn kept(replica: &Replica) -> Result<(Option<Stand>, Option<Stand>), DeskError> {
    let kept: Kept = replica.get(KEY).await?.unwrap_or_default();
    Ok((kept.open, kept.last))
}

/// Entries came or went with a customer, among those that may have been looked at.
pub(super) async fn moved(db: &mut SqliteConnection) -> Result<(), DeskError> {
    let moves = super::number(db, MOVES).await?.unwrap_or_default() + 1;
    super::set(db, MOVES, moves.to_string().as_bytes()).await
}

/// Begins, or goes on with the one that was stopped.
pub(crate) async fn begin(replica: &Replica) -> Result<Run, DeskError> {
    let mut kept: Kept = replica.get(KEY).await?.unwrap_or_default();
    let (epoch, _) = epoch::current(&replica.readers).await?;
    let moves = replica.get(MOVES).await?.unwrap_or_default();
    // Another epoch is another log from some place on, and where a customer came or went, other entries are held: nothing is
    // remembered across that.
    let same = |stand: &Stand| (stand.epoch, stand.moves) == (epoch, moves);
    kept.whole = kept.whole.filter(same);
    let stand = kept.open.take().filter(same);
    let stand = stand.unwrap_or_else(|| Stand::after(kept.whole.as_ref(), epoch, moves));
    Run::new(replica, kept, stand).await
}

impl Ahead {
    /// From a leaf on that begins a stretch.
    fn from(next: u64) -> Self {
        let (pieces, looking) = (VecDeque::new(), VecDeque::with_capacity(UNDER_WAY));
        Self { next, pieces, looking }
    }

    /// The next piece to look at; `None`: that was all.
    async fn piece(&mut self, replica: &Replica) -> Result<Option<Piece>, DeskError> {
        if self.pieces.is_empty() {
            let (from, size) = (self.next, *replica.size.borrow());
            let mut leaves = Vec::new();
            let mut db = replica.readers.acquire().await?;
            // Of a log that came act by act each stretch is one leaf.
            while leaves.len() < TOGETHER && from + (leaves.len() as u64) < size {
                leaves.extend(epoch::run(&mut db, from + leaves.len() as u64).await?);
            }
            self.next += leaves.len() as u64;
            let firsts = (from..).step_by(TOGETHER);
            let of = |(from, leaves): (u64, &[LeafHash])| Piece { from, leaves: leaves.to_vec(), ends_stretch: false };
            self.pieces = firsts.zip(leaves.chunks(TOGETHER)).map(of).collect();
            self.pieces.back_mut().into_iter().for_each(|last| last.ends_stretch = true);
        }
        Ok(self.pieces.pop_front())
    }
}

impl Run {
    async fn new(replica: &Replica, kept: Kept, mut stand: Stand) -> Result<Self, DeskError> {
        let heads = std::mem::take(&mut stand.heads);
        let (frontier, keys) = (stand.frontier(), terminal_key::all(&replica.readers).await?.into());
        let ends = epoch::ends(&replica.readers).await?.into();
        let ahead = Ahead::from(frontier.size());
        Ok(Self { kept, stand, heads, frontier, keys, ends, ahead })
    }

    /// Where it stands.
    pub(crate) fn stand(&self) -> &Stand {
        &self.stand
    }

    /// Looks at some more. Says whether there was any.
    pub(crate) async fn step(&mut self, replica: &Replica) -> Result<bool, DeskError> {
        let mut any = false;
        loop {
            while self.ahead.looking.len() < UNDER_WAY
                && let Some(piece) = self.ahead.piece(replica).await?
            {
                let signed_to = self.kept.whole.as_ref().map_or(0, Stand::size);
                let with = (signed_to, self.keys.clone(), self.ends.clone());
                self.ahead.looking.push_back(tokio::spawn(look(replica.scans.clone(), piece, with)));
            }
            let Some(first) = self.ahead.looking.pop_front() else { return Ok(any) };
            let (piece, looked) = first.await.map_err(|e| DeskError::Internal(e.to_string()))??;
            any = true;
            let ends_stretch = piece.ends_stretch;
            self.add(piece, looked).await?;
            if ends_stretch {
                return Ok(true);
            }
        }
    }

    async fn add(&mut self, piece: Piece, looked: Looked) -> Result<(), DeskError> {
        let known = self.kept.whole.as_ref().map(|whole| (whole.size(), whole.frontier().root()));
        let frontier = self.frontier.clone();
        let grown = tokio::task::spawn_blocking(move || grow(frontier, &piece.leaves, looked, known.as_ref()));
        let (frontier, looked) = grown.await.map_err(|e| DeskError::Internal(e.to_string()))?;
        self.frontier = frontier;
        self.stand.edge = self.frontier.to_bytes();
        self.stand.signed += looked.signed;
        self.stand.own += looked.own;
        self.stand.elsewhere += looked.elsewhere;
        self.stand.hashes += looked.hashes;
        for named in looked.heads {
            // Acts of one moment name one head.
            let same = |last: &Named| (last.size, &last.root) == (named.size, &named.root);
            if !self.heads.last().is_some_and(same) {
                self.heads.push(named);
            }
        }
        looked.findings.into_iter().for_each(|finding| self.stand.find(finding));
        if looked.other {
            // What was signed before stands no longer there: nothing of it is believed.
            let why = "the tree is not the one that was verified before".to_owned();
            self.stand.find(Finding { kind: FindingKind::Tree, index: None, why });
            self.kept.whole = None;
        }
        Ok(())
    }

    /// Keeps where it stands, to go on from there.
    pub(crate) async fn pause(mut self, replica: &Replica) -> Result<(), DeskError> {
        self.kept.open = Some(Stand { heads: self.heads, ..self.stand });
        replica.set(KEY, &self.kept).await
    }

    /// Everything was looked at: does the root agree with what the centre signed?
    async fn agreed(&self, replica: &Replica, verifier: &CheckpointVerifier) -> Result<Stand, DeskError> {
        let (mut stand, mut heads) = (self.stand.clone(), self.heads.clone());
        heads.sort_by_key(|named| named.size);
        compared(replica, heads, &mut stand).await?;
        let note = note(&replica.readers).await?.unwrap_or_default();
        let witness = Witness::new(verifier.clone(), self.frontier.clone()).in_epoch(stand.epoch);
        if let Err(error) = witness.agree(&self.frontier, &note) {
            stand.find(Finding { kind: FindingKind::Checkpoint, index: None, why: error.to_string() });
        }
        Ok(stand)
    }

    /// Compares, and keeps what came of it.
    pub(crate) async fn end(
        mut self,
        replica: &Replica,
        verifier: &CheckpointVerifier,
        at: DateTime<Utc>,
    ) -> Result<Stand, DeskError> {
        let stand = Stand { at: Some(at), ..self.agreed(replica, verifier).await? };
        if stand.findings.is_empty() {
            self.kept.whole = Some(stand.clone());
        }
        self.kept.last = Some(stand.clone());
        replica.set(KEY, &self.kept).await?;
        Ok(stand)
    }
}

/// Reads everything that is stored, keeps nothing of it, and stops at the first finding. `seen` is told how far it is.
///
/// # Errors
/// [`DeskError::LogMismatch`]: something is not what was verified when it came.
pub(crate) async fn read_again(
    replica: &Replica,
    verifier: &CheckpointVerifier,
    mut seen: impl FnMut(u64),
) -> Result<(), DeskError> {
    let (epoch, _) = epoch::current(&replica.readers).await?;
    let mut run = Run::new(replica, Kept::default(), Stand { epoch, ..Stand::default() }).await?;
    while run.step(replica).await? {
        seen(run.stand.size());
    }
    let mut stand = run.agreed(replica, verifier).await?;
    match stand.findings.drain(..).next() {
        Some(Finding { index: Some(index), why, .. }) => Err(mismatch(format!("entry {index}: {why}"))),
        Some(Finding { index: None, why, .. }) => Err(mismatch(why)),
        None => Ok(()),
    }
}

#[derive(Default)]
struct Looked {
    signed: u64,
    own: u64,
    elsewhere: u64,
    hashes: u64,
    findings: Vec<Finding>,
    heads: Vec<Named>,
    /// The root where the last verification ended is another one.
    other: bool,
}

/// One more pass over the leaves, for heads that were named long after they were seen.
async fn compared(replica: &Replica, heads: Vec<Named>, stand: &mut Stand) -> Result<(), DeskError> {
    let Some(last) = heads.last().map(|named| named.size) else { return Ok(()) };
    let (mut frontier, mut heads) = (Frontier::new(), heads.into_iter().peekable());
    let mut look = |frontier: &Frontier| {
        while let Some(named) = heads.next_if(|named| named.size <= frontier.size()) {
            differs(&named, frontier).into_iter().for_each(|finding| stand.find(finding));
        }
    };
    look(&frontier);
    epoch::each_leaf(&replica.readers, last, |leaf| {
        frontier.append(leaf);
        look(&frontier);
    })
    .await
}

/// Is it the root of this tree?
fn differs(named: &Named, frontier: &Frontier) -> Option<Finding> {
    (named.root.0 != frontier.root().0).then(|| Finding {
        kind: FindingKind::Fork,
        index: Some(named.index),
        why: format!("its desk had seen another log of {} entries: somebody is shown a fork", named.size),
    })
}

/// Reads what is held of a piece, and looks at it. Signatures below `signed_to` were checked before.
async fn look(
    db: SqlitePool,
    piece: Piece,
    (signed_to, keys, ends): (u64, Keys, Arc<Vec<(u32, u64)>>),
) -> Result<(Piece, Looked), DeskError> {
    let packs = packs::between(&db, piece.from, piece.from + piece.leaves.len() as u64).await?;
    let looked = tokio::task::spawn_blocking(move || {
        let looked = part(&piece, packs.iter().flat_map(Pack::entries), signed_to, &keys, &ends);
        (piece, looked)
    });
    looked.await.map_err(|e| DeskError::Internal(e.to_string()))
}

/// Grows the tree by a piece. `known`: size and root of what was verified before.
fn grow(
    mut frontier: Frontier,
    leaves: &[LeafHash],
    mut looked: Looked,
    known: Option<&(u64, RootHash)>,
) -> (Frontier, Looked) {
    // Most acts name a head of a moment before.
    let (mut near, old): (Vec<Named>, Vec<Named>) =
        looked.heads.drain(..).partition(|named| named.size >= frontier.size());
    looked.heads = old;
    near.sort_by_key(|named| named.size);
    let mut near = near.into_iter().peekable();
    for leaf in leaves {
        while let Some(named) = near.next_if(|named| named.size <= frontier.size()) {
            looked.findings.extend(differs(&named, &frontier));
        }
        frontier.append(*leaf);
        looked.other |= known.is_some_and(|(size, root)| *size == frontier.size() && *root != frontier.root());
    }
    // What is left names more than there was when it was made.
    looked.findings.extend(near.map(|named| Finding {
        kind: FindingKind::Ahead,
        index: Some(named.index),
        why: format!("it names a head of {} entries, which is more than stood before it", named.size),
    }));
    (frontier, looked)
}

fn part<'a>(
    piece: &Piece,
    rows: impl Iterator<Item = Packed<'a>>,
    signed_to: u64,
    keys: &Keys,
    ends: &[(u32, u64)],
) -> Looked {
    let (mut looked, mut held) = (Looked::default(), 0);
    for row in rows {
        let index = row.index;
        held += 1;
        match one(piece, row, signed_to, keys) {
            Ok(Seen::Known) => {}
            Ok(Seen::Own) => looked.own += 1,
            Ok(Seen::Act { last_checkpoint, here }) => {
                *(if here { &mut looked.signed } else { &mut looked.elsewhere }) += 1;
                looked.heads.extend(last_checkpoint.and_then(|note| named(index, &note, ends)));
            }
            Err((kind, why)) => looked.findings.push(Finding { kind, index: Some(index), why }),
        }
    }
    looked.hashes = (piece.leaves.len() as u64).saturating_sub(held);
    looked
}

enum Seen {
    /// The same octets as in the verification before, under the same leaf of the same tree.
    Known,
    /// The centre's own word.
    Own,
    /// What a terminal signed: the head it names; and is its key held here?
    Act { last_checkpoint: Option<String>, here: bool },
}

fn one(piece: &Piece, row: Packed<'_>, signed_to: u64, keys: &Keys) -> Result<Seen, (FindingKind, String)> {
    let Packed { index, entry: bytes, attachment } = row;
    let at = index.checked_sub(piece.from).and_then(|at| usize::try_from(at).ok());
    if at.and_then(|at| piece.leaves.get(at)) != Some(&tlog::leaf_hash(bytes)) {
        return Err((FindingKind::Entry, "the entry is not the one under its leaf".to_owned()));
    }
    chunk::beside(index, bytes, attachment).map_err(|e| (FindingKind::Attachment, e.to_string()))?;
    if index < signed_to {
        return Ok(Seen::Known);
    }
    // Without the key nobody here can say.
    let verify = |terminal, message: &[u8], signature: &[u8]| {
        keys.get(&terminal).is_none_or(|key| key.signed(message, signature))
    };
    let signed = signed::fits(bytes, verify).map_err(|why| (FindingKind::Signature, why.to_owned()))?;
    Ok(match signed {
        Signed::Own => Seen::Own,
        Signed::Terminal { terminal, last_checkpoint } => {
            Seen::Act { last_checkpoint, here: keys.contains_key(&terminal) }
        }
    })
}

/// The head that an act names. The terminal's signature covers it, and its desk had verified it: the centre's own signature is
/// not looked at again. One of an epoch that went on otherwise says nothing of this tree.
fn named(index: u64, note: &str, ends: &[(u32, u64)]) -> Option<Named> {
    let mut lines = note.lines();
    let (origin, size, root) = (lines.next()?, lines.next()?.parse().ok()?, lines.next()?);
    let root = RootHash::from_base64(root).ok()?;
    let epoch: u32 = origin.rsplit('/').next()?.parse().ok()?;
    let stands = ends.iter().all(|(ended, end)| epoch != *ended || size <= *end);
    stands.then(|| Named { index, size, root: Base64(root.0.to_vec()) })
}
