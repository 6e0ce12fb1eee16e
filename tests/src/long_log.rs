//! A log of many entries, written straight into a centre's database: what a customer's story left in a real log, again and
//! again under other numbers, the branch's own among those of others. The tree and its checkpoints are made by the log's own key.

use std::path::Path;

use crate::centre::{BRANCH, Centre, PASSPHRASE};
use crate::customer::{Customer, fresh_key};
use crate::office::{Office, root_pem};
use crate::terminal::Terminal;
use central::issuance::Authority;
use desk::secrets::Secrets;
use sqlx::sqlite::SqliteConnectOptions;
use sqlx::{ConnectOptions as _, Connection as _, QueryBuilder, Sqlite, SqliteConnection};
use tlog::{Checkpoint, CheckpointSigner, Frontier, LeafHash};
use uuid::Uuid;
use wire::{Attachment, Base64, Entry, Envelope};

/// Entries under one checkpoint.
const BATCH: u64 = 64;
/// Rows of one statement, and statements of one transaction.
const ROWS: usize = 500;

/// Id, subject, entry and what is beside it.
type Found = (String, String, Vec<u8>, Option<Vec<u8>>);
/// The same with the branch in the middle.
type Told = (String, String, &'static str, Vec<u8>, Option<Vec<u8>>);

/// What one customer's story left, in order: entry and what is beside it.
struct Story {
    entries: Vec<(Vec<u8>, Option<Vec<u8>>)>,
    /// Every id in it.
    ids: Vec<String>,
    /// Of the certificate, if there is one.
    serial: Option<String>,
}

pub async fn open(file: &Path) -> SqliteConnection {
    SqliteConnectOptions::new().filename(file).pragma("synchronous", "OFF").connect().await.unwrap()
}

/// A customer from the first record to the slip that was handed over, or to the certificate in use.
async fn story(centre: &Centre, office: &Office, db: &mut SqliteConnection, fetched: bool) -> Story {
    let (before,): (i64,) = sqlx::query_as("SELECT MAX(idx) FROM entry").fetch_one(&mut *db).await.unwrap();
    let (user, code) = office.issue(1).await;
    if fetched {
        let customer = Customer::new(&centre.at().portal, &root_pem(centre));
        let (key, csr) = fresh_key();
        let fetched = customer.fetch(&user, &code, &csr).await.unwrap();
        customer.confirm(&fetched, &key).await.unwrap();
    }
    let found: Vec<Found> = sqlx::query_as(
        "SELECT e.id, e.subject, e.bytes, a.bytes FROM entry e LEFT JOIN attachment a ON a.entry_id = e.id
         WHERE e.idx > $1 AND e.subject LIKE 'customer/%' ORDER BY e.idx",
    )
    .bind(before)
    .fetch_all(db)
    .await
    .unwrap();
    let text: Vec<String> = found.iter().map(|(_, _, bytes, _)| String::from_utf8(bytes.clone()).unwrap()).collect();
    let mut ids: Vec<String> = found.iter().map(|(id, ..)| id.clone()).collect();
    ids.push(found[0].1.trim_start_matches("customer/").to_owned());
    for key in ["\"application\":\"", "\"certificate\":\""] {
        let at = text.iter().find_map(|text| text.find(key).map(|at| text[at + key.len()..][..36].to_owned()));
        ids.push(at.unwrap());
    }
    let named = "\"serial\":\"";
    let serial = text.iter().find_map(|text| text.split_once(named)?.1.split('"').next().map(str::to_owned));
    assert_eq!(serial.is_some(), fetched);
    Story { entries: found.into_iter().map(|(_, _, entry, attachment)| (entry, attachment)).collect(), ids, serial }
}

fn replaced(bytes: &[u8], with: &[(String, String)]) -> Vec<u8> {
    let mut text = String::from_utf8(bytes.to_vec()).unwrap();
    for (from, to) in with {
        if text.contains(from.as_str()) {
            text = text.replace(from.as_str(), to);
        }
    }
    text.into_bytes()
}

/// The serial of a customer's certificate.
pub fn serial_of(n: u64) -> String {
    format!("01{:024X}", u128::from(n) << 32)
}

impl Story {
    /// The same of another customer: id, subject, branch, entry and what is beside it.
    fn told(&self, n: u64, customers: Customers, terminal: &Terminal) -> Vec<Told> {
        let own = n.is_multiple_of(customers.own_in);
        let length = if n.is_multiple_of(customers.story_in) { self.entries.len() } else { 1 };
        let uuid = |k: usize| {
            Uuid::from_u128((0x0193_u128 << 112) | (7 << 76) | (2 << 62) | (u128::from(n) << 8) | k as u128).to_string()
        };
        let mut with: Vec<(String, String)> =
            self.ids.iter().enumerate().map(|(k, id)| (id.clone(), uuid(k))).collect();
        with.extend([
            ("2000001".to_owned(), format!("{n:07}")),
            ("0005000001".to_owned(), format!("{n:010}")),
            ("USER00001".to_owned(), format!("U{n:08}")),
            ("見本商店1".to_owned(), format!("株式会社見本商店{n}")),
        ]);
        with.extend(self.serial.iter().map(|serial| (serial.clone(), serial_of(n))));
        if !own {
            with.push((format!("\"{BRANCH}\""), "\"012\"".to_owned()));
        }
        let subject = format!("customer/{}", uuid(self.entries.len()));
        let told = self.entries.iter().take(length).enumerate().map(|(k, (entry, attachment))| {
            let mut with = with.clone();
            let attachment = attachment.as_ref().map(|bytes| {
                let other = replaced(bytes, &with);
                with.push((Attachment::hash(bytes), Attachment::hash(&other)));
                other
            });
            let entry = signed_again(&replaced(entry, &with), &with, terminal);
            (uuid(k), subject.clone(), if own { BRANCH } else { "012" }, entry, attachment)
        });
        told.collect()
    }
}

/// The entry with its envelope of the same other numbers, under the terminal's own signature.
fn signed_again(entry: &[u8], with: &[(String, String)], terminal: &Terminal) -> Vec<u8> {
    let mut entry = Entry::from_bytes(entry).unwrap();
    let Some(Base64(envelope)) = &entry.envelope else { return entry.to_bytes().unwrap() };
    let mut envelope = Envelope::from_bytes(&replaced(envelope, with)).unwrap();
    // The head it had named is one of another log.
    envelope.last_checkpoint = None;
    let signed = terminal.sign(&envelope);
    (entry.envelope, entry.signature) = (Some(signed.envelope), Some(signed.signature));
    entry.to_bytes().unwrap()
}

/// Of what customers a log is.
#[derive(Debug, Clone, Copy)]
pub struct Customers {
    /// Of so many, one is this branch's.
    pub own_in: u64,
    /// Of so many, one has a whole story; the others were recorded, and that is all.
    pub story_in: u64,
    /// Does a story end with a certificate in use, or with the slip?
    pub fetched: bool,
}

/// Lengthens the log of a serving centre to so many entries, and lets it rest.
pub async fn lengthen_by(centre: &mut Centre, office: &Office, entries: u64, customers: Customers) {
    let terminal = Terminal::new(office.identity.clone(), &Secrets::Files(office.dir.path().join("secrets")));
    let mut db = open(&centre.config.database_file()).await;
    let story = story(centre, office, &mut db, customers.fetched).await;
    office.desk.close().await;
    centre.stop();
    let authority = Authority::open(&centre.config, PASSPHRASE).unwrap();
    let signer: &CheckpointSigner = &authority.log();
    let (frontier,): (Vec<u8>,) =
        sqlx::query_as("SELECT frontier FROM checkpoint ORDER BY size DESC LIMIT 1").fetch_one(&mut db).await.unwrap();
    let mut frontier = Frontier::from_bytes(&frontier).unwrap();
    let mut told = (1_u64..).flat_map(|n| story.told(n, customers, &terminal));
    while frontier.size() < entries {
        let (mut rows, mut beside, mut notes) = (Vec::with_capacity(ROWS), Vec::new(), Vec::new());
        while rows.len() < ROWS && frontier.size() < entries {
            let (id, subject, branch, bytes, attachment) = told.next().unwrap();
            let leaf: LeafHash = tlog::leaf_hash(&bytes);
            beside.extend(attachment.map(|attachment| (id.clone(), attachment)));
            rows.push((frontier.size(), id, branch, subject, bytes, leaf));
            frontier.append(leaf);
            if frontier.size().is_multiple_of(BATCH) || frontier.size() == entries {
                let head =
                    Checkpoint { origin: signer.name().to_owned(), size: frontier.size(), root: frontier.root() };
                notes.push((frontier.size(), frontier.to_bytes(), signer.sign(&head)));
            }
        }
        let mut db = db.begin().await.unwrap();
        let mut into = QueryBuilder::<Sqlite>::new("INSERT INTO entry (idx, id, branch, subject, bytes, leaf) ");
        into.push_values(rows, |mut row, (index, id, branch, subject, bytes, leaf)| {
            row.push_bind(index as i64).push_bind(id).push_bind(branch).push_bind(subject).push_bind(bytes);
            row.push_bind(leaf.0.to_vec());
        });
        into.build().execute(&mut *db).await.unwrap();
        if !beside.is_empty() {
            let mut into = QueryBuilder::<Sqlite>::new("INSERT INTO attachment (entry_id, bytes) ");
            into.push_values(beside, |mut row, (id, bytes)| {
                row.push_bind(id).push_bind(bytes);
            });
            into.build().execute(&mut *db).await.unwrap();
        }
        if !notes.is_empty() {
            let mut into = QueryBuilder::<Sqlite>::new("INSERT INTO checkpoint (size, frontier, note) ");
            into.push_values(notes, |mut row, (size, frontier, note)| {
                row.push_bind(size as i64).push_bind(frontier).push_bind(note);
            });
            into.build().execute(&mut *db).await.unwrap();
        }
        db.commit().await.unwrap();
    }
    db.close().await.unwrap();
}
