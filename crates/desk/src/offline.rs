//! Signing in without the centre: for a while after the last sign-in at it on this PC, by a verifier in the encrypted
//! replica. Wrong passwords are counted before they are tried, so that ending the program gives none back.

use argon2::password_hash::phc::PasswordHash;
use argon2::{Argon2, PasswordHasher as _, PasswordVerifier as _};
use chrono::{DateTime, TimeDelta, Utc};
use domain::id::StaffId;
use domain::{ErrorCode, Refusal};
use wire::api::session::SignedIn;

use crate::error::DeskError;
use crate::replica::Replica;

/// Wrong passwords before only the centre can say who it is.
const TRIES: i64 = 5;

/// Remembers who signed in at the centre.
pub(crate) async fn remember(
    replica: &Replica,
    signed_in: &SignedIn,
    password: &str,
    at: DateTime<Utc>,
) -> Result<(), DeskError> {
    let password = zeroize::Zeroizing::new(password.to_owned());
    let verifier = tokio::task::spawn_blocking(move || hash(&password)).await;
    let verifier = verifier.map_err(|e| DeskError::Internal(e.to_string()))??;
    // The token stays out: without the centre it is good for nothing, and with it there is a new one.
    let session = SignedIn { token: String::new(), ..signed_in.clone() };
    let mut db = replica.writer().await?;
    sqlx::query(
        "INSERT INTO offline_staff (staff_id, verifier, session, signed_in_ms, tries) VALUES ($1, $2, $3, $4, 0)
         ON CONFLICT (staff_id) DO UPDATE SET verifier = excluded.verifier, session = excluded.session,
         signed_in_ms = excluded.signed_in_ms, tries = 0",
    )
    .bind(signed_in.staff.as_str())
    .bind(verifier)
    .bind(serde_json::to_string(&session)?)
    .bind(at.timestamp_millis())
    .execute(&mut *db)
    .await?;
    Ok(())
}

/// Forgets somebody whom the centre has locked.
pub(crate) async fn forget(replica: &Replica, staff: &StaffId) -> Result<(), DeskError> {
    let mut db = replica.writer().await?;
    sqlx::query("DELETE FROM offline_staff WHERE staff_id = $1").bind(staff.as_str()).execute(&mut *db).await?;
    Ok(())
}

/// Is it this person, and lately enough? The session it gives has no token: what is done in it is judged by the centre
/// when it arrives.
pub(crate) async fn sign_in(
    replica: &Replica,
    staff: &StaffId,
    password: &str,
    now: DateTime<Utc>,
) -> Result<SignedIn, DeskError> {
    let (verifier, mut session, until) = begin(replica, staff, now).await?;
    let password = zeroize::Zeroizing::new(password.to_owned());
    let fits = tokio::task::spawn_blocking(move || fits(&password, &verifier)).await;
    if !fits.map_err(|e| DeskError::Internal(e.to_string()))? {
        return Err(ErrorCode::SignInDenied.into());
    }
    let mut db = replica.writer().await?;
    sqlx::query("UPDATE offline_staff SET tries = 0 WHERE staff_id = $1")
        .bind(staff.as_str())
        .execute(&mut *db)
        .await?;
    session.expires_at = until;
    Ok(session)
}

/// Counts the try, and gives what it is tried against.
async fn begin(
    replica: &Replica,
    staff: &StaffId,
    now: DateTime<Utc>,
) -> Result<(String, SignedIn, DateTime<Utc>), DeskError> {
    let over = |hours: u32| DeskError::Refused(Refusal::new(ErrorCode::OfflineSignInOver).with("hours", hours));
    let mut db = replica.writer().await?;
    let known: Option<(String, i64, i64)> =
        sqlx::query_as("SELECT session, signed_in_ms, tries FROM offline_staff WHERE staff_id = $1")
            .bind(staff.as_str())
            .fetch_optional(&mut *db)
            .await?;
    let Some((session, signed_in_ms, tries)) = known else {
        return Err(over(domain::Policy::default().offline_sign_in_hours));
    };
    let session: SignedIn = serde_json::from_str(&session)?;
    let signed_in = DateTime::from_timestamp_millis(signed_in_ms).unwrap_or_default();
    let in_force = replica.policy.borrow().as_ref().map(|timeline| timeline.at(now).offline_sign_in_hours);
    let hours = in_force.unwrap_or(session.policy.offline_sign_in_hours);
    let until = signed_in + TimeDelta::hours(i64::from(hours));
    if now >= until || ended_since(&mut db, staff, signed_in).await? {
        return Err(over(hours));
    }
    if tries >= TRIES {
        return Err(ErrorCode::OfflineSignInLocked.into());
    }
    let (verifier,): (String,) =
        sqlx::query_as("UPDATE offline_staff SET tries = tries + 1 WHERE staff_id = $1 RETURNING verifier")
            .bind(staff.as_str())
            .fetch_one(&mut *db)
            .await?;
    Ok((verifier, session, until))
}

/// Does this desk's copy of the log know that the account was locked, or got another password, after that sign-in?
async fn ended_since(
    db: &mut sqlx::SqliteConnection,
    staff: &StaffId,
    signed_in: DateTime<Utc>,
) -> Result<bool, DeskError> {
    let row: Option<(String,)> =
        sqlx::query_as("SELECT state FROM staff WHERE staff_id = $1").bind(staff.as_str()).fetch_optional(db).await?;
    let Some((state,)) = row else { return Ok(false) };
    let state: domain::staff::Staff = serde_json::from_str(&state)?;
    Ok(state.administered.locked || state.unknown_before().is_some_and(|at| at > signed_in))
}

fn hash(password: &str) -> Result<String, DeskError> {
    let mut salt = [0; 16];
    aws_lc_rs::rand::fill(&mut salt).map_err(|_| DeskError::Internal("no randomness".into()))?;
    let hash: PasswordHash = Argon2::default()
        .hash_password_with_salt(password.as_bytes(), &salt)
        .map_err(|e| DeskError::Internal(e.to_string()))?;
    Ok(hash.to_string())
}

fn fits(password: &str, verifier: &str) -> bool {
    PasswordHash::new(verifier).is_ok_and(|hash| Argon2::default().verify_password(password.as_bytes(), &hash).is_ok())
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used, clippy::panic, reason = "tests")]
    use super::*;

    const PASSWORD: &str = "himitsu-2026";

    fn at(hours: i64) -> DateTime<Utc> {
        DateTime::UNIX_EPOCH + TimeDelta::hours(hours)
    }

    fn signed_in() -> SignedIn {
        SignedIn {
            session: domain::id::SessionId(uuid::Uuid::from_u128(7)),
            token: "secret-token".into(),
            staff: "T1001".parse().unwrap(),
            name: "n".into(),
            role: domain::Role::Teller,
            branch: "011".parse().unwrap(),
            expires_at: at(12),
            deputy: None,
            must_change_password: false,
            policy: domain::Policy::default(),
        }
    }

    async fn replica(dir: &tempfile::TempDir) -> Replica {
        Replica::open(&dir.path().join("replica.sqlite"), &[1; 32]).await.unwrap()
    }

    async fn code(replica: &Replica, password: &str, now: DateTime<Utc>) -> Option<ErrorCode> {
        sign_in(replica, &"T1001".parse().unwrap(), password, now).await.err().map(|e| e.code())
    }

    #[tokio::test]
    async fn twelve_hours_and_no_second_more() {
        let dir = tempfile::tempdir().unwrap();
        let replica = replica(&dir).await;
        assert_eq!(code(&replica, PASSWORD, at(0)).await, Some(ErrorCode::OfflineSignInOver), "never here");
        remember(&replica, &signed_in(), PASSWORD, at(0)).await.unwrap();
        let session = sign_in(&replica, &"T1001".parse().unwrap(), PASSWORD, at(11)).await.unwrap();
        assert_eq!((session.token.as_str(), session.session, session.expires_at), ("", signed_in().session, at(12)));
        assert_eq!(code(&replica, PASSWORD, at(12) - TimeDelta::milliseconds(1)).await, None);
        assert_eq!(code(&replica, PASSWORD, at(12)).await, Some(ErrorCode::OfflineSignInOver));
        let stored: Vec<(String, String)> =
            sqlx::query_as("SELECT verifier, session FROM offline_staff").fetch_all(&replica.readers).await.unwrap();
        let stored = format!("{stored:?}");
        assert!(stored.contains("$argon2id$") && !stored.contains(PASSWORD) && !stored.contains("secret-token"));
        replica.close().await.unwrap();
    }

    #[tokio::test]
    async fn five_wrong_passwords_are_enough_whatever_is_restarted() {
        let dir = tempfile::tempdir().unwrap();
        let one = replica(&dir).await;
        remember(&one, &signed_in(), PASSWORD, at(0)).await.unwrap();
        for _ in 0..3 {
            assert_eq!(code(&one, "wrong", at(1)).await, Some(ErrorCode::SignInDenied));
        }
        one.close().await.unwrap();
        let one = replica(&dir).await;
        // All at once: each is counted.
        let tried = futures_util::future::join_all((0..9).map(|_| code(&one, "wrong", at(1)))).await;
        assert_eq!(tried.iter().filter(|code| **code == Some(ErrorCode::SignInDenied)).count(), 2, "{tried:?}");
        one.close().await.unwrap();
        let one = replica(&dir).await;
        for hours in [1, 2, 11] {
            assert_eq!(code(&one, PASSWORD, at(hours)).await, Some(ErrorCode::OfflineSignInLocked));
        }
        // Only the centre helps.
        remember(&one, &signed_in(), PASSWORD, at(2)).await.unwrap();
        assert_eq!(code(&one, PASSWORD, at(3)).await, None);
        one.close().await.unwrap();
    }

    #[tokio::test]
    async fn whoever_is_known_to_be_locked_does_not_get_in() {
        let dir = tempfile::tempdir().unwrap();
        let replica = replica(&dir).await;
        remember(&replica, &signed_in(), PASSWORD, at(1)).await.unwrap();
        let mut staff = domain::staff::Staff::unknown("T1001".parse().unwrap());
        for (locked, expected) in [(at(0), None), (at(2), Some(ErrorCode::OfflineSignInOver))] {
            staff.locked_at = Some(locked);
            let mut db = replica.writer().await.unwrap();
            sqlx::query("INSERT OR REPLACE INTO staff (staff_id, state) VALUES ('T1001', $1)")
                .bind(serde_json::to_string(&staff).unwrap())
                .execute(&mut *db)
                .await
                .unwrap();
            drop(db);
            assert_eq!(code(&replica, PASSWORD, at(3)).await, expected);
        }
        forget(&replica, &"T1001".parse().unwrap()).await.unwrap();
        assert_eq!(code(&replica, PASSWORD, at(3)).await, Some(ErrorCode::OfflineSignInOver));
        replica.close().await.unwrap();
    }
}
