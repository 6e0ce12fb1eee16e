//! After a restore: entries of before come back after stops that were made meanwhile, and must not undo them; and codes
//! that were lost with the database are drawn anew.

use super::*;
use crate::id::IncidentId;

const INCIDENT: IncidentId = IncidentId(Uuid::from_u128(0x51));

fn stop_user() -> CustomerCommand {
    let scope = StopScope::User { user: "ADMIN001".parse().unwrap() };
    CustomerCommand::SuspendCertificates { incident: INCIDENT, cause: IncidentCause::Stolen, scope }
}

/// A desk whose right is printed, and what happened to it after the backup.
fn world() -> (Desk, CertificateId, Vec<CustomerEvent>) {
    let mut desk = Desk::new();
    let certificate = desk.issue(1, &["ADMIN001"])[0];
    desk.act(&teller(), CustomerCommand::PrintSlip { certificate }, None).unwrap();
    let backup = desk.customer.clone();
    let mut lost = Vec::new();
    for command in [
        CustomerCommand::FetchCertificate { certificate, signed: signed(1) },
        CustomerCommand::ConfirmCertificate { certificate },
    ] {
        lost.extend(desk.act(&holder(), command, None).unwrap());
    }
    desk.customer = backup;
    (desk, certificate, lost)
}

#[test]
fn a_stop_holds_for_what_comes_back_after_it() {
    let (mut desk, certificate, lost) = world();
    let (before, since) = (desk.now, desk.now + chrono::Duration::hours(1));
    desk.now = since;
    // At the backup it was a right not yet fetched.
    desk.act(&teller(), stop_user(), None).unwrap();
    for event in &lost {
        apply(&mut desk.customer, event, None, &holder(), before);
    }
    let state = |desk: &Desk| {
        let found = desk.customer.certificate(certificate).unwrap();
        (found.state, stopped(&desk.customer, found).map(|s| s.reason))
    };
    assert_eq!(state(&desk), (CertificateState::Active, None), "by its own entries alone it would be good");
    let events = still_to_stop(&desk.customer, since);
    assert_eq!(events, [CustomerEvent::CertificateSuspended { certificate, incident: INCIDENT }]);
    for event in &events {
        apply(&mut desk.customer, event, None, &teller(), desk.now);
    }
    assert_eq!(state(&desk), (CertificateState::Suspended, Some(CERTIFICATE_HOLD)));
    assert_eq!(still_to_stop(&desk.customer, since), [], "once");
}

#[test]
fn older_and_settled_reports_stop_nothing_anew() {
    let (mut desk, certificate, lost) = world();
    let reported = desk.now;
    desk.act(&teller(), stop_user(), None).unwrap();
    for event in &lost {
        apply(&mut desk.customer, event, None, &holder(), desk.now);
    }
    assert_eq!(
        still_to_stop(&desk.customer, reported + chrono::Duration::seconds(1)),
        [],
        "reported before the restore"
    );
    assert_eq!(still_to_stop(&desk.customer, reported).len(), 1);
    // Granted after the report, by people who knew of it.
    let mut later = desk.customer.clone();
    later.certificates[0].granted_at = reported + chrono::Duration::seconds(1);
    assert_eq!(still_to_stop(&later, reported), []);
    // Another's.
    let mut other = desk.customer.clone();
    other.certificates[0].user = "OTHER001".parse().unwrap();
    assert_eq!(still_to_stop(&other, reported), []);
    let resume = CustomerCommand::ResumeIncident { incident: INCIDENT, out_of_control: false };
    let mut settled = desk.customer.clone();
    settled.incidents[0].outcome = Some(IncidentOutcome::Resumed);
    assert_eq!(still_to_stop(&settled, reported), []);
    assert!(!resume.while_recovering() && stop_user().while_recovering(), "only a stop may happen meanwhile");
    assert!(!CustomerCommand::PrintSlip { certificate }.while_recovering());
}

#[test]
fn a_lost_code_is_as_if_nothing_had_been_printed() {
    let (mut desk, certificate, _) = world();
    apply(&mut desk.customer, &CustomerEvent::PickupCodeLost { certificate }, None, &holder(), desk.now);
    assert_eq!(desk.customer.certificate(certificate).unwrap().slips, 0);
    let fetch = CustomerCommand::FetchCertificate { certificate, signed: signed(1) };
    desk.act(&holder(), fetch, None).unwrap_err();
    desk.act(&teller(), CustomerCommand::PrintSlip { certificate }, None).unwrap();
    assert_eq!(desk.customer.certificate(certificate).unwrap().slips, 1);
}
