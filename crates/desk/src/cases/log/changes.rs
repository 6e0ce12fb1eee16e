//! What an entry changed: the values of its subject before and after.

mod branch;
mod customer;
mod institution;
mod policy;
mod sight;
mod staff;
mod terminal;
#[cfg(test)]
#[allow(clippy::unwrap_used, reason = "tests")]
mod tests;

pub(super) use branch::{branch, change_word as branch_change_word};
pub(super) use customer::customer;
pub(super) use institution::institution;
pub(super) use policy::{policy, text as setting_text};
pub(super) use staff::staff;
pub(super) use terminal::terminal;

use std::collections::{BTreeMap, BTreeSet};

use domain::id::BranchCode;
use domain::policy::{Kind, Unit, setting};
use serde::Serialize;

use crate::view::ChangeView;

/// What kind of value, and of which one.
type Key = (String, String);

/// How a branch is shown.
pub(super) type Label<'a> = &'a (dyn Fn(&BranchCode) -> String + Sync);

/// The values of a subject at one moment.
#[derive(Debug, Default)]
pub(super) struct Values {
    by_key: BTreeMap<Key, String>,
    /// This copy of the log lacks entries of the subject: what is not among these values may be anything.
    in_part: bool,
    /// What would be so if the missing entries said nothing of it.
    guessed: BTreeSet<Key>,
}

impl Values {
    /// Nothing is held of what has no text.
    fn put(&mut self, what: &str, of: impl ToString, value: impl ToString) {
        let value = value.to_string();
        if !value.is_empty() {
            self.by_key.insert((what.to_owned(), of.to_string()), value);
        }
    }

    /// Whatever this copy lacks. Empty: there is certainly none.
    fn certain(&mut self, what: &str, of: impl ToString, value: impl ToString) {
        self.by_key.insert((what.to_owned(), of.to_string()), value.to_string());
    }

    fn guess(&mut self, what: &str, value: impl ToString) {
        self.put(what, "", value);
        self.guessed.insert((what.to_owned(), String::new()));
    }

    fn get(&self, what: &str) -> Option<&str> {
        self.by_key.get(&(what.to_owned(), String::new())).map(String::as_str)
    }

    /// `None`: this desk can't say.
    fn before(&self, key: &Key) -> Option<String> {
        match self.by_key.get(key) {
            Some(_) if self.guessed.contains(key) => None,
            Some(value) => Some(value.clone()),
            None => (!self.in_part).then(String::new),
        }
    }
}

/// Before an entry, and after it.
#[derive(Debug, Default)]
pub(super) struct Told {
    before: Values,
    after: Values,
}

impl Told {
    /// Something is asked for that stands otherwise now (`asked_role`). `now`: `None`, where this desk can't say.
    fn asks(&mut self, what: &str, of: &str, now: Option<&str>, asked: impl ToString) {
        let key = format!("asked_{what}");
        if let Some(now) = now {
            self.before.certain(&key, of, now);
        }
        self.after.put(&key, of, asked);
    }

    /// What was asked for is dropped, and it stays as it is (`dropped_role`).
    fn drops(&mut self, what: &str, of: &str, asked: impl ToString, stays: Option<&str>) {
        let Some(stays) = stays else { return };
        let key = format!("dropped_{what}");
        self.before.certain(&key, of, asked);
        self.after.put(&key, of, stays);
    }

    /// Where a request for the second person stands.
    fn request(&mut self, kind: &str, before: &str, after: &str) {
        self.before.certain("proposal", kind, before);
        self.after.put("proposal", kind, after);
    }

    pub(super) fn rows(&self) -> Vec<ChangeView> {
        let (before, after) = (&self.before, &self.after);
        let mut keys: Vec<&Key> = before.by_key.keys().chain(after.by_key.keys()).collect();
        keys.sort();
        keys.dedup();
        let value = |of: &Values, key: &Key| of.by_key.get(key).cloned().unwrap_or_default();
        let changed = keys.into_iter().filter(|key| value(before, key) != value(after, key));
        changed
            .map(|key| ChangeView {
                what: key.0.clone(),
                of: key.1.clone(),
                before: before.before(key),
                after: value(after, key),
                unit: if key.0.ends_with("setting") { unit(&key.1) } else { None },
            })
            .collect()
    }
}

/// What the numbers of a setting count.
pub(super) fn unit(key: &str) -> Option<Unit> {
    match setting(key)?.kind {
        Kind::Number(unit, ..) | Kind::Numbers(unit, ..) => Some(unit),
        Kind::One(_) | Kind::Some(_) | Kind::Days(_) => None,
    }
}

/// As it is stored.
pub(super) fn stored(of: impl Serialize) -> String {
    serde_json::to_value(of).ok().and_then(|value| value.as_str().map(str::to_owned)).unwrap_or_default()
}
