//! What the tools are told, beside what they must be told: every serial that was ever signed, and some that never were.

use std::collections::{BTreeMap, BTreeSet};

use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use chrono::{DateTime, Duration, Utc};
use domain::customer::{Stopped, stopped};

use super::world::World;
use crate::judge::{Said, StatusJudge, Way};

/// How many are asked about.
#[derive(Clone, Copy, PartialEq, Eq)]
pub(super) enum Sides {
    /// A part of them one by one.
    Some,
    /// All of them one by one.
    All,
}

/// One by one, in the middle of a history.
const SOME: usize = 12;

pub(super) struct Clients {
    judge: StatusJudge,
    /// Number and entries of the last list.
    last: (u64, BTreeMap<String, Said>),
    /// What was told for good, and must never be told otherwise.
    forever: BTreeMap<String, Said>,
}

fn reason(code: u8) -> &'static str {
    match code {
        1 => "keyCompromise",
        3 => "affiliationChanged",
        4 => "superseded",
        5 => "cessationOfOperation",
        6 => "certificateHold",
        9 => "privilegeWithdrawn",
        other => panic!("reason {other} is never used"),
    }
}

fn said(stop: Option<Stopped>) -> Said {
    stop.map_or(Said::good(), |stop| Said {
        word: reason(stop.reason).to_owned(),
        since: Some(seconds(stop.since)),
        invalid_from: stop.invalid_from.map(seconds),
    })
}

fn seconds(at: DateTime<Utc>) -> DateTime<Utc> {
    DateTime::from_timestamp(at.timestamp(), 0).unwrap()
}

/// OCSP knows no invalidityDate here.
fn without_date(said: &Said) -> Said {
    Said { invalid_from: None, ..said.clone() }
}

/// A serial with what it must be told, the certificate and its end.
struct Expected {
    serial: String,
    said: Said,
    der: Vec<u8>,
    not_after: DateTime<Utc>,
}

async fn expected(world: &World) -> Vec<Expected> {
    let (mut all, mut good) = (Vec::new(), BTreeSet::new());
    let ders = world.ders().await;
    for (customer, one) in world.certificates().await {
        let Some(signed) = &one.signed else { continue };
        let said = said(stopped(&customer, &one));
        let valid = signed.not_after > world.now();
        assert!(said != Said::good() || !valid || good.insert(one.user.clone()), "{} has two good ones", one.user);
        let der = STANDARD.decode(&ders[&one.id.to_string()]).unwrap();
        all.push(Expected { serial: signed.serial.to_string(), said, der, not_after: signed.not_after });
    }
    all
}

impl Clients {
    pub(super) fn new(world: &World) -> Self {
        Self { judge: judge(world), last: (0, BTreeMap::new()), forever: BTreeMap::new() }
    }

    /// The service came back, elsewhere and later.
    pub(super) fn moved(&mut self, world: &World) {
        self.judge = judge(world);
    }

    pub(super) async fn agree(&mut self, world: &World, sides: Sides) {
        let expected = expected(world).await;
        for one in expected.iter().filter(|one| one.said.word != "good" && one.said.word != "certificateHold") {
            let first = self.forever.entry(one.serial.clone()).or_insert_with(|| one.said.clone());
            assert_eq!(*first, one.said, "{} is revoked for good", one.serial);
        }
        let mut told: BTreeMap<String, Said> =
            expected.iter().map(|one| (one.serial.clone(), without_date(&one.said))).collect();
        // Never issued, though it looks like ours.
        told.insert(format!("01{:024X}", 0xdead_beef_u64 + u64::from(world.drawn as u32)), Said::unknown());
        let serials: Vec<String> = told.keys().cloned().collect();
        for way in Way::ALL {
            assert_eq!(self.judge.asked(&serials, way), told, "{way:?} after {} acts", world.done());
        }
        let step = if sides == Sides::All { 1 } else { serials.len().div_ceil(SOME) };
        for serial in serials.iter().step_by(step) {
            // Alone it is signed at the first question, and signed before at the second, by POST as by GET.
            for way in [Way::Post, Way::Post, Way::Get] {
                let alone = self.judge.asked(std::slice::from_ref(serial), way);
                assert_eq!(alone[serial], told[serial], "{serial} by {way:?} after {} acts", world.done());
            }
        }
        self.list(world, &expected).await;
    }

    /// The revocation list holds what is stopped, until two lists beyond its end.
    async fn list(&mut self, world: &World, expected: &[Expected]) {
        let der = list(world).await;
        let now = self.judge.crl_dated(&der);
        let since = world.now() - Duration::hours(2 * i64::from(world.centre.config.status.crl_hours));
        let listed = expected.iter().filter(|one| one.said != Said::good() && one.not_after >= since);
        let stopped: BTreeMap<String, Said> = listed.map(|one| (one.serial.clone(), one.said.clone())).collect();
        assert_eq!(now.1, stopped, "after {} acts", world.done());
        assert!(now.0 > self.last.0 || now == self.last, "the number rises with every list");
        self.last = now;
    }

    /// The tools that know no other time than now, and pkilint, which takes long.
    pub(super) async fn judge_everything(&self, world: &World) {
        let expected = expected(world).await;
        let mut kinds: BTreeMap<&str, &Expected> = BTreeMap::new();
        for one in &expected {
            // GnuTLS knows good, revoked and unknown.
            let word = if one.said == Said::good() { "good" } else { "revoked" };
            assert_eq!(self.judge.gnutls(&one.der), word, "{}", one.serial);
            kinds.insert(&one.said.word, one);
        }
        let never = "01000102030405060708090A0B".to_owned();
        for serial in kinds.values().map(|one| &one.serial).chain([&never]) {
            for way in [Way::Post, Way::PostNonce] {
                self.judge.asked(std::slice::from_ref(serial), way);
                self.judge.lint_answer();
            }
        }
        let keys = world.centre.config.keys();
        for one in kinds.values().filter(|one| one.not_after > Utc::now()) {
            crate::judge::certificate(&one.der, &keys, &[]);
        }
        self.judge.crl(&list(world).await);
    }
}

fn judge(world: &World) -> StatusJudge {
    StatusJudge::at(&world.centre.at().status, &world.centre.config.keys(), world.now())
}

async fn list(world: &World) -> Vec<u8> {
    let answer = reqwest::get(format!("{}/issuing.crl", world.centre.at().status)).await.unwrap();
    answer.error_for_status().unwrap().bytes().await.unwrap().to_vec()
}
