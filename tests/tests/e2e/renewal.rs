//! Renewal with the present certificate, through TLS and with real certificates: authenticated is not authorised.

use central::clock::Clock;
use chrono::Duration;
use desk::view::RequestKind;
use domain::customer::{CertificateState, IncidentCause};
use domain::{ErrorCode, calendar};
use e2e::centre::{BRANCH, Centre, PASSPHRASE};
use e2e::customer::{Customer, Refused, fresh_key};
use e2e::office::{Office, fill, root_pem};
use e2e::relying::Wallet;
use e2e::served::Served;
use rcgen::{CertificateParams, Issuer, KeyPair};
use wire::api::portal::Fetched;

/// A centre whose customers fetched their certificates some days ago.
struct World {
    centre: Centre,
    office: Office,
}

/// What one customer has.
struct Holder {
    id: String,
    key: KeyPair,
    csr: Vec<u8>,
    fetched: Fetched,
    wallet: Wallet,
    portal: Customer,
}

fn refusal(result: Result<Fetched, Refused>) -> (ErrorCode, String) {
    let answer = result.unwrap_err().answer;
    (answer.code, answer.args.get("state").cloned().unwrap_or_default())
}

impl World {
    async fn new() -> Self {
        let pages = tempfile::tempdir().unwrap();
        std::fs::write(pages.path().join("portal.html"), "<!doctype html>").unwrap();
        let mut centre = Centre::new(|config| config.portal.static_dir = pages.keep());
        let invitation = centre.invite(BRANCH, "窓口 1番");
        centre.clock = Clock::at(chrono::Utc::now());
        centre.start();
        let office = Office::enrol(&centre, &invitation).await;
        Self { centre, office }
    }

    /// Customer `n`, whose certificate was fetched so many days ago.
    async fn holder(&self, n: u32, days_ago: i64, confirm: bool) -> Holder {
        let (user, code) = self.office.issue(n).await;
        let id = self.office.desk.search(&user).await.unwrap().remove(0).customer_id;
        let (key, csr) = fresh_key();
        let portal = Customer::new(&self.centre.at().portal, &root_pem(&self.centre));
        self.centre.clock.advance(-Duration::days(days_ago));
        let fetched = portal.fetch(&user, &code, &csr).await.unwrap();
        if confirm {
            portal.confirm(&fetched, &key).await.unwrap();
        }
        self.centre.clock.advance(Duration::days(days_ago));
        let wallet = self.wallet(&user, &key, &fetched);
        Holder { id, key, csr, fetched, wallet, portal }
    }

    fn wallet(&self, user: &str, key: &KeyPair, fetched: &Fetched) -> Wallet {
        let issuing = std::fs::read(self.centre.key_file("issuing.cer")).unwrap();
        Wallet::new(user, key, &fetched.certificate.0, &issuing)
    }

    fn show(&self, pem: Option<&str>) -> Customer {
        Customer::holder(&self.centre.at().renewal, &root_pem(&self.centre), pem)
    }

    async fn states(&self, customer: &str) -> Vec<CertificateState> {
        let view = self.office.desk.customer(customer).await.unwrap();
        view.certificates.iter().map(|c| c.state).collect()
    }

    /// Until the desk has heard of it.
    async fn until(&self, customer: &str, states: &[CertificateState]) {
        let mut changes = self.office.desk.changes();
        while self.states(customer).await != states {
            let heard = tokio::time::timeout(std::time::Duration::from_secs(20), changes.recv()).await;
            assert!(heard.is_ok(), "{:?} instead of {states:?}", self.states(customer).await);
        }
    }

    async fn stop(&self, holder: &Holder) -> String {
        self.office.sign_in("T1001").await;
        let contract = self.office.desk.customer(&holder.id).await.unwrap().contracts[0].number.clone();
        let result = self.office.desk.suspend(&holder.id, IncidentCause::Lost, &contract, None).await.unwrap();
        result.receipt.unwrap()
    }

    async fn end(mut self) {
        self.office.desk.close().await;
        self.centre.stop();
        assert_eq!(self.centre.check().findings, []);
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn the_new_one_takes_the_place_of_the_old_in_one_act() {
    let world = World::new().await;
    let old = world.holder(1, 340, true).await;
    let browser = world.show(Some(&old.wallet.pem));
    let shown = browser.present().await.unwrap();
    assert_eq!((shown.user_id.as_str(), shown.state), ("USER00001", CertificateState::Active));
    assert_eq!((shown.not_after, shown.begun, shown.refused), (old.fetched.not_after, None, None));
    assert_eq!(shown.deadline, calendar::later(old.fetched.not_after, 90));

    // The key of the present certificate does not become that of the next.
    assert_eq!(refusal(browser.renew(&old.csr, false).await).0, ErrorCode::KeyReused);
    let (lost_key, lost_csr) = fresh_key();
    let lost = browser.renew(&lost_csr, false).await.unwrap();
    assert_eq!(browser.renew(&lost_csr, false).await.unwrap(), lost, "the first answer");
    let (key, csr) = fresh_key();
    assert_eq!(refusal(browser.renew(&csr, false).await).0, ErrorCode::PickupOtherKey);
    assert_eq!(browser.present().await.unwrap().begun, Some(CertificateState::Signed));
    // The first key is gone: begun again.
    let fetched = browser.renew(&csr, true).await.unwrap();
    assert_eq!(browser.renew(&csr, true).await.unwrap(), fetched, "the first answer");
    assert_eq!(refusal(browser.renew(&lost_csr, false).await).0, ErrorCode::PickupCancelled);
    assert_eq!(browser.confirm(&lost, &lost_key).await.unwrap_err().answer.code, ErrorCode::PickupCancelled);
    use CertificateState::{Active, Cancelled, Revoked, Signed};
    world.until(&old.id, &[Active, Cancelled, Signed]).await;
    assert_eq!(browser.confirm(&fetched, &old.key).await.unwrap_err().answer.code, ErrorCode::ConfirmSignatureInvalid);
    browser.confirm(&fetched, &key).await.unwrap();
    world.until(&old.id, &[Revoked, Cancelled, Active]).await;

    // Answers that were lost are given again, also after the old one has ended by them; nothing new begins.
    assert_eq!(browser.renew(&csr, false).await.unwrap(), fetched);
    browser.confirm(&fetched, &key).await.unwrap();
    let more = fresh_key().1;
    for again in [false, true] {
        assert_eq!(refusal(browser.renew(&more, again).await), (ErrorCode::RenewalRefused, "revoked".into()));
    }
    let next = world.show(Some(&world.wallet("USER00001", &key, &fetched).pem));
    let shown = next.present().await.unwrap();
    let refused = shown.refused.unwrap();
    assert_eq!((refused.code, shown.state), (ErrorCode::RenewalNotOpen, Active));
    assert_eq!(refused.args["opens_on"], (fetched.not_after - Duration::days(30)).to_string());
    assert_eq!(refusal(next.renew(&more, false).await).0, ErrorCode::RenewalNotOpen);
    world.end().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn never_a_suspended_a_revoked_or_a_closed_one() {
    let world = World::new().await;
    let (held, revoked, closed) =
        (world.holder(1, 340, true).await, world.holder(2, 340, true).await, world.holder(3, 340, true).await);
    let mut browsers = Vec::new();
    for holder in [&held, &revoked, &closed] {
        // Open before the stop: what counts is the state at each request, not at the handshake.
        let browser = world.show(Some(&holder.wallet.pem));
        assert_eq!(browser.present().await.unwrap().refused, None);
        browsers.push(browser);
    }
    // Half way through when the stop comes.
    let (key, csr) = fresh_key();
    let begun = browsers[0].renew(&csr, false).await.unwrap();
    let incident = world.stop(&held).await;
    for answer in
        [browsers[0].renew(&csr, false).await.map(|_| ()), browsers[0].confirm(&begun, &key).await.map(|_| ())]
    {
        assert_eq!(answer.unwrap_err().answer.code, ErrorCode::PickupHeld);
    }

    let ended = world.stop(&revoked).await;
    world.office.sign_in("S2001").await;
    let today = calendar::jst_day(chrono::Utc::now()).to_string();
    world.office.desk.record_revocation_paper(&ended, &today).await.unwrap();
    world.office.desk.revoke_incident(&ended).await.unwrap();

    world.office.sign_in("T1001").await;
    let mut form = world.office.desk.new_application(&closed.id, RequestKind::Close).await.unwrap();
    form.contract = world.office.desk.customer(&closed.id).await.unwrap().contracts[0].number.clone();
    form.closing_on = today;
    fill(&mut form);
    let application = form.application_id.clone();
    world.office.submit(form).await;
    world.office.sign_in("S2001").await;
    world.office.approve(&application).await;

    for (browser, state) in browsers.iter().zip(["suspended", "revoked", "revoked"]) {
        let refused = browser.present().await.unwrap().refused.unwrap();
        assert_eq!((refused.code, refused.args["state"].as_str()), (ErrorCode::RenewalRefused, state));
        for again in [false, true] {
            let answer = refusal(browser.renew(&fresh_key().1, again).await);
            assert_eq!(answer, (ErrorCode::RenewalRefused, state.to_owned()));
        }
    }
    // Nor on a new handshake, nor with the half that was fetched.
    let again = world.show(Some(&held.wallet.pem));
    assert_eq!(refusal(again.renew(&fresh_key().1, false).await).1, "suspended");
    let half = world.show(Some(&world.wallet("USER00001", &key, &begun).pem));
    assert_eq!(half.confirm_use().await.unwrap_err().answer.code, ErrorCode::PickupHeld);
    // Found: goes on where it was.
    world.office.desk.resume_incident(&incident, false).await.unwrap();
    assert_eq!(browsers[0].renew(&csr, false).await.unwrap(), begun);
    browsers[0].confirm(&begun, &key).await.unwrap();
    use CertificateState::{Active, Revoked};
    world.until(&held.id, &[Revoked, Active]).await;
    for holder in [&revoked, &closed] {
        assert_eq!(world.states(&holder.id).await, [Revoked]);
    }
    world.end().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn only_who_proves_a_certificate_of_this_institution() {
    let world = World::new().await;
    let (mine, other) = (world.holder(1, 340, true).await, world.holder(2, 340, true).await);
    let (_, csr) = fresh_key();
    // None at all: the page comes up, and says what is missing.
    let nobody = world.show(None);
    assert_eq!(nobody.page().await.unwrap(), 200);
    let denied = nobody.renew(&csr, false).await.unwrap_err();
    assert_eq!((denied.status.as_u16(), denied.answer.code), (403, ErrorCode::RenewalDenied));

    // Somebody else's CA under the same name, and the institution's own for terminals: no handshake.
    let key = KeyPair::generate().unwrap();
    let issuing = std::fs::read(world.centre.key_file("issuing.cer")).unwrap();
    let forged_key = KeyPair::generate().unwrap();
    let forged = Issuer::from_ca_cert_der(&issuing.clone().into(), forged_key).unwrap();
    let false_certificate = CertificateParams::default().signed_by(&key, &forged).unwrap();
    let terminal = &world.office.identity.certificate;
    let secrets = desk::secrets::Secrets::Files(world.office.dir.path().join("secrets"));
    let terminal_key = secrets.get("terminal-key").unwrap().unwrap();
    let terminal_key = KeyPair::try_from(terminal_key.as_slice()).unwrap();
    for pem in [
        [key.serialize_pem(), false_certificate.pem()].concat(),
        [terminal_key.serialize_pem(), terminal.clone()].concat(),
    ] {
        assert_eq!(world.show(Some(&pem)).page().await, None);
    }
    // Another's certificate without its key.
    assert!(!mismatched(&world, &other.wallet, &mine.key).await, "the handshake needs the key");
    assert!(mismatched(&world, &mine.wallet, &mine.key).await, "the control: with the key it works");

    // Signed by the issuing CA, and in no log.
    let authority = central::issuance::Authority::open(&world.centre.config, PASSPHRASE).unwrap();
    let (stray_key, stray_csr) = fresh_key();
    let request = central::issuance::csr::parse(&stray_csr, &world.centre.config.policy.key_types).unwrap();
    let validity = authority.validity(chrono::Utc::now(), 20);
    let serial = central::issuance::draw_serial(0);
    let stray = authority.issue(&request, "USER00001", "0005000001", &serial, validity).unwrap();
    let stray = Wallet::new("USER00001", &stray_key, &stray, &issuing);
    assert_eq!(refusal(world.show(Some(&stray.pem)).renew(&csr, false).await).0, ErrorCode::RenewalDenied);

    // With one's own certificate nothing of another user ID is confirmed.
    let (new_key, new_csr) = fresh_key();
    let renewed = world.show(Some(&other.wallet.pem)).renew(&new_csr, false).await.unwrap();
    let browser = world.show(Some(&mine.wallet.pem));
    let stolen = browser.confirm(&renewed, &new_key).await.unwrap_err();
    assert_eq!(stolen.answer.code, ErrorCode::ConfirmSignatureInvalid);
    assert_eq!(world.states(&mine.id).await, [CertificateState::Active]);
    world.end().await;
}

/// Shows a certificate and signs the handshake with a key; does an answer come?
async fn mismatched(world: &World, wallet: &Wallet, key: &KeyPair) -> bool {
    use rustls::pki_types::pem::PemObject as _;
    use tokio::io::{AsyncReadExt as _, AsyncWriteExt as _};
    #[derive(Debug)]
    struct Shown(std::sync::Arc<rustls::sign::CertifiedKey>);
    impl rustls::client::ResolvesClientCert for Shown {
        fn resolve(
            &self,
            _: &[&[u8]],
            _: &[rustls::SignatureScheme],
        ) -> Option<std::sync::Arc<rustls::sign::CertifiedKey>> {
            Some(self.0.clone())
        }
        fn has_certs(&self) -> bool {
            true
        }
    }
    let chain = rustls_pki_types::CertificateDer::pem_slice_iter(wallet.pem.as_bytes());
    let chain: Vec<_> = chain.map(Result::unwrap).collect();
    let pkcs8 = rustls_pki_types::PrivateKeyDer::try_from(key.serialize_der()).unwrap();
    let signing = rustls::crypto::aws_lc_rs::sign::any_supported_type(&pkcs8).unwrap();
    let shown = Shown(std::sync::Arc::new(rustls::sign::CertifiedKey::new(chain, signing)));
    let config = rustls::ClientConfig::builder()
        .dangerous()
        .with_custom_certificate_verifier(std::sync::Arc::new(e2e::relying::AnyServer))
        .with_client_cert_resolver(std::sync::Arc::new(shown));
    let at = world.centre.at().renewal.trim_start_matches("https://").trim_end_matches("/renewal/").to_owned();
    let stream = tokio::net::TcpStream::connect(&at).await.unwrap();
    let name = rustls_pki_types::ServerName::try_from("127.0.0.1").unwrap();
    let connector = tokio_rustls::TlsConnector::from(std::sync::Arc::new(config));
    let Ok(mut stream) = connector.connect(name, stream).await else { return false };
    let request = b"GET /renewal/ HTTP/1.1\r\nHost: 127.0.0.1\r\nConnection: close\r\n\r\n";
    let _ = stream.write_all(request).await;
    let mut said = Vec::new();
    let _ = stream.read_to_end(&mut said).await;
    said.starts_with(b"HTTP/1.1 200")
}

#[tokio::test(flavor = "multi_thread")]
async fn an_expired_one_within_the_grace_and_not_after_it() {
    let mut world = World::new().await;
    let (within, after) = (world.holder(1, 365 + 80, true).await, world.holder(2, 365 + 92, true).await);
    // Before the centre's job has noticed, and after.
    for restarted in [false, true] {
        if restarted {
            world.centre.stop();
            world.centre.start();
            use CertificateState::Expired;
            let begin = std::time::Instant::now();
            for holder in [&within, &after] {
                let browser = world.show(Some(&holder.wallet.pem));
                while browser.present().await.unwrap().state != Expired {
                    assert!(begin.elapsed() < std::time::Duration::from_secs(20), "nobody noticed");
                }
            }
        }
        let late = world.show(Some(&after.wallet.pem));
        let refused = late.present().await.unwrap().refused.unwrap();
        assert_eq!(
            (refused.code, refused.args["ended_on"].clone()),
            (ErrorCode::RenewalTooLate, after.fetched.not_after.to_string())
        );
        let answer = late.renew(&fresh_key().1, false).await.unwrap_err();
        assert_eq!((answer.status.as_u16(), answer.answer.code), (410, ErrorCode::RenewalTooLate));
        assert_eq!(world.show(Some(&within.wallet.pem)).present().await.unwrap().refused, None);
    }
    let browser = world.show(Some(&within.wallet.pem));
    let (key, csr) = fresh_key();
    let fetched = browser.renew(&csr, false).await.unwrap();
    browser.confirm(&fetched, &key).await.unwrap();
    let next = world.show(Some(&world.wallet("USER00001", &key, &fetched).pem));
    assert_eq!(next.present().await.unwrap().state, CertificateState::Active);
    let replaced = browser.present().await.unwrap().refused.unwrap();
    assert_eq!(replaced.args["state"], "replaced");
    world.end().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn many_at_once_get_one_certificate() {
    let world = World::new().await;
    let old = world.holder(1, 340, true).await;
    let renewals = |csrs: Vec<Vec<u8>>| {
        let tasks = csrs.into_iter().map(|csr| {
            let browser = world.show(Some(&old.wallet.pem));
            tokio::spawn(async move { browser.renew(&csr, false).await })
        });
        tasks.collect::<Vec<_>>()
    };
    let (mut won, mut lost) = (Vec::new(), Vec::new());
    for task in renewals((0..8).map(|_| fresh_key().1).collect()) {
        match task.await.unwrap() {
            Ok(fetched) => won.push(fetched),
            Err(refused) => lost.push(refused.answer.code),
        }
    }
    assert_eq!((won.len(), lost), (1, vec![ErrorCode::PickupOtherKey; 7]));
    world.until(&old.id, &[CertificateState::Active, CertificateState::Signed]).await;
    // The same key eight times: one answer.
    let other = world.holder(2, 340, true).await;
    let csr = fresh_key().1;
    let mut answers = Vec::new();
    for _ in 0..8 {
        let (browser, csr) = (world.show(Some(&other.wallet.pem)), csr.clone());
        answers.push(tokio::spawn(async move { browser.renew(&csr, false).await.unwrap() }));
    }
    let mut given = Vec::new();
    for answer in answers {
        given.push(answer.await.unwrap());
    }
    given.dedup();
    assert_eq!(given.len(), 1);
    world.end().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn a_key_that_stays_in_its_store_is_confirmed_by_its_first_use() {
    let world = World::new().await;
    let fresh = world.holder(1, 0, false).await;
    let browser = world.show(Some(&fresh.wallet.pem));
    let shown = browser.present().await.unwrap();
    assert_eq!((shown.state, shown.user_id.as_str()), (CertificateState::Signed, "USER00001"));
    assert_eq!(refusal(browser.renew(&fresh_key().1, false).await), (ErrorCode::RenewalRefused, "signed".into()));
    let denied = world.show(None).confirm_use().await.unwrap_err();
    assert_eq!(denied.answer.code, ErrorCode::RenewalDenied);
    for _ in 0..2 {
        assert_eq!(browser.confirm_use().await.unwrap().state, CertificateState::Active);
    }
    world.until(&fresh.id, &[CertificateState::Active]).await;
    fresh.portal.confirm(&fresh.fetched, &fresh.key).await.unwrap();
    world.end().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn an_expired_one_is_replaced_with_a_signature_of_its_key() {
    let world = World::new().await;
    let (within, after) = (world.holder(1, 365 + 80, true).await, world.holder(2, 365 + 92, true).await);
    let portal = &within.portal;
    let der = &within.fetched.certificate.0;
    let (key, csr) = fresh_key();
    let purpose = wire::sha256_hex(&csr);
    let denied = async |proof: &serde_json::Value, csr: &[u8]| {
        let refused = portal.reacquire(proof, csr, false).await.unwrap_err();
        assert_eq!((refused.status.as_u16(), refused.answer.code), (403, ErrorCode::RenewalDenied));
    };
    // Another key, another purpose, another PKCS#10 than was signed for, a nonce that is not the centre's, or an old one.
    denied(&portal.proof(der, &after.key, &purpose).await, &csr).await;
    denied(&portal.proof(der, &within.key, "open").await, &csr).await;
    let proof = portal.proof(der, &within.key, &purpose).await;
    denied(&proof, &fresh_key().1).await;
    let mut made_up = proof.clone();
    made_up["nonce"] = format!("f{}", proof["nonce"].as_str().unwrap()).into();
    denied(&made_up, &csr).await;
    let mut stray = proof.clone();
    stray["certificate"] =
        serde_json::to_value(wire::Base64(std::fs::read(world.centre.key_file("issuing.cer")).unwrap())).unwrap();
    denied(&stray, &csr).await;
    world.centre.clock.advance(Duration::minutes(11));
    denied(&proof, &csr).await;
    assert_eq!(world.states(&within.id).await, [CertificateState::Active]);

    // The rules of every renewal.
    let late = portal.proof(&after.fetched.certificate.0, &after.key, &purpose).await;
    assert_eq!(portal.reacquire(&late, &csr, false).await.unwrap_err().answer.code, ErrorCode::RenewalTooLate);
    let opened = portal.proof(der, &within.key, "open").await;
    let shown = portal.post("reacquire/open", &serde_json::json!({ "proof": opened })).await.unwrap();
    assert_eq!((shown["user_id"].as_str(), &shown["refused"]), (Some("USER00001"), &serde_json::Value::Null));
    let proof = portal.proof(der, &within.key, &purpose).await;
    let fetched = portal.reacquire(&proof, &csr, false).await.unwrap();
    assert_eq!(portal.reacquire(&proof, &csr, false).await.unwrap(), fetched, "the first answer");
    portal.confirm(&fetched, &key).await.unwrap();
    let incident = world.stop(&within).await;
    let (_, next) = fresh_key();
    let proof = portal.proof(&fetched.certificate.0, &key, &wire::sha256_hex(&next)).await;
    assert_eq!(refusal(portal.reacquire(&proof, &next, false).await), (ErrorCode::RenewalRefused, "suspended".into()));
    drop(incident);
    world.end().await;
}

/// Right, intent, fetch and confirmation are one commit each.
const STEPS: [&str; 9] = [
    "centre-committed:1",
    "centre-renewal-granted",
    "centre-intended",
    "centre-before-commit:2",
    "centre-signed",
    "centre-before-commit:3",
    "centre-committed:3",
    "centre-before-commit:4",
    "centre-committed:4",
];

#[tokio::test(flavor = "multi_thread")]
async fn killed_at_any_step_a_renewal_goes_on() {
    let mut world = World::new().await;
    let mut holders = Vec::new();
    for n in 0..STEPS.len() {
        holders.push(world.holder(u32::try_from(n).unwrap(), 340, true).await);
    }
    world.office.desk.close().await;
    world.centre.stop();
    let root = root_pem(&world.centre);
    for (step, holder) in STEPS.iter().zip(holders) {
        let (key, csr) = fresh_key();
        let mut served = Served::start(&world.centre, Some(step)).await;
        let browser = Customer::holder(&served.at.renewal, &root, Some(&holder.wallet.pem));
        assert!(browser.renew_to_the_end(&csr, &key).await.is_none(), "{step} was not passed");
        assert!(!served.ended().success(), "{step}");
        drop(served);
        assert_eq!(world.centre.check().findings, [], "right after {step}");

        let served = Served::start(&world.centre, None).await;
        let browser = Customer::holder(&served.at.renewal, &root, Some(&holder.wallet.pem));
        let fetched = browser.renew_to_the_end(&csr, &key).await.expect(step);
        assert_eq!(browser.renew_to_the_end(&csr, &key).await.unwrap(), fetched, "{step}: the first answer");
        assert!(browser.renew(&fresh_key().1, true).await.is_err(), "{step}: nothing more with the old one");
        let next =
            Customer::holder(&served.at.renewal, &root, Some(&world.wallet(&holder.wallet.user, &key, &fetched).pem));
        assert_eq!(next.present().await.unwrap().state, CertificateState::Active, "{step}");
        drop(served);
    }
    assert_eq!(world.centre.check().findings, []);
}
