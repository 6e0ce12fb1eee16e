//! What stands side by side before an approval is what is there after it, and after the pickup.

use super::ending::{NEW, OLD, day, ids, recontract, usable};
use super::*;

/// A user ID as it is: contract and ID, login, PC, and what has not ended. `None`: it is not there, or has left.
type Now = Option<(LoginMethod, String, Vec<CertificateState>)>;

fn there(customer: &Customer, contract: &str, user: &str) -> Now {
    let (contract, user): (crate::id::ContractNumber, UserId) = (contract.parse().unwrap(), user.parse().unwrap());
    let found = customer.contract(&contract)?.users.iter().find(|one| one.id == user).filter(|one| !one.removed)?;
    let open = customer.certificates.iter().filter(|c| c.user == user && c.contract == contract);
    let open = open.map(|c| c.state).filter(|state| state.usable() || state.successor());
    Some((found.login, found.device_label.clone(), open.collect()))
}

fn told(stands: Option<&UserStands>) -> Now {
    let stands = stands?;
    Some((stands.login, stands.device_label.clone(), stands.certificates.iter().map(|(state, _)| *state).collect()))
}

/// ADMIN001 has a certificate, OPERA001 a right that nobody has fetched.
fn two() -> Desk {
    let mut desk = Desk::new();
    usable(&mut desk, 1, "ADMIN001");
    desk.issue(2, &["OPERA001"]);
    desk
}

fn chosen(user: &str) -> Vec<ChosenUser> {
    vec![ChosenUser { user: user.parse().unwrap(), device_label: "新しいPC".into() }]
}

fn requests() -> Vec<Request> {
    let contract: crate::id::ContractNumber = OLD.parse().unwrap();
    let users = chosen("ADMIN001");
    let renamed = |users| Request::Rename { contract: contract.clone(), users };
    vec![
        moving(&["APPRV001"]),
        Request::NewContract {
            contract: NEW.parse().unwrap(),
            users: vec![new_user("NEWAD001", UserRole::Administrator, "社長室")],
        },
        Request::AddUser { contract: contract.clone(), user: new_user("NEWOP001", UserRole::Operator, "倉庫") },
        Request::Reissue { contract: contract.clone(), cause: ReissueCause::Replaced, users: users.clone() },
        Request::Reissue { contract: contract.clone(), cause: ReissueCause::Vanished, users: users.clone() },
        Request::RemoveUsers { contract: contract.clone(), users: ids(&["ADMIN001", "OPERA001"]) },
        Request::ForceStop { contract: contract.clone(), users: ids(&["ADMIN001"]) },
        Request::Close { contract: contract.clone(), closing_on: day("2026-11-24") },
        Request::Close { contract: contract.clone(), closing_on: day("2026-12-31") },
        renamed(users),
        recontract("2026-11-24", "2026-11-24", &[("ADMIN001", "ADMIN001"), ("OPERA001", "OPERA001")]),
        recontract("2026-12-31", "2026-11-24", &[("ADMIN001", "ADMIN001")]),
    ]
}

#[test]
fn what_was_told_comes_true() {
    for (n, request) in (3..).zip(requests()) {
        let mut desk = two();
        let details = matches!(request, Request::Rename { .. }).then(|| desk.customer.details.clone().unwrap());
        let paper = PersonalData::Application(ApplicationDetails {
            applicant: "見本 太郎".into(),
            note: "届出の変更".into(),
            customer: details.map(|details| CustomerDetails { name: "見本工業株式会社".into(), ..details }),
        });
        let application = ApplicationId(Uuid::from_u128(n));
        let (checks, received_on) = (checks(), crate::calendar::jst_day(desk.now));
        let by = if matches!(request, Request::ForceStop { .. }) {
            staff("H9001", Role::HeadOffice, "000")
        } else {
            teller()
        };
        let submit = CustomerCommand::SubmitApplication { application, request: request.clone(), checks, received_on };
        desk.act(&by, submit, Some(paper)).unwrap_or_else(|refusal| panic!("{request:?}: {refusal}"));
        let told_changes = changes(&desk.customer, desk.customer.application(application).unwrap(), desk.now);
        assert!(!told_changes.is_empty(), "{request:?}");
        let before = desk.customer.clone();
        let approve = CustomerCommand::ApproveApplication { application };
        let second = if matches!(request, Request::ForceStop { .. }) {
            staff("H9002", Role::HeadOffice, "000")
        } else {
            supervisor()
        };
        desk.act(&second, approve, None).unwrap();
        let approved = desk.customer.clone();
        let rights: Vec<_> =
            approved.certificates.iter().filter(|c| c.application == application).map(|c| c.id).collect();
        for (serial, certificate) in (100..).zip(rights) {
            desk.act(&teller(), CustomerCommand::PrintSlip { certificate }, None).unwrap();
            let signed = signed(serial);
            desk.act(&holder(), CustomerCommand::FetchCertificate { certificate, signed }, None).unwrap();
            desk.act(&holder(), CustomerCommand::ConfirmCertificate { certificate }, None).unwrap();
        }
        let fetched = desk.customer.clone();
        let mut all: Vec<(String, String)> = Vec::new();
        for contract in &fetched.contracts {
            all.extend(contract.users.iter().map(|user| (contract.number.to_string(), user.id.to_string())));
        }
        for (contract, user) in all {
            let of = told_changes.iter().find(|changes| changes.contract.as_str() == contract);
            let line = of.and_then(|changes| changes.users.iter().find(|(u, _)| u.as_str() == user));
            let times = [&before, &approved, &fetched].map(|customer| there(customer, &contract, &user));
            match line {
                Some((_, line)) => {
                    let line = [&line.now, &line.approved, &line.fetched].map(|stands| told(stands.as_ref()));
                    assert_eq!(line, times, "{user} of {contract}: {request:?}");
                }
                None => assert!(times.iter().all(|one| *one == times[0]), "{user} of {contract}: {request:?}"),
            }
        }
        for Changes { contract: number, itself, .. } in &told_changes {
            let Some(line) = itself else { continue };
            let times = [&before, &approved, &fetched]
                .map(|customer| customer.contract(number).map(|c| (c.active, c.opened_on, c.closing_on)));
            let line = [&line.now, &line.approved, &line.fetched]
                .map(|stands| stands.as_ref().map(|c| (c.active, c.opened_on, c.closing_on)));
            assert_eq!(line, times, "{number}: {request:?}");
        }
    }
}
