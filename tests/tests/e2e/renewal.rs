//! Renewal with the present certificate, through TLS and with real certificates: authenticated is not authorised.

use central::clock::Clock;
use chrono::Duration;
use desk::view::RequestKind;
use domain::customer::{CertificateState, IncidentCause};
use domain::{ErrorCode, calendar};
use e2e::centre::{BRANCH, Centre};
use e2e::customer::{Customer, Refused, fresh_key};
use e2e::office::{Office, fill, root_pem};
use e2e::relying::Wallet;
use e2e::served::Served;
use rcgen::KeyPair;
use wire::api::portal::Fetched;

/// A centre whose customers fetched their certificates some days ago.
pub(crate) struct World {
    pub(crate) centre: Centre,
    pub(crate) office: Office,
}

/// What one customer has.
pub(crate) struct Holder {
    pub(crate) id: String,
    pub(crate) key: KeyPair,
    csr: Vec<u8>,
    pub(crate) fetched: Fetched,
    pub(crate) wallet: Wallet,
    pub(crate) portal: Customer,
}

pub(crate) fn refusal(result: Result<Fetched, Refused>) -> (ErrorCode, String) {
    let answer = result.unwrap_err().answer;
    (answer.code, answer.args.get("state").cloned().unwrap_or_default())
}

impl World {
    pub(crate) async fn new() -> Self {
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
    pub(crate) async fn holder(&self, n: u32, days_ago: i64, confirm: bool) -> Holder {
        let (user, code) = self.office.issue(n).await;
        let id = self.office.desk.search(&user).await.unwrap().hits.remove(0).customer_id;
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

    pub(crate) fn wallet(&self, user: &str, key: &KeyPair, fetched: &Fetched) -> Wallet {
        let issuing = std::fs::read(self.centre.key_file("issuing.cer")).unwrap();
        Wallet::new(user, key, &fetched.certificate.0, &issuing)
    }

    pub(crate) fn show(&self, pem: Option<&str>) -> Customer {
        Customer::holder(&self.centre.at().renewal, &root_pem(&self.centre), pem)
    }

    pub(crate) async fn states(&self, customer: &str) -> Vec<CertificateState> {
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

    pub(crate) async fn stop(&self, holder: &Holder) -> String {
        self.office.sign_in("T1001").await;
        let contract = self.office.desk.customer(&holder.id).await.unwrap().contracts[0].number.clone();
        let result = self.office.desk.suspend(&holder.id, IncidentCause::Lost, &contract, None).await.unwrap();
        result.receipt.unwrap()
    }

    pub(crate) async fn end(mut self) {
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
