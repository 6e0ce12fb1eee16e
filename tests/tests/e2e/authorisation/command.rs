//! The commands on a customer, each with what travels beside it.

use chrono::Days;
use domain::PersonalData;
use domain::customer::{
    Advice, ChosenUser, CustomerCommand, HandoverMethod, Happening, IncidentCause, NewUser, ReissueCause, Request,
    SignedCertificate, StopScope, UserRole,
};
use domain::id::ApplicationId;
use domain::personal::{Comment, HandoverDetails, IncidentDetails};
use e2e::centre::BRANCH;
use e2e::terminal::{checked, paper, somebody};

use super::case::Case;
use super::stage::{CLOSE, CLOSE_LATER, FORCE, REISSUE};

impl Case {
    fn request(&self) -> Request {
        let users = vec![NewUser { user: self.user.clone(), role: UserRole::Administrator, device_label: "PC".into() }];
        Request::NewContract { contract: self.contract.clone(), users }
    }

    /// What may be asked for when there is something already.
    fn later_request(&self, kind: &str) -> Request {
        let (contract, user) = (self.contract.clone(), self.user.clone());
        match kind {
            FORCE => Request::ForceStop { contract, users: vec![user] },
            REISSUE => {
                let users = vec![ChosenUser { user, device_label: "PC".into() }];
                Request::Reissue { contract, cause: ReissueCause::Broken, users }
            }
            CLOSE => Request::Close { contract, closing_on: self.today },
            _ => Request::Close { contract, closing_on: self.today + Days::new(30) },
        }
    }

    /// The command of a row, what is beside it, and whether a pickup code is.
    pub(super) fn command(&self, kind: &str) -> (CustomerCommand, Option<PersonalData>, bool) {
        use CustomerCommand as C;
        let (application, certificate, incident) = (self.application, self.certificate, self.incident);
        let (checks, received_on, act) = (checked(), self.today, self.held);
        let comment = || Some(PersonalData::Comment(Comment { text: "見本".into() }));
        let signed = || SignedCertificate {
            serial: "0011223344556677889900112233445566".parse().unwrap(),
            key_sha256: "00".repeat(32),
            not_before: chrono::DateTime::UNIX_EPOCH,
            not_after: chrono::DateTime::UNIX_EPOCH,
            der: "AAAA".into(),
        };
        let (command, personal) = match kind {
            "record_customer" => (
                C::RecordCustomer { branch: BRANCH.parse().unwrap(), cif: self.cif.parse().unwrap() },
                Some(somebody()),
            ),
            "import_customer" => {
                let (branch, cif) = (BRANCH.parse().unwrap(), self.cif.parse().unwrap());
                (C::ImportCustomer { branch, cif, contracts: Vec::new() }, Some(somebody()))
            }
            "move_customer" => {
                (C::MoveCustomer { branch: "012".parse().unwrap(), cif: self.cif.parse().unwrap() }, None)
            }
            "record_contract" => {
                let (contract, opened_on) = (self.contract.clone(), self.today);
                (C::RecordContract { contract, opened_on, closed: false, users: Vec::new() }, None)
            }
            "submit_application" => {
                (C::SubmitApplication { application, request: self.request(), checks, received_on }, Some(paper()))
            }
            FORCE | REISSUE | CLOSE | CLOSE_LATER => {
                let application = ApplicationId(uuid::Uuid::new_v4());
                let request = self.later_request(kind);
                (C::SubmitApplication { application, request, checks, received_on }, Some(paper()))
            }
            "resubmit_application" => {
                (C::ResubmitApplication { application, request: self.request(), checks, received_on }, Some(paper()))
            }
            "withdraw_application" => (C::WithdrawApplication { application }, None),
            "approve_application" => (C::ApproveApplication { application }, None),
            "return_application" => (C::ReturnApplication { application }, comment()),
            "reject_application" => (C::RejectApplication { application }, comment()),
            "print_slip" => (C::PrintSlip { certificate }, None),
            "record_handover" => {
                let details = HandoverDetails { recipient: "見本 太郎".into() };
                let method = HandoverMethod::Window;
                (
                    C::RecordHandover { certificate, method, handed_on: self.today },
                    Some(PersonalData::Handover(details)),
                )
            }
            "fetch_certificate" => (C::FetchCertificate { certificate, signed: signed() }, None),
            "confirm_certificate" => (C::ConfirmCertificate { certificate }, None),
            "suspend_certificates" => {
                let scope = StopScope::User { user: self.user.clone() };
                (C::SuspendCertificates { incident, cause: IncidentCause::Lost, scope }, None)
            }
            "record_incident" => {
                let details =
                    IncidentDetails {
                        caller: "見本 太郎".into(), phone: "025-000-0001".into(), note: String::new()
                    };
                (C::RecordIncident { incident, lost_at: None }, Some(PersonalData::Incident(details)))
            }
            "record_revocation_paper" => (C::RecordRevocationPaper { incident, received_on }, None),
            "confirm_incident" => (C::ConfirmIncident { incident }, None),
            "resume_incident" => (C::ResumeIncident { incident, out_of_control: false }, None),
            "revoke_incident" => (C::RevokeIncident { incident }, None),
            "record_paper_reminder" => (C::RecordPaperReminder { incident }, None),
            "record_advice" => {
                let (user, happened) = (self.user.clone(), Happening::Broken);
                (C::RecordAdvice { user, happened, advice: Advice::NothingToDo }, None)
            }
            "renew_certificate" => (C::RenewCertificate { certificate, again: false }, None),
            "accept_held_act" => (C::AcceptHeldAct { act }, None),
            "dismiss_held_act" => (C::DismissHeldAct { act }, comment()),
            "lapse_right" => (C::LapseRight { certificate }, None),
            "expire_certificate" => (C::ExpireCertificate { certificate }, None),
            "end_grace" => (C::EndGrace { certificate }, None),
            "close_contract" => (C::CloseContract { contract: self.contract.clone() }, None),
            other => panic!("{other} has no command"),
        };
        (command, personal, kind == "print_slip")
    }
}
