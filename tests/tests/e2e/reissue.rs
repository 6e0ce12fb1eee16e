//! A new PC: the new certificate takes the old one's place in the moment it works, and no earlier.

use desk::view::{RequestKind, RequestUser};
use domain::ErrorCode;
use domain::customer::{CertificateState, ReissueCause, UserRole};
use e2e::customer::{Customer, fresh_key};
use e2e::office::{self, Office, fill, root_pem};

async fn reissue(office: &Office, customer: &str, cause: Option<ReissueCause>) -> Result<String, ErrorCode> {
    office.sign_in("T1001").await;
    let mut form = office.desk.new_application(customer, RequestKind::Reissue).await.unwrap();
    form.cause = cause;
    form.users = vec![RequestUser {
        user_id: "ADMIN0001".into(),
        role: Some(UserRole::Administrator),
        device_label: "経理課 2号機".into(),
        ..Default::default()
    }];
    fill(&mut form);
    let application = form.application_id.clone();
    office.desk.submit_application(form).await.map_err(|error| error.code())?;
    office.sign_in("S2001").await;
    office.approve(&application).await;
    Ok(office.desk.application(&application).await.unwrap().certificates[0].certificate_id.clone())
}

#[tokio::test(flavor = "multi_thread")]
async fn the_old_certificate_works_until_the_new_one_does() {
    let (mut centre, office) = office::branch(|_| {}).await;
    let portal = Customer::new(&centre.at().portal, &root_pem(&centre));
    office.sign_in("T1001").await;
    let customer = office.record_customer("7654321", "見本運送株式会社", "ミホンウンソウ").await;
    let form = office.new_contract(&customer, "6000000001", "ADMIN0001").await;
    let application = form.application_id.clone();
    office.submit(form).await;
    office.sign_in("S2001").await;
    office.approve(&application).await;
    let first = office.desk.application(&application).await.unwrap().certificates[0].certificate_id.clone();
    let (old_key, csr) = fresh_key();
    let fetched = portal.fetch("ADMIN0001", &office.print(&first).await, &csr).await.unwrap();
    portal.confirm(&fetched, &old_key).await.unwrap();
    let states = || async {
        let view = office.desk.customer(&customer).await.unwrap();
        view.certificates.iter().map(|c| c.state).collect::<Vec<_>>()
    };

    assert_eq!(reissue(&office, &customer, None).await, Err(ErrorCode::CauseMissing));
    let second = reissue(&office, &customer, Some(ReissueCause::Replaced)).await.unwrap();
    let code = office.print(&second).await;
    assert_eq!(states().await, [CertificateState::Active, CertificateState::Authorised]);
    // The key of the old certificate does not become the key of the new one.
    assert_eq!(portal.fetch("ADMIN0001", &code, &csr).await.unwrap_err().answer.code, ErrorCode::KeyReused);
    let (key, csr) = fresh_key();
    let fetched = portal.fetch("ADMIN0001", &code, &csr).await.unwrap();
    portal.confirm(&fetched, &key).await.unwrap();
    portal.confirm(&fetched, &key).await.unwrap();
    let mut changes = office.desk.changes();
    while states().await != [CertificateState::Revoked, CertificateState::Active] {
        tokio::time::timeout(std::time::Duration::from_secs(20), changes.recv()).await.expect("never replaced").ok();
    }
    let view = office.desk.customer(&customer).await.unwrap();
    assert!(view.certificates[0].revoked_at.is_some());
    assert_eq!(view.contracts[0].users[0].device_label, "経理課 2号機");

    // Vanished, and nobody remembers deleting it: ends with the approval, before anybody could steal the new one.
    let third = reissue(&office, &customer, Some(ReissueCause::Vanished)).await.unwrap();
    assert_eq!(states().await, [CertificateState::Revoked, CertificateState::Revoked, CertificateState::Authorised]);
    let (key, csr) = fresh_key();
    let fetched = portal.fetch("ADMIN0001", &office.print(&third).await, &csr).await.unwrap();
    portal.confirm(&fetched, &key).await.unwrap();
    office.desk.close().await;
    centre.stop();
    assert_eq!(centre.check().findings, []);
}
