//! What the feed says about acts of this desk: the entry is the record, whether the answer told of it or not.

use std::collections::HashSet;

use domain::customer::{CustomerEvent, HoldReason};
use domain::{Actor, ErrorCode, Event, Refusal};
use sqlx::SqliteConnection;
use wire::Entry;

use super::SHOWN;
use crate::error::DeskError;

/// Entries came back. Those of acts of this desk settle them: done, or held until a supervisor has looked.
pub(crate) async fn came_back<'a>(
    db: &mut SqliteConnection,
    entries: impl Iterator<Item = &'a Entry>,
) -> Result<(), DeskError> {
    let ours: Vec<(String,)> =
        sqlx::query_as("SELECT command_id FROM outbox WHERE state NOT IN ('confirmed', 'dealt')")
            .fetch_all(&mut *db)
            .await?;
    if ours.is_empty() {
        return Ok(());
    }
    let ours: HashSet<String> = ours.into_iter().map(|(id,)| id).collect();
    for entry in entries {
        let id = entry.id.to_string();
        for event in &entry.events {
            let Event::Customer(event) = event else { continue };
            match event {
                CustomerEvent::ActHeld { act, reason, .. } if ours.contains(&act.to_string()) => {
                    mark(db, &act.to_string(), "held", held(*reason).into()).await?;
                }
                CustomerEvent::HeldActAccepted { act } if ours.contains(&act.to_string()) => {
                    confirmed(db, &act.to_string(), entry).await?;
                }
                CustomerEvent::HeldActDismissed { act } if ours.contains(&act.to_string()) => {
                    let mut refusal = Refusal::new(ErrorCode::HeldActDismissed);
                    if let Actor::Staff { staff, .. } = &entry.actor {
                        refusal = refusal.with("by", staff);
                    }
                    mark(db, &act.to_string(), "refused", refusal).await?;
                }
                _ => {}
            }
        }
        let waits = entry.events.iter().any(|e| matches!(e, Event::Customer(CustomerEvent::ActHeld { .. })));
        if ours.contains(&id) && !waits {
            confirmed(db, &id, entry).await?;
        }
    }
    Ok(())
}

/// Why an act is held, as the screens know it.
pub(crate) fn held(reason: HoldReason) -> ErrorCode {
    match reason {
        HoldReason::StaffLocked => ErrorCode::HeldStaffLocked,
        HoldReason::StaffChanged => ErrorCode::HeldStaffChanged,
        HoldReason::Late => ErrorCode::HeldLate,
        HoldReason::TerminalRevoked => ErrorCode::HeldTerminalRevoked,
    }
}

async fn mark(db: &mut SqliteConnection, command: &str, state: &str, why: Refusal) -> Result<(), DeskError> {
    let why = DeskError::Refused(why).view();
    sqlx::query("UPDATE outbox SET state = $2, error = $3 WHERE command_id = $1")
        .bind(command)
        .bind(state)
        .bind(serde_json::to_string(&why)?)
        .execute(db)
        .await?;
    Ok(())
}

async fn confirmed(db: &mut SqliteConnection, command: &str, entry: &Entry) -> Result<(), DeskError> {
    sqlx::query("DELETE FROM draft WHERE application_id = (SELECT draft FROM outbox WHERE command_id = $1)")
        .bind(command)
        .execute(&mut *db)
        .await?;
    sqlx::query(
        "UPDATE outbox SET state = 'confirmed', settled_at = $2, error = NULL, request = '', token = ''
         WHERE command_id = $1",
    )
    .bind(command)
    .bind(entry.at.to_rfc3339())
    .execute(&mut *db)
    .await?;
    sqlx::query("DELETE FROM outbox WHERE state = 'confirmed' AND seq <= (SELECT MAX(seq) FROM outbox) - $1")
        .bind(SHOWN)
        .execute(db)
        .await?;
    Ok(())
}

/// The feed has passed the places of these acts, and they did not come as entries this desk may read: they are about
/// another branch's customer, and done.
pub(crate) async fn passed(db: &mut SqliteConnection, size: u64) -> Result<(), sqlx::Error> {
    sqlx::query(
        "UPDATE outbox SET state = 'confirmed', settled_at = made_at, request = '', token = ''
         WHERE state = 'sent' AND idx < $1",
    )
    .bind(i64::try_from(size).unwrap_or(i64::MAX))
    .execute(db)
    .await?;
    Ok(())
}
