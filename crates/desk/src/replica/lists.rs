//! The tables that the lists of 今日の仕事 read: one row a certificate, application or open report. They are made from the
//! customer's state and from nothing else, so they can always be made again.

use std::collections::{BTreeMap, BTreeSet};

use domain::ErrorCode;
use domain::calendar;
use domain::customer::{Certificate, CertificateState, Customer, StopScope};
use domain::id::CustomerId;
use serde::Serialize;
use sqlx::{Connection as _, SqliteConnection};

use super::{rows, set};
use crate::cases::views;
use crate::error::DeskError;

/// Of the tables as they were first filled. What they hold has its version with everything else that is made from the
/// entries: `DERIVED` beside this module is the number to raise.
const VERSION: u32 = 1;
const VERSION_KEY: &str = "lists-version";
/// Customers read at a time while the tables are made anew.
const BATCH: i64 = 500;

/// Makes the tables anew where an older version filled them. All of it or nothing: a PC switched off in between starts
/// over.
pub(super) async fn rebuild_if_older(writer: &mut SqliteConnection) -> Result<(), DeskError> {
    let filled: Option<(Vec<u8>,)> =
        sqlx::query_as("SELECT value FROM meta WHERE key = $1").bind(VERSION_KEY).fetch_optional(&mut *writer).await?;
    if filled.is_some_and(|(by,)| by == VERSION.to_string().as_bytes()) {
        return Ok(());
    }
    let mut db = writer.begin().await?;
    let mut after = String::new();
    loop {
        let rows: Vec<(String, String)> = sqlx::query_as(
            "SELECT customer_id, state FROM customer WHERE customer_id > $1 ORDER BY customer_id LIMIT $2",
        )
        .bind(&after)
        .bind(BATCH)
        .fetch_all(&mut *db)
        .await?;
        let Some((last, _)) = rows.last() else { break };
        after.clone_from(last);
        let mut customers = BTreeMap::new();
        for (customer, state) in rows {
            customers.insert(customer, serde_json::from_str(&state)?);
        }
        write(&mut db, &customers).await?;
    }
    set(&mut db, VERSION_KEY, VERSION.to_string().as_bytes()).await?;
    Ok(db.commit().await?)
}

/// A customer as it stands.
pub(crate) async fn customer(db: &mut SqliteConnection, id: CustomerId) -> Result<Customer, DeskError> {
    let row: Option<(String,)> = sqlx::query_as("SELECT state FROM customer WHERE customer_id = $1")
        .bind(id.to_string())
        .fetch_optional(db)
        .await?;
    let (json,) = row.ok_or(ErrorCode::CustomerUnknown)?;
    Ok(serde_json::from_str(&json)?)
}

/// Writes customers with their rows: those that were there go first.
pub(crate) async fn write(db: &mut SqliteConnection, customers: &BTreeMap<String, Customer>) -> Result<(), DeskError> {
    let states = customers
        .iter()
        .map(|(id, state)| Ok((id.clone(), serde_json::to_string(state)?, state.details.clone())))
        .collect::<Result<Vec<_>, DeskError>>()?;
    let then = " ON CONFLICT (customer_id) DO UPDATE SET state = excluded.state, name = excluded.name,
         kana = excluded.kana, phone = excluded.phone";
    let into = ("INSERT INTO customer (customer_id, state, name, kana, phone) ", 5, then);
    rows::insert(db, into, states, |row, (id, state, details)| {
        let details = details.map(|d| (d.name, d.kana, d.phone)).unwrap_or_default();
        row.push_bind(id).push_bind(state).push_bind(details.0).push_bind(details.1).push_bind(details.2);
    })
    .await?;
    let ids: Vec<String> = customers.keys().cloned().collect();
    for text in [
        "DELETE FROM application WHERE customer_id",
        "DELETE FROM certificate WHERE customer_id",
        "DELETE FROM incident WHERE customer_id",
        "DELETE FROM held WHERE customer_id",
    ] {
        rows::among(db, text, &ids).await?;
    }
    applications(db, customers).await?;
    certificates(db, customers).await?;
    incidents(db, customers).await?;
    held(db, customers).await
}

/// Every one of something, with the customer it belongs to.
fn each<'a, T: 'a, I: Iterator<Item = &'a T>>(
    customers: &'a BTreeMap<String, Customer>,
    of: impl Fn(&'a Customer) -> I,
) -> Vec<(&'a String, &'a Customer, &'a T)> {
    customers.iter().flat_map(|(id, state)| of(state).map(move |one| (id, state, one))).collect()
}

async fn applications(db: &mut SqliteConnection, customers: &BTreeMap<String, Customer>) -> Result<(), DeskError> {
    let into =
        "INSERT INTO application (application_id, customer_id, state, submitted_at, receipt, kind, contract, users,
         registered_by, comment) ";
    let mut lines = Vec::new();
    for (customer, state, application) in each(customers, |c| c.applications.iter()) {
        let users: BTreeSet<String> = application.request.touches(state).iter().map(ToString::to_string).collect();
        let users: Vec<String> = users.into_iter().collect();
        let by: String = application.registered_by.iter().map(|staff| format!("{staff},")).collect();
        lines.push((
            customer,
            application,
            word(&views::kind(&application.request))?,
            users.join("、"),
            format!(",{by}"),
        ));
    }
    rows::insert(db, (into, 10, ""), lines, |row, (customer, application, kind, users, by)| {
        row.push_bind(application.id.to_string())
            .push_bind(customer.clone())
            .push_bind(application.state.as_str())
            .push_bind(application.submitted_at.to_rfc3339())
            .push_bind(application.receipt.to_string())
            .push_bind(kind)
            .push_bind(application.request.contract().to_string())
            .push_bind(users)
            .push_bind(by)
            .push_bind(application.comment.clone().unwrap_or_default());
    })
    .await?;
    Ok(())
}

async fn certificates(db: &mut SqliteConnection, customers: &BTreeMap<String, Customer>) -> Result<(), DeskError> {
    let into =
        "INSERT INTO certificate (certificate_id, customer_id, application_id, state, slips, handed_over, user_id,
         contract, role, device, deadline, ends_on, renews, held, needed, successor) ";
    let mut lines = Vec::new();
    for (customer, state, certificate) in each(customers, |c| c.certificates.iter()) {
        let role = state.user(&certificate.user).map(|(_, user)| word(&user.role)).transpose()?;
        lines.push((customer, state, certificate, role.unwrap_or_default()));
    }
    rows::insert(db, (into, 16, ""), lines, |row, (customer, state, certificate, role)| {
        let ends_on = certificate.signed.as_ref().map(|signed| calendar::jst_day(signed.not_after).to_string());
        let of_user = |c: &&Certificate| c.user == certificate.user && c.id != certificate.id;
        let successor = state.certificates.iter().filter(of_user).find(|c| c.state.successor());
        row.push_bind(certificate.id.to_string())
            .push_bind(customer.clone())
            .push_bind(certificate.application.to_string())
            .push_bind(certificate.state.as_str())
            .push_bind(certificate.slips)
            .push_bind(certificate.handover.is_some())
            .push_bind(certificate.user.to_string())
            .push_bind(certificate.contract.to_string())
            .push_bind(role)
            .push_bind(certificate.device_label.clone())
            .push_bind(certificate.deadline.to_string())
            .push_bind(ends_on.unwrap_or_default())
            .push_bind(certificate.renews.is_some())
            .push_bind(certificate.held.is_some())
            .push_bind(needed(state, certificate))
            .push_bind(successor.map_or("", |c| c.state.as_str()));
    })
    .await?;
    Ok(())
}

/// Will its user ID need a certificate after this one? Not if it left, if its contract ends, or if it has another.
fn needed(state: &Customer, certificate: &Certificate) -> bool {
    let goes_on = state
        .user(&certificate.user)
        .is_some_and(|(contract, user)| contract.active && contract.closing_on.is_none() && !user.removed);
    // Ended, and ended again: the last one is the one to call about.
    let later = |c: &&Certificate| {
        c.user == certificate.user
            && c.id != certificate.id
            && (c.state.usable() || (c.state == CertificateState::Expired && c.signed_at > certificate.signed_at))
    };
    goes_on && !state.certificates.iter().any(|c| later(&c))
}

async fn incidents(db: &mut SqliteConnection, customers: &BTreeMap<String, Customer>) -> Result<(), DeskError> {
    let into =
        "INSERT INTO incident (incident_id, customer_id, reported_at, confirmed, paper, cause, user_id, contract,
         caller, call_back, reminded) ";
    let mut lines = Vec::new();
    for (customer, _, incident) in each(customers, |c| c.incidents.iter().filter(|i| i.outcome.is_none())) {
        lines.push((customer, incident, word(&incident.cause)?));
    }
    rows::insert(db, (into, 11, ""), lines, |row, (customer, incident, cause)| {
        let (user, contract) = match &incident.scope {
            StopScope::User { user } => (user.to_string(), String::new()),
            StopScope::Contract { contract } => (String::new(), contract.to_string()),
        };
        let said = incident.details.as_ref().map(|d| (d.caller.clone(), d.phone.clone())).unwrap_or_default();
        row.push_bind(incident.id.to_string())
            .push_bind(customer.clone())
            .push_bind(incident.reported_at.to_rfc3339())
            .push_bind(incident.confirmed_by.is_some())
            .push_bind(incident.paper_on.is_some())
            .push_bind(cause)
            .push_bind(user)
            .push_bind(contract)
            .push_bind(said.0)
            .push_bind(said.1)
            .push_bind(u32::try_from(incident.reminded.len()).unwrap_or(u32::MAX));
    })
    .await?;
    Ok(())
}

async fn held(db: &mut SqliteConnection, customers: &BTreeMap<String, Customer>) -> Result<(), DeskError> {
    let lines = each(customers, Customer::waiting_acts);
    rows::insert(db, ("INSERT INTO held (act, customer_id, at) ", 3, ""), lines, |row, (customer, _, held)| {
        row.push_bind(held.act.to_string()).push_bind(customer.clone()).push_bind(held.at.to_rfc3339());
    })
    .await?;
    Ok(())
}

/// A variant's stored word.
fn word<T: Serialize>(variant: &T) -> Result<String, DeskError> {
    Ok(serde_json::to_value(variant)?.as_str().unwrap_or_default().to_owned())
}
