//! The recovery's own entries: what is lost with the database, and what was stopped while it was not all there.

use domain::customer::{Certificate, CertificateState, Customer, CustomerEvent, still_to_stop};
use domain::id::{CertificateId, CommandId};
use domain::{Actor, Event, PersonalData, Subject};
use wire::{Base64, Entry};

use crate::random;
use crate::store::aggregate::Aggregate;
use crate::store::batch::Batch;
use crate::store::epoch::Opening;
use crate::store::standing::Change;
use crate::store::tables::{self, When};
use crate::store::writer::Fault;

async fn customer(batch: &mut Batch<'_>, key: &str) -> Result<Option<Box<Customer>>, Fault> {
    let Some(id) = key.strip_prefix("customer/").and_then(|id| id.parse().ok()) else { return Ok(None) };
    match batch.load(&Subject::Customer(id), key).await? {
        Aggregate::Customer(customer) => Ok(Some(customer)),
        _ => Ok(None),
    }
}

/// A right that nobody holds a code for any more is to be printed again.
pub(super) async fn code_lost(batch: &mut Batch<'_>, key: &str, certificate: CertificateId) -> Result<(), Fault> {
    let Some(customer) = customer(batch, key).await? else { return Ok(()) };
    let waits = |c: &Certificate| c.state == CertificateState::Authorised && c.slips > 0 && c.renews.is_none();
    if customer.certificate(certificate).is_some_and(waits) {
        happen(batch, key, *customer, vec![CustomerEvent::PickupCodeLost { certificate }]).await?;
    }
    Ok(())
}

/// Stops of meanwhile hold for what came back.
pub(super) async fn stop_again(batch: &mut Batch<'_>, key: &str, opening: &Opening) -> Result<(), Fault> {
    let Some(customer) = customer(batch, key).await? else { return Ok(()) };
    let events = still_to_stop(&customer, opening.since);
    if events.is_empty() { Ok(()) } else { happen(batch, key, *customer, events).await }
}

/// An entry of the recovery itself.
async fn happen(
    batch: &mut Batch<'_>,
    key: &str,
    mut customer: Customer,
    events: Vec<CustomerEvent>,
) -> Result<(), Fault> {
    let (id, actor) = (CommandId(uuid::Uuid::now_v7()), Actor::System { job: "recovery".to_owned() });
    let personal: Option<&PersonalData> = None;
    for event in &events {
        domain::customer::apply(&mut customer, event, personal, &actor, batch.now);
    }
    let events: Vec<Event> = events.into_iter().map(Event::Customer).collect();
    for event in &events {
        tables::update(batch.db, &customer, event, batch.frontier.size(), When::Now).await?;
    }
    let entry = Entry {
        v: 1,
        institution: batch.setting.institution.clone(),
        epoch: batch.epochs.current(),
        id,
        at: batch.now,
        subject: Subject::Customer(customer.id),
        branch: customer.branch.clone(),
        version: customer.version,
        actor,
        envelope: None,
        signature: None,
        attachment: None,
        events: events.clone(),
        salt: Base64(random::bytes::<16>().to_vec()),
        recovered: None,
    };
    batch.append(id, entry, key.to_owned())?;
    let state = Aggregate::Customer(Box::new(customer));
    let changes = Change::of(&state, &events);
    batch.changed(key.to_owned(), state, changes);
    Ok(())
}
