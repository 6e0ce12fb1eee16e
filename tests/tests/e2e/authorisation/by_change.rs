//! Every command on the policy in every state of a change of it, by everybody.

use std::sync::atomic::{AtomicU32, Ordering};
use std::sync::{Arc, Mutex};

use domain::id::PolicyChangeId;
use domain::policy::{PolicyCommand, Settings};
use domain::{ErrorCode, calendar};
use wire::Body;

use super::person::{Person, Persons};
use super::table::Table;
use super::thing::{Thing, chapter};

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum State {
    Nothing,
    /// By the person of head office who tries.
    Proposed,
    ProposedByAnother,
    Withdrawn,
    Confirmed,
}

const STATES: [(&str, State); 5] = [
    ("nobody proposed it", State::Nothing),
    ("proposed by the same person", State::Proposed),
    ("proposed by another", State::ProposedByAnother),
    ("withdrawn", State::Withdrawn),
    ("confirmed", State::Confirmed),
];

/// What the next change says: another number each time, or nothing would change. None of them comes into force here.
static COUNT: AtomicU32 = AtomicU32::new(100);
const AHEAD: u32 = 300;

/// What waits, whoever proposed it: there is room for one.
static WAITING: Mutex<Option<PolicyChangeId>> = Mutex::new(None);

#[derive(Debug, Clone, Copy)]
enum What {
    Open,
    Propose,
    ProposeAnother,
    Confirm,
    Withdraw,
}

/// A change, and the day on which it is asked about.
struct Change {
    id: PolicyChangeId,
    today: chrono::NaiveDate,
}

async fn sent(person: &Person, change: &Change, what: What) -> Result<(), ErrorCode> {
    let today = change.today;
    let proposes = |change| {
        let days = COUNT.fetch_add(1, Ordering::Relaxed) % 365 + 1;
        let settings = Settings::from([("pickup_deadline_days".to_owned(), serde_json::json!(days))]);
        PolicyCommand::ProposePolicyChange { change, settings, effective_on: calendar::later(today, AHEAD) }
    };
    let change = change.id;
    let command = match what {
        What::Open => PolicyCommand::OpenPolicy { settings: Settings::new() },
        What::Propose => proposes(change),
        What::ProposeAnother => proposes(PolicyChangeId(uuid::Uuid::new_v4())),
        What::Confirm => PolicyCommand::ConfirmPolicyChange { change },
        What::Withdraw => PolicyCommand::WithdrawPolicyChange { change },
    };
    person.terminal.straight(&person.session, Body::Policy { command: command.clone() }).await?;
    *WAITING.lock().unwrap() = match command {
        PolicyCommand::ProposePolicyChange { change, .. } => Some(change),
        _ => None,
    };
    Ok(())
}

impl Thing for State {
    type Id = Change;
    type Command = What;
    const ALONE: bool = true;

    fn commands(_: &Persons) -> Vec<(&'static str, What)> {
        vec![
            ("open_policy", What::Open),
            ("propose_policy_change (the same once more)", What::Propose),
            ("propose_policy_change (another)", What::ProposeAnother),
            ("confirm_policy_change", What::Confirm),
            ("withdraw_policy_change", What::Withdraw),
        ]
    }

    async fn made(self, persons: &Persons) -> Change {
        let (head, other, today) = (persons.named("head office"), &persons.second_head, persons.today());
        let waiting = *WAITING.lock().unwrap();
        if let Some(id) = waiting {
            sent(other, &Change { id, today }, What::Withdraw).await.unwrap();
        }
        let change = Change { id: PolicyChangeId(uuid::Uuid::new_v4()), today };
        if self == Self::Nothing {
            return change;
        }
        let proposes = if self == Self::ProposedByAnother { other } else { head };
        sent(proposes, &change, What::Propose).await.unwrap();
        match self {
            Self::Withdrawn => sent(other, &change, What::Withdraw).await.unwrap(),
            Self::Confirmed => sent(other, &change, What::Confirm).await.unwrap(),
            _ => {}
        }
        change
    }

    async fn asked(self, person: &Person, change: &Change, what: &What) -> Result<(), ErrorCode> {
        sent(person, change, *what).await
    }
}

pub(super) async fn changes(persons: &Arc<Persons>) -> Table {
    let lead = "The same in every state of a change; \"the same person\" is the one of head office who tries. One change waits at a time.";
    chapter(persons, "Policy by state", lead, &STATES).await
}
