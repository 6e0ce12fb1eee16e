//! Nights: the service rests, holders of old certificates renew, days pass, and in the morning the centre makes up for it.

use std::collections::BTreeMap;
use std::time::{Duration, Instant};

use base64::Engine as _;
use central::issuance::{csr, draw_serial};
use central::store::act::{Act, Command};
use central::store::intent::{Asked, Intent};
use central::store::{self, writer};
use domain::customer::{CertificateState, Customer as State, CustomerCommand, SignedCertificate, may_renew};
use domain::id::{CommandId, CustomerId};
use domain::{Actor, Evidence, calendar};
use e2e::customer::{Customer, fresh_key};
use e2e::office::root_pem;
use wire::Base64;
use wire::api::portal::Fetched;
use wire::message;

use super::world::{Held, World};

/// What passes by itself, counted.
type Passed = BTreeMap<&'static str, usize>;

fn passed(states: &[State]) -> Passed {
    let mut passed = Passed::new();
    for customer in states {
        for one in &customer.certificates {
            *passed.entry("lapse").or_default() += usize::from(one.state == CertificateState::Lapsed);
            // One that is revoked later stays counted: by then it had ended.
            *passed.entry("expire").or_default() += usize::from(one.state == CertificateState::Expired);
            *passed.entry("grace").or_default() += usize::from(one.grace_over);
        }
        *passed.entry("closing day").or_default() +=
            customer.contracts.iter().filter(|c| !c.active && c.closing_on.is_some()).count();
    }
    passed
}

impl World {
    /// The service is stopped, time passes, and it starts again.
    pub(super) async fn night(&mut self) {
        let before = passed(&self.states().await);
        self.centre.stop();
        self.renewals().await;
        let long = self.until_morning();
        self.centre.clock.advance(long);
        self.centre.start();
        self.terminal.moved(&self.centre.at().terminal);
        self.portal = Customer::new(&self.centre.at().portal, &root_pem(&self.centre));
        let start = Instant::now();
        while self.behind().await {
            assert!(start.elapsed() < Duration::from_secs(60), "what has passed is not recorded");
            tokio::time::sleep(Duration::from_millis(20)).await;
        }
        for (kind, after) in passed(&self.states().await) {
            for _ in before[kind]..after {
                self.count(kind);
            }
        }
        self.sign_in().await;
    }

    /// Has anything passed that is not yet an entry?
    async fn behind(&self) -> bool {
        let (now, grace) = (self.now(), self.centre.config.policy.grace_days);
        let today = calendar::jst_day(now);
        self.states().await.iter().any(|customer| {
            let closing = |c: &domain::customer::Contract| c.active && c.closing_on.is_some_and(|day| day <= today);
            customer.contracts.iter().any(closing)
                || customer.certificates.iter().any(|one| {
                    let ends = one.signed.as_ref().map(|s| s.not_after);
                    let over = ends.is_some_and(|at| calendar::passed(calendar::days_after(at, grace), now));
                    (one.state.successor() && calendar::passed(one.deadline, now))
                        || (one.state.usable() && ends.is_some_and(|at| at < now))
                        || (one.state == CertificateState::Expired && !one.grace_over && over)
                })
        })
    }

    /// Some of those who may renew do: the present certificate is the evidence.
    async fn renewals(&mut self) {
        let (config, now) = (self.centre.config.clone(), self.now());
        let database = store::open(&config.place().unwrap()).await.unwrap();
        let setting = store::Setting::of(&config, &self.authority);
        let (writer, readers, task) =
            writer::start(database, setting, self.authority.log(), self.centre.clock.clone()).await.unwrap();
        for (customer, present) in self.certificates().await {
            let Some(signed) = &present.signed else { continue };
            // Also some that may not: they are refused.
            let hopeless = self.dice.upto(12) == 0;
            let actor = Actor::Customer {
                evidence: Evidence::MutualTls { serial: signed.serial.clone(), csr_sha256: String::new() },
            };
            let context = domain::customer::Context { actor: &actor, policy: &config.policy, now };
            let may = may_renew(&customer, present.id, &context).is_ok();
            if !(may && self.dice.upto(3) > 0 || hopeless) {
                continue;
            }
            let act = |command| act(customer.id, actor.clone(), command);
            let again = self.dice.upto(2) == 0;
            if writer.act(act(CustomerCommand::RenewCertificate { certificate: present.id, again })).await.is_err() {
                continue;
            }
            assert!(may, "a renewal passed that may not");
            self.count("renew");
            let states = self.states().await;
            let found = |c: &&domain::customer::Certificate| c.renews == Some(present.id) && c.state.successor();
            let right = states.iter().flat_map(|c| &c.certificates).find(found).unwrap().clone();
            let (key, request) = fresh_key();
            let parsed = csr::parse(&request, &config.policy.key_types).unwrap();
            let (serial, validity) = (draw_serial(0), self.authority.validity(now, config.policy.validity_days));
            let intent = Intent {
                certificate_id: right.id.to_string(),
                serial: serial.to_string(),
                key_sha256: parsed.key_sha256.clone(),
                not_before_ms: validity.not_before.timestamp_millis(),
                not_after_ms: validity.not_after.timestamp_millis(),
            };
            writer.intend(Asked { intent, code: None }).await.unwrap();
            let der =
                self.authority.issue(&parsed, right.user.as_str(), right.contract.as_str(), &serial, validity).unwrap();
            let signed = SignedCertificate {
                serial: serial.clone(),
                key_sha256: parsed.key_sha256,
                not_before: validity.not_before,
                not_after: validity.not_after,
                der: base64::engine::general_purpose::STANDARD.encode(&der),
            };
            writer.act(act(CustomerCommand::FetchCertificate { certificate: right.id, signed })).await.unwrap();
            self.count("fetch");
            let fetched = Fetched {
                certificate_id: right.id,
                certificate: Base64(der),
                chain: Vec::new(),
                nonce: self.authority.nonce(right.id, serial.as_str()),
                confirm_prefix: message::confirm_prefix(&config.institution.id, right.id),
                not_after: calendar::jst_day(validity.not_after),
            };
            self.held.insert(right.id, Held { key, csr: request, fetched: Some(fetched) });
        }
        drop(writer);
        readers.close().await;
        task.await.unwrap().unwrap();
    }
}

fn act(customer: CustomerId, actor: Actor, command: CustomerCommand) -> Act {
    Act {
        id: CommandId(uuid::Uuid::now_v7()),
        actor,
        command: Command::Customer(customer, command),
        expected_version: None,
        attached: None,
        sealed: None,
        asides: Vec::new(),
    }
}
