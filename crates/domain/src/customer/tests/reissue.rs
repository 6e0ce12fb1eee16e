//! Reissue: which user IDs, and when the old certificate ends, by the cause.

use super::*;

fn reissue(cause: ReissueCause, users: &[&str]) -> Request {
    let Request::MoveToCertificate { contract, users } = moving(users) else { unreachable!() };
    Request::Reissue { contract, cause, users }
}

/// Approves the application `n`, and gives the right of ADMIN001.
fn approved(desk: &mut Desk, n: u128, request: Request) -> Result<CertificateId, Refusal> {
    let application = desk.submit(&teller(), n, request)?;
    desk.act(&supervisor(), CustomerCommand::ApproveApplication { application }, None)?;
    Ok(CertificateId::of(application, &"ADMIN001".parse().unwrap(), 0))
}

fn fetched(desk: &mut Desk, certificate: CertificateId, n: u8) {
    desk.act(&teller(), CustomerCommand::PrintSlip { certificate }, None).unwrap();
    desk.act(&holder(), CustomerCommand::FetchCertificate { certificate, signed: signed(n) }, None).unwrap();
    desk.act(&holder(), CustomerCommand::ConfirmCertificate { certificate }, None).unwrap();
}

fn state(desk: &Desk, id: CertificateId) -> CertificateState {
    desk.customer.certificate(id).unwrap().state
}

#[test]
fn the_cause_decides_when_and_why_the_old_one_ends() {
    use ReissueCause as R;
    use RevocationReason::{AffiliationChanged, KeyCompromise, Superseded};
    for (cause, at_once, reason) in [
        (R::Replaced, false, Superseded),
        (R::Broken, false, Superseded),
        (R::Deleted, false, Superseded),
        (R::Ended, false, Superseded),
        (R::Renamed, false, AffiliationChanged),
        (R::DiskLeft, true, KeyCompromise),
        (R::Vanished, true, KeyCompromise),
    ] {
        let mut desk = Desk::new();
        let old = desk.issue(1, &["ADMIN001"])[0];
        fetched(&mut desk, old, 1);
        let new = approved(&mut desk, 2, reissue(cause, &["ADMIN001"])).unwrap();
        let expected = if at_once { CertificateState::Revoked } else { CertificateState::Active };
        assert_eq!(state(&desk, old), expected, "{cause:?}: at approval");
        fetched(&mut desk, new, 2);
        assert_eq!((state(&desk, old), state(&desk, new)), (CertificateState::Revoked, CertificateState::Active));
        let revocation = desk.customer.certificate(old).unwrap().revocation.clone().unwrap();
        assert_eq!((revocation.reason, revocation.invalid_from.is_some()), (reason, at_once), "{cause:?}");
    }
}

#[test]
fn only_what_was_issued_to_this_very_user_id_is_reissued() {
    let mut desk = Desk::new();
    let code = |desk: &mut Desk, n, request| approved(desk, n, request).unwrap_err().code;
    let ask = |user: &'static str| reissue(ReissueCause::Replaced, &[user]);
    assert_eq!(code(&mut desk, 2, ask("ADMIN001")), ErrorCode::NothingToReissue);
    assert_eq!(code(&mut desk, 2, ask("NOBODY01")), ErrorCode::UserUnknown);
    assert_eq!(code(&mut desk, 2, reissue(ReissueCause::Replaced, &[])), ErrorCode::UsersMissing);
    let old = desk.issue(1, &["ADMIN001"])[0];
    assert_eq!(code(&mut desk, 2, ask("ADMIN001")), ErrorCode::SuccessorExists, "not fetched yet: print it again");
    fetched(&mut desk, old, 1);
    let scope = StopScope::User { user: "ADMIN001".parse().unwrap() };
    let incident = crate::id::IncidentId(Uuid::from_u128(9));
    let suspend = CustomerCommand::SuspendCertificates { incident, cause: IncidentCause::Lost, scope };
    // Asked for before the stop, approved after it: the stop wins.
    let application = desk.submit(&teller(), 3, ask("ADMIN001")).unwrap();
    desk.act(&teller(), suspend, None).unwrap();
    let approve = CustomerCommand::ApproveApplication { application };
    assert_eq!(desk.code(&supervisor(), approve.clone(), None), ErrorCode::StoppedByIncident);
    assert_eq!(code(&mut desk, 4, ask("ADMIN001")), ErrorCode::StoppedByIncident);
    desk.act(&supervisor(), CustomerCommand::ResumeIncident { incident, out_of_control: false }, None).unwrap();
    desk.act(&supervisor(), approve.clone(), None).unwrap();
    assert_eq!(desk.code(&supervisor(), approve, None), ErrorCode::ApplicationState, "twice");
}

#[test]
fn a_stop_between_approval_and_confirmation_takes_old_and_new() {
    let mut desk = Desk::new();
    let old = desk.issue(1, &["ADMIN001"])[0];
    fetched(&mut desk, old, 1);
    let new = approved(&mut desk, 2, reissue(ReissueCause::Replaced, &["ADMIN001"])).unwrap();
    let scope = StopScope::User { user: "ADMIN001".parse().unwrap() };
    let incident = crate::id::IncidentId(Uuid::from_u128(9));
    desk.act(&teller(), CustomerCommand::SuspendCertificates { incident, cause: IncidentCause::Stolen, scope }, None)
        .unwrap();
    assert_eq!(
        (state(&desk, old), desk.customer.certificate(new).unwrap().held),
        (CertificateState::Suspended, Some(incident))
    );
    let received_on = crate::calendar::jst_day(start());
    desk.act(&teller(), CustomerCommand::RecordRevocationPaper { incident, received_on }, None).unwrap();
    desk.act(&supervisor(), CustomerCommand::RevokeIncident { incident }, None).unwrap();
    assert_eq!((state(&desk, old), state(&desk, new)), (CertificateState::Revoked, CertificateState::Cancelled));
    // The way back to a working PC.
    let third = approved(&mut desk, 3, reissue(ReissueCause::Ended, &["ADMIN001"])).unwrap();
    fetched(&mut desk, third, 3);
    assert_eq!(state(&desk, third), CertificateState::Active);
}
