//! A customer whose things stand as a command needs them, made through the API.

use std::sync::atomic::{AtomicU32, Ordering};

use domain::customer::{
    Advice, CustomerCommand, HandoverMethod, Happening, IncidentCause, NewUser, Request, SignedCertificate, StopScope,
    UserRole,
};
use domain::id::{ApplicationId, CertificateId, CommandId, ContractNumber, CustomerId, IncidentId, UserId};
use domain::personal::{Comment, HandoverDetails, IncidentDetails};
use domain::pickup_code::PickupCode;
use domain::{PersonalData, calendar};
use e2e::centre::BRANCH;
use e2e::customer::fresh_key;
use e2e::terminal::{checked, paper, somebody};

use super::person::{Person, Persons};

static COUNT: AtomicU32 = AtomicU32::new(1);

/// How far a customer's things have come.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub(super) enum Stage {
    /// Nobody has heard of the customer.
    Nothing,
    Recorded,
    Held,
    Submitted,
    Returned,
    Rejected,
    Withdrawn,
    /// The right is granted, the slip not printed.
    Authorised,
    Printed,
    Signed,
    Active,
    /// Stopped after a loss; the paper has not come.
    Stopped,
    PaperThere,
    Resumed,
    Revoked,
}

/// A customer, and the ids of what is its.
pub(super) struct Case {
    pub(super) customer: CustomerId,
    pub(super) application: ApplicationId,
    pub(super) incident: IncidentId,
    pub(super) held: CommandId,
    contract: ContractNumber,
    pub(super) user: UserId,
    cif: String,
    pub(super) today: chrono::NaiveDate,
    code: PickupCode,
}

impl Case {
    pub(super) async fn at(persons: &Persons, stage: Stage, author: &Person) -> Self {
        let n = COUNT.fetch_add(1, Ordering::Relaxed);
        let mut entropy = [0; 10];
        entropy[..4].copy_from_slice(&n.to_be_bytes());
        let mut case = Self {
            customer: CustomerId(uuid::Uuid::now_v7()),
            application: ApplicationId(uuid::Uuid::from_u128(
                uuid::Uuid::new_v4().as_u128() >> 25 << 25 | u128::from(n),
            )),
            incident: IncidentId(uuid::Uuid::new_v4()),
            held: CommandId(uuid::Uuid::nil()),
            contract: format!("{:010}", 3_000_000 + n).parse().unwrap(),
            user: format!("KENGEN{n:05}").parse().unwrap(),
            cif: format!("{:07}", 4_000_000 + n),
            today: calendar::jst_day(persons.centre.clock.now()),
            code: PickupCode::from_entropy(entropy),
        };
        case.come(persons, stage, author).await;
        case
    }

    /// What the next stages have before them is made by people who are nobody's column.
    async fn come(&mut self, persons: &Persons, stage: Stage, author: &Person) {
        let other = &persons.second_supervisor;
        let late = matches!(stage, Stage::Held);
        let kinds: &[&str] = match stage {
            Stage::Nothing => &[],
            Stage::Recorded => &["record_customer"],
            Stage::Held | Stage::Submitted => &["record_customer", "submit_application"],
            Stage::Returned => &["record_customer", "submit_application", "return_application"],
            Stage::Rejected => &["record_customer", "submit_application", "reject_application"],
            Stage::Withdrawn => &["record_customer", "submit_application", "withdraw_application"],
            Stage::Authorised => &["record_customer", "submit_application", "approve_application"],
            Stage::Printed => &["record_customer", "submit_application", "approve_application", "print_slip"],
            _ => &["record_customer", "submit_application", "approve_application", "print_slip", "fetch"],
        };
        for kind in kinds {
            match *kind {
                "record_customer" => self.does(persons.named("teller"), kind).await,
                "submit_application" if late => self.held = self.does_late(author, kind).await,
                // Head office brings in no application of this kind.
                "submit_application" if author.role == domain::Role::HeadOffice => {
                    self.does(persons.author(), kind).await
                }
                "submit_application" => self.does(author, kind).await,
                "withdraw_application" => self.does(author, kind).await,
                "fetch" => self.fetch(persons, stage > Stage::Signed).await,
                _ => self.does(other, kind).await,
            }
        }
        if stage >= Stage::Stopped {
            self.does(author, "suspend_certificates").await;
        }
        if stage == Stage::PaperThere || stage == Stage::Revoked {
            self.does(other, "record_revocation_paper").await;
        }
        match stage {
            Stage::Resumed => self.does(other, "resume_incident").await,
            Stage::Revoked => self.does(other, "revoke_incident").await,
            _ => {}
        }
    }

    async fn does(&self, by: &Person, kind: &str) {
        let done = self.try_(by, kind).await;
        done.unwrap_or_else(|answer| panic!("{kind} by {}: {}", by.session.staff, answer.code));
    }

    async fn does_late(&self, by: &Person, kind: &str) -> CommandId {
        let (command, personal, _) = self.command(kind);
        by.act_late(self.customer, command, personal).await.unwrap_or_else(|a| panic!("late: {}", a.code)).entry
    }

    async fn fetch(&self, persons: &Persons, confirm: bool) {
        let (key, csr) = fresh_key();
        let fetched = persons.portal.fetch(self.user.as_str(), &self.code.grouped(), &csr).await.unwrap();
        if confirm {
            persons.portal.confirm(&fetched, &key).await.unwrap();
        }
    }

    pub(super) async fn try_(
        &self,
        by: &Person,
        kind: &str,
    ) -> Result<wire::api::command::CommandAccepted, wire::api::ErrorAnswer> {
        let (command, personal, code) = self.command(kind);
        by.act(self.customer, command, personal, code.then_some(&self.code)).await
    }

    /// As a request to move it names it.
    pub(super) fn leaving(&self) -> domain::branch::Leaving {
        domain::branch::Leaving { customer: self.customer, cif: self.cif.parse().unwrap() }
    }

    /// Until it is another branch's, right after that was confirmed.
    pub(super) async fn wait_until_moved(&self, persons: &Persons) {
        let begun = std::time::Instant::now();
        let head = &persons.named("head office").terminal;
        let from = head.size().await.saturating_sub(50);
        loop {
            let feed = head.feed(from, 16_384).await;
            let moved = |leaf: &wire::api::feed::FeedLeaf| match leaf {
                wire::api::feed::FeedLeaf::Entry { e, .. } => {
                    String::from_utf8_lossy(&e.0).contains("\"customers_moved\"")
                }
                wire::api::feed::FeedLeaf::Hash { .. } => false,
            };
            if feed.leaves.iter().any(moved) {
                return;
            }
            assert!(begun.elapsed().as_secs() < 20, "it never moves");
            tokio::time::sleep(std::time::Duration::from_millis(50)).await;
        }
    }

    fn request(&self) -> Request {
        let users = vec![NewUser { user: self.user.clone(), role: UserRole::Administrator, device_label: "PC".into() }];
        Request::NewContract { contract: self.contract.clone(), users }
    }

    pub(super) fn certificate(&self) -> CertificateId {
        CertificateId::of(self.application, &self.user, 0)
    }

    /// The command of a row, what is beside it, and whether a pickup code is.
    fn command(&self, kind: &str) -> (CustomerCommand, Option<PersonalData>, bool) {
        use CustomerCommand as C;
        let (application, certificate, incident) = (self.application, self.certificate(), self.incident);
        let (checks, received_on, act) = (checked(), self.today, self.held);
        let comment = || Some(PersonalData::Comment(Comment { text: "見本".into() }));
        let by_force = Request::ForceStop { contract: self.contract.clone(), users: vec![self.user.clone()] };
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
            "submit_application (強制停止)" => {
                let application = ApplicationId(uuid::Uuid::new_v4());
                (C::SubmitApplication { application, request: by_force, checks, received_on }, Some(paper()))
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
