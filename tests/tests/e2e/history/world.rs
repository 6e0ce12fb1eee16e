//! A centre whose clock the test moves, a terminal without a desk, and what the customers hold.

use std::collections::BTreeMap;

use central::clock::Clock;
use central::issuance::Authority;
use chrono::{DateTime, Duration, Utc};
use desk::secrets::Secrets;
use domain::PersonalData;
use domain::customer::{Certificate, Customer as State, CustomerCommand};
use domain::id::{CertificateId, CustomerId};
use domain::pickup_code::PickupCode;
use e2e::centre::{BRANCH, Centre, Kind, PASSPHRASE};
use e2e::customer::Customer;
use e2e::office::root_pem;
use e2e::table;
use e2e::terminal::Terminal;
use rcgen::KeyPair;
use wire::api::ErrorAnswer;
use wire::api::portal::Fetched;
use wire::api::session::SignedIn;

use crate::standing::Dice;

/// Customers of the branch; each has three user IDs to begin with.
const CUSTOMERS: usize = 8;
/// Acts of a day, about.
pub(super) const A_DAY: usize = 12;
/// A night is at most so many days long.
const LONGEST: i64 = 5;

/// The key that was made for a right, and what was fetched with it.
pub(super) struct Held {
    pub(super) key: KeyPair,
    pub(super) csr: Vec<u8>,
    pub(super) fetched: Option<Fetched>,
}

pub(super) struct World {
    pub(super) centre: Centre,
    /// Its keys, for what is done while it rests: opening them takes a second.
    pub(super) authority: Authority,
    pub(super) terminal: Terminal,
    pub(super) staff: BTreeMap<&'static str, SignedIn>,
    pub(super) portal: Customer,
    pub(super) customers: Vec<CustomerId>,
    pub(super) codes: BTreeMap<CertificateId, PickupCode>,
    pub(super) held: BTreeMap<CertificateId, Held>,
    pub(super) dice: Dice,
    /// Numbers drawn so far, for contracts, user IDs and codes.
    pub(super) drawn: u64,
    counts: BTreeMap<&'static str, usize>,
    wanted: usize,
}

impl World {
    pub(super) async fn begin(kind: Kind, wanted: usize) -> Self {
        let dice = Dice::new();
        // The last night ends today, for some tools know no other time.
        let nights = i64::try_from(wanted / A_DAY).unwrap();
        let clock = Clock::at(Utc::now() - Duration::days(nights * (LONGEST + 1) / 2));
        let mut centre = Centre::with_clock(clock, |config| {
            kind.choose(config);
            // Short, so that everything that ends does so in the history.
            config.policy.validity_days = 12;
            config.policy.reminder_days = vec![10];
            config.policy.pickup_deadline_days = 5;
            config.policy.renewal_opens_days = 7;
            config.policy.grace_days = 4;
        });
        let invitation = centre.invite(BRANCH, "窓口 1番");
        centre.start();
        let secrets = Secrets::Files(centre.dir.path().join("terminal"));
        let identity = desk::enrol::enrol(&centre.at().enrol, &root_pem(&centre), &invitation, &secrets).await.unwrap();
        let terminal = Terminal::new(identity, &secrets);
        let portal = Customer::new(&centre.at().portal, &root_pem(&centre));
        let authority = Authority::open(&centre.config, PASSPHRASE).unwrap();
        let (staff, codes, held, counts) = Default::default();
        let mut world = Self {
            centre,
            authority,
            terminal,
            staff,
            portal,
            customers: Vec::new(),
            codes,
            held,
            dice,
            drawn: 0,
            counts,
            wanted,
        };
        world.sign_in().await;
        for n in 0..CUSTOMERS {
            world.record(n).await;
        }
        world
    }

    /// Sessions last a working day.
    pub(super) async fn sign_in(&mut self) {
        for name in ["T1001", "R1101", "S2001", "H9001", "H9002"] {
            self.staff.insert(name, self.terminal.sign_in(name).await);
        }
    }

    pub(super) fn now(&self) -> DateTime<Utc> {
        self.centre.clock.now()
    }

    /// How long the next night is; the last one ends now.
    pub(super) fn until_morning(&mut self) -> Duration {
        let days = Duration::days(1 + i64::try_from(self.dice.upto(LONGEST as usize)).unwrap());
        let left = Utc::now() - self.now();
        if days > left || self.done() >= self.wanted { left } else { days }
    }

    pub(super) fn today_is_today(&self) -> bool {
        Utc::now() - self.now() < Duration::minutes(5)
    }

    pub(super) fn count(&mut self, kind: &'static str) {
        *self.counts.entry(kind).or_default() += 1;
    }

    pub(super) fn counts(&self) -> impl Iterator<Item = (&'static str, usize)> {
        self.counts.iter().map(|(kind, count)| (*kind, *count))
    }

    pub(super) fn done(&self) -> usize {
        self.counts.values().sum()
    }

    /// A number nobody had before.
    pub(super) fn draw(&mut self) -> u64 {
        self.drawn += 1;
        self.drawn
    }

    /// Any of them.
    pub(super) fn any<'a, T>(&mut self, those: &'a [T]) -> Option<&'a T> {
        if those.is_empty() { None } else { those.get(self.dice.upto(those.len())) }
    }

    /// A command of a member of staff, as a desk sends it.
    pub(super) async fn send(
        &self,
        staff: &str,
        customer: CustomerId,
        command: CustomerCommand,
        personal: Option<PersonalData>,
        code: Option<&PickupCode>,
    ) -> Result<(), ErrorAnswer> {
        let session = &self.staff[staff];
        let request = self.terminal.seal(session, customer, command, personal, code);
        self.terminal.send(session, &request).await.map(|_| ())
    }

    /// Every customer as the centre's table has it; `check` compares that with the log.
    pub(super) async fn states(&self) -> Vec<State> {
        let text = "SELECT state FROM aggregate WHERE subject LIKE 'customer/%' ORDER BY subject";
        let rows: Vec<(String,)> = table::rows(&self.centre.config, text).await;
        rows.iter().map(|(state,)| serde_json::from_str(state).unwrap()).collect()
    }

    /// Everything that was ever granted.
    pub(super) async fn certificates(&self) -> Vec<(State, Certificate)> {
        let states = self.states().await;
        states.into_iter().flat_map(|c| c.certificates.clone().into_iter().map(move |one| (c.clone(), one))).collect()
    }

    /// What was signed, as the pickup pages give it: base 64, by the id of the certificate.
    pub(super) async fn ders(&self) -> BTreeMap<String, String> {
        let text = "SELECT certificate_id, der FROM certificate WHERE der IS NOT NULL";
        table::rows::<(String, String)>(&self.centre.config, text).await.into_iter().collect()
    }

    /// Every row of what is derived from the log, as text.
    pub(super) async fn everything(&self) -> Vec<String> {
        let mut all = Vec::new();
        for text in [
            "SELECT subject || '|' || version || '|' || state FROM aggregate ORDER BY subject",
            "SELECT branch || '|' || cif || '|' || customer_id FROM customer_number ORDER BY branch, cif",
            "SELECT number || '|' || customer_id || '|' || closed || '|' || COALESCE(closing_on, '-') || '|' || opened_on
             FROM contract ORDER BY number",
            "SELECT user_id || '|' || customer_id || '|' || role FROM login_user ORDER BY user_id",
            "SELECT receipt || '|' || application_id || '|' || customer_id FROM receipt ORDER BY receipt",
            "SELECT certificate_id || '|' || granted_idx || '|' || user_id || '|' || customer_id || '|' || contract || '|' ||
                 device_label || '|' || state || '|' || deadline || '|' || held || '|' || grace_over || '|' ||
                 COALESCE(serial, '-') || '|' || COALESCE(key_sha256, '-') || '|' || COALESCE(not_after, '-') || '|' ||
                 COALESCE(der, '-') || '|' || COALESCE(CAST(stop_reason AS TEXT), '-') || '|' ||
                 COALESCE(CAST(stopped_ms AS TEXT), '-') || '|' || COALESCE(CAST(invalid_from_ms AS TEXT), '-') FROM certificate ORDER BY certificate_id",
        ] {
            let rows: Vec<(String,)> = table::rows(&self.centre.config, text).await;
            assert!(!rows.is_empty(), "{text}");
            all.extend(rows.into_iter().map(|(row,)| row));
        }
        all
    }

    /// Somebody was at the derived tables.
    pub(super) async fn vandalise(&self) {
        for text in [
            "UPDATE aggregate SET state = '{}'",
            "UPDATE certificate SET stop_reason = NULL, deadline = '2099-01-01', state = 'revoked'",
            "DELETE FROM certificate WHERE certificate_id = (SELECT MIN(certificate_id) FROM certificate)",
            "DELETE FROM login_user WHERE user_id = (SELECT MAX(user_id) FROM login_user)",
            "UPDATE login_user SET role = 'x'",
            "UPDATE contract SET customer_id = 'x', closed = 0",
        ] {
            assert!(table::change(&self.centre.config, text).await > 0, "{text}");
        }
    }

    pub(super) fn stop(&mut self) {
        self.centre.stop();
    }
}
