//! The built pages as files, and the headers that keep everything else out of them.

use std::path::Path;

use axum::Router;
use axum::http::{HeaderName, HeaderValue, header};
use axum::response::{Redirect, Response};
use axum::routing::get;
use tower_http::services::{ServeDir, ServeFile};

use super::App;
use crate::http::error::not_found;

const POLICY: &str = "default-src 'none'; script-src 'self'; style-src 'self'; img-src 'self' data: blob:; connect-src 'self'; \
                      font-src 'self'; base-uri 'none'; form-action 'none'; frame-ancestors 'none'";

pub(super) fn router(dir: &Path) -> Router<App> {
    at(dir, "/pickup/")
}

/// The same page under another name: it looks at its address to see what it is for.
pub(in crate::http) fn at(dir: &Path, path: &'static str) -> Router<App> {
    let page = ServeFile::new(dir.join("portal.html"));
    let assets = ServeDir::new(dir.join("assets")).append_index_html_on_directories(false);
    Router::new()
        .route("/", get(move || async move { Redirect::temporary(path) }))
        .route(path.trim_end_matches('/'), get(move || async move { Redirect::temporary(path) }))
        .route_service(path, page)
        .nest_service("/pickup/assets", assets)
        .fallback(not_found)
        .method_not_allowed_fallback(not_found)
}

fn set(response: &mut Response, name: HeaderName, value: &'static str) {
    response.headers_mut().insert(name, HeaderValue::from_static(value));
}

pub(in crate::http) async fn no_store(mut response: Response) -> Response {
    set(&mut response, header::CACHE_CONTROL, "no-store");
    response
}

pub(in crate::http) async fn security_headers(mut response: Response, tls: bool) -> Response {
    set(&mut response, header::CONTENT_SECURITY_POLICY, POLICY);
    set(&mut response, header::X_CONTENT_TYPE_OPTIONS, "nosniff");
    set(&mut response, header::REFERRER_POLICY, "no-referrer");
    set(&mut response, HeaderName::from_static("cross-origin-opener-policy"), "same-origin");
    if tls {
        set(&mut response, header::STRICT_TRANSPORT_SECURITY, "max-age=31536000");
    }
    response
}
