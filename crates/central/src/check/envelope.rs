//! Is what an entry says what the terminal signed? So nobody with the database alone can write an act in the name of an
//! enrolled terminal.

use aws_lc_rs::signature::{ECDSA_P256_SHA256_ASN1, UnparsedPublicKey};
use domain::event::AccessEvent;
use domain::staff::StaffEvent;
use domain::{Actor, Event, Subject};
use wire::{Base64, Body, Entry, Envelope, message};
use x509_parser::prelude::FromDer as _;
use x509_parser::x509::SubjectPublicKeyInfo;

use super::{States, Verdict};
use crate::store::{Aggregate, aggregate_key};

pub(super) fn check(idx: u64, entry: &Entry, states: &States, verdict: &mut Verdict) {
    let terminal = match &entry.actor {
        Actor::Staff { terminal, .. } => states.get(&aggregate_key(&Subject::Terminal(*terminal))),
        _ => None,
    };
    if let Err(why) = fits(entry, terminal) {
        verdict.find("envelope", format!("entry {idx}: {why}"));
    }
}

/// `terminal_state`: the state of the terminal that the entry names.
pub(crate) fn fits(entry: &Entry, terminal_state: Option<&Aggregate>) -> Result<(), &'static str> {
    let Actor::Staff { staff, terminal, session, .. } = &entry.actor else {
        return if entry.envelope.is_none() { Ok(()) } else { Err("an envelope without a member of staff") };
    };
    let (Some(bytes), Some(signature)) = (&entry.envelope, &entry.signature) else {
        // Sign-ins, sign-outs and what somebody looked at are the centre's own words; an act never is.
        let own = |event: &Event| {
            matches!(event, Event::Staff(StaffEvent::SignedIn { .. } | StaffEvent::SignedOut { .. }) | Event::Access(_))
        };
        let all = entry.events.iter().all(own);
        return if all { Ok(()) } else { Err("an act of staff without a signed envelope") };
    };
    let point = public_key(terminal_state).ok_or("the terminal was not enrolled")?;
    UnparsedPublicKey::new(&ECDSA_P256_SHA256_ASN1, point)
        .verify(&message::envelope(&bytes.0), &signature.0)
        .map_err(|_| "the terminal's signature does not fit")?;
    let envelope = Envelope::from_bytes(&bytes.0).map_err(|_| "the envelope can't be read")?;
    if let [Event::Access(AccessEvent::Refused { command, .. })] = entry.events.as_slice() {
        return if *command == envelope.id { Ok(()) } else { Err("the refusal is of another command") };
    }
    let subject = match &envelope.body {
        Body::Customer { customer, .. } => Subject::Customer(*customer),
        Body::Terminal { terminal, .. } => Subject::Terminal(*terminal),
        Body::Branch { branch, .. } => Subject::Branch(branch.clone()),
        Body::Policy { .. } => Subject::Policy(envelope.institution.clone()),
        Body::Staff { staff, .. } => Subject::Staff(staff.clone()),
    };
    let same = envelope.id == entry.id
        && envelope.institution == entry.institution
        && envelope.terminal == *terminal
        && envelope.session == *session
        && envelope.staff == *staff
        && envelope.attachment == entry.attachment
        && entry.subject == subject;
    if same { Ok(()) } else { Err("the entry says something else than its envelope") }
}

/// The key the terminal was enrolled with.
fn public_key(terminal: Option<&Aggregate>) -> Option<Vec<u8>> {
    let Aggregate::Terminal(state) = terminal? else { return None };
    let spki: Base64 = serde_json::from_value(state.public_key.clone().into()).ok()?;
    let (_, spki) = SubjectPublicKeyInfo::from_der(&spki.0).ok()?;
    Some(spki.subject_public_key.data.to_vec())
}
