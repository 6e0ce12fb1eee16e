//! Passwords of staff: verified off the async threads, few at a time, and counted. A wrong one is slow, too many lock.
//! An id that nobody has costs the same time and gets the same answers, so that ids can't be found out.

use std::collections::HashMap;
use std::sync::{Arc, LazyLock, Mutex};
use std::time::Duration;

use argon2::password_hash::phc::PasswordHash;
use argon2::{Argon2, PasswordHasher as _, PasswordVerifier as _};
use chrono::{DateTime, Duration as Span};
use domain::id::{StaffId, TerminalId};
use domain::staff::StaffCommand;
use domain::{Actor, ErrorCode, Refusal};
use tokio::sync::Semaphore;
use tokio::time::Instant;
use zeroize::Zeroizing;

use super::App;
use super::queues::Queues;
use crate::store::act::{Act, Aside, Command};
use crate::store::read;
use crate::store::writer::Fault;

/// Passwords hashed at once: each takes memory and a core.
const HASHING: usize = 2;
/// Ids that nobody has and that are remembered.
const STRANGERS: usize = 10_000;

/// A hash that no password fits.
static NOBODY: LazyLock<String> =
    LazyLock::new(|| hash(&hex::encode(crate::random::bytes::<16>())).unwrap_or_default());

/// Hashes a password (argon2id, PHC string).
///
/// # Errors
/// The hasher failed.
pub(crate) fn hash(password: &str) -> anyhow::Result<String> {
    let salt = crate::random::bytes::<16>();
    let hash: PasswordHash =
        Argon2::default().hash_password_with_salt(password.as_bytes(), &salt).map_err(|e| anyhow::anyhow!("{e}"))?;
    Ok(hash.to_string())
}

/// Wrong passwords in a row, and until when the account is locked (0: not).
#[derive(Debug, Clone, Copy, Default)]
struct Tries {
    count: i64,
    locked_until_ms: i64,
}

/// Where passwords are tried. One for the whole service.
pub(crate) struct Gate {
    hashing: Arc<Semaphore>,
    queues: Queues,
    strangers: Mutex<HashMap<StaffId, Tries>>,
}

impl Default for Gate {
    fn default() -> Self {
        Self { hashing: Arc::new(Semaphore::new(HASHING)), queues: Queues::default(), strangers: Mutex::default() }
    }
}

impl Gate {
    fn stranger(&self, staff: &StaffId) -> Tries {
        self.strangers.lock().ok().and_then(|known| known.get(staff).copied()).unwrap_or_default()
    }

    fn remember(&self, staff: &StaffId, tries: Tries, now_ms: i64) {
        let Ok(mut known) = self.strangers.lock() else { return };
        if known.len() >= STRANGERS {
            known.retain(|_, tries| tries.locked_until_ms > now_ms);
        }
        if known.len() < STRANGERS {
            known.insert(staff.clone(), tries);
        }
    }

    async fn fits(&self, password: Zeroizing<String>, hash: String) -> Result<bool, Refusal> {
        let permit = Arc::clone(&self.hashing).acquire_owned().await.map_err(|_| ErrorCode::Unavailable)?;
        let verified = tokio::task::spawn_blocking(move || {
            // Held by the thread: a client that goes away does not make room for one more.
            let _permit = permit;
            verify(&password, &hash)
        });
        Ok(verified.await.unwrap_or(false))
    }

    /// Hashes a new password, in its turn.
    pub(super) async fn hash(&self, password: String) -> Result<String, Refusal> {
        let permit = Arc::clone(&self.hashing).acquire_owned().await.map_err(|_| ErrorCode::Unavailable)?;
        let hashed = tokio::task::spawn_blocking(move || {
            let _permit = permit;
            hash(&password)
        });
        hashed.await.ok().and_then(Result::ok).ok_or_else(|| ErrorCode::Internal.into())
    }
}

/// Does it fit? What two persons gave a half of each is held as two hashes. Both are tried whatever the first says.
fn verify(password: &str, hash: &str) -> bool {
    let one = |password: &str, hash: &str| {
        PasswordHash::new(hash).is_ok_and(|hash| Argon2::default().verify_password(password.as_bytes(), &hash).is_ok())
    };
    match hash.split_once(' ') {
        None => one(password, hash),
        Some((first, second)) => {
            let (left, right) = domain::password::halves(password).unwrap_or((password, password));
            let (left, right) = (one(left, first), one(right, second));
            left && right
        }
    }
}

fn locked(until_ms: i64) -> Refusal {
    let until = DateTime::from_timestamp_millis(until_ms).unwrap_or_default();
    Refusal::new(ErrorCode::SignInLocked).with("until", until.to_rfc3339())
}

fn broken(fault: &Fault) -> Refusal {
    tracing::error!(%fault, "sign-in failed");
    ErrorCode::Internal.into()
}

/// Is this the password of this member of staff?
///
/// # Errors
/// [`ErrorCode::SignInDenied`], or [`ErrorCode::SignInLocked`] from the try on that locks.
pub(super) async fn check(app: &App, terminal: TerminalId, staff: &StaffId, password: String) -> Result<(), Refusal> {
    let checked = tried(app, terminal, staff, password).await;
    match checked.as_ref().map_err(|refusal| refusal.code) {
        Err(ErrorCode::SignInDenied) => app.writer.measured().sign_ins_failed.add(1),
        Err(ErrorCode::SignInLocked) => app.writer.measured().sign_ins_locked.add(1),
        _ => {}
    }
    checked
}

async fn tried(app: &App, terminal: TerminalId, staff: &StaffId, password: String) -> Result<(), Refusal> {
    let (begun, password) = (Instant::now(), Zeroizing::new(password));
    let turn = app.gate.queues.turn(staff).await;
    let secret = read::staff_secret(&app.readers, staff).await.map_err(|fault| broken(&fault))?;
    let tries = match &secret {
        Some(secret) => Tries { count: secret.tries, locked_until_ms: secret.locked_until_ms },
        None => app.gate.stranger(staff),
    };
    if tries.locked_until_ms > app.clock.now_ms() {
        return Err(locked(tries.locked_until_ms));
    }
    let hash = secret.as_ref().map_or_else(|| NOBODY.clone(), |s| s.password_hash.clone());
    if app.gate.fits(password, hash).await? && secret.is_some() {
        if tries.count > 0 {
            app.writer.aside(Aside::Tries { staff: staff.clone(), tries: 0, locked_until_ms: 0 }).await?;
        }
        return Ok(());
    }
    let count = tries.count + 1;
    if count >= i64::from(app.policy().sign_in_tries) {
        return Err(lock(app, terminal, staff, secret.is_some()).await?);
    }
    match secret {
        Some(_) => {
            app.writer.aside(Aside::WrongPassword { staff: staff.clone() }).await?;
        }
        None => app.gate.remember(staff, Tries { count, locked_until_ms: 0 }, app.clock.now_ms()),
    }
    drop(turn);
    // Each wrong one makes the next slower; counted from the beginning, so that work done or not done does not show.
    tokio::time::sleep_until(begun + Duration::from_millis(250 << count.min(4))).await;
    Err(ErrorCode::SignInDenied.into())
}

async fn lock(app: &App, terminal: TerminalId, staff: &StaffId, known: bool) -> Result<Refusal, Refusal> {
    let now = app.clock.now();
    let until = now + Span::minutes(i64::from(app.policy().sign_in_lock_minutes));
    let until_ms = until.timestamp_millis();
    if known {
        let act = Act {
            asides: vec![Aside::Tries { staff: staff.clone(), tries: 0, locked_until_ms: until_ms }],
            ..Act::new(
                Actor::Terminal { terminal },
                Command::Staff(staff.clone(), StaffCommand::LockOut { terminal, until }),
            )
        };
        app.writer.act(act).await?;
    } else {
        app.gate.remember(staff, Tries { count: 0, locked_until_ms: until_ms }, now.timestamp_millis());
    }
    Ok(locked(until_ms))
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used, reason = "tests")]
    use crate::testing::{PASSWORD, Service};

    use super::*;

    async fn codes(service: &Service, staff: &str, password: &str, at_once: usize) -> Vec<&'static str> {
        let tries: Vec<_> = (0..at_once)
            .map(|_| {
                let (app, staff) = (service.app.clone(), staff.parse().unwrap());
                let password = password.to_owned();
                let terminal = TerminalId(uuid::Uuid::nil());
                tokio::spawn(async move { check(&app, terminal, &staff, password).await })
            })
            .collect();
        let mut codes = Vec::new();
        for one in tries {
            codes.push(one.await.unwrap().map_or_else(|refusal| refusal.code.as_str(), |()| "good"));
        }
        codes.sort_unstable();
        codes
    }

    #[tokio::test(flavor = "multi_thread")]
    async fn many_at_once_count_one_by_one_and_strangers_get_the_same_answers() {
        let service = Service::new(|config| config.policy.sign_in_tries = 3).await;
        let expected = [vec!["sign_in_denied"; 2], vec!["sign_in_locked"; 18]].concat();
        for staff in ["T1001", "NOBODY01"] {
            assert_eq!(codes(&service, staff, "wrong", 20).await, expected, "{staff}");
            assert_eq!(codes(&service, staff, PASSWORD, 1).await, ["sign_in_locked"], "{staff}");
        }
        service.clock.advance(chrono::Duration::minutes(16));
        assert_eq!(codes(&service, "T1001", PASSWORD, 1).await, ["good"]);
        assert_eq!(codes(&service, "NOBODY01", PASSWORD, 1).await, ["sign_in_denied"]);
        // A right one forgets the wrong ones before it.
        for _ in 0..2 {
            assert_eq!(codes(&service, "T1001", "wrong", 1).await, ["sign_in_denied"]);
            assert_eq!(codes(&service, "T1001", PASSWORD, 1).await, ["good"]);
        }
    }

    #[tokio::test(flavor = "multi_thread")]
    async fn a_stranger_costs_as_much_time() {
        let service = Service::new(|_| {}).await;
        let mut times = Vec::new();
        for staff in ["T1001", "NOBODY01"] {
            let begun = Instant::now();
            assert_eq!(codes(&service, staff, "wrong", 1).await, ["sign_in_denied"]);
            times.push(begun.elapsed());
        }
        for time in times {
            assert!(time >= Duration::from_millis(500), "{time:?} is shorter than the delay that hides the work");
        }
    }
}
