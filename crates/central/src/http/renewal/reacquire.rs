//! Re-acquisition: the holder of an expired certificate proves its key by a signature, for browsers show none that has expired.
//! From there on it is a renewal, with the same rules.

use axum::extract::State;
use axum::http::HeaderMap;
use axum::routing::post;
use axum::{Json, Router};
use domain::{ErrorCode, Evidence};
use wire::api::portal::Fetched;
use wire::api::renewal::{Challenge, Presented, Proof, Reacquire, ReacquireOpen};
use wire::message;

use super::fetch::renew;
use super::holder::Holder;
use super::open::presented;
use crate::http::App;
use crate::http::error::{ApiError, Body};
use crate::http::portal::platform;
use crate::issuance::confirmation::verify_confirmation;
use crate::issuance::csr;

/// So long a nonce is good, milliseconds: time to type a passphrase.
const NONCE_MS: i64 = 10 * 60_000;

pub(in crate::http) fn router() -> Router<App> {
    Router::new().route("/nonce", post(nonce)).route("/open", post(open)).route("/fetch", post(fetch))
}

async fn nonce(State(app): State<App>, headers: HeaderMap) -> Result<Json<Challenge>, ApiError> {
    platform::check(&headers, &app.policy())?;
    Ok(Json(Challenge {
        prefix: message::reacquire_prefix(&app.config.institution.id),
        nonce: app.authority.timed_nonce(app.clock.now_ms() + NONCE_MS),
    }))
}

/// The holder whose key signed for this purpose. A certificate nobody issued, an old nonce and a wrong signature answer alike.
async fn proved(app: &App, headers: &HeaderMap, proof: &Proof, purpose: &str) -> Result<Holder, ApiError> {
    platform::check(headers, &app.policy())?;
    if !app.authority.timed_nonce_good(&proof.nonce, app.clock.now_ms()) {
        return Err(ErrorCode::RenewalDenied.into());
    }
    let holder = Holder::of(app, &proof.certificate.0).await?;
    let signed = message::reacquire(&app.config.institution.id, &proof.nonce, purpose);
    verify_confirmation(&proof.certificate.0, &signed, &proof.signature.0).map_err(|_| ErrorCode::RenewalDenied)?;
    Ok(holder)
}

async fn open(
    State(app): State<App>,
    headers: HeaderMap,
    Body(request): Body<ReacquireOpen>,
) -> Result<Json<Presented>, ApiError> {
    let holder = proved(&app, &headers, &request.proof, "open").await?;
    presented(&app, &holder).await.map(Json)
}

async fn fetch(
    State(app): State<App>,
    headers: HeaderMap,
    Body(request): Body<Reacquire>,
) -> Result<Json<Fetched>, ApiError> {
    let holder = proved(&app, &headers, &request.proof, &wire::sha256_hex(&request.csr.0)).await?;
    let csr = csr::parse(&request.csr.0, &app.policy().key_types)?;
    let evidence = Evidence::HolderSignature {
        serial: holder.serial.clone(),
        signature_sha256: wire::sha256_hex(&request.proof.signature.0),
        csr_sha256: csr.csr_sha256.clone(),
    };
    renew(&app, &holder, &csr, request.again, evidence).await.map(Json)
}
