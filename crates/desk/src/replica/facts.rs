//! What the reports count: a row for each event that a report tells of. One entry may hold many of them.

use chrono::Duration;
use domain::Event;
use domain::customer::{Customer, CustomerEvent as E, Request};
use serde::Serialize;
use sqlx::SqliteConnection;
use wire::{Entry, Envelope};

use super::chunk::int;
use super::rows;

struct Fact {
    place: (i64, i64),
    month: String,
    branch: String,
    customer: String,
    kind: &'static str,
    detail: String,
    seconds: Option<i64>,
}

/// Facts of the entries being applied.
#[derive(Default)]
pub(super) struct Facts(Vec<Fact>);

/// Its serde word.
fn word(value: &impl Serialize) -> String {
    serde_json::to_value(value).ok().and_then(|value| value.as_str().map(str::to_owned)).unwrap_or_default()
}

impl Facts {
    /// Takes an entry in; the customer is as it is after it.
    pub(super) fn see(&mut self, index: u64, entry: &Entry, customer: Option<&Customer>) {
        let Some(customer) = customer else { return };
        let at = entry.happened_at();
        let month = (at + Duration::hours(9)).format("%Y-%m").to_string();
        let branch = customer.branch.as_ref().map(ToString::to_string).unwrap_or_default();
        for (place, event) in (0..).zip(&entry.events) {
            let Event::Customer(event) = event else { continue };
            let Some((kind, detail, seconds)) = told(event, entry, customer) else { continue };
            let (month, branch, customer) = (month.clone(), branch.clone(), customer.id.to_string());
            self.0.push(Fact { place: (int(index), place), month, branch, customer, kind, detail, seconds });
        }
    }

    pub(super) async fn write(self, db: &mut SqliteConnection) -> Result<(), sqlx::Error> {
        let into = "INSERT OR REPLACE INTO fact (idx, place, month, branch, customer_id, kind, detail, seconds) ";
        rows::insert(db, (into, 8, ""), self.0, |row, fact| {
            row.push_bind(fact.place.0)
                .push_bind(fact.place.1)
                .push_bind(fact.month)
                .push_bind(fact.branch)
                .push_bind(fact.customer)
                .push_bind(fact.kind)
                .push_bind(fact.detail)
                .push_bind(fact.seconds);
        })
        .await
    }
}

/// Kind, detail and time of an event that reports tell of.
fn told(event: &E, entry: &Entry, customer: &Customer) -> Option<(&'static str, String, Option<i64>)> {
    let plain = |kind| Some((kind, String::new(), None));
    match event {
        E::RightGranted { application, .. } => match &customer.application(*application)?.request {
            Request::Reissue { cause, .. } => Some(("reissued", word(cause), None)),
            Request::Rename { .. } => Some(("reissued", "renamed".to_owned(), None)),
            _ => plain("issued"),
        },
        E::RenewalGranted { .. } => plain("renewed"),
        E::CertificateSigned { .. } => plain("fetched"),
        E::CertificateSuspended { .. } => plain("suspended"),
        E::CertificateRevoked { reason, .. } => Some(("revoked", word(reason), None)),
        E::RightLapsed { .. } => plain("lapsed"),
        // From the moment somebody pressed the button, by the desk's clock, until it was in force.
        E::IncidentReported { incident, .. } => {
            // One that waited for a supervisor was pressed long before he accepted it.
            let pressed = match customer.accepted_stop(*incident) {
                Some(held) => held.made_at,
                None => Envelope::from_bytes(&entry.envelope.as_ref()?.0).ok()?.made_at,
            };
            let seconds = (entry.happened_at() - pressed).num_seconds().max(0);
            Some(("stopped", String::new(), Some(seconds)))
        }
        E::IncidentConfirmed { incident } => {
            let reported_at = customer.incident(*incident)?.reported_at;
            Some(("checked", String::new(), Some((entry.happened_at() - reported_at).num_seconds().max(0))))
        }
        _ => None,
    }
}
