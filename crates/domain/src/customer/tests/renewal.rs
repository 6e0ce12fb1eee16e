//! Renewal and re-acquisition by the holder of a certificate: authenticated is not authorised.

use super::*;
use crate::id::IncidentId;

fn with_certificate() -> Actor {
    Actor::Customer { evidence: Evidence::MutualTls { serial: "01".parse().unwrap(), csr_sha256: String::new() } }
}

/// ADMIN001 has a certificate that ends 365 days after the start.
fn world() -> (Desk, CertificateId) {
    let mut desk = Desk::new();
    let certificate = desk.issue(1, &["ADMIN001"])[0];
    desk.act(&teller(), CustomerCommand::PrintSlip { certificate }, None).unwrap();
    desk.act(&holder(), CustomerCommand::FetchCertificate { certificate, signed: signed(1) }, None).unwrap();
    desk.act(&holder(), CustomerCommand::ConfirmCertificate { certificate }, None).unwrap();
    (desk, certificate)
}

fn renew(desk: &mut Desk, certificate: CertificateId, again: bool) -> Result<CertificateId, Refusal> {
    desk.act(&with_certificate(), CustomerCommand::RenewCertificate { certificate, again }, None)?;
    Ok(desk.customer.certificates.last().unwrap().id)
}

fn finish(desk: &mut Desk, certificate: CertificateId, n: u8) -> Result<(), Refusal> {
    let mut signed = signed(n);
    signed.not_after = desk.now + Duration::days(365);
    desk.act(&with_certificate(), CustomerCommand::FetchCertificate { certificate, signed }, None)?;
    desk.act(&with_certificate(), CustomerCommand::ConfirmCertificate { certificate }, None).map(|_| ())
}

fn state(desk: &Desk, id: CertificateId) -> CertificateState {
    desk.customer.certificate(id).unwrap().state
}

#[test]
fn renewed_from_thirty_days_before_its_end_to_the_last_day_of_the_grace() {
    // Ends on 2027-11-24 (JST); opens on 2027-10-25; grace to 2028-02-22.
    for (now, expected) in [
        ("2027-10-24T14:59:59Z", Some(ErrorCode::RenewalNotOpen)),
        ("2027-10-24T15:00:00Z", None),
        ("2027-11-24T00:00:00Z", None),
        ("2028-02-22T14:59:59Z", None),
        ("2028-02-22T15:00:00Z", Some(ErrorCode::RenewalTooLate)),
    ] {
        let (mut desk, old) = world();
        desk.now = now.parse().unwrap();
        if desk.now > start() + Duration::days(365) {
            let job = Actor::System { job: "expire".into() };
            desk.act(&job, CustomerCommand::ExpireCertificate { certificate: old }, None).unwrap();
        }
        let result = renew(&mut desk, old, false);
        assert_eq!(result.as_ref().err().map(|r| r.code), expected, "{now}");
        if let Ok(new) = result {
            let was = state(&desk, old);
            assert_eq!(
                desk.code(&teller(), CustomerCommand::PrintSlip { certificate: new }, None),
                ErrorCode::NoSlipForRenewal
            );
            finish(&mut desk, new, 2).unwrap();
            assert_eq!(state(&desk, new), CertificateState::Active);
            let ended = if was == CertificateState::Active { CertificateState::Revoked } else { was };
            assert_eq!(state(&desk, old), ended);
            let reason = desk.customer.certificate(old).unwrap().revocation.as_ref().map(|r| r.reason);
            assert_eq!(reason, (was == CertificateState::Active).then_some(RevocationReason::Superseded));
            assert_eq!(desk.customer.applications[0].state, ApplicationState::Completed);
        }
    }
}

#[test]
fn never_a_held_a_revoked_a_replaced_or_a_removed_one() {
    let soon = start() + Duration::days(350);
    let (mut desk, old) = world();
    desk.now = soon;
    let incident = IncidentId(Uuid::from_u128(5));
    let scope = StopScope::User { user: "ADMIN001".parse().unwrap() };
    let stop = CustomerCommand::SuspendCertificates { incident, cause: IncidentCause::Lost, scope };
    desk.act(&teller(), stop.clone(), None).unwrap();
    assert_eq!(renew(&mut desk, old, false).unwrap_err().args["state"], "suspended");
    // One that ends while it is held does not open the way either.
    desk.now = start() + Duration::days(366);
    let job = Actor::System { job: "expire".into() };
    desk.act(&job, CustomerCommand::ExpireCertificate { certificate: old }, None).unwrap();
    assert_eq!(renew(&mut desk, old, false).unwrap_err().args["state"], "suspended");

    let (mut desk, old) = world();
    desk.now = soon;
    let remove = Request::ForceStop { contract: "10000001".parse().unwrap(), users: vec!["ADMIN001".parse().unwrap()] };
    let application = desk.submit(&staff("H9001", Role::HeadOffice, "000"), 9, remove).unwrap();
    let approve = CustomerCommand::ApproveApplication { application };
    desk.act(&staff("H9002", Role::HeadOffice, "000"), approve, None).unwrap();
    assert_eq!(renew(&mut desk, old, false).unwrap_err().args["state"], "revoked");

    // Begun, then stopped: the successor is frozen with it, and comes back with it.
    let (mut desk, old) = world();
    desk.now = soon;
    let new = renew(&mut desk, old, false).unwrap();
    desk.act(&teller(), stop, None).unwrap();
    assert_eq!(finish(&mut desk, new, 2).unwrap_err().code, ErrorCode::PickupHeld);
    assert_eq!(renew(&mut desk, old, true).unwrap_err().args["state"], "suspended");
    desk.act(&supervisor(), CustomerCommand::ResumeIncident { incident, out_of_control: false }, None).unwrap();
    finish(&mut desk, new, 2).unwrap();
    assert_eq!(renew(&mut desk, old, false).unwrap_err().args["state"], "revoked");
}

#[test]
fn begun_once_begun_again_and_overtaken_by_a_reissue() {
    let (mut desk, old) = world();
    desk.now = start() + Duration::days(350);
    let first = renew(&mut desk, old, false).unwrap();
    assert_eq!(renew(&mut desk, old, false).unwrap_err().code, ErrorCode::SuccessorExists);
    let second = renew(&mut desk, old, true).unwrap();
    assert_ne!(first, second);
    assert_eq!(
        (state(&desk, first), state(&desk, second)),
        (CertificateState::Cancelled, CertificateState::Authorised)
    );
    let fetch = CustomerCommand::FetchCertificate { certificate: first, signed: signed(3) };
    assert_eq!(desk.code(&with_certificate(), fetch, None), ErrorCode::PickupCancelled);

    let users = vec![ChosenUser { user: "ADMIN001".parse().unwrap(), device_label: "経理課 2号機".into() }];
    let request = Request::Reissue { contract: "10000001".parse().unwrap(), cause: ReissueCause::Broken, users };
    let application = desk.submit(&teller(), 2, request).unwrap();
    desk.act(&supervisor(), CustomerCommand::ApproveApplication { application }, None).unwrap();
    assert_eq!(state(&desk, second), CertificateState::Cancelled);
    // The branch's right stands in the way of a renewal, also of one that begins again.
    for again in [false, true] {
        assert_eq!(renew(&mut desk, old, again).unwrap_err().code, ErrorCode::SuccessorExists);
    }
    // Nobody but the holder renews.
    let renewal = CustomerCommand::RenewCertificate { certificate: old, again: true };
    assert_eq!(desk.code(&supervisor(), renewal.clone(), None), ErrorCode::RoleNotPermitted);
    assert_eq!(desk.code(&operator(), renewal, None), ErrorCode::ActorNotPermitted);
}

/// ADMIN001's certificate has expired, and may still be exchanged.
fn expired() -> (Desk, CertificateId) {
    let (mut desk, old) = world();
    desk.now = start() + Duration::days(370);
    let job = Actor::System { job: "expire".into() };
    desk.act(&job, CustomerCommand::ExpireCertificate { certificate: old }, None).unwrap();
    (desk, old)
}

fn stop_by_force(desk: &mut Desk) {
    let users = vec!["ADMIN001".parse().unwrap()];
    let request = Request::ForceStop { contract: "10000001".parse().unwrap(), users };
    let application = desk.submit(&staff("H9001", Role::HeadOffice, "000"), 9, request).unwrap();
    let approve = CustomerCommand::ApproveApplication { application };
    desk.act(&staff("H9002", Role::HeadOffice, "000"), approve, None).unwrap();
}

#[test]
fn nobody_comes_back_by_an_older_certificate_after_a_forced_stop() {
    // With nothing but the expired one, with its successor begun, and with its successor in use.
    for steps in 0..3 {
        let (mut desk, old) = expired();
        let new = (steps > 0).then(|| renew(&mut desk, old, false).unwrap());
        if let Some(new) = new.filter(|_| steps == 2) {
            finish(&mut desk, new, 2).unwrap();
        }
        stop_by_force(&mut desk);
        assert_eq!(renew(&mut desk, old, true).unwrap_err().args["state"], "revoked", "{steps}");
        assert_eq!(state(&desk, old), CertificateState::Revoked);
    }
    // Where the log is of a time when the older one was left as it was.
    let (mut desk, old) = expired();
    desk.now += Duration::hours(1);
    let new = renew(&mut desk, old, false).unwrap();
    finish(&mut desk, new, 2).unwrap();
    let (reason, invalid_from) = (RevocationReason::PrivilegeWithdrawn, None);
    let event = CustomerEvent::CertificateRevoked { certificate: new, reason, invalid_from };
    apply(&mut desk.customer, &event, None, &supervisor(), desk.now);
    assert_eq!(renew(&mut desk, old, false).unwrap_err().args["state"], "revoked");
}

#[test]
fn a_key_that_somebody_may_have_is_not_exchanged_either() {
    let (mut desk, old) = expired();
    let request = Request::Reissue {
        contract: "10000001".parse().unwrap(),
        cause: ReissueCause::DiskLeft,
        users: vec![ChosenUser { user: "ADMIN001".parse().unwrap(), device_label: "経理課 1号機".into() }],
    };
    let application = desk.submit(&teller(), 9, request).unwrap();
    desk.act(&supervisor(), CustomerCommand::ApproveApplication { application }, None).unwrap();
    let ended = desk.customer.certificate(old).unwrap().revocation.clone().unwrap();
    assert_eq!(ended.reason, RevocationReason::KeyCompromise);
    desk.now += Duration::days(85);
    let right = desk.customer.certificates.last().unwrap().id;
    let job = Actor::System { job: "lapse".into() };
    desk.act(&job, CustomerCommand::LapseRight { certificate: right }, None).unwrap();
    assert_eq!(renew(&mut desk, old, false).unwrap_err().args["state"], "revoked");
}
