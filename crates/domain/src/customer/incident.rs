//! Lost, stolen, misused: stop first, ask and approve afterwards.

use chrono::{DateTime, NaiveDate, Utc};

use super::command::{IncidentCause, StopScope};
use super::decide::{Context, completion, not_by};
use super::event::CustomerEvent as E;
use super::state::{Certificate, CertificateState, Customer, Incident, IncidentOutcome, RevocationReason};
use crate::calendar;
use crate::error::{ErrorCode, Refusal};
use crate::id::{ContractNumber, IncidentId};

/// The stop: whatever is usable is suspended, whatever may still be fetched is frozen, for the slip may be in the bag.
pub(super) fn stop(
    customer: &Customer,
    incident: IncidentId,
    cause: IncidentCause,
    scope: &StopScope,
) -> Result<Vec<E>, Refusal> {
    if customer.incident(incident).is_some() {
        return Err(ErrorCode::IncidentState.into());
    }
    match scope {
        StopScope::User { user } if customer.user(user).is_none() => {
            return Err(Refusal::new(ErrorCode::UserUnknown).with("user_id", user));
        }
        StopScope::Contract { contract } if customer.contract(contract).is_none() => {
            return Err(ErrorCode::ContractUnknown.into());
        }
        _ => {}
    }
    let mut events = vec![E::IncidentReported { incident, cause, scope: scope.clone() }];
    let mut already = None;
    for found in customer.certificates.iter().filter(|c| inside(customer, scope, c)) {
        let Some(halted) = halt(found, incident) else { continue };
        match customer.holding(found) {
            Some(report) if report.cause != IncidentCause::Lost || cause == IncidentCause::Lost => {
                already = Some(report);
            }
            // What was a loss turns out to be graver: the graver report holds it from now on, and nobody resumes it. It is stopped
            // already, so nothing is stopped a second time.
            Some(_) => events.push(E::RightFrozen { certificate: found.id, incident }),
            None => events.push(halted),
        }
    }
    match already {
        _ if events.len() > 1 => Ok(events),
        Some(report) => Err(Refusal::new(ErrorCode::StoppedAlready)
            .with("at", report.reported_at.to_rfc3339())
            .with("incident", report.id)
            .by(report.reported_by.as_ref())),
        None => Err(ErrorCode::NothingToStop.into()),
    }
}

/// What a stop does to a certificate.
fn halt(found: &Certificate, incident: IncidentId) -> Option<E> {
    let certificate = found.id;
    match found.state {
        CertificateState::Active | CertificateState::Suspended => {
            Some(E::CertificateSuspended { certificate, incident })
        }
        CertificateState::Authorised | CertificateState::Signed => Some(E::RightFrozen { certificate, incident }),
        // For a while its holder may exchange it for a new one, and the holder may be a thief now.
        CertificateState::Expired if found.in_grace() => Some(E::RightFrozen { certificate, incident }),
        _ => None,
    }
}

/// Is it one of those that a report is about?
fn inside(customer: &Customer, scope: &StopScope, certificate: &Certificate) -> bool {
    let (user, contract) = (&certificate.user, &certificate.contract);
    // After a 再契約 a user ID of the contract may still have its certificate of the former one, or the other way round.
    let belongs = |one: &ContractNumber| {
        customer.contract(one).is_some_and(|c| c.users.iter().any(|u| u.id == *user))
            || customer.certificates.iter().any(|c| c.user == *user && c.contract == *one)
    };
    match scope {
        StopScope::User { user: one } => user == one,
        StopScope::Contract { contract: one } => contract == one || belongs(one),
    }
}

/// What reports made since a time mean for what was there before them and became known only now: the entries of before
/// came back after the stop, and must not undo it.
pub fn still_to_stop(customer: &Customer, since: DateTime<Utc>) -> Vec<E> {
    let mut events = Vec::new();
    for found in &customer.certificates {
        let covers = |i: &&Incident| {
            i.outcome.is_none()
                && i.reported_at >= since
                && found.granted_at <= i.reported_at
                && inside(customer, &i.scope, found)
        };
        let of = || customer.incidents.iter().filter(covers);
        // Not by a loss, which may be resumed, where something graver is said of it.
        let graver = of().find(|i| i.cause != IncidentCause::Lost);
        let Some(incident) = graver.or_else(|| of().find(|i| found.held == Some(i.id))).or_else(|| of().next()) else {
            continue;
        };
        // An active one, whatever holds it: only a suspended one is not good.
        if found.held.is_none() || found.state == CertificateState::Active {
            events.extend(halt(found, incident.id));
        }
    }
    events
}

/// Losses that turned out to be what this report says: open, and about something that it holds now.
fn turned_out<'a>(customer: &'a Customer, report: &'a Incident) -> impl Iterator<Item = &'a Incident> {
    let graver = report.cause != IncidentCause::Lost;
    customer.incidents.iter().filter(move |loss| {
        graver
            && loss.cause == IncidentCause::Lost
            && loss.outcome.is_none()
            && loss.reported_at <= report.reported_at
            && held(customer, report.id).any(|c| inside(customer, &loss.scope, c))
    })
}

/// Those of them that have nothing left to stop: they are settled with it.
fn settled_with<'a>(customer: &'a Customer, report: &'a Incident) -> impl Iterator<Item = &'a Incident> {
    turned_out(customer, report).filter(|loss| !held(customer, loss.id).any(Certificate::alive))
}

/// That a report is settled by revoking, and those that are settled with it.
pub(super) fn closed<'a>(customer: &'a Customer, report: &'a Incident) -> impl Iterator<Item = E> + 'a {
    let all = settled_with(customer, report).chain([report]);
    all.map(|one| E::IncidentClosed { incident: one.id, outcome: IncidentOutcome::Revoked })
}

/// When somebody told of it first: a paper may be of that day.
fn told_at(customer: &Customer, report: &Incident) -> DateTime<Utc> {
    turned_out(customer, report)
        .map(|loss| loss.reported_at)
        .chain([report.reported_at])
        .min()
        .unwrap_or(report.reported_at)
}

/// From when on the key must not be trusted: the earliest loss that anybody has told of.
pub(super) fn lost_at(customer: &Customer, report: &Incident) -> DateTime<Utc> {
    let told = |one: &Incident| one.lost_at.unwrap_or(one.reported_at);
    turned_out(customer, report).map(told).chain([told(report)]).min().unwrap_or(report.reported_at)
}

/// A report that is not settled.
fn open(customer: &Customer, id: IncidentId) -> Result<&Incident, Refusal> {
    let found = customer.incident(id).ok_or(ErrorCode::IncidentUnknown)?;
    match found.outcome {
        None => Ok(found),
        Some(IncidentOutcome::Resumed) => Err(Refusal::new(ErrorCode::IncidentState).with("state", "resumed")),
        Some(IncidentOutcome::Revoked) => Err(Refusal::new(ErrorCode::IncidentState).with("state", "revoked")),
    }
}

pub(super) fn record(
    customer: &Customer,
    incident: IncidentId,
    lost_at: Option<DateTime<Utc>>,
    context: &Context<'_>,
) -> Result<Vec<E>, Refusal> {
    open(customer, incident)?;
    if lost_at.is_some_and(|at| at > context.now) {
        return Err(Refusal::new(ErrorCode::DateOutOfRange).at("lost_at"));
    }
    Ok(vec![E::IncidentRecorded { incident, lost_at }])
}

pub(super) fn paper(
    customer: &Customer,
    incident: IncidentId,
    received_on: NaiveDate,
    context: &Context<'_>,
) -> Result<Vec<E>, Refusal> {
    let found = open(customer, incident)?;
    let today = calendar::jst_day(context.now);
    if received_on > today || received_on < calendar::jst_day(told_at(customer, found)) {
        return Err(Refusal::new(ErrorCode::DateOutOfRange).at("received_on"));
    }
    Ok(vec![E::RevocationPaperReceived { incident, received_on }])
}

pub(super) fn remind(customer: &Customer, incident: IncidentId) -> Result<Vec<E>, Refusal> {
    match open(customer, incident)?.paper_on {
        None => Ok(vec![E::PaperReminderRecorded { incident }]),
        Some(_) => Err(Refusal::new(ErrorCode::IncidentState).with("state", "paper")),
    }
}

pub(super) fn confirm(customer: &Customer, incident: IncidentId, context: &Context<'_>) -> Result<Vec<E>, Refusal> {
    let found = open(customer, incident)?;
    not_by(customer.reporters(found), context.actor)?;
    if found.confirmed_by.is_some() {
        return Err(Refusal::new(ErrorCode::IncidentState).with("state", "confirmed").by(found.confirmed_by.as_ref()));
    }
    Ok(vec![E::IncidentConfirmed { incident }])
}

/// Only after a loss, never after theft or suspected misuse, and only if nobody else had the PC.
pub(super) fn resume(
    customer: &Customer,
    incident: IncidentId,
    out_of_control: bool,
    context: &Context<'_>,
) -> Result<Vec<E>, Refusal> {
    let found = open(customer, incident)?;
    not_by(customer.reporters(found), context.actor)?;
    let graver = |one: &Incident| one.outcome.is_none() && settled_with(customer, one).any(|loss| loss.id == incident);
    if found.cause != IncidentCause::Lost || out_of_control || customer.incidents.iter().any(graver) {
        return Err(ErrorCode::ResumeRefused.into());
    }
    let mut events = Vec::new();
    for held in held(customer, incident) {
        let certificate = held.id;
        match held.state {
            CertificateState::Suspended => events.push(E::CertificateResumed { certificate }),
            CertificateState::Authorised | CertificateState::Signed | CertificateState::Expired => {
                events.push(E::RightReleased { certificate });
            }
            _ => {}
        }
    }
    events.push(E::IncidentClosed { incident, outcome: IncidentOutcome::Resumed });
    Ok(events)
}

/// The key counts as compromised from the loss on. What was signed is revoked, what was not is withdrawn.
pub(super) fn revoke(customer: &Customer, incident: IncidentId, context: &Context<'_>) -> Result<Vec<E>, Refusal> {
    let found = open(customer, incident)?;
    not_by(customer.reporters(found), context.actor)?;
    not_by(settled_with(customer, found).flat_map(|loss| customer.reporters(loss)), context.actor)?;
    if found.paper_on.is_none() && turned_out(customer, found).all(|loss| loss.paper_on.is_none()) {
        return Err(ErrorCode::PaperMissing.into());
    }
    let invalid_from = Some(lost_at(customer, found));
    let reason = RevocationReason::KeyCompromise;
    let (mut events, mut ended) = (Vec::new(), Vec::new());
    for held in held(customer, incident) {
        let certificate = held.id;
        match held.state {
            // One that expired meanwhile ends as well: else it would stay stopped for ever, or be exchanged for a new one.
            CertificateState::Suspended | CertificateState::Signed | CertificateState::Expired => {
                events.push(E::CertificateRevoked { certificate, reason, invalid_from });
            }
            CertificateState::Authorised => events.push(E::RightCancelled { certificate }),
            _ => continue,
        }
        if held.state.successor() {
            ended.push(certificate);
            events.extend(completion(customer, held.application, &ended));
        }
    }
    events.extend(closed(customer, found));
    Ok(events)
}

fn held(customer: &Customer, incident: IncidentId) -> impl Iterator<Item = &Certificate> {
    customer.certificates.iter().filter(move |c| c.held == Some(incident))
}
