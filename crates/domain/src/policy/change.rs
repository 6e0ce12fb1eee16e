//! A change of the policy: proposed by one person of head office, confirmed by another, in force from a day on. The policy
//! in force is derived from the log.

use chrono::{DateTime, NaiveDate, Utc};
use serde::{Deserialize, Serialize};

use super::Policy;
use super::setting::Settings;
use crate::actor::{Actor, Role};
use crate::calendar;
use crate::error::{ErrorCode, Refusal};
use crate::id::{PolicyChangeId, StaffId};

/// A change lies no further ahead, days.
const AHEAD: u32 = 366;

/// What is asked for.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(tag = "type", rename_all = "snake_case", deny_unknown_fields)]
pub enum PolicyCommand {
    /// The policy a log begins with, by whoever opens it.
    OpenPolicy {
        /// Every setting.
        settings: Settings,
    },
    /// A change, for another person to confirm.
    ProposePolicyChange {
        /// Which.
        change: PolicyChangeId,
        /// What becomes of the settings that change.
        settings: Settings,
        /// In force from this day on (JST).
        effective_on: NaiveDate,
    },
    /// By somebody else than the one who proposed it.
    ConfirmPolicyChange {
        /// Which.
        change: PolicyChangeId,
    },
    /// It does not come to pass.
    WithdrawPolicyChange {
        /// Which.
        change: PolicyChangeId,
    },
}

impl PolicyCommand {
    /// The kind, as in the serde tag.
    pub fn kind(&self) -> &'static str {
        match self {
            Self::OpenPolicy { .. } => "open_policy",
            Self::ProposePolicyChange { .. } => "propose_policy_change",
            Self::ConfirmPolicyChange { .. } => "confirm_policy_change",
            Self::WithdrawPolicyChange { .. } => "withdraw_policy_change",
        }
    }
}

/// What happened to the policy. Stored: variants and fields are only ever added. Settings are stored by key, so that a
/// version that does not know one of them can read the entry.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(tag = "type", rename_all = "snake_case")]
pub enum PolicyEvent {
    /// What the log begins with, or went on with when the first change was proposed.
    PolicyOpened {
        /// Every setting.
        settings: Settings,
    },
    /// Proposed.
    PolicyChangeProposed {
        /// Which.
        change: PolicyChangeId,
        /// What becomes of the settings that change.
        settings: Settings,
        /// In force from this day on (JST).
        effective_on: NaiveDate,
    },
    /// Confirmed by another person.
    PolicyChangeConfirmed {
        /// Which.
        change: PolicyChangeId,
    },
    /// Withdrawn.
    PolicyChangeWithdrawn {
        /// Which.
        change: PolicyChangeId,
    },
}

/// Where a change stands.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "specta", derive(specta::Type))]
#[serde(rename_all = "snake_case")]
pub enum PolicyChangeState {
    /// 確認待ち
    Proposed,
    /// 確認済
    Confirmed,
    /// 取下げ
    Withdrawn,
}

/// A change of the policy.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct PolicyChange {
    /// Its id.
    pub id: PolicyChangeId,
    /// What becomes of the settings that change.
    pub settings: Settings,
    /// In force from this day on (JST).
    pub effective_on: NaiveDate,
    /// State.
    pub state: PolicyChangeState,
    /// Who proposed it.
    pub proposed_by: StaffId,
    /// When.
    pub proposed_at: DateTime<Utc>,
    /// Who confirmed or withdrew it.
    pub decided_by: Option<StaffId>,
    /// When.
    pub decided_at: Option<DateTime<Utc>>,
}

/// The policy with its history, derived from the log.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct PolicyLog {
    /// Number of events applied.
    pub version: u64,
    /// What it began with; `None`: the log does not say, and the centre's file does.
    pub opened: Option<Settings>,
    /// Every change, in the order of the proposals.
    pub changes: Vec<PolicyChange>,
    /// The confirmed ones, in the order of the confirmations.
    pub confirmed: Vec<PolicyChangeId>,
}

/// What is in force when.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Timeline<T = Policy> {
    first: T,
    /// From this day on.
    then: Vec<(NaiveDate, T)>,
}

impl<T> Timeline<T> {
    /// The same all the time.
    pub fn always(one: T) -> Self {
        Self { first: one, then: Vec::new() }
    }

    /// On a day (JST).
    pub fn on(&self, day: NaiveDate) -> &T {
        self.then.iter().rev().find(|(from, _)| *from <= day).map_or(&self.first, |(_, one)| one)
    }

    /// Now.
    pub fn at(&self, now: DateTime<Utc>) -> &T {
        self.on(calendar::jst_day(now))
    }

    /// Each of them in another form.
    pub fn map<U>(self, each: impl Fn(T) -> U) -> Timeline<U> {
        Timeline { first: each(self.first), then: self.then.into_iter().map(|(day, one)| (day, each(one))).collect() }
    }
}

impl Timeline {
    /// From a day on it is another one, which is never earlier than the one before it.
    fn then(&mut self, from: NaiveDate, next: impl Fn(&Policy) -> Policy) {
        let next = next(self.then.last().map_or(&self.first, |(_, one)| one));
        match self.then.last_mut() {
            Some((day, last)) if *day >= from => *last = next,
            _ => self.then.push((from, next)),
        }
    }
}

impl PolicyLog {
    /// A change by id.
    pub fn change(&self, id: PolicyChangeId) -> Option<&PolicyChange> {
        self.changes.iter().find(|change| change.id == id)
    }

    /// What waits for another person.
    pub fn waiting(&self) -> Option<&PolicyChange> {
        self.changes.iter().find(|change| change.state == PolicyChangeState::Proposed)
    }

    /// Confirmed changes in the order in which they take effect: by day, on one day by confirmation.
    fn in_order(&self) -> Vec<&PolicyChange> {
        let mut confirmed: Vec<_> = self.confirmed.iter().filter_map(|id| self.change(*id)).collect();
        confirmed.sort_by_key(|change| change.effective_on);
        confirmed
    }

    /// What is in force when. `file`: what is in force where the log does not say.
    pub fn timeline(&self, file: &Policy) -> Timeline {
        self.timeline_from(file, |change, _| change.effective_on)
    }

    /// What counts when, for whoever lets a change count from another day on than that on which it comes into force. `from` is told
    /// what counts on that day without the change.
    pub(crate) fn timeline_from(&self, file: &Policy, from: impl Fn(&PolicyChange, &Policy) -> NaiveDate) -> Timeline {
        let mut timeline = Timeline::always(self.first(file));
        for change in self.in_order() {
            let from = from(change, timeline.on(change.effective_on));
            timeline.then(from, |before| before.understood(&change.settings));
        }
        timeline
    }

    /// The policy in force at an instant.
    pub fn policy_at(&self, file: &Policy, now: DateTime<Utc>) -> Policy {
        self.timeline(file).at(now).clone()
    }

    fn first(&self, file: &Policy) -> Policy {
        self.opened.as_ref().map_or_else(|| file.clone(), |settings| Policy::default().understood(settings))
    }

    /// What would be in force if a change were confirmed: before and after it on its day. Everything that follows it is
    /// looked at as well, as it goes on from there.
    ///
    /// # Errors
    /// A setting is unknown or out of its range, then or later.
    pub fn outlook(
        &self,
        settings: &Settings,
        effective_on: NaiveDate,
        file: &Policy,
    ) -> Result<(Policy, Policy), Refusal> {
        let mut before = self.first(file);
        let mut later = Vec::new();
        for change in self.in_order() {
            match change.effective_on <= effective_on {
                true => before = before.understood(&change.settings),
                false => later.push(change),
            }
        }
        let after = before.with(settings)?;
        let mut then = after.clone();
        for change in later {
            then = then.with(&change.settings)?;
        }
        Ok((before, after))
    }
}

/// Decides a command.
///
/// # Errors
/// A [`Refusal`] that names the rule and the setting.
pub fn decide(
    log: &PolicyLog,
    command: &PolicyCommand,
    actor: &Actor,
    file: &Policy,
    now: DateTime<Utc>,
) -> Result<Vec<PolicyEvent>, Refusal> {
    let today = calendar::jst_day(now);
    if let PolicyCommand::OpenPolicy { settings } = command {
        if !matches!(actor, Actor::Operator { .. }) {
            return Err(ErrorCode::ActorNotPermitted.into());
        }
        if log.version > 0 {
            return Err(ErrorCode::CommandIdReused.into());
        }
        return Ok(vec![PolicyEvent::PolicyOpened { settings: Policy::default().with(settings)?.settings() }]);
    }
    // Not by whoever has the server: a change takes two persons of head office, each with a terminal and a session.
    let Actor::Staff { staff, role, .. } = actor else { return Err(ErrorCode::ActorNotPermitted.into()) };
    if *role != Role::HeadOffice {
        return Err(ErrorCode::RoleNotPermitted.into());
    }
    match command {
        PolicyCommand::OpenPolicy { .. } => Err(ErrorCode::ActorNotPermitted.into()),
        PolicyCommand::ProposePolicyChange { change, settings, effective_on } => {
            if log.change(*change).is_some() {
                return Err(ErrorCode::CommandIdReused.into());
            }
            if let Some(waiting) = log.waiting() {
                return Err(Refusal::new(ErrorCode::PolicyChangeWaiting).by(Some(&waiting.proposed_by)));
            }
            ahead(*effective_on, today)?;
            let (before, after) = log.outlook(settings, *effective_on, file)?;
            if before == after {
                return Err(ErrorCode::PolicyUnchanged.into());
            }
            // A log that was opened before the policy was part of it: what the file says now is what the change is based on.
            let opened = log.opened.is_none().then(|| PolicyEvent::PolicyOpened { settings: file.settings() });
            let (change, settings, effective_on) = (*change, settings.clone(), *effective_on);
            let proposed = PolicyEvent::PolicyChangeProposed { change, settings, effective_on };
            Ok(opened.into_iter().chain([proposed]).collect())
        }
        PolicyCommand::ConfirmPolicyChange { change } => {
            let found = waiting(log, *change)?;
            if found.proposed_by == *staff {
                return Err(Refusal::new(ErrorCode::TwoPersonRule).by(Some(&found.proposed_by)));
            }
            // A day that has passed meanwhile: it would take effect at once, which nobody proposed.
            ahead(found.effective_on, today)?;
            log.outlook(&found.settings, found.effective_on, file)?;
            Ok(vec![PolicyEvent::PolicyChangeConfirmed { change: *change }])
        }
        PolicyCommand::WithdrawPolicyChange { change } => {
            waiting(log, *change)?;
            Ok(vec![PolicyEvent::PolicyChangeWithdrawn { change: *change }])
        }
    }
}

fn ahead(day: NaiveDate, today: NaiveDate) -> Result<(), Refusal> {
    match (today..=calendar::later(today, AHEAD)).contains(&day) {
        true => Ok(()),
        false => Err(Refusal::new(ErrorCode::DateOutOfRange).at("effective_on")),
    }
}

fn waiting(log: &PolicyLog, id: PolicyChangeId) -> Result<&PolicyChange, Refusal> {
    let found = log.change(id).ok_or(ErrorCode::PolicyChangeUnknown)?;
    match found.state {
        PolicyChangeState::Proposed => Ok(found),
        PolicyChangeState::Confirmed | PolicyChangeState::Withdrawn => {
            let state = if found.state == PolicyChangeState::Confirmed { "confirmed" } else { "withdrawn" };
            Err(Refusal::new(ErrorCode::PolicyChangeState).with("state", state).by(found.decided_by.as_ref()))
        }
    }
}

/// Applies an event of an entry of the time `at`. Infallible: what was decided has happened.
pub fn apply(log: &mut PolicyLog, event: &PolicyEvent, actor: &Actor, at: DateTime<Utc>) {
    log.version += 1;
    let decided = |log: &mut PolicyLog, id: PolicyChangeId, state| {
        if let Some(change) = log.changes.iter_mut().find(|change| change.id == id) {
            (change.state, change.decided_by, change.decided_at) = (state, actor.staff().cloned(), Some(at));
        }
    };
    match event {
        PolicyEvent::PolicyOpened { settings } => log.opened = Some(settings.clone()),
        PolicyEvent::PolicyChangeProposed { change, settings, effective_on } => {
            // Only staff propose.
            let Some(staff) = actor.staff() else { return };
            log.changes.push(PolicyChange {
                id: *change,
                settings: settings.clone(),
                effective_on: *effective_on,
                state: PolicyChangeState::Proposed,
                proposed_by: staff.clone(),
                proposed_at: at,
                decided_by: None,
                decided_at: None,
            });
        }
        PolicyEvent::PolicyChangeConfirmed { change } => {
            decided(log, *change, PolicyChangeState::Confirmed);
            log.confirmed.push(*change);
        }
        PolicyEvent::PolicyChangeWithdrawn { change } => decided(log, *change, PolicyChangeState::Withdrawn),
    }
}
