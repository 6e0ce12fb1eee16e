//! Entries as lines of 発行ログ. The names of a whole page are looked up together: a page is a few questions, not hundreds.

use domain::event::AccessEvent;
use domain::id::BranchCode;
use domain::{Actor, Event, Subject};
use sqlx::SqliteConnection;
use wire::Entry;

use super::detail;
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

    /// As it is shown in the log: 店名(店番).
    pub(super) fn branch_label(&self, code: &BranchCode) -> String {
        match self.branch_name(code.as_str()) {
            name if name.is_empty() => code.to_string(),
            name => format!("{name}({code})"),
        }
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
            (None, Subject::Branch(code)) => self.branch_label(code),
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
            detail: detail::of(entry, names, &|code| self.branch_label(code)),
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
