//! The centre is killed at named steps of a pickup; after a restart the customer goes on with the same key, nothing is
//! doubled, nothing is lost, and log, state, tables and checkpoints agree.

use e2e::centre::Kind;
use e2e::customer::{Customer, fresh_key, sign};
use e2e::office::{self, root_pem};
use e2e::on_both;
use e2e::served::Served;
use rcgen::KeyPair;
use serde_json::json;
use wire::Base64;
use wire::api::portal::Fetched;

/// Intent, fetch and confirmation are one commit each; a step with `:n` is its n-th passing.
const STEPS: [&str; 12] = [
    "centre-before-commit:1",
    "centre-committed:1",
    "centre-intended",
    "centre-signed",
    "centre-decided:1",
    "centre-before-checkpoint:1",
    "centre-before-commit:2",
    "centre-committed:2",
    "centre-decided:2",
    "centre-before-checkpoint:2",
    "centre-before-commit:3",
    "centre-committed:3",
];

/// Fetch and confirmation; `None` when the line broke.
async fn pickup(portal: &str, root: &str, user: &str, code: &str, key: &KeyPair, csr: &[u8]) -> Option<Vec<u8>> {
    let client = reqwest::Client::builder()
        .tls_certs_only([reqwest::Certificate::from_pem(root.as_bytes()).unwrap()])
        .user_agent(e2e::customer::EDGE)
        .build()
        .unwrap();
    let base = portal.trim_end_matches("/pickup/").to_owned() + "/api/portal/v1";
    let body = json!({ "user_id": user, "code": code, "csr": Base64(csr.to_vec()) });
    let fetched = client.post(format!("{base}/fetch")).json(&body).send().await.ok()?;
    assert!(fetched.status().is_success(), "{user}: {}", fetched.text().await.unwrap());
    let fetched: Fetched = fetched.json().await.ok()?;
    let signature = sign(key, format!("{}{}", fetched.confirm_prefix, fetched.nonce).as_bytes());
    let body = json!({ "certificate_id": fetched.certificate_id, "signature": Base64(signature) });
    let confirmed = client.post(format!("{base}/confirm")).json(&body).send().await.ok()?;
    assert!(confirmed.status().is_success(), "{user}: {}", confirmed.text().await.unwrap());
    Some(fetched.certificate.0)
}

async fn killed_at_any_step_the_story_goes_on(kind: Kind) {
    let (mut centre, office) = office::branch(|config| kind.choose(config)).await;
    let mut rights = Vec::new();
    for n in 0..STEPS.len() {
        rights.push(office.issue(u32::try_from(n).unwrap()).await);
    }
    office.desk.close().await;
    centre.stop();
    let root = root_pem(&centre);

    for (step, (user, code)) in STEPS.iter().zip(rights) {
        let (key, csr) = fresh_key();
        let mut served = Served::start(&centre, Some(step)).await;
        let broken = pickup(&served.at.portal, &root, &user, &code, &key, &csr).await;
        assert!(broken.is_none(), "{step} was not passed");
        assert!(!served.ended().success(), "{step}");
        drop(served);
        assert_eq!(centre.check().findings, [], "right after {step}");

        let served = Served::start(&centre, None).await;
        let certificate = pickup(&served.at.portal, &root, &user, &code, &key, &csr).await.expect(step);
        let customer = Customer::new(&served.at.portal, &root);
        let again = customer.fetch(&user, &code, &csr).await.unwrap();
        assert_eq!(again.certificate.0, certificate, "{step}: the first answer");
        let other = fresh_key().1;
        assert!(customer.fetch(&user, &code, &other).await.is_err(), "{step}: never with another key");
        drop(served);
    }
    assert_eq!(centre.check().findings, []);
}

on_both!(killed_at_any_step_the_story_goes_on,);
