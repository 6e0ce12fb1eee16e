//! What relying parties ask, over plain HTTP (every answer is signed): OCSP, the revocation lists, the issuers' certificates.
//! On a listener of its own; it knows no terminal, no staff and no customer.

mod alarm;
mod crl;
mod ocsp;
mod serve;

use std::sync::Arc;

use axum::Router;
use axum::body::Bytes;
use axum::extract::{DefaultBodyLimit, State};
use axum::http::{HeaderMap, HeaderValue, StatusCode, header};
use axum::response::{IntoResponse as _, Response};
use axum::routing::get;
use chrono::{DateTime, Utc};
use sha2::{Digest as _, Sha256};

pub(super) use alarm::Alarm;
pub(super) use crl::CrlFile;
pub(super) use serve::serve;

use super::App;

/// An OCSP request for sixteen certificates with a nonce stays below this, bytes.
const REQUEST_MOST: usize = 4096;

/// Everything but the questions that are posted: those are answered by [`serve`] itself.
pub(super) fn router(app: App) -> Router {
    Router::new()
        .route("/ocsp/{*request}", get(ocsp::get))
        .route("/issuing.crl", get(crl::issuing))
        .route("/root.crl", get(crl::root))
        .route("/issuing.cer", get(|State(app): State<App>, headers: HeaderMap| async move {
            certificate(app.authority.issuing_der(), &headers)
        }))
        .route("/root.cer", get(|State(app): State<App>, headers: HeaderMap| async move {
            certificate(app.authority.root_der(), &headers)
        }))
        .layer(DefaultBodyLimit::max(REQUEST_MOST))
        .with_state(app)
}

fn certificate(der: &[u8], headers: &HeaderMap) -> Response {
    let (body, tag) = (Bytes::copy_from_slice(der), tag(der));
    answer(headers, "application/pkix-cert", &tag, None, "public, max-age=86400", body)
}

/// An entity tag: the answer's own hash.
fn tag(bytes: &[u8]) -> Arc<str> {
    let digest = Sha256::digest(bytes);
    format!("\"{}\"", hex::encode(digest.get(..16).unwrap_or_default())).into()
}

/// Whoever keeps an answer asks again before he uses it: a stop must not wait for somebody's cache. (RFC 9111 §5.2.2)
const REVALIDATE: &str = "public, no-transform, max-age=0, must-revalidate";

/// HTTP's own form of a time (RFC 9110 §5.6.7).
fn http_date(at: DateTime<Utc>) -> HeaderValue {
    let text = at.format("%a, %d %b %Y %H:%M:%S GMT").to_string();
    HeaderValue::try_from(text).unwrap_or(HeaderValue::from_static(""))
}

fn holds(headers: &HeaderMap, tag: &str) -> bool {
    let asked = headers.get(header::IF_NONE_MATCH).and_then(|v| v.to_str().ok()).unwrap_or_default();
    asked.split(',').any(|one| matches!(one.trim(), "*") || one.trim().trim_start_matches("W/") == tag)
}

/// The answer, or 304 where the client has this one (RFC 9110 §13.1.2).
fn answer(
    asked: &HeaderMap,
    kind: &'static str,
    tag: &str,
    modified: Option<DateTime<Utc>>,
    caching: &'static str,
    body: impl Into<axum::body::Body>,
) -> Response {
    let mut response = match holds(asked, tag) {
        true => StatusCode::NOT_MODIFIED.into_response(),
        false => Response::new(body.into()),
    };
    let headers = response.headers_mut();
    headers.insert(header::CONTENT_TYPE, HeaderValue::from_static(kind));
    headers.insert(header::CACHE_CONTROL, HeaderValue::from_static(caching));
    if let Ok(tag) = HeaderValue::from_str(tag) {
        headers.insert(header::ETAG, tag);
    }
    if let Some(at) = modified {
        headers.insert(header::LAST_MODIFIED, http_date(at));
    }
    response
}
