//! Sign-in of staff. Wrong passwords are slow, counted, and lock the account; an unknown staff id costs the same time
//! and answers alike.

use std::sync::LazyLock;
use std::time::Duration;

use argon2::password_hash::phc::PasswordHash;
use argon2::{Argon2, PasswordHasher as _, PasswordVerifier as _};
use axum::Json;
use axum::extract::{FromRequestParts, State};
use axum::http::{StatusCode, header, request::Parts};
use chrono::{DateTime, Duration as Span};
use domain::id::{BranchCode, CommandId, SessionId, StaffId};
use domain::staff::{Staff, StaffCommand};
use domain::{Actor, ErrorCode, Refusal, Role};
use wire::api::session::{SignIn, SignedIn, VerifyPassword};

use super::App;
use super::error::{ApiError, Body};
use super::terminal::Terminal;
use crate::store::act::{Act, Aside, Command};
use crate::store::read;

/// A session that signs in over another's lock lives so long.
const OVER_LOCK_MINUTES: i64 = 5;

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

/// A hash that no password fits, so that an unknown staff id costs as much as a known one.
static NOBODY: LazyLock<String> =
    LazyLock::new(|| hash(&hex::encode(crate::random::bytes::<16>())).unwrap_or_default());

/// Who is signed in, with the rights of this moment.
pub(super) struct StaffSession {
    pub(super) id: SessionId,
    pub(super) staff: Staff,
    pub(super) role: Role,
    pub(super) branch: BranchCode,
}

impl FromRequestParts<App> for StaffSession {
    type Rejection = ApiError;

    async fn from_request_parts(parts: &mut Parts, app: &App) -> Result<Self, ApiError> {
        let terminal = Terminal::from_request_parts(parts, app).await?;
        let missing = || ApiError::from(ErrorCode::SessionMissing);
        let token = parts
            .headers
            .get(header::AUTHORIZATION)
            .and_then(|value| value.to_str().ok())
            .and_then(|value| value.strip_prefix("Bearer "))
            .ok_or_else(missing)?;
        let session = read::session(&app.readers, &wire::sha256_hex(token.as_bytes())).await?.ok_or_else(missing)?;
        if session.terminal_id != terminal.id.to_string() {
            return Err(ErrorCode::SessionMismatch.into());
        }
        let now = app.clock.now();
        if session.expires_ms <= now.timestamp_millis() {
            return Err(missing());
        }
        let staff: StaffId = session.staff_id.parse()?;
        let staff = read::staff(&app.readers, &staff).await?.ok_or_else(missing)?;
        if staff.locked_until.is_some_and(|until| until > now) {
            return Err(missing());
        }
        let (Some(role), Some(branch)) = (staff.role, staff.branch.clone()) else { return Err(missing()) };
        Ok(Self { id: session.session_id.parse()?, staff, role, branch })
    }
}

/// Is this the password of this member of staff? Counts wrong ones and locks.
async fn password_fits(app: &App, terminal: &Terminal, id: &StaffId, password: String) -> Result<(), Refusal> {
    let broken = |fault: crate::store::writer::Fault| {
        tracing::error!(%fault, "sign-in failed");
        Refusal::new(ErrorCode::Internal)
    };
    let secret = read::staff_secret(&app.readers, id).await.map_err(broken)?;
    let now = app.clock.now_ms();
    if let Some(until) = secret.as_ref().map(|s| s.locked_until_ms).filter(|until| *until > now) {
        let until = DateTime::from_timestamp_millis(until).unwrap_or_default();
        return Err(Refusal::new(ErrorCode::SignInLocked).with("until", until.to_rfc3339()));
    }
    let stored = secret.as_ref().map_or_else(|| NOBODY.clone(), |s| s.password_hash.clone());
    let permit = app.hashing.acquire().await.map_err(|_| ErrorCode::Unavailable)?;
    let fits = tokio::task::spawn_blocking(move || {
        PasswordHash::new(&stored)
            .is_ok_and(|hash| Argon2::default().verify_password(password.as_bytes(), &hash).is_ok())
    })
    .await
    .unwrap_or(false);
    drop(permit);
    let Some(secret) = secret else { return Err(ErrorCode::SignInDenied.into()) };
    if fits {
        if secret.tries > 0 {
            app.writer.aside(Aside::Tries { staff: id.clone(), tries: 0, locked_until_ms: 0 }).await?;
        }
        return Ok(());
    }
    let tries = secret.tries + 1;
    if tries < i64::from(app.config.policy.sign_in_tries) {
        app.writer.aside(Aside::Tries { staff: id.clone(), tries, locked_until_ms: 0 }).await?;
        // Each wrong one makes the next slower.
        tokio::time::sleep(Duration::from_millis(250 << tries.min(4))).await;
        return Err(ErrorCode::SignInDenied.into());
    }
    let until = app.clock.now() + Span::minutes(i64::from(app.config.policy.sign_in_lock_minutes));
    app.writer
        .act(Act {
            id: CommandId(uuid::Uuid::now_v7()),
            actor: Actor::Terminal { terminal: terminal.id },
            command: Command::Staff(id.clone(), StaffCommand::LockOut { terminal: terminal.id, until }),
            expected_version: None,
            attached: None,
            sealed: None,
            asides: vec![Aside::Tries { staff: id.clone(), tries: 0, locked_until_ms: until.timestamp_millis() }],
        })
        .await?;
    Err(Refusal::new(ErrorCode::SignInLocked).with("until", until.to_rfc3339()))
}

pub(super) async fn sign_in(
    terminal: Terminal,
    State(app): State<App>,
    Body(request): Body<SignIn>,
) -> Result<Json<SignedIn>, ApiError> {
    password_fits(&app, &terminal, &request.staff, request.password).await?;
    let staff = read::staff(&app.readers, &request.staff).await?.ok_or(ErrorCode::SignInDenied)?;
    let (Some(role), Some(branch)) = (staff.role, staff.branch.clone()) else {
        return Err(ErrorCode::SignInDenied.into());
    };
    // A member of staff works at terminals of the own branch; head office and auditors at any.
    if branch != terminal.branch && !role.reads_every_branch() {
        return Err(ErrorCode::BranchNotPermitted.into());
    }
    let session = SessionId(uuid::Uuid::new_v4());
    let token = hex::encode(crate::random::bytes::<32>());
    let life = if request.over_lock {
        Span::minutes(OVER_LOCK_MINUTES)
    } else {
        Span::hours(i64::from(app.config.policy.session_hours))
    };
    let expires_at = app.clock.now() + life;
    app.writer
        .act(Act {
            id: CommandId(uuid::Uuid::now_v7()),
            actor: Actor::Staff {
                staff: staff.id.clone(),
                role,
                branch: branch.clone(),
                terminal: terminal.id,
                session,
            },
            command: Command::Staff(
                staff.id.clone(),
                StaffCommand::SignIn { terminal: terminal.id, session, over_lock: request.over_lock },
            ),
            expected_version: None,
            attached: None,
            sealed: None,
            asides: vec![Aside::Session {
                session,
                token_sha256: wire::sha256_hex(token.as_bytes()),
                staff: staff.id.clone(),
                terminal: terminal.id,
                expires_ms: expires_at.timestamp_millis(),
            }],
        })
        .await?;
    Ok(Json(SignedIn {
        session,
        token,
        staff: staff.id,
        name: staff.details.map(|d| d.name).unwrap_or_default(),
        role,
        branch,
        expires_at,
        policy: app.config.policy.clone(),
    }))
}

pub(super) async fn verify(
    terminal: Terminal,
    session: StaffSession,
    State(app): State<App>,
    Body(request): Body<VerifyPassword>,
) -> Result<StatusCode, ApiError> {
    password_fits(&app, &terminal, &session.staff.id, request.password).await?;
    Ok(StatusCode::NO_CONTENT)
}

pub(super) async fn sign_out(
    terminal: Terminal,
    session: StaffSession,
    State(app): State<App>,
) -> Result<StatusCode, ApiError> {
    app.writer
        .act(Act {
            id: CommandId(uuid::Uuid::now_v7()),
            actor: Actor::Staff {
                staff: session.staff.id.clone(),
                role: session.role,
                branch: session.branch,
                terminal: terminal.id,
                session: session.id,
            },
            command: Command::Staff(session.staff.id, StaffCommand::SignOut { session: session.id }),
            expected_version: None,
            attached: None,
            sealed: None,
            asides: vec![Aside::EndSession { session: session.id }],
        })
        .await?;
    Ok(StatusCode::NO_CONTENT)
}
