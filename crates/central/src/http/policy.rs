//! What a change of the policy would do, for whoever of head office proposes or confirms it: counted in the read tables.

use axum::Json;
use axum::extract::State;
use domain::policy::{Asked, effects};
use wire::api::policy::{AskOutlook, OutlookLine, PolicyOutlook};

use super::App;
use super::error::{ApiError, Body};
use super::session::StaffSession;
use crate::store::{policy, read};

pub(super) async fn outlook(
    session: StaffSession,
    State(app): State<App>,
    Body(request): Body<AskOutlook>,
) -> Result<Json<PolicyOutlook>, ApiError> {
    session.of_head_office()?;
    let log = policy::load(&app.readers, &app.config.institution.id).await?;
    let (before, after) = log.outlook(&request.settings, request.effective_on, &app.config.policy)?;
    let mut lines = Vec::new();
    for (key, effect, asked) in effects(&before, &after, request.effective_on) {
        let count = match asked {
            Some(asked) => Some(count(&app, asked).await?),
            None => None,
        };
        lines.push(OutlookLine { key: key.to_owned(), effect, count });
    }
    Ok(Json(PolicyOutlook { lines }))
}

async fn count(app: &App, asked: Asked) -> Result<u64, ApiError> {
    let now_ms = app.clock.now_ms();
    Ok(read::counted(&app.readers, asked, now_ms).await?)
}
