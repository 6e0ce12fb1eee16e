//! What a change of the policy will do to what is there: which questions to ask of the read tables. Pure; the centre counts.

use chrono::{DateTime, Days, Duration, NaiveDate, Utc};
use serde::{Deserialize, Serialize};

use super::Policy;
use crate::calendar;

/// What is counted.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Asked {
    /// Rights that were granted and not fetched.
    Rights,
    /// Certificates that can be used (or are suspended).
    Usable,
    /// Usable certificates that end at or after the first instant, and before the second.
    Ending(DateTime<Utc>, DateTime<Utc>),
    /// Expired ones that can still be replaced on-line.
    InGrace,
    /// Of those, the ones that ended before this instant.
    InGraceEnded(DateTime<Utc>),
    /// Expired ones that can't be replaced on-line any more and ended at or after this instant.
    OverEnded(DateTime<Utc>),
    /// Sessions of staff.
    Sessions,
}

/// What a change of one setting does to them. The word is a text on the screen.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[cfg_attr(feature = "specta", derive(specta::Type))]
#[serde(rename_all = "snake_case")]
pub enum PolicyEffect {
    /// Certificates keep the validity they were signed with.
    ValidityKept,
    /// Rights not yet fetched become certificates of the new validity.
    ValidityOfRights,
    /// Rights that are granted keep their deadline.
    DeadlinesKept,
    /// Certificates that can be renewed earlier than before: at once.
    RenewalOpens,
    /// Certificates that could be renewed and can't yet.
    RenewalCloses,
    /// Expired certificates that can't be replaced on-line any more.
    GraceLost,
    /// Expired certificates that can be replaced on-line for longer.
    GraceLonger,
    /// Expired certificates whose grace is over: they don't come back.
    GraceStaysOver,
    /// Rights whose customers have to keep to it when they fetch.
    RightsFetched,
    /// Open sessions keep their length.
    SessionsKept,
    /// Only what happens from now on.
    FromNowOn,
}

/// The beginning of a JST day.
fn begin(day: NaiveDate) -> DateTime<Utc> {
    let midnight = day.and_time(chrono::NaiveTime::MIN).and_utc();
    midnight.checked_sub_signed(Duration::hours(9)).unwrap_or(midnight)
}

fn earlier(day: NaiveDate, days: u32) -> NaiveDate {
    day.checked_sub_days(Days::new(u64::from(days))).unwrap_or(NaiveDate::MIN)
}

/// What a change does on the day it takes effect: by setting, what is to be said, and what to count for it.
pub fn effects(before: &Policy, after: &Policy, on: NaiveDate) -> Vec<(&'static str, PolicyEffect, Option<Asked>)> {
    let (was, is) = (before.settings(), after.settings());
    let mut found = Vec::new();
    for setting in super::SETTINGS.iter().filter(|setting| was.get(setting.key) != is.get(setting.key)) {
        let mut say = |effect, asked| found.push((setting.key, effect, asked));
        match setting.key {
            "validity_days" => {
                say(PolicyEffect::ValidityOfRights, Some(Asked::Rights));
                say(PolicyEffect::ValidityKept, Some(Asked::Usable));
            }
            "pickup_deadline_days" => say(PolicyEffect::DeadlinesKept, Some(Asked::Rights)),
            "renewal_opens_days" => {
                // Open on a day: the last day of validity is no more than so many days ahead.
                let bound = |days: u32| begin(calendar::later(on, days.saturating_add(1)));
                let (old, new) = (bound(before.renewal_opens_days), bound(after.renewal_opens_days));
                match new > old {
                    true => say(PolicyEffect::RenewalOpens, Some(Asked::Ending(old, new))),
                    false => say(PolicyEffect::RenewalCloses, Some(Asked::Ending(new, old))),
                }
            }
            "grace_days" if after.grace_days < before.grace_days => {
                say(PolicyEffect::GraceLost, Some(Asked::InGraceEnded(begin(earlier(on, after.grace_days)))));
            }
            "grace_days" => {
                say(PolicyEffect::GraceLonger, Some(Asked::InGrace));
                say(PolicyEffect::GraceStaysOver, Some(Asked::OverEnded(begin(earlier(on, after.grace_days)))));
            }
            "key_place"
            | "backup"
            | "key_types"
            | "platforms"
            | "browsers"
            | "passphrase_min"
            | "pickup_tries"
            | "pickup_lock_minutes" => say(PolicyEffect::RightsFetched, Some(Asked::Rights)),
            "session_hours" => say(PolicyEffect::SessionsKept, Some(Asked::Sessions)),
            _ => say(PolicyEffect::FromNowOn, None),
        }
    }
    found
}
