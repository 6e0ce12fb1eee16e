//! The effect of a stop: the login server refuses, on a new handshake, a resumed session and an open connection.

use std::process::{Command, Stdio};

use central::clock::Clock;
use desk::view::OutboxState;
use domain::customer::{CertificateState, IncidentCause};
use e2e::centre::{Centre, PASSWORD};
use e2e::customer::{Customer, fresh_key};
use e2e::office::{Office, root_pem};
use e2e::relying::{LOGIN_PASSWORD, Login, RelyingParty, Source, Wallet, ask};

pub(crate) const USER: &str = "USER00001";

pub(crate) struct World {
    pub(crate) centre: Centre,
    pub(crate) office: Office,
    pub(crate) wallet: Wallet,
    pub(crate) customer: String,
}

pub(crate) async fn world() -> World {
    begin(Centre::new(|_| {}), |_| {}).await
}

/// One certificate in use; `before` it is fetched the clock may be moved.
pub(crate) async fn begin(mut centre: Centre, before: impl FnOnce(&Clock)) -> World {
    let invitation = centre.invite(e2e::centre::BRANCH, "窓口 1番");
    centre.start();
    let office = Office::enrol(&centre, &invitation).await;
    let portal = Customer::new(&centre.at().portal, &root_pem(&centre));
    let (user, code) = office.issue(1).await;
    let (key, csr) = fresh_key();
    before(&centre.clock);
    let fetched = portal.fetch(&user, &code, &csr).await.unwrap();
    let wallet =
        Wallet::new(&user, &key, &fetched.certificate.0, &std::fs::read(centre.key_file("issuing.cer")).unwrap());
    portal.confirm(&fetched, &key).await.unwrap();
    let hit = office.desk.search(&user).await.unwrap().hits.remove(0);
    World { centre, office, wallet, customer: hit.customer_id }
}

impl World {
    pub(crate) async fn stop(&self) -> String {
        self.office.desk.sign_in("T1001", PASSWORD).await.unwrap();
        let contract = self.office.desk.customer(&self.customer).await.unwrap().contracts[0].number.clone();
        let result = self.office.desk.suspend(&self.customer, IncidentCause::Lost, &contract, None).await.unwrap();
        assert_eq!(result.state, OutboxState::Confirmed);
        result.receipt.unwrap()
    }

    async fn login(&self, party: &RelyingParty) -> Login {
        self.wallet.login(party, USER, LOGIN_PASSWORD).await
    }
}

/// Is a session that openssl kept taken up again? Gives what nginx said on the second connection.
fn resumed(party: &RelyingParty, wallet: &Wallet, version: &str) -> (bool, String) {
    let dir = tempfile::tempdir().unwrap();
    let (pem, session) = (dir.path().join("wallet.pem"), dir.path().join("session"));
    std::fs::write(&pem, &wallet.pem).unwrap();
    let connect = |option: &str| {
        let mut tool = Command::new("openssl")
            .args(["s_client", version, "-ign_eof", "-connect", &format!("localhost:{}", party.port), "-cert"])
            .arg(&pem)
            .arg("-cert_chain")
            .arg(&pem)
            .arg(option)
            .arg(&session)
            .stdin(Stdio::piped())
            .stdout(Stdio::piped())
            .stderr(Stdio::null())
            .spawn()
            .unwrap();
        use std::io::Write as _;
        let request = b"GET / HTTP/1.1\r\nHost: localhost\r\n\r\n";
        tool.stdin.take().unwrap().write_all(request).unwrap();
        String::from_utf8_lossy(&tool.wait_with_output().unwrap().stdout).into_owned()
    };
    connect("-sess_out");
    if !session.exists() {
        // Nothing to take up again was ever given.
        std::fs::write(&session, "").unwrap();
        return (false, connect("-sess_out"));
    }
    let said = connect("-sess_in");
    (said.contains("Reused, "), said)
}

#[tokio::test(flavor = "multi_thread")]
async fn a_stop_reaches_the_login_and_its_end_does_too() {
    let mut world = world().await;
    let party = RelyingParty::start(&world.centre, &[USER, "USER00002"], Source::Ocsp).await;
    // Certificate and password, both, and of the same user ID.
    assert_eq!(world.login(&party).await, Login::Welcome);
    assert_eq!(world.wallet.login(&party, USER, "something else").await, Login::WrongPassword);
    assert_eq!(world.wallet.login(&party, "USER00002", LOGIN_PASSWORD).await, Login::WrongPassword);
    let nobody = reqwest::Client::builder().tls_danger_accept_invalid_certs(true).build().unwrap();
    assert_eq!(ask(&nobody, &party, USER, LOGIN_PASSWORD).await, Login::Refused);
    let page = nobody.get(&party.entry).send().await.unwrap().text().await.unwrap();
    assert!(page.contains("電子証明書ログイン") && page.contains("電子証明書の取得・更新"));

    // A tab that stays open over the stop.
    let tab = world.wallet.client();
    assert_eq!(ask(&tab, &party, USER, LOGIN_PASSWORD).await, Login::Welcome);
    for version in ["-tls1_2", "-tls1_3"] {
        let (again, said) = resumed(&party, &world.wallet, version);
        assert!(!again && said.contains("200 OK"), "{version}: {said}");
    }
    let incident = world.stop().await;
    assert_eq!(world.login(&party).await, Login::Refused, "{}", party.errors());
    assert_eq!(ask(&tab, &party, USER, LOGIN_PASSWORD).await, Login::Refused);
    for version in ["-tls1_2", "-tls1_3"] {
        let (again, said) = resumed(&party, &world.wallet, version);
        assert!(
            !again && said.contains("400 Bad Request") && said.contains("電子証明書を確認できません"),
            "{version}: {said}"
        );
    }

    // Found: works again, also from the backup on the same PC, which is the same key and certificate.
    world.office.sign_in("S2001").await;
    world.office.desk.resume_incident(&incident, false).await.unwrap();
    assert_eq!(world.login(&party).await, Login::Welcome);
    assert_eq!(ask(&tab, &party, USER, LOGIN_PASSWORD).await, Login::Welcome);

    // Nobody can say: refused.
    world.office.desk.close().await;
    world.centre.stop();
    assert_eq!(world.login(&party).await, Login::Refused);
    assert_eq!(world.centre.check().findings, []);
}

#[tokio::test(flavor = "multi_thread")]
async fn a_certificate_of_the_same_ca_that_was_never_issued_is_refused() {
    let world = world().await;
    let party = RelyingParty::start(&world.centre, &[USER], Source::Ocsp).await;
    // Not confirmed yet: signed, on hold.
    let portal = Customer::new(&world.centre.at().portal, &root_pem(&world.centre));
    let (user, code) = world.office.issue(2).await;
    let (key, csr) = fresh_key();
    let fetched = portal.fetch(&user, &code, &csr).await.unwrap();
    let issuing = std::fs::read(world.centre.key_file("issuing.cer")).unwrap();
    let held = Wallet::new(&user, &key, &fetched.certificate.0, &issuing);
    assert_eq!(held.login(&party, &user, LOGIN_PASSWORD).await, Login::Refused);
    // Revoked for good.
    let incident = world.stop().await;
    world.office.sign_in("S2001").await;
    let today = domain::calendar::jst_day(chrono::Utc::now()).to_string();
    world.office.desk.record_revocation_paper(&incident, &today).await.unwrap();
    world.office.desk.revoke_incident(&incident).await.unwrap();
    assert_eq!(world.login(&party).await, Login::Refused);
    let states: Vec<_> =
        world.office.desk.customer(&world.customer).await.unwrap().certificates.iter().map(|c| c.state).collect();
    assert_eq!(states, [CertificateState::Revoked]);
    world.office.desk.close().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn an_expired_certificate_is_refused() {
    let mut centre = Centre::new(|_| {});
    centre.clock = Clock::at(chrono::Utc::now());
    let world = begin(centre, |clock| {
        // Fetched a year ago, all but some seconds: the login server goes by the real time, however long all this took.
        let end = chrono::Utc::now() + chrono::Duration::seconds(30);
        clock.advance(end - chrono::Duration::days(365) - clock.now());
    })
    .await;
    world.centre.clock.advance(chrono::Utc::now() - world.centre.clock.now());
    let party = RelyingParty::start(&world.centre, &[USER], Source::Ocsp).await;
    assert_eq!(world.login(&party).await, Login::Welcome, "{}", party.errors());
    let start = std::time::Instant::now();
    while world.login(&party).await == Login::Welcome {
        assert!(start.elapsed() < std::time::Duration::from_secs(60), "still good");
        tokio::time::sleep(std::time::Duration::from_millis(500)).await;
    }
    assert!(party.errors().contains("certificate has expired"), "{}", party.errors());
    world.office.desk.close().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn with_lists_a_stop_works_from_the_next_reload_on() {
    let mut world = world().await;
    let party = RelyingParty::start(&world.centre, &[USER], Source::Lists).await;
    assert_eq!(world.login(&party).await, Login::Welcome, "{}", party.errors());
    let incident = world.stop().await;
    party.fetch_lists();
    until(&world, &party, Login::Refused).await;
    world.office.sign_in("S2001").await;
    world.office.desk.resume_incident(&incident, false).await.unwrap();
    party.fetch_lists();
    until(&world, &party, Login::Welcome).await;
    // The service is gone: the lists are good until they end.
    world.office.desk.close().await;
    world.centre.stop();
    until(&world, &party, Login::Welcome).await;
}

/// A reload starts new workers beside the old ones.
async fn until(world: &World, party: &RelyingParty, wanted: Login) {
    let start = std::time::Instant::now();
    while world.login(party).await != wanted {
        assert!(start.elapsed() < std::time::Duration::from_secs(10), "not {wanted:?}: {}", party.errors());
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn renewed_the_old_is_refused_and_the_new_is_accepted() {
    let mut centre = Centre::new(|_| {});
    centre.clock = Clock::at(chrono::Utc::now());
    let world = begin(centre, |clock| clock.advance(-chrono::Duration::days(340))).await;
    world.centre.clock.advance(chrono::Duration::days(340));
    let party = RelyingParty::start(&world.centre, &[USER], Source::Ocsp).await;
    assert_eq!(world.login(&party).await, Login::Welcome, "{}", party.errors());
    let tab = world.wallet.client();
    assert_eq!(ask(&tab, &party, USER, LOGIN_PASSWORD).await, Login::Welcome);

    let root = root_pem(&world.centre);
    let browser = Customer::holder(&world.centre.at().renewal, &root, Some(&world.wallet.pem));
    let (key, csr) = fresh_key();
    let fetched = browser.renew(&csr, false).await.unwrap();
    let issuing = std::fs::read(world.centre.key_file("issuing.cer")).unwrap();
    let next = Wallet::new(USER, &key, &fetched.certificate.0, &issuing);
    // Never two at a time.
    assert_eq!(next.login(&party, USER, LOGIN_PASSWORD).await, Login::Refused);
    assert_eq!(world.login(&party).await, Login::Welcome);
    browser.confirm(&fetched, &key).await.unwrap();
    assert_eq!(next.login(&party, USER, LOGIN_PASSWORD).await, Login::Welcome, "{}", party.errors());
    assert_eq!(world.login(&party).await, Login::Refused);
    assert_eq!(ask(&tab, &party, USER, LOGIN_PASSWORD).await, Login::Refused);
    world.office.desk.close().await;
}
