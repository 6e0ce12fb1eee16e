//! The names that a page of 発行ログ shows, looked up together.

use std::collections::{BTreeSet, HashMap};

use domain::{Actor, Subject};
use sqlx::{SqliteConnection, SqlitePool};
use wire::Entry;

use super::about::About;
use super::line;
use crate::error::DeskError;
use crate::replica::rows;

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
}

impl Names {
    pub(super) async fn of(db: &SqlitePool, entries: &[(u32, Entry)]) -> Result<Self, DeskError> {
        let [mut customers, mut staff, mut terminals, mut certificates, mut applications] =
            [const { BTreeSet::<String>::new() }; 5];
        for (_, entry) in entries {
            customers.extend(line::customer(entry));
            terminals.extend(line::terminal(&entry.actor));
            match &entry.subject {
                Subject::Staff(id) => drop(staff.insert(id.to_string())),
                Subject::Terminal(id) => drop(terminals.insert(id.to_string())),
                _ => {}
            }
            if let Actor::Staff { staff: id, .. } = &entry.actor {
                staff.insert(id.to_string());
            }
            let about = About::of(entry);
            certificates.extend(about.certificates.iter().map(ToString::to_string));
            applications.extend(about.applications.iter().map(ToString::to_string));
        }
        let mut db = db.acquire().await?;
        let customers = known(&mut db, ("SELECT customer_id, name FROM customer", "customer_id"), customers).await?;
        let staff =
            (("SELECT staff_id, COALESCE(json_extract(state, '$.details.name'), '') FROM staff", "staff_id"), staff);
        let staff = known(&mut db, staff.0, staff.1).await?;
        let text = "SELECT terminal_id, COALESCE(json_extract(state, '$.label'), '') FROM terminal";
        let terminals = known(&mut db, (text, "terminal_id"), terminals).await?;
        let text = "SELECT certificate_id, user_id FROM certificate";
        let users = known(&mut db, (text, "certificate_id"), certificates).await?;
        let text = "SELECT application_id, receipt FROM application";
        let receipts = known(&mut db, (text, "application_id"), applications).await?;
        Ok(Self { customers, staff, terminals, users, receipts })
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

async fn known(
    db: &mut SqliteConnection,
    from: (&'static str, &'static str),
    ids: BTreeSet<String>,
) -> Result<Found, DeskError> {
    let ids: Vec<String> = ids.into_iter().collect();
    Ok(rows::states(db, from, &ids).await?.into_iter().collect())
}
