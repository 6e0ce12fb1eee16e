//! The words that an entry is found by.

use std::collections::BTreeSet;
use std::fmt;

use chrono::NaiveDate;
use domain::customer::{Customer, CustomerEvent, Request};
use domain::event::AccessEvent;
use domain::text::search_key;
use domain::{Actor, Event, calendar};
use serde::Serialize;
use wire::Entry;

/// One of them. Its text begins with its kind, so that the words of a kind stand together in the index.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) enum Word {
    /// Every entry has it.
    All,
    /// What happened (`application_approved`).
    Kind(String),
    /// Who: a member of staff.
    Staff(String),
    /// Who, where it was nobody of the staff: `customer`, `system`, `operator`, `terminal`.
    Actor(String),
    /// At which terminal.
    Terminal(String),
    /// Of which branch.
    Branch(String),
    /// Why: `revocation.key_compromise`, `report.lost`, `reissue.broken`, `refusal.own_work`.
    Reason(String),
    /// On which JST day of the centre's time.
    Day(NaiveDate),
    /// In which month of it; any day of that.
    Month(NaiveDate),
    /// Two characters that follow one another in the name or the reading of its customer.
    Pair(String),
}

impl fmt::Display for Word {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::All => write!(f, "*"),
            Self::Kind(of) => write!(f, "kind:{of}"),
            Self::Staff(of) => write!(f, "staff:{of}"),
            Self::Actor(of) => write!(f, "actor:{of}"),
            Self::Terminal(of) => write!(f, "terminal:{of}"),
            Self::Branch(of) => write!(f, "branch:{of}"),
            Self::Reason(of) => write!(f, "reason:{of}"),
            Self::Day(of) => write!(f, "day:{of}"),
            Self::Month(of) => write!(f, "month:{}", of.format("%Y-%m")),
            Self::Pair(of) => write!(f, "pair:{of}"),
        }
    }
}

/// The pairs of a search key. A text of one character has none.
pub(crate) fn pairs(key: &str) -> impl Iterator<Item = Word> {
    let ends = key.char_indices().skip(2).map(|(at, _)| at).chain(std::iter::once(key.len()));
    let begins = key.char_indices().map(|(at, _)| at);
    let enough = key.chars().nth(1).is_some();
    begins.zip(ends).filter(move |_| enough).filter_map(|(from, to)| Some(Word::Pair(key.get(from..to)?.to_owned())))
}

/// The words of an entry. A move from branch to branch has no name: what is held of a customer that left says nothing of it.
pub(super) fn of(entry: &Entry, named: Option<&Customer>) -> BTreeSet<String> {
    let day = calendar::jst_day(entry.happened_at());
    let mut words = vec![Word::All, Word::Day(day), Word::Month(day)];
    match &entry.actor {
        Actor::Staff { staff, terminal, .. } => {
            words.extend([Word::Staff(staff.to_string()), Word::Terminal(terminal.to_string())]);
        }
        Actor::Terminal { terminal } => {
            words.extend([Word::Actor("terminal".into()), Word::Terminal(terminal.to_string())]);
        }
        Actor::Customer { .. } => words.push(Word::Actor("customer".into())),
        Actor::System { .. } => words.push(Word::Actor("system".into())),
        Actor::Operator { .. } => words.push(Word::Actor("operator".into())),
    }
    words.extend(entry.branch.as_ref().map(|branch| Word::Branch(branch.to_string())));
    for event in &entry.events {
        words.push(Word::Kind(event.word()));
        words.extend(reason(event).map(Word::Reason));
    }
    let moved = |event: &Event| matches!(event, Event::Customer(CustomerEvent::CustomerMoved { .. }));
    if let Some(details) = named.and_then(|customer| customer.details.as_ref())
        && !entry.events.iter().any(moved)
    {
        for text in [&details.name, &details.kana] {
            words.extend(pairs(&search_key(text)));
        }
    }
    words.iter().map(ToString::to_string).collect()
}

/// As it is stored.
fn stored(of: impl Serialize) -> Option<String> {
    serde_json::to_value(of).ok().and_then(|value| value.as_str().map(str::to_owned))
}

/// Of what it is the reason stands before it: the same word may be a cause of a report and of a reissue.
fn reason(event: &Event) -> Option<String> {
    let (of, why) = match event {
        Event::Customer(CustomerEvent::CertificateRevoked { reason, .. }) => ("revocation", stored(reason)),
        Event::Customer(CustomerEvent::IncidentReported { cause, .. }) => ("report", stored(cause)),
        Event::Customer(
            CustomerEvent::ApplicationSubmitted { request: Request::Reissue { cause, .. }, .. }
            | CustomerEvent::ApplicationResubmitted { request: Request::Reissue { cause, .. }, .. },
        ) => ("reissue", stored(cause)),
        Event::Access(AccessEvent::Refused { code, .. }) => ("refusal", stored(code)),
        _ => return None,
    };
    Some(format!("{of}.{}", why?))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn pairs_follow_one_another() {
        let of = |key: &str| pairs(key).map(|word| word.to_string()).collect::<Vec<_>>();
        assert_eq!(of("株式会社"), ["pair:株式", "pair:式会", "pair:会社"]);
        assert_eq!(of("ab"), ["pair:ab"]);
        assert_eq!(of("𠮷野家"), ["pair:𠮷野", "pair:野家"]);
        assert!(of("株").is_empty());
        assert!(of("").is_empty());
    }
}
