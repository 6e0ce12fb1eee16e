//! What in a branch's business day a supervisor has to look at one by one.
//!
//! A business day ends when business closes ([`BusinessDays`]); whatever happens after that, at night or on a holiday, belongs to
//! the next one. So every entry is of exactly one day, and a day can be signed off on its own evening without anything being
//! added to it.

use std::collections::{BTreeMap, BTreeSet};

use chrono::{DateTime, NaiveDate, Utc};
use serde::{Deserialize, Serialize};

use super::business_days::{BusinessDays, Span};
use crate::actor::Actor;
use crate::customer::CustomerEvent;
use crate::event::{AccessEvent, Event};
use crate::id::{BranchCode, SessionId, StaffId};
use crate::staff::StaffEvent;

/// Is an entry of a branch's day? A customer that leaves, or one of its staff, is the old branch's business too.
pub fn concerns(branch: &BranchCode, readers: Option<&BranchCode>, events: &[Event]) -> bool {
    readers == Some(branch) || events.iter().any(|event| event.leaves() == Some(branch))
}

/// What makes an entry one that is looked at by itself.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord, Serialize, Deserialize)]
#[cfg_attr(feature = "specta", derive(specta::Type))]
#[serde(rename_all = "snake_case")]
pub enum DayException {
    /// 緊急停止: stopped before anybody approved.
    EmergencyStop,
    /// A supervisor acted over somebody's locked screen.
    OverLock,
    /// An act that was held because its author's standing had changed was accepted.
    HeldAccepted,
    /// Made while the centre was out of reach.
    Offline,
    /// Refused by the centre.
    Refused,
    /// Outside business hours.
    OutsideHours,
}

impl DayException {
    /// As it is stored and sent.
    pub fn as_str(self) -> &'static str {
        match self {
            Self::EmergencyStop => "emergency_stop",
            Self::OverLock => "over_lock",
            Self::HeldAccepted => "held_accepted",
            Self::Offline => "offline",
            Self::Refused => "refused",
            Self::OutsideHours => "outside_hours",
        }
    }

    /// Whoever did it does not sign off the day: it was his judgement alone, and the sign-off is the second look.
    pub fn bars(self) -> bool {
        matches!(self, Self::EmergencyStop | Self::OverLock | Self::HeldAccepted | Self::Offline)
    }
}

/// An entry, as far as a day's facts go.
#[derive(Debug, Clone, Copy)]
pub struct Seen<'a> {
    /// When it was appended: the time that decides its day.
    pub at: DateTime<Utc>,
    /// Who.
    pub actor: &'a Actor,
    /// What.
    pub events: &'a [Event],
    /// Does its envelope say that it was made without the centre?
    pub offline: bool,
}

/// What happened at a branch on a day. Entries are given in the order of the log.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct DayFacts {
    /// The time it covers; `None`: it is no business day.
    pub span: Option<Span>,
    /// The first business day on which the log tells of the branch.
    pub first: Option<NaiveDate>,
    /// The place after the day's last entry of this branch: whoever has seen less has not seen the day.
    pub end: u64,
    /// Is the tree head that was looked at one of this log?
    pub head: bool,
    /// Entries of the branch.
    pub entries: u32,
    /// Of those, how many are exceptions.
    pub exceptions: u32,
    /// Who may not sign it off, and what each did.
    pub barred: BTreeMap<StaffId, DayException>,
    over_lock: BTreeSet<SessionId>,
}

impl DayFacts {
    /// Takes note of a sign-in over somebody's locked screen, whatever branch that person is of.
    pub fn sign_in(&mut self, events: &[Event]) {
        for event in events {
            if let Event::Staff(StaffEvent::SignedIn { session, over_lock: true, .. }) = event {
                self.over_lock.insert(*session);
            }
        }
    }

    /// Counts an entry of the branch in; says what is exceptional about it.
    pub fn add(&mut self, seen: &Seen<'_>, days: &BusinessDays) -> BTreeSet<DayException> {
        self.sign_in(seen.events);
        let found = self.exceptions_of(seen, days);
        self.entries = self.entries.saturating_add(1);
        self.exceptions = self.exceptions.saturating_add(u32::from(!found.is_empty()));
        if let (Some(staff), Some(bars)) = (seen.actor.staff(), found.iter().find(|one| one.bars())) {
            self.barred.entry(staff.clone()).or_insert(*bars);
        }
        found
    }

    fn exceptions_of(&self, seen: &Seen<'_>, days: &BusinessDays) -> BTreeSet<DayException> {
        let mut found = BTreeSet::new();
        // Nobody is signed in yet: somebody has tried passwords at the branch's PC.
        if seen.events.iter().any(|event| matches!(event, Event::Staff(StaffEvent::LockedOut { .. }))) {
            found.insert(DayException::Refused);
        }
        let Actor::Staff { session, .. } = seen.actor else { return found };
        let over_lock = self.over_lock.contains(session);
        for event in seen.events {
            match event {
                Event::Customer(event) => {
                    if over_lock {
                        found.insert(DayException::OverLock);
                    }
                    match event {
                        CustomerEvent::IncidentReported { .. } => found.insert(DayException::EmergencyStop),
                        CustomerEvent::HeldActAccepted { .. } => found.insert(DayException::HeldAccepted),
                        _ => false,
                    };
                }
                Event::Access(AccessEvent::Refused { .. }) => drop(found.insert(DayException::Refused)),
                _ => {}
            }
        }
        if seen.offline {
            found.insert(DayException::Offline);
        }
        // Signing in, looking and signing off a day that has closed change nothing of a customer.
        let acts = |event: &Event| {
            matches!(event, Event::Customer(_) | Event::Terminal(_) | Event::Access(AccessEvent::Refused { .. }))
        };
        if seen.events.iter().any(acts) && days.outside_hours(seen.at) {
            found.insert(DayException::OutsideHours);
        }
        found
    }
}
