//! Who is let in at the renewal, and who is not: the handshake, the end of a certificate, and the signature that stands in for a
//! handshake after it.

use chrono::Duration;
use domain::ErrorCode;
use domain::customer::CertificateState;
use e2e::centre::PASSPHRASE;
use e2e::customer::fresh_key;
use e2e::relying::Wallet;
use rcgen::{CertificateParams, Issuer, KeyPair};

use crate::renewal::{World, refusal};

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
