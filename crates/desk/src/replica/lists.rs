//! The tables that the lists of 今日の仕事 read: one row a certificate, application or open report. They are made from the
//! customer's state and from nothing else, so they can always be made again.

use std::collections::BTreeSet;

use domain::calendar;
use domain::customer::{Certificate, CertificateState, Customer, StopScope};
use serde::Serialize;
use sqlx::{Connection as _, SqliteConnection};

use super::set;
use crate::cases::views;
use crate::error::DeskError;

/// What the tables hold. Raised whenever that changes: a replica filled by an older version fills them anew.
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
        for (customer, state) in &rows {
            fill(&mut db, customer, &serde_json::from_str(state)?).await?;
        }
    }
    set(&mut db, VERSION_KEY, VERSION.to_string().as_bytes()).await?;
    Ok(db.commit().await?)
}

/// Fills the rows of one customer.
pub(crate) async fn fill(db: &mut SqliteConnection, customer: &str, state: &Customer) -> Result<(), DeskError> {
    let details = state.details.as_ref();
    sqlx::query("UPDATE customer SET name = $2, kana = $3, phone = $4 WHERE customer_id = $1")
        .bind(customer)
        .bind(details.map_or("", |d| &d.name))
        .bind(details.map_or("", |d| &d.kana))
        .bind(details.map_or("", |d| &d.phone))
        .execute(&mut *db)
        .await?;
    applications(db, customer, state).await?;
    certificates(db, customer, state).await?;
    incidents(db, customer, state).await
}

async fn applications(db: &mut SqliteConnection, customer: &str, state: &Customer) -> Result<(), DeskError> {
    sqlx::query("DELETE FROM application WHERE customer_id = $1").bind(customer).execute(&mut *db).await?;
    for application in &state.applications {
        let users: BTreeSet<String> = application.request.touches(state).iter().map(ToString::to_string).collect();
        let users: Vec<String> = users.into_iter().collect();
        let by: String = application.registered_by.iter().map(|staff| format!("{staff},")).collect();
        sqlx::query(
            "INSERT INTO application (application_id, customer_id, state, submitted_at, receipt, kind, contract, users,
             registered_by, comment) VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10)",
        )
        .bind(application.id.to_string())
        .bind(customer)
        .bind(application.state.as_str())
        .bind(application.submitted_at.to_rfc3339())
        .bind(application.receipt.to_string())
        .bind(word(&views::kind(&application.request))?)
        .bind(application.request.contract().to_string())
        .bind(users.join("、"))
        .bind(format!(",{by}"))
        .bind(application.comment.as_deref().unwrap_or_default())
        .execute(&mut *db)
        .await?;
    }
    Ok(())
}

async fn certificates(db: &mut SqliteConnection, customer: &str, state: &Customer) -> Result<(), DeskError> {
    sqlx::query("DELETE FROM certificate WHERE customer_id = $1").bind(customer).execute(&mut *db).await?;
    for certificate in &state.certificates {
        let role = state.user(&certificate.user).map(|(_, user)| word(&user.role)).transpose()?;
        let ends_on = certificate.signed.as_ref().map(|signed| calendar::jst_day(signed.not_after).to_string());
        let of_user = |c: &&Certificate| c.user == certificate.user && c.id != certificate.id;
        let successor = state.certificates.iter().filter(of_user).find(|c| c.state.successor());
        sqlx::query(
            "INSERT INTO certificate (certificate_id, customer_id, application_id, state, slips, handed_over, user_id,
             contract, role, device, deadline, ends_on, renews, held, needed, successor)
             VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12, $13, $14, $15, $16)",
        )
        .bind(certificate.id.to_string())
        .bind(customer)
        .bind(certificate.application.to_string())
        .bind(certificate.state.as_str())
        .bind(certificate.slips)
        .bind(certificate.handover.is_some())
        .bind(certificate.user.to_string())
        .bind(certificate.contract.to_string())
        .bind(role.unwrap_or_default())
        .bind(&certificate.device_label)
        .bind(certificate.deadline.to_string())
        .bind(ends_on.unwrap_or_default())
        .bind(certificate.renews.is_some())
        .bind(certificate.held.is_some())
        .bind(needed(state, certificate))
        .bind(successor.map_or("", |c| c.state.as_str()))
        .execute(&mut *db)
        .await?;
    }
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

async fn incidents(db: &mut SqliteConnection, customer: &str, state: &Customer) -> Result<(), DeskError> {
    sqlx::query("DELETE FROM incident WHERE customer_id = $1").bind(customer).execute(&mut *db).await?;
    for incident in state.incidents.iter().filter(|i| i.outcome.is_none()) {
        let (user, contract) = match &incident.scope {
            StopScope::User { user } => (user.to_string(), String::new()),
            StopScope::Contract { contract } => (String::new(), contract.to_string()),
        };
        let details = incident.details.as_ref();
        sqlx::query(
            "INSERT INTO incident (incident_id, customer_id, reported_at, confirmed, paper, cause, user_id, contract,
             caller, call_back, reminded) VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11)",
        )
        .bind(incident.id.to_string())
        .bind(customer)
        .bind(incident.reported_at.to_rfc3339())
        .bind(incident.confirmed_by.is_some())
        .bind(incident.paper_on.is_some())
        .bind(word(&incident.cause)?)
        .bind(user)
        .bind(contract)
        .bind(details.map_or("", |d| &d.caller))
        .bind(details.map_or("", |d| &d.phone))
        .bind(u32::try_from(incident.reminded.len()).unwrap_or(u32::MAX))
        .execute(&mut *db)
        .await?;
    }
    Ok(())
}

/// A variant's stored word.
fn word<T: Serialize>(variant: &T) -> Result<String, DeskError> {
    Ok(serde_json::to_value(variant)?.as_str().unwrap_or_default().to_owned())
}
