//! An auditor's looks at personal data become entries, before anything is shown.

use axum::extract::State;
use axum::http::StatusCode;
use domain::event::ViewKind;
use domain::{ErrorCode, Role};
use wire::api::viewed::{MOST, Viewed};

use super::App;
use super::error::{ApiError, Body};
use super::session::StaffSession;
use super::terminal::Terminal;
use crate::store::act::Looked;
use crate::store::read;

pub(super) async fn viewed(
    terminal: Terminal,
    session: StaffSession,
    State(app): State<App>,
    Body(Viewed { what, customers, count }): Body<Viewed>,
) -> Result<StatusCode, ApiError> {
    if session.role != Role::Auditor {
        // The others work with what they see; their acts are in the log.
        return Err(ErrorCode::RoleNotPermitted.into());
    }
    if customers.len() > MOST || (count as usize) < customers.len() {
        return Err(ErrorCode::RequestMalformed.into());
    }
    // The branch whose customer was opened reads of it; of a list, head office and the auditors do.
    let branch = match (what, customers.as_slice()) {
        (ViewKind::Customer, [one]) => read::customer(&app.readers, *one).await?.and_then(|found| found.branch),
        _ => None,
    };
    let branch = branch.unwrap_or_else(|| session.branch.clone());
    let actor = session.actor(terminal.id);
    app.writer.looked(Looked { actor, branch, what, customers, count }).await?;
    Ok(StatusCode::NO_CONTENT)
}
