//! What an act on a member of staff changes outside the log, in its transaction: the password, and the sessions that end.
//! Which of it happens is told by the events alone, whatever was sent with the act.

use domain::ErrorCode;
use domain::id::StaffId;
use domain::staff::{Ends, StaffChange, StaffEvent};

use super::act::{Act, Aside};
use super::db::{self, Connection, query};
use super::tables::TableError;

/// Writes it. An act of a desk that needs a password and has none is refused.
pub(super) async fn write(
    db: &mut Connection,
    staff: &StaffId,
    events: &[StaffEvent],
    act: &Act,
) -> Result<(), TableError> {
    let confirmed = events.iter().any(|event| matches!(event, StaffEvent::ProposalConfirmed { .. }));
    let mut settled = confirmed;
    for event in events {
        match event.ends() {
            Ends::Nothing => {}
            Ends::Every => end_sessions(db, staff, "").await?,
            Ends::Others(own) => end_sessions(db, staff, &own.to_string()).await?,
        }
        if needs_half(event) {
            match hash(act) {
                Some(hash) => keep_half(db, staff, hash).await?,
                None => return Err(TableError::Refused(ErrorCode::PasswordMissing.into())),
            }
        }
        if event.sets_password() {
            match hash(act) {
                Some(second) if confirmed => {
                    let Some(first) = half(db, staff).await? else {
                        return Err(TableError::Refused(ErrorCode::PasswordMissing.into()));
                    };
                    set(db, staff, &format!("{first} {second}")).await?;
                }
                Some(hash) => set(db, staff, hash).await?,
                None if act.sealed.is_some() => return Err(TableError::Refused(ErrorCode::PasswordMissing.into())),
                // The operator's own accounts for tests of the store have none.
                None => {}
            }
        }
        let (unlocked, left) = (matches!(event, StaffEvent::StaffUnlocked {}), *event == StaffEvent::StaffLeft {});
        settled |= left || matches!(event, StaffEvent::ProposalDismissed { .. });
        for (text, applies) in [
            ("UPDATE staff_secret SET tries = 0, locked_until_ms = 0 WHERE staff_id = $1", unlocked),
            ("DELETE FROM staff_secret WHERE staff_id = $1", left),
        ] {
            if applies {
                query(text).bind(staff.as_str()).execute(&mut *db).await?;
            }
        }
    }
    if settled {
        query("DELETE FROM staff_half WHERE staff_id = $1").bind(staff.as_str()).execute(db).await?;
    }
    Ok(())
}

/// After a restore: the password that came with this event is gone with the database, and the one before it had ended.
pub(super) async fn forget(db: &mut Connection, staff: &StaffId, event: &StaffEvent) -> Result<(), db::Error> {
    if event.ends() != Ends::Nothing {
        end_sessions(db, staff, "").await?;
    }
    if event.sets_password() || *event == (StaffEvent::StaffLeft {}) {
        query("DELETE FROM staff_secret WHERE staff_id = $1").bind(staff.as_str()).execute(&mut *db).await?;
    }
    // The half that belongs to a proposal that came back is gone, too; one of before the backup is another's.
    if matches!(
        event,
        StaffEvent::StaffProposed { .. }
            | StaffEvent::ProposalConfirmed { .. }
            | StaffEvent::ProposalDismissed { .. }
            | StaffEvent::StaffLeft {}
    ) {
        query("DELETE FROM staff_half WHERE staff_id = $1").bind(staff.as_str()).execute(db).await?;
    }
    Ok(())
}

/// A proposal that comes with the first half of a password.
fn needs_half(event: &StaffEvent) -> bool {
    matches!(event, StaffEvent::StaffProposed { change: StaffChange::Add { .. } | StaffChange::ResetPassword {}, .. })
}

fn hash(act: &Act) -> Option<&str> {
    act.asides.iter().find_map(|aside| match aside {
        Aside::Password { hash, .. } => Some(hash.as_str()),
        _ => None,
    })
}

async fn set(db: &mut Connection, staff: &StaffId, hash: &str) -> Result<(), db::Error> {
    query(
        "INSERT INTO staff_secret (staff_id, password_hash, tries, locked_until_ms) VALUES ($1, $2, 0, 0)
         ON CONFLICT (staff_id) DO UPDATE SET password_hash = excluded.password_hash, tries = 0, locked_until_ms = 0",
    )
    .bind(staff.as_str())
    .bind(hash)
    .execute(db)
    .await
    .map(drop)
}

async fn keep_half(db: &mut Connection, staff: &StaffId, hash: &str) -> Result<(), db::Error> {
    query(
        "INSERT INTO staff_half (staff_id, password_hash) VALUES ($1, $2)
         ON CONFLICT (staff_id) DO UPDATE SET password_hash = excluded.password_hash",
    )
    .bind(staff.as_str())
    .bind(hash)
    .execute(db)
    .await
    .map(drop)
}

async fn half(db: &mut Connection, staff: &StaffId) -> Result<Option<String>, db::Error> {
    let row: Option<(String,)> = query("SELECT password_hash FROM staff_half WHERE staff_id = $1")
        .bind(staff.as_str())
        .fetch_optional(db)
        .await?;
    Ok(row.map(|(hash,)| hash))
}

async fn end_sessions(db: &mut Connection, staff: &StaffId, but: &str) -> Result<(), db::Error> {
    query("DELETE FROM session WHERE staff_id = $1 AND session_id <> $2")
        .bind(staff.as_str())
        .bind(but)
        .execute(db)
        .await
        .map(drop)
}
