//! Reads a bundle and derives everything again: tree, notes, epochs, terminals' signatures, and the rules. It needs no
//! database, no configuration and no key but the public one.

use std::fs::File;
use std::io::{BufRead as _, BufReader, Read as _};
use std::path::Path;
use std::str::FromStr;

use anyhow::Context as _;
use domain::ErrorCode;
use domain::id::InstitutionId;
use tlog::CheckpointVerifier;
use wire::head::ToldHead;

use super::{FORMAT, Header, Line};
use crate::check::Verdict;
use crate::check::replay::Replay;

/// Longest line, octets: an entry and its attachment are far below it.
const LONGEST: u64 = 16 << 20;

/// A head of the log that was kept elsewhere: printed on a ledger, or told by another desk.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Head(ToldHead);

impl FromStr for Head {
    type Err = String;

    /// What can't be all of a head was mistyped: that is said at once, and never that the log is another one.
    fn from_str(text: &str) -> Result<Self, String> {
        ToldHead::read(text).map(Self).map_err(|refusal| match refusal.code {
            ErrorCode::RequestMalformed => "mistyped: before the colon stands the number of entries".to_owned(),
            ErrorCode::FingerprintTypo => "mistyped: the words do not agree with the last one, which is their check".to_owned(),
            ErrorCode::FingerprintWordUnknown => {
                let word = refusal.args.get("word").map(String::as_str).unwrap_or_default();
                format!("mistyped: {word} is none of the words")
            }
            _ => "mistyped: a head is SIZE:ROOT or the line of the QR code, its root 64 hex digits, sixteen words, or base64 of 32 octets"
                .to_owned(),
        })
    }
}

/// What a bundle says, and whether it is so.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Verified {
    /// Whose log.
    pub institution: InstitutionId,
    /// The public key it was verified with.
    pub log_key: String,
    /// Leaves read.
    pub size: u64,
    /// Root over them, base64.
    pub root: String,
    /// Is what stands beside the entries in it?
    pub personal: bool,
    /// What does not agree.
    pub verdict: Verdict,
}

/// Verifies a bundle, with the log's public key from elsewhere (or, without one, with the bundle's own: then it shows only that
/// the bundle agrees with itself), and against heads that were kept elsewhere.
///
/// # Errors
/// It is no bundle, or can't be read. What does not agree is in the verdict.
pub fn verify(path: &Path, log_key: Option<&str>, heads: &[Head]) -> anyhow::Result<Verified> {
    let file = File::open(path).with_context(|| format!("can't open {}", path.display()))?;
    let mut lines = Lines { from: BufReader::with_capacity(1 << 20, file), number: 0, line: Vec::new() };
    let first = lines.next()?.context("the file is empty")?;
    let header: Header = serde_json::from_slice(first).context("line 1 is not the header of a log bundle")?;
    anyhow::ensure!(header.format == FORMAT, "this program reads {FORMAT}, and this is {}", header.format);
    let log_key = log_key.unwrap_or(&header.log_key).trim().to_owned();
    let verifier = CheckpointVerifier::parse(&log_key).context("the log's public key")?;
    let mut verdict = Verdict::default();
    if header.log_key != log_key {
        verdict.find("log", "the bundle names another key than the one it is verified with");
    }
    let mut replay = Replay::new(verifier);
    let mut covered = 0;
    compare(heads, &replay, &mut verdict);
    loop {
        let number = lines.number + 1;
        let Some(line) = lines.next()? else { break };
        match serde_json::from_slice(line) {
            Ok(Line::Leaf { entry, attachment }) => {
                let idx = replay.frontier.size();
                let read = replay.entry(idx, &entry.0, attachment.map(|bytes| bytes.0), &mut verdict);
                if let Some(entry) = read {
                    belongs(&header, idx, &entry, &mut verdict);
                }
                compare(heads, &replay, &mut verdict);
            }
            Ok(Line::Note { note }) => {
                covered = replay.frontier.size();
                if !replay.checkpoint(&note, &mut verdict) {
                    verdict.find(
                        "checkpoint",
                        format!("the checkpoint in line {number} does not fit the {covered} entries before it"),
                    );
                }
            }
            Err(error) => verdict.find("log", format!("line {number} can't be read: {error}")),
        }
    }
    let size = replay.frontier.size();
    if size != header.size {
        verdict.find("log", format!("the bundle says {} entries and holds {size}", header.size));
    }
    if covered != size {
        verdict.find("checkpoint", format!("the entries from {covered} on are under no checkpoint"));
    }
    for Head(told) in heads.iter().filter(|Head(told)| told.size > size) {
        verdict.find("checkpoint", format!("the log is shorter than the head of size {} that was kept", told.size));
    }
    verdict.subjects = replay.states.len() as u64;
    verdict.epoch = replay.epochs.current();
    let root = replay.frontier.root().to_base64();
    let Header { institution, personal, .. } = header;
    Ok(Verified { institution, log_key, size, root, personal, verdict })
}

/// Is the entry of this institution's log?
fn belongs(header: &Header, idx: u64, entry: &wire::Entry, verdict: &mut Verdict) {
    if entry.institution != header.institution {
        verdict.find("log", format!("entry {idx} is of another institution"));
    }
}

fn compare(heads: &[Head], replay: &Replay, verdict: &mut Verdict) {
    let size = replay.frontier.size();
    for Head(told) in heads.iter().filter(|Head(told)| told.size == size) {
        let head = wire::head::Head { size, root: replay.frontier.root().0 };
        if !head.fits(told) {
            verdict.find("checkpoint", format!("the first {size} entries are not those of the head that was kept"));
        }
    }
}

/// Lines of a length that fits into memory.
struct Lines {
    from: BufReader<File>,
    number: u64,
    line: Vec<u8>,
}

impl Lines {
    fn next(&mut self) -> anyhow::Result<Option<&[u8]>> {
        self.line.clear();
        self.number += 1;
        let read = (&mut self.from).take(LONGEST).read_until(b'\n', &mut self.line);
        let read = read.with_context(|| format!("line {}", self.number))? as u64;
        anyhow::ensure!(read < LONGEST, "line {} is longer than any entry", self.number);
        Ok((read > 0).then_some(self.line.as_slice()))
    }
}
