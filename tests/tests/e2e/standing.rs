//! What relying parties are told, over a random history: OCSP and revocation list agree with a model of the rules, in the
//! eyes of tools that are not ours. Longer with `MADOGUCHI_ACTS`.

use std::collections::BTreeMap;

use desk::view::{OutboxState, RequestKind, RequestUser};
use domain::customer::{CertificateState, IncidentCause, ReissueCause, UserRole};
use e2e::centre::Centre;
use e2e::customer::{Customer, fresh_key};
use e2e::office::{self, Office, fill, root_pem};
use rcgen::KeyPair;
use wire::api::portal::Fetched;

use crate::judge::{StatusJudge, Told};

/// Customers of the history, each with one user ID.
const CUSTOMERS: u32 = 6;

/// A small generator of its own: the seed of a failed run is printed and can be used again.
pub(crate) struct Dice(u64);

impl Dice {
    pub(crate) fn new() -> Self {
        let seed = std::env::var("MADOGUCHI_SEED").ok().and_then(|s| s.parse().ok());
        let seed = seed.unwrap_or_else(|| u64::from(std::process::id()) << 20 | 0x5eed);
        #[allow(clippy::print_stdout, reason = "a failed history can be told again")]
        {
            println!("MADOGUCHI_SEED={seed}");
        }
        Self(seed)
    }

    pub(crate) fn upto(&mut self, n: usize) -> usize {
        self.0 = self.0.wrapping_mul(6_364_136_223_846_793_005).wrapping_add(1_442_695_040_888_963_407);
        (self.0 >> 33) as usize % n
    }
}

/// What the model knows of one user ID.
struct Line {
    customer: String,
    contract: String,
    user: String,
    /// Serial of the certificate in use.
    current: Option<String>,
    /// A right: its id, and what was fetched with it.
    right: Option<String>,
    fetched: Option<(Fetched, KeyPair)>,
    /// The reason the current one ends with when the new one works.
    ends: Option<&'static str>,
    application: Option<String>,
    incident: Option<String>,
}

struct History {
    centre: Centre,
    office: Office,
    portal: Customer,
    lines: Vec<Line>,
    told: Told,
    ders: BTreeMap<String, Vec<u8>>,
    dice: Dice,
    acts: usize,
}

fn serial_of(der: &[u8]) -> String {
    let dir = tempfile::tempdir().unwrap();
    let file = dir.path().join("x.der");
    std::fs::write(&file, der).unwrap();
    let done = std::process::Command::new("openssl")
        .args(["x509", "-inform", "DER", "-noout", "-serial", "-in"])
        .arg(file)
        .output()
        .unwrap();
    String::from_utf8(done.stdout).unwrap().trim().trim_start_matches("serial=").to_owned()
}

impl History {
    async fn begin() -> Self {
        let (centre, office) = office::branch(|_| {}).await;
        let portal = Customer::new(&centre.at().portal, &root_pem(&centre));
        office.sign_in("T1001").await;
        let mut lines = Vec::new();
        for n in 0..CUSTOMERS {
            let customer =
                office.record_customer(&format!("{:07}", 7_000_000 + n), "見本商会", "ミホンショウカイ").await;
            let (contract, user) = (format!("{:010}", 6_000_000_000_u64 + u64::from(n)), format!("USER{n:04}"));
            let form = office.new_contract(&customer, &contract, &user).await;
            let application = Some(form.application_id.clone());
            office.submit(form).await;
            let (current, right, fetched, ends, incident) = (None, None, None, None, None);
            lines.push(Line { customer, contract, user, current, right, fetched, ends, application, incident });
        }
        let (told, ders, dice) = (Told::new(), BTreeMap::new(), Dice::new());
        Self { centre, office, portal, lines, told, ders, dice, acts: 2 * CUSTOMERS as usize }
    }

    fn tell(&mut self, serial: &str, state: &str) {
        self.told.insert(serial.to_owned(), state.to_owned());
    }

    /// A round of the teller: reports and applications.
    async fn teller(&mut self) {
        self.office.sign_in("T1001").await;
        for n in 0..self.lines.len() {
            let roll = self.dice.upto(6);
            let line = &self.lines[n];
            let (customer, contract, user) = (line.customer.clone(), line.contract.clone(), line.user.clone());
            let stoppable = line.current.is_some() || line.right.is_some();
            if roll < 2 && line.incident.is_none() && stoppable {
                let cause = if roll == 0 { IncidentCause::Lost } else { IncidentCause::Stolen };
                let scope = (self.dice.upto(2) == 0).then_some(user.as_str());
                let result = self.office.desk.suspend(&customer, cause, &contract, scope).await.unwrap();
                assert_eq!(result.state, OutboxState::Confirmed);
                self.acts += 1;
                self.lines[n].incident = result.receipt;
                if let Some(current) = self.lines[n].current.clone() {
                    self.tell(&current, "certificateHold");
                }
            } else if line.incident.is_none() && line.application.is_none() && line.right.is_none() {
                let causes = [
                    (ReissueCause::Broken, "superseded", false),
                    (ReissueCause::Replaced, "superseded", false),
                    (ReissueCause::Renamed, "affiliationChanged", false),
                    (ReissueCause::Vanished, "keyCompromise", true),
                    (ReissueCause::DiskLeft, "keyCompromise", true),
                ];
                let (cause, ends, at_once) = causes[self.dice.upto(causes.len())];
                let mut form = self.office.desk.new_application(&customer, RequestKind::Reissue).await.unwrap();
                form.contract = contract;
                form.cause = Some(cause);
                form.users = vec![RequestUser {
                    user_id: user,
                    role: Some(UserRole::Administrator),
                    device_label: "経理課".into(),
                    ..Default::default()
                }];
                fill(&mut form);
                let application = form.application_id.clone();
                self.office.submit(form).await;
                self.acts += 1;
                let line = &mut self.lines[n];
                line.application = Some(application);
                line.ends = Some(ends);
                if at_once {
                    // Told when it is approved.
                    line.ends = Some("at once");
                }
            }
        }
    }

    /// A round of the supervisor: approvals, prints, and reports that are settled.
    async fn supervisor(&mut self) {
        self.office.sign_in("S2001").await;
        for n in 0..self.lines.len() {
            let roll = self.dice.upto(4);
            if let Some(incident) = self.lines[n].incident.clone().filter(|_| roll > 0) {
                self.settle(n, &incident, roll).await;
            } else if let Some(application) = self.lines[n].application.take() {
                if self.lines[n].incident.is_some() {
                    self.lines[n].application = Some(application);
                    continue;
                }
                self.office.approve(&application).await;
                self.acts += 1;
                let certificates = self.office.desk.application(&application).await.unwrap().certificates;
                self.lines[n].right = Some(certificates[0].certificate_id.clone());
                if self.lines[n].ends == Some("at once") {
                    if let Some(old) = self.lines[n].current.take() {
                        self.tell(&old, "keyCompromise");
                    }
                    self.lines[n].ends = None;
                }
            }
        }
    }

    async fn settle(&mut self, n: usize, incident: &str, roll: usize) {
        let desk = &self.office.desk;
        if roll == 1 && desk.resume_incident(incident, false).await.is_ok() {
            self.acts += 1;
            self.lines[n].incident = None;
            if let Some(current) = self.lines[n].current.clone() {
                self.tell(&current, "good");
            }
            return;
        }
        let today = domain::calendar::jst_day(chrono::Utc::now()).to_string();
        desk.record_revocation_paper(incident, &today).await.unwrap();
        desk.revoke_incident(incident).await.unwrap();
        self.acts += 2;
        let line = &mut self.lines[n];
        line.incident = None;
        line.right = None;
        let signed = line.fetched.take().map(|(fetched, _)| serial_of(&fetched.certificate.0));
        for serial in line.current.take().into_iter().chain(signed) {
            self.tell(&serial, "keyCompromise");
        }
    }

    /// A round of the customers: fetch, and confirm or not yet.
    async fn customers(&mut self) {
        for n in 0..self.lines.len() {
            if self.lines[n].incident.is_some() {
                continue;
            }
            if self.lines[n].fetched.is_none()
                && let Some(right) = self.lines[n].right.clone()
            {
                let code = self.office.print(&right).await;
                let (key, csr) = fresh_key();
                let fetched = self.portal.fetch(&self.lines[n].user, &code, &csr).await.unwrap();
                self.acts += 2;
                let serial = serial_of(&fetched.certificate.0);
                self.ders.insert(serial.clone(), fetched.certificate.0.clone());
                self.tell(&serial, "certificateHold");
                self.lines[n].fetched = Some((fetched, key));
            }
            if self.dice.upto(3) > 0
                && let Some((fetched, key)) = self.lines[n].fetched.take()
            {
                self.portal.confirm(&fetched, &key).await.unwrap();
                self.acts += 1;
                let serial = serial_of(&fetched.certificate.0);
                self.tell(&serial, "good");
                let line = &mut self.lines[n];
                line.right = None;
                let (old, ends) = (line.current.replace(serial), line.ends.take());
                if let Some(old) = old {
                    self.tell(&old, ends.unwrap());
                }
            }
        }
    }
}

async fn bytes(url: &str) -> (reqwest::header::HeaderMap, Vec<u8>) {
    let response = reqwest::get(url).await.unwrap().error_for_status().unwrap();
    (response.headers().clone(), response.bytes().await.unwrap().to_vec())
}

#[tokio::test(flavor = "multi_thread")]
async fn openssl_gnutls_and_pkilint_agree_with_the_rules_over_a_random_history() {
    let wanted: usize = std::env::var("MADOGUCHI_ACTS").ok().and_then(|n| n.parse().ok()).unwrap_or(120);
    let mut history = History::begin().await;
    let status = history.centre.at().status.clone();
    let judge = StatusJudge::new(&status, &history.centre.config.keys());
    let list = format!("{status}/issuing.crl");
    let mut last = judge.crl(&bytes(&list).await.1);
    assert_eq!(last.1, Told::new());
    while history.acts < wanted {
        history.supervisor().await;
        history.customers().await;
        history.teller().await;

        let serials: Vec<String> = history.told.keys().cloned().collect();
        // Twice each way: signed for this question, and signed before.
        for nonce in [false, true, false] {
            assert_eq!(judge.ocsp(&serials, nonce), history.told, "after {} acts", history.acts);
        }
        for one in serials.iter().rev().take(2) {
            assert_eq!(judge.gnutls(&history.ders[one]), gnutls_word(&history.told[one]), "{one}");
        }
        let now = judge.crl(&bytes(&list).await.1);
        let stopped: BTreeMap<String, String> = history
            .told
            .iter()
            .filter(|(_, told)| *told != "good")
            .map(|(s, told)| (s.clone(), crl_word(told)))
            .collect();
        assert_eq!(now.1, stopped, "after {} acts", history.acts);
        assert!(now.0 >= last.0 && (now.0 > last.0 || now.1 == last.1), "the number rises with every list");
        last = now;
    }
    let states: Vec<CertificateState> = {
        let view = history.office.desk.customer(&history.lines[0].customer).await.unwrap();
        view.certificates.iter().map(|c| c.state).collect()
    };
    assert!(!states.is_empty());
    // The same after a restart: everything is read from the database again.
    history.office.desk.close().await;
    history.centre.stop();
    history.centre.start();
    let status = history.centre.at().status.clone();
    let judge = StatusJudge::new(&status, &history.centre.config.keys());
    let serials: Vec<String> = history.told.keys().cloned().collect();
    assert_eq!(judge.ocsp(&serials, false), history.told);
    let now = judge.crl(&bytes(&format!("{status}/issuing.crl")).await.1);
    assert_eq!(now.1, last.1);
    assert!(now.0 > last.0, "no number repeats");
    history.centre.stop();
    assert_eq!(history.centre.check().findings, []);
}

/// openssl's words for reasons on a list.
fn crl_word(told: &str) -> String {
    match told {
        "certificateHold" => "Certificate Hold",
        "keyCompromise" => "Key Compromise",
        "affiliationChanged" => "Affiliation Changed",
        "superseded" => "Superseded",
        "cessationOfOperation" => "Cessation Of Operation",
        "privilegeWithdrawn" => "Privilege Withdrawn",
        other => other,
    }
    .to_owned()
}

/// GnuTLS's words.
fn gnutls_word(told: &str) -> &str {
    if told == "good" { "good" } else { "revoked" }
}

#[tokio::test(flavor = "multi_thread")]
async fn strange_questions_get_honest_answers() {
    let (mut centre, office) = office::branch(|_| {}).await;
    let status = centre.at().status.clone();
    let judge = StatusJudge::new(&status, &centre.config.keys());
    // Never issued: never good.
    let never = "01AABBCCDDEEFF00112233445566".to_owned();
    assert_eq!(judge.ocsp(std::slice::from_ref(&never), false)[&never], "unknown");
    // Of another CA: not ours to answer.
    let client = reqwest::Client::new();
    let ask = async |body: Vec<u8>| {
        let response = client.post(format!("{status}/ocsp")).body(body).send().await.unwrap();
        (
            response.status().as_u16(),
            response.headers().get("cache-control").cloned(),
            response.bytes().await.unwrap().to_vec(),
        )
    };
    let dir = tempfile::tempdir().unwrap();
    let (root, other) = (dir.path().join("root.pem"), dir.path().join("other.der"));
    std::fs::write(&root, root_pem(&centre)).unwrap();
    let done = std::process::Command::new("openssl")
        .args(["ocsp", "-no_nonce", "-issuer"])
        .arg(&root)
        .args(["-serial", "0x01", "-reqout"])
        .arg(&other)
        .status()
        .unwrap();
    assert!(done.success());
    let (code, caching, body) = ask(std::fs::read(&other).unwrap()).await;
    assert_eq!(
        (code, caching.unwrap().as_bytes(), body.as_slice()),
        (200, &b"no-store"[..], &[0x30, 3, 0x0a, 1, 6][..])
    );
    // Junk, empty, and too much of it.
    for junk in [b"junk".to_vec(), Vec::new(), vec![0x30; 4000]] {
        let (code, _, body) = ask(junk).await;
        assert_eq!((code, body.as_slice()), (200, &[0x30, 3, 0x0a, 1, 1][..]));
    }
    assert_eq!(ask(vec![0; 100_000]).await.0, 413);
    // The list can be asked for conditionally; the issuer and the root are there.
    let (headers, list) = bytes(&format!("{status}/issuing.crl")).await;
    assert_eq!(headers["content-type"], "application/pkix-crl");
    assert_eq!(headers["cache-control"], "public, no-transform, max-age=0, must-revalidate");
    let again =
        client.get(format!("{status}/issuing.crl")).header("if-none-match", &headers["etag"]).send().await.unwrap();
    assert_eq!(again.status(), 304);
    assert_eq!(judge.crl(&list).1, Told::new());
    for (name, file) in [("issuing.cer", "issuing.cer"), ("root.cer", "root.cer"), ("root.crl", "root.crl")] {
        assert_eq!(bytes(&format!("{status}/{name}")).await.1, std::fs::read(centre.key_file(file)).unwrap());
    }
    office.desk.close().await;
    centre.stop();
    central::issuance::root_crl(&centre.config.keys(), e2e::centre::PASSPHRASE, chrono::Utc::now()).unwrap();
    let root_list = dir.path().join("root.crl");
    std::fs::copy(centre.key_file("root.crl"), &root_list).unwrap();
    let text = std::process::Command::new("openssl")
        .args(["crl", "-inform", "DER", "-noout", "-CAfile"])
        .arg(&root)
        .arg("-in")
        .arg(&root_list)
        .output()
        .unwrap();
    assert!(String::from_utf8_lossy(&text.stderr).contains("verify OK"));
}
