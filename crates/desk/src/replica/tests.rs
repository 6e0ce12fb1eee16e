//! The replica against a hostile disk and a hostile feed: a wrong key opens nothing, and no changed byte is taken in.
#![allow(
    clippy::unwrap_used,
    clippy::indexing_slicing,
    clippy::panic,
    clippy::cloned_ref_to_slice_refs,
    reason = "tests"
)]

use chrono::DateTime;
use domain::customer::CustomerEvent;
use domain::id::{CommandId, CustomerId};
use domain::personal::CustomerDetails;
use domain::{Actor, ErrorCode, Event, PersonalData, Subject};
use tempfile::TempDir;
use tlog::{Checkpoint, CheckpointSigner, CheckpointVerifier, Frontier, LeafHash};
use wire::api::feed::{FeedAnswer, FeedLeaf};
use wire::{Attachment, Base64, Entry};

use super::chunk::Basis;
use super::{Replica, behind, chunk, rebuild, verify};
use crate::error::DeskError;

/// Verifies and stores, as the desk does that follows the feed.
async fn take(replica: &Replica, verifier: &CheckpointVerifier, answer: FeedAnswer) -> Result<bool, DeskError> {
    match chunk::verify(Basis::read(replica).await?, verifier, answer).await? {
        Some(verified) => chunk::store(replica, verified).await,
        None => Ok(false),
    }
}

mod damage;
mod epoch;
mod older;
mod tampering;

const KEY: [u8; 32] = [7; 32];

/// A log that signs whatever is appended to it.
struct Log {
    signer: CheckpointSigner,
    frontier: Frontier,
}

impl Log {
    fn new() -> Self {
        Self { signer: CheckpointSigner::generate("madoguchi/test/0").unwrap(), frontier: Frontier::new() }
    }

    fn verifier(&self) -> CheckpointVerifier {
        self.signer.verifier()
    }

    fn note(&self) -> String {
        let origin = self.signer.name().to_owned();
        self.signer.sign(&Checkpoint { origin, size: self.frontier.size(), root: self.frontier.root() })
    }

    /// Appends the leaves, and answers as the centre does.
    fn answer(&mut self, leaves: Vec<FeedLeaf>) -> FeedAnswer {
        let from = self.frontier.size();
        for leaf in &leaves {
            self.frontier.append(leaf.hash().unwrap());
        }
        FeedAnswer { from, leaves, checkpoint: self.note(), log_size: self.frontier.size(), centre_ms: 0 }
    }
}

fn recorded(n: u128, name: &str, kana: &str) -> FeedLeaf {
    let data = PersonalData::Customer(CustomerDetails {
        name: name.into(),
        kana: kana.into(),
        address: "上越市".into(),
        phone: "025-000-0001".into(),
        email: String::new(),
    });
    let attachment = Attachment::new([n as u8; 16], data).to_bytes().unwrap();
    let entry = Entry {
        v: 1,
        institution: "test".parse().unwrap(),
        epoch: 0,
        id: CommandId(uuid::Uuid::from_u128(1000 + n)),
        at: DateTime::UNIX_EPOCH,
        subject: Subject::Customer(CustomerId(uuid::Uuid::from_u128(n))),
        branch: Some("001".parse().unwrap()),
        version: 1,
        actor: Actor::Operator { name: "operator".into() },
        envelope: None,
        signature: None,
        attachment: Some(Attachment::hash(&attachment)),
        events: vec![Event::Customer(CustomerEvent::CustomerRecorded {
            branch: "001".parse().unwrap(),
            cif: format!("{n:07}").parse().unwrap(),
        })],
        salt: Base64(vec![n as u8; 16]),
        recovered: None,
    };
    FeedLeaf::Entry { e: Base64(entry.to_bytes().unwrap()), a: Some(Base64(attachment)) }
}

fn foreign(byte: u8) -> FeedLeaf {
    FeedLeaf::Hash { h: Base64(vec![byte; 32]) }
}

async fn replica(dir: &TempDir) -> Replica {
    Replica::open(&dir.path().join("replica.sqlite"), &KEY).await.unwrap()
}

async fn rows(replica: &Replica) -> (i64, i64, i64) {
    sqlx::query_as("SELECT (SELECT COALESCE(SUM(LENGTH(hashes)) / 32, 0) FROM leaves), (SELECT COUNT(*) FROM entry), (SELECT COUNT(*) FROM customer)")
        .fetch_one(&replica.readers)
        .await
        .unwrap()
}

async fn customers(replica: &Replica, typed: &str) -> Vec<String> {
    let key = domain::text::search_key(typed);
    let after = format!("{key}\u{10ffff}");
    let found: Vec<(String,)> =
        sqlx::query_as("SELECT DISTINCT customer_id FROM term WHERE term >= $1 AND term < $2 ORDER BY customer_id")
            .bind(key)
            .bind(after)
            .fetch_all(&replica.readers)
            .await
            .unwrap();
    found.into_iter().map(|(id,)| id).collect()
}

#[tokio::test]
async fn takes_chunks_in_and_goes_on_where_it_stopped() {
    let dir = tempfile::tempdir().unwrap();
    let mut log = Log::new();
    let first = log.answer(vec![foreign(1), recorded(1, "株式会社見本商事", "カブシキガイシャミホンショウジ")]);
    let second =
        log.answer(vec![recorded(2, "㈱髙橋工務店", "カブシキガイシャタカハシコウムテン"), foreign(2), foreign(3)]);
    {
        let replica = replica(&dir).await;
        assert!(take(&replica, &log.verifier(), first.clone()).await.unwrap());
        assert!(!take(&replica, &log.verifier(), first).await.unwrap(), "an answer to an older question");
        assert_eq!(*replica.size.borrow(), 2);
        replica.close().await.unwrap();
    }
    let replica = replica(&dir).await;
    assert_eq!(*replica.size.borrow(), 2, "known again after a restart");
    assert!(take(&replica, &log.verifier(), second).await.unwrap());
    assert_eq!(rows(&replica).await, (5, 2, 2));
    assert_eq!(chunk::head(&replica.readers).await.unwrap().root(), log.frontier.root());
    replica.close().await.unwrap();
}

#[tokio::test]
async fn a_chunk_is_verified_while_the_one_before_is_stored_and_only_stored_behind_it() {
    let dir = tempfile::tempdir().unwrap();
    let replica = replica(&dir).await;
    let mut log = Log::new();
    let answers = [1, 2, 3].map(|n| log.answer(vec![foreign(n), recorded(n.into(), "見本商店", "ミホンショウテン")]));
    let mut basis = Basis::read(&replica).await.unwrap();
    let mut chunks = Vec::new();
    for answer in answers {
        let verified = chunk::verify(basis, &log.verifier(), answer).await.unwrap().unwrap();
        basis = verified.next().unwrap();
        chunks.push(verified);
    }
    let mut chunks = chunks.into_iter();
    assert!(chunk::store(&replica, chunks.next().unwrap()).await.unwrap());
    let (second, third) = (chunks.next().unwrap(), chunks.next().unwrap());
    assert!(!chunk::store(&replica, third).await.unwrap(), "the second is not there yet");
    assert_eq!(rows(&replica).await, (2, 1, 1));
    assert!(chunk::store(&replica, second).await.unwrap());
    assert_eq!(rows(&replica).await, (4, 2, 2));
    assert_eq!(chunk::head(&replica.readers).await.unwrap().size(), 4);

    // A lie behind an honest chunk is found before it is stored.
    let basis = Basis::read(&replica).await.unwrap();
    let mut lie = Log { signer: log.signer, frontier: chunk::head(&replica.readers).await.unwrap() };
    let honest = lie.answer(vec![foreign(4)]);
    let mut forged = lie.answer(vec![foreign(5)]);
    forged.leaves = vec![foreign(6)];
    let honest = chunk::verify(basis, &lie.verifier(), honest).await.unwrap().unwrap();
    let found = chunk::verify(honest.next().unwrap(), &lie.verifier(), forged).await;
    assert!(matches!(found, Err(DeskError::LogMismatch(_))));
    assert!(chunk::store(&replica, honest).await.unwrap());
    assert_eq!(*replica.size.borrow(), 5);
    replica.close().await.unwrap();
}

#[tokio::test]
async fn is_found_by_any_part_in_any_width_and_kana() {
    let dir = tempfile::tempdir().unwrap();
    let replica = replica(&dir).await;
    let mut log = Log::new();
    let answer = log.answer(vec![
        recorded(1, "株式会社見本商事", "カブシキガイシャミホンショウジ"),
        recorded(2, "㈱髙橋工務店", "カブシキガイシャタカハシコウムテン"),
    ]);
    take(&replica, &log.verifier(), answer).await.unwrap();
    let [one, two] = [1, 2].map(|n| uuid::Uuid::from_u128(n).to_string());
    for typed in ["高橋", "髙橋工", "たかはし", "タカハシ", "タカハシ コウ", "(株)高橋", "0000002"]
    {
        assert_eq!(customers(&replica, typed).await, [two.clone()], "{typed}");
    }
    for typed in ["見本", "みほんしよう", "ミホンショウ"] {
        assert_eq!(customers(&replica, typed).await, [one.clone()], "{typed}");
    }
    for typed in ["0250000001", "025-000-0001", "０２５", "カブシキ"] {
        assert_eq!(customers(&replica, typed).await, [one.clone(), two.clone()], "{typed}");
    }
    assert!(customers(&replica, "%").await.is_empty() && customers(&replica, "'; DROP TABLE term").await.is_empty());
    replica.close().await.unwrap();
}

/// Every bit pattern of a chunk that can lie: one changed byte at each place of entry, attachment, foreign hash and
/// checkpoint is a mismatch, and nothing of the chunk is stored.
#[tokio::test]
async fn no_changed_byte_is_taken_in() {
    let dir = tempfile::tempdir().unwrap();
    let replica = replica(&dir).await;
    let mut log = Log::new();
    let verifier = log.verifier();
    let honest = log.answer(vec![foreign(9), recorded(1, "株式会社見本商事", "ミホンショウジ")]);
    let mut lies = Vec::new();
    for at in 0..32 {
        let mut lie = honest.clone();
        if let FeedLeaf::Hash { h } = &mut lie.leaves[0] {
            h.0[at] ^= 1;
        }
        lies.push(("hash", at, lie));
    }
    let FeedLeaf::Entry { e, a: Some(a) } = &honest.leaves[1] else { panic!("an entry") };
    for at in 0..e.0.len() {
        let mut lie = honest.clone();
        if let FeedLeaf::Entry { e, .. } = &mut lie.leaves[1] {
            e.0[at] ^= 1;
        }
        lies.push(("entry", at, lie));
    }
    for at in 0..a.0.len() {
        let mut lie = honest.clone();
        if let FeedLeaf::Entry { a: Some(a), .. } = &mut lie.leaves[1] {
            a.0[at] ^= 1;
        }
        lies.push(("attachment", at, lie));
    }
    for at in 0..honest.checkpoint.len() {
        let mut lie = honest.clone();
        let mut note = lie.checkpoint.into_bytes();
        note[at] ^= 1;
        let Ok(note) = String::from_utf8(note) else { continue };
        lie.checkpoint = note;
        lies.push(("checkpoint", at, lie));
    }
    for (part, at, lie) in lies {
        let taken = take(&replica, &verifier, lie).await;
        match taken {
            Err(error) => assert_eq!(error.code(), ErrorCode::LogMismatch, "{part} {at}: {error}"),
            Ok(_) => panic!("{part} {at} was taken in"),
        }
    }
    assert_eq!(rows(&replica).await, (0, 0, 0));
    assert_eq!(*replica.size.borrow(), 0);
    assert!(take(&replica, &verifier, honest).await.unwrap(), "the honest chunk still fits");
    replica.close().await.unwrap();
}

#[tokio::test]
async fn a_rewritten_cut_or_foreign_log_is_a_mismatch() {
    let dir = tempfile::tempdir().unwrap();
    let replica = replica(&dir).await;
    let mut log = Log::new();
    let verifier = log.verifier();
    let first = log.answer(vec![foreign(1), foreign(2)]);
    take(&replica, &verifier, first).await.unwrap();
    // The same key signs another history of the same length, and goes on from it.
    let mut fork = Log {
        signer: CheckpointSigner::from_pkcs8("madoguchi/test/0", &log.signer.to_pkcs8()).unwrap(),
        frontier: Frontier::new(),
    };
    let _ = fork.answer(vec![foreign(1), foreign(3)]);
    let silence = FeedAnswer { from: 2, leaves: Vec::new(), checkpoint: fork.note(), log_size: 2, centre_ms: 0 };
    let onward = fork.answer(vec![foreign(4)]);
    // Another key says what is true.
    let mut stranger = Log::new();
    let _ = stranger.answer(vec![foreign(1), foreign(2)]);
    let strange = stranger.answer(vec![foreign(3)]);
    // A leaf left out, and a checkpoint of more than was given.
    let mut short = log.answer(vec![foreign(3), foreign(4)]);
    short.leaves.pop();
    for (what, lie) in [("silence", silence), ("onward", onward), ("stranger", strange), ("short", short)] {
        let error = take(&replica, &verifier, lie).await.unwrap_err();
        assert!(matches!(error, DeskError::LogMismatch(_)), "{what}: {error}");
    }
    assert_eq!(rows(&replica).await.0, 2);
    replica.close().await.unwrap();
}

#[tokio::test]
async fn another_key_opens_nothing_and_the_file_shows_nothing() {
    let dir = tempfile::tempdir().unwrap();
    let path = dir.path().join("replica.sqlite");
    {
        let replica = replica(&dir).await;
        let mut log = Log::new();
        let answer = log.answer(vec![recorded(1, "MIHON-SHOJI", "ミホンショウジ")]);
        take(&replica, &log.verifier(), answer).await.unwrap();
        replica.close().await.unwrap();
    }
    for other in [[0; 32], [8; 32]] {
        let Err(error) = Replica::open(&path, &other).await else { panic!("another key opened the replica") };
        assert_eq!(error.code(), ErrorCode::ReplicaUnreadable);
        assert!(!format!("{error:?}").contains(&hex::encode(other)), "the key stands in an error");
    }
    for file in std::fs::read_dir(dir.path()).unwrap() {
        let bytes = std::fs::read(file.unwrap().path()).unwrap();
        for plain in ["MIHON-SHOJI".as_bytes(), "ミホン".as_bytes(), b"SQLite format 3"] {
            assert!(!bytes.windows(plain.len()).any(|window| window == plain), "plain text on disk");
        }
    }
    replica(&dir).await.close().await.unwrap();
}

/// A replica as an older version left it: the tables of the lists are filled when it is opened, once.
#[tokio::test]
async fn an_older_replica_fills_its_lists_when_it_is_opened() {
    use sqlx::ConnectOptions as _;
    let dir = tempfile::tempdir().unwrap();
    let path = dir.path().join("replica.sqlite");
    let options = sqlx::sqlite::SqliteConnectOptions::new()
        .filename(&path)
        .create_if_missing(true)
        .pragma("key", format!("\"x'{}'\"", hex::encode(KEY)));
    let mut old = options.clone().connect().await.unwrap();
    let before = super::MIGRATIONS.iter().filter(|m| m.version < 5).cloned().collect::<Vec<_>>();
    let before = sqlx::migrate::Migrator { migrations: before.into(), ..sqlx::migrate::Migrator::DEFAULT };
    before.run(&mut old).await.unwrap();
    let state = |n: u128| {
        let mut customer = domain::customer::Customer::unknown(CustomerId(uuid::Uuid::from_u128(n)));
        customer.details = Some(CustomerDetails {
            name: format!("見本商店{n}"),
            kana: "ミホンショウテン".into(),
            address: String::new(),
            phone: "025-000-0001".into(),
            email: String::new(),
        });
        customer
    };
    // More than are read at a time.
    sqlx::query("BEGIN").execute(&mut old).await.unwrap();
    for n in 1..=1203 {
        let mut customer = state(n);
        let actor = Actor::Operator { name: "operator".into() };
        let granted = CustomerEvent::RightGranted {
            certificate: domain::id::CertificateId(uuid::Uuid::from_u128(n)),
            user: "ADMIN0001".parse().unwrap(),
            contract: "1000000001".parse().unwrap(),
            application: domain::id::ApplicationId(uuid::Uuid::from_u128(n)),
            device_label: "経理課 1号機".into(),
            deadline: "2026-12-31".parse().unwrap(),
        };
        domain::customer::apply(&mut customer, &granted, None, &actor, DateTime::UNIX_EPOCH);
        let id = customer.id.to_string();
        sqlx::query("INSERT INTO customer (customer_id, state) VALUES ($1, $2)")
            .bind(&id)
            .bind(serde_json::to_string(&customer).unwrap())
            .execute(&mut old)
            .await
            .unwrap();
        sqlx::query("INSERT INTO certificate (certificate_id, customer_id, application_id, state, slips, handed_over) VALUES ($1, $1, $1, 'authorised', 0, 0)")
            .bind(&id)
            .execute(&mut old)
            .await
            .unwrap();
    }
    sqlx::query("COMMIT").execute(&mut old).await.unwrap();
    sqlx::Connection::close(old).await.unwrap();

    let filled = "SELECT COUNT(*), COUNT(*) FILTER (WHERE t.user_id = 'ADMIN0001' AND t.deadline = '2026-12-31'
        AND c.name LIKE '見本商店%' AND c.phone = '025-000-0001')
        FROM certificate t JOIN customer c ON c.customer_id = t.customer_id";
    let opened = replica(&dir).await;
    let counted: (i64, i64) = sqlx::query_as(filled).fetch_one(&opened.readers).await.unwrap();
    assert_eq!(counted, (1203, 1203));
    {
        let mut db = opened.writer().await.unwrap();
        sqlx::query("UPDATE certificate SET deadline = '' WHERE customer_id LIKE '%1'")
            .execute(&mut *db)
            .await
            .unwrap();
    }
    opened.close().await.unwrap();
    let again = replica(&dir).await;
    let counted: (i64, i64) = sqlx::query_as(filled).fetch_one(&again.readers).await.unwrap();
    assert!(counted.1 < 1203, "made anew once, not at every start");
    again.close().await.unwrap();
}

/// More than are applied at once: stored first, applied afterwards, the same as one by one.
#[tokio::test]
async fn what_came_in_bulk_is_applied_afterwards_and_comes_out_the_same() {
    let dirs = [tempfile::tempdir().unwrap(), tempfile::tempdir().unwrap()];
    let [bulk, single] = [replica(&dirs[0]).await, replica(&dirs[1]).await];
    let leaves: Vec<FeedLeaf> = (0..5000)
        .map(|n| if n % 3 == 0 { foreign((n % 251) as u8) } else { recorded(n, &format!("見本商店{n}"), "ミホン") })
        .collect();
    let mut log = Log::new();
    let answer = log.answer(leaves.clone());
    take(&bulk, &log.verifier(), answer).await.unwrap();
    assert_eq!((*bulk.size.borrow(), *bulk.applied.borrow()), (5000, 0), "safe here first");
    assert!(customers(&bulk, "見本商店4999").await.is_empty());
    // A PC switched off in between goes on where it stopped.
    assert!(behind::step(&bulk).await.unwrap());
    let applied = *bulk.applied.borrow();
    assert!(applied > 0 && applied < 5000, "{applied}");
    bulk.close().await.unwrap();
    let bulk = replica(&dirs[0]).await;
    assert_eq!(*bulk.applied.borrow(), applied);
    while behind::step(&bulk).await.unwrap() {}
    assert_eq!(*bulk.applied.borrow(), 5000);

    let mut log = Log::new();
    for some in leaves.chunks(40) {
        let answer = log.answer(some.to_vec());
        take(&single, &log.verifier(), answer).await.unwrap();
    }
    assert_eq!(*single.applied.borrow(), 5000);
    assert_eq!(rebuild::digest(&bulk.readers).await.unwrap(), rebuild::digest(&single.readers).await.unwrap());
    assert_eq!(customers(&bulk, "見本商店4999").await.len(), 1);
    for replica in [bulk, single] {
        replica.close().await.unwrap();
    }
}

/// Tables thrown away and made anew come out as they were; outbox and drafts are not touched; and a table that somebody
/// changed comes out right.
#[tokio::test]
async fn thrown_away_and_made_anew_it_is_identical() {
    let dir = tempfile::tempdir().unwrap();
    let replica = replica(&dir).await;
    let mut log = Log::new();
    for n in 0..30 {
        let answer = log.answer(vec![recorded(n, &format!("見本商店{n}"), "ミホンショウテン"), foreign(1)]);
        take(&replica, &log.verifier(), answer).await.unwrap();
    }
    let before = rebuild::digest(&replica.readers).await.unwrap();
    {
        let mut db = replica.writer().await.unwrap();
        sqlx::query("INSERT INTO draft (application_id, customer_id, saved_at, form) VALUES ('d', 'c', '', '{}')")
            .execute(&mut *db)
            .await
            .unwrap();
        sqlx::query("UPDATE customer SET name = 'another' WHERE kana <> ''").execute(&mut *db).await.unwrap();
    }
    assert_ne!(rebuild::digest(&replica.readers).await.unwrap(), before, "every column counts");
    rebuild::begin(&replica).await.unwrap();
    assert_eq!(rows(&replica).await, (60, 30, 0));
    assert!(customers(&replica, "見本").await.is_empty());
    while behind::step(&replica).await.unwrap() {}
    assert_eq!(rebuild::digest(&replica.readers).await.unwrap(), before);
    let (drafts,): (i64,) = sqlx::query_as("SELECT COUNT(*) FROM draft").fetch_one(&replica.readers).await.unwrap();
    assert_eq!(drafts, 1);
    replica.close().await.unwrap();
}

/// A flipped octet of what is stored is found: in an entry, beside it, in a leaf, in the checkpoint.
#[tokio::test]
async fn a_changed_octet_of_what_is_stored_is_found() {
    for change in [
        "UPDATE entry SET bytes = CAST(REPLACE(CAST(bytes AS TEXT), '0000002', '0000003') AS BLOB) WHERE idx = 2",
        "UPDATE attachment SET bytes = CAST(REPLACE(CAST(bytes AS TEXT), '上越市', '妙高市') AS BLOB) WHERE idx = 1",
        "UPDATE leaves SET hashes = zeroblob(LENGTH(hashes))",
        "DELETE FROM leaves",
        "UPDATE meta SET value = x'00' WHERE key = 'checkpoint'",
    ] {
        let dir = tempfile::tempdir().unwrap();
        let replica = replica(&dir).await;
        let mut log = Log::new();
        let leaves = vec![foreign(1), recorded(1, "見本", "ミホン"), recorded(2, "見本", "ミホン")];
        let answer = log.answer(leaves);
        take(&replica, &log.verifier(), answer).await.unwrap();
        let mut seen = 0;
        verify::read_again(&replica, &log.verifier(), |done| seen = done).await.unwrap();
        assert_eq!(seen, 3, "it says how far it is");
        let mut db = replica.writer().await.unwrap();
        let changed = sqlx::query(change).execute(&mut *db).await.unwrap();
        assert!(changed.rows_affected() > 0, "{change}");
        drop(db);
        let found = verify::read_again(&replica, &log.verifier(), |_| {}).await.unwrap_err();
        assert!(matches!(found, DeskError::LogMismatch(_)), "{change}: {found}");
        replica.close().await.unwrap();
    }
}
