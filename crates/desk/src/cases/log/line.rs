//! Entries as lines of 発行ログ. The names of a whole page are looked up together: a page is a few questions, not hundreds.

use std::collections::BTreeMap;

use domain::customer::CustomerEvent;
use domain::event::AccessEvent;
use domain::id::BranchCode;
use domain::staff::{StaffChange, StaffEvent};
use domain::{Actor, Event, Role, Subject};
use sqlx::SqliteConnection;
use wire::Entry;

use super::names::Names;
use crate::desk::Desk;
use crate::error::DeskError;
use crate::replica::claim;
use crate::view::LogLine;

impl Desk {
    /// The entries as lines, in their order.
    pub(in crate::cases) async fn lines(
        &self,
        db: &mut SqliteConnection,
        entries: &[(u32, Entry)],
    ) -> Result<Vec<LogLine>, DeskError> {
        let names = Names::of(db, entries).await?;
        Ok(entries.iter().map(|(index, entry)| self.line(*index, entry, &names)).collect())
    }

    fn line(&self, index: u32, entry: &Entry, names: &Names) -> LogLine {
        let subject_kind = match &entry.subject {
            Subject::Customer(_) => "customer",
            Subject::Staff(_) => "staff",
            Subject::Terminal(_) => "terminal",
            Subject::Institution(_) => "institution",
            Subject::Policy(_) => "policy",
            Subject::Branch(_) => "branch",
        };
        let customer_id = customer(entry);
        let actor_deputy = matches!(&entry.actor, Actor::Staff { deputy: true, .. });
        let (actor_kind, actor_id, actor_role) = match &entry.actor {
            Actor::Staff { staff, role, .. } => ("staff", staff.to_string(), Some(*role)),
            Actor::Customer { .. } => ("customer", String::new(), None),
            Actor::Terminal { terminal } => ("terminal", terminal.to_string(), None),
            Actor::System { job } => ("system", job.clone(), None),
            Actor::Operator { name } => ("operator", name.clone(), None),
        };
        let actor_name = if actor_kind == "staff" { names.staff(&actor_id) } else { String::new() };
        let customer_name = match (&customer_id, &entry.subject) {
            (Some(id), _) => names.customer(id),
            (None, Subject::Staff(id)) => names.staff(id.as_str()),
            (None, Subject::Terminal(id)) => names.terminal(&id.to_string()),
            (None, Subject::Branch(code)) => format!("{}({code})", self.branch_name(code.as_str())),
            (None, _) => String::new(),
        };
        let about = names.about(entry);
        let claim = claim(entry);
        LogLine {
            index,
            entry_id: entry.id.to_string(),
            at: entry.happened_at().to_rfc3339(),
            subject_kind: subject_kind.to_owned(),
            events: entry.events.iter().map(Event::word).collect(),
            actor_kind: actor_kind.to_owned(),
            actor_id,
            actor_name,
            actor_role,
            actor_deputy,
            terminal_label: terminal(&entry.actor).map(|id| names.terminal(&id)).unwrap_or_default(),
            customer_id,
            customer_name,
            user_id: names.users(&about),
            receipt: names.receipt(&about),
            detail: detail(entry),
            made_at: claim.map(|(made_at, _)| made_at.to_rfc3339()),
            offline: claim.is_some_and(|(_, offline)| offline),
        }
    }
}

/// The customer of a line. A look at one of the branch's customers, by staff of another, is about that customer.
pub(super) fn customer(entry: &Entry) -> Option<String> {
    if let Subject::Customer(id) = &entry.subject {
        return Some(id.to_string());
    }
    entry.events.iter().find_map(|event| match event {
        Event::Access(AccessEvent::StopTargetSought { customer, .. }) => customer.map(|id| id.to_string()),
        Event::Access(AccessEvent::Viewed { customers, count: 1, .. }) => customers.first().map(ToString::to_string),
        _ => None,
    })
}

/// Where it was done.
pub(super) fn terminal(actor: &Actor) -> Option<String> {
    match actor {
        Actor::Staff { terminal, .. } | Actor::Terminal { terminal } => Some(terminal.to_string()),
        _ => None,
    }
}

/// What the words of its events leave open: which contracts, and which day.
fn detail(entry: &Entry) -> BTreeMap<String, String> {
    let mut detail = BTreeMap::new();
    for event in &entry.events {
        match event {
            Event::Customer(CustomerEvent::CustomerMoved { from, branch, .. }) => {
                detail.insert("old_branch".to_owned(), from.to_string());
                detail.insert("new_branch".to_owned(), branch.to_string());
            }
            Event::Customer(CustomerEvent::ContractLinked { old, new }) => {
                detail.insert("old_contract".to_owned(), old.to_string());
                detail.insert("new_contract".to_owned(), new.to_string());
            }
            Event::Customer(CustomerEvent::ContractClosing { contract, closing_on }) => {
                detail.insert("contract".to_owned(), contract.to_string());
                detail.insert("closing_on".to_owned(), closing_on.to_string());
            }
            Event::Customer(
                CustomerEvent::ContractClosed { contract } | CustomerEvent::ContractOpened { contract, .. },
            ) => {
                detail.entry("contract".to_owned()).or_insert_with(|| contract.to_string());
            }
            Event::Staff(event) => staff_detail(event, &mut detail),
            Event::Access(AccessEvent::Viewed { count, .. }) => {
                detail.insert("customers".to_owned(), count.to_string());
            }
            _ => {}
        }
    }
    detail
}

/// Which role, which branch, which days.
fn staff_detail(event: &StaffEvent, detail: &mut BTreeMap<String, String>) {
    let mut put = |key: &str, value: String| drop(detail.insert(key.to_owned(), value));
    let mut role_of = |role: &Role, branch: &BranchCode| {
        put("staff_role", role_word(*role));
        put("staff_branch", branch.to_string());
    };
    match event {
        StaffEvent::StaffAdded { role, branch }
        | StaffEvent::StaffChanged { role, branch, .. }
        | StaffEvent::StaffProposed {
            change: StaffChange::Add { role, branch } | StaffChange::Change { role, branch },
            ..
        } => role_of(role, branch),
        StaffEvent::DeputyNamed { branch, from, until }
        | StaffEvent::StaffProposed { change: StaffChange::Deputy { branch, from, until }, .. } => {
            put("deputy_branch", branch.to_string());
            put("deputy_from", from.to_string());
            put("deputy_until", until.to_string());
        }
        StaffEvent::DeputyEnded { branch } => put("deputy_branch", branch.to_string()),
        _ => {}
    }
    if let StaffEvent::StaffProposed { change, .. } = event {
        detail.insert("proposed".to_owned(), crate::cases::staff_admin::change_word(change).to_owned());
    }
}

/// As it is stored: the screen has the word for it.
fn role_word(role: Role) -> String {
    serde_json::to_value(role).ok().and_then(|value| value.as_str().map(str::to_owned)).unwrap_or_default()
}
