//! How things end: a user ID, a contract, a contract that another follows, and everything by the calendar.

use chrono::NaiveDate;

use super::*;
use crate::policy::{BranchReissues, RecontractUserIds};

pub(super) const OLD: &str = "10000001";
pub(super) const NEW: &str = "20000002";

pub(super) fn day(text: &str) -> NaiveDate {
    text.parse().unwrap()
}

pub(super) fn ids(users: &[&str]) -> Vec<UserId> {
    users.iter().map(|u| u.parse().unwrap()).collect()
}

pub(super) fn usable(desk: &mut Desk, n: u128, user: &str) -> CertificateId {
    let certificate = desk.issue(n, &[user])[0];
    desk.act(&teller(), CustomerCommand::PrintSlip { certificate }, None).unwrap();
    desk.act(&holder(), CustomerCommand::FetchCertificate { certificate, signed: signed(n as u8) }, None).unwrap();
    desk.act(&holder(), CustomerCommand::ConfirmCertificate { certificate }, None).unwrap();
    certificate
}

pub(super) fn approved(desk: &mut Desk, n: u128, request: Request) -> Result<ApplicationId, Refusal> {
    let application = desk.submit(&teller(), n, request)?;
    desk.act(&supervisor(), CustomerCommand::ApproveApplication { application }, None)?;
    Ok(application)
}

pub(super) fn state(desk: &Desk, id: CertificateId) -> CertificateState {
    desk.customer.certificate(id).unwrap().state
}

fn reason(desk: &Desk, id: CertificateId) -> RevocationReason {
    desk.customer.certificate(id).unwrap().revocation.clone().unwrap().reason
}

fn application_state(desk: &Desk, id: ApplicationId) -> ApplicationState {
    desk.customer.application(id).unwrap().state
}

fn system() -> Actor {
    Actor::System { job: "test".into() }
}

pub(super) fn recontract(closing_on: &str, opened_on: &str, users: &[(&str, &str)]) -> Request {
    Request::Recontract {
        contract: NEW.parse().unwrap(),
        old: OLD.parse().unwrap(),
        closing_on: day(closing_on),
        opened_on: day(opened_on),
        users: users
            .iter()
            .enumerate()
            .map(|(n, (from, to))| {
                let role = if n == 0 { UserRole::Administrator } else { UserRole::Operator };
                MovedUser { from: from.parse().unwrap(), user: new_user(to, role, "経理課 1号機") }
            })
            .collect(),
    }
}

#[test]
fn a_user_id_that_left_loses_what_it_has_and_never_comes_back() {
    let mut desk = Desk::new();
    let used = usable(&mut desk, 1, "ADMIN001");
    let waiting = desk.issue(2, &["OPERA001"])[0];
    let request =
        Request::RemoveUsers { contract: OLD.parse().unwrap(), users: ids(&["ADMIN001", "OPERA001", "APPRV001"]) };
    let application = approved(&mut desk, 3, request).unwrap();
    assert_eq!((state(&desk, used), state(&desk, waiting)), (CertificateState::Revoked, CertificateState::Cancelled));
    assert_eq!(reason(&desk, used), RevocationReason::CessationOfOperation);
    assert_eq!(application_state(&desk, application), ApplicationState::Completed);
    assert_eq!(application_state(&desk, ApplicationId(Uuid::from_u128(2))), ApplicationState::Completed);
    assert!(desk.customer.contracts[0].users.iter().all(|u| u.removed));
    assert_eq!(desk.submit(&teller(), 4, moving(&["ADMIN001"])).unwrap_err().code, ErrorCode::UserUnknown);
    let again = Request::RemoveUsers { contract: OLD.parse().unwrap(), users: ids(&["ADMIN001"]) };
    assert_eq!(desk.submit(&teller(), 4, again).unwrap_err().code, ErrorCode::UserUnknown);
}

#[test]
fn a_contract_ends_on_its_day_whoever_is_awake() {
    for (closing_on, at_once) in [("2026-11-24", true), ("2026-11-20", true), ("2026-12-31", false)] {
        let mut desk = Desk::new();
        let used = usable(&mut desk, 1, "ADMIN001");
        let waiting = desk.issue(2, &["OPERA001"])[0];
        let contract: crate::id::ContractNumber = OLD.parse().unwrap();
        let request = Request::Close { contract: contract.clone(), closing_on: day(closing_on) };
        let application = approved(&mut desk, 3, request.clone()).unwrap();
        let close = CustomerCommand::CloseContract { contract };
        if !at_once {
            assert_eq!(state(&desk, used), CertificateState::Active, "until the day");
            assert_eq!(application_state(&desk, application), ApplicationState::Approved);
            assert_eq!(desk.submit(&teller(), 4, request).unwrap_err().code, ErrorCode::ContractClosing);
            assert_eq!(desk.code(&system(), close.clone(), None), ErrorCode::DateOutOfRange);
            // 23:59:59 of the day before, JST, and a second later.
            desk.now = "2026-12-30T14:59:59Z".parse().unwrap();
            assert_eq!(desk.code(&system(), close.clone(), None), ErrorCode::DateOutOfRange);
            desk.now += Duration::seconds(1);
            assert_eq!(desk.code(&supervisor(), close.clone(), None), ErrorCode::RoleNotPermitted);
            desk.act(&system(), close.clone(), None).unwrap();
        }
        assert_eq!(state(&desk, used), CertificateState::Revoked, "{closing_on}");
        assert_eq!(state(&desk, waiting), CertificateState::Cancelled);
        assert_eq!(reason(&desk, used), RevocationReason::CessationOfOperation);
        assert_eq!(application_state(&desk, application), ApplicationState::Completed);
        assert!(!desk.customer.contracts[0].active);
        assert_eq!(desk.code(&system(), close, None), ErrorCode::ContractClosed, "exactly once");
        assert_eq!(desk.submit(&teller(), 5, moving(&["APPRV001"])).unwrap_err().code, ErrorCode::ContractClosed);
    }
}

#[test]
fn what_waits_for_approval_goes_with_the_contract() {
    let mut desk = Desk::new();
    let contract: crate::id::ContractNumber = OLD.parse().unwrap();
    approved(&mut desk, 1, Request::Close { contract: contract.clone(), closing_on: day("2026-12-01") }).unwrap();
    let waiting = desk.submit(&teller(), 2, moving(&["ADMIN001"])).unwrap();
    desk.now = "2026-12-01T00:00:00Z".parse().unwrap();
    desk.act(&system(), CustomerCommand::CloseContract { contract }, None).unwrap();
    assert_eq!(application_state(&desk, waiting), ApplicationState::Withdrawn);
}

#[test]
fn a_key_under_suspicion_ends_as_compromised_even_with_its_contract() {
    let mut desk = Desk::new();
    let used = usable(&mut desk, 1, "ADMIN001");
    let incident = crate::id::IncidentId(Uuid::from_u128(77));
    let scope = StopScope::User { user: "ADMIN001".parse().unwrap() };
    let stop = CustomerCommand::SuspendCertificates { incident, cause: IncidentCause::Stolen, scope };
    desk.act(&teller(), stop, None).unwrap();
    let contract = OLD.parse().unwrap();
    approved(&mut desk, 2, Request::Close { contract, closing_on: day("2026-11-24") }).unwrap();
    assert_eq!(reason(&desk, used), RevocationReason::KeyCompromise);
    assert_eq!(desk.customer.incident(incident).unwrap().outcome, Some(IncidentOutcome::Revoked));
    // Nor does a forced stop make less of it.
    let mut desk = Desk::new();
    let used = usable(&mut desk, 1, "ADMIN001");
    let scope = StopScope::User { user: "ADMIN001".parse().unwrap() };
    let stop = CustomerCommand::SuspendCertificates { incident, cause: IncidentCause::Stolen, scope };
    desk.act(&teller(), stop, None).unwrap();
    let request = Request::ForceStop { contract: OLD.parse().unwrap(), users: ids(&["ADMIN001"]) };
    let application = desk.submit(&staff("H9001", Role::HeadOffice, "000"), 2, request).unwrap();
    let approve = CustomerCommand::ApproveApplication { application };
    desk.act(&staff("H9002", Role::HeadOffice, "000"), approve, None).unwrap();
    let ended = desk.customer.certificate(used).unwrap().revocation.clone().unwrap();
    assert_eq!((ended.reason, ended.invalid_from), (RevocationReason::KeyCompromise, Some(desk.now)));
}

#[test]
fn a_contract_that_lost_its_administrator_gets_another() {
    let mut desk = Desk::new();
    let another = |n: &str| Request::AddUser {
        contract: OLD.parse().unwrap(),
        user: new_user(n, UserRole::Administrator, "社長室"),
    };
    assert_eq!(desk.submit(&teller(), 1, another("ADMIN002")).unwrap_err().code, ErrorCode::AdministratorCount);
    let request = Request::RemoveUsers { contract: OLD.parse().unwrap(), users: ids(&["ADMIN001"]) };
    approved(&mut desk, 2, request).unwrap();
    approved(&mut desk, 3, another("ADMIN002")).unwrap();
    assert_eq!(desk.submit(&teller(), 4, another("ADMIN003")).unwrap_err().code, ErrorCode::AdministratorCount);
}

#[test]
fn one_contract_takes_the_others_place() {
    let mut desk = Desk::new();
    let used = usable(&mut desk, 1, "ADMIN001");
    let left = usable(&mut desk, 2, "OPERA001");
    let waiting = desk.issue(3, &["APPRV001"])[0];
    let request = recontract("2026-12-31", "2027-01-04", &[("ADMIN001", "ADMIN001"), ("APPRV001", "APPRV001")]);
    let application = approved(&mut desk, 4, request).unwrap();
    let (old, new) = (&desk.customer.contracts[0], &desk.customer.contracts[1]);
    assert_eq!((old.successor.as_ref(), new.predecessor.as_ref()), (Some(&new.number), Some(&old.number)));
    assert_eq!(new.users.len(), 2);
    assert_eq!(old.users.len(), 1, "OPERA001 does not go on");
    assert_eq!(state(&desk, waiting), CertificateState::Cancelled, "it made room");
    assert_eq!(state(&desk, used), CertificateState::Active, "until the closing day");
    let right = CertificateId::of(application, &"ADMIN001".parse().unwrap(), 0);
    desk.act(&teller(), CustomerCommand::PrintSlip { certificate: right }, None).unwrap();
    // The deadline counts from the first day on which it may be fetched.
    assert_eq!(desk.customer.certificate(right).unwrap().deadline, day("2027-03-25"));
    let fetch = CustomerCommand::FetchCertificate { certificate: right, signed: signed(9) };
    assert_eq!(desk.code(&holder(), fetch.clone(), None), ErrorCode::PickupNotOpen);
    desk.now = "2026-12-31T03:00:00Z".parse().unwrap();
    desk.act(&system(), CustomerCommand::CloseContract { contract: OLD.parse().unwrap() }, None).unwrap();
    assert_eq!((state(&desk, used), state(&desk, left)), (CertificateState::Revoked, CertificateState::Revoked));
    assert_eq!(reason(&desk, left), RevocationReason::CessationOfOperation);
    assert_eq!(state(&desk, right), CertificateState::Authorised, "the new one is not the old contract's");
    desk.now = "2027-01-03T15:00:00Z".parse().unwrap();
    desk.act(&holder(), fetch, None).unwrap();
    desk.act(&holder(), CustomerCommand::ConfirmCertificate { certificate: right }, None).unwrap();
    assert_eq!(desk.customer.certificate(right).unwrap().contract.as_str(), NEW);
}

#[test]
fn a_recontract_without_a_gap_replaces_at_the_confirmation() {
    let mut desk = Desk::new();
    let used = usable(&mut desk, 1, "ADMIN001");
    let request = recontract("2026-12-31", "2026-11-24", &[("ADMIN001", "ADMIN001")]);
    let application = approved(&mut desk, 2, request).unwrap();
    let right = CertificateId::of(application, &"ADMIN001".parse().unwrap(), 0);
    desk.act(&teller(), CustomerCommand::PrintSlip { certificate: right }, None).unwrap();
    let fetch = CustomerCommand::FetchCertificate { certificate: right, signed: signed(9) };
    desk.act(&holder(), fetch, None).unwrap();
    assert_eq!(state(&desk, used), CertificateState::Active);
    desk.act(&holder(), CustomerCommand::ConfirmCertificate { certificate: right }, None).unwrap();
    assert_eq!(reason(&desk, used), RevocationReason::CessationOfOperation);
    assert_eq!(application_state(&desk, application), ApplicationState::Completed);
}

#[test]
fn the_policy_says_what_user_ids_are_called_in_the_new_contract() {
    let both =
        [(RecontractUserIds::Kept, "ADMIN001", "ADMIN002"), (RecontractUserIds::Renumbered, "ADMIN002", "ADMIN001")];
    for (policy, good, bad) in both {
        let mut desk = Desk::new();
        desk.policy.recontract_user_ids = policy;
        let ask = |to| recontract("2026-11-24", "2026-11-24", &[("ADMIN001", to)]);
        assert_eq!(desk.submit(&teller(), 1, ask(bad)).unwrap_err().code, ErrorCode::RecontractUserId);
        approved(&mut desk, 1, ask(good)).unwrap();
    }
    let mut desk = Desk::new();
    for (request, code) in [
        (recontract("2026-11-24", "2026-11-24", &[]), ErrorCode::UsersMissing),
        (recontract("2026-11-24", "2026-11-24", &[("NOBODY01", "NOBODY01")]), ErrorCode::UserUnknown),
        (recontract("2025-01-01", "2026-11-24", &[("ADMIN001", "ADMIN001")]), ErrorCode::DateOutOfRange),
        (recontract("2026-11-24", "2029-01-01", &[("ADMIN001", "ADMIN001")]), ErrorCode::DateOutOfRange),
    ] {
        assert_eq!(desk.submit(&teller(), 1, request).unwrap_err().code, code);
    }
}

#[test]
fn a_new_name_needs_its_attachment_and_replaces_when_confirmed() {
    let mut desk = Desk::new();
    let used = usable(&mut desk, 1, "ADMIN001");
    let Request::MoveToCertificate { contract, users } = moving(&["ADMIN001"]) else { unreachable!() };
    let request = Request::Rename { contract, users };
    assert_eq!(desk.submit(&teller(), 2, request.clone()).unwrap_err().code, ErrorCode::AttachmentMismatch);
    let PersonalData::Application(mut details) = application_details() else { unreachable!() };
    let mut customer = desk.customer.details.clone().unwrap();
    customer.name = "株式会社新見本".into();
    details.customer = Some(customer);
    let application = ApplicationId(Uuid::from_u128(2));
    let received_on = day("2026-11-24");
    let submit = CustomerCommand::SubmitApplication { application, request, checks: checks(), received_on };
    desk.act(&teller(), submit, Some(PersonalData::Application(details))).unwrap();
    assert_eq!(desk.customer.details.as_ref().unwrap().name, "株式会社見本", "not before it is approved");
    desk.act(&supervisor(), CustomerCommand::ApproveApplication { application }, None).unwrap();
    assert_eq!(desk.customer.details.as_ref().unwrap().name, "株式会社新見本");
    let certificate = CertificateId::of(application, &"ADMIN001".parse().unwrap(), 0);
    desk.act(&teller(), CustomerCommand::PrintSlip { certificate }, None).unwrap();
    desk.act(&holder(), CustomerCommand::FetchCertificate { certificate, signed: signed(9) }, None).unwrap();
    desk.act(&holder(), CustomerCommand::ConfirmCertificate { certificate }, None).unwrap();
    assert_eq!(reason(&desk, used), RevocationReason::AffiliationChanged);
}

#[test]
fn only_head_office_stops_by_force_and_two_of_them() {
    let mut desk = Desk::new();
    let used = usable(&mut desk, 1, "ADMIN001");
    let request = Request::ForceStop { contract: OLD.parse().unwrap(), users: ids(&["ADMIN001"]) };
    let (one, two) = (staff("H9001", Role::HeadOffice, "000"), staff("H9002", Role::HeadOffice, "000"));
    assert_eq!(desk.submit(&teller(), 2, request.clone()).unwrap_err().code, ErrorCode::RoleNotPermitted);
    // Head office brings in nothing else.
    assert_eq!(desk.submit(&one, 2, moving(&["OPERA001"])).unwrap_err().code, ErrorCode::RoleNotPermitted);
    let application = desk.submit(&one, 2, request).unwrap();
    let approve = CustomerCommand::ApproveApplication { application };
    assert_eq!(desk.code(&supervisor(), approve.clone(), None), ErrorCode::RoleNotPermitted);
    assert_eq!(desk.code(&one, approve.clone(), None), ErrorCode::TwoPersonRule);
    desk.act(&two, approve, None).unwrap();
    assert_eq!(reason(&desk, used), RevocationReason::PrivilegeWithdrawn);
    let nothing = Request::ForceStop { contract: OLD.parse().unwrap(), users: ids(&["OPERA001"]) };
    assert_eq!(desk.submit(&one, 3, nothing).unwrap_err().code, ErrorCode::NothingToStop);
}

#[test]
fn validity_and_grace_end_once_each() {
    let mut desk = Desk::new();
    let certificate = usable(&mut desk, 1, "ADMIN001");
    let end = desk.customer.certificate(certificate).unwrap().signed.clone().unwrap().not_after;
    let expire = CustomerCommand::ExpireCertificate { certificate };
    let grace = CustomerCommand::EndGrace { certificate };
    desk.now = end;
    assert_eq!(desk.code(&system(), expire.clone(), None), ErrorCode::DateOutOfRange, "its last second is good");
    desk.now = end + Duration::seconds(1);
    assert_eq!(desk.code(&teller(), expire.clone(), None), ErrorCode::RoleNotPermitted);
    assert_eq!(desk.code(&system(), grace.clone(), None), ErrorCode::CertificateState);
    desk.act(&system(), expire.clone(), None).unwrap();
    assert_eq!(desk.code(&system(), expire, None), ErrorCode::CertificateState);
    assert_eq!(desk.code(&system(), grace.clone(), None), ErrorCode::DateOutOfRange);
    desk.now = end + Duration::days(91);
    desk.act(&system(), grace.clone(), None).unwrap();
    assert_eq!(desk.code(&system(), grace, None), ErrorCode::CertificateState);
    assert!(desk.customer.certificate(certificate).unwrap().grace_over);
}

#[test]
fn where_the_policy_says_so_the_customers_administrator_reissues() {
    let mut desk = Desk::new();
    usable(&mut desk, 1, "OPERA001");
    let Request::MoveToCertificate { contract, users } = moving(&["OPERA001"]) else { unreachable!() };
    let request = Request::Reissue { contract, cause: ReissueCause::Replaced, users };
    desk.policy.branch_reissues = BranchReissues::Administrator;
    assert_eq!(desk.submit(&teller(), 2, request.clone()).unwrap_err().code, ErrorCode::ReissueByAdministrator);
    desk.policy.branch_reissues = BranchReissues::All;
    desk.submit(&teller(), 2, request).unwrap();
}
