//! Many customers at once, in one transaction: decided by the same rules and written as the same entries, state and read
//! tables as one by one, but many rows a statement. For a command that works alone on the database.

use std::collections::{BTreeMap, HashSet};
use std::sync::Arc;

use anyhow::Context as _;
use chrono::{DateTime, Utc};
use domain::branch::Branch;
use domain::customer::{Context, Customer, CustomerCommand, CustomerEvent, decide};
use domain::id::{CommandId, CustomerId};
use domain::personal::CustomerDetails;
use domain::{Actor, Event, PersonalData, Policy, Refusal, Subject};
use tlog::{CheckpointSigner, Frontier};
use wire::{Attachment, Base64, Entry};

use super::aggregate::{self, Aggregate};
use super::batch::Setting;
use super::db::{self, Connection, Many, query};
use super::epoch::Epochs;
use super::head::head;
use super::opening::{self, Begin};
use super::rows::{self, Changed, NewEntry};
use super::{policy, tables};
use crate::random;
use crate::store::writing::checkpoint;

/// Numbers looked up in one statement.
const TOGETHER: usize = 512;

/// A customer to be taken over.
pub(crate) struct Imported {
    pub(crate) id: CustomerId,
    /// That is there already.
    pub(crate) known: Option<Box<Customer>>,
    pub(crate) command: CustomerCommand,
    pub(crate) details: CustomerDetails,
}

/// A transaction in which many are taken over. Dropped without [`Bulk::commit`], nothing of it was done.
pub(crate) struct Bulk<'a> {
    db: &'a mut Connection,
    setting: &'a Setting,
    signer: Arc<CheckpointSigner>,
    frontier: Frontier,
    epoch: u32,
    policy: Policy,
    now: DateTime<Utc>,
    actor: Actor,
}

/// What a page writes.
#[derive(Default)]
struct Page {
    entries: Vec<NewEntry>,
    attachments: Vec<(CommandId, Vec<u8>)>,
    states: Vec<Changed>,
    numbers: Vec<[String; 3]>,
    contracts: Vec<[String; 3]>,
    users: Vec<(String, String, &'static str)>,
}

impl<'a> Bulk<'a> {
    /// Begins on a log that is as it was signed, and that nobody recovers.
    pub(crate) async fn begin(
        db: &'a mut Connection,
        setting: &'a Setting,
        log: &Arc<CheckpointSigner>,
        now: DateTime<Utc>,
        actor: Actor,
    ) -> anyhow::Result<Self> {
        db.begin().await?;
        let epochs = Epochs::load(&mut *db, &setting.institution).await?;
        anyhow::ensure!(epochs.recovery().is_none(), "what came after the backup is still being collected");
        let (frontier, last) = head(db, &log.verifier(), &epochs).await?;
        let begun = matches!(opening::begin(&mut *db).await?, Begin::Opened { .. });
        anyhow::ensure!(begun, "the log was not opened; `madoguchi-central serve` says what to do");
        let now = last.max(now);
        let policy = policy::load(&mut *db, &setting.institution).await?.policy_at(&setting.policy, now);
        let (signer, epoch) = (Arc::new(log.in_epoch(epochs.current())?), epochs.current());
        Ok(Self { db, setting, signer, frontier, epoch, policy, now, actor })
    }

    /// The same in a transaction that has begun, by the one writer itself.
    pub(super) fn within(
        db: &'a mut Connection,
        setting: &'a Setting,
        signer: Arc<CheckpointSigner>,
        (frontier, epoch): (Frontier, u32),
        (now, policy): (DateTime<Utc>, Policy),
        actor: Actor,
    ) -> Self {
        Self { db, setting, signer, frontier, epoch, policy, now, actor }
    }

    /// The head of the log as of now.
    pub(super) fn into_frontier(self) -> Frontier {
        self.frontier
    }

    /// What the rules say of a customer; the events are what will happen.
    fn decided(
        &self,
        command: &CustomerCommand,
        customer: &Customer,
        personal: Option<&PersonalData>,
    ) -> Result<Vec<CustomerEvent>, Refusal> {
        decide(customer, command, personal, &Context { actor: &self.actor, policy: &self.policy, now: self.now })
    }

    /// May it be taken over?
    pub(crate) fn may(
        &self,
        command: CustomerCommand,
        known: Option<&Customer>,
        details: &CustomerDetails,
    ) -> Result<(), Refusal> {
        let personal = known.is_none().then(|| PersonalData::Customer(details.clone()));
        let unknown = Customer::unknown(CustomerId(uuid::Uuid::nil()));
        self.decided(&command, known.unwrap_or(&unknown), personal.as_ref()).map(drop)
    }

    /// Writes some of them, and signs the log so far: what a desk takes at a time ends there.
    pub(crate) async fn page(&mut self, customers: impl Iterator<Item = Imported>) -> anyhow::Result<()> {
        let mut page = Page::default();
        for customer in customers {
            self.add(customer, &mut page)?;
        }
        page.write(self.db).await?;
        checkpoint(self.db, &self.signer, &self.frontier).await?;
        Ok(())
    }

    fn add(&mut self, customer: Imported, page: &mut Page) -> anyhow::Result<()> {
        let Imported { id, known, command, details } = customer;
        let personal = known.is_none().then_some(PersonalData::Customer(details));
        let mut state = known.map_or_else(|| Customer::unknown(id), |known| *known);
        let events = self
            .decided(&command, &state, personal.as_ref())
            .map_err(|refusal| anyhow::anyhow!("{} {:?}", refusal.code, refusal.args))?;
        for event in &events {
            domain::customer::apply(&mut state, event, personal.as_ref(), &self.actor, self.now);
            page.rows(id, event);
        }
        let attached = match personal {
            Some(data) => Some(Attachment::new(random::bytes(), data).to_bytes()?),
            None => None,
        };
        let (subject, entry_id) = (Subject::Customer(id), CommandId(uuid::Uuid::now_v7()));
        let key = aggregate::key(&subject);
        let entry = Entry {
            v: 1,
            institution: self.setting.institution.clone(),
            epoch: self.epoch,
            id: entry_id,
            at: self.now,
            subject,
            branch: state.branch.clone(),
            version: state.version,
            actor: self.actor.clone(),
            envelope: None,
            signature: None,
            attachment: attached.as_deref().map(Attachment::hash),
            events: events.into_iter().map(Event::Customer).collect(),
            salt: Base64(random::bytes::<16>().to_vec()),
            recovered: None,
        };
        let bytes = entry.to_bytes()?;
        let leaf = tlog::leaf_hash(&bytes);
        let index = self.frontier.size();
        self.frontier.append(leaf);
        let branch = entry.branch.map(String::from);
        page.entries.push(NewEntry { index, id: entry_id, branch, also: None, subject: key.clone(), bytes, leaf });
        page.attachments.extend(attached.map(|bytes| (entry_id, bytes)));
        let version = state.version;
        let state = Aggregate::Customer(Box::new(state)).to_json()?;
        page.states.push(Changed { subject: key, version, state });
        Ok(())
    }

    /// Makes it durable.
    pub(crate) async fn commit(self) -> anyhow::Result<()> {
        fault::point("centre-import-before-commit");
        self.db.commit().await.context("nothing was imported")
    }

    /// Undoes it.
    pub(crate) async fn give_up(self) -> anyhow::Result<()> {
        Ok(self.db.rollback().await?)
    }

    /// The customers that hold one of these numbers (branch, CIF), with their states.
    pub(crate) async fn customers(
        &mut self,
        numbers: Vec<(String, String)>,
    ) -> Result<Vec<((String, String), String)>, db::Error> {
        let mut found = Vec::new();
        if self.nothing_in("SELECT cif FROM customer_number LIMIT 1").await? {
            return Ok(found);
        }
        for some in numbers.chunks(TOGETHER) {
            let mut statement = Many::new("SELECT n.branch, n.cif, a.state FROM (");
            statement.push_values(some.iter(), |mut row, (branch, cif)| {
                row.push_bind(branch).push_bind(cif);
            });
            statement.push(
                ") AS v JOIN customer_number n ON n.branch = v.column1 AND n.cif = v.column2
                 JOIN aggregate a ON a.subject = 'customer/' || n.customer_id",
            );
            let rows: Vec<(String, String, String)> = statement.build().fetch_all(&mut *self.db).await?;
            found.extend(rows.into_iter().map(|(branch, cif, state)| ((branch, cif), state)));
        }
        Ok(found)
    }

    /// Those of these contract numbers that are taken.
    pub(crate) async fn taken_contracts(&mut self, numbers: Vec<String>) -> Result<HashSet<String>, db::Error> {
        if self.nothing_in("SELECT number FROM contract LIMIT 1").await? {
            return Ok(HashSet::new());
        }
        let text = ("SELECT c.number FROM (", ") AS v JOIN contract c ON c.number = v.column1");
        self.taken(text, numbers).await
    }

    /// Those of these user IDs that are taken.
    pub(crate) async fn taken_users(&mut self, ids: Vec<String>) -> Result<HashSet<String>, db::Error> {
        if self.nothing_in("SELECT user_id FROM login_user LIMIT 1").await? {
            return Ok(HashSet::new());
        }
        let text = ("SELECT u.user_id FROM (", ") AS v JOIN login_user u ON u.user_id = v.column1");
        self.taken(text, ids).await
    }

    async fn taken(
        &mut self,
        (head, tail): (&'static str, &'static str),
        ids: Vec<String>,
    ) -> Result<HashSet<String>, db::Error> {
        let mut taken = HashSet::new();
        for some in ids.chunks(TOGETHER) {
            let mut statement = Many::new(head);
            statement.push_values(some.iter(), |mut row, id| {
                row.push_bind(id);
            });
            statement.push(tail);
            let rows: Vec<(String,)> = statement.build().fetch_all(&mut *self.db).await?;
            taken.extend(rows.into_iter().map(|(id,)| id));
        }
        Ok(taken)
    }

    async fn nothing_in(&mut self, text: &'static str) -> Result<bool, db::Error> {
        let row: Option<(String,)> = query(text).fetch_optional(&mut *self.db).await?;
        Ok(row.is_none())
    }

    /// The branches the log knows, by code.
    pub(crate) async fn branches(&mut self) -> anyhow::Result<BTreeMap<String, Branch>> {
        let rows: Vec<(String,)> =
            query("SELECT state FROM aggregate WHERE subject >= 'branch/' AND subject < 'branch0'")
                .fetch_all(&mut *self.db)
                .await?;
        let mut branches = BTreeMap::new();
        for (json,) in rows {
            let branch: Branch = serde_json::from_str(&json)?;
            branches.insert(branch.code.to_string(), branch);
        }
        Ok(branches)
    }
}

impl Page {
    /// What an event of an import changes in the read tables, as `tables::update` does it one by one.
    fn rows(&mut self, customer: CustomerId, event: &CustomerEvent) {
        match event {
            CustomerEvent::CustomerRecorded { branch, cif } => {
                self.numbers.push([branch.to_string(), cif.to_string(), customer.to_string()]);
            }
            CustomerEvent::ContractRecorded { contract, opened_on, users, .. } => {
                self.contracts.push([contract.to_string(), customer.to_string(), opened_on.to_string()]);
                let user = |user: &domain::customer::NewUser| {
                    (user.user.to_string(), customer.to_string(), tables::role_word(user.role))
                };
                self.users.extend(users.iter().map(user));
            }
            // An import does nothing else.
            _ => {}
        }
    }

    async fn write(self, db: &mut Connection) -> Result<(), db::Error> {
        rows::entries(db, self.entries).await?;
        rows::attachments(db, self.attachments).await?;
        rows::aggregates(db, self.states).await?;
        let numbers = ("INSERT INTO customer_number (branch, cif, customer_id) ", "");
        let contracts = ("INSERT INTO contract (number, customer_id, opened_on) ", "");
        for (text, lines) in [(numbers, self.numbers), (contracts, self.contracts)] {
            rows::write(db, text, lines, |mut row, line| {
                for cell in line {
                    row.push_bind(cell);
                }
            })
            .await?;
        }
        let text = ("INSERT INTO login_user (user_id, customer_id, role) ", "");
        rows::write(db, text, self.users, |mut row, (user, customer, role)| {
            row.push_bind(user).push_bind(customer).push_bind(role);
        })
        .await
        .map(drop)
    }
}
