//! The customer's pickup pages and their API.

pub(super) mod confirm;
pub(super) mod fetch;
pub(super) mod limit;
pub(super) mod open;
pub(super) mod pages;
pub(super) mod platform;
#[cfg(test)]
mod tests;

use axum::extract::State;
use axum::routing::{get, post};
use axum::{Json, Router};
use domain::ErrorCode;
use domain::policy::KeyType;
use tower_http::limit::RequestBodyLimitLayer;
use wire::api::portal::Info;

pub(crate) use limit::Limit;

use super::App;
use super::error::{ApiError, not_found};

/// Largest request of the pickup API, bytes.
pub(super) const BODY_MAX: usize = 64 * 1024;

pub(super) fn router(app: App) -> Router {
    let api = Router::new()
        .route("/info", get(info))
        .route("/open", post(open::open))
        .route("/fetch", post(fetch::fetch))
        .route("/confirm", post(confirm::confirm))
        .nest("/reacquire", super::renewal::reacquisition())
        .fallback(not_found)
        .method_not_allowed_fallback(not_found)
        .layer(RequestBodyLimitLayer::new(BODY_MAX))
        .layer(axum::middleware::from_fn_with_state(app.clone(), super::recovery::closed))
        .layer(axum::middleware::from_fn_with_state(app.clone(), limit::limited))
        .layer(axum::middleware::map_response(pages::no_store));
    let tls = app.config.portal.tls;
    Router::new()
        .nest("/api/portal/v1", api)
        .merge(pages::router(&app.config.portal.static_dir))
        .layer(axum::middleware::map_response(move |response| pages::security_headers(response, tls)))
        .with_state(app)
}

pub(super) async fn info(State(app): State<App>) -> Result<Json<Info>, ApiError> {
    let policy = app.policy();
    let key_algorithm = policy.key_types.first().copied().unwrap_or(KeyType::P256);
    if policy.key_types.is_empty() {
        return Err(ErrorCode::Unavailable.into());
    }
    Ok(Json(Info {
        institution: app.config.institution.name.clone(),
        training: app.config.institution.training,
        portal_name: "電子証明書の取得・更新".to_owned(),
        allowed_platforms: policy.platforms.clone(),
        allowed_browsers: policy.browsers.clone(),
        key_algorithm,
        passphrase_min: policy.passphrase_min,
        file_prefix: "webfb".to_owned(),
        contacts: app.config.contacts.clone(),
        key_place: policy.key_place,
        pickup_url: app.listening.get().map(|at| at.portal.clone()).unwrap_or_default(),
        renewal_url: app.listening.get().map(|at| at.renewal.clone()).unwrap_or_default(),
    }))
}
