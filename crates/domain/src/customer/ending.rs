//! How certificates, user IDs and contracts end: at a customer's word, by the institution, or by the calendar.

use chrono::{DateTime, NaiveDate, Utc};

use super::command::{MovedUser, Request};
use super::decide::completion;
use super::event::CustomerEvent as E;
use super::incident;
use super::renewal;
use super::state::{ApplicationState, Certificate, CertificateState, Customer, RevocationReason};
use crate::calendar;
use crate::error::{ErrorCode, Refusal};
use crate::id::{ApplicationId, CertificateId, ContractNumber, IncidentId, UserId};

/// Collects what ends together, so that applications and reports that are done with it are closed once.
struct Ending<'a> {
    customer: &'a Customer,
    events: Vec<E>,
    rights: Vec<CertificateId>,
    applications: Vec<ApplicationId>,
    incidents: Vec<IncidentId>,
}

impl<'a> Ending<'a> {
    fn new(customer: &'a Customer) -> Self {
        Self { customer, events: Vec::new(), rights: Vec::new(), applications: Vec::new(), incidents: Vec::new() }
    }

    /// Whatever of it is still alive ends now. A key that is under suspicion ends as compromised, whatever the occasion.
    fn certificate(&mut self, found: &Certificate, reason: RevocationReason) {
        let (certificate, barred) = (found.id, reason == RevocationReason::PrivilegeWithdrawn);
        let (reason, invalid_from) = match self.customer.holding(found) {
            Some(open) => (RevocationReason::KeyCompromise, Some(incident::lost_at(self.customer, open))),
            None => (reason, None),
        };
        match found.state {
            CertificateState::Active | CertificateState::Suspended | CertificateState::Signed => {
                self.events.push(E::CertificateRevoked { certificate, reason, invalid_from });
            }
            CertificateState::Authorised => self.events.push(E::RightCancelled { certificate }),
            // Nobody gets another one for it on-line. (Where the user ID or its contract goes, nobody would anyway.)
            CertificateState::Expired if found.in_grace() && barred => {
                self.events.push(E::CertificateRevoked { certificate, reason, invalid_from });
            }
            _ => return,
        }
        self.rights.push(certificate);
        if found.state.successor() && !self.applications.contains(&found.application) {
            self.applications.push(found.application);
        }
        self.incidents.extend(found.held.filter(|id| !self.incidents.contains(id)));
    }

    /// Everything of these certificates, then the applications and reports that have nothing left to wait for.
    fn finish(mut self) -> Vec<E> {
        for application in &self.applications {
            self.events.extend(completion(self.customer, *application, &self.rights));
        }
        for incident in self.incidents {
            let left = self
                .customer
                .certificates
                .iter()
                .any(|c| c.held == Some(incident) && c.alive() && !self.rights.contains(&c.id));
            if !left {
                let report = self.customer.incident(incident);
                self.events.extend(report.into_iter().flat_map(|report| incident::closed(self.customer, report)));
            }
        }
        self.events
    }
}

fn of_user<'a>(customer: &'a Customer, user: &'a UserId) -> impl Iterator<Item = &'a Certificate> {
    customer.certificates.iter().filter(move |c| c.user == *user)
}

/// What an approval does at once, beside granting rights.
pub(super) fn approved(customer: &Customer, request: &Request, now: DateTime<Utc>) -> Vec<E> {
    match request {
        Request::RemoveUsers { contract, users } => {
            let mut events = end_users(customer, users, RevocationReason::CessationOfOperation);
            let removed = |user: &UserId| E::UserRemoved { contract: contract.clone(), user: user.clone() };
            events.extend(users.iter().map(removed));
            events
        }
        Request::ForceStop { users, .. } => end_users(customer, users, RevocationReason::PrivilegeWithdrawn),
        Request::Close { contract, closing_on } => closing(customer, contract, *closing_on, &[], now),
        Request::Recontract { contract, old, closing_on, opened_on, users } => {
            let mut events = vec![
                E::ContractOpened { contract: contract.clone(), opened_on: *opened_on },
                E::ContractLinked { old: old.clone(), new: contract.clone() },
            ];
            // A right of the old contract that was not used makes room for the one of the new contract.
            let mut ending = Ending::new(customer);
            for found in users.iter().flat_map(|u| of_user(customer, &u.from)).filter(|c| c.state.successor()) {
                ending.certificate(found, RevocationReason::CessationOfOperation);
            }
            events.extend(ending.finish());
            events.extend(users.iter().map(|moved| moved_user(old, contract, moved)));
            events.extend(closing(customer, old, *closing_on, users, now));
            events
        }
        Request::Reissue { cause, users, .. } => {
            let (reason, at_once) = cause.ends();
            // A key that somebody else may have does not wait until the new one is fetched, nor is it good for another one.
            let mut events: Vec<E> = users
                .iter()
                .filter(|_| at_once)
                .flat_map(|u| of_user(customer, &u.user))
                .filter(|c| c.state.usable() || c.in_grace())
                .map(|c| E::CertificateRevoked { certificate: c.id, reason, invalid_from: Some(now) })
                .collect();
            events.extend(renewal::cancelled(customer, users));
            events
        }
        Request::Rename { users, .. } => renewal::cancelled(customer, users).collect(),
        Request::MoveToCertificate { .. } | Request::NewContract { .. } | Request::AddUser { .. } => Vec::new(),
    }
}

/// Why the present certificate ends when one that comes of this request is confirmed; `None`: there may be none.
pub(super) fn replaced(request: &Request) -> Option<RevocationReason> {
    match request {
        Request::Reissue { cause, .. } => Some(cause.ends().0),
        Request::Rename { .. } => Some(RevocationReason::AffiliationChanged),
        Request::Recontract { .. } => Some(RevocationReason::CessationOfOperation),
        _ => None,
    }
}

fn moved_user(old: &ContractNumber, new: &ContractNumber, moved: &MovedUser) -> E {
    let (contract, user) = (new.clone(), moved.user.clone());
    if moved.from == moved.user.user {
        E::UserMoved { from: old.clone(), contract, user }
    } else {
        E::UserAdded { contract, user }
    }
}

fn end_users(customer: &Customer, users: &[UserId], reason: RevocationReason) -> Vec<E> {
    let mut ending = Ending::new(customer);
    for found in users.iter().flat_map(|user| of_user(customer, user)) {
        ending.certificate(found, reason);
    }
    ending.finish()
}

/// The closing day is set; where it has come already, it happens now. Rights of `moved` user IDs have ended before.
fn closing(
    customer: &Customer,
    contract: &ContractNumber,
    closing_on: NaiveDate,
    moved: &[MovedUser],
    now: DateTime<Utc>,
) -> Vec<E> {
    let mut events = vec![E::ContractClosing { contract: contract.clone(), closing_on }];
    if calendar::jst_day(now) >= closing_on {
        events.extend(closed(customer, contract, moved));
    }
    events
}

/// The closing day has come (asked by the nightly job).
pub(super) fn close(customer: &Customer, contract: &ContractNumber, now: DateTime<Utc>) -> Result<Vec<E>, Refusal> {
    let found = customer.contract(contract).ok_or(ErrorCode::ContractUnknown)?;
    match found.closing_on {
        _ if !found.active => Err(ErrorCode::ContractClosed.into()),
        Some(day) if calendar::jst_day(now) >= day => Ok(closed(customer, contract, &[])),
        _ => Err(ErrorCode::DateOutOfRange.into()),
    }
}

pub(super) fn closed(customer: &Customer, contract: &ContractNumber, moved: &[MovedUser]) -> Vec<E> {
    let mut ending = Ending::new(customer);
    let gone = |c: &&Certificate| c.state.successor() && moved.iter().any(|m| m.from == c.user);
    for found in customer.certificates.iter().filter(|c| c.contract == *contract && !gone(c)) {
        ending.certificate(found, RevocationReason::CessationOfOperation);
    }
    let mut events = ending.finish();
    for application in customer.applications.iter().filter(|a| a.request.contract() == contract) {
        match (&application.request, application.state) {
            // Nobody can grant anything on it any more.
            (_, ApplicationState::Submitted | ApplicationState::Returned) if !application.request.closes(contract) => {
                events.push(E::ApplicationWithdrawn { application: application.id });
            }
            (Request::Close { .. }, ApplicationState::Approved) => {
                events.push(E::ApplicationCompleted { application: application.id });
            }
            _ => {}
        }
    }
    events.push(E::ContractClosed { contract: contract.clone() });
    events
}

/// The end of its validity has come.
pub(super) fn expire(customer: &Customer, id: CertificateId, now: DateTime<Utc>) -> Result<Vec<E>, Refusal> {
    let found = customer.certificate(id).ok_or(ErrorCode::CertificateUnknown)?;
    let over = found.signed.as_ref().is_some_and(|signed| signed.not_after < now);
    match (found.state.usable(), over) {
        (true, true) => Ok(vec![E::CertificateExpired { certificate: id }]),
        (true, false) => Err(ErrorCode::DateOutOfRange.into()),
        (false, _) => Err(Refusal::new(ErrorCode::CertificateState).with("state", found.state.as_str())),
    }
}

/// The grace after it is over too.
pub(super) fn end_grace(
    customer: &Customer,
    id: CertificateId,
    grace_days: u32,
    now: DateTime<Utc>,
) -> Result<Vec<E>, Refusal> {
    let found = customer.certificate(id).ok_or(ErrorCode::CertificateUnknown)?;
    let ends = found.signed.as_ref().map(|signed| calendar::days_after(signed.not_after, grace_days));
    match (found.state, found.grace_over, ends) {
        (CertificateState::Expired, false, Some(day)) if calendar::passed(day, now) => {
            Ok(vec![E::GraceEnded { certificate: id }])
        }
        (CertificateState::Expired, false, _) => Err(ErrorCode::DateOutOfRange.into()),
        _ => Err(Refusal::new(ErrorCode::CertificateState).with("state", found.state.as_str())),
    }
}
