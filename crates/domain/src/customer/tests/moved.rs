//! Taken over from the banking system in one act, and moved to another branch.

use super::*;
use crate::id::{BranchCode, CifNumber};

fn customer_details() -> PersonalData {
    PersonalData::Customer(CustomerDetails {
        name: "株式会社見本".into(),
        kana: "カブシキガイシャミホン".into(),
        address: String::new(),
        phone: String::new(),
        email: String::new(),
    })
}

fn contract(number: &str, users: &[(&str, UserRole)]) -> KnownContract {
    KnownContract {
        number: number.parse().unwrap(),
        opened_on: start().date_naive(),
        closed: false,
        users: users.iter().map(|(user, role)| new_user(user, *role, "")).collect(),
        elsewhere: Vec::new(),
    }
}

fn import(contracts: Vec<KnownContract>) -> CustomerCommand {
    CustomerCommand::ImportCustomer { branch: BRANCH.parse().unwrap(), cif: "1234567".parse().unwrap(), contracts }
}

fn moving_to(branch: &str, cif: &str) -> CustomerCommand {
    CustomerCommand::MoveCustomer { branch: branch.parse().unwrap(), cif: cif.parse().unwrap() }
}

#[test]
fn an_import_is_the_customer_and_its_contracts_or_nothing() {
    let customer = Customer::unknown(CustomerId(Uuid::from_u128(8)));
    let mut desk = Desk { customer, policy: Policy::default(), now: start() };
    let two = || {
        vec![
            contract("10000001", &[("ADMIN001", UserRole::Administrator), ("OPERA001", UserRole::Operator)]),
            contract("10000002", &[("ADMIN002", UserRole::Administrator)]),
        ]
    };
    for actor in [teller(), supervisor(), staff("H9001", Role::HeadOffice, "000")] {
        assert_eq!(desk.code(&actor, import(two()), Some(customer_details())), ErrorCode::RoleNotPermitted);
    }
    assert_eq!(desk.code(&operator(), import(two()), None), ErrorCode::AttachmentMismatch);
    let mut wrong = two();
    wrong.push(contract("10000003", &[("OPERA003", UserRole::Operator)]));
    assert_eq!(desk.code(&operator(), import(wrong), Some(customer_details())), ErrorCode::AdministratorCount);
    let mut twice = two();
    twice.push(contract("10000003", &[("ADMIN002", UserRole::Administrator)]));
    assert_eq!(desk.code(&operator(), import(twice), Some(customer_details())), ErrorCode::UserExists);
    assert_eq!(desk.act(&operator(), import(two()), Some(customer_details())).unwrap().len(), 3);
    assert_eq!((desk.customer.contracts.len(), desk.customer.version), (2, 3));
    // Again: nothing. A further contract: that alone, and without the details.
    assert_eq!(desk.code(&operator(), import(two()), None), ErrorCode::ContractExists);
    assert_eq!(desk.code(&operator(), import(Vec::new()), None), ErrorCode::CustomerExists);
    let more = || vec![contract("10000009", &[("ADMIN009", UserRole::Administrator)])];
    assert_eq!(desk.code(&operator(), import(more()), Some(customer_details())), ErrorCode::CustomerExists);
    assert_eq!(desk.act(&operator(), import(more()), None).unwrap().len(), 1);
    // What was imported is what the branch works with.
    desk.issue(1, &["ADMIN001"]);
}

#[test]
fn a_certificate_from_elsewhere_is_said_to_be_one_and_is_followed_by_one_of_ours() {
    let mut desk = Desk::new();
    let users = [("ADMIN007", UserRole::Administrator), ("OPERA007", UserRole::Operator)];
    let elsewhere =
        |user: &str| vec![KnownContract { elsewhere: vec![user.parse().unwrap()], ..contract("10000007", &users) }];
    assert_eq!(desk.code(&operator(), import(elsewhere("NOBODY01")), None), ErrorCode::UserUnknown);
    desk.act(&operator(), import(elsewhere("ADMIN007")), None).unwrap();
    let login = |desk: &Desk, user: &str| desk.customer.user(&user.parse().unwrap()).unwrap().1.login;
    assert_eq!((login(&desk, "ADMIN007"), login(&desk, "OPERA007")), (LoginMethod::Elsewhere, LoginMethod::Password));
    // Nothing of it can be stopped here.
    let stop = CustomerCommand::SuspendCertificates {
        incident: crate::id::IncidentId(Uuid::from_u128(5)),
        cause: IncidentCause::Stolen,
        scope: StopScope::User { user: "ADMIN007".parse().unwrap() },
    };
    assert_eq!(desk.code(&teller(), stop, None), ErrorCode::NothingToStop);
    let users = vec![ChosenUser { user: "ADMIN007".parse().unwrap(), device_label: "経理課 1号機".into() }];
    let request = Request::MoveToCertificate { contract: "10000007".parse().unwrap(), users };
    let application = desk.submit(&teller(), 1, request).unwrap();
    desk.act(&supervisor(), CustomerCommand::ApproveApplication { application }, None).unwrap();
    let certificate = desk.customer.certificates[0].id;
    desk.act(&teller(), CustomerCommand::PrintSlip { certificate }, None).unwrap();
    desk.act(&holder(), CustomerCommand::FetchCertificate { certificate, signed: signed(1) }, None).unwrap();
    desk.act(&holder(), CustomerCommand::ConfirmCertificate { certificate }, None).unwrap();
    assert_eq!(login(&desk, "ADMIN007"), LoginMethod::Certificate);
}

#[test]
fn a_customer_is_moved_by_nobody_alone_and_the_new_branch_acts_on_it() {
    let (head, system) = (staff("H9001", Role::HeadOffice, "000"), Actor::System { job: "transfer".into() });
    let mut desk = Desk::new();
    // Two persons of head office let a branch's customers go (`crate::branch`); the centre moves them.
    for actor in [teller(), supervisor(), staff("S3001", Role::Supervisor, "012"), head] {
        assert_eq!(desk.code(&actor, moving_to("012", "1234567"), None), ErrorCode::RoleNotPermitted);
    }
    assert_eq!(desk.code(&operator(), moving_to("012", "1234567"), None), ErrorCode::ActorNotPermitted);
    assert_eq!(desk.code(&system, moving_to(BRANCH, "1234567"), None), ErrorCode::BranchSame);
    let before = desk.customer.clone();
    desk.act(&system, moving_to("012", "9"), None).unwrap();
    let (branch, cif): (BranchCode, CifNumber) = ("012".parse().unwrap(), "9".parse().unwrap());
    assert_eq!((desk.customer.branch.clone(), desk.customer.cif.clone()), (Some(branch), Some(cif)));
    assert_eq!(desk.customer.contracts, before.contracts, "everything else stays as it was");
    let refused = desk.submit(&teller(), 1, moving(&["ADMIN001"])).unwrap_err().code;
    assert_eq!(refused, ErrorCode::BranchNotPermitted);
    let there = staff("T3001", Role::Teller, "012");
    let application = desk.submit(&there, 1, moving(&["ADMIN001"])).unwrap();
    let approve = CustomerCommand::ApproveApplication { application };
    assert_eq!(desk.code(&supervisor(), approve.clone(), None), ErrorCode::BranchNotPermitted);
    desk.act(&staff("S3001", Role::Supervisor, "012"), approve, None).unwrap();
    desk.act(&system, moving_to(BRANCH, "1234567"), None).unwrap();
    assert_eq!(desk.customer.branch, before.branch);
}
