//! The names that a page of 発行ログ shows, looked up together.

use std::collections::{BTreeSet, HashMap};
use std::sync::{Arc, LazyLock};

use domain::Subject;
use domain::id::PolicyChangeId;
use domain::policy::{PolicyChange, PolicyLog};
use sqlx::{AssertSqlSafe, SqliteConnection};
use wire::Entry;

use super::about::About;
use super::line;
use super::ties::Ties;
use crate::error::DeskError;
use crate::replica::entries;
use crate::replica::marks::{self, Word};
use crate::replica::one_row::{self, OneRow};

type Found = HashMap<String, String>;

#[derive(Default)]
pub(super) struct Names {
    customers: Found,
    staff: Found,
    terminals: Found,
    /// 利用者ID by certificate.
    users: Found,
    /// 受付番号 by application.
    receipts: Found,
    /// Of the reports that these entries go on with.
    ties: Ties,
    /// Where one of these entries names a change of it by its id.
    policy: Option<PolicyLog>,
}

/// Whose names are looked up.
#[derive(Default)]
pub(super) struct Wanted {
    pub(super) customers: BTreeSet<String>,
    pub(super) staff: BTreeSet<String>,
    pub(super) terminals: BTreeSet<String>,
    pub(super) certificates: BTreeSet<String>,
    pub(super) applications: BTreeSet<String>,
}

impl Names {
    /// Of everybody these entries name.
    pub(super) async fn of(db: &mut SqliteConnection, entries: &[(u32, Entry)]) -> Result<Self, DeskError> {
        let ties = reports(&mut *db, entries).await?;
        let mut wanted = Wanted::default();
        for (_, entry) in entries {
            wanted.customers.extend(line::customer(entry));
            wanted.terminals.extend(line::terminal(&entry.actor));
            match &entry.subject {
                Subject::Staff(id) => drop(wanted.staff.insert(id.to_string())),
                Subject::Terminal(id) => drop(wanted.terminals.insert(id.to_string())),
                _ => {}
            }
            wanted.staff.extend(entry.actor.staff().map(ToString::to_string));
            let about = ties.about(entry);
            wanted.certificates.extend(about.certificates.iter().map(ToString::to_string));
            wanted.applications.extend(about.applications.iter().map(ToString::to_string));
        }
        let policy = policy(&mut *db, entries).await?;
        Ok(Self { ties, policy, ..Self::look(db, wanted).await? })
    }

    pub(super) async fn look(db: &mut SqliteConnection, wanted: Wanted) -> Result<Self, DeskError> {
        static TEXT: LazyLock<Arc<str>> = LazyLock::new(|| {
            let named = [
                ("customer", "customer_id", "COALESCE(name, '')"),
                ("staff", "staff_id", "COALESCE(json_extract(state, '$.details.name'), '')"),
                ("terminal", "terminal_id", "COALESCE(json_extract(state, '$.label'), '')"),
                ("certificate", "certificate_id", "user_id"),
                ("application", "application_id", "receipt"),
            ];
            let rows = named.iter().zip(1..).map(|((table, id, name), list)| one_row::among(table, (id, name), list));
            rows.collect::<Vec<_>>().join(" UNION ALL ").into()
        });
        let mut question = sqlx::query(AssertSqlSafe(TEXT.clone()));
        let Wanted { customers, staff, terminals, certificates, applications } = wanted;
        for ids in [customers, staff, terminals, certificates, applications] {
            question = question.bind(one_row::list(ids));
        }
        let mut rows = question.fetch_all(db).await?.into_iter();
        let mut known = || -> Result<Found, DeskError> {
            let Some(row) = rows.next().map(OneRow::<String>::of).transpose()?.flatten() else {
                return Ok(Found::default());
            };
            Ok(row.texts()?.into_iter().map(|(id, name)| (id.clone(), name.to_owned())).collect())
        };
        Ok(Self {
            customers: known()?,
            staff: known()?,
            terminals: known()?,
            users: known()?,
            receipts: known()?,
            ties: Ties::default(),
            policy: None,
        })
    }

    pub(super) fn customer(&self, id: &str) -> String {
        self.customers.get(id).cloned().unwrap_or_default()
    }

    /// As people know them: name and number.
    pub(super) fn staff(&self, id: &str) -> String {
        match self.staff.get(id).filter(|name| !name.is_empty()) {
            Some(name) => format!("{name}({id})"),
            None => id.to_owned(),
        }
    }

    pub(super) fn terminal(&self, id: &str) -> String {
        self.terminals.get(id).cloned().unwrap_or_default()
    }

    pub(super) fn policy_change(&self, id: PolicyChangeId) -> Option<&PolicyChange> {
        self.policy.as_ref()?.change(id)
    }

    /// What an entry is about, as far as a line shows it.
    pub(super) fn about(&self, entry: &Entry) -> About {
        self.ties.about(entry)
    }

    /// The user IDs, each once.
    pub(super) fn users(&self, about: &About) -> String {
        let of_certificates = about.certificates.iter().filter_map(|id| self.users.get(&id.to_string()).cloned());
        let mut users: Vec<String> = of_certificates.chain(about.users.iter().map(ToString::to_string)).collect();
        let mut seen = BTreeSet::new();
        users.retain(|user| seen.insert(user.clone()));
        users.join("、")
    }

    pub(super) fn receipt(&self, about: &About) -> String {
        let last = about.applications.last();
        last.and_then(|id| self.receipts.get(&id.to_string()).cloned()).unwrap_or_default()
    }
}

/// The stops that these entries go on with: an entry about what was said of one names no certificate itself.
async fn reports(db: &mut SqliteConnection, entries: &[(u32, Entry)]) -> Result<Ties, DeskError> {
    let goes_on = |entry: &Entry| {
        let about = About::of(entry);
        !about.incidents.is_empty() && about.certificates.is_empty() && about.users.is_empty()
    };
    let on: BTreeSet<String> =
        entries.iter().filter(|(_, entry)| goes_on(entry)).filter_map(|(_, entry)| line::customer(entry)).collect();
    if on.is_empty() {
        return Ok(Ties::default());
    }
    let on: Vec<String> = on.into_iter().collect();
    let mentioned = marks::mentions(&mut *db, &on).await?;
    let stops = marks::among(&mut *db, &Word::Kind("incident_reported".into()), mentioned).await?;
    let stops = entries::at(db, &stops.into_iter().collect::<Vec<_>>()).await?;
    Ok(Ties::of(stops.iter().map(|(_, entry)| entry), None))
}

async fn policy(db: &mut SqliteConnection, entries: &[(u32, Entry)]) -> Result<Option<PolicyLog>, DeskError> {
    if !entries.iter().any(|(_, entry)| matches!(entry.subject, Subject::Policy(_))) {
        return Ok(None);
    }
    let row: Option<(String,)> = sqlx::query_as("SELECT state FROM policy").fetch_optional(db).await?;
    Ok(row.map(|(json,)| serde_json::from_str(&json)).transpose()?)
}
