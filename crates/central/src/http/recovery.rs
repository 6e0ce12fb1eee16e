//! While the centre, put back from a backup, collects what came after it: what the desks send back, and the doors that stay
//! closed meanwhile.

use axum::Json;
use axum::extract::{Request, State};
use axum::middleware::Next;
use axum::response::{IntoResponse as _, Response};
use domain::{Actor, ErrorCode};
use wire::api::recovery::{SendBack, SentBack};

use super::App;
use super::error::{ApiError, Body};
use super::terminal::Terminal;
use crate::store::recovery::Report;
use crate::store::writer::Writer;

/// Takes a piece of what a desk had seen.
pub(super) async fn take(
    terminal: Terminal,
    State(app): State<App>,
    Body(piece): Body<SendBack>,
) -> Result<Json<SentBack>, ApiError> {
    let everything = terminal.branch == app.config.institution.head_office_branch;
    let branch = (!everything).then_some(terminal.branch);
    let answer = app.writer.report(Report { terminal: terminal.id, branch, piece }).await?;
    if answer.done {
        finish(&app.writer).await;
    }
    Ok(Json(answer))
}

/// Ends the recovery if everything is there.
pub(crate) async fn finish(writer: &Writer) {
    if !writer.recovering() {
        return;
    }
    match writer.recover(Actor::System { job: "recovery".to_owned() }, None).await {
        Ok(()) => tracing::info!("the recovery has ended: everything that any desk had seen is back"),
        Err(refusal) => tracing::info!(code = %refusal.code, args = ?refusal.args, "the recovery goes on"),
    }
}

/// Customers come back later: nothing is signed on a state of which nobody knows whether it is the last one.
pub(super) async fn closed(State(app): State<App>, request: Request, next: Next) -> Response {
    let shows = request.uri().path().ends_with("/info");
    if app.writer.recovering() && !shows {
        return ApiError::from(ErrorCode::Recovering).into_response();
    }
    next.run(request).await
}
