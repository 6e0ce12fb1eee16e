//! Who finds what: every kind of tampering we could think of, by somebody with the centre's database, with its log key too, or
//! with the branch's own file; and for each who finds it, and when. A kind that a row says nobody finds there must not be found
//! there either: the table is what `docs/threat-model.md` promises.

use aws_lc_rs::rand::SystemRandom;
use aws_lc_rs::signature::{ECDSA_P256_SHA256_ASN1_SIGNING, EcdsaKeyPair, KeyPair as _};
use domain::Role;
use domain::customer::CustomerCommand;
use domain::event::AccessEvent;
use domain::id::{SessionId, TerminalId};
use domain::terminal::TerminalEvent;
use rcgen::PublicKeyData as _;
use wire::api::history::{History, PastEntry};
use wire::head::Head;
use wire::{Body, Envelope, message};

use super::*;
use crate::replica::{epoch, moved, verify};
use crate::sync::{Step, plan};
use crate::view::FindingKind;

/// Who finds it.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
enum Finder {
    /// A desk that had followed the log so far, at its next sync.
    SyncedBefore,
    /// A desk that fetches the log from its beginning.
    Fresh,
    /// Whoever verifies at a desk that took it in.
    Verifies,
    /// Whoever has a head on paper, at a desk that took it in.
    Paper,
}
use Finder::{Fresh, Paper, SyncedBefore, Verifies};

/// Entries of the honest log; what had been synced; the size of the head on paper.
const ALL: usize = 40;
const SEEN: usize = 30;
const PRINTED: usize = 28;

const TERMINAL: TerminalId = TerminalId(uuid::Uuid::from_u128(77));
const SESSION: SessionId = SessionId(uuid::Uuid::from_u128(78));

struct Key(EcdsaKeyPair);

impl Key {
    fn new() -> (Self, String) {
        let pair = rcgen::KeyPair::generate().unwrap();
        let spki = Base64(pair.subject_public_key_info());
        let signing = EcdsaKeyPair::from_pkcs8(&ECDSA_P256_SHA256_ASN1_SIGNING, &pair.serialize_der()).unwrap();
        assert_eq!(signing.public_key().as_ref().len(), 65);
        (Self(signing), serde_json::to_value(spki).unwrap().as_str().unwrap().to_owned())
    }
}

struct World {
    signer: CheckpointSigner,
    key: Key,
    /// The honest log.
    leaves: Vec<FeedLeaf>,
}

/// An act of staff as the centre writes it, with what the terminal signed.
struct Signing<'a> {
    key: &'a Key,
    note: Option<String>,
}

fn entry_of(leaf: &FeedLeaf) -> Entry {
    let FeedLeaf::Entry { e, .. } = leaf else { panic!("an entry") };
    Entry::from_bytes(&e.0).unwrap()
}

fn written(entry: &Entry) -> FeedLeaf {
    FeedLeaf::Entry { e: Base64(entry.to_bytes().unwrap()), a: None }
}

fn opened(n: u128, version: u64) -> CustomerEvent {
    let contract = format!("{:010}", n * 100 + u128::from(version)).parse().unwrap();
    CustomerEvent::ContractOpened { contract, opened_on: chrono::NaiveDate::MIN }
}

/// An act on customer `n`. What the envelope asks for is of no matter to the tree; that it is of this entry is.
fn act(n: u128, version: u64, id: u128, signing: &Signing<'_>) -> Entry {
    let subject = CustomerId(uuid::Uuid::from_u128(n));
    let id = CommandId(uuid::Uuid::from_u128(5000 + id));
    let envelope = Envelope {
        v: 1,
        institution: "test".parse().unwrap(),
        id,
        terminal: TERMINAL,
        session: SESSION,
        staff: "T1001".parse().unwrap(),
        expected_version: Some(version - 1),
        made_at: DateTime::UNIX_EPOCH,
        offline: false,
        last_checkpoint: signing.note.clone(),
        attachment: None,
        body: Body::Customer {
            customer: subject,
            command: CustomerCommand::RecordCustomer {
                branch: "001".parse().unwrap(),
                cif: format!("{n:07}").parse().unwrap(),
            },
        },
    }
    .to_bytes()
    .unwrap();
    let signature = signing.key.0.sign(&SystemRandom::new(), &message::envelope(&envelope)).unwrap();
    Entry {
        id,
        subject: Subject::Customer(subject),
        version,
        actor: Actor::Staff {
            staff: "T1001".parse().unwrap(),
            role: Role::Teller,
            branch: "001".parse().unwrap(),
            terminal: TERMINAL,
            session: SESSION,
            deputy: false,
        },
        envelope: Some(envelope.into()),
        signature: Some(signature.as_ref().to_vec().into()),
        attachment: None,
        events: vec![Event::Customer(opened(n, version))],
        ..entry_of(&recorded(n, "見本", "ミホン"))
    }
}

fn enrolment(public_key: String) -> Entry {
    Entry {
        subject: Subject::Terminal(TERMINAL),
        version: 2,
        attachment: None,
        events: vec![
            Event::Terminal(TerminalEvent::TerminalInvited { branch: "001".parse().unwrap(), label: "窓口".into() }),
            Event::Terminal(TerminalEvent::TerminalEnrolled {
                public_key,
                certificate_sha256: "00".into(),
                not_after: None,
            }),
        ],
        ..entry_of(&recorded(99, "見本", "ミホン"))
    }
}

fn frontier(leaves: &[FeedLeaf]) -> Frontier {
    let mut frontier = Frontier::new();
    leaves.iter().for_each(|leaf| frontier.append(leaf.hash().unwrap()));
    frontier
}

fn note(signer: &CheckpointSigner, leaves: &[FeedLeaf]) -> String {
    let frontier = frontier(leaves);
    let (origin, size, root) = (signer.name().to_owned(), frontier.size(), frontier.root());
    signer.sign(&Checkpoint { origin, size, root })
}

/// The place of a customer's entry in the honest log: one is recorded at every fourth, an act on it follows two later.
fn recording(nth: usize) -> usize {
    1 + nth * 4
}

impl World {
    fn new() -> Self {
        let signer = CheckpointSigner::generate("madoguchi/test/0").unwrap();
        let (key, public) = Key::new();
        let mut leaves = vec![written(&enrolment(public))];
        while leaves.len() < ALL {
            let at = leaves.len();
            let n = at.div_ceil(4) as u128;
            let noted = note(&signer, &leaves);
            leaves.push(match (at - 1) % 4 {
                0 => recorded(n, "株式会社見本", "カブシキガイシャミホン"),
                1 | 3 => foreign(at as u8),
                _ => written(&act(n, 2, at as u128, &Signing { key: &key, note: Some(noted) })),
            });
        }
        Self { signer, key, leaves }
    }

    fn signing(&self, leaves: &[FeedLeaf]) -> Signing<'_> {
        Signing { key: &self.key, note: Some(note(&self.signer, leaves)) }
    }
}

/// What a centre that was tampered with serves.
struct Served {
    leaves: Vec<FeedLeaf>,
    note: String,
}

impl World {
    /// Without the log key: the note is an honest one.
    fn noted(&self, change: impl FnOnce(&mut Vec<FeedLeaf>)) -> Served {
        let mut leaves = self.leaves.clone();
        change(&mut leaves);
        Served { leaves, note: note(&self.signer, &self.leaves) }
    }

    /// With it: the note is over whatever is served.
    fn signed(&self, change: impl FnOnce(&mut Vec<FeedLeaf>)) -> Served {
        let Served { leaves, .. } = self.noted(change);
        let note = note(&self.signer, &leaves);
        Served { leaves, note }
    }
}

fn flip(leaf: &mut FeedLeaf) {
    let FeedLeaf::Entry { e, .. } = leaf else { panic!("an entry") };
    let at = String::from_utf8(e.0.clone()).unwrap().rfind("\"salt\":\"").unwrap() + 8;
    e.0[at] = if e.0[at] == b'A' { b'B' } else { b'A' };
}

fn forged(change: impl FnOnce(&mut Entry), leaf: &FeedLeaf) -> FeedLeaf {
    let mut entry = entry_of(leaf);
    change(&mut entry);
    written(&entry)
}

/// An act in what was seen, and one that came after.
const OLD_ACT: usize = 3;
const NEW_ACT: usize = 35;

type Tamper = fn(&World) -> Served;

/// What is done, and who finds it.
#[rustfmt::skip]
fn kinds() -> Vec<(&'static str, Tamper, Vec<Finder>)> {
    vec![
        ("nothing", |w| w.noted(|_| ()), vec![]),
        // Somebody with the centre's database.
        ("a byte of an old entry", |w| w.noted(|l| flip(&mut l[OLD_ACT])), vec![Fresh]),
        ("a byte of a new entry", |w| w.noted(|l| flip(&mut l[NEW_ACT])), vec![SyncedBefore, Fresh]),
        ("a byte of what is beside an entry", |w| w.noted(|l| {
            let FeedLeaf::Entry { a: Some(a), .. } = &mut l[recording(8)] else { panic!("with an attachment") };
            let last = a.0.len() - 3;
            a.0[last] ^= 1;
        }), vec![SyncedBefore, Fresh]),
        ("a byte of an old leaf of another branch", |w| w.noted(|l| l[2] = foreign(200)), vec![Fresh]),
        ("an old entry dropped", |w| w.noted(|l| drop(l.remove(OLD_ACT))), vec![SyncedBefore, Fresh]),
        ("a new entry dropped", |w| w.noted(|l| drop(l.remove(NEW_ACT))), vec![SyncedBefore, Fresh]),
        ("a new entry repeated", |w| w.noted(|l| l.insert(NEW_ACT, l[NEW_ACT].clone())), vec![SyncedBefore, Fresh]),
        ("two old entries swapped", |w| w.noted(|l| l.swap(OLD_ACT, 7)), vec![Fresh]),
        ("two new entries swapped", |w| w.noted(|l| l.swap(NEW_ACT, 39)), vec![SyncedBefore, Fresh]),
        ("an entry of one's own put in between", |w| w.noted(|l| {
            l.insert(NEW_ACT, recorded(60, "偽", "ニセ"));
        }), vec![SyncedBefore, Fresh]),
        ("the tail cut off, with a note of then", |w| {
            let leaves = w.leaves[..25].to_vec();
            Served { note: note(&w.signer, &leaves), leaves }
        }, vec![SyncedBefore, Paper]),
        ("new entries under an old note", |w| Served { leaves: w.leaves.clone(), note: note(&w.signer, &w.leaves[..SEEN]) },
            vec![SyncedBefore, Fresh]),
        ("a note that another key signed", |w| {
            let other = CheckpointSigner::generate("madoguchi/test/0").unwrap();
            Served { leaves: w.leaves.clone(), note: note(&other, &w.leaves) }
        }, vec![SyncedBefore, Fresh]),
        ("a note with another root written in", |w| {
            let honest = note(&w.signer, &w.leaves);
            let root = frontier(&w.leaves).root().to_base64();
            Served { leaves: w.leaves.clone(), note: honest.replace(&root, &frontier(&w.leaves[..SEEN]).root().to_base64()) }
        }, vec![SyncedBefore, Fresh]),
        ("an entry held back from a branch that knew its customer", |w| w.noted(|l| {
            // Its bare hash stands in its place: the tree is right. The customer's next entry does not go on from what is known.
            let next = act(9, 3, 900, &w.signing(&l[..]));
            l.push(written(&next));
            l[NEW_ACT] = FeedLeaf::Hash { h: Base64(l[NEW_ACT].hash().unwrap().0.to_vec()) };
        }).with_note(w), vec![SyncedBefore, Fresh]),
        // Somebody with the centre's log key as well.
        ("rewound to last week's backup, and gone on", |w| w.signed(|l| {
            l.truncate(20);
            while l.len() < ALL { l.push(foreign(100 + l.len() as u8)); }
        }), vec![SyncedBefore, Paper]),
        ("an old entry written anew", |w| w.signed(|l| flip(&mut l[recording(1)])), vec![SyncedBefore, Paper, Verifies]),
        ("an old entry taken out of the tree", |w| w.signed(|l| drop(l.remove(2))), vec![SyncedBefore, Paper, Verifies]),
        ("two old entries of other branches swapped", |w| w.signed(|l| l.swap(2, 4)), vec![SyncedBefore, Paper, Verifies]),
        ("a terminal forged: an act under another key", |w| w.signed(|l| {
            let (other, _) = Key::new();
            l.push(written(&act(4, 3, 901, &Signing { key: &other, note: None })));
        }), vec![Verifies]),
        ("a signature changed", |w| w.signed(|l| {
            l[39] = forged(|entry| entry.signature.as_mut().unwrap().0[10] ^= 1, &l[39]);
        }), vec![Verifies]),
        ("an act of staff that nobody signed", |w| w.signed(|l| {
            l[39] = forged(|entry| (entry.envelope, entry.signature) = (None, None), &l[39]);
        }), vec![Verifies]),
        ("a signed act used again under another id", |w| w.signed(|l| {
            let again = forged(|entry| { entry.id = CommandId(uuid::Uuid::from_u128(42)); entry.version = 3; }, &l[39]);
            l.push(again);
        }), vec![Verifies]),
        ("a signed act written to another customer", |w| w.signed(|l| {
            let other = forged(|entry| {
                entry.subject = Subject::Customer(CustomerId(uuid::Uuid::from_u128(5)));
                entry.version = 3;
            }, &l[39]);
            l[39] = other;
        }), vec![Verifies]),
        ("a signed act in another person's name", |w| w.signed(|l| {
            l[39] = forged(|entry| {
                let Actor::Staff { staff, .. } = &mut entry.actor else { panic!("of staff") };
                *staff = "S2001".parse().unwrap();
            }, &l[39]);
        }), vec![Verifies]),
        ("a signed act of another session", |w| w.signed(|l| {
            l[39] = forged(|entry| {
                let Actor::Staff { session, .. } = &mut entry.actor else { panic!("of staff") };
                *session = SessionId(uuid::Uuid::from_u128(1));
            }, &l[39]);
        }), vec![Verifies]),
        ("a signed act of another institution", |w| w.signed(|l| {
            l[39] = forged(|entry| entry.institution = "other".parse().unwrap(), &l[39]);
        }), vec![Verifies]),
        ("a refusal of another command", |w| w.signed(|l| {
            let refused = AccessEvent::Refused {
                command: CommandId(uuid::Uuid::from_u128(43)),
                command_kind: "record_customer".into(),
                code: ErrorCode::CustomerExists,
            };
            l[39] = forged(|entry| { entry.events = vec![Event::Access(refused)]; entry.version = 1; }, &l[39]);
        }), vec![Verifies]),
        ("another desk is shown a fork, and acts", |w| w.signed(|l| {
            let mut fork = l.clone();
            fork[34] = foreign(222);
            l.push(written(&act(4, 3, 902, &w.signing(&fork))));
        }), vec![Verifies]),
        ("another desk was shown a fork, long ago", |w| w.signed(|l| {
            let mut fork = l[..10].to_vec();
            fork[4] = foreign(223);
            l.push(written(&act(4, 3, 903, &w.signing(&fork))));
        }), vec![Verifies]),
        ("another desk was shown more than there was", |w| w.signed(|l| {
            let mut fork = l.clone();
            fork.push(foreign(224));
            l.push(written(&act(4, 3, 904, &w.signing(&fork))));
        }), vec![Verifies]),
    ]
}

impl Served {
    fn with_note(self, world: &World) -> Self {
        Self { note: note(&world.signer, &self.leaves), ..self }
    }

    fn from(&self, from: usize) -> FeedAnswer {
        let leaves = self.leaves.get(from..).unwrap_or_default().to_vec();
        let log_size = self.leaves.len() as u64;
        FeedAnswer { from: from as u64, leaves, checkpoint: self.note.clone(), log_size, centre_ms: 0 }
    }
}

/// Takes it in; whatever is refused is the tampering told as such.
async fn take(replica: &Replica, world: &World, answer: FeedAnswer) -> bool {
    let taken = async {
        super::take(replica, &world.signer.verifier(), answer).await?;
        while behind::step(replica).await? {}
        Ok(())
    };
    match taken.await {
        Ok(()) => true,
        Err(DeskError::LogMismatch(_)) => false,
        Err(other) => panic!("{other}"),
    }
}

async fn verified(replica: &Replica, world: &World) -> Vec<verify::Finding> {
    let mut run = verify::begin(replica).await.unwrap();
    while run.step(replica).await.unwrap() {}
    run.end(replica, &world.signer.verifier(), DateTime::UNIX_EPOCH).await.unwrap().findings
}

#[tokio::test(flavor = "multi_thread")]
async fn whoever_tampers_is_found() {
    let world = World::new();
    let kinds = kinds();
    assert!(kinds.len() > 30, "{}", kinds.len());
    for (what, tamper, expected) in kinds {
        let (served, mut found) = (tamper(&world), Vec::new());
        let (known, fresh) = (tempfile::tempdir().unwrap(), tempfile::tempdir().unwrap());
        // A desk that had followed the honest log.
        let known = replica(&known).await;
        let honest = Served { leaves: world.leaves[..SEEN].to_vec(), note: note(&world.signer, &world.leaves[..SEEN]) };
        assert!(take(&known, &world, honest.from(0)).await, "{what}");
        let smaller = plan(SEEN as u64, Some(served.leaves.len() as u64)) == Step::Stop;
        if smaller || !take(&known, &world, served.from(SEEN)).await {
            found.push(SyncedBefore);
        }
        known.close().await.unwrap();
        // One that fetches everything.
        let fresh = replica(&fresh).await;
        if take(&fresh, &world, served.from(0)).await {
            if !verified(&fresh, &world).await.is_empty() {
                found.push(Verifies);
            }
            let paper = Head { size: PRINTED as u64, root: frontier(&world.leaves[..PRINTED]).root().0 };
            let enough = *fresh.size.borrow() >= paper.size;
            let same = enough && epoch::frontier_at(&fresh.readers, paper.size).await.unwrap().root().0 == paper.root;
            if !same {
                found.push(Paper);
            }
        } else {
            found.push(Fresh);
        }
        fresh.close().await.unwrap();
        found.sort();
        let mut expected = expected;
        expected.sort();
        assert_eq!(found, expected, "{what}");
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn a_changed_file_of_the_branch_is_found_by_verifying() {
    let world = World::new();
    let honest = Served { leaves: world.leaves.clone(), note: note(&world.signer, &world.leaves) };
    for (what, text, place) in [
        ("nothing", "SELECT 1", None),
        (
            "an entry",
            "UPDATE entry SET bytes = CAST(REPLACE(CAST(bytes AS TEXT), 'T1001', 'T1002') AS BLOB) WHERE idx = 3",
            Some((Some(3), FindingKind::Entry)),
        ),
        (
            "an entry of one's own",
            "UPDATE entry SET bytes = (SELECT bytes FROM entry WHERE idx = 3) WHERE idx = 7",
            Some((Some(7), FindingKind::Entry)),
        ),
        (
            "what is beside an entry",
            "UPDATE attachment SET bytes = CAST(REPLACE(CAST(bytes AS TEXT), '上越', '上田') AS BLOB) WHERE idx = 1",
            Some((Some(1), FindingKind::Attachment)),
        ),
        (
            "a leaf of another branch",
            "UPDATE leaves SET hashes = CAST(zeroblob(32) || substr(hashes, 33) AS BLOB)",
            Some((Some(0), FindingKind::Entry)),
        ),
        (
            "the note",
            "UPDATE meta SET value = CAST(REPLACE(CAST(value AS TEXT), 'test', 'best') AS BLOB) WHERE key = 'checkpoint'",
            Some((None, FindingKind::Checkpoint)),
        ),
    ] {
        let dir = tempfile::tempdir().unwrap();
        let replica = replica(&dir).await;
        assert!(take(&replica, &world, honest.from(0)).await);
        sqlx::query(text).execute(&mut *replica.writer().await.unwrap()).await.unwrap();
        let found = verified(&replica, &world).await;
        assert_eq!(found.first().map(|finding| (finding.index, finding.kind)), place, "{what}: {found:?}");
        replica.close().await.unwrap();
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn a_verification_is_stopped_goes_on_and_remembers() {
    let (world, dir) = (World::new(), tempfile::tempdir().unwrap());
    let (replica, verifier) = (replica(&dir).await, world.signer.verifier());
    for end in [10, 20, ALL] {
        let part = Served { leaves: world.leaves[..end].to_vec(), note: note(&world.signer, &world.leaves[..end]) };
        let from = usize::try_from(*replica.size.borrow()).unwrap();
        assert!(take(&replica, &world, part.from(from)).await);
    }
    let mut run = verify::begin(&replica).await.unwrap();
    assert!(run.step(&replica).await.unwrap());
    assert_eq!(run.stand().size(), 10);
    run.pause(&replica).await.unwrap();
    replica.close().await.unwrap();
    // After a restart.
    let replica = super::replica(&dir).await;
    let (open, last) = verify::kept(&replica).await.unwrap();
    assert_eq!((open.unwrap().size(), last.is_none()), (10, true));
    let mut run = verify::begin(&replica).await.unwrap();
    assert_eq!(run.stand().size(), 10);
    while run.step(&replica).await.unwrap() {}
    let stand = run.end(&replica, &verifier, DateTime::UNIX_EPOCH).await.unwrap();
    assert_eq!(stand.findings, []);
    assert_eq!((stand.size(), stand.signed, stand.remembered), (ALL as u64, 10, 0));
    assert_eq!((stand.own, stand.hashes, stand.elsewhere), (11, 19, 0));
    // Signatures that were good are not checked again: the octets are.
    let mut run = verify::begin(&replica).await.unwrap();
    while run.step(&replica).await.unwrap() {}
    let stand = run.end(&replica, &verifier, DateTime::UNIX_EPOCH).await.unwrap();
    assert_eq!((stand.signed, stand.remembered, stand.findings.len()), (10, 10, 0));
    // A terminal whose key is not held here is a gap, and no finding.
    sqlx::query("DELETE FROM terminal").execute(&mut *replica.writer().await.unwrap()).await.unwrap();
    sqlx::query("DELETE FROM meta WHERE key = 'verification'")
        .execute(&mut *replica.writer().await.unwrap())
        .await
        .unwrap();
    let mut run = verify::begin(&replica).await.unwrap();
    while run.step(&replica).await.unwrap() {}
    assert_eq!((run.stand().signed, run.stand().elsewhere, run.stand().findings.len()), (0, 10, 0));
    replica.close().await.unwrap();
}

/// A customer comes over, with an entry among those that were verified before; the centre made it up.
#[tokio::test(flavor = "multi_thread")]
async fn what_came_with_a_customer_is_verified_though_the_places_around_it_were() {
    let dir = tempfile::tempdir().unwrap();
    let replica = replica(&dir).await;
    let (key, public) = Key::new();
    let forged = act(99, 1, 2, &Signing { key: &Key::new().0, note: None });
    let past = PastEntry { index: 1, e: Base64(forged.to_bytes().unwrap()), a: None };
    let hash = FeedLeaf::Hash { h: Base64(tlog::leaf_hash(&past.e.0).0.to_vec()) };
    let signer = CheckpointSigner::generate("madoguchi/test/0").unwrap();
    let leaves = vec![written(&enrolment(public)), hash, recorded(1, "株式会社見本", "カブシキガイシャミホン")];
    let world = World { signer, key, leaves };
    assert!(take(&replica, &world, world.noted(|_| ()).from(0)).await);
    assert_eq!(verified(&replica, &world).await, []);
    let Subject::Customer(customer) = forged.subject else { panic!("a customer's") };
    sqlx::query("INSERT INTO wanted (customer_id) VALUES ($1)")
        .bind(customer.to_string())
        .execute(&mut *replica.writer().await.unwrap())
        .await
        .unwrap();
    let (_, reach) = moved::wanted(&replica, 1).await.unwrap();
    moved::take(&replica, History { done: vec![customer], entries: vec![past] }, reach).await.unwrap();
    let found = verified(&replica, &world).await;
    let of = |finding: &verify::Finding| (finding.index, finding.kind) == (Some(1), FindingKind::Signature);
    assert!(found.iter().any(of), "{found:?}");
    replica.close().await.unwrap();
}
