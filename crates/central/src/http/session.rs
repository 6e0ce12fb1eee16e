//! Sessions of staff: sign-in, unlock, sign-out, and who is signed in now. Passwords are `password`'s matter.

use axum::Json;
use axum::extract::{FromRequestParts, State};
use axum::http::{StatusCode, header, request::Parts};
use chrono::Duration as Span;
use domain::id::{BranchCode, CommandId, SessionId, StaffId, TerminalId};
use domain::staff::{Staff, StaffCommand};
use domain::{Actor, ErrorCode, Role};
use wire::api::session::{SignIn, SignedIn, VerifyPassword};

use super::App;
use super::error::{ApiError, Body};
use super::password;
use super::terminal::Terminal;
use crate::store::act::{Act, Aside, Command, Refused};
use crate::store::read;

/// A session that signs in over another's lock lives so long.
const OVER_LOCK_MINUTES: i64 = 5;

/// Who is signed in, with the rights of this moment.
pub(super) struct StaffSession {
    pub(super) id: SessionId,
    pub(super) staff: Staff,
    pub(super) role: Role,
    pub(super) branch: BranchCode,
}

impl StaffSession {
    /// As the log names whoever works at a terminal.
    pub(super) fn actor(&self, terminal: TerminalId) -> Actor {
        Actor::Staff {
            staff: self.staff.id.clone(),
            role: self.role,
            branch: self.branch.clone(),
            terminal,
            session: self.id,
        }
    }
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

pub(super) async fn sign_in(
    terminal: Terminal,
    State(app): State<App>,
    Body(request): Body<SignIn>,
) -> Result<Json<SignedIn>, ApiError> {
    password::check(&app, terminal.id, &request.staff, request.password).await?;
    let staff = read::staff(&app.readers, &request.staff).await?.ok_or(ErrorCode::SignInDenied)?;
    let (Some(role), Some(branch)) = (staff.role, staff.branch.clone()) else {
        return Err(ErrorCode::SignInDenied.into());
    };
    let session = SessionId(uuid::Uuid::new_v4());
    let token = hex::encode(crate::random::bytes::<32>());
    let life = if request.over_lock {
        Span::minutes(OVER_LOCK_MINUTES)
    } else {
        Span::hours(i64::from(app.policy().session_hours))
    };
    let expires_at = app.clock.now() + life;
    let actor = Actor::Staff { staff: staff.id.clone(), role, branch: branch.clone(), terminal: terminal.id, session };
    let id = CommandId(uuid::Uuid::now_v7());
    let act = Act {
        id,
        actor: actor.clone(),
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
    };
    // A member of staff works at terminals of the own branch; head office and auditors at any.
    let opened = if branch != terminal.branch && !role.reads_every_branch() {
        Err(ErrorCode::BranchNotPermitted.into())
    } else {
        app.writer.act(act).await
    };
    if let Err(refusal) = opened {
        let (kind, code) = ("sign_in".to_owned(), refusal.code);
        app.writer.refused(Refused { command: id, actor, kind, code, sealed: None }).await?;
        return Err(refusal.into());
    }
    Ok(Json(SignedIn {
        session,
        token,
        staff: staff.id,
        name: staff.details.map(|d| d.name).unwrap_or_default(),
        role,
        branch,
        expires_at,
        policy: (*app.policy()).clone(),
    }))
}

pub(super) async fn verify(
    terminal: Terminal,
    session: StaffSession,
    State(app): State<App>,
    Body(request): Body<VerifyPassword>,
) -> Result<StatusCode, ApiError> {
    password::check(&app, terminal.id, &session.staff.id, request.password).await?;
    Ok(StatusCode::NO_CONTENT)
}

pub(super) async fn sign_out(
    terminal: Terminal,
    session: StaffSession,
    State(app): State<App>,
) -> Result<StatusCode, ApiError> {
    app.writer
        .act(Act {
            asides: vec![Aside::EndSession { session: session.id }],
            ..Act::new(
                session.actor(terminal.id),
                Command::Staff(session.staff.id, StaffCommand::SignOut { session: session.id }),
            )
        })
        .await?;
    Ok(StatusCode::NO_CONTENT)
}
