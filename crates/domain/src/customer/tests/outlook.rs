//! What is told before an approval is what happens after it.

use super::ending::{NEW, OLD, approved, day, ids, recontract, state, usable};
use super::*;

/// User ID, whether at the confirmation, on which day, and why.
type Told = (String, bool, Option<String>, Option<RevocationReason>);

fn told(desk: &Desk, request: &Request) -> Vec<Told> {
    outlook(&desk.customer, request, desk.now)
        .into_iter()
        .map(|one| {
            let user = desk.customer.certificate(one.certificate).unwrap().user.to_string();
            (user, one.at_confirmation, one.on.map(|day| day.to_string()), one.reason)
        })
        .collect()
}

fn one(user: &str, at_confirmation: bool, on: Option<&str>, reason: Option<RevocationReason>) -> Told {
    (user.to_owned(), at_confirmation, on.map(str::to_owned), reason)
}

/// ADMIN001 has a certificate, OPERA001 a right.
fn two() -> Desk {
    let mut desk = Desk::new();
    usable(&mut desk, 1, "ADMIN001");
    desk.issue(2, &["OPERA001"]);
    desk
}

fn reissue(cause: ReissueCause) -> Request {
    let Request::MoveToCertificate { contract, users } = moving(&["ADMIN001"]) else { unreachable!() };
    Request::Reissue { contract, cause, users }
}

#[test]
fn each_kind_says_what_ends_when_and_why() {
    use RevocationReason::{CessationOfOperation, KeyCompromise, PrivilegeWithdrawn, Superseded};
    let contract: crate::id::ContractNumber = OLD.parse().unwrap();
    let close = |closing_on| Request::Close { contract: contract.clone(), closing_on: day(closing_on) };
    let ceased = Some(CessationOfOperation);
    let later = Some("2026-12-31");
    let kept = [("ADMIN001", "ADMIN001")];
    for (request, expected) in [
        (moving(&["APPRV001"]), vec![]),
        (reissue(ReissueCause::Replaced), vec![one("ADMIN001", true, None, Some(Superseded))]),
        (reissue(ReissueCause::Vanished), vec![one("ADMIN001", false, None, Some(KeyCompromise))]),
        (
            Request::RemoveUsers { contract: contract.clone(), users: ids(&["ADMIN001", "OPERA001"]) },
            vec![one("ADMIN001", false, None, ceased), one("OPERA001", false, None, None)],
        ),
        (
            Request::ForceStop { contract: contract.clone(), users: ids(&["ADMIN001"]) },
            vec![one("ADMIN001", false, None, Some(PrivilegeWithdrawn))],
        ),
        (close("2026-11-24"), vec![one("ADMIN001", false, None, ceased), one("OPERA001", false, None, None)]),
        (close("2026-12-31"), vec![one("ADMIN001", false, later, ceased), one("OPERA001", false, later, None)]),
        // Open at once: the new one may take its place before the day. Open later: it can't.
        (
            recontract("2026-12-31", "2026-11-24", &kept),
            vec![one("ADMIN001", true, later, ceased), one("OPERA001", false, later, None)],
        ),
        (
            recontract("2026-12-31", "2026-12-31", &kept),
            vec![one("ADMIN001", false, later, ceased), one("OPERA001", false, later, None)],
        ),
        // Its unused right makes room at once.
        (
            recontract("2026-12-31", "2027-01-04", &[("ADMIN001", "ADMIN001"), ("OPERA001", "OPERA001")]),
            vec![one("OPERA001", false, None, None), one("ADMIN001", false, later, ceased)],
        ),
        (
            recontract("2026-11-24", "2026-11-24", &kept),
            vec![one("ADMIN001", false, None, ceased), one("OPERA001", false, None, None)],
        ),
    ] {
        assert_eq!(told(&two(), &request), expected, "{request:?}");
    }
}

#[test]
fn what_was_told_comes_true() {
    for (closing_on, opened_on) in
        [("2026-11-24", "2026-11-24"), ("2026-12-31", "2026-11-24"), ("2026-12-31", "2027-01-04")]
    {
        let mut desk = two();
        let request = recontract(closing_on, opened_on, &[("ADMIN001", "ADMIN001"), ("OPERA001", "OPERA001")]);
        let expected = outlook(&desk.customer, &request, desk.now);
        let before: Vec<CertificateId> = desk.customer.certificates.iter().map(|c| c.id).collect();
        approved(&mut desk, 3, request).unwrap();
        let ended =
            |desk: &Desk, id| matches!(state(desk, id), CertificateState::Revoked | CertificateState::Cancelled);
        for id in &before {
            let found = expected.iter().find(|one| one.certificate == *id).unwrap();
            assert_eq!(ended(&desk, *id), found.on.is_none() && !found.at_confirmation, "{closing_on} {found:?}");
        }
        desk.now = "2026-12-31T00:00:00Z".parse().unwrap();
        let close = CustomerCommand::CloseContract { contract: OLD.parse().unwrap() };
        if expected.iter().any(|one| one.on.is_some()) {
            desk.act(&Actor::System { job: "close".into() }, close, None).unwrap();
        }
        assert!(before.iter().all(|id| ended(&desk, *id)), "nothing of the old contract is left");
        assert!(desk.customer.contract(&NEW.parse().unwrap()).unwrap().active);
    }
}
