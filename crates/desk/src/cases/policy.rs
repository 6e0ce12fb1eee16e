//! The policy, for head office: every setting, its history, and a change that takes two persons.

use std::collections::BTreeMap;

use chrono::NaiveDate;
use domain::id::PolicyChangeId;
use domain::policy::{
    Kind, PolicyChange, PolicyChangeState, PolicyCommand, PolicyLog, SETTINGS, Setting, Settings, decide, setting,
};
use domain::{Actor, ErrorCode, Policy, Refusal, Role};
use serde_json::Value;
use wire::Body;
use wire::api::policy::AskOutlook;
use wire::api::session::SignedIn;

use super::straight::token;
use crate::desk::Desk;
use crate::error::DeskError;
use crate::view::{
    PolicyChangeView, PolicyForm, PolicyOutlookLine, PolicyPartView, PolicySettingKind, PolicySettingView, PolicyView,
};

impl Desk {
    /// Every setting with what is in force, and every change.
    ///
    /// # Errors
    /// Nobody of head office works here, or the replica failed.
    pub async fn policy(&self) -> Result<PolicyView, DeskError> {
        let staff = self.working()?;
        if !staff.role.reads_every_branch() {
            return Err(ErrorCode::RoleNotPermitted.into());
        }
        let log = self.inner.replica.policy_log().await?;
        let timeline = log.timeline(&staff.policy);
        let today = domain::calendar::jst_day(self.centre_now());
        let (defaults, current) = (Policy::default().settings(), timeline.on(today).settings());
        let settings = SETTINGS.iter().map(|one| setting_view(one, &defaults, &current)).collect();
        let mut changes = Vec::with_capacity(log.changes.len());
        let before = before(&log, &staff.policy, today);
        for change in log.changes.iter().rev() {
            changes.push(self.change_view(change, before.get(&change.id), today, &staff).await);
        }
        let head_office = staff.role == Role::HeadOffice;
        Ok(PolicyView {
            settings,
            from_log: log.opened.is_some(),
            may_propose: head_office && log.waiting().is_none(),
            may_decide: head_office,
            today: today.to_string(),
            changes,
        })
    }

    /// What a change would do, counted at the centre.
    ///
    /// # Errors
    /// A value is out of its range, or the centre is out of reach.
    pub async fn policy_outlook(&self, form: &PolicyForm) -> Result<Vec<PolicyOutlookLine>, DeskError> {
        let staff = self.working()?;
        token(&staff)?;
        let asked = AskOutlook { settings: settings(form)?, effective_on: effective_on(form)? };
        let outlook = self.inner.centre.policy_outlook(&staff.token, &asked).await?;
        let line = |line: wire::api::policy::OutlookLine| PolicyOutlookLine {
            key: line.key,
            effect: line.effect,
            count: line.count.map(|count| u32::try_from(count).unwrap_or(u32::MAX)),
        };
        Ok(outlook.lines.into_iter().map(line).collect())
    }

    /// Proposes a change. It does nothing before another person has confirmed it.
    ///
    /// # Errors
    /// A value is out of its range, the centre refuses, or is out of reach.
    pub async fn propose_policy(&self, form: &PolicyForm) -> Result<(), DeskError> {
        let command = PolicyCommand::ProposePolicyChange {
            change: PolicyChangeId(uuid::Uuid::now_v7()),
            settings: settings(form)?,
            effective_on: effective_on(form)?,
        };
        self.on_policy(command).await
    }

    /// Confirms what another person proposed.
    ///
    /// # Errors
    /// It is one's own, the centre refuses, or is out of reach.
    pub async fn confirm_policy(&self, change_id: &str) -> Result<(), DeskError> {
        self.on_policy(PolicyCommand::ConfirmPolicyChange { change: change_id.parse()? }).await
    }

    /// Withdraws a proposal.
    ///
    /// # Errors
    /// The centre refuses, or is out of reach.
    pub async fn withdraw_policy(&self, change_id: &str) -> Result<(), DeskError> {
        self.on_policy(PolicyCommand::WithdrawPolicyChange { change: change_id.parse()? }).await
    }

    async fn on_policy(&self, command: PolicyCommand) -> Result<(), DeskError> {
        // Wrong fields are named here; the centre decides again.
        let staff = self.working()?;
        let log = self.inner.replica.policy_log().await?;
        let actor = Actor::Staff {
            staff: staff.staff.clone(),
            role: staff.role,
            branch: staff.branch.clone(),
            terminal: self.inner.identity.terminal,
            session: staff.session,
            deputy: staff.deputy.is_some(),
        };
        decide(&log, &command, &actor, &staff.policy, self.centre_now())?;
        self.straight(Body::Policy { command }, None).await
    }

    async fn change_view(
        &self,
        change: &PolicyChange,
        before: Option<&Policy>,
        today: NaiveDate,
        staff: &SignedIn,
    ) -> PolicyChangeView {
        let before = before.map(Policy::settings).unwrap_or_default();
        let parts = change
            .settings
            .iter()
            .map(|(key, after)| PolicyPartView {
                key: key.clone(),
                before: before.get(key).map(words).unwrap_or_default(),
                after: words(after),
            })
            .collect();
        let decided_by = match &change.decided_by {
            Some(id) => Some(self.staff_name(id.as_str()).await),
            None => None,
        };
        PolicyChangeView {
            change_id: change.id.to_string(),
            state: change.state,
            in_force: change.state == PolicyChangeState::Confirmed && change.effective_on <= today,
            parts,
            effective_on: change.effective_on.to_string(),
            proposed_by: self.staff_name(change.proposed_by.as_str()).await,
            proposed_at: change.proposed_at.to_rfc3339(),
            decided_by,
            decided_at: change.decided_at.map(|at| at.to_rfc3339()),
            own: change.proposed_by == staff.staff,
        }
    }
}

/// What was, or would be, in force before each change.
fn before(log: &PolicyLog, file: &Policy, today: NaiveDate) -> BTreeMap<PolicyChangeId, Policy> {
    let timeline = log.timeline(file);
    let day_before = |day: NaiveDate| day.pred_opt().unwrap_or(day);
    let mut before = BTreeMap::new();
    for change in &log.changes {
        let day = match change.state {
            PolicyChangeState::Confirmed => day_before(change.effective_on),
            PolicyChangeState::Proposed => change.effective_on.max(today),
            // What it would have changed is no longer of interest; what is in force is.
            PolicyChangeState::Withdrawn => today,
        };
        before.insert(change.id, timeline.on(day).clone());
    }
    before
}

fn setting_view(one: &Setting, defaults: &Settings, current: &Settings) -> PolicySettingView {
    let of = |settings: &Settings| settings.get(one.key).map(words).unwrap_or_default();
    let none = (None, None, None, Vec::new());
    let (kind, (unit, min, max, choices)) = match one.kind {
        Kind::Number(unit, min, max) => (PolicySettingKind::Number, (Some(unit), Some(min), Some(max), Vec::new())),
        Kind::Numbers(unit, min, max, _) => {
            (PolicySettingKind::Numbers, (Some(unit), Some(min), Some(max), Vec::new()))
        }
        Kind::One(choices) => (PolicySettingKind::One, (None, None, None, owned(choices))),
        Kind::Some(choices) => (PolicySettingKind::Some, (None, None, None, owned(choices))),
        Kind::Days(_) => (PolicySettingKind::Days, none),
    };
    PolicySettingView {
        key: one.key.to_owned(),
        kind,
        unit,
        min,
        max,
        choices,
        default: of(defaults),
        current: of(current),
    }
}

fn owned(words: &[&str]) -> Vec<String> {
    words.iter().map(|&word| word.to_owned()).collect()
}

/// A value as the screen has it: one text for each part of it.
pub(super) fn words(value: &Value) -> Vec<String> {
    match value {
        Value::Array(parts) => parts.iter().flat_map(words).collect(),
        Value::String(text) => vec![text.clone()],
        other => vec![other.to_string()],
    }
}

/// What was typed, as settings. A number that is none is refused by its range.
fn settings(form: &PolicyForm) -> Result<Settings, Refusal> {
    let mut settings = Settings::new();
    for part in &form.parts {
        let known = setting(&part.key).ok_or_else(|| Refusal::new(ErrorCode::PolicySettingUnknown).at(&part.key))?;
        let number = |text: &String| text.trim().parse::<u32>().map_or(Value::Null, Value::from);
        let first = part.after.first();
        let value = match known.kind {
            Kind::Number(..) => first.map_or(Value::Null, number),
            Kind::Numbers(..) => part.after.iter().map(number).collect(),
            Kind::One(_) => first.map_or(Value::Null, |word| Value::from(word.clone())),
            Kind::Some(_) | Kind::Days(_) => part.after.iter().map(|word| Value::from(word.clone())).collect(),
        };
        settings.insert(part.key.clone(), value);
    }
    Ok(settings)
}

fn effective_on(form: &PolicyForm) -> Result<NaiveDate, Refusal> {
    form.effective_on.parse().map_err(|_| Refusal::new(ErrorCode::DateOutOfRange).at("effective_on"))
}
