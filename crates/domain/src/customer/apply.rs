//! Applies an event to a customer. Infallible: what was decided has happened, here and on every replica alike.

use chrono::{DateTime, NaiveDate, Utc};

use super::command::{NewUser, PaperChecks, Request};
use super::event::CustomerEvent;
use super::state::{
    AdviceGiven, Application, ApplicationState, Certificate, CertificateState, Contract, Customer, Handover, HeldAct,
    Incident, LoginMethod, Revocation, User,
};
use crate::actor::Actor;
use crate::id::{ApplicationId, CertificateId, ContractNumber, IncidentId};
use crate::personal::PersonalData;

/// Applies one event of an entry: who did it and when come from the entry, personal data from its attachment
/// (`None` where there is none, or where it was erased).
pub fn apply(
    customer: &mut Customer,
    event: &CustomerEvent,
    personal: Option<&PersonalData>,
    actor: &Actor,
    at: DateTime<Utc>,
) {
    use CustomerEvent as E;
    customer.version += 1;
    match event {
        E::CustomerRecorded { branch, cif } => {
            customer.branch = Some(branch.clone());
            customer.cif = Some(cif.clone());
            if let Some(PersonalData::Customer(details)) = personal {
                customer.details = Some(details.clone());
            }
        }
        E::CustomerMoved { branch, cif, .. } => {
            customer.branch = Some(branch.clone());
            customer.cif = Some(cif.clone());
        }
        E::ContractRecorded { contract, opened_on, closed, users, elsewhere } => customer.contracts.push(Contract {
            number: contract.clone(),
            opened_on: *opened_on,
            active: !closed,
            closing_on: None,
            predecessor: None,
            successor: None,
            users: users
                .iter()
                .map(|u| match elsewhere.contains(&u.user) {
                    true => new_user(u, LoginMethod::Elsewhere),
                    false => new_user(u, LoginMethod::Password),
                })
                .collect(),
        }),
        E::ApplicationSubmitted { application, receipt, request, checks, received_on } => {
            customer.applications.push(Application {
                id: *application,
                receipt: receipt.clone(),
                state: ApplicationState::Submitted,
                request: request.clone(),
                checks: checks.clone(),
                received_on: *received_on,
                details: None,
                registered_by: Default::default(),
                submitted_at: at,
                decided_by: None,
                decided_at: None,
                comment: None,
            });
            register(customer, *application, request, checks, personal, actor, at);
        }
        E::ApplicationResubmitted { application, request, checks, received_on } => {
            with_application(customer, *application, |a| a.received_on = *received_on);
            register(customer, *application, request, checks, personal, actor, at);
        }
        E::ApplicationWithdrawn { application } => {
            with_application(customer, *application, |a| a.state = ApplicationState::Withdrawn);
        }
        E::ApplicationApproved { application } => {
            with_application(customer, *application, |a| decided(a, ApplicationState::Approved, personal, actor, at));
        }
        E::ApplicationReturned { application } => {
            with_application(customer, *application, |a| decided(a, ApplicationState::Returned, personal, actor, at));
        }
        E::ApplicationRejected { application } => {
            with_application(customer, *application, |a| decided(a, ApplicationState::Rejected, personal, actor, at));
        }
        E::ApplicationCompleted { application } => {
            with_application(customer, *application, |a| a.state = ApplicationState::Completed);
        }
        E::ContractOpened { contract, opened_on } => customer.contracts.push(Contract {
            number: contract.clone(),
            opened_on: *opened_on,
            active: true,
            closing_on: None,
            predecessor: None,
            successor: None,
            users: Vec::new(),
        }),
        E::UserAdded { contract, user } => {
            if let Some(contract) = customer.contracts.iter_mut().find(|c| c.number == *contract) {
                contract.users.push(new_user(user, LoginMethod::Certificate));
            }
        }
        E::RightGranted { certificate, user, contract, application, device_label, deadline } => {
            customer.certificates.push(Certificate {
                id: *certificate,
                user: user.clone(),
                contract: contract.clone(),
                application: *application,
                device_label: device_label.clone(),
                state: CertificateState::Authorised,
                granted_at: at,
                deadline: *deadline,
                slips: 0,
                handover: None,
                signed: None,
                signed_at: None,
                activated_at: None,
                held: None,
                revocation: None,
                ended_at: None,
                renews: None,
                grace_over: false,
            });
        }
        E::SlipPrinted { certificate, number } => with_certificate(customer, *certificate, |c| {
            c.slips = *number;
            // The hand-over of a former slip says nothing about this one.
            c.handover = None;
        }),
        E::PickupCodeLost { certificate } => with_certificate(customer, *certificate, |c| {
            // As if nothing had been printed: it is among what is to be printed, and nothing opens it meanwhile.
            c.slips = 0;
            c.handover = None;
        }),
        E::SlipHandedOver { certificate, method, handed_on } => with_certificate(customer, *certificate, |c| {
            c.handover = Some(Handover {
                method: *method,
                handed_on: *handed_on,
                recipient: match personal {
                    Some(PersonalData::Handover(details)) => Some(details.recipient.clone()),
                    _ => None,
                },
                by: actor.staff().cloned(),
            });
        }),
        E::CertificateSigned { certificate, signed } => with_certificate(customer, *certificate, |c| {
            c.state = CertificateState::Signed;
            c.signed = Some(signed.into());
            c.signed_at = Some(at);
        }),
        E::CertificateActivated { certificate } => activated(customer, *certificate, at),
        E::IncidentReported { incident, cause, scope } => customer.incidents.push(Incident {
            id: *incident,
            cause: *cause,
            scope: scope.clone(),
            reported_by: actor.staff().cloned(),
            reported_at: at,
            lost_at: None,
            details: None,
            paper_on: None,
            reminded: Vec::new(),
            confirmed_by: None,
            review: None,
            outcome: None,
        }),
        E::CertificateSuspended { certificate, incident } => with_certificate(customer, *certificate, |c| {
            c.state = CertificateState::Suspended;
            c.held = Some(*incident);
        }),
        E::RightFrozen { certificate, incident } => {
            with_certificate(customer, *certificate, |c| c.held = Some(*incident));
        }
        E::IncidentRecorded { incident, lost_at } => with_incident(customer, *incident, |i| {
            i.lost_at = *lost_at;
            if let Some(PersonalData::Incident(details)) = personal {
                i.details = Some(details.clone());
            }
        }),
        E::RevocationPaperReceived { incident, received_on } => {
            with_incident(customer, *incident, |i| i.paper_on = Some(*received_on));
        }
        E::IncidentConfirmed { incident } => {
            with_incident(customer, *incident, |i| i.confirmed_by = actor.staff().cloned())
        }
        E::CertificateResumed { certificate } => with_certificate(customer, *certificate, |c| {
            c.state = CertificateState::Active;
            c.held = None;
        }),
        E::RightReleased { certificate } => with_certificate(customer, *certificate, |c| c.held = None),
        E::CertificateRevoked { certificate, reason, invalid_from } => with_certificate(customer, *certificate, |c| {
            c.state = CertificateState::Revoked;
            c.held = None;
            c.revocation = Some(Revocation { reason: *reason, at, invalid_from: *invalid_from });
        }),
        E::RightCancelled { certificate } => with_certificate(customer, *certificate, |c| {
            c.state = CertificateState::Cancelled;
            c.held = None;
            c.ended_at = Some(at);
        }),
        E::IncidentClosed { incident, outcome } => with_incident(customer, *incident, |i| {
            i.outcome = Some(*outcome);
            // Whoever settles it has seen it.
            i.confirmed_by = i.confirmed_by.take().or_else(|| actor.staff().cloned());
        }),
        E::PaperReminderRecorded { incident } => with_incident(customer, *incident, |i| i.reminded.push(at)),
        E::AdviceGiven { user, happened, advice } => customer.advice.push(AdviceGiven {
            user: user.clone(),
            happened: *happened,
            advice: *advice,
            by: actor.staff().cloned(),
            at,
        }),
        E::RenewalGranted { certificate, replaces, deadline } => {
            if let Some(present) = customer.certificate(*replaces) {
                let successor = renewal(present, *certificate, *deadline, at);
                customer.certificates.push(successor);
            }
        }
        E::RightLapsed { certificate } => with_certificate(customer, *certificate, |c| {
            c.state = CertificateState::Lapsed;
            c.ended_at = Some(at);
        }),
        E::CertificateExpired { certificate } => with_certificate(customer, *certificate, |c| {
            c.state = CertificateState::Expired;
            c.ended_at = Some(at);
        }),
        E::GraceEnded { certificate } => with_certificate(customer, *certificate, |c| c.grace_over = true),
        E::ContractClosing { contract, closing_on } => {
            with_contract(customer, contract, |c| c.closing_on = Some(*closing_on));
        }
        E::ContractClosed { contract } => with_contract(customer, contract, |c| c.active = false),
        E::ContractLinked { old, new } => {
            with_contract(customer, old, |c| c.successor = Some(new.clone()));
            with_contract(customer, new, |c| c.predecessor = Some(old.clone()));
        }
        E::UserMoved { from, contract, user } => {
            let mut login = LoginMethod::Certificate;
            with_contract(customer, from, |c| {
                login = c.users.iter().find(|u| u.id == user.user).map_or(login, |u| u.login);
                c.users.retain(|u| u.id != user.user);
            });
            with_contract(customer, contract, |c| c.users.push(new_user(user, login)));
        }
        E::UserRemoved { contract, user } => with_contract(customer, contract, |c| {
            for found in c.users.iter_mut().filter(|u| u.id == *user) {
                found.removed = true;
            }
        }),
        E::ActHeld { act, reason, made_at, command } => customer.held.push(HeldAct {
            act: *act,
            reason: *reason,
            command: (**command).clone(),
            details: match personal {
                Some(PersonalData::Application(details)) => Some(details.clone()),
                _ => None,
            },
            actor: actor.clone(),
            made_at: *made_at,
            at,
            accepted: false,
        }),
        E::HeldActAccepted { act } => {
            for held in customer.held.iter_mut().filter(|held| held.act == *act) {
                held.accepted = true;
            }
        }
        E::HeldActDismissed { act } => customer.held.retain(|held| held.act != *act),
        E::StopToReview { incident, reason } => with_incident(customer, *incident, |i| i.review = Some(*reason)),
        E::CustomerChanged { application } => {
            let details = customer.application(*application).and_then(|a| a.details.as_ref());
            if let Some(details) = details.and_then(|d| d.customer.clone()) {
                customer.details = Some(details);
            }
        }
    }
}

fn new_user(user: &NewUser, login: LoginMethod) -> User {
    User { id: user.user.clone(), role: user.role, device_label: user.device_label.clone(), login, removed: false }
}

/// A right for the same user ID, contract, application and PC.
fn renewal(present: &Certificate, id: CertificateId, deadline: NaiveDate, at: DateTime<Utc>) -> Certificate {
    Certificate {
        id,
        user: present.user.clone(),
        contract: present.contract.clone(),
        application: present.application,
        device_label: present.device_label.clone(),
        state: CertificateState::Authorised,
        granted_at: at,
        deadline,
        slips: 0,
        handover: None,
        signed: None,
        signed_at: None,
        activated_at: None,
        held: None,
        revocation: None,
        ended_at: None,
        renews: Some(present.id),
        grace_over: false,
    }
}

fn with_application(customer: &mut Customer, id: ApplicationId, change: impl FnOnce(&mut Application)) {
    if let Some(application) = customer.applications.iter_mut().find(|a| a.id == id) {
        change(application);
    }
}

fn with_contract(customer: &mut Customer, number: &ContractNumber, change: impl FnOnce(&mut Contract)) {
    if let Some(contract) = customer.contracts.iter_mut().find(|c| c.number == *number) {
        change(contract);
    }
}

fn with_incident(customer: &mut Customer, id: IncidentId, change: impl FnOnce(&mut Incident)) {
    if let Some(incident) = customer.incidents.iter_mut().find(|i| i.id == id) {
        change(incident);
    }
}

fn with_certificate(customer: &mut Customer, id: CertificateId, change: impl FnOnce(&mut Certificate)) {
    if let Some(certificate) = customer.certificates.iter_mut().find(|c| c.id == id) {
        change(certificate);
    }
}

/// Registers an application, or registers it again. One that was held until a supervisor accepted it is its author's,
/// not the supervisor's.
fn register(
    customer: &mut Customer,
    id: ApplicationId,
    request: &Request,
    checks: &PaperChecks,
    personal: Option<&PersonalData>,
    actor: &Actor,
    at: DateTime<Utc>,
) {
    let held = customer.held.iter().position(|held| held.accepted && held.command.application() == Some(id));
    let held = held.map(|at| customer.held.remove(at));
    let details = held.as_ref().and_then(|held| held.details.clone()).map(PersonalData::Application);
    let (personal, actor) = match &held {
        Some(held) => (details.as_ref(), &held.actor),
        None => (personal, actor),
    };
    with_application(customer, id, |a| registered(a, request, checks, personal, actor, at));
}

fn registered(
    application: &mut Application,
    request: &Request,
    checks: &PaperChecks,
    personal: Option<&PersonalData>,
    actor: &Actor,
    at: DateTime<Utc>,
) {
    application.state = ApplicationState::Submitted;
    application.request = request.clone();
    application.checks = checks.clone();
    application.submitted_at = at;
    application.registered_by.extend(actor.staff().cloned());
    application.details = match personal {
        Some(PersonalData::Application(details)) => Some(details.clone()),
        _ => None,
    };
}

fn decided(
    application: &mut Application,
    state: ApplicationState,
    personal: Option<&PersonalData>,
    actor: &Actor,
    at: DateTime<Utc>,
) {
    application.state = state;
    application.decided_by = actor.staff().cloned();
    application.decided_at = Some(at);
    application.comment = match personal {
        Some(PersonalData::Comment(comment)) => Some(comment.text.clone()),
        _ => None,
    };
}

/// The certificate becomes usable, and the user ID logs in with it from now on, at the PC it was issued for.
fn activated(customer: &mut Customer, id: CertificateId, at: DateTime<Utc>) {
    let Some(certificate) = customer.certificates.iter_mut().find(|c| c.id == id) else { return };
    certificate.state = CertificateState::Active;
    certificate.activated_at = Some(at);
    let (user, label) = (certificate.user.clone(), certificate.device_label.clone());
    for found in customer.contracts.iter_mut().flat_map(|c| c.users.iter_mut()).filter(|u| u.id == user) {
        found.login = LoginMethod::Certificate;
        found.device_label.clone_from(&label);
    }
}
