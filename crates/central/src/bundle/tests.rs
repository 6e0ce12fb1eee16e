//! What an auditor finds in a bundle that somebody changed, and what only a head from elsewhere shows.
#![allow(clippy::unwrap_used, clippy::indexing_slicing, reason = "tests")]

use std::path::{Path, PathBuf};

use domain::customer::{CustomerCommand, IncidentCause, StopScope};
use domain::id::IncidentId;
use serde_json::Value;

use super::{Head, Verified, export, verify};
use crate::testing::{Kind, World, act, holder, on_both, teller};

const KEY: &str = "1111111111111111111111111111111111111111111111111111111111111111";
const SERIAL: &str = "0011223344556677889900112233";

async fn story(kind: Kind) -> World {
    let world = World::on(kind).await;
    let right = world.right(1, "ADMIN001").await;
    world.intend(right, SERIAL, KEY).await;
    world.writer.act(world.fetch(1, right, SERIAL, KEY)).await.unwrap();
    world.writer.act(act(holder(), 1, CustomerCommand::ConfirmCertificate { certificate: right }, None)).await.unwrap();
    let stop = CustomerCommand::SuspendCertificates {
        incident: IncidentId(uuid::Uuid::from_u128(1)),
        cause: IncidentCause::Lost,
        scope: StopScope::User { user: "ADMIN001".parse().unwrap() },
    };
    world.writer.act(world.sealed(teller(), 1, stop, None, None)).await.unwrap();
    world
}

async fn exported(world: &World, personal: bool) -> PathBuf {
    let path = world.dir.path().join(format!("{}.log", uuid::Uuid::new_v4()));
    let key = world.signer().verifier().to_vkey();
    let size = export(&world.place, &"mihon".parse().unwrap(), &key, personal, &path).await.unwrap();
    assert_eq!(size, *world.writer.size().borrow());
    path
}

fn judged(world: &World, path: &Path, heads: &[Head]) -> Verified {
    verify(path, Some(&world.signer().verifier().to_vkey()), heads).unwrap()
}

async fn a_bundle_is_what_the_log_is(kind: Kind) {
    let world = story(kind).await;
    for personal in [true, false] {
        let path = exported(&world, personal).await;
        let verified = judged(&world, &path, &[]);
        assert_eq!(verified.verdict.findings, []);
        assert_eq!((verified.size, verified.personal), (*world.writer.size().borrow(), personal));
        let text = std::fs::read_to_string(&path).unwrap();
        assert_eq!(text.contains("\"attachment\""), personal);
        assert_eq!(judged(&world, &path, &[kept(&verified)]).verdict.findings, []);
        let again = export(&world.place, &"mihon".parse().unwrap(), "", personal, &path).await.unwrap_err();
        assert!(again.to_string().contains("not overwritten"), "{again}");
    }
    // After a restore the bundle goes on in the next epoch.
    let backup = world.backup().await;
    let restored = world.restored(&backup, world.dir.path()).await.unwrap();
    let path = exported(&restored, true).await;
    let verified = judged(&restored, &path, &[]);
    assert_eq!((verified.verdict.findings.as_slice(), verified.verdict.epoch), (&[][..], 1));
}

/// Its head, as `log verify` says it.
fn kept(verified: &Verified) -> Head {
    format!("{}:{}", verified.size, verified.root).parse().unwrap()
}

/// As 発行管理簿 prints it, and as somebody copies it from there.
async fn a_head_on_paper_is_the_logs(kind: Kind) {
    let world = story(kind).await;
    let path = exported(&world, false).await;
    let verified = judged(&world, &path, &[]);
    let paper = |root: [u8; 32]| {
        let head = wire::head::Head { size: verified.size, root };
        let hex = wire::fingerprint::Fingerprint::from(root).to_hex();
        let signs: Vec<char> = hex.chars().collect();
        let grouped: Vec<String> = signs.chunks(8).map(|group| group.iter().collect()).collect();
        let with_size = |root: String| format!("{}:{root}", verified.size);
        [head.line(), with_size(hex.to_lowercase()), with_size(grouped.join(" ")), with_size(head.words().join(" "))]
    };
    let root = tlog::RootHash::from_base64(&verified.root).unwrap().0;
    for text in paper(root) {
        assert_eq!(judged(&world, &path, &[text.parse().unwrap()]).verdict.findings, [], "{text}");
    }
    for text in paper([7; 32]) {
        let found = judged(&world, &path, &[text.parse().unwrap()]).verdict.findings;
        assert!(found.iter().any(|f| f.part == "checkpoint"), "{text}: {found:?}");
    }
    let hex = &paper(root)[1];
    let short = hex.get(..hex.len() - 1).unwrap();
    for mistyped in [short, &format!("{short}g"), &verified.root, "9:", "nine:aa", ""] {
        let said = mistyped.parse::<Head>().unwrap_err();
        assert!(said.starts_with("mistyped"), "{mistyped}: {said}");
    }
}

type Change = fn(&mut Vec<String>);

fn is_note(line: &str) -> bool {
    line.starts_with("{\"note\"")
}

fn leaf(lines: &[String], n: usize) -> usize {
    lines.iter().enumerate().filter(|(_, l)| l.starts_with("{\"entry\"")).nth(n).unwrap().0
}

fn header(lines: &mut [String], key: &str, value: impl Into<Value>) {
    let mut header: Value = serde_json::from_str(&lines[0]).unwrap();
    header[key] = value.into();
    lines[0] = header.to_string();
}

/// Without its last act, as if it had never been: notes and header fit.
fn cut(lines: &mut Vec<String>) {
    let last = leaf(lines, lines.iter().filter(|l| l.starts_with("{\"entry\"")).count() - 1);
    lines.truncate(last);
    let size = lines.iter().filter(|l| l.starts_with("{\"entry\"")).count();
    header(lines, "size", size as u64);
}

/// Each is found by whoever has the bundle and the public key.
const CHANGES: [(&str, Change); 13] = [
    ("an entry is left out", |lines| {
        let at = leaf(lines, 4);
        lines.remove(at);
    }),
    ("an entry is there twice", |lines| {
        let at = leaf(lines, 4);
        lines.insert(at, lines[at].clone());
    }),
    ("two entries are swapped", |lines| {
        let (a, b) = (leaf(lines, 4), leaf(lines, 5));
        lines.swap(a, b);
    }),
    ("an entry of a later place comes first", |lines| {
        let at = leaf(lines, 6);
        let line = lines.remove(at);
        lines.insert(1, line);
    }),
    ("the last entry is cut off", |lines| {
        lines.truncate(leaf(lines, 6));
    }),
    ("everything is cut off", |lines| lines.truncate(1)),
    ("the last checkpoint is left out", |lines| {
        let last = lines.iter().rposition(|l| is_note(l)).unwrap();
        lines.remove(last);
    }),
    ("a checkpoint stands elsewhere", |lines| {
        let first = lines.iter().position(|l| is_note(l)).unwrap();
        let note = lines.remove(first);
        lines.push(note);
    }),
    ("every checkpoint is left out", |lines| lines.retain(|l| !is_note(l))),
    ("another institution", |lines| header(lines, "institution", "other")),
    ("another key", |lines| header(lines, "log_key", "other+00000000+AAAA")),
    ("a longer log than there is", |lines| header(lines, "size", 9999)),
    ("an attachment of another entry", |lines| {
        let with: Vec<usize> = (0..lines.len()).filter(|n| lines[*n].contains("\"attachment\"")).collect();
        let mut one: Value = serde_json::from_str(&lines[with[0]]).unwrap();
        let other: Value = serde_json::from_str(&lines[with[1]]).unwrap();
        one["attachment"] = other["attachment"].clone();
        lines[with[0]] = one.to_string();
    }),
];

async fn every_change_of_a_bundle_is_found(kind: Kind) {
    let world = story(kind).await;
    world.right(2, "ADMIN002").await;
    let path = exported(&world, true).await;
    let honest: Vec<String> = std::fs::read_to_string(&path).unwrap().lines().map(Into::into).collect();
    let lie = world.dir.path().join("lie.log");
    for (what, change) in CHANGES {
        let mut lines = honest.clone();
        change(&mut lines);
        std::fs::write(&lie, lines.join("\n") + "\n").unwrap();
        assert!(!judged(&world, &lie, &[]).verdict.findings.is_empty(), "{what}");
    }
    // One octet, at every place of the file.
    let bytes = std::fs::read(&path).unwrap();
    let header = bytes.iter().position(|b| *b == b'\n').unwrap();
    let step = bytes.len() / 400 + 1;
    for at in (0..header).chain((header..bytes.len()).step_by(step)) {
        let mut changed = bytes.clone();
        changed[at] ^= 1;
        std::fs::write(&lie, &changed).unwrap();
        if let Ok(verified) = verify(&lie, Some(&world.signer().verifier().to_vkey()), &[]) {
            assert!(!verified.verdict.findings.is_empty(), "octet {at}");
        }
    }
}

/// The centre's own keys can sign another history. The terminals' signatures, and heads that left the machine, are what
/// stands against it.
async fn what_the_centres_own_keys_rewrite_is_found_from_elsewhere(kind: Kind) {
    let world = story(kind).await;
    let path = exported(&world, true).await;
    let honest = judged(&world, &path, &[]);
    let head = kept(&honest);
    let lines: Vec<String> = std::fs::read_to_string(&path).unwrap().lines().map(Into::into).collect();
    let mut short = lines.clone();
    cut(&mut short);
    let lie = world.dir.path().join("short.log");
    std::fs::write(&lie, short.join("\n") + "\n").unwrap();
    assert_eq!(judged(&world, &lie, &[]).verdict.findings, [], "a log that is shorter is a log");
    let found = judged(&world, &lie, std::slice::from_ref(&head)).verdict.findings;
    assert!(found.iter().any(|f| f.what.contains("shorter")), "{found:?}");
    // An act of a member of staff.
    assert!(world.forge("\"cause\":\"lost\"", "\"cause\":\"stolen\"").await > 0);
    let found = judged(&world, &exported(&world, true).await, &[]).verdict.findings;
    assert_eq!(found, [], "what an event says beside its envelope's words is not the terminal's");
    let found = judged(&world, &exported(&world, true).await, std::slice::from_ref(&head)).verdict.findings;
    assert!(found.iter().any(|f| f.part == "checkpoint"), "{found:?}");
    assert!(world.forge("\"staff\":\"T1001\"", "\"staff\":\"T1009\"").await > 0);
    let found = judged(&world, &exported(&world, true).await, &[]).verdict.findings;
    assert!(found.iter().any(|f| f.part == "envelope"), "{found:?}");
}

on_both!(
    a_bundle_is_what_the_log_is,
    a_head_on_paper_is_the_logs,
    every_change_of_a_bundle_is_found,
    what_the_centres_own_keys_rewrite_is_found_from_elsewhere
);
