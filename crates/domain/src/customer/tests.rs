//! The rules, tried one by one and by random histories against a simple model.
#![allow(clippy::unwrap_used, clippy::indexing_slicing, clippy::panic, reason = "tests")]

use std::collections::BTreeMap;

use chrono::{DateTime, Duration, Utc};
use proptest::prelude::*;
use uuid::Uuid;

use super::*;
use crate::actor::{Actor, Evidence, Role};
use crate::error::{ErrorCode, Refusal};
use crate::id::{ApplicationId, CertificateId, CustomerId, SessionId, TerminalId, UserId};
use crate::personal::{ApplicationDetails, Comment, CustomerDetails, HandoverDetails, PersonalData};
use crate::policy::Policy;

mod ending;
mod foreseen;
mod guide;
mod held;
mod incident;
mod moved;
mod outlook;
mod recovery;
mod reissue;
mod renewal;

const BRANCH: &str = "011";

fn start() -> DateTime<Utc> {
    "2026-11-24T01:00:00Z".parse().unwrap()
}

fn staff(id: &str, role: Role, branch: &str) -> Actor {
    Actor::Staff {
        staff: id.parse().unwrap(),
        role,
        branch: branch.parse().unwrap(),
        terminal: TerminalId(Uuid::from_u128(1)),
        session: SessionId(Uuid::from_u128(2)),
        deputy: false,
    }
}

fn teller() -> Actor {
    staff("T1001", Role::Teller, BRANCH)
}

fn supervisor() -> Actor {
    staff("S2001", Role::Supervisor, BRANCH)
}

fn holder() -> Actor {
    Actor::Customer { evidence: Evidence::PickupCode { csr_sha256: "00".repeat(32) } }
}

fn operator() -> Actor {
    Actor::Operator { name: "root".into() }
}

struct Desk {
    customer: Customer,
    policy: Policy,
    now: DateTime<Utc>,
}

impl Desk {
    /// A customer with one contract of three user IDs, all in ID・パスワード方式.
    fn new() -> Self {
        let customer = Customer::unknown(CustomerId(Uuid::from_u128(7)));
        let mut desk = Self { customer, policy: Policy::default(), now: start() };
        let details = CustomerDetails {
            name: "株式会社見本".into(),
            kana: "カブシキガイシャミホン".into(),
            address: "見本市1".into(),
            phone: "025-000-0001".into(),
            email: "a@example.jp".into(),
        };
        let record =
            CustomerCommand::RecordCustomer { branch: BRANCH.parse().unwrap(), cif: "1234567".parse().unwrap() };
        desk.act(&operator(), record, Some(PersonalData::Customer(details))).unwrap();
        let users =
            [("ADMIN001", UserRole::Administrator), ("APPRV001", UserRole::Approver), ("OPERA001", UserRole::Operator)];
        let record = CustomerCommand::RecordContract {
            contract: "10000001".parse().unwrap(),
            opened_on: start().date_naive(),
            closed: false,
            users: users.iter().map(|(u, role)| new_user(u, *role, "")).collect(),
        };
        desk.act(&operator(), record, None).unwrap();
        desk
    }

    fn act(
        &mut self,
        actor: &Actor,
        command: CustomerCommand,
        personal: Option<PersonalData>,
    ) -> Result<Vec<CustomerEvent>, Refusal> {
        let context = Context { actor, policy: &self.policy, now: self.now };
        let before = self.customer.clone();
        match decide(&self.customer, &command, personal.as_ref(), &context) {
            Ok(events) => {
                for event in &events {
                    apply(&mut self.customer, event, personal.as_ref(), actor, self.now);
                }
                Ok(events)
            }
            Err(refusal) => {
                assert_eq!(before, self.customer, "a refusal changes nothing");
                Err(refusal)
            }
        }
    }

    fn submit(&mut self, actor: &Actor, n: u128, request: Request) -> Result<ApplicationId, Refusal> {
        let application = ApplicationId(Uuid::from_u128(n));
        let received_on = crate::calendar::jst_day(self.now);
        let command = CustomerCommand::SubmitApplication { application, request, checks: checks(), received_on };
        self.act(actor, command, Some(application_details())).map(|_| application)
    }

    fn code(&mut self, actor: &Actor, command: CustomerCommand, personal: Option<PersonalData>) -> ErrorCode {
        self.act(actor, command, personal).unwrap_err().code
    }

    fn issue(&mut self, n: u128, users: &[&str]) -> Vec<CertificateId> {
        let application = self.submit(&teller(), n, moving(users)).unwrap();
        self.act(&supervisor(), CustomerCommand::ApproveApplication { application }, None).unwrap();
        users.iter().map(|u| CertificateId::of(application, &u.parse().unwrap(), 0)).collect()
    }
}

fn new_user(user: &str, role: UserRole, label: &str) -> NewUser {
    NewUser { user: user.parse().unwrap(), role, device_label: label.into() }
}

fn checks() -> PaperChecks {
    PaperChecks { seal: true, identity: Some(IdentityDocument::KnownCustomer), environment: true, terms: true }
}

fn application_details() -> PersonalData {
    PersonalData::Application(ApplicationDetails {
        applicant: "見本 太郎".into(), note: String::new(), customer: None
    })
}

fn comment() -> Option<PersonalData> {
    Some(PersonalData::Comment(Comment { text: "印影不鮮明".into() }))
}

fn moving(users: &[&str]) -> Request {
    Request::MoveToCertificate {
        contract: "10000001".parse().unwrap(),
        users: users
            .iter()
            .map(|u| ChosenUser { user: u.parse().unwrap(), device_label: "経理課 1号機".into() })
            .collect(),
    }
}

fn signed(n: u8) -> SignedCertificate {
    SignedCertificate {
        serial: format!("01{n:018X}").parse().unwrap(),
        key_sha256: format!("{n:064x}"),
        not_before: start(),
        not_after: start() + Duration::days(365),
        der: String::new(),
    }
}

#[test]
fn the_seeds_main_case_from_application_to_active() {
    let mut desk = Desk::new();
    let rights = desk.issue(1, &["ADMIN001", "OPERA001"]);
    assert_eq!(desk.customer.certificate(rights[0]).unwrap().deadline.to_string(), "2027-02-12");
    for (n, right) in rights.iter().enumerate() {
        let fetch = CustomerCommand::FetchCertificate { certificate: *right, signed: signed(n as u8) };
        assert_eq!(desk.code(&holder(), fetch.clone(), None), ErrorCode::SlipNotPrinted);
        desk.act(&teller(), CustomerCommand::PrintSlip { certificate: *right }, None).unwrap();
        let handover = CustomerCommand::RecordHandover {
            certificate: *right,
            method: HandoverMethod::Window,
            handed_on: crate::calendar::jst_day(desk.now),
        };
        let to = PersonalData::Handover(HandoverDetails { recipient: "見本 太郎".into() });
        desk.act(&teller(), handover, Some(to)).unwrap();
        desk.act(&holder(), fetch.clone(), None).unwrap();
        assert_eq!(desk.code(&holder(), fetch, None), ErrorCode::PickupOtherKey);
        assert_eq!(desk.customer.certificate(*right).unwrap().state, CertificateState::Signed);
        let events = desk.act(&holder(), CustomerCommand::ConfirmCertificate { certificate: *right }, None).unwrap();
        assert_eq!(events.len(), if n == 0 { 1 } else { 2 }, "the last one completes the application");
    }
    assert_eq!(desk.customer.applications[0].state, ApplicationState::Completed);
    let (_, user) = desk.customer.user(&"ADMIN001".parse().unwrap()).unwrap();
    assert_eq!((user.login, user.device_label.as_str()), (LoginMethod::Certificate, "経理課 1号機"));
    let (_, other) = desk.customer.user(&"APPRV001".parse().unwrap()).unwrap();
    assert_eq!(other.login, LoginMethod::Password);
    assert_eq!(desk.submit(&teller(), 2, moving(&["ADMIN001"])).unwrap_err().code, ErrorCode::AlreadyCertificateMethod);
}

#[test]
fn new_contract_and_one_more_pc() {
    let mut desk = Desk::new();
    let contract = "20000002".parse().unwrap();
    let users =
        vec![new_user("NEWADM01", UserRole::Administrator, "社長室"), new_user("NEWOPR01", UserRole::Operator, "経理")];
    let application = desk.submit(&teller(), 1, Request::NewContract { contract, users }).unwrap();
    desk.act(&supervisor(), CustomerCommand::ApproveApplication { application }, None).unwrap();
    assert_eq!(desk.customer.certificates.len(), 2);
    let more =
        |role| Request::AddUser { contract: "20000002".parse().unwrap(), user: new_user("NEWOPR02", role, "営業") };
    assert_eq!(
        desk.submit(&teller(), 2, more(UserRole::Administrator)).unwrap_err().code,
        ErrorCode::AdministratorCount
    );
    desk.submit(&teller(), 3, more(UserRole::Operator)).unwrap();
    let refusal = desk.submit(&supervisor(), 4, more(UserRole::Operator)).unwrap_err();
    assert_eq!(refusal.code, ErrorCode::ApplicationOpen);
    assert_eq!(refusal.args["by"], "T1001", "who was faster is named");
}

#[test]
fn nobody_decides_what_he_registered() {
    let mut desk = Desk::new();
    let application = desk.submit(&supervisor(), 1, moving(&["ADMIN001"])).unwrap();
    let approve = CustomerCommand::ApproveApplication { application };
    assert_eq!(desk.code(&supervisor(), approve.clone(), None), ErrorCode::TwoPersonRule);
    assert_eq!(
        desk.code(&supervisor(), CustomerCommand::RejectApplication { application }, comment()),
        ErrorCode::TwoPersonRule
    );
    let second = staff("S2002", Role::Supervisor, BRANCH);
    desk.act(&second, CustomerCommand::ReturnApplication { application }, comment()).unwrap();
    let again = CustomerCommand::ResubmitApplication {
        application,
        request: moving(&["ADMIN001"]),
        checks: checks(),
        received_on: crate::calendar::jst_day(desk.now),
    };
    desk.act(&second, again, Some(application_details())).unwrap();
    assert_eq!(desk.code(&second, approve.clone(), None), ErrorCode::TwoPersonRule, "correcting is registering");
    assert_eq!(
        desk.code(&supervisor(), approve.clone(), None),
        ErrorCode::TwoPersonRule,
        "the first one stays out, too"
    );
    desk.act(&staff("H9001", Role::HeadOffice, "000"), approve, None).unwrap();
}

#[test]
fn role_and_branch_are_checked() {
    let mut desk = Desk::new();
    let application = desk.submit(&teller(), 1, moving(&["ADMIN001"])).unwrap();
    let approve = CustomerCommand::ApproveApplication { application };
    for role in [Role::Teller, Role::SalesRep, Role::Auditor] {
        assert_eq!(desk.code(&staff("X9999", role, BRANCH), approve.clone(), None), ErrorCode::RoleNotPermitted);
    }
    assert_eq!(
        desk.code(&staff("S3001", Role::Supervisor, "012"), approve.clone(), None),
        ErrorCode::BranchNotPermitted
    );
    for actor in [operator(), holder(), Actor::System { job: "lapse".into() }] {
        assert_eq!(desk.code(&actor, approve.clone(), None), ErrorCode::ActorNotPermitted);
    }
}

#[test]
fn paper_and_form_are_checked() {
    let mut desk = Desk::new();
    for (field, broken) in [
        ("seal", PaperChecks { seal: false, ..checks() }),
        ("identity", PaperChecks { identity: None, ..checks() }),
        ("environment", PaperChecks { environment: false, ..checks() }),
        ("terms", PaperChecks { terms: false, ..checks() }),
    ] {
        let command = CustomerCommand::SubmitApplication {
            application: ApplicationId(Uuid::from_u128(1)),
            request: moving(&["ADMIN001"]),
            checks: broken,
            received_on: crate::calendar::jst_day(desk.now),
        };
        let refusal = desk.act(&teller(), command, Some(application_details())).unwrap_err();
        assert_eq!((refusal.code, refusal.args["field"].as_str()), (ErrorCode::CheckMissing, field));
    }
    for (request, code) in [
        (moving(&[]), ErrorCode::UsersMissing),
        (moving(&["ADMIN001", "ADMIN001"]), ErrorCode::UserTwice),
        (moving(&["NOBODY01"]), ErrorCode::UserUnknown),
    ] {
        assert_eq!(desk.submit(&teller(), 1, request).unwrap_err().code, code);
    }
    let command = CustomerCommand::WithdrawApplication { application: ApplicationId(Uuid::nil()) };
    assert_eq!(desk.code(&teller(), command.clone(), None), ErrorCode::ApplicationUnknown);
    assert_eq!(desk.code(&teller(), command, comment()), ErrorCode::AttachmentMismatch);
}

#[test]
fn the_deadline_day_is_the_last_good_one() {
    let mut desk = Desk::new();
    let right = desk.issue(1, &["ADMIN001"])[0];
    desk.act(&teller(), CustomerCommand::PrintSlip { certificate: right }, None).unwrap();
    desk.now = "2027-02-12T14:59:59Z".parse().unwrap();
    assert!(may_fetch(&desk.customer, right, desk.now).is_ok());
    desk.now = "2027-02-12T15:00:00Z".parse().unwrap();
    let fetch = CustomerCommand::FetchCertificate { certificate: right, signed: signed(1) };
    assert_eq!(desk.code(&holder(), fetch, None), ErrorCode::PickupDeadlinePassed);
    let job = Actor::System { job: "lapse".into() };
    desk.act(&job, CustomerCommand::LapseRight { certificate: right }, None).unwrap();
    assert_eq!(desk.customer.certificates[0].state, CertificateState::Lapsed);
    assert_eq!(desk.customer.applications[0].state, ApplicationState::Completed);
    desk.submit(&teller(), 2, moving(&["ADMIN001"])).unwrap();
}

#[test]
fn pickup_codes_agree_with_the_shared_vectors() {
    #[derive(serde::Deserialize)]
    struct Vector {
        code: String,
        valid: bool,
    }
    let text = include_str!("../../../../assets/pickup-code-vectors.json");
    let vectors: Vec<Vector> = serde_json::from_str(text).unwrap();
    assert!(vectors.iter().any(|v| v.valid) && vectors.iter().any(|v| !v.valid));
    for vector in vectors {
        assert_eq!(crate::pickup_code::PickupCode::parse(&vector.code).is_ok(), vector.valid, "{}", vector.code);
    }
}

/// What the model knows of a user ID: whether it is encumbered, and by what.
#[derive(Debug, Clone, Copy, PartialEq)]
enum Model {
    Free,
    Applied,
    Authorised,
    Signed,
    Active,
}

#[derive(Debug, Clone)]
enum Step {
    Submit(usize),
    Withdraw(usize),
    Approve(usize),
    Print(usize),
    Fetch(usize),
    Confirm(usize),
    Later(i64),
    Lapse(usize),
}

fn step() -> impl Strategy<Value = Step> {
    let user = 0..3_usize;
    prop_oneof![
        user.clone().prop_map(Step::Submit),
        user.clone().prop_map(Step::Withdraw),
        user.clone().prop_map(Step::Approve),
        user.clone().prop_map(Step::Print),
        user.clone().prop_map(Step::Fetch),
        user.clone().prop_map(Step::Confirm),
        (1..60_i64).prop_map(Step::Later),
        user.prop_map(Step::Lapse),
    ]
}

proptest! {
    /// Whatever the history: the rules accept exactly what the model accepts, and no user ID ever has two usable
    /// certificates or two successors.
    #[test]
    fn random_histories_agree_with_the_model(steps in proptest::collection::vec(step(), 1..120)) {
        const USERS: [&str; 3] = ["ADMIN001", "APPRV001", "OPERA001"];
        let mut desk = Desk::new();
        let mut model = [Model::Free; 3];
        let mut printed = [false; 3];
        let mut deadline = [start(); 3];
        let mut application = [ApplicationId(Uuid::nil()); 3];
        for (n, step) in steps.into_iter().enumerate() {
            let right = |desk: &Desk, u: usize| desk.customer.certificates.iter().rev().find(|c| c.user.as_str() == USERS[u]).map(|c| c.id);
            match step {
                Step::Submit(u) => {
                    let result = desk.submit(&teller(), n as u128 + 100, moving(&[USERS[u]]));
                    prop_assert_eq!(result.is_ok(), model[u] == Model::Free);
                    if let Ok(id) = result { model[u] = Model::Applied; application[u] = id; }
                }
                Step::Withdraw(u) => {
                    let result = desk.act(&teller(), CustomerCommand::WithdrawApplication { application: application[u] }, None);
                    prop_assert_eq!(result.is_ok(), model[u] == Model::Applied);
                    if result.is_ok() { model[u] = Model::Free; }
                }
                Step::Approve(u) => {
                    let result = desk.act(&supervisor(), CustomerCommand::ApproveApplication { application: application[u] }, None);
                    prop_assert_eq!(result.is_ok(), model[u] == Model::Applied);
                    if result.is_ok() { model[u] = Model::Authorised; printed[u] = false; deadline[u] = desk.now + Duration::days(80); }
                }
                Step::Print(u) => if let Some(certificate) = right(&desk, u) {
                    let result = desk.act(&teller(), CustomerCommand::PrintSlip { certificate }, None);
                    prop_assert_eq!(result.is_ok(), model[u] == Model::Authorised && desk.now <= deadline[u]);
                    if result.is_ok() { printed[u] = true; }
                },
                Step::Fetch(u) => if let Some(certificate) = right(&desk, u) {
                    let result = desk.act(&holder(), CustomerCommand::FetchCertificate { certificate, signed: signed(n as u8) }, None);
                    prop_assert_eq!(result.is_ok(), model[u] == Model::Authorised && printed[u] && desk.now <= deadline[u]);
                    if result.is_ok() { model[u] = Model::Signed; }
                },
                Step::Confirm(u) => if let Some(certificate) = right(&desk, u) {
                    let result = desk.act(&holder(), CustomerCommand::ConfirmCertificate { certificate }, None);
                    prop_assert_eq!(result.is_ok(), model[u] == Model::Signed);
                    if result.is_ok() { model[u] = Model::Active; }
                },
                Step::Later(days) => desk.now += Duration::days(days),
                Step::Lapse(u) => if let Some(certificate) = right(&desk, u) {
                    let job = Actor::System { job: "lapse".into() };
                    let result = desk.act(&job, CustomerCommand::LapseRight { certificate }, None);
                    let due = matches!(model[u], Model::Authorised | Model::Signed) && desk.now > deadline[u];
                    prop_assert_eq!(result.is_ok(), due);
                    if result.is_ok() { model[u] = Model::Free; }
                },
            }
            let mut usable: BTreeMap<&UserId, (u32, u32)> = BTreeMap::new();
            for certificate in &desk.customer.certificates {
                let counts = usable.entry(&certificate.user).or_default();
                counts.0 += u32::from(certificate.state.usable());
                counts.1 += u32::from(certificate.state.successor());
            }
            prop_assert!(usable.values().all(|(usable, successor)| *usable <= 1 && *successor <= 1));
        }
    }
}
