//! The history of a certificate and of a user ID: every act about it, also where the entry names only a report or an application.

use std::collections::BTreeSet;

use desk::view::{IncidentForm, LogFilter, LogLine, RequestKind, RequestUser};
use domain::customer::{CertificateState, IncidentCause, ReissueCause, UserRole};
use e2e::centre::Centre;
use e2e::customer::{Customer, fresh_key};
use e2e::office::{Office, branch, fill, root_pem};

use crate::story::wait_for;

async fn lines(office: &Office, filter: LogFilter) -> Vec<LogLine> {
    office.desk.log_page(filter, None, 0, 100).await.unwrap().lines
}

async fn of_certificate(office: &Office, certificate: &str) -> Vec<LogLine> {
    lines(office, LogFilter { certificate: Some(certificate.into()), ..LogFilter::default() }).await
}

async fn of_user(office: &Office, user: &str) -> Vec<LogLine> {
    lines(office, LogFilter { text: Some(user.into()), ..LogFilter::default() }).await
}

fn times(lines: &[LogLine], event: &str) -> usize {
    lines.iter().filter(|line| line.events.iter().any(|of| of == event)).count()
}

/// Customer, user ID and certificate, which works.
async fn holder(centre: &Centre, office: &Office, n: u32) -> (String, String, String) {
    let portal = Customer::new(&centre.at().portal, &root_pem(centre));
    let (user, code) = office.issue(n).await;
    let (key, csr) = fresh_key();
    let fetched = portal.fetch(&user, &code, &csr).await.unwrap();
    portal.confirm(&fetched, &key).await.unwrap();
    let customer = office.desk.search(&user).await.unwrap().hits.remove(0).customer_id;
    wait_for(&office.desk, &customer, CertificateState::Active).await;
    let certificate = office.desk.customer(&customer).await.unwrap().certificates.remove(0).certificate_id;
    (customer, user, certificate)
}

#[tokio::test(flavor = "multi_thread")]
async fn a_stop_is_told_to_its_end() {
    let (centre, office) = branch(|_| {}).await;
    let desk = &office.desk;
    let (customer, user, certificate) = holder(&centre, &office, 1).await;
    let (_, other_user, other) = holder(&centre, &office, 2).await;
    office.sign_in("T1001").await;
    let stopped = desk.suspend(&customer, IncidentCause::Lost, "", Some(&user)).await.unwrap();
    let incident = stopped.receipt.unwrap();
    let said = IncidentForm {
        caller: "見本 太郎".into(),
        phone: "090-0000-0001".into(),
        note: String::new(),
        lost_at: String::new(),
    };
    desk.record_incident(&incident, said).await.unwrap();
    desk.record_paper_reminder(&incident).await.unwrap();
    let today = domain::calendar::jst_day(chrono::Utc::now()).to_string();
    desk.record_revocation_paper(&incident, &today).await.unwrap();
    office.sign_in("S2001").await;
    desk.confirm_incident(&incident).await.unwrap();
    let acts = [
        "user_added",
        "certificate_suspended",
        "incident_reported",
        "incident_recorded",
        "paper_reminder_recorded",
        "revocation_paper_received",
        "incident_confirmed",
    ];
    for found in [of_certificate(&office, &certificate).await, of_user(&office, &user).await] {
        for act in acts {
            assert_eq!(times(&found, act), 1, "{act}");
        }
        // A line says whose it is, though the entry names only the report.
        let of_report = found.iter().filter(|line| times(std::slice::from_ref(line), "incident_confirmed") > 0);
        assert_eq!(of_report.map(|line| line.user_id.as_str()).collect::<Vec<_>>(), [user.as_str()]);
    }
    for found in [of_certificate(&office, &other).await, of_user(&office, &other_user).await] {
        assert!(acts.iter().skip(1).all(|act| times(&found, act) == 0), "somebody else's");
        assert_eq!(times(&found, "certificate_activated"), 1);
    }
    desk.revoke_incident(&incident).await.unwrap();
    assert_eq!(times(&of_certificate(&office, &certificate).await, "incident_closed"), 1);
}

async fn reissue(office: &Office, customer: &str, user: &str) -> String {
    let mut form = office.desk.new_application(customer, RequestKind::Reissue).await.unwrap();
    form.cause = Some(ReissueCause::Replaced);
    form.users = vec![RequestUser {
        user_id: user.into(),
        role: Some(UserRole::Administrator),
        device_label: "経理課 2号機".into(),
        ..Default::default()
    }];
    fill(&mut form);
    let application = form.application_id.clone();
    office.submit(form).await;
    application
}

#[tokio::test(flavor = "multi_thread")]
async fn an_application_that_comes_to_nothing_is_under_its_user_id() {
    let (centre, office) = branch(|_| {}).await;
    let desk = &office.desk;
    let (customer, user, certificate) = holder(&centre, &office, 1).await;
    let version = async |application: &str| desk.application(application).await.unwrap().customer_version;
    office.sign_in("T1001").await;
    let rejected = reissue(&office, &customer, &user).await;
    office.sign_in("S2001").await;
    desk.reject_application(&rejected, &version(&rejected).await, "届出印が違います").await.unwrap();
    office.sign_in("T1001").await;
    let pending = reissue(&office, &customer, &user).await;
    let found = of_user(&office, &user).await;
    assert_eq!((times(&found, "application_rejected"), times(&found, "application_submitted")), (1, 3));
    office.sign_in("S2001").await;
    desk.return_application(&pending, &version(&pending).await, "利用PCをご記入ください").await.unwrap();
    let found = of_user(&office, &user).await;
    assert_eq!(times(&found, "application_returned"), 1);
    // Nothing of it was done to the certificate, and nothing is there twice.
    assert_eq!(times(&of_certificate(&office, &certificate).await, "application_rejected"), 0);
    assert_eq!(found.iter().map(|line| line.index).collect::<BTreeSet<_>>().len(), found.len());
}
