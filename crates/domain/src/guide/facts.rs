//! What the customer's state says about the ones it is about: what is not asked, and what stands in the way.

use chrono::{DateTime, Utc};

use super::outcome::{Effect, Ending, Note, Outcome, Reason, RevokePath, Touched, When, Whose};
use super::{Answer, Happening};
use crate::calendar;
use crate::customer::{
    Certificate, CertificateState, Contract, Customer, Incident, IncidentCause, ReissueCause, RevocationReason, User,
    UserRole,
};
use crate::id::UserId;
use crate::policy::{Backup, BranchReissues, KeyPlace, Policy};

type Advised = (Outcome, Option<Note>);

fn nothing(note: Note) -> Advised {
    (Outcome::NothingToDo, Some(note))
}

/// It can still be used, fetched or exchanged, and is not stopped.
fn runs(certificate: &Certificate) -> bool {
    certificate.held.is_none() && certificate.state != CertificateState::Suspended && certificate.alive()
}

/// Whom something of this kind may have happened to: what runs comes first.
pub(super) fn whose(customer: &Customer, happened: Happening) -> Vec<Answer> {
    let active = || customer.contracts.iter().filter(|c| c.active);
    let contracts = |all: &mut dyn Iterator<Item = &Contract>| {
        all.map(|c| Answer::Contract { contract: c.number.clone() }).collect::<Vec<_>>()
    };
    if matches!(happened, Happening::Closed | Happening::Recontract | Happening::Renamed) {
        return contracts(&mut active());
    }
    let alive = |user: &UserId| {
        let mut own = customer.certificates.iter().filter(|c| c.user == *user);
        own.any(|c| c.state.usable() || c.state.successor())
    };
    let mut users: Vec<&User> = active().flat_map(|c| c.users.iter().filter(|u| !u.removed)).collect();
    users.sort_by_key(|user| !alive(&user.id));
    let mut options: Vec<Answer> = users.iter().map(|user| Answer::User { user: user.id.clone() }).collect();
    if matches!(happened, Happening::Lost | Happening::Stolen | Happening::Misuse) {
        let several = |c: &&Contract| c.users.iter().filter(|u| alive(&u.id)).count() > 1;
        options.extend(contracts(&mut active().filter(several)));
    }
    options
}

/// What is known.
pub(super) struct Facts<'a> {
    customer: &'a Customer,
    whose: &'a Whose,
    contract: Option<&'a Contract>,
    user: Option<&'a User>,
    certificates: Vec<&'a Certificate>,
    policy: &'a Policy,
    now: DateTime<Utc>,
}

impl<'a> Facts<'a> {
    pub(super) fn of(customer: &'a Customer, whose: &'a Whose, policy: &'a Policy, now: DateTime<Utc>) -> Self {
        let (contract, user) = match whose {
            Whose::User(id) => customer.user(id).map_or((None, None), |(c, u)| (Some(c), Some(u))),
            Whose::Contract(number) => (customer.contract(number), None),
        };
        let inside = |c: &&Certificate| match whose {
            Whose::User(id) => c.user == *id,
            Whose::Contract(number) => {
                c.contract == *number || contract.is_some_and(|k| k.users.iter().any(|u| u.id == c.user))
            }
        };
        let certificates = customer.certificates.iter().filter(inside).collect();
        Self { customer, whose, contract, user, certificates, policy, now }
    }

    fn any(&self, test: impl Fn(&Certificate) -> bool) -> bool {
        self.certificates.iter().any(|c| test(c))
    }

    pub(super) fn stoppable(&self) -> bool {
        self.any(runs)
    }

    /// There is a key on some PC that could still be used.
    pub(super) fn key_made(&self) -> bool {
        self.any(|c| c.state.usable() || c.state == CertificateState::Signed || c.in_grace())
    }

    /// The open report that stopped something of it.
    pub(super) fn report(&self) -> Option<&'a Incident> {
        // A right that lapsed while it was frozen has nothing to settle, if there is anything that has.
        let of = |alive: bool| self.certificates.iter().filter(move |c| c.alive() == alive);
        of(true).chain(of(false)).find_map(|c| self.customer.holding(c))
    }

    /// Is something of it stopped as lost, and no more than that?
    pub(super) fn resumable(&self) -> bool {
        let lost = |c: &Certificate| self.customer.holding(c).is_some_and(|report| report.cause == IncidentCause::Lost);
        self.any(|c| c.alive() && lost(c))
    }

    pub(super) fn nothing_left(&self) -> Note {
        if self.certificates.is_empty() { Note::NoCertificate } else { Note::EndedAlready }
    }

    /// May a copy of the key exist that the institution allows?
    pub(super) fn backup_possible(&self) -> bool {
        let allowed = match self.policy.backup {
            Backup::Administrators => self.user.is_some_and(|u| u.role == UserRole::Administrator),
            Backup::All => true,
            Backup::Nobody => false,
        };
        allowed
            && self.policy.key_place != KeyPlace::WindowsStore
            && self.any(|c| c.state == CertificateState::Active && c.held.is_none())
    }

    fn application_open(&self) -> bool {
        let touches = |user: &UserId| match self.whose {
            Whose::User(id) => user == id,
            Whose::Contract(_) => self.contract.is_some_and(|c| c.users.iter().any(|u| u.id == *user)),
        };
        let mut open = self.customer.applications.iter().filter(|a| a.state.open());
        open.any(|a| a.request.touches(self.customer).iter().any(touches))
    }

    /// What must be done instead of a reissue.
    fn instead(&self) -> Option<Advised> {
        if self.report().is_some() {
            return Some(nothing(Note::SettleFirst));
        }
        if self.certificates.is_empty() {
            return Some(nothing(Note::NoCertificate));
        }
        if self.application_open() {
            return Some(nothing(Note::ApplicationOpen));
        }
        if let Some(waiting) = self.waiting() {
            return Some(waiting);
        }
        let theirs = self.user.is_some_and(|u| u.role != UserRole::Administrator);
        (theirs && self.policy.branch_reissues == BranchReissues::Administrator)
            .then(|| nothing(Note::CustomersAdministrator))
    }

    /// A right that the branch granted and that is not used up. One that the holder began on-line makes room.
    fn waiting(&self) -> Option<Advised> {
        let right = self.certificates.iter().find(|c| c.state.successor() && c.renews.is_none())?;
        Some(match right.state {
            CertificateState::Authorised if calendar::passed(right.deadline, self.now) => {
                nothing(Note::DeadlineJustPassed)
            }
            CertificateState::Authorised => (Outcome::NewPickupCode { certificate: right.id }, None),
            _ => nothing(Note::Unconfirmed),
        })
    }

    pub(super) fn reissue(&self, cause: ReissueCause) -> Advised {
        match self.instead() {
            None if self.any(|c| c.state.usable()) => (Outcome::Reissue { cause }, None),
            // A key that others may have does not wait for whatever stands in the way of its end.
            _ if cause.ends().1 && self.stoppable() => (Outcome::SuspendNow { cause: IncidentCause::Misuse }, None),
            None => (Outcome::Reissue { cause: ReissueCause::Ended }, None),
            Some(instead) => instead,
        }
    }

    pub(super) fn not_fetched(&self) -> Advised {
        if self.any(|c| c.state.successor() && c.renews.is_some()) {
            return nothing(Note::RenewsOnline);
        }
        if self.any(|c| c.state == CertificateState::Active) && self.waiting().is_none() {
            return nothing(Note::FetchedAlready);
        }
        self.reissue(ReissueCause::Ended)
    }

    pub(super) fn renamed(&self) -> Advised {
        if self.application_open() {
            return nothing(Note::ApplicationOpen);
        }
        if self.report().is_some() {
            return nothing(Note::SettleFirst);
        }
        (Outcome::Reissue { cause: ReissueCause::Renamed }, None)
    }

    pub(super) fn revoke(&self, path: RevokePath) -> Advised {
        if self.application_open() {
            return nothing(Note::ApplicationOpen);
        }
        if path != RevokePath::RemoveUser && self.contract.is_some_and(|c| c.closing_on.is_some()) {
            return nothing(Note::ContractCloses);
        }
        if path == RevokePath::Recontract && self.report().is_some() {
            return nothing(Note::SettleFirst);
        }
        (Outcome::Revoke { path }, None)
    }

    /// What the last screen says: to whom what is done, when, and what relying parties are told.
    pub(super) fn ending(&self, happened: Happening, outcome: Outcome, note: Option<Note>) -> Ending {
        let (reason, later, when) = self.told(outcome);
        let changes = when.is_some();
        let mut touched: Vec<Touched> = Vec::new();
        for found in self.certificates.iter().filter(|c| c.alive()) {
            let effect = if self.stays(outcome, found) { Effect::Kept } else { effect(outcome, found) };
            touched.push(self.touched(&found.user, &found.device_label, effect));
        }
        touched.retain(|one| !changes || one.effect != Effect::Kept);
        touched.dedup_by(|a, b| a.user == b.user && a.effect == b.effect);
        if let (true, Some(user)) = (touched.is_empty(), self.user) {
            touched.push(self.touched(&user.id, &user.device_label, Effect::Kept));
        }
        Ending { happened, whose: Some(self.whose.clone()), outcome, note, reason, later, when, touched }
    }

    /// With a new name, what is waiting to be fetched is fetched as it is.
    fn stays(&self, outcome: Outcome, found: &Certificate) -> bool {
        let waits = |c: &Certificate| c.user == found.user && c.state.successor() && c.renews.is_none();
        outcome == (Outcome::Reissue { cause: ReissueCause::Renamed }) && (self.any(waits) || !found.state.usable())
    }

    fn touched(&self, user: &UserId, device_label: &str, effect: Effect) -> Touched {
        let role = self.customer.user(user).map(|(_, user)| user.role);
        Touched { user: user.clone(), role, device_label: device_label.to_owned(), effect }
    }

    fn told(&self, outcome: Outcome) -> (Option<Reason>, Option<Reason>, Option<When>) {
        match outcome {
            Outcome::SuspendNow { .. } => (Some(Reason::CertificateHold), Some(Reason::KeyCompromise), Some(When::Now)),
            Outcome::Reissue { cause } => {
                let (reason, at_once) = cause.ends();
                let replaced = self.any(|c| c.state.usable()).then(|| reason.into());
                (replaced, None, Some(if at_once { When::AtApproval } else { When::NewConfirmed }))
            }
            Outcome::Revoke { path: RevokePath::SettleReport { .. } } => {
                (Some(Reason::KeyCompromise), None, Some(When::AfterPaper))
            }
            Outcome::Revoke { path } => {
                let when = if path == RevokePath::RemoveUser { When::AtApproval } else { When::ClosingDay };
                let reason = match self.report() {
                    // A key under suspicion ends as compromised, whatever the occasion.
                    Some(_) => Reason::KeyCompromise,
                    None => RevocationReason::CessationOfOperation.into(),
                };
                let signed = self.any(|c| c.state.usable() || c.state == CertificateState::Signed);
                (signed.then_some(reason), None, Some(when))
            }
            Outcome::Restore | Outcome::NewPickupCode { .. } | Outcome::NothingToDo => (None, None, None),
        }
    }
}

/// What an outcome does to something that is alive.
fn effect(outcome: Outcome, found: &Certificate) -> Effect {
    let ended = if found.state == CertificateState::Authorised { Effect::Cancelled } else { Effect::Revoked };
    match outcome {
        Outcome::SuspendNow { .. } if !runs(found) => Effect::Kept,
        Outcome::SuspendNow { .. } if found.state == CertificateState::Active => Effect::Suspended,
        Outcome::SuspendNow { .. } => Effect::Frozen,
        Outcome::Reissue { .. } if found.state.usable() => Effect::Revoked,
        _ if found.in_grace() => match outcome {
            Outcome::SuspendNow { .. } => Effect::Frozen,
            Outcome::Revoke { path: RevokePath::SettleReport { incident } } if found.held == Some(incident) => ended,
            Outcome::Reissue { cause } if cause.ends().1 => ended,
            _ => Effect::Kept,
        },
        // A renewal that was begun on-line makes room.
        Outcome::Reissue { .. } => Effect::Cancelled,
        Outcome::Revoke { path: RevokePath::SettleReport { incident } } if found.held != Some(incident) => Effect::Kept,
        Outcome::Revoke { .. } => ended,
        Outcome::Restore | Outcome::NewPickupCode { .. } | Outcome::NothingToDo => Effect::Kept,
    }
}
