//! The confirmation of a new certificate: by a signature with its key, as on the pickup pages, or by its first use here,
//! where its key can't leave the store it was made in.

use axum::Json;
use axum::extract::State;
use domain::ErrorCode;
use wire::api::portal::{Confirm, Confirmed};

use super::holder::Holder;
use crate::http::App;
use crate::http::error::{ApiError, Body};
use crate::http::portal::confirm::{activate, confirmed};

pub(super) async fn confirm(
    State(app): State<App>,
    holder: Holder,
    Body(request): Body<Confirm>,
) -> Result<Json<Confirmed>, ApiError> {
    // Of the same user ID; others' ids answer like a wrong signature.
    let unknown = || ApiError::from(ErrorCode::ConfirmSignatureInvalid);
    let right = app.lookup.right(request.certificate_id).await?.ok_or_else(unknown)?;
    if right.user_id != holder.present.user_id {
        return Err(unknown());
    }
    confirmed(&app, &right, &request).await.map(Json)
}

/// The handshake of this very connection was signed with the new key.
pub(super) async fn confirm_use(State(app): State<App>, holder: Holder) -> Result<Json<Confirmed>, ApiError> {
    activate(&app, &holder.present, holder.evidence("")).await.map(Json)
}
