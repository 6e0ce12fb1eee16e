//! Every setting of the policy with its range, and the open form in which settings travel and are stored: a key that this
//! version does not know is left alone.

use std::collections::BTreeMap;

use serde::{Deserialize, Deserializer};
use serde_json::Value;

use super::Policy;
use crate::error::{ErrorCode, Refusal};

/// Settings by key, as they are stored.
pub type Settings = BTreeMap<String, Value>;

/// What a number counts.
#[derive(Debug, Clone, Copy, PartialEq, Eq, serde::Serialize, Deserialize)]
#[cfg_attr(feature = "specta", derive(specta::Type))]
#[serde(rename_all = "snake_case")]
pub enum Unit {
    /// 日
    Days,
    /// 営業日
    BusinessDays,
    /// 時間
    Hours,
    /// 時 (of a day)
    HourOfDay,
    /// 分
    Minutes,
    /// 回
    Times,
    /// 文字
    Characters,
    /// 件
    Pieces,
}

/// What a setting may hold.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Kind {
    /// A number in this range.
    Number(Unit, u32, u32),
    /// Up to so many different numbers, each in this range; may be none.
    Numbers(Unit, u32, u32, usize),
    /// One of these words.
    One(&'static [&'static str]),
    /// At least one of these words, each once; the order counts.
    Some(&'static [&'static str]),
    /// Days, each once, up to so many.
    Days(usize),
}

/// A setting of the policy.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Setting {
    /// Its key in file, entry and API.
    pub key: &'static str,
    /// What it may hold.
    pub kind: Kind,
}

const fn number(key: &'static str, unit: Unit, min: u32, max: u32) -> Setting {
    Setting { key, kind: Kind::Number(unit, min, max) }
}

/// Every setting, in the order of the screen.
pub const SETTINGS: &[Setting] = &[
    number("validity_days", Unit::Days, 1, 1095),
    number("pickup_deadline_days", Unit::Days, 1, 365),
    number("renewal_opens_days", Unit::Days, 0, 365),
    number("grace_days", Unit::Days, 0, 365),
    Setting { key: "reminder_days", kind: Kind::Numbers(Unit::Days, 1, 365, 5) },
    number("users_per_contract", Unit::Pieces, 1, 999),
    Setting { key: "recontract_user_ids", kind: Kind::One(&["kept", "renumbered"]) },
    Setting { key: "branch_reissues", kind: Kind::One(&["administrator", "all"]) },
    number("received_days_back", Unit::Days, 0, 365),
    number("pickup_tries", Unit::Times, 1, 20),
    number("pickup_lock_minutes", Unit::Minutes, 1, 1440),
    Setting { key: "key_place", kind: Kind::One(&["file", "choice", "windows_store"]) },
    Setting { key: "backup", kind: Kind::One(&["administrators", "all", "nobody"]) },
    Setting { key: "key_types", kind: Kind::Some(&["P-256", "RSA-2048", "RSA-3072"]) },
    Setting { key: "platforms", kind: Kind::Some(&["windows", "macos", "linux"]) },
    Setting { key: "browsers", kind: Kind::Some(&["edge", "chrome", "firefox", "safari"]) },
    number("passphrase_min", Unit::Characters, 8, 64),
    number("hold_confirm_days", Unit::BusinessDays, 0, 10),
    number("paper_reminder_days", Unit::BusinessDays, 1, 30),
    Setting { key: "closed_days", kind: Kind::Days(366) },
    number("business_from_hour", Unit::HourOfDay, 0, 23),
    number("business_until_hour", Unit::HourOfDay, 1, 24),
    number("idle_lock_minutes", Unit::Minutes, 1, 60),
    number("sign_in_tries", Unit::Times, 1, 20),
    number("sign_in_lock_minutes", Unit::Minutes, 1, 1440),
    number("session_hours", Unit::Hours, 1, 24),
    number("offline_sign_in_hours", Unit::Hours, 0, 72),
];

/// A setting by its key.
pub fn setting(key: &str) -> Option<&'static Setting> {
    SETTINGS.iter().find(|setting| setting.key == key)
}

/// Reads a policy that came over the line: what this version does not know is left alone, what is missing has its default.
///
/// # Errors
/// Not an object.
pub fn tolerant<'de, D: Deserializer<'de>>(from: D) -> Result<Policy, D::Error> {
    Settings::deserialize(from).map(|settings| Policy::default().understood(&settings))
}

impl Policy {
    /// Every setting by its key.
    pub fn settings(&self) -> Settings {
        match serde_json::to_value(self) {
            Ok(Value::Object(map)) => map.into_iter().collect(),
            _ => Settings::new(),
        }
    }

    /// With one setting changed; `None`: there is no such setting, or it can't hold this.
    fn set(&self, key: &str, value: &Value) -> Option<Self> {
        let mut all = self.settings();
        *all.get_mut(key)? = value.clone();
        serde_json::from_value(Value::Object(all.into_iter().collect())).ok()
    }

    /// With these settings changed, as far as this version understands them.
    #[must_use]
    pub fn understood(&self, settings: &Settings) -> Self {
        settings.iter().fold(self.clone(), |policy, (key, value)| policy.set(key, value).unwrap_or(policy))
    }

    /// With these settings changed, all of them in their ranges.
    ///
    /// # Errors
    /// [`ErrorCode::PolicySettingUnknown`], [`ErrorCode::PolicyValueRefused`].
    pub fn with(&self, settings: &Settings) -> Result<Self, Refusal> {
        let mut policy = self.clone();
        for (key, value) in settings {
            let known = setting(key).ok_or_else(|| Refusal::new(ErrorCode::PolicySettingUnknown).at(key))?;
            known.check(value)?;
            policy = policy.set(key, value).ok_or_else(|| known.refused())?;
        }
        policy.check()?;
        Ok(policy)
    }

    /// Is every setting in its range, and do they go together?
    ///
    /// # Errors
    /// [`ErrorCode::PolicyValueRefused`].
    pub fn check(&self) -> Result<(), Refusal> {
        let all = self.settings();
        for setting in SETTINGS {
            setting.check(all.get(setting.key).unwrap_or(&Value::Null))?;
        }
        if self.business_from_hour >= self.business_until_hour {
            let refusal = Refusal::new(ErrorCode::PolicyValueRefused).at("business_until_hour");
            return Err(refusal.with("min", self.business_from_hour + 1).with("max", 24));
        }
        // A renewal can't open before there is a certificate, and nobody is reminded of one before it either.
        let opens = ("renewal_opens_days", self.renewal_opens_days);
        let reminders = self.reminder_days.iter().map(|days| ("reminder_days", *days));
        match reminders.chain([opens]).find(|(_, days)| *days > self.validity_days) {
            Some((key, _)) => {
                Err(Refusal::new(ErrorCode::PolicyValueRefused).at(key).with("min", 0).with("max", self.validity_days))
            }
            None => Ok(()),
        }
    }
}

impl Setting {
    /// May it hold this?
    fn check(&self, value: &Value) -> Result<(), Refusal> {
        let list = || value.as_array().map(Vec::as_slice).unwrap_or_default();
        let different = || list().iter().enumerate().all(|(n, one)| !list().iter().take(n).any(|other| other == one));
        let number = |value: &Value, min: u32, max: u32| {
            value.as_u64().is_some_and(|n| (u64::from(min)..=u64::from(max)).contains(&n))
        };
        let word = |value: &Value, words: &[&str]| value.as_str().is_some_and(|word| words.contains(&word));
        let day = |value: &Value| value.as_str().is_some_and(|day| day.parse::<chrono::NaiveDate>().is_ok());
        let good = match self.kind {
            Kind::Number(_, min, max) => number(value, min, max),
            Kind::Numbers(_, min, max, most) => {
                value.is_array()
                    && list().len() <= most
                    && different()
                    && list().iter().all(|one| number(one, min, max))
            }
            Kind::One(words) => word(value, words),
            Kind::Some(words) => !list().is_empty() && different() && list().iter().all(|one| word(one, words)),
            Kind::Days(most) => value.is_array() && list().len() <= most && different() && list().iter().all(day),
        };
        if good { Ok(()) } else { Err(self.refused()) }
    }

    fn refused(&self) -> Refusal {
        let refusal = Refusal::new(ErrorCode::PolicyValueRefused).at(self.key);
        match self.kind {
            Kind::Number(_, min, max) | Kind::Numbers(_, min, max, _) => refusal.with("min", min).with("max", max),
            Kind::One(_) | Kind::Some(_) | Kind::Days(_) => refusal,
        }
    }
}
