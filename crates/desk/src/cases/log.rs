//! 発行ログ: the entries this desk holds, newest first, a page at a time.

use std::collections::{BTreeMap, BTreeSet};

use domain::customer::CustomerEvent;
use domain::event::{AccessEvent, ViewKind};
use domain::id::BranchCode;
use domain::staff::{StaffChange, StaffEvent};
use domain::{Actor, Event, Role, Subject};
use wire::Entry;

use crate::desk::Desk;
use crate::error::DeskError;
use crate::replica::claim;
use crate::view::{LogLine, LogPage};

/// Largest page.
const PAGE: u32 = 500;

impl Desk {
    /// Entries below `before` (or from the newest).
    ///
    /// # Errors
    /// Nobody works here, or the replica failed.
    pub async fn log_page(&self, before: Option<u32>, limit: u32) -> Result<LogPage, DeskError> {
        let staff = self.working()?;
        let db = &self.inner.replica.readers;
        let limit = limit.clamp(1, PAGE);
        let rows: Vec<(i64, Vec<u8>)> =
            sqlx::query_as("SELECT idx, bytes FROM entry WHERE idx < $1 ORDER BY idx DESC LIMIT $2")
                .bind(before.map_or(i64::MAX, i64::from))
                .bind(limit)
                .fetch_all(db)
                .await?;
        let (total,): (i64,) = sqlx::query_as("SELECT COUNT(*) FROM entry").fetch_one(db).await?;
        let full = rows.len() == limit as usize;
        let mut lines = Vec::with_capacity(rows.len());
        for (index, bytes) in rows {
            lines.push(self.line(u32::try_from(index).unwrap_or(u32::MAX), &Entry::from_bytes(&bytes)?).await);
        }
        let customers = lines.iter().filter_map(|line| line.customer_id.clone());
        self.showing(&staff, ViewKind::Log, customers.collect()).await?;
        let next_before = lines.last().filter(|_| full).map(|line| line.index);
        Ok(LogPage { lines, next_before, total: u32::try_from(total).unwrap_or(u32::MAX) })
    }

    pub(super) async fn line(&self, index: u32, entry: &Entry) -> LogLine {
        let (subject_kind, customer_id) = match &entry.subject {
            Subject::Customer(id) => ("customer", Some(id.to_string())),
            Subject::Staff(_) => ("staff", None),
            Subject::Terminal(_) => ("terminal", None),
            Subject::Institution(_) => ("institution", None),
            Subject::Policy(_) => ("policy", None),
            Subject::Branch(_) => ("branch", None),
        };
        // A look at one of the branch's customers, by staff of another, is about that customer.
        let sought = entry.events.iter().find_map(|event| match event {
            Event::Access(AccessEvent::StopTargetSought { customer, .. }) => customer.map(|id| id.to_string()),
            Event::Access(AccessEvent::Viewed { customers, count: 1, .. }) => {
                customers.first().map(ToString::to_string)
            }
            _ => None,
        });
        let customer_id = customer_id.or(sought);
        let actor_deputy = matches!(&entry.actor, Actor::Staff { deputy: true, .. });
        let (actor_kind, actor_id, actor_role, terminal) = match &entry.actor {
            Actor::Staff { staff, role, terminal, .. } => ("staff", staff.to_string(), Some(*role), Some(*terminal)),
            Actor::Customer { .. } => ("customer", String::new(), None, None),
            Actor::Terminal { terminal } => ("terminal", terminal.to_string(), None, Some(*terminal)),
            Actor::System { job } => ("system", job.clone(), None, None),
            Actor::Operator { name } => ("operator", name.clone(), None, None),
        };
        let actor_name = if actor_kind == "staff" { self.staff_name(&actor_id).await } else { String::new() };
        let customer_name = match (&customer_id, &entry.subject) {
            (Some(id), _) => self.customer_name(id).await,
            (None, Subject::Staff(id)) => self.staff_name(id.as_str()).await,
            (None, Subject::Terminal(id)) => self.terminal_label(&id.to_string()).await,
            (None, Subject::Branch(code)) => format!("{}({code})", self.branch_name(code.as_str())),
            (None, _) => String::new(),
        };
        let terminal_label = match terminal {
            Some(id) => self.terminal_label(&id.to_string()).await,
            None => String::new(),
        };
        let (user_id, receipt) = self.what(entry).await;
        let detail = detail(entry);
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
            terminal_label,
            customer_id,
            customer_name,
            user_id,
            receipt,
            detail,
            made_at: claim.map(|(made_at, _)| made_at.to_rfc3339()),
            offline: claim.is_some_and(|(_, offline)| offline),
        }
    }

    async fn terminal_label(&self, id: &str) -> String {
        let row: Result<Option<(String,)>, _> = sqlx::query_as("SELECT state FROM terminal WHERE terminal_id = $1")
            .bind(id)
            .fetch_optional(&self.inner.replica.readers)
            .await;
        let terminal: Option<domain::terminal::Terminal> =
            row.ok().flatten().and_then(|(json,)| serde_json::from_str(&json).ok());
        terminal.map(|t| t.label).unwrap_or_default()
    }

    /// The user IDs and the receipt number an entry is about.
    async fn what(&self, entry: &Entry) -> (String, String) {
        let Subject::Customer(id) = &entry.subject else { return Default::default() };
        let Ok(customer) = self.find_customer(*id).await else { return Default::default() };
        let (mut users, mut receipt) = (Vec::new(), String::new());
        for event in &entry.events {
            let Event::Customer(event) = event else { continue };
            match event {
                CustomerEvent::SlipPrinted { certificate, .. }
                | CustomerEvent::PickupCodeLost { certificate }
                | CustomerEvent::SlipHandedOver { certificate, .. }
                | CustomerEvent::CertificateSigned { certificate, .. }
                | CustomerEvent::CertificateActivated { certificate }
                | CustomerEvent::CertificateSuspended { certificate, .. }
                | CustomerEvent::RightFrozen { certificate, .. }
                | CustomerEvent::CertificateResumed { certificate }
                | CustomerEvent::RightReleased { certificate }
                | CustomerEvent::CertificateRevoked { certificate, .. }
                | CustomerEvent::RightCancelled { certificate }
                | CustomerEvent::RenewalGranted { certificate, .. }
                | CustomerEvent::RightLapsed { certificate }
                | CustomerEvent::CertificateExpired { certificate }
                | CustomerEvent::GraceEnded { certificate } => {
                    users.extend(customer.certificate(*certificate).map(|c| c.user.to_string()));
                }
                CustomerEvent::RightGranted { user, .. }
                | CustomerEvent::UserRemoved { user, .. }
                | CustomerEvent::AdviceGiven { user, .. } => {
                    users.push(user.to_string());
                }
                CustomerEvent::UserMoved { user, .. } => users.push(user.user.to_string()),
                CustomerEvent::ApplicationSubmitted { application, .. }
                | CustomerEvent::ApplicationResubmitted { application, .. }
                | CustomerEvent::ApplicationApproved { application }
                | CustomerEvent::ApplicationReturned { application }
                | CustomerEvent::ApplicationRejected { application }
                | CustomerEvent::ApplicationWithdrawn { application }
                | CustomerEvent::CustomerChanged { application }
                | CustomerEvent::ApplicationCompleted { application } => {
                    receipt = customer.application(*application).map(|a| a.receipt.to_string()).unwrap_or_default();
                }
                CustomerEvent::CustomerRecorded { .. }
                | CustomerEvent::CustomerMoved { .. }
                | CustomerEvent::ContractRecorded { .. }
                | CustomerEvent::ContractOpened { .. }
                | CustomerEvent::ContractClosing { .. }
                | CustomerEvent::ContractClosed { .. }
                | CustomerEvent::ContractLinked { .. }
                | CustomerEvent::UserAdded { .. }
                | CustomerEvent::IncidentReported { .. }
                | CustomerEvent::IncidentRecorded { .. }
                | CustomerEvent::RevocationPaperReceived { .. }
                | CustomerEvent::IncidentConfirmed { .. }
                | CustomerEvent::PaperReminderRecorded { .. }
                | CustomerEvent::StopToReview { .. }
                | CustomerEvent::HeldActAccepted { .. }
                | CustomerEvent::HeldActDismissed { .. }
                | CustomerEvent::ActHeld { .. }
                | CustomerEvent::IncidentClosed { .. } => {}
            }
        }
        let mut seen = BTreeSet::new();
        users.retain(|user| seen.insert(user.clone()));
        (users.join("、"), receipt)
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
        | StaffEvent::StaffChanged { role, branch }
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
        detail.insert("proposed".to_owned(), super::staff_admin::change_word(change).to_owned());
    }
}

/// As it is stored: the screen has the word for it.
fn role_word(role: Role) -> String {
    serde_json::to_value(role).ok().and_then(|value| value.as_str().map(str::to_owned)).unwrap_or_default()
}
