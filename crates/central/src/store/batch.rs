//! One batch of the writer: many acts, one transaction, one checkpoint.

use std::collections::{BTreeSet, HashMap, HashSet};
use std::sync::Arc;

use chrono::{DateTime, Utc};
use domain::id::{CommandId, InstitutionId};
use domain::institution::InstitutionEvent;
use domain::policy::PolicyLog;
use domain::{Actor, ErrorCode, Event, Policy, Refusal, Subject};
use tlog::Frontier;
use wire::{Base64, Entry};

use super::act::{Accepted, Act, Answer, Aside, Command, Refused, Sealed};
use super::aggregate::{self, Aggregate};
use super::db::{self, Connection, query};
use super::epoch::Epochs;
use super::group::{self, Group};
use super::instances::Stamp;
use super::policy;
use super::recovery;
use super::rows::{self, Changed, NewEntry, NewOutcome};
use super::staff;
use super::standing::Change;
use super::tables::{self, TableError, When};
use super::transfer;
use super::{aside, writer::Fault};
use crate::config::Config;
use crate::issuance::Authority;
use crate::mail::queue::NewMail;
use crate::mail::{self, Letterhead};
use crate::random;

/// What does not change from batch to batch.
pub struct Setting {
    pub(crate) institution: InstitutionId,
    /// Of the file: in force where the log says nothing of it.
    pub(crate) policy: Policy,
    /// `None` where customers are sent no mail.
    pub(crate) letterhead: Option<Letterhead>,
    /// On what instances hand over to each other.
    pub(crate) stamp: Stamp,
}

impl Setting {
    /// As it is configured.
    pub fn of(config: &Config, authority: &Authority) -> Self {
        let (institution, policy) = (config.institution.id.clone(), config.policy.clone());
        let stamp = Stamp::new(&authority.handover_key());
        Self { institution, policy, letterhead: Letterhead::of(config), stamp }
    }
}

/// Why a batch is given up.
pub(crate) enum Halt {
    /// The database or a stored form is broken.
    Fault(Fault),
    /// An index refused one of a group: nothing of the batch happened, and each act is taken alone.
    Alone,
    /// Nothing of the batch happened, and this is why.
    Undone(Refusal),
}

impl From<Fault> for Halt {
    fn from(fault: Fault) -> Self {
        Self::Fault(fault)
    }
}

impl From<db::Error> for Halt {
    fn from(error: db::Error) -> Self {
        Self::Fault(error.into())
    }
}

/// What a batch leaves to be signed and told.
pub(crate) struct Finished {
    pub(crate) frontier: Frontier,
    /// Did the log grow?
    pub(crate) grew: bool,
    /// What relying parties will be told.
    pub(crate) standings: Vec<Change>,
    /// What the policy is now, if that changed.
    pub(crate) policy: Option<PolicyLog>,
    /// Is there something that the centre itself carries out now?
    pub(crate) due: bool,
}

/// A batch being made. Dropped without [`Batch::finish`], nothing of it was done.
pub(crate) struct Batch<'a> {
    pub(crate) setting: &'a Setting,
    pub(crate) db: &'a mut Connection,
    pub(crate) cache: &'a mut HashMap<String, Aggregate>,
    pub(crate) frontier: Frontier,
    pub(crate) now: DateTime<Utc>,
    pub(crate) epochs: &'a Epochs,
    /// In force when this batch is decided.
    policy: Arc<Policy>,
    entries: Vec<NewEntry>,
    ids: HashSet<CommandId>,
    attachments: Vec<(CommandId, Vec<u8>)>,
    outcomes: HashMap<CommandId, NewOutcome>,
    dirty: BTreeSet<String>,
    standings: Vec<Change>,
    mails: Vec<NewMail>,
    /// Of fetches and confirmations, unless each act is taken alone.
    group: Option<Group>,
    /// Entries were written before the end.
    grew: bool,
    /// Something was decided that the centre itself carries out.
    due: bool,
}

impl<'a> Batch<'a> {
    pub(crate) fn new(
        setting: &'a Setting,
        db: &'a mut Connection,
        cache: &'a mut HashMap<String, Aggregate>,
        frontier: Frontier,
        (now, policy): (DateTime<Utc>, Arc<Policy>),
        alone: bool,
        epochs: &'a Epochs,
    ) -> Self {
        let (entries, ids, attachments, outcomes, dirty, standings, mails) = Default::default();
        let group = (!alone).then(Group::default);
        Self {
            setting,
            db,
            cache,
            frontier,
            now,
            epochs,
            policy,
            entries,
            ids,
            attachments,
            outcomes,
            dirty,
            standings,
            mails,
            group,
            grew: false,
            due: false,
        }
    }

    /// Decides one act. A refusal is an answer; a [`Halt`] ends the batch.
    pub(crate) async fn act(&mut self, act: &Act, again: bool) -> Result<Answer, Halt> {
        if !group::takes(&act.command) {
            // What waits stands in the tables before others are asked and changed.
            self.write_group().await?;
        }
        Ok(self.answer(act, again).await?)
    }

    async fn write_group(&mut self) -> Result<(), Halt> {
        let Some(group) = &mut self.group else { return Ok(()) };
        if group.write(self.db).await? { Ok(()) } else { Err(Halt::Alone) }
    }

    /// Forgets what was not committed.
    pub(crate) fn undo(self) {
        for subject in &self.dirty {
            self.cache.remove(subject);
        }
    }

    async fn answer(&mut self, act: &Act, again: bool) -> Result<Answer, Fault> {
        if let Some(sealed) = &act.sealed
            && let Some(first) = self.first_answer(act.id, sealed).await?
        {
            return Ok(first);
        }
        if act.sealed.is_none()
            && (again || self.group.is_none())
            && let Some(first) = self.done_before(act.id).await?
        {
            return Ok(Ok(first));
        }
        let answer = self.decide_in_time(act).await?;
        if matches!(&answer, Err(refusal) if refusal.code == ErrorCode::Recovering) {
            // Passes by itself: no first answer, and nothing to remember.
            return Ok(answer);
        }
        if let Some(sealed) = &act.sealed {
            if let Err(refusal) = &answer {
                let refused = Refused {
                    command: act.id,
                    actor: act.actor.clone(),
                    kind: sealed.kind.clone(),
                    code: refusal.code,
                    sealed: Some((sealed.envelope.clone(), sealed.signature.clone())),
                };
                self.refused(CommandId(uuid::Uuid::now_v7()), &refused, false).await?;
            }
            let stored = answer.as_ref().map(|a| (a.index, a.version, a.at));
            let answer = serde_json::to_string(&stored)?;
            self.outcomes
                .insert(act.id, NewOutcome { id: act.id, request_sha256: sealed.request_sha256.clone(), answer });
        }
        Ok(answer)
    }

    async fn first_answer(&mut self, id: CommandId, sealed: &Sealed) -> Result<Option<Answer>, Fault> {
        let stored = match self.outcomes.get(&id) {
            Some(known) => Some((known.request_sha256.clone(), known.answer.clone())),
            None => {
                query("SELECT request_sha256, answer FROM outcome WHERE id = $1")
                    .bind(id.to_string())
                    .fetch_optional(&mut *self.db)
                    .await?
            }
        };
        let Some((sha256, answer)) = stored else {
            // The terminal draws the id: one that names another entry already is refused before the index would.
            return Ok(self.entry_exists(id).await?.then(|| Err(ErrorCode::CommandIdReused.into())));
        };
        if sha256 != sealed.request_sha256 {
            return Ok(Some(Err(ErrorCode::CommandIdReused.into())));
        }
        let first: Result<(u64, u64, DateTime<Utc>), Refusal> = serde_json::from_str(&answer)?;
        Ok(Some(first.map(|(index, version, at)| Accepted { index, version, at })))
    }

    /// What became of an act without an envelope that was under way when a connection was lost.
    pub(super) async fn done_before(&mut self, id: CommandId) -> Result<Option<Accepted>, Fault> {
        let row: Option<(i64, Vec<u8>)> = query("SELECT idx, bytes FROM entry WHERE id = $1")
            .bind(id.to_string())
            .fetch_optional(&mut *self.db)
            .await?;
        let Some((idx, bytes)) = row else { return Ok(None) };
        let entry = Entry::from_bytes(&bytes)?;
        let index = u64::try_from(idx).unwrap_or_default();
        Ok(Some(Accepted { index, version: entry.version, at: entry.at }))
    }

    pub(super) async fn entry_exists(&mut self, id: CommandId) -> Result<bool, Fault> {
        if self.ids.contains(&id) {
            return Ok(true);
        }
        let row: Option<(i64,)> =
            query("SELECT idx FROM entry WHERE id = $1").bind(id.to_string()).fetch_optional(&mut *self.db).await?;
        Ok(row.is_some())
    }

    /// While what came after a backup is being collected, only stops are decided, and none of them is refused for good
    /// because something is not known yet.
    async fn decide_in_time(&mut self, act: &Act) -> Result<Answer, Fault> {
        if self.epochs.recovery().is_none() {
            return self.decide(act).await;
        }
        if !recovery::may_happen(&act.command) {
            return Ok(Err(ErrorCode::Recovering.into()));
        }
        Ok(match self.decide(act).await? {
            Err(refusal) if recovery::too_early(refusal.code) => Err(ErrorCode::Recovering.into()),
            answer => answer,
        })
    }

    async fn decide(&mut self, act: &Act) -> Result<Answer, Fault> {
        let subject = act.command.subject();
        let key = aggregate::key(&subject);
        let state = self.load(&subject, &key).await?;
        let personal = act.attached.as_ref().map(|a| &a.data);
        let policy = Arc::clone(&self.policy);
        let in_force = match &act.command {
            // What the file says is what a log without a policy goes on with.
            Command::Policy(..) => &self.setting.policy,
            _ => &*policy,
        };
        let day = self.day(act).await?;
        let decided = state.decide(&act.command, personal, &act.actor, in_force, self.now, day.as_ref());
        if let Err(refusal) = &decided
            && matches!(
                refusal.code,
                ErrorCode::RoleNotPermitted | ErrorCode::BranchNotPermitted | ErrorCode::ActorNotPermitted
            )
        {
            // Who may not do this is not told what somebody else did either.
            return Ok(Err(refusal.clone()));
        }
        if let Some(expected) = act.expected_version
            && expected != state.version()
        {
            let (by, did) = self.last_act(&key).await?;
            return Ok(Err(Refusal::new(ErrorCode::VersionConflict)
                .with("expected", expected)
                .with("actual", state.version())
                .with("by", by)
                .with("did", did)));
        }
        let events = match decided {
            Ok(events) => events,
            Err(refusal) => return Ok(Err(refusal)),
        };
        if let Err(refusal) = self.elsewhere_fits(&state, &act.command).await? {
            return Ok(Err(refusal));
        }
        let mut after = state;
        for event in &events {
            after.apply(event, personal, &act.actor, self.now);
        }
        // Alone, an index may refuse even what touches one row only; on a server that would end the transaction.
        let savepoint = act.command.needs_savepoint() || self.group.is_none();
        if savepoint {
            query("SAVEPOINT act").execute(&mut *self.db).await?;
        }
        if let Err(error) = self.write_tables(&after, &events, act).await {
            let TableError::Refused(refusal) = error else { return Err(error.into()) };
            if savepoint {
                query("ROLLBACK TO act").execute(&mut *self.db).await?;
                query("RELEASE act").execute(&mut *self.db).await?;
            }
            return Ok(Err(refusal));
        }
        if savepoint {
            query("RELEASE act").execute(&mut *self.db).await?;
        }
        self.standings.extend(Change::of(&after, &events));
        self.due |= transfer::begins(&events);
        if let Aggregate::Policy(log) = &after {
            // Of the same batch, what comes after it is decided by it.
            self.policy = Arc::new(log.policy_at(&self.setting.policy, self.now));
        }
        if let (Aggregate::Customer(customer), Some(letterhead)) = (&after, &self.setting.letterhead) {
            self.mails.extend(mail::of(letterhead, customer, &events, act.id, self.now));
        }
        let (version, branch) = (after.version(), after.readers(&events));
        let index = self.frontier.size();
        self.append(
            act.id,
            Entry {
                v: 1,
                institution: self.setting.institution.clone(),
                epoch: self.epoch(&events),
                id: act.id,
                at: self.now,
                subject,
                branch,
                version,
                actor: act.actor.clone(),
                envelope: act.sealed.as_ref().map(|s| Base64(s.envelope.clone())),
                signature: act.sealed.as_ref().map(|s| Base64(s.signature.clone())),
                attachment: act.attached.as_ref().map(|a| wire::Attachment::hash(&a.bytes)),
                events,
                salt: Base64(random::bytes::<16>().to_vec()),
                recovered: None,
            },
            key.clone(),
        )?;
        if let Some(attached) = &act.attached {
            self.attachments.push((act.id, attached.bytes.clone()));
        }
        self.cache.insert(key.clone(), after);
        self.dirty.insert(key);
        Ok(Ok(Accepted { index, version, at: self.now }))
    }

    async fn write_tables(&mut self, after: &Aggregate, events: &[Event], act: &Act) -> Result<(), TableError> {
        if let Aggregate::Customer(customer) = after {
            let grouped = self.group.as_mut().filter(|_| group::takes(&act.command));
            if let Some(group) = grouped {
                for event in events {
                    if let Event::Customer(event) = event {
                        group.add(customer, event)?;
                    }
                }
                return Ok(());
            }
            for event in events {
                tables::update(self.db, customer, event, self.frontier.size(), When::Now).await?;
            }
        }
        if let Aggregate::Staff(one) = after {
            let events: Vec<_> = events
                .iter()
                .filter_map(|event| if let Event::Staff(event) = event { Some(event.clone()) } else { None })
                .collect();
            staff::write(self.db, &one.id, &events, act).await?;
        }
        for one in act.asides.iter().filter(|one| !matches!(one, Aside::Password { .. })) {
            aside::write(self.db, one).await?;
        }
        Ok(())
    }

    /// The entry that opens an epoch is the first one in it.
    fn epoch(&self, events: &[Event]) -> u32 {
        events.iter().fold(self.epochs.current(), |epoch, event| match event {
            Event::Institution(InstitutionEvent::EpochOpened { epoch, .. }) => *epoch,
            _ => epoch,
        })
    }

    pub(super) async fn load(&mut self, subject: &Subject, key: &str) -> Result<Aggregate, Fault> {
        if let Some(state) = self.cache.get(key) {
            return Ok(state.clone());
        }
        let stored: Option<(String,)> =
            query("SELECT state FROM aggregate WHERE subject = $1").bind(key).fetch_optional(&mut *self.db).await?;
        match stored {
            Some((json,)) => Ok(Aggregate::from_json(subject, &json)?),
            None => Ok(Aggregate::unknown(subject)),
        }
    }

    /// Who changed the subject last, and how: named to the one whose screen was out of date.
    async fn last_act(&mut self, key: &str) -> Result<(String, String), Fault> {
        let pending = self.entries.iter().rev().find(|e| e.subject == key).map(|e| e.bytes.clone());
        let bytes = match pending {
            Some(bytes) => bytes,
            None => {
                let row: Option<(Vec<u8>,)> =
                    query("SELECT bytes FROM entry WHERE subject = $1 ORDER BY idx DESC LIMIT 1")
                        .bind(key)
                        .fetch_optional(&mut *self.db)
                        .await?;
                let Some((bytes,)) = row else { return Ok(Default::default()) };
                bytes
            }
        };
        let entry = Entry::from_bytes(&bytes)?;
        let by = match entry.actor {
            Actor::Staff { staff, .. } => staff.to_string(),
            Actor::Customer { .. } => "お客様".to_owned(),
            Actor::Terminal { .. } | Actor::System { .. } | Actor::Operator { .. } => "センター".to_owned(),
        };
        Ok((by, entry.events.first().map(Event::word).unwrap_or_default()))
    }

    pub(super) fn append(&mut self, id: CommandId, entry: Entry, subject: String) -> Result<(), Fault> {
        let bytes = entry.to_bytes()?;
        let leaf = tlog::leaf_hash(&bytes);
        let index = self.frontier.size();
        self.frontier.append(leaf);
        let also = rows::also(&entry.events);
        let branch = entry.branch.map(String::from);
        self.ids.insert(id);
        self.entries.push(NewEntry { index, id, branch, also, subject, bytes, leaf });
        Ok(())
    }

    /// A subject has changed by an entry that was appended.
    pub(super) fn changed(&mut self, key: String, state: Aggregate, standings: impl IntoIterator<Item = Change>) {
        self.standings.extend(standings);
        self.cache.insert(key.clone(), state);
        self.dirty.insert(key);
    }

    /// How many entries stand in the database; the others of this batch wait for its end.
    pub(super) fn stored(&self) -> u64 {
        self.frontier.size().saturating_sub(self.entries.len() as u64)
    }

    pub(super) fn attach(&mut self, id: CommandId, bytes: Vec<u8>) {
        self.attachments.push((id, bytes));
    }

    /// Writes the entries that wait, so that many of them take no memory.
    pub(super) async fn flush(&mut self) -> Result<(), Fault> {
        self.grew |= !self.entries.is_empty();
        rows::entries(self.db, std::mem::take(&mut self.entries)).await?;
        Ok(rows::attachments(self.db, std::mem::take(&mut self.attachments)).await?)
    }

    /// Writes the waiting rows; the caller signs the checkpoint and commits.
    pub(crate) async fn finish(mut self) -> Result<Finished, Halt> {
        if let Err(halt) = self.write_group().await {
            self.undo();
            return Err(halt);
        }
        let grew = self.grew || !self.entries.is_empty();
        match rows::entries(self.db, std::mem::take(&mut self.entries)).await {
            // One of them is in the log already, asked for twice: alone it is found.
            Err(error) if self.group.is_some() && db::unique_violation(&error) => {
                self.undo();
                return Err(Halt::Alone);
            }
            done => done?,
        }
        rows::attachments(self.db, self.attachments).await?;
        rows::outcomes(self.db, self.outcomes.into_values().collect()).await?;
        mail::queue::insert(self.db, &self.mails).await?;
        let policy_changed = self.dirty.contains(&policy::key(&self.setting.institution));
        let mut changed = Vec::with_capacity(self.dirty.len());
        for subject in self.dirty {
            if let Some(state) = self.cache.get(&subject) {
                let json = state.to_json().map_err(Fault::from)?;
                changed.push(Changed { version: state.version(), state: json, subject });
            }
        }
        rows::aggregates(self.db, changed).await?;
        let key = policy::key(&self.setting.institution);
        let policy = match self.cache.get(&key) {
            Some(Aggregate::Policy(log)) if policy_changed => Some(log.clone()),
            _ => None,
        };
        Ok(Finished { frontier: self.frontier, grew, standings: self.standings, policy, due: self.due })
    }
}
