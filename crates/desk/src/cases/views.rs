//! From the state of a customer to what the screens show.

use domain::customer::{
    Application, ApplicationState, Certificate, CertificateState, Customer, PaperChecks, ReissueCause, Request,
};
use domain::{ErrorCode, Role, calendar};
use wire::api::session::SignedIn;

use crate::desk::Desk;
use crate::view::{
    ApplicationView, CertificateView, ChecksView, ContractView, CustomerDetailsView, HandoverView, RequestKind,
    RequestUser, UserView,
};

pub(super) fn kind(request: &Request) -> RequestKind {
    match request {
        Request::MoveToCertificate { .. } => RequestKind::MoveToCertificate,
        Request::NewContract { .. } => RequestKind::NewContract,
        Request::AddUser { .. } => RequestKind::AddUser,
        Request::Reissue { .. } => RequestKind::Reissue,
    }
}

pub(super) fn cause(request: &Request) -> Option<ReissueCause> {
    match request {
        Request::Reissue { cause, .. } => Some(*cause),
        _ => None,
    }
}

pub(super) fn request_users(customer: &Customer, request: &Request) -> Vec<RequestUser> {
    let new = |u: &domain::customer::NewUser| RequestUser {
        user_id: u.user.to_string(),
        role: Some(u.role),
        device_label: u.device_label.clone(),
    };
    match request {
        Request::MoveToCertificate { users, .. } | Request::Reissue { users, .. } => users
            .iter()
            .map(|u| RequestUser {
                user_id: u.user.to_string(),
                role: customer.user(&u.user).map(|(_, user)| user.role),
                device_label: u.device_label.clone(),
            })
            .collect(),
        Request::NewContract { users, .. } => users.iter().map(new).collect(),
        Request::AddUser { user, .. } => vec![new(user)],
    }
}

pub(super) fn checks(checks: &PaperChecks) -> ChecksView {
    ChecksView { seal: checks.seal, identity: checks.identity, environment: checks.environment, terms: checks.terms }
}

pub(super) fn details(customer: &Customer) -> Option<CustomerDetailsView> {
    customer.details.clone().map(|d| CustomerDetailsView {
        name: d.name,
        kana: d.kana,
        address: d.address,
        phone: d.phone,
        email: d.email,
    })
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
                certificate: customer
                    .certificates
                    .iter()
                    .rev()
                    .find(|c| c.user == user.id && (c.state.usable() || c.state.successor()))
                    .map(|c| c.state),
                open_receipt: customer
                    .applications
                    .iter()
                    .find(|a| a.state.open() && a.request.users().iter().any(|(id, _)| **id == user.id))
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
            users: users(contract),
        })
        .collect()
}

/// May this person judge what somebody else brought in? `None`: yes.
pub(super) fn judge_refusal(staff: &SignedIn, customer: &Customer, own: bool) -> Option<ErrorCode> {
    if !matches!(staff.role, Role::Supervisor | Role::HeadOffice) {
        Some(ErrorCode::RoleNotPermitted)
    } else if staff.role != Role::HeadOffice && customer.branch.as_ref() != Some(&staff.branch) {
        Some(ErrorCode::BranchNotPermitted)
    } else if own {
        Some(ErrorCode::TwoPersonRule)
    } else {
        None
    }
}

fn decide_refusal(staff: &SignedIn, customer: &Customer, application: &Application) -> Option<ErrorCode> {
    match application.state {
        ApplicationState::Submitted => judge_refusal(staff, customer, application.registered_by.contains(&staff.staff)),
        _ => Some(ErrorCode::ApplicationState),
    }
}

impl Desk {
    pub(super) fn certificate_view(&self, customer: &Customer, certificate: &Certificate) -> CertificateView {
        let receipt = customer.application(certificate.application).map(|a| a.receipt.to_string());
        let today = calendar::jst_day(self.inner.clock.now());
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
            revoked_at: certificate.revocation.as_ref().map(|r| r.at.to_rfc3339()),
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
        ApplicationView {
            application_id: application.id.to_string(),
            customer_id: customer.id.to_string(),
            customer_version: customer.version.to_string(),
            customer_name: found.as_ref().map(|d| d.name.clone()).unwrap_or_default(),
            customer_kana: found.map(|d| d.kana).unwrap_or_default(),
            cif: customer.cif.as_ref().map(ToString::to_string).unwrap_or_default(),
            receipt: application.receipt.to_string(),
            state: application.state,
            kind: kind(&application.request),
            contract: application.request.contract().to_string(),
            cause: cause(&application.request),
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
            certificates: certificates.into_iter().map(|c| self.certificate_view(customer, c)).collect(),
        }
    }
}

/// What the rights of an application wait for, the most urgent first.
fn next_step(certificates: &[&Certificate]) -> &'static str {
    let any = |test: &dyn Fn(&Certificate) -> bool| certificates.iter().any(|c| test(c));
    if any(&|c| c.state == CertificateState::Authorised && c.slips == 0) {
        "print"
    } else if any(&|c| c.state == CertificateState::Authorised && c.handover.is_none()) {
        "handover"
    } else if any(&|c| c.state.successor()) {
        "fetch"
    } else {
        ""
    }
}
