//! The stop, what freezes with it, and who may settle it how: by data, each with tries to break it.

use super::*;
use crate::id::IncidentId;
use crate::personal::IncidentDetails;

const INCIDENT: IncidentId = IncidentId(Uuid::from_u128(0x51));

fn head_office() -> Actor {
    staff("H9001", Role::HeadOffice, "000")
}

fn suspend(cause: IncidentCause, user: Option<&str>) -> CustomerCommand {
    let scope = match user {
        Some(user) => StopScope::User { user: user.parse().unwrap() },
        None => StopScope::Contract { contract: "10000001".parse().unwrap() },
    };
    CustomerCommand::SuspendCertificates { incident: INCIDENT, cause, scope }
}

fn resume(out_of_control: bool) -> CustomerCommand {
    CustomerCommand::ResumeIncident { incident: INCIDENT, out_of_control }
}

fn revoke() -> CustomerCommand {
    CustomerCommand::RevokeIncident { incident: INCIDENT }
}

fn confirm() -> CustomerCommand {
    CustomerCommand::ConfirmIncident { incident: INCIDENT }
}

fn said() -> Option<PersonalData> {
    Some(PersonalData::Incident(IncidentDetails {
        caller: "見本 太郎".into(),
        phone: "090-0000-0001".into(),
        note: String::new(),
    }))
}

/// One certificate in use, one fetched and not confirmed, one not fetched.
fn world() -> (Desk, Vec<CertificateId>) {
    let mut desk = Desk::new();
    let rights = desk.issue(1, &["ADMIN001", "APPRV001", "OPERA001"]);
    for (n, certificate) in rights.iter().copied().enumerate() {
        desk.act(&teller(), CustomerCommand::PrintSlip { certificate }, None).unwrap();
        if n < 2 {
            let signed = signed(u8::try_from(n).unwrap());
            desk.act(&holder(), CustomerCommand::FetchCertificate { certificate, signed }, None).unwrap();
        }
        if n < 1 {
            desk.act(&holder(), CustomerCommand::ConfirmCertificate { certificate }, None).unwrap();
        }
    }
    (desk, rights)
}

fn states(desk: &Desk, rights: &[CertificateId]) -> Vec<(CertificateState, bool)> {
    rights.iter().map(|id| desk.customer.certificate(*id).unwrap()).map(|c| (c.state, c.held.is_some())).collect()
}

#[test]
fn a_stop_takes_what_is_usable_and_what_may_still_be_fetched() {
    use CertificateState::{Active, Authorised, Signed, Suspended};
    for (user, expected) in [
        (None, [(Suspended, true), (Signed, true), (Authorised, true)]),
        (Some("ADMIN001"), [(Suspended, true), (Signed, false), (Authorised, false)]),
        (Some("OPERA001"), [(Active, false), (Signed, false), (Authorised, true)]),
    ] {
        let (mut desk, rights) = world();
        desk.act(&teller(), suspend(IncidentCause::Stolen, user), None).unwrap();
        assert_eq!(states(&desk, &rights), expected, "{user:?}");
    }
    let (mut desk, rights) = world();
    desk.act(&teller(), suspend(IncidentCause::Lost, None), None).unwrap();
    let held = [
        CustomerCommand::ConfirmCertificate { certificate: rights[1] },
        CustomerCommand::FetchCertificate { certificate: rights[2], signed: signed(9) },
    ];
    for command in held {
        assert_eq!(desk.code(&holder(), command, None), ErrorCode::PickupHeld);
    }
    let print = CustomerCommand::PrintSlip { certificate: rights[2] };
    assert_eq!(desk.code(&teller(), print, None), ErrorCode::PickupHeld);
}

#[test]
fn a_stop_is_refused_only_where_there_is_nothing_to_stop() {
    let mut desk = Desk::new();
    assert_eq!(desk.code(&teller(), suspend(IncidentCause::Lost, None), None), ErrorCode::NothingToStop);
    let (mut desk, _) = world();
    assert_eq!(desk.code(&teller(), suspend(IncidentCause::Lost, Some("NOBODY01")), None), ErrorCode::UserUnknown);
    let strangers =
        [(staff("A9101", Role::Auditor, "000"), ErrorCode::RoleNotPermitted), (holder(), ErrorCode::ActorNotPermitted)];
    for (actor, code) in strangers {
        assert_eq!(desk.code(&actor, suspend(IncidentCause::Lost, None), None), code);
    }
    for role in [Role::Teller, Role::SalesRep, Role::Supervisor] {
        let (mut desk, _) = world();
        desk.act(&staff("X1001", role, BRANCH), suspend(IncidentCause::Lost, None), None).unwrap();
        assert_eq!(desk.code(&teller(), suspend(IncidentCause::Lost, None), None), ErrorCode::IncidentState, "twice");
        let again = CustomerCommand::SuspendCertificates {
            incident: IncidentId(Uuid::from_u128(0x52)),
            cause: IncidentCause::Lost,
            scope: StopScope::User { user: "ADMIN001".parse().unwrap() },
        };
        let refusal = desk.act(&teller(), again, None).unwrap_err();
        assert_eq!((refusal.code, refusal.args["by"].as_str()), (ErrorCode::StoppedAlready, "X1001"));
        assert_eq!(refusal.args["incident"], INCIDENT.to_string());
    }
    let (mut desk, _) = world();
    desk.act(&head_office(), suspend(IncidentCause::Lost, None), None).unwrap();
}

#[test]
fn only_a_loss_that_nobody_could_use_is_resumed_and_never_by_the_one_who_took_the_call() {
    use IncidentCause::{Lost, Misuse, Stolen};
    for (cause, out_of_control, code) in [
        (Lost, true, ErrorCode::ResumeRefused),
        (Stolen, false, ErrorCode::ResumeRefused),
        (Misuse, false, ErrorCode::ResumeRefused),
    ] {
        let (mut desk, _) = world();
        desk.act(&teller(), suspend(cause, None), None).unwrap();
        assert_eq!(desk.code(&supervisor(), resume(out_of_control), None), code, "{cause:?}");
    }
    let (mut desk, rights) = world();
    let before = states(&desk, &rights);
    desk.act(&teller(), suspend(Lost, None), None).unwrap();
    assert_eq!(desk.code(&teller(), resume(false), None), ErrorCode::RoleNotPermitted);
    desk.act(&supervisor(), resume(false), None).unwrap();
    assert_eq!(states(&desk, &rights), before, "as it was");
    assert_eq!(desk.code(&supervisor(), resume(false), None), ErrorCode::IncidentState);
    desk.act(&holder(), CustomerCommand::ConfirmCertificate { certificate: rights[1] }, None).unwrap();

    let (mut desk, _) = world();
    desk.act(&supervisor(), suspend(Lost, None), None).unwrap();
    for command in [resume(false), revoke(), confirm()] {
        assert_eq!(desk.code(&supervisor(), command, None), ErrorCode::TwoPersonRule);
    }
    desk.act(&staff("S2002", Role::Supervisor, BRANCH), resume(false), None).unwrap();
}

#[test]
fn revoked_from_the_time_of_loss_once_the_paper_is_there() {
    let (mut desk, rights) = world();
    desk.act(&teller(), suspend(IncidentCause::Stolen, None), None).unwrap();
    assert_eq!(desk.code(&supervisor(), revoke(), None), ErrorCode::PaperMissing);
    let lost_at = desk.now - Duration::hours(5);
    let record = |lost_at| CustomerCommand::RecordIncident { incident: INCIDENT, lost_at: Some(lost_at) };
    let ahead = desk.now + Duration::hours(1);
    assert_eq!(desk.code(&teller(), record(ahead), said()), ErrorCode::DateOutOfRange);
    assert_eq!(desk.code(&teller(), record(lost_at), None), ErrorCode::AttachmentMismatch);
    desk.act(&teller(), record(lost_at), said()).unwrap();
    let paper = |days| CustomerCommand::RecordRevocationPaper {
        incident: INCIDENT,
        received_on: crate::calendar::jst_day(start() + Duration::days(days)),
    };
    for days in [-1, 1] {
        assert_eq!(desk.code(&teller(), paper(days), None), ErrorCode::DateOutOfRange);
    }
    desk.act(&teller(), paper(0), None).unwrap();
    desk.act(&supervisor(), confirm(), None).unwrap();
    assert_eq!(desk.code(&supervisor(), confirm(), None), ErrorCode::IncidentState);
    let events = desk.act(&supervisor(), revoke(), None).unwrap();
    assert_eq!(events.iter().filter(|e| matches!(e, CustomerEvent::CertificateRevoked { .. })).count(), 2);
    let ended = states(&desk, &rights).into_iter().map(|(state, _)| state).collect::<Vec<_>>();
    assert_eq!(ended, [CertificateState::Revoked, CertificateState::Revoked, CertificateState::Cancelled]);
    let revocation = desk.customer.certificate(rights[0]).unwrap().revocation.clone().unwrap();
    assert_eq!((revocation.reason, revocation.invalid_from), (RevocationReason::KeyCompromise, Some(lost_at)));
    assert_eq!(desk.customer.applications[0].state, ApplicationState::Completed);
    let fetch = CustomerCommand::FetchCertificate { certificate: rights[2], signed: signed(9) };
    assert_eq!(desk.code(&holder(), fetch, None), ErrorCode::PickupCancelled);
    for command in [resume(false), revoke(), confirm()] {
        assert_eq!(desk.code(&supervisor(), command, None), ErrorCode::IncidentState);
    }
}

#[test]
fn whoever_takes_the_call_stops_any_branchs_certificates_and_no_more() {
    let (mut desk, rights) = world();
    let elsewhere = staff("T9009", Role::SalesRep, "099");
    desk.act(&elsewhere, suspend(IncidentCause::Stolen, Some("ADMIN001")), None).unwrap();
    assert_eq!(states(&desk, &rights[..1]), [(CertificateState::Suspended, true)]);
    let record = CustomerCommand::RecordIncident { incident: INCIDENT, lost_at: None };
    let colleague = staff("T9010", Role::Teller, "099");
    assert_eq!(desk.code(&colleague, record.clone(), said()), ErrorCode::BranchNotPermitted);
    desk.act(&elsewhere, record, said()).unwrap();
    let received_on = crate::calendar::jst_day(desk.now);
    let paper = CustomerCommand::RecordRevocationPaper { incident: INCIDENT, received_on };
    for command in [paper, CustomerCommand::RecordPaperReminder { incident: INCIDENT }] {
        assert_eq!(desk.code(&elsewhere, command, None), ErrorCode::BranchNotPermitted);
    }
    let settled = staff("S9001", Role::Supervisor, "099");
    for command in [confirm(), resume(false), revoke()] {
        assert_eq!(desk.code(&settled, command, None), ErrorCode::BranchNotPermitted);
    }
    let auditor = staff("A9001", Role::Auditor, BRANCH);
    assert_eq!(desk.code(&auditor, suspend(IncidentCause::Lost, None), None), ErrorCode::RoleNotPermitted);
}

#[test]
fn a_missing_paper_is_asked_for_until_it_is_there() {
    let (mut desk, _) = world();
    let remind = CustomerCommand::RecordPaperReminder { incident: INCIDENT };
    assert_eq!(desk.code(&teller(), remind.clone(), None), ErrorCode::IncidentUnknown);
    desk.act(&teller(), suspend(IncidentCause::Lost, None), None).unwrap();
    desk.now += Duration::days(7);
    desk.act(&teller(), remind.clone(), None).unwrap();
    assert_eq!(desk.customer.incident(INCIDENT).unwrap().reminded, [desk.now]);
    let received_on = crate::calendar::jst_day(desk.now);
    desk.act(&teller(), CustomerCommand::RecordRevocationPaper { incident: INCIDENT, received_on }, None).unwrap();
    assert_eq!(desk.code(&teller(), remind, None), ErrorCode::IncidentState);
}

#[test]
fn advice_is_recorded_and_changes_no_certificate() {
    let (mut desk, rights) = world();
    let before = desk.customer.certificates.clone();
    let advise = |user: &str| CustomerCommand::RecordAdvice {
        user: user.parse().unwrap(),
        happened: Happening::Broken,
        advice: Advice::RestoreBackup,
    };
    desk.act(&teller(), advise("ADMIN001"), None).unwrap();
    assert_eq!((&desk.customer.certificates, rights.len()), (&before, 3));
    let given = &desk.customer.advice[0];
    assert_eq!((given.advice, given.by.as_ref().unwrap().as_str()), (Advice::RestoreBackup, "T1001"));
    assert_eq!(desk.code(&teller(), advise("NOBODY01"), None), ErrorCode::UserUnknown);
    assert_eq!(
        desk.code(&staff("T9009", Role::Teller, "099"), advise("ADMIN001"), None),
        ErrorCode::BranchNotPermitted
    );
}

#[test]
fn what_expired_can_neither_be_exchanged_by_a_thief_nor_stay_stopped_for_ever() {
    let expire = |desk: &mut Desk, certificate| {
        desk.now += Duration::days(366);
        let job = Actor::System { job: "expire".into() };
        desk.act(&job, CustomerCommand::ExpireCertificate { certificate }, None).unwrap();
    };
    let may_renew = |desk: &Desk, id| {
        let context = Context { actor: &holder(), policy: &desk.policy, now: desk.now };
        may_renew(&desk.customer, id, &context).map(drop).map_err(|refusal| refusal.code)
    };
    // Stopped after its end.
    let (mut desk, rights) = world();
    expire(&mut desk, rights[0]);
    assert_eq!(may_renew(&desk, rights[0]), Ok(()));
    desk.act(&teller(), suspend(IncidentCause::Lost, Some("ADMIN001")), None).unwrap();
    assert_eq!(may_renew(&desk, rights[0]), Err(ErrorCode::RenewalRefused));
    desk.act(&supervisor(), resume(false), None).unwrap();
    assert_eq!(may_renew(&desk, rights[0]), Ok(()));
    // Stopped before its end, settled after it.
    for settled in [resume(false), revoke()] {
        let (mut desk, rights) = world();
        desk.act(&teller(), suspend(IncidentCause::Lost, Some("ADMIN001")), None).unwrap();
        expire(&mut desk, rights[0]);
        let received_on = crate::calendar::jst_day(desk.now);
        let paper = CustomerCommand::RecordRevocationPaper { incident: INCIDENT, received_on };
        desk.act(&teller(), paper, None).unwrap();
        let revoked = settled == revoke();
        desk.act(&supervisor(), settled, None).unwrap();
        assert_eq!(desk.customer.certificate(rights[0]).unwrap().held, None);
        assert_eq!(may_renew(&desk, rights[0]).is_err(), revoked);
    }
}

const GRAVER: IncidentId = IncidentId(Uuid::from_u128(0x53));

fn graver(cause: IncidentCause, user: Option<&str>) -> CustomerCommand {
    match suspend(cause, user) {
        CustomerCommand::SuspendCertificates { cause, scope, .. } => {
            CustomerCommand::SuspendCertificates { incident: GRAVER, cause, scope }
        }
        other => other,
    }
}

#[test]
fn a_loss_that_turns_out_to_be_theft_is_never_resumed() {
    let (mut desk, rights) = world();
    desk.act(&teller(), suspend(IncidentCause::Lost, None), None).unwrap();
    assert_eq!(desk.code(&teller(), graver(IncidentCause::Lost, None), None), ErrorCode::StoppedAlready);
    let before = states(&desk, &rights);
    desk.act(&teller(), graver(IncidentCause::Stolen, Some("ADMIN001")), None).unwrap();
    assert_eq!(states(&desk, &rights), before, "stopped all the while");
    let held = |desk: &Desk| rights.iter().map(|id| desk.customer.certificate(*id).unwrap().held).collect::<Vec<_>>();
    assert_eq!(held(&desk), [Some(GRAVER), Some(INCIDENT), Some(INCIDENT)]);
    desk.act(&supervisor(), resume(false), None).unwrap();
    assert_eq!(states(&desk, &rights)[0], (CertificateState::Suspended, true), "not with the loss");
    assert_eq!(held(&desk), [Some(GRAVER), None, None]);
    let resume = CustomerCommand::ResumeIncident { incident: GRAVER, out_of_control: false };
    assert_eq!(desk.code(&supervisor(), resume, None), ErrorCode::ResumeRefused);
    // And never the other way round.
    let milder = CustomerCommand::SuspendCertificates {
        incident: IncidentId(Uuid::from_u128(0x54)),
        cause: IncidentCause::Lost,
        scope: StopScope::User { user: "ADMIN001".parse().unwrap() },
    };
    assert_eq!(desk.code(&teller(), milder, None), ErrorCode::StoppedAlready);
}

#[test]
fn what_was_known_of_the_loss_counts_for_the_theft_and_both_are_settled_together() {
    let (mut desk, rights) = world();
    let first = staff("S2002", Role::Supervisor, BRANCH);
    let lost_at = desk.now - Duration::hours(5);
    desk.act(&first, suspend(IncidentCause::Lost, None), None).unwrap();
    let record = CustomerCommand::RecordIncident { incident: INCIDENT, lost_at: Some(lost_at) };
    desk.act(&teller(), record, said()).unwrap();
    let received_on = crate::calendar::jst_day(desk.now);
    desk.act(&teller(), CustomerCommand::RecordRevocationPaper { incident: INCIDENT, received_on }, None).unwrap();
    desk.now += Duration::days(3);
    let events = desk.act(&teller(), graver(IncidentCause::Stolen, None), None).unwrap();
    let again = |event: &CustomerEvent| matches!(event, CustomerEvent::CertificateSuspended { .. });
    assert!(!events.iter().any(again), "nothing is stopped twice");
    // The paper is there, of that day or as if it came again.
    desk.act(&teller(), CustomerCommand::RecordRevocationPaper { incident: GRAVER, received_on }, None).unwrap();
    assert_eq!(desk.code(&supervisor(), resume(false), None), ErrorCode::ResumeRefused, "nothing of it was found");
    let revoke = || CustomerCommand::RevokeIncident { incident: GRAVER };
    assert_eq!(desk.code(&first, revoke(), None), ErrorCode::TwoPersonRule, "he took the first call");
    desk.act(&supervisor(), revoke(), None).unwrap();
    let ended = desk.customer.certificate(rights[0]).unwrap().revocation.clone().unwrap();
    assert_eq!((ended.reason, ended.invalid_from), (RevocationReason::KeyCompromise, Some(lost_at)));
    assert!(desk.customer.incidents.iter().all(|one| one.outcome == Some(IncidentOutcome::Revoked)));
}

#[test]
fn what_comes_back_after_a_restore_is_held_by_the_graver_report() {
    let (mut desk, rights) = world();
    desk.act(&teller(), suspend(IncidentCause::Lost, Some("ADMIN001")), None).unwrap();
    desk.act(&teller(), graver(IncidentCause::Stolen, Some("ADMIN001")), None).unwrap();
    let mut customer = desk.customer.clone();
    for found in customer.certificates.iter_mut().filter(|c| c.id == rights[0]) {
        (found.state, found.held) = (CertificateState::Active, Some(INCIDENT));
    }
    let events = still_to_stop(&customer, start() - Duration::hours(1));
    assert_eq!(events, [CustomerEvent::CertificateSuspended { certificate: rights[0], incident: GRAVER }]);
}

#[test]
fn a_right_that_lapses_while_it_is_frozen_leaves_its_user_id_free_once_the_report_is_settled() {
    for settled in [resume(false), revoke()] {
        let (mut desk, rights) = world();
        desk.act(&teller(), suspend(IncidentCause::Lost, Some("OPERA001")), None).unwrap();
        desk.now += Duration::days(200);
        let job = Actor::System { job: "lapse".into() };
        desk.act(&job, CustomerCommand::LapseRight { certificate: rights[2] }, None).unwrap();
        let again = || Request::Reissue {
            contract: "10000001".parse().unwrap(),
            cause: ReissueCause::Broken,
            users: vec![ChosenUser { user: "OPERA001".parse().unwrap(), device_label: "経理課 1号機".into() }],
        };
        assert_eq!(desk.submit(&teller(), 20, again()).unwrap_err().code, ErrorCode::StoppedByIncident);
        let received_on = crate::calendar::jst_day(desk.now);
        let paper = CustomerCommand::RecordRevocationPaper { incident: INCIDENT, received_on };
        desk.act(&teller(), paper, None).unwrap();
        desk.act(&supervisor(), settled, None).unwrap();
        let application = desk.submit(&teller(), 21, again()).unwrap();
        desk.act(&supervisor(), CustomerCommand::ApproveApplication { application }, None).unwrap();
    }
}

fn ids(users: &[&str]) -> Vec<UserId> {
    users.iter().map(|user| user.parse().unwrap()).collect()
}

fn later(days: u32) -> chrono::NaiveDate {
    crate::calendar::later(crate::calendar::jst_day(start()), days)
}

#[test]
fn whoever_took_the_call_does_not_settle_it_by_approving_something_else() {
    let second = staff("S2002", Role::Supervisor, BRANCH);
    // Nor a part of it, nor on a day ahead.
    for (scope, request) in [
        (None, Request::RemoveUsers { contract: "10000001".parse().unwrap(), users: ids(&["ADMIN001"]) }),
        (Some("ADMIN001"), Request::Close { contract: "10000001".parse().unwrap(), closing_on: later(10) }),
    ] {
        let (mut desk, _) = world();
        desk.act(&supervisor(), suspend(IncidentCause::Stolen, scope), None).unwrap();
        let application = desk.submit(&teller(), 20, request).unwrap();
        let approve = CustomerCommand::ApproveApplication { application };
        assert_eq!(desk.code(&supervisor(), approve.clone(), None), ErrorCode::TwoPersonRule);
        desk.act(&second, approve, None).unwrap();
    }
    for request in [
        Request::RemoveUsers { contract: "10000001".parse().unwrap(), users: ids(&["ADMIN001"]) },
        Request::Close { contract: "10000001".parse().unwrap(), closing_on: crate::calendar::jst_day(start()) },
    ] {
        let (mut desk, rights) = world();
        desk.act(&supervisor(), suspend(IncidentCause::Stolen, Some("ADMIN001")), None).unwrap();
        let application = desk.submit(&teller(), 20, request).unwrap();
        let approve = CustomerCommand::ApproveApplication { application };
        assert_eq!(desk.code(&supervisor(), approve.clone(), None), ErrorCode::TwoPersonRule);
        desk.act(&second, approve, None).unwrap();
        let ended = desk.customer.certificate(rights[0]).unwrap().revocation.clone().unwrap();
        assert_eq!(ended.reason, RevocationReason::KeyCompromise);
        assert_eq!(desk.customer.incidents[0].confirmed_by.as_ref().unwrap().as_str(), "S2002");
    }
}
