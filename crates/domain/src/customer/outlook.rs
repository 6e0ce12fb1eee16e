//! What an approval would end, and when, told before anybody approves. The rules themselves are asked.

use chrono::{DateTime, NaiveDate, Utc};

use super::command::{MovedUser, Request};
use super::ending;
use super::event::CustomerEvent as E;
use super::state::{Customer, RevocationReason};
use crate::calendar;
use crate::id::CertificateId;

/// A certificate, or a right not yet used, that will end.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Outlook {
    /// Which.
    pub certificate: CertificateId,
    /// When the one that takes its place is confirmed.
    pub at_confirmation: bool,
    /// On this day (JST), if it is still there. Neither: with the approval.
    pub on: Option<NaiveDate>,
    /// Why; `None`: a right that is withdrawn unused.
    pub reason: Option<RevocationReason>,
}

/// Everything that ends when `request` is approved now, soonest first.
pub fn outlook(customer: &Customer, request: &Request, now: DateTime<Utc>) -> Vec<Outlook> {
    let mut found = ends(&ending::approved(customer, request, now), None);
    let closes: Option<(_, NaiveDate, &[MovedUser])> = match request {
        Request::Close { contract, closing_on } => Some((contract, *closing_on, &[])),
        Request::Recontract { old, closing_on, users, .. } => Some((old, *closing_on, users)),
        _ => None,
    };
    if let Some((contract, day, moved)) = closes.filter(|(_, day, _)| *day > calendar::jst_day(now)) {
        found.extend(ends(&ending::closed(customer, contract, moved), Some(day)));
    }
    let Some(reason) = ending::replaced(request) else { return found };
    for (user, _) in request.users() {
        let Some(old) = customer.certificates.iter().find(|c| c.user == *user && c.state.usable()) else { continue };
        match found.iter_mut().find(|one| one.certificate == old.id) {
            // Where the new one can't come before the day, the day alone is said.
            Some(one) => one.at_confirmation = one.on.is_some_and(|day| opens(request).is_some_and(|open| open < day)),
            None => found.push(Outlook { certificate: old.id, at_confirmation: true, on: None, reason: Some(reason) }),
        }
    }
    found
}

fn opens(request: &Request) -> Option<NaiveDate> {
    match request {
        Request::Recontract { opened_on, .. } => Some(*opened_on),
        _ => None,
    }
}

fn ends(events: &[E], on: Option<NaiveDate>) -> Vec<Outlook> {
    let ending = |event: &E| match event {
        E::CertificateRevoked { certificate, reason, .. } => Some((*certificate, Some(*reason))),
        E::RightCancelled { certificate } => Some((*certificate, None)),
        _ => None,
    };
    events
        .iter()
        .filter_map(ending)
        .map(|(certificate, reason)| Outlook { certificate, at_confirmation: false, on, reason })
        .collect()
}
