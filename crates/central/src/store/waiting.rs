//! What waits for a second person, for whoever watches how long: of customers as a read table, made with each act; of staff,
//! branches and the policy as their states say. Numbers only.

use domain::branch::Branch;
use domain::customer::{ApplicationState, Customer, CustomerEvent};
use domain::policy::PolicyLog;
use domain::staff::Staff;
use serde::de::DeserializeOwned;

use super::db::{self, Connection, Readers, query};
use super::writer::Fault;

/// Something that waits.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Kind {
    /// 承認待ち: an application.
    Application,
    /// 事後検印待ち: a stop that nobody has confirmed.
    Stop,
    /// 審査待ち: an off-line act that is held.
    Held,
    /// What one person of head office has asked for.
    HeadOffice,
}

impl Kind {
    /// Every kind.
    pub(crate) const ALL: [Self; 4] = [Self::Application, Self::Stop, Self::Held, Self::HeadOffice];

    /// As it is stored and watched.
    pub(crate) fn as_str(self) -> &'static str {
        match self {
            Self::Application => "application",
            Self::Stop => "stop",
            Self::Held => "held",
            Self::HeadOffice => "head_office",
        }
    }
}

/// How many, and since when the oldest.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub(crate) struct Depth {
    pub(crate) count: u64,
    pub(crate) oldest_ms: Option<i64>,
}

impl Depth {
    fn add(&mut self, since_ms: i64) {
        self.count += 1;
        self.oldest_ms = Some(self.oldest_ms.map_or(since_ms, |oldest| oldest.min(since_ms)));
    }
}

/// Writes what an event changes; `customer` as it is after the whole act.
pub(super) async fn update(db: &mut Connection, customer: &Customer, event: &CustomerEvent) -> Result<(), db::Error> {
    let Some((kind, id)) = about(event) else { return Ok(()) };
    match since(customer, kind, &id) {
        Some(since_ms) => {
            query(
                "INSERT INTO waiting (id, kind, customer_id, since_ms) VALUES ($1, $2, $3, $4)
                 ON CONFLICT (id) DO UPDATE SET since_ms = excluded.since_ms",
            )
            .bind(id)
            .bind(kind.as_str())
            .bind(customer.id.to_string())
            .bind(since_ms)
            .execute(db)
            .await?;
        }
        None => {
            query("DELETE FROM waiting WHERE id = $1").bind(id).execute(db).await?;
        }
    }
    Ok(())
}

/// What may wait, or wait no longer, with an event.
fn about(event: &CustomerEvent) -> Option<(Kind, String)> {
    use CustomerEvent as E;
    Some(match event {
        E::ApplicationSubmitted { application, .. }
        | E::ApplicationResubmitted { application, .. }
        | E::ApplicationWithdrawn { application }
        | E::ApplicationApproved { application }
        | E::ApplicationReturned { application }
        | E::ApplicationRejected { application } => (Kind::Application, application.to_string()),
        E::IncidentReported { incident, .. }
        | E::IncidentConfirmed { incident }
        | E::IncidentClosed { incident, .. } => (Kind::Stop, incident.to_string()),
        E::ActHeld { act, .. } | E::HeldActAccepted { act } | E::HeldActDismissed { act } => {
            (Kind::Held, act.to_string())
        }
        _ => return None,
    })
}

/// Since when it waits; `None`: it does not.
fn since(customer: &Customer, kind: Kind, id: &str) -> Option<i64> {
    let at = match kind {
        Kind::Application => {
            let found = customer.applications.iter().find(|one| one.id.to_string() == id)?;
            (found.state == ApplicationState::Submitted).then_some(found.submitted_at)?
        }
        Kind::Stop => {
            let found = customer.incidents.iter().find(|one| one.id.to_string() == id)?;
            (found.confirmed_by.is_none() && found.outcome.is_none()).then_some(found.reported_at)?
        }
        Kind::Held => customer.waiting_acts().find(|one| one.act.to_string() == id)?.at,
        Kind::HeadOffice => return None,
    };
    Some(at.timestamp_millis())
}

/// What waits now.
pub(crate) async fn depth(db: &Readers) -> Result<Vec<(Kind, Depth)>, Fault> {
    let rows: Vec<(String, i64, i64)> =
        query("SELECT kind, COUNT(*), MIN(since_ms) FROM waiting GROUP BY kind").fetch_all(db).await?;
    let head_office = head_office(db).await?;
    let of_customers = |kind: Kind| match rows.iter().find(|(word, ..)| word == kind.as_str()) {
        Some((_, count, oldest)) => {
            Depth { count: u64::try_from(*count).unwrap_or_default(), oldest_ms: Some(*oldest) }
        }
        None => Depth::default(),
    };
    let depth = |kind| if kind == Kind::HeadOffice { head_office } else { of_customers(kind) };
    Ok(Kind::ALL.into_iter().map(|kind| (kind, depth(kind))).collect())
}

async fn head_office(db: &Readers) -> Result<Depth, Fault> {
    let mut depth = Depth::default();
    for staff in proposed::<Staff>(db, "staff/").await? {
        staff.administered.proposal.iter().for_each(|open| depth.add(open.at.timestamp_millis()));
    }
    for branch in proposed::<Branch>(db, "branch/").await? {
        branch.decided.proposal.iter().for_each(|open| depth.add(open.at.timestamp_millis()));
    }
    for policy in proposed::<PolicyLog>(db, "policy/").await? {
        policy.waiting().iter().for_each(|change| depth.add(change.proposed_at.timestamp_millis()));
    }
    Ok(depth)
}

/// States of a kind in which something may be proposed: few of them are read.
async fn proposed<T: DeserializeOwned>(db: &Readers, kind: &str) -> Result<Vec<T>, Fault> {
    let rows: Vec<(String,)> = query(
        r#"SELECT state FROM aggregate WHERE subject >= $1 AND subject < $2
           AND (state LIKE '%"proposal":{%' OR state LIKE '%"proposed"%')"#,
    )
    .bind(kind)
    .bind(format!("{}0", kind.trim_end_matches('/')))
    .fetch_all(db)
    .await?;
    rows.iter().map(|(state,)| Ok(serde_json::from_str(state)?)).collect()
}
