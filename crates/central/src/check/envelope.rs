//! Is what an entry says what the terminal signed? So nobody with the database alone can write an act in the name of an
//! enrolled terminal.

use aws_lc_rs::signature::{ECDSA_P256_SHA256_ASN1, UnparsedPublicKey};
use domain::{Actor, Subject};
use wire::{Base64, Entry, Envelope, signed};
use x509_parser::prelude::FromDer as _;
use x509_parser::x509::SubjectPublicKeyInfo;

use super::{States, Verdict};
use crate::store::{Aggregate, aggregate_key};

/// `bytes`: the entry as it is stored.
pub(super) fn check(idx: u64, entry: &Entry, bytes: &[u8], states: &States, verdict: &mut Verdict) {
    let terminal = match &entry.actor {
        Actor::Staff { terminal, .. } => states.get(&aggregate_key(&Subject::Terminal(*terminal))),
        _ => None,
    };
    if let Err(why) = fits(entry, bytes, terminal) {
        verdict.find("envelope", format!("entry {idx}: {why}"));
    }
}

/// `bytes`: the entry as it is stored. `terminal_state`: the state of the terminal that it names.
pub(crate) fn fits(entry: &Entry, bytes: &[u8], terminal_state: Option<&Aggregate>) -> Result<(), &'static str> {
    let (point, mut signed) = (public_key(terminal_state), false);
    let verify = |_, message: &[u8], signature: &[u8]| {
        signed = true;
        let key = point.as_ref().map(|point| UnparsedPublicKey::new(&ECDSA_P256_SHA256_ASN1, point));
        key.is_some_and(|key| key.verify(message, signature).is_ok())
    };
    match signed::fits(bytes, verify) {
        Err(_) if signed && point.is_none() => Err("the terminal was not enrolled"),
        other => other.map(drop),
    }?;
    // What was asked for is compared with nothing, but is of a form that this program knows.
    let read = entry.envelope.as_ref().map(|envelope| Envelope::from_bytes(&envelope.0));
    read.transpose().map_err(|_| "the envelope can't be read").map(drop)
}

/// The key the terminal was enrolled with.
fn public_key(terminal: Option<&Aggregate>) -> Option<Vec<u8>> {
    let Aggregate::Terminal(state) = terminal? else { return None };
    let spki: Base64 = serde_json::from_value(state.public_key.clone().into()).ok()?;
    let (_, spki) = SubjectPublicKeyInfo::from_der(&spki.0).ok()?;
    Some(spki.subject_public_key.data.to_vec())
}
