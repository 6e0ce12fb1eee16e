//! The aggregates behind one face: load, decide, apply. Rules stay in `domain`; this only picks the right ones.

use chrono::{DateTime, Utc};
use domain::branch::{Branch, DayFacts};
use domain::customer::{Customer, CustomerCommand};
use domain::id::BranchCode;
use domain::institution::Institution;
use domain::policy::PolicyLog;
use domain::staff::Staff;
use domain::terminal::Terminal;
use domain::{Actor, ErrorCode, Event, PersonalData, Policy, Refusal, Subject};

use super::act::Command;

/// The state an entry changes.
#[derive(Debug, Clone, PartialEq)]
pub(crate) enum Aggregate {
    Customer(Box<Customer>),
    Staff(Staff),
    Terminal(Terminal),
    Institution(Institution),
    Policy(PolicyLog),
    Branch(Branch),
}

/// The database key of a subject.
pub(crate) fn key(subject: &Subject) -> String {
    match subject {
        Subject::Customer(id) => format!("customer/{id}"),
        Subject::Staff(id) => format!("staff/{id}"),
        Subject::Terminal(id) => format!("terminal/{id}"),
        Subject::Institution(id) => format!("institution/{id}"),
        Subject::Policy(id) => format!("policy/{id}"),
        Subject::Branch(code) => format!("branch/{code}"),
    }
}

impl Command {
    pub(crate) fn subject(&self) -> Subject {
        match self {
            Self::Customer(id, _) | Self::Held(id, _) => Subject::Customer(*id),
            Self::Staff(id, _) => Subject::Staff(id.clone()),
            Self::Terminal(id, _) => Subject::Terminal(*id),
            Self::Institution(id, _) => Subject::Institution(id.clone()),
            Self::Policy(id, _) => Subject::Policy(id.clone()),
            Self::Branch(code, _) => Subject::Branch(code.clone()),
        }
    }

    /// Acts that touch one row only can't be half done; the others get a savepoint.
    pub(crate) fn needs_savepoint(&self) -> bool {
        !matches!(
            self,
            Self::Customer(_, CustomerCommand::FetchCertificate { .. } | CustomerCommand::ConfirmCertificate { .. })
        )
    }
}

impl Aggregate {
    pub(crate) fn unknown(subject: &Subject) -> Self {
        match subject {
            Subject::Customer(id) => Self::Customer(Box::new(Customer::unknown(*id))),
            Subject::Staff(id) => Self::Staff(Staff::unknown(id.clone())),
            Subject::Terminal(id) => Self::Terminal(Terminal::unknown(*id)),
            Subject::Institution(_) => Self::Institution(Institution::default()),
            Subject::Policy(_) => Self::Policy(PolicyLog::default()),
            Subject::Branch(code) => Self::Branch(Branch::unknown(code.clone())),
        }
    }

    pub(crate) fn from_json(subject: &Subject, json: &str) -> Result<Self, serde_json::Error> {
        Ok(match subject {
            Subject::Customer(_) => Self::Customer(serde_json::from_str(json)?),
            Subject::Staff(_) => Self::Staff(serde_json::from_str(json)?),
            Subject::Terminal(_) => Self::Terminal(serde_json::from_str(json)?),
            Subject::Institution(_) => Self::Institution(serde_json::from_str(json)?),
            Subject::Policy(_) => Self::Policy(serde_json::from_str(json)?),
            Subject::Branch(_) => Self::Branch(serde_json::from_str(json)?),
        })
    }

    pub(crate) fn to_json(&self) -> Result<String, serde_json::Error> {
        match self {
            Self::Customer(state) => serde_json::to_string(state),
            Self::Staff(state) => serde_json::to_string(state),
            Self::Terminal(state) => serde_json::to_string(state),
            Self::Institution(state) => serde_json::to_string(state),
            Self::Policy(state) => serde_json::to_string(state),
            Self::Branch(state) => serde_json::to_string(state),
        }
    }

    pub(crate) fn version(&self) -> u64 {
        match self {
            Self::Customer(state) => state.version,
            Self::Staff(state) => state.version,
            Self::Terminal(state) => state.version,
            Self::Institution(state) => state.version,
            Self::Policy(state) => state.version,
            Self::Branch(state) => state.version,
        }
    }

    /// The branch that may read the entries about it; `None`: all.
    pub(crate) fn branch(&self) -> Option<BranchCode> {
        match self {
            Self::Customer(state) => state.branch.clone(),
            // Whoever is only proposed belongs where he is to work.
            Self::Staff(state) => state.branch.clone().or_else(|| state.proposed_branch()),
            Self::Terminal(state) => state.branch.clone(),
            Self::Institution(_) | Self::Policy(_) | Self::Branch(_) => None,
        }
    }

    /// The branch that may read an entry with these events, after them; `None`: all.
    pub(crate) fn readers(&self, events: &[Event]) -> Option<BranchCode> {
        let its_own = |event: &Event| matches!(event, Event::Branch(event) if event.concerns_the_branch_only());
        if let Self::Branch(state) = self
            && events.iter().any(its_own)
        {
            return Some(state.code.clone());
        }
        let everybody = |event: &Event| matches!(event, Event::Staff(event) if event.concerns_every_branch());
        if events.iter().any(everybody) { None } else { self.branch() }
    }

    pub(crate) fn decide(
        &self,
        command: &Command,
        personal: Option<&PersonalData>,
        actor: &Actor,
        policy: &Policy,
        now: DateTime<Utc>,
        day: Option<&DayFacts>,
    ) -> Result<Vec<Event>, Refusal> {
        match (self, command) {
            (Self::Customer(state), Command::Customer(_, command)) => {
                let context = domain::customer::Context { actor, policy, now };
                let events = domain::customer::decide(state, command, personal, &context)?;
                Ok(events.into_iter().map(Event::Customer).collect())
            }
            (Self::Customer(state), Command::Held(_, held)) => {
                let context = domain::customer::Context { actor, policy, now };
                let events = domain::customer::hold(state, held, personal, &context)?;
                Ok(events.into_iter().map(Event::Customer).collect())
            }
            (Self::Staff(state), Command::Staff(_, command)) => {
                let events = domain::staff::decide(state, command, personal, actor, now)?;
                Ok(events.into_iter().map(Event::Staff).collect())
            }
            (Self::Terminal(state), Command::Terminal(_, command)) => {
                let events = domain::terminal::decide(state, command, actor)?;
                Ok(events.into_iter().map(Event::Terminal).collect())
            }
            (Self::Institution(state), Command::Institution(_, event)) => {
                let events = domain::institution::decide(state, event, actor)?;
                Ok(events.into_iter().map(Event::Institution).collect())
            }
            // What the file says counts where the log says nothing: the caller gives what is in force.
            (Self::Policy(state), Command::Policy(_, command)) => {
                let events = domain::policy::decide(state, command, actor, policy, now)?;
                Ok(events.into_iter().map(Event::Policy).collect())
            }
            (Self::Branch(state), Command::Branch(_, command)) => {
                let context = domain::branch::Context { actor, personal, now, day };
                let events = domain::branch::decide(state, command, &context)?;
                Ok(events.into_iter().map(Event::Branch).collect())
            }
            _ => Err(ErrorCode::Internal.into()),
        }
    }

    pub(crate) fn apply(&mut self, event: &Event, personal: Option<&PersonalData>, actor: &Actor, at: DateTime<Utc>) {
        match (self, event) {
            (Self::Customer(state), Event::Customer(event)) => {
                domain::customer::apply(state, event, personal, actor, at);
            }
            (Self::Staff(state), Event::Staff(event)) => domain::staff::apply(state, event, personal, actor, at),
            (Self::Terminal(state), Event::Terminal(event)) => domain::terminal::apply(state, event, actor),
            (Self::Institution(state), Event::Institution(event)) => domain::institution::apply(state, event, at),
            (Self::Policy(state), Event::Policy(event)) => domain::policy::apply(state, event, actor, at),
            (Self::Branch(state), Event::Branch(event)) => domain::branch::apply(state, event, actor, at),
            // Access entries are never applied, and a subject never gets another's events.
            _ => {}
        }
    }
}
