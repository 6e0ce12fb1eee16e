//! Decides a command on a customer: the rules of the branch, pure. The desk calls it to warn early, the centre to decide.
//!
//! Uniqueness beyond one customer (user IDs, contract numbers, CIF numbers) is not visible here; the centre's database
//! indexes hold it.

use chrono::{DateTime, Utc};

use super::command::{CustomerCommand, KnownContract, Request};
use super::ending;
use super::event::CustomerEvent;
use super::held;
use super::incident;
use super::renewal;
use super::request;
use super::state::{
    Application, ApplicationState, Certificate, CertificateState, Customer, Incident, RevocationReason,
};
use crate::actor::{Actor, Role};
use crate::authorisation::role_may;
use crate::calendar;
use crate::error::{ErrorCode, Refusal};
use crate::id::{ApplicationId, BranchCode, CertificateId, CifNumber, ReceiptNumber, StaffId};
use crate::personal::PersonalData;
use crate::policy::Policy;

/// What a decision may depend on beside the customer and the command.
#[derive(Debug, Clone, Copy)]
pub struct Context<'a> {
    /// Who, as authenticated.
    pub actor: &'a Actor,
    /// The policy in force.
    pub policy: &'a Policy,
    /// The centre's time.
    pub now: DateTime<Utc>,
}

/// Decides a command; the events are what happens if it is accepted.
///
/// # Errors
/// A [`Refusal`] that names the rule and the field.
pub fn decide(
    customer: &Customer,
    command: &CustomerCommand,
    personal: Option<&PersonalData>,
    context: &Context<'_>,
) -> Result<Vec<CustomerEvent>, Refusal> {
    use CustomerCommand as C;
    use CustomerEvent as E;
    permitted(customer, command, context.actor)?;
    attachment_fits(command, personal)?;
    if customer.branch.is_none() && !matches!(command, C::RecordCustomer { .. } | C::ImportCustomer { .. }) {
        return Err(ErrorCode::CustomerUnknown.into());
    }
    match command {
        C::RecordCustomer { branch, cif } => {
            if customer.branch.is_some() {
                return Err(ErrorCode::CustomerExists.into());
            }
            Ok(vec![E::CustomerRecorded { branch: branch.clone(), cif: cif.clone() }])
        }
        C::ImportCustomer { branch, cif, contracts } => import(customer, (branch, cif), contracts, personal, context),
        C::MoveCustomer { branch, cif } => {
            let from = known_branch(customer)?;
            if from == branch {
                return Err(Refusal::new(ErrorCode::BranchSame).at("branch"));
            }
            may_leave(customer, from)?;
            Ok(vec![E::CustomerMoved { from: from.clone(), branch: branch.clone(), cif: cif.clone() }])
        }
        C::RecordContract { contract, opened_on, closed, users } => {
            request::new_contract(customer, contract, users, context.policy)?;
            Ok(vec![E::ContractRecorded {
                contract: contract.clone(),
                opened_on: *opened_on,
                closed: *closed,
                users: users.clone(),
                elsewhere: Vec::new(),
            }])
        }
        C::SubmitApplication { application, request, checks, received_on } => {
            if customer.application(*application).is_some() {
                return Err(ErrorCode::ApplicationExists.into());
            }
            request_role(request, context.actor)?;
            request::check(customer, *application, request, personal, context)?;
            request::paper(request, checks, *received_on, context)?;
            let branch = known_branch(customer)?;
            Ok(vec![E::ApplicationSubmitted {
                application: *application,
                receipt: ReceiptNumber::of(branch, calendar::jst_day(context.now), *application),
                request: request.clone(),
                checks: checks.clone(),
                received_on: *received_on,
            }])
        }
        C::ResubmitApplication { application, request, checks, received_on } => {
            in_state(customer, *application, &[ApplicationState::Returned])?;
            request_role(request, context.actor)?;
            request::check(customer, *application, request, personal, context)?;
            request::paper(request, checks, *received_on, context)?;
            Ok(vec![E::ApplicationResubmitted {
                application: *application,
                request: request.clone(),
                checks: checks.clone(),
                received_on: *received_on,
            }])
        }
        C::WithdrawApplication { application } => {
            in_state(customer, *application, &[ApplicationState::Submitted, ApplicationState::Returned])?;
            Ok(vec![E::ApplicationWithdrawn { application: *application }])
        }
        C::ApproveApplication { application } => {
            let found = in_state(customer, *application, &[ApplicationState::Submitted])?;
            two_persons(found, context.actor)?;
            // Between submission and approval the customer may have changed: everything is checked again.
            request_role(&found.request, context.actor)?;
            let details = found.details.clone().map(PersonalData::Application);
            request::check(customer, *application, &found.request, details.as_ref(), context)?;
            let events = granted(customer, found, context.policy, context.now);
            not_own_report(customer, &events, context.actor)?;
            Ok(events)
        }
        C::ReturnApplication { application } => {
            two_persons(in_state(customer, *application, &[ApplicationState::Submitted])?, context.actor)?;
            Ok(vec![E::ApplicationReturned { application: *application }])
        }
        C::RejectApplication { application } => {
            two_persons(in_state(customer, *application, &[ApplicationState::Submitted])?, context.actor)?;
            Ok(vec![E::ApplicationRejected { application: *application }])
        }
        C::PrintSlip { certificate } => {
            let right = in_certificate_state(customer, *certificate, &[CertificateState::Authorised])?;
            if right.renews.is_some() {
                // Nobody at the branch approved it: it is fetched with the present certificate, never with a code.
                return Err(ErrorCode::NoSlipForRenewal.into());
            }
            not_held(right)?;
            within_deadline(right, context.now)?;
            Ok(vec![E::SlipPrinted { certificate: *certificate, number: right.slips + 1 }])
        }
        C::RecordHandover { certificate, method, handed_on } => {
            let right = in_certificate_state(
                customer,
                *certificate,
                &[CertificateState::Authorised, CertificateState::Signed, CertificateState::Active],
            )?;
            if right.slips == 0 {
                return Err(ErrorCode::SlipNotPrinted.into());
            }
            let today = calendar::jst_day(context.now);
            if *handed_on > today || *handed_on < calendar::jst_day(right.granted_at) {
                return Err(Refusal::new(ErrorCode::DateOutOfRange).at("handed_on"));
            }
            Ok(vec![E::SlipHandedOver { certificate: *certificate, method: *method, handed_on: *handed_on }])
        }
        C::AcceptHeldAct { act } => held::accept(customer, *act, context),
        C::DismissHeldAct { act } => held::dismiss(customer, *act, context),
        C::FetchCertificate { certificate, signed } => {
            may_fetch(customer, *certificate, context.now)?;
            Ok(vec![E::CertificateSigned { certificate: *certificate, signed: signed.clone() }])
        }
        C::ConfirmCertificate { certificate } => confirm(customer, *certificate),
        C::SuspendCertificates { incident, cause, scope } => incident::stop(customer, *incident, *cause, scope),
        C::RecordIncident { incident, lost_at } => incident::record(customer, *incident, *lost_at, context),
        C::RecordRevocationPaper { incident, received_on } => {
            incident::paper(customer, *incident, *received_on, context)
        }
        C::ConfirmIncident { incident } => incident::confirm(customer, *incident, context),
        C::ResumeIncident { incident, out_of_control } => {
            incident::resume(customer, *incident, *out_of_control, context)
        }
        C::RevokeIncident { incident } => incident::revoke(customer, *incident, context),
        C::RecordPaperReminder { incident } => incident::remind(customer, *incident),
        C::RecordAdvice { user, happened, advice } => {
            if customer.user(user).is_none() {
                return Err(Refusal::new(ErrorCode::UserUnknown).with("user_id", user));
            }
            Ok(vec![E::AdviceGiven { user: user.clone(), happened: *happened, advice: *advice }])
        }
        C::RenewCertificate { certificate, again } => renewal::renew(customer, *certificate, *again, context),
        C::ExpireCertificate { certificate } => ending::expire(customer, *certificate, context.now),
        C::EndGrace { certificate } => {
            ending::end_grace(customer, *certificate, context.policy.grace_days, context.now)
        }
        C::CloseContract { contract } => ending::close(customer, contract, context.now),
        C::LapseRight { certificate } => {
            let right = in_certificate_state(
                customer,
                *certificate,
                &[CertificateState::Authorised, CertificateState::Signed],
            )?;
            if !calendar::passed(right.deadline, context.now) {
                return Err(ErrorCode::DateOutOfRange.into());
            }
            let mut events = vec![E::RightLapsed { certificate: *certificate }];
            events.extend(completion(customer, right.application, &[*certificate]));
            Ok(events)
        }
    }
}

/// May this right be fetched now? Asked before anything is signed, and again when the result is recorded.
///
/// # Errors
/// [`ErrorCode::PickupDeadlinePassed`], [`ErrorCode::PickupCancelled`], [`ErrorCode::PickupOtherKey`],
/// [`ErrorCode::CertificateUnknown`].
pub fn may_fetch(customer: &Customer, certificate: CertificateId, now: DateTime<Utc>) -> Result<&Certificate, Refusal> {
    let right = customer.certificate(certificate).ok_or(ErrorCode::CertificateUnknown)?;
    not_held(right)?;
    if let Some(contract) = customer.contract(&right.contract)
        && calendar::jst_day(now) < contract.opened_on
        && right.state == CertificateState::Authorised
    {
        return Err(Refusal::new(ErrorCode::PickupNotOpen).with("opens_on", contract.opened_on));
    }
    match right.state {
        CertificateState::Authorised if right.slips == 0 && right.renews.is_none() => {
            Err(ErrorCode::SlipNotPrinted.into())
        }
        CertificateState::Authorised => within_deadline(right, now).map(|()| right),
        CertificateState::Lapsed => Err(deadline_passed(right)),
        CertificateState::Cancelled => Err(ErrorCode::PickupCancelled.into()),
        _ => Err(ErrorCode::PickupOtherKey.into()),
    }
}

fn permitted(customer: &Customer, command: &CustomerCommand, actor: &Actor) -> Result<(), Refusal> {
    use CustomerCommand as C;
    match actor {
        Actor::Staff { staff, role, branch, .. } => {
            if !role_may(*role, command) {
                return Err(Refusal::new(ErrorCode::RoleNotPermitted).with("role", role_word(*role)));
            }
            let target = match command {
                C::RecordCustomer { branch, .. } => Some(branch),
                _ => customer.branch.as_ref(),
            };
            let anywhere = *role == Role::HeadOffice || stops_anywhere(customer, command, staff);
            if !anywhere && target.is_some_and(|target| target != branch) {
                return Err(ErrorCode::BranchNotPermitted.into());
            }
            Ok(())
        }
        Actor::Customer { .. }
            if matches!(
                command,
                C::FetchCertificate { .. } | C::ConfirmCertificate { .. } | C::RenewCertificate { .. }
            ) =>
        {
            Ok(())
        }
        Actor::System { .. }
            if matches!(
                command,
                C::LapseRight { .. }
                    | C::ExpireCertificate { .. }
                    | C::EndGrace { .. }
                    | C::CloseContract { .. }
                    | C::MoveCustomer { .. }
                    | C::ImportCustomer { .. }
            ) =>
        {
            Ok(())
        }
        Actor::Operator { .. }
            if matches!(command, C::RecordCustomer { .. } | C::RecordContract { .. } | C::ImportCustomer { .. }) =>
        {
            Ok(())
        }
        _ => Err(ErrorCode::ActorNotPermitted.into()),
    }
}

/// A lost PC does not wait until its own branch opens: whoever takes the call stops it, and records what was said.
fn stops_anywhere(customer: &Customer, command: &CustomerCommand, staff: &StaffId) -> bool {
    match command {
        CustomerCommand::SuspendCertificates { .. } => true,
        CustomerCommand::RecordIncident { incident, .. } => {
            customer.incident(*incident).is_some_and(|found| customer.reporters(found).any(|one| one == staff))
        }
        _ => false,
    }
}

/// 強制停止 is head office's, and nobody else's; head office registers nothing else.
fn request_role(request: &Request, actor: &Actor) -> Result<(), Refusal> {
    let Actor::Staff { role, .. } = actor else { return Ok(()) };
    match (request, role) {
        (Request::ForceStop { .. }, Role::HeadOffice) => Ok(()),
        (Request::ForceStop { .. }, _) => Err(Refusal::new(ErrorCode::RoleNotPermitted).with("role", role_word(*role))),
        _ => Ok(()),
    }
}

fn role_word(role: Role) -> &'static str {
    match role {
        Role::Teller => "teller",
        Role::SalesRep => "sales_rep",
        Role::Supervisor => "supervisor",
        Role::HeadOffice => "head_office",
        Role::Auditor => "auditor",
    }
}

fn attachment_fits(command: &CustomerCommand, personal: Option<&PersonalData>) -> Result<(), Refusal> {
    use CustomerCommand as C;
    let fits = match (command, personal) {
        (C::RecordCustomer { .. } | C::ImportCustomer { .. }, Some(PersonalData::Customer(_)))
        | (C::SubmitApplication { .. } | C::ResubmitApplication { .. }, Some(PersonalData::Application(_)))
        | (
            C::ReturnApplication { .. } | C::RejectApplication { .. } | C::DismissHeldAct { .. },
            Some(PersonalData::Comment(_)),
        )
        | (C::RecordHandover { .. }, Some(PersonalData::Handover(_)))
        | (C::RecordIncident { .. }, Some(PersonalData::Incident(_))) => true,
        (
            C::RecordCustomer { .. }
            | C::SubmitApplication { .. }
            | C::ResubmitApplication { .. }
            | C::ReturnApplication { .. }
            | C::RejectApplication { .. }
            | C::DismissHeldAct { .. }
            | C::RecordHandover { .. }
            | C::RecordIncident { .. },
            _,
        ) => false,
        (_, personal) => personal.is_none(),
    };
    match personal {
        _ if !fits => Err(ErrorCode::AttachmentMismatch.into()),
        Some(personal) => personal.check(),
        None => Ok(()),
    }
}

/// A customer of the banking system, or more contracts of one: all of it or nothing.
fn import(
    customer: &Customer,
    (branch, cif): (&BranchCode, &CifNumber),
    contracts: &[KnownContract],
    personal: Option<&PersonalData>,
    context: &Context<'_>,
) -> Result<Vec<CustomerEvent>, Refusal> {
    let mut after = customer.clone();
    let mut events = Vec::with_capacity(contracts.len() + 1);
    let mut happens = |event: CustomerEvent, after: &mut Customer| {
        super::apply(after, &event, personal, context.actor, context.now);
        events.push(event);
    };
    match (&customer.branch, &customer.cif) {
        (None, _) if personal.is_none() => return Err(ErrorCode::AttachmentMismatch.into()),
        (None, _) => {
            happens(CustomerEvent::CustomerRecorded { branch: branch.clone(), cif: cif.clone() }, &mut after);
        }
        (Some(known), Some(number)) if known == branch && number == cif && personal.is_none() => {}
        (Some(_), _) => return Err(ErrorCode::CustomerExists.into()),
    }
    if customer.branch.is_some() && contracts.is_empty() {
        return Err(ErrorCode::CustomerExists.into());
    }
    for KnownContract { number, opened_on, closed, users, elsewhere } in contracts {
        request::new_contract(&after, number, users, context.policy)?;
        if let Some(user) = elsewhere.iter().find(|user| !users.iter().any(|one| one.user == **user)) {
            return Err(Refusal::new(ErrorCode::UserUnknown).with("user_id", user));
        }
        let (contract, opened_on, closed) = (number.clone(), *opened_on, *closed);
        let (users, elsewhere) = (users.clone(), elsewhere.clone());
        happens(CustomerEvent::ContractRecorded { contract, opened_on, closed, users, elsewhere }, &mut after);
    }
    Ok(events)
}

/// May a customer go over from a branch to another?
///
/// # Errors
/// It is no customer of that branch, or off-line acts wait: what a desk there still has to send would be refused, and is settled
/// first.
pub fn may_leave(customer: &Customer, from: &BranchCode) -> Result<(), Refusal> {
    let cif = customer.cif.as_ref().map(ToString::to_string).unwrap_or_default();
    let named = |code: ErrorCode| Refusal::new(code).at("customers").with("cif", &cif);
    if customer.branch.as_ref() != Some(from) {
        return Err(named(ErrorCode::CustomerUnknown));
    }
    match customer.waiting_acts().next() {
        None => Ok(()),
        Some(_) => Err(named(ErrorCode::HeldActsOpen)),
    }
}

fn known_branch(customer: &Customer) -> Result<&BranchCode, Refusal> {
    customer.branch.as_ref().ok_or(Refusal::new(ErrorCode::CustomerUnknown))
}

fn in_state<'a>(
    customer: &'a Customer,
    id: ApplicationId,
    states: &[ApplicationState],
) -> Result<&'a Application, Refusal> {
    let found = customer.application(id).ok_or(ErrorCode::ApplicationUnknown)?;
    if states.contains(&found.state) {
        Ok(found)
    } else {
        let refusal = Refusal::new(ErrorCode::ApplicationState).with("state", found.state.as_str());
        Err(refusal.by(found.decided_by.as_ref()))
    }
}

fn in_certificate_state<'a>(
    customer: &'a Customer,
    id: CertificateId,
    states: &[CertificateState],
) -> Result<&'a Certificate, Refusal> {
    let found = customer.certificate(id).ok_or(ErrorCode::CertificateUnknown)?;
    if states.contains(&found.state) {
        Ok(found)
    } else {
        Err(Refusal::new(ErrorCode::CertificateState).with("state", found.state.as_str()))
    }
}

/// Nobody who registered or corrected an application decides it.
fn two_persons(application: &Application, actor: &Actor) -> Result<(), Refusal> {
    not_by(application.registered_by.iter(), actor)
}

/// What an approval ends may settle a report, and whoever took that one does not settle it.
fn not_own_report(customer: &Customer, events: &[CustomerEvent], actor: &Actor) -> Result<(), Refusal> {
    use CustomerEvent as E;
    let ended = |ends: &dyn Fn(&Certificate) -> bool| -> Vec<&Incident> {
        customer.certificates.iter().filter(|c| ends(c)).filter_map(|c| customer.holding(c)).collect()
    };
    let settled = events.iter().flat_map(|event| match event {
        E::IncidentClosed { incident, .. } => customer.incident(*incident).into_iter().collect(),
        E::CertificateRevoked { certificate, .. } | E::RightCancelled { certificate } => {
            ended(&|c| c.id == *certificate)
        }
        // On a day ahead, and then by nobody.
        E::ContractClosing { contract, .. } => ended(&|c| c.contract == *contract && c.alive()),
        _ => Vec::new(),
    });
    not_by(settled.flat_map(|report| customer.reporters(report)), actor)
}

/// Two persons always: whoever settles something is not one of those who brought it in.
pub(super) fn not_by<'a>(mut those: impl Iterator<Item = &'a StaffId>, actor: &Actor) -> Result<(), Refusal> {
    match actor {
        Actor::Staff { staff, .. } if !those.any(|one| one == staff) => Ok(()),
        _ => Err(ErrorCode::TwoPersonRule.into()),
    }
}

/// Nothing is printed, fetched or confirmed while a loss is being looked into.
fn not_held(right: &Certificate) -> Result<(), Refusal> {
    if right.held.is_some() && right.state.successor() { Err(ErrorCode::PickupHeld.into()) } else { Ok(()) }
}

fn deadline_passed(right: &Certificate) -> Refusal {
    Refusal::new(ErrorCode::PickupDeadlinePassed).with("deadline", right.deadline)
}

fn within_deadline(right: &Certificate, now: DateTime<Utc>) -> Result<(), Refusal> {
    if calendar::passed(right.deadline, now) { Err(deadline_passed(right)) } else { Ok(()) }
}

pub(super) fn granted(
    customer: &Customer,
    application: &Application,
    policy: &Policy,
    now: DateTime<Utc>,
) -> Vec<CustomerEvent> {
    use CustomerEvent as E;
    let contract = application.request.contract();
    let mut events = vec![E::ApplicationApproved { application: application.id }];
    match &application.request {
        Request::MoveToCertificate { .. } => {}
        Request::NewContract { users, .. } => {
            let opened_on = calendar::jst_day(now);
            events.push(E::ContractOpened { contract: contract.clone(), opened_on });
            events.extend(users.iter().map(|u| E::UserAdded { contract: contract.clone(), user: u.clone() }));
        }
        Request::AddUser { user, .. } => events.push(E::UserAdded { contract: contract.clone(), user: user.clone() }),
        Request::Rename { .. } => {
            events.push(E::CustomerChanged { application: application.id });
            events.extend(ending::approved(customer, &application.request, now));
        }
        request => events.extend(ending::approved(customer, request, now)),
    }
    let closes_later = events.iter().any(|e| matches!(e, E::ContractClosing { .. }))
        && !events.iter().any(|e| matches!(e, E::ContractClosed { .. }));
    if !application.request.grants() && !closes_later {
        events.push(E::ApplicationCompleted { application: application.id });
    }
    // Whoever may fetch later has as long as everybody else.
    let starts = match &application.request {
        Request::Recontract { opened_on, .. } => (*opened_on).max(calendar::jst_day(now)),
        _ => calendar::jst_day(now),
    };
    let deadline = calendar::later(starts, policy.pickup_deadline_days);
    events.extend(application.request.users().into_iter().map(|(user, device_label)| E::RightGranted {
        certificate: CertificateId::of(application.id, user, 0),
        user: user.clone(),
        contract: contract.clone(),
        application: application.id,
        device_label: device_label.to_owned(),
        deadline,
    }));
    events
}

pub(super) fn confirm(customer: &Customer, id: CertificateId) -> Result<Vec<CustomerEvent>, Refusal> {
    let certificate = in_certificate_state(customer, id, &[CertificateState::Signed])?;
    not_held(certificate)?;
    let mut events = Vec::new();
    if let Some(old) = customer.certificates.iter().find(|c| c.user == certificate.user && c.state.usable()) {
        let reason = match customer.application(certificate.application) {
            _ if certificate.renews == Some(old.id) => Some(RevocationReason::Superseded),
            application => application.and_then(|a| ending::replaced(&a.request)),
        };
        let Some(reason) = reason.filter(|_| old.held.is_none()) else {
            return Err(Refusal::new(ErrorCode::CertificateUsable).with("user_id", &certificate.user));
        };
        // Only now: revoked before the new one has arrived, the old one would have locked the customer out.
        events.push(CustomerEvent::CertificateRevoked { certificate: old.id, reason, invalid_from: None });
    }
    events.push(CustomerEvent::CertificateActivated { certificate: id });
    events.extend(completion(customer, certificate.application, &[id]));
    Ok(events)
}

/// The application is completed when the last of its rights has been used or has ended.
pub(super) fn completion(
    customer: &Customer,
    application: ApplicationId,
    ending: &[CertificateId],
) -> Option<CustomerEvent> {
    let mut rights = customer.certificates.iter().filter(|c| c.application == application);
    let open = rights.any(|c| c.state.successor() && !ending.contains(&c.id));
    // A renewal belongs to the application of the certificate it renews, which was completed long ago.
    let waiting = customer.application(application).is_some_and(|a| a.state == ApplicationState::Approved);
    (waiting && !open).then_some(CustomerEvent::ApplicationCompleted { application })
}
