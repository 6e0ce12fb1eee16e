//! Does an entry say what the terminal signed? So nobody who only has the database can write an act in the name of an
//! enrolled terminal. One place, for the centre and for every desk.

use domain::event::AccessEvent;
use domain::staff::StaffEvent;
use domain::{Actor, Event, Subject};

use crate::{Body, Entry, Envelope, message};

/// What an entry says of its envelope.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Signed {
    /// The centre's own word: a job, an operator, a sign-in, what somebody looked at. Nobody signed it.
    Own,
    /// An act of staff under the terminal's signature: what it signed.
    Terminal(Box<Envelope>),
}

/// Compares an entry with its envelope. `verify` is given the message that was signed and the signature (ECDSA P-256, SHA-256,
/// ASN.1), and says whether the key of the entry's terminal made it.
///
/// # Errors
/// What does not fit.
pub fn fits(entry: &Entry, verify: impl FnOnce(&[u8], &[u8]) -> bool) -> Result<Signed, &'static str> {
    let Actor::Staff { staff, terminal, session, .. } = &entry.actor else {
        return if entry.envelope.is_none() { Ok(Signed::Own) } else { Err("an envelope without a member of staff") };
    };
    let (Some(bytes), Some(signature)) = (&entry.envelope, &entry.signature) else {
        // Sign-ins, sign-outs and what somebody looked at are the centre's own words; an act never is.
        let own = |event: &Event| {
            matches!(event, Event::Staff(StaffEvent::SignedIn { .. } | StaffEvent::SignedOut { .. }) | Event::Access(_))
        };
        let all = entry.events.iter().all(own);
        return if all { Ok(Signed::Own) } else { Err("an act of staff without a signed envelope") };
    };
    if !verify(&message::envelope(&bytes.0), &signature.0) {
        return Err("the terminal's signature does not fit");
    }
    let envelope = Envelope::from_bytes(&bytes.0).map_err(|_| "the envelope can't be read")?;
    if let [Event::Access(AccessEvent::Refused { command, .. })] = entry.events.as_slice() {
        let same = *command == envelope.id;
        return if same { Ok(Signed::Terminal(envelope.into())) } else { Err("the refusal is of another command") };
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
    if same { Ok(Signed::Terminal(envelope.into())) } else { Err("the entry says something else than its envelope") }
}
