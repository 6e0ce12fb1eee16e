//! Applies entries to the replica, many at a time: state by the domain's own `apply`, then the tables that lists and
//! search read. A customer that changed ten times is written once.

use std::collections::{BTreeMap, BTreeSet, HashMap};

use chrono::{DateTime, Utc};
use domain::branch::Branch;
use domain::customer::{Customer, CustomerEvent};
use domain::policy::PolicyLog;
use domain::staff::Staff;
use domain::terminal::Terminal;
use domain::{Event, PersonalData, Subject};
use serde::Serialize;
use serde::de::DeserializeOwned;
use sqlx::SqliteConnection;
use wire::{Attachment, Entry, Envelope};

use super::chunk::Own;
use super::facts::Facts;
use super::marks::Marks;
use super::moved::Moved;
use super::{epoch, lists, rows, terms};
use crate::error::DeskError;
use crate::outbox;
use crate::witness::mismatch;

/// A desk's claim of the time is worth a word when it differs from the centre's by more than this, minutes.
const WORTH_SAYING: i64 = 2;

/// An entry taken apart.
pub(crate) struct Opened {
    pub(crate) index: u64,
    pub(crate) entry: Entry,
    pub(crate) personal: Option<PersonalData>,
}

/// Reads a stored entry and what is beside it.
pub(super) fn opened(own: &Own) -> Result<Opened, DeskError> {
    let entry = own.read()?;
    let personal = match &own.attachment {
        Some(bytes) => {
            let read = Attachment::from_bytes(bytes);
            Some(read.map_err(|e| mismatch(format!("attachment {}: {e}", own.index)))?.data)
        }
        None => None,
    };
    Ok(Opened { index: own.index, entry, personal })
}

/// What the entries change, while they are being applied.
#[derive(Default)]
struct Touched {
    customers: BTreeMap<String, Customer>,
    staff: BTreeMap<String, Staff>,
    terminals: BTreeMap<String, Terminal>,
    policies: BTreeMap<String, PolicyLog>,
    branches: BTreeMap<String, Branch>,
    moved: Moved,
    marks: Marks,
    claims: Vec<(String, DateTime<Utc>, bool)>,
    facts: Facts,
}

/// Does one of them change the policy, or a branch? Then whoever holds it in memory reads it again after the commit.
pub(super) fn policy_told(entries: &[Opened]) -> bool {
    entries.iter().any(|opened| matches!(opened.entry.subject, Subject::Policy(_) | Subject::Branch(_)))
}

pub(super) async fn apply(db: &mut SqliteConnection, entries: &[Opened]) -> Result<(), DeskError> {
    let mut touched = Touched::load(db, entries).await?;
    touched.moved = Moved::load(db, entries).await?;
    let before = touched.terms();
    for Opened { index, entry, personal } in entries {
        if let Subject::Customer(id) = &entry.subject
            && let Some(state) = touched.customers.get_mut(&id.to_string())
            && !touched.moved.takes(*index, entry, state)
        {
            if touched.moved.gap(entry, state) {
                return Err(mismatch(format!("an entry of {id} before entry {index} was held back")));
            }
            touched.marks.see(*index, entry, None);
            continue;
        }
        touched.apply(entry, personal.as_ref());
        touched.tell(*index, entry);
    }
    let moved = std::mem::take(&mut touched.moved);
    touched.customers.retain(|id, state| state.version > 0 && !moved.holds_back(id));
    touched.write(db, &before).await?;
    moved.write(db).await?;
    epoch::came_back(db, entries.iter().map(|opened| &opened.entry)).await?;
    outbox::came_back(db, entries.iter().map(|opened| &opened.entry)).await
}

/// Applies whole histories of customers that came over: from nothing, whatever branch each entry was of.
pub(super) async fn histories(db: &mut SqliteConnection, entries: &[Opened]) -> Result<(), DeskError> {
    let mut touched = Touched::load(db, entries).await?;
    let before = touched.terms();
    touched.customers.values_mut().for_each(|state| *state = Customer::unknown(state.id));
    for Opened { index, entry, personal } in entries {
        touched.apply(entry, personal.as_ref());
        touched.tell(*index, entry);
    }
    touched.write(db, &before).await
}

impl Touched {
    async fn load(db: &mut SqliteConnection, entries: &[Opened]) -> Result<Self, DeskError> {
        let mut touched = Self::default();
        for Opened { entry, .. } in entries {
            match &entry.subject {
                _ if entry.is_access() => {}
                Subject::Customer(id) => {
                    touched.customers.entry(id.to_string()).or_insert_with(|| Customer::unknown(*id));
                }
                Subject::Staff(id) => {
                    touched.staff.entry(id.to_string()).or_insert_with(|| Staff::unknown(id.clone()));
                }
                Subject::Terminal(id) => {
                    touched.terminals.entry(id.to_string()).or_insert_with(|| Terminal::unknown(*id));
                }
                Subject::Policy(id) => {
                    touched.policies.entry(id.to_string()).or_default();
                }
                Subject::Branch(code) => {
                    touched.branches.entry(code.to_string()).or_insert_with(|| Branch::unknown(code.clone()));
                }
                Subject::Institution(_) => {}
            }
        }
        load(db, ("customer", "customer_id"), &mut touched.customers).await?;
        load(db, ("staff", "staff_id"), &mut touched.staff).await?;
        load(db, ("terminal", "terminal_id"), &mut touched.terminals).await?;
        load(db, ("branch", "code"), &mut touched.branches).await?;
        load(db, ("policy", "institution_id"), &mut touched.policies).await?;
        Ok(touched)
    }

    /// What the customers are found by.
    fn terms(&self) -> HashMap<String, BTreeSet<terms::Term>> {
        self.customers.iter().map(|(key, state)| (key.clone(), terms::of(state))).collect()
    }

    fn apply(&mut self, entry: &Entry, personal: Option<&PersonalData>) {
        let claim = claim(entry);
        for event in &entry.events {
            match (event, &entry.subject) {
                (Event::Customer(event), Subject::Customer(id)) => {
                    if let Some(state) = self.customers.get_mut(&id.to_string()) {
                        domain::customer::apply(state, event, personal, &entry.actor, entry.happened_at());
                    }
                    if let (Some((made_at, offline)), Some(id)) = (claim, about(event)) {
                        self.claims.push((id, made_at, offline));
                    }
                }
                (Event::Staff(event), Subject::Staff(id)) => {
                    if let Some(state) = self.staff.get_mut(id.as_str()) {
                        domain::staff::apply(state, event, personal, &entry.actor, entry.happened_at());
                    }
                }
                (Event::Terminal(event), Subject::Terminal(id)) => {
                    if let Some(state) = self.terminals.get_mut(&id.to_string()) {
                        domain::terminal::apply(state, event, &entry.actor);
                    }
                }
                (Event::Policy(event), Subject::Policy(id)) => {
                    if let Some(state) = self.policies.get_mut(id.as_str()) {
                        domain::policy::apply(state, event, &entry.actor, entry.happened_at());
                    }
                }
                (Event::Branch(event), Subject::Branch(code)) => {
                    if let Some(state) = self.branches.get_mut(code.as_str()) {
                        domain::branch::apply(state, event, &entry.actor, entry.happened_at());
                    }
                }
                // Access entries are never applied, and a subject never gets another's events.
                _ => {}
            }
        }
    }

    /// Under the words it is found by, and in what the reports count: with its customer as it is after it.
    fn tell(&mut self, index: u64, entry: &Entry) {
        let customer = match &entry.subject {
            Subject::Customer(id) if !entry.is_access() => self.customers.get(&id.to_string()),
            _ => None,
        };
        self.marks.see(index, entry, customer);
        self.facts.see(index, entry, customer);
    }

    async fn write(
        self,
        db: &mut SqliteConnection,
        before: &HashMap<String, BTreeSet<terms::Term>>,
    ) -> Result<(), DeskError> {
        let Self { customers, staff, terminals, policies, branches, claims, marks, facts, .. } = self;
        lists::write(db, &customers).await?;
        terms::write(db, &customers, before).await?;
        marks.write(db).await?;
        facts.write(db).await?;
        let staff = (
            "INSERT INTO staff (staff_id, state) ",
            " ON CONFLICT (staff_id) DO UPDATE SET state = excluded.state",
            states(&staff)?,
        );
        let terminals = (
            "INSERT INTO terminal (terminal_id, state) ",
            " ON CONFLICT (terminal_id) DO UPDATE SET state = excluded.state",
            states(&terminals)?,
        );
        let policies = (
            "INSERT INTO policy (institution_id, state) ",
            " ON CONFLICT (institution_id) DO UPDATE SET state = excluded.state",
            states(&policies)?,
        );
        let branches = (
            "INSERT INTO branch (code, state) ",
            " ON CONFLICT (code) DO UPDATE SET state = excluded.state",
            states(&branches)?,
        );
        for (into, then, rows) in [staff, terminals, policies, branches] {
            rows::insert(db, (into, 2, then), rows, |row, (id, state)| {
                row.push_bind(id).push_bind(state);
            })
            .await?;
        }
        let last: BTreeMap<_, _> = claims.into_iter().map(|(id, made_at, offline)| (id, (made_at, offline))).collect();
        let then = " ON CONFLICT (id) DO UPDATE SET made_at = excluded.made_at, offline = excluded.offline";
        rows::insert(
            db,
            ("INSERT INTO claim (id, made_at, offline) ", 3, then),
            last.into_iter().collect(),
            |row, (id, (made_at, offline))| {
                row.push_bind(id).push_bind(made_at.to_rfc3339()).push_bind(offline);
            },
        )
        .await?;
        Ok(())
    }
}

fn states<T: Serialize>(states: &BTreeMap<String, T>) -> Result<Vec<(String, String)>, DeskError> {
    states.iter().map(|(id, state)| Ok((id.clone(), serde_json::to_string(state)?))).collect()
}

async fn load<T: DeserializeOwned>(
    db: &mut SqliteConnection,
    from: (&'static str, &'static str),
    states: &mut BTreeMap<String, T>,
) -> Result<(), DeskError> {
    let ids: Vec<String> = states.keys().cloned().collect();
    for (id, json) in rows::states(db, from, &ids).await? {
        states.insert(id, serde_json::from_str(&json)?);
    }
    Ok(())
}

/// When the desk says an act was made, and whether without the centre; where that is worth saying.
pub(crate) fn claim(entry: &Entry) -> Option<(DateTime<Utc>, bool)> {
    let envelope = Envelope::from_bytes(&entry.envelope.as_ref()?.0).ok()?;
    let apart = (entry.happened_at() - envelope.made_at).num_seconds().abs() > WORTH_SAYING * 60;
    (envelope.offline || apart).then_some((envelope.made_at, envelope.offline))
}

/// The application or report that shows the claim.
fn about(event: &CustomerEvent) -> Option<String> {
    match event {
        CustomerEvent::ApplicationSubmitted { application, .. }
        | CustomerEvent::ApplicationResubmitted { application, .. } => Some(application.to_string()),
        CustomerEvent::IncidentReported { incident, .. } => Some(incident.to_string()),
        // Once it is accepted, the entry that says so has another envelope.
        CustomerEvent::ActHeld { command, .. } => command.application().map(|id| id.to_string()),
        _ => None,
    }
}
