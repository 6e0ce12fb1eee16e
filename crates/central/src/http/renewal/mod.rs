//! Renewal by the holder of a certificate, on a listener of its own: the TLS handshake proves the key, the database says at
//! every request where the certificate stands, and the domain's rules say what may be done with it.

mod confirm;
mod fetch;
mod holder;
mod open;
mod reacquire;
#[cfg(test)]
mod tests;
mod verifier;

use axum::Router;
use axum::routing::{get, post};
use tower_http::limit::RequestBodyLimitLayer;

pub(super) use reacquire::router as reacquisition;
pub(super) use verifier::Holders;

use super::App;
use super::error::not_found;
use super::portal::{self, limit, pages};

pub(super) fn router(app: App) -> Router {
    let api = Router::new()
        .route("/info", get(portal::info))
        .route("/open", post(open::open))
        .route("/fetch", post(fetch::fetch))
        .route("/confirm", post(confirm::confirm))
        .route("/confirm-use", post(confirm::confirm_use))
        .fallback(not_found)
        .method_not_allowed_fallback(not_found)
        .layer(RequestBodyLimitLayer::new(portal::BODY_MAX))
        .layer(axum::middleware::from_fn_with_state(app.clone(), super::recovery::closed))
        .layer(axum::middleware::from_fn_with_state(app.clone(), limit::limited))
        .layer(axum::middleware::map_response(pages::no_store));
    Router::new()
        .nest("/api/renewal/v1", api)
        .merge(pages::at(&app.config.portal.static_dir, "/renewal/"))
        .layer(axum::middleware::map_response(|response| pages::security_headers(response, true)))
        .with_state(app)
}
