//! Whose certificate was shown, when it ends, and whether it may be replaced now.

use axum::Json;
use axum::extract::State;
use domain::calendar;
use wire::api::renewal::Presented;

use super::holder::Holder;
use crate::http::App;
use crate::http::error::ApiError;
use crate::http::portal::open::{broken, role, state};

pub(super) async fn open(State(app): State<App>, holder: Holder) -> Result<Json<Presented>, ApiError> {
    presented(&app, &holder).await.map(Json)
}

pub(super) async fn presented(app: &App, holder: &Holder) -> Result<Presented, ApiError> {
    let (id, present) = (holder.certificate()?, &holder.present);
    let (_, customer) = holder.customer(app).await?;
    let signed = customer.certificate(id).and_then(|c| c.signed.as_ref()).ok_or_else(|| broken("certificate"))?;
    let not_after = calendar::jst_day(signed.not_after);
    let begun = customer.certificates.iter().find(|c| c.renews == Some(id) && c.state.successor());
    let (role, backup_allowed) = role(present, &app.policy())?;
    Ok(Presented {
        certificate_id: id,
        user_id: present.user_id.parse().map_err(|_| broken("user ID"))?,
        role,
        device_label: present.device_label.clone(),
        state: state(present)?,
        serial: holder.serial.clone(),
        not_after,
        deadline: calendar::later(not_after, app.policy().grace_days),
        backup_allowed,
        begun: begun.map(|c| c.state),
        refused: holder.may_renew(app, &customer).err().map(ApiError::into_refusal),
        keep_secret: app.authority.keep_secret(id),
    })
}
