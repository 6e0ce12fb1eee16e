//! Sessions of staff: sign-in, unlock, sign-out, and who is signed in now. Passwords are `password`'s matter.

use axum::Json;
use axum::extract::{FromRequestParts, State};
use axum::http::{StatusCode, header, request::Parts};
use chrono::{DateTime, Duration as Span, Utc};
use domain::authorisation::{acting, acting_on_branch};
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

/// The same, with a temporary password too: whoever takes it must see to it that nothing but changing that is possible.
pub(super) struct AnySession(pub(super) StaffSession);

impl StaffSession {
    /// What head office alone may ask.
    pub(super) fn of_head_office(&self) -> Result<(), ErrorCode> {
        if self.role == Role::HeadOffice { Ok(()) } else { Err(ErrorCode::RoleNotPermitted) }
    }

    /// As the log names whoever works at a terminal.
    pub(super) fn actor(&self, terminal: TerminalId) -> Actor {
        Actor::Staff {
            staff: self.staff.id.clone(),
            role: self.role,
            branch: self.branch.clone(),
            terminal,
            session: self.id,
            deputy: false,
        }
    }

    /// As whom a command is taken: 代行 where the own role does not do, and only there.
    pub(super) fn acting(&self, terminal: &Terminal, body: &wire::Body, now: DateTime<Utc>) -> Actor {
        let here = (&terminal.branch, self.staff.deputy_at(&terminal.branch, now));
        let who = (self.role, &self.branch);
        let (role, branch, deputy) = match body {
            wire::Body::Customer { command, .. } => acting(who, here, command),
            wire::Body::Branch { command, .. } => acting_on_branch(who, here, command),
            _ => return self.actor(terminal.id),
        };
        Actor::Staff { staff: self.staff.id.clone(), role, branch, terminal: terminal.id, session: self.id, deputy }
    }
}

impl FromRequestParts<App> for StaffSession {
    type Rejection = ApiError;

    async fn from_request_parts(parts: &mut Parts, app: &App) -> Result<Self, ApiError> {
        let AnySession(session) = AnySession::from_request_parts(parts, app).await?;
        if session.staff.administered.temporary {
            return Err(ErrorCode::PasswordChangeNeeded.into());
        }
        Ok(session)
    }
}

impl FromRequestParts<App> for AnySession {
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
        if !staff.may_work(now) {
            return Err(missing());
        }
        let (Some(role), Some(branch)) = (staff.role, staff.branch.clone()) else { return Err(missing()) };
        Ok(Self(StaffSession { id: session.session_id.parse()?, staff, role, branch }))
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
    let actor = Actor::Staff {
        staff: staff.id.clone(),
        role,
        branch: branch.clone(),
        terminal: terminal.id,
        session,
        deputy: false,
    };
    let id = CommandId(uuid::Uuid::now_v7());
    let act = Act {
        id,
        actor: actor.clone(),
        command: Command::Staff(
            staff.id.clone(),
            StaffCommand::SignIn {
                terminal: terminal.id,
                session,
                over_lock: request.over_lock,
                at: Some(terminal.branch.clone()),
            },
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
    if let Err(refusal) = app.writer.act(act).await {
        let (kind, code) = ("sign_in".to_owned(), refusal.code);
        app.writer.refused(Refused { command: id, actor, kind, code, sealed: None }).await?;
        return Err(refusal.into());
    }
    let deputy = staff.deputy_at(&terminal.branch, app.clock.now()).then(|| terminal.branch.clone());
    Ok(Json(SignedIn {
        deputy,
        must_change_password: staff.administered.temporary,
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
    AnySession(session): AnySession,
    State(app): State<App>,
    Body(request): Body<VerifyPassword>,
) -> Result<StatusCode, ApiError> {
    password::check(&app, terminal.id, &session.staff.id, request.password).await?;
    Ok(StatusCode::NO_CONTENT)
}

pub(super) async fn sign_out(
    terminal: Terminal,
    AnySession(session): AnySession,
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
