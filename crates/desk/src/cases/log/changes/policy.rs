//! The policy: each setting beside what it was, would be, or stays.

use chrono::NaiveDate;
use domain::policy::{PolicyChange, PolicyEvent, PolicyLog, Settings};
use domain::{Event, Policy, calendar};
use serde_json::Value;

use super::Told;
use crate::cases::policy::words;
use crate::replica::Opened;

/// `entries`: the policy's own, up to the one that is shown.
pub(in crate::cases::log) fn policy(entries: &[Opened]) -> Told {
    let Some(last) = entries.last() else { return Told::default() };
    let (mut before, mut after) = (PolicyLog::default(), PolicyLog::default());
    for Opened { entry, .. } in entries {
        before = after.clone();
        for event in &entry.events {
            if let Event::Policy(event) = event {
                domain::policy::apply(&mut after, event, &entry.actor, entry.happened_at());
            }
        }
    }
    let mut told = Told::default();
    let today = calendar::jst_day(last.entry.happened_at());
    for event in &last.entry.events {
        match event {
            Event::Policy(PolicyEvent::PolicyOpened { settings }) if last.entry.events.len() == 1 => {
                // What was in force before there was a log, no log says.
                told.before.in_part = true;
                settings.iter().for_each(|(key, value)| told.after.put("setting", key, text(value)));
            }
            Event::Policy(PolicyEvent::PolicyChangeProposed { settings, effective_on, .. }) => {
                told.request("policy", "", "proposed");
                told.before.certain("effective_on", "", "");
                told.after.put("effective_on", "", effective_on);
                // It begins with what the file said, where the same entry tells that first.
                let now = in_force(&after, (*effective_on).max(today));
                for (key, value) in settings {
                    told.asks("setting", key, of(now.as_ref(), key).as_deref(), text(value));
                }
                told.before.in_part = true;
            }
            Event::Policy(PolicyEvent::PolicyChangeConfirmed { change }) => {
                if let Some(change) = after.change(*change) {
                    confirmed(&mut told, &before, change);
                }
            }
            Event::Policy(PolicyEvent::PolicyChangeWithdrawn { change }) => {
                if let Some(change) = after.change(*change) {
                    told.request("policy", "proposed", "withdrawn");
                    told.before.put("effective_on", "", change.effective_on);
                    let now = in_force(&before, change.effective_on.max(today));
                    for (key, value) in &change.settings {
                        told.drops("setting", key, text(value), of(now.as_ref(), key).as_deref());
                    }
                }
            }
            _ => {}
        }
    }
    told
}

fn confirmed(told: &mut Told, before: &PolicyLog, change: &PolicyChange) {
    told.request("policy", "proposed", "confirmed");
    told.before.certain("effective_on", "", "");
    told.after.put("effective_on", "", change.effective_on);
    told.before.in_part = true;
    let now = in_force(before, change.effective_on);
    for (key, value) in &change.settings {
        if let Some(now) = of(now.as_ref(), key) {
            told.before.certain("setting", key, now);
        }
        told.after.put("setting", key, text(value));
    }
}

/// On a day, as far as this log says it.
fn in_force(log: &PolicyLog, day: NaiveDate) -> Option<Settings> {
    log.opened.as_ref()?;
    Some(log.timeline(&Policy::default()).on(day).settings())
}

/// `None`: a setting that this version does not know.
fn of(settings: Option<&Settings>, key: &str) -> Option<String> {
    settings?.get(key).map(text)
}

/// One text for each part of a value.
pub(in crate::cases::log) fn text(value: &Value) -> String {
    words(value).join(" ")
}
