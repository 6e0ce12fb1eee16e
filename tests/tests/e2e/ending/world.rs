//! A branch, head office and a customer with two certificates in use, at a centre whose clock the test moves.

use std::future::Future;
use std::time::Duration;

use central::clock::Clock;
use central::config::Config;
use chrono::{Days, NaiveDate};
use desk::view::{
    ApplicationForm, ApplicationView, ContractView, CustomerView, LogFilter, OutboxState, RequestKind, RequestUser,
};
use domain::customer::{CertificateState, RevocationReason, UserRole};
use domain::{ErrorCode, calendar};
use e2e::centre::{BRANCH, Centre};
use e2e::customer::{Customer, fresh_key};
use e2e::office::{Office, fill, root_pem};

use crate::judge::StatusJudge;

pub(super) const OLD: &str = "6000000001";
pub(super) const NEW: &str = "6000000002";
pub(super) const ADMIN: &str = "ADMIN0001";
pub(super) const OPERATOR: &str = "OPERATOR1";

/// A centre whose clock the test moves, desks of a branch and of head office, and a customer.
pub(super) struct World {
    pub(super) centre: Centre,
    pub(super) office: Office,
    pub(super) head: Office,
    /// An invitation for a terminal of another branch.
    pub(super) elsewhere: String,
    pub(super) customer: String,
}

/// ADMIN0001 and OPERATOR1 have certificates in use.
pub(super) async fn world(change: impl FnOnce(&mut Config)) -> World {
    let mut centre = Centre::new(change);
    centre.clock = Clock::at(chrono::Utc::now());
    let (here, head) = (centre.invite(BRANCH, "窓口 1番"), centre.invite("000", "事務部 1番"));
    let elsewhere = centre.invite("012", "窓口 1番");
    centre.start();
    let office = Office::enrol(&centre, &here).await;
    let head = Office::enrol(&centre, &head).await;
    office.sign_in("T1001").await;
    let customer = office.record_customer("7654321", "見本運送株式会社", "ミホンウンソウ").await;
    let mut form = office.new_contract(&customer, OLD, ADMIN).await;
    form.users.push(user(OPERATOR, UserRole::Operator, "営業 1号機"));
    let application = form.application_id.clone();
    office.submit(form).await;
    let world = World { centre, office, head, elsewhere, customer };
    world.approve(&application).await.unwrap();
    for right in world.application(&application).await.certificates {
        world.fetch(&right.user_id, &right.certificate_id).await.unwrap();
    }
    world
}

pub(super) fn user(id: &str, role: UserRole, device_label: &str) -> RequestUser {
    RequestUser { user_id: id.into(), role: Some(role), device_label: device_label.into(), ..Default::default() }
}

pub(super) fn only<'a>(view: &'a CustomerView, number: &str) -> &'a ContractView {
    view.contracts.iter().find(|contract| contract.number == number).unwrap()
}

impl World {
    pub(super) fn today(&self) -> NaiveDate {
        calendar::jst_day(self.centre.clock.now())
    }

    pub(super) fn day(&self, ahead: u64) -> String {
        (self.today() + Days::new(ahead)).to_string()
    }

    pub(super) async fn view(&self) -> CustomerView {
        self.office.desk.customer(&self.customer).await.unwrap()
    }

    pub(super) async fn application(&self, id: &str) -> ApplicationView {
        self.office.desk.application(id).await.unwrap()
    }

    /// The teller registers; gives the application's id.
    pub(super) async fn submit(
        &self,
        kind: RequestKind,
        change: impl FnOnce(&mut ApplicationForm),
    ) -> Result<String, (ErrorCode, String)> {
        self.office.sign_in("T1001").await;
        let mut form = self.office.desk.new_application(&self.customer, kind).await.unwrap();
        fill(&mut form);
        change(&mut form);
        let application = form.application_id.clone();
        match self.office.desk.submit_application(form).await {
            Ok(result) if result.state == OutboxState::Confirmed => Ok(application),
            Ok(result) => {
                let error = result.error.unwrap();
                Err((error.code, error.args.get("field").cloned().unwrap_or_default()))
            }
            Err(error) => {
                let view = error.view();
                Err((view.code, view.args.get("field").cloned().unwrap_or_default()))
            }
        }
    }

    /// The supervisor approves.
    pub(super) async fn approve(&self, application: &str) -> Result<(), ErrorCode> {
        self.office.sign_in("S2001").await;
        decide(&self.office, application).await
    }

    pub(super) async fn made(&self, kind: RequestKind, change: impl FnOnce(&mut ApplicationForm)) -> String {
        let application = self.submit(kind, change).await.unwrap();
        self.approve(&application).await.unwrap();
        application
    }

    /// Slip, fetch and confirmation.
    pub(super) async fn fetch(&self, user: &str, right: &str) -> Result<(), ErrorCode> {
        let code = self.office.print(right).await;
        self.pick_up(user, &code).await
    }

    pub(super) async fn pick_up(&self, user: &str, code: &str) -> Result<(), ErrorCode> {
        let portal = Customer::new(&self.centre.at().portal, &root_pem(&self.centre));
        let (key, csr) = fresh_key();
        let fetched = portal.fetch(user, code, &csr).await.map_err(|refused| refused.answer.code)?;
        portal.confirm(&fetched, &key).await.map_err(|refused| refused.answer.code)?;
        let active = async || {
            let newest = self.view().await.certificates.into_iter().rfind(|c| c.user_id == user);
            newest.is_some_and(|c| c.state == CertificateState::Active)
        };
        until(&self.office, "the desk sees it", active).await;
        Ok(())
    }

    /// State and reason of every certificate, in the order in which they were granted.
    pub(super) async fn ends(&self) -> Vec<(String, CertificateState, Option<RevocationReason>)> {
        self.view().await.certificates.into_iter().map(|c| (c.user_id, c.state, c.reason)).collect()
    }

    /// What relying parties are told of every certificate, in the order in which they were granted.
    pub(super) async fn told(&self) -> Vec<String> {
        let serials = self.view().await.certificates.into_iter().filter_map(|c| c.serial);
        let serials: Vec<String> = serials.map(|serial| serial.to_uppercase()).collect();
        let judge = StatusJudge::at(&self.centre.at().status, &self.centre.config.keys(), self.centre.clock.now());
        let told = judge.ocsp(&serials, true);
        serials.iter().map(|serial| told[serial].clone()).collect()
    }

    /// The reasons on the revocation list.
    pub(super) async fn listed(&self) -> Vec<String> {
        let answer = reqwest::get(format!("{}/issuing.crl", self.centre.at().status)).await.unwrap();
        let list = answer.error_for_status().unwrap().bytes().await.unwrap();
        let judge = StatusJudge::new(&self.centre.at().status, &self.centre.config.keys());
        judge.crl(&list).1.into_values().collect()
    }

    /// The centre is down while so many days go by.
    pub(super) async fn night(&mut self, days: i64) {
        let terminal = self.centre.at().terminal.clone();
        self.centre.stop();
        self.centre.clock.advance(chrono::Duration::days(days));
        self.centre.config.listen.terminal = terminal.trim_start_matches("https://").parse().unwrap();
        self.centre.start();
        let now = self.centre.clock.now();
        for office in [&self.office, &self.head] {
            let caught_up = async || {
                office.desk.sync_now();
                let status = office.desk.status().await.unwrap();
                let behind = now - chrono::Utc::now() - chrono::Duration::seconds(i64::from(status.clock_offset_s));
                status.online && behind.num_minutes().abs() < 5
            };
            until(office, "the desk is on-line again", caught_up).await;
        }
        self.office.sign_in("S2001").await;
    }

    /// How often something is in the log.
    pub(super) async fn count(&self, event: &str) -> usize {
        let page = self.office.desk.log_page(LogFilter::default(), None, 0, 500).await.unwrap();
        page.lines.iter().flat_map(|line| &line.events).filter(|one| *one == event).count()
    }

    pub(super) async fn finish(mut self) {
        self.office.desk.close().await;
        self.head.desk.close().await;
        self.centre.stop();
        assert_eq!(self.centre.check().findings, []);
    }
}

pub(super) async fn decide(office: &Office, application: &str) -> Result<(), ErrorCode> {
    let version = office.desk.application(application).await.unwrap().customer_version;
    match office.desk.approve_application(application, &version).await {
        Ok(result) => result.error.map_or(Ok(()), |error| Err(error.code)),
        Err(error) => Err(error.code()),
    }
}

pub(super) async fn until<F: Future<Output = bool>>(office: &Office, what: &str, reached: impl Fn() -> F) {
    let mut changes = office.desk.changes();
    while !reached().await {
        let changed = tokio::time::timeout(Duration::from_secs(60), changes.recv()).await;
        changed.unwrap_or_else(|_| panic!("never: {what}")).ok();
    }
}
