//! From the state of a customer to what the screens show.

use domain::authorisation::may_register;
use domain::customer::{Application, ApplicationState, Certificate, CertificateState, Customer, PaperChecks, Request};
use domain::personal::CustomerDetails;
use domain::{ErrorCode, Role, calendar};
use wire::api::session::SignedIn;

use super::foreseen;
pub(super) use super::request::cause;
pub(crate) use super::request::kind;
use super::request::{self, days};
use crate::desk::Desk;
use crate::view::{
    ApplicationView, CertificateView, ChecksView, ContractView, CustomerDetailsView, HandoverView, RequestKind,
    RequestUser, UserView,
};

pub(super) fn request_users(customer: &Customer, request: &Request) -> Vec<RequestUser> {
    let new = |u: &domain::customer::NewUser| RequestUser {
        user_id: u.user.to_string(),
        role: Some(u.role),
        device_label: u.device_label.clone(),
        new_user_id: String::new(),
    };
    let leaving = |users: &[domain::id::UserId]| -> Vec<RequestUser> {
        let known = users.iter().map(|id| (id, customer.user(id).map(|(_, user)| user)));
        known
            .map(|(id, user)| RequestUser {
                user_id: id.to_string(),
                role: user.map(|u| u.role),
                device_label: user.map(|u| u.device_label.clone()).unwrap_or_default(),
                new_user_id: String::new(),
            })
            .collect()
    };
    match request {
        Request::RemoveUsers { users, .. } | Request::ForceStop { users, .. } => leaving(users),
        Request::Close { .. } => leaving(&request.touches(customer)),
        Request::Recontract { users, .. } => users
            .iter()
            .map(|moved| RequestUser {
                user_id: moved.from.to_string(),
                new_user_id: moved.user.user.to_string(),
                ..new(&moved.user)
            })
            .collect(),
        Request::MoveToCertificate { users, .. } | Request::Reissue { users, .. } | Request::Rename { users, .. } => {
            users
                .iter()
                .map(|u| RequestUser {
                    user_id: u.user.to_string(),
                    role: customer.user(&u.user).map(|(_, user)| user.role),
                    device_label: u.device_label.clone(),
                    new_user_id: String::new(),
                })
                .collect()
        }
        Request::NewContract { users, .. } => users.iter().map(new).collect(),
        Request::AddUser { user, .. } => vec![new(user)],
    }
}

pub(super) fn checks(checks: &PaperChecks) -> ChecksView {
    ChecksView { seal: checks.seal, identity: checks.identity, environment: checks.environment, terms: checks.terms }
}

pub(super) fn details(customer: &Customer) -> Option<CustomerDetailsView> {
    customer.details.as_ref().map(details_view)
}

pub(super) fn details_view(details: &CustomerDetails) -> CustomerDetailsView {
    let CustomerDetails { name, kana, address, phone, email } = details.clone();
    CustomerDetailsView { name, kana, address, phone, email }
}

pub(super) fn contracts(customer: &Customer) -> Vec<ContractView> {
    let users = |contract: &domain::customer::Contract| {
        contract
            .users
            .iter()
            .map(|user| UserView {
                user_id: user.id.to_string(),
                role: user.role,
                device_label: user.device_label.clone(),
                login: user.login,
                removed: user.removed,
                certificate: customer.newest_alive(&user.id).map(|c| c.state),
                open_receipt: customer
                    .applications
                    .iter()
                    .find(|a| a.state.open() && a.request.touches(customer).contains(&user.id))
                    .map(|a| a.receipt.to_string()),
            })
            .collect()
    };
    customer
        .contracts
        .iter()
        .map(|contract| ContractView {
            number: contract.number.to_string(),
            opened_on: contract.opened_on.to_string(),
            active: contract.active,
            closing_on: contract.closing_on.map(|day| day.to_string()),
            predecessor: contract.predecessor.as_ref().map(ToString::to_string),
            successor: contract.successor.as_ref().map(ToString::to_string),
            users: users(contract),
        })
        .collect()
}

/// The kinds of application this person may register for this customer, in the order of the screen.
pub(super) fn kinds(staff: &SignedIn, customer: &Customer) -> Vec<RequestKind> {
    let (role, branch) = staff.works_as();
    let here = role == Role::HeadOffice || customer.branch.as_ref() == Some(branch);
    [
        RequestKind::MoveToCertificate,
        RequestKind::NewContract,
        RequestKind::AddUser,
        RequestKind::Reissue,
        RequestKind::RemoveUsers,
        RequestKind::Recontract,
        RequestKind::Rename,
        RequestKind::Close,
        RequestKind::ForceStop,
    ]
    .into_iter()
    .filter(|kind| here && may_register(role, *kind == RequestKind::ForceStop))
    .collect()
}

/// May this person judge what somebody else brought in? `None`: yes.
pub(super) fn judge_refusal(staff: &SignedIn, customer: &Customer, own: bool) -> Option<ErrorCode> {
    let (role, branch) = staff.works_as();
    if !role.approves() {
        Some(ErrorCode::RoleNotPermitted)
    } else if role != Role::HeadOffice && customer.branch.as_ref() != Some(branch) {
        Some(ErrorCode::BranchNotPermitted)
    } else if own {
        Some(ErrorCode::TwoPersonRule)
    } else {
        None
    }
}

fn decide_refusal(staff: &SignedIn, customer: &Customer, application: &Application) -> Option<ErrorCode> {
    match application.state {
        ApplicationState::Submitted
            if matches!(application.request, Request::ForceStop { .. }) && staff.role != Role::HeadOffice =>
        {
            Some(ErrorCode::RoleNotPermitted)
        }
        ApplicationState::Submitted => judge_refusal(staff, customer, application.registered_by.contains(&staff.staff)),
        _ => Some(ErrorCode::ApplicationState),
    }
}

impl Desk {
    pub(super) fn certificate_view(&self, customer: &Customer, certificate: &Certificate) -> CertificateView {
        let receipt = customer.application(certificate.application).map(|a| a.receipt.to_string());
        let today = calendar::jst_day(self.centre_now());
        let signed = certificate.signed.as_ref();
        CertificateView {
            certificate_id: certificate.id.to_string(),
            user_id: certificate.user.to_string(),
            contract: certificate.contract.to_string(),
            device_label: certificate.device_label.clone(),
            state: certificate.state,
            receipt: receipt.unwrap_or_default(),
            granted_at: certificate.granted_at.to_rfc3339(),
            deadline: certificate.deadline.to_string(),
            days_left: i32::try_from((certificate.deadline - today).num_days()).unwrap_or(i32::MAX),
            slips: certificate.slips,
            handover: certificate.handover.as_ref().map(|h| HandoverView {
                method: h.method,
                handed_on: h.handed_on.to_string(),
                recipient: h.recipient.clone(),
                by: h.by.as_ref().map(ToString::to_string),
            }),
            serial: signed.map(|s| s.serial.to_string()),
            not_before: signed.map(|s| s.not_before.to_rfc3339()),
            not_after: signed.map(|s| s.not_after.to_rfc3339()),
            signed_at: certificate.signed_at.map(|at| at.to_rfc3339()),
            activated_at: certificate.activated_at.map(|at| at.to_rfc3339()),
            held: certificate.held.is_some(),
            renews: certificate.renews.is_some(),
            revoked_at: certificate.revocation.as_ref().map(|r| r.at.to_rfc3339()),
            reason: certificate.revocation.as_ref().map(|r| r.reason),
        }
    }

    pub(super) async fn application_view(
        &self,
        staff: &SignedIn,
        customer: &Customer,
        application: &Application,
    ) -> ApplicationView {
        let certificates: Vec<&Certificate> =
            customer.certificates.iter().filter(|c| c.application == application.id).collect();
        let mut registered_by = Vec::new();
        for id in &application.registered_by {
            registered_by.push(self.staff_name(id.as_str()).await);
        }
        let decided_by = self.name_of(application.decided_by.as_ref()).await;
        let found = details(customer);
        let days = days(&application.request);
        let now = self.centre_now();
        let renamed = application.details.as_ref().and_then(|d| d.customer.as_ref()).map(details_view);
        let open = application.state.open();
        let claim = self.claim_of(&application.id.to_string()).await;
        ApplicationView {
            application_id: application.id.to_string(),
            customer_id: customer.id.to_string(),
            customer_version: customer.version.to_string(),
            customer_name: found.as_ref().map(|d| d.name.clone()).unwrap_or_default(),
            customer_kana: found.as_ref().map(|d| d.kana.clone()).unwrap_or_default(),
            cif: customer.cif.as_ref().map(ToString::to_string).unwrap_or_default(),
            receipt: application.receipt.to_string(),
            state: application.state,
            kind: kind(&application.request),
            contract: application.request.contract().to_string(),
            cause: cause(&application.request),
            old_contract: days.old_contract,
            closing_on: days.closing_on,
            opened_on: days.opened_on,
            days_without: days.without,
            present: found.clone().filter(|_| open && renamed.is_some()),
            ends: if open { request::ends(customer, &application.request, now) } else { Vec::new() },
            changes: if open { foreseen::changed(customer, application, now) } else { Vec::new() },
            renamed,
            users: request_users(customer, &application.request),
            checks: checks(&application.checks),
            received_on: application.received_on.to_string(),
            applicant: application.details.as_ref().map(|d| d.applicant.clone()).unwrap_or_default(),
            note: application.details.as_ref().map(|d| d.note.clone()).unwrap_or_default(),
            registered_by,
            submitted_at: application.submitted_at.to_rfc3339(),
            decided_by,
            decided_at: application.decided_at.map(|at| at.to_rfc3339()),
            comment: application.comment.clone(),
            decide_refusal: decide_refusal(staff, customer, application),
            next_step: next_step(&certificates).to_owned(),
            made_at: claim.as_ref().map(|(made_at, _)| made_at.clone()),
            offline: claim.is_some_and(|(_, offline)| offline),
            certificates: certificates.into_iter().map(|c| self.certificate_view(customer, c)).collect(),
        }
    }
}

/// What the rights of an application wait for, the most urgent first.
fn next_step(certificates: &[&Certificate]) -> &'static str {
    let any = |test: &dyn Fn(&Certificate) -> bool| certificates.iter().any(|c| test(c));
    // What its holder renews on-line has no slip, and a stopped right must not get one.
    let slip = |c: &Certificate| c.state == CertificateState::Authorised && c.renews.is_none() && c.held.is_none();
    if any(&|c| slip(c) && c.slips == 0) {
        "print"
    } else if any(&|c| slip(c) && c.handover.is_none()) {
        "handover"
    } else if any(&|c| c.state.successor()) {
        "fetch"
    } else {
        ""
    }
}
