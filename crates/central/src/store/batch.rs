//! One batch of the writer: many acts, one transaction, one checkpoint.

use std::collections::{BTreeSet, HashMap};

use chrono::{DateTime, Utc};
use domain::event::AccessEvent;
use domain::id::{CommandId, InstitutionId};
use domain::{Actor, ErrorCode, Event, Policy, Refusal, Subject};
use sqlx::{QueryBuilder, Sqlite, SqliteConnection};
use tlog::Frontier;
use wire::{Base64, Entry};

use super::act::{Accepted, Act, Answer, Sealed};
use super::aggregate::{self, Aggregate};
use super::tables::{self, TableError};
use super::{aside, writer::Fault};
use crate::random;

/// What does not change from batch to batch.
pub(crate) struct Setting {
    pub(crate) institution: InstitutionId,
    pub(crate) policy: Policy,
}

/// Rows that wait for the end of the batch.
struct NewEntry {
    index: u64,
    id: CommandId,
    branch: Option<String>,
    subject: String,
    bytes: Vec<u8>,
    leaf: tlog::LeafHash,
}

/// A batch being made. Dropped without [`Batch::finish`], nothing of it was done.
pub(crate) struct Batch<'a> {
    pub(crate) setting: &'a Setting,
    pub(crate) db: &'a mut SqliteConnection,
    pub(crate) cache: &'a mut HashMap<String, Aggregate>,
    pub(crate) frontier: Frontier,
    pub(crate) now: DateTime<Utc>,
    entries: Vec<NewEntry>,
    attachments: Vec<(CommandId, Vec<u8>)>,
    outcomes: Vec<(CommandId, String, String)>,
    dirty: BTreeSet<String>,
}

impl<'a> Batch<'a> {
    pub(crate) fn new(
        setting: &'a Setting,
        db: &'a mut SqliteConnection,
        cache: &'a mut HashMap<String, Aggregate>,
        frontier: Frontier,
        now: DateTime<Utc>,
    ) -> Self {
        let (entries, attachments, outcomes, dirty) = Default::default();
        Self { setting, db, cache, frontier, now, entries, attachments, outcomes, dirty }
    }

    /// Decides one act. A refusal is an answer; a [`Fault`] ends the batch.
    pub(crate) async fn act(&mut self, act: &Act) -> Result<Answer, Fault> {
        if let Some(sealed) = &act.sealed
            && let Some(first) = self.first_answer(act.id, sealed).await?
        {
            return Ok(first);
        }
        let answer = self.decide(act).await?;
        if let Some(sealed) = &act.sealed {
            if let Err(refusal) = &answer {
                self.record_refusal(act, sealed, refusal)?;
            }
            let stored = answer.as_ref().map(|a| (a.index, a.version, a.at));
            self.outcomes.push((act.id, sealed.request_sha256.clone(), serde_json::to_string(&stored)?));
        }
        Ok(answer)
    }

    async fn first_answer(&mut self, id: CommandId, sealed: &Sealed) -> Result<Option<Answer>, Fault> {
        let stored = match self.outcomes.iter().find(|(known, ..)| *known == id) {
            Some((_, sha256, answer)) => Some((sha256.clone(), answer.clone())),
            None => {
                sqlx::query_as("SELECT request_sha256, answer FROM outcome WHERE id = $1")
                    .bind(id.to_string())
                    .fetch_optional(&mut *self.db)
                    .await?
            }
        };
        let Some((sha256, answer)) = stored else { return Ok(None) };
        if sha256 != sealed.request_sha256 {
            return Ok(Some(Err(ErrorCode::CommandIdReused.into())));
        }
        let first: Result<(u64, u64, DateTime<Utc>), Refusal> = serde_json::from_str(&answer)?;
        Ok(Some(first.map(|(index, version, at)| Accepted { index, version, at })))
    }

    async fn decide(&mut self, act: &Act) -> Result<Answer, Fault> {
        let subject = act.command.subject();
        let key = aggregate::key(&subject);
        let state = self.load(&subject, &key).await?;
        if let Some(expected) = act.expected_version
            && expected != state.version()
        {
            let by = self.last_actor(&key).await?;
            return Ok(Err(Refusal::new(ErrorCode::VersionConflict)
                .with("expected", expected)
                .with("actual", state.version())
                .with("by", by)));
        }
        let personal = act.attached.as_ref().map(|a| &a.data);
        let events = match state.decide(&act.command, personal, &act.actor, &self.setting.policy, self.now) {
            Ok(events) => events,
            Err(refusal) => return Ok(Err(refusal)),
        };
        let mut after = state;
        for event in &events {
            after.apply(event, personal, &act.actor, self.now);
        }
        let savepoint = act.command.needs_savepoint();
        if savepoint {
            sqlx::query("SAVEPOINT act").execute(&mut *self.db).await?;
        }
        if let Err(error) = self.write_tables(&after, &events, act).await {
            let TableError::Refused(refusal) = error else { return Err(error.into()) };
            if savepoint {
                sqlx::query("ROLLBACK TO act").execute(&mut *self.db).await?;
                sqlx::query("RELEASE act").execute(&mut *self.db).await?;
            }
            return Ok(Err(refusal));
        }
        if savepoint {
            sqlx::query("RELEASE act").execute(&mut *self.db).await?;
        }
        let (version, branch) = (after.version(), after.branch());
        let index = self.frontier.size();
        self.append(
            act.id,
            Entry {
                v: 1,
                institution: self.setting.institution.clone(),
                epoch: 0,
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
            for event in events {
                tables::update(self.db, customer, event, self.frontier.size()).await?;
            }
        }
        for one in &act.asides {
            aside::write(self.db, one).await?;
        }
        Ok(())
    }

    async fn load(&mut self, subject: &Subject, key: &str) -> Result<Aggregate, Fault> {
        if let Some(state) = self.cache.get(key) {
            return Ok(state.clone());
        }
        let stored: Option<(String,)> = sqlx::query_as("SELECT state FROM aggregate WHERE subject = $1")
            .bind(key)
            .fetch_optional(&mut *self.db)
            .await?;
        match stored {
            Some((json,)) => Ok(Aggregate::from_json(subject, &json)?),
            None => Ok(Aggregate::unknown(subject)),
        }
    }

    /// Who changed the subject last: named to the one whose screen was out of date.
    async fn last_actor(&mut self, key: &str) -> Result<String, Fault> {
        let pending = self.entries.iter().rev().find(|e| e.subject == key).map(|e| e.bytes.clone());
        let bytes = match pending {
            Some(bytes) => bytes,
            None => {
                let row: Option<(Vec<u8>,)> =
                    sqlx::query_as("SELECT bytes FROM entry WHERE subject = $1 ORDER BY idx DESC LIMIT 1")
                        .bind(key)
                        .fetch_optional(&mut *self.db)
                        .await?;
                let Some((bytes,)) = row else { return Ok(String::new()) };
                bytes
            }
        };
        Ok(match Entry::from_bytes(&bytes)?.actor {
            Actor::Staff { staff, .. } => staff.to_string(),
            Actor::Customer { .. } => "お客様".to_owned(),
            Actor::Terminal { .. } | Actor::System { .. } | Actor::Operator { .. } => "センター".to_owned(),
        })
    }

    /// A refusal after authentication leaves a trace: an entry of kind access, never applied.
    fn record_refusal(&mut self, act: &Act, sealed: &Sealed, refusal: &Refusal) -> Result<(), Fault> {
        let Actor::Staff { terminal, branch, .. } = &act.actor else { return Ok(()) };
        let event = AccessEvent::Refused { command: act.id, command_kind: sealed.kind.clone(), code: refusal.code };
        let id = CommandId(uuid::Uuid::now_v7());
        let subject = Subject::Terminal(*terminal);
        let key = format!("access/{terminal}");
        self.append(
            id,
            Entry {
                v: 1,
                institution: self.setting.institution.clone(),
                epoch: 0,
                id,
                at: self.now,
                subject,
                branch: Some(branch.clone()),
                version: 0,
                actor: act.actor.clone(),
                envelope: Some(Base64(sealed.envelope.clone())),
                signature: Some(Base64(sealed.signature.clone())),
                attachment: None,
                events: vec![Event::Access(event)],
                salt: Base64(random::bytes::<16>().to_vec()),
            },
            key,
        )
    }

    fn append(&mut self, id: CommandId, entry: Entry, subject: String) -> Result<(), Fault> {
        let bytes = entry.to_bytes()?;
        let leaf = tlog::leaf_hash(&bytes);
        let index = self.frontier.size();
        self.frontier.append(leaf);
        let branch = entry.branch.map(String::from);
        self.entries.push(NewEntry { index, id, branch, subject, bytes, leaf });
        Ok(())
    }

    /// Writes the waiting rows; the caller signs the checkpoint and commits. Says whether the log grew.
    pub(crate) async fn finish(self) -> Result<(Frontier, bool), Fault> {
        let grew = !self.entries.is_empty();
        if grew {
            let mut insert = QueryBuilder::<Sqlite>::new("INSERT INTO entry (idx, id, branch, subject, bytes, leaf) ");
            insert.push_values(self.entries, |mut row, entry| {
                row.push_bind(i64::try_from(entry.index).unwrap_or(i64::MAX))
                    .push_bind(entry.id.to_string())
                    .push_bind(entry.branch)
                    .push_bind(entry.subject)
                    .push_bind(entry.bytes)
                    .push_bind(entry.leaf.0.to_vec());
            });
            insert.build().execute(&mut *self.db).await?;
        }
        if !self.attachments.is_empty() {
            let mut insert = QueryBuilder::<Sqlite>::new("INSERT INTO attachment (entry_id, bytes) ");
            insert.push_values(self.attachments, |mut row, (id, bytes)| {
                row.push_bind(id.to_string()).push_bind(bytes);
            });
            insert.build().execute(&mut *self.db).await?;
        }
        if !self.outcomes.is_empty() {
            let mut insert = QueryBuilder::<Sqlite>::new("INSERT INTO outcome (id, request_sha256, answer) ");
            insert.push_values(self.outcomes, |mut row, (id, sha256, answer)| {
                row.push_bind(id.to_string()).push_bind(sha256).push_bind(answer);
            });
            insert.build().execute(&mut *self.db).await?;
        }
        let mut states = Vec::with_capacity(self.dirty.len());
        for key in self.dirty {
            if let Some(state) = self.cache.get(&key) {
                states.push((key, i64::try_from(state.version()).unwrap_or(i64::MAX), state.to_json()?));
            }
        }
        if !states.is_empty() {
            let mut upsert = QueryBuilder::<Sqlite>::new("INSERT INTO aggregate (subject, version, state) ");
            upsert.push_values(states, |mut row, (key, version, json)| {
                row.push_bind(key).push_bind(version).push_bind(json);
            });
            upsert.push(" ON CONFLICT (subject) DO UPDATE SET version = excluded.version, state = excluded.state");
            upsert.build().execute(&mut *self.db).await?;
        }
        Ok((self.frontier, grew))
    }
}
