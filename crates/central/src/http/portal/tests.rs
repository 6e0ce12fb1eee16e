//! The pickup API, asked in this process.
#![allow(clippy::unwrap_used, reason = "tests")]

use axum::body::{Body, to_bytes};
use axum::http::{Request, StatusCode, header};
use chrono::Duration;
use domain::{ErrorCode, Evidence};
use serde_json::{Value, json};
use tower::ServiceExt as _;
use wire::Base64;

use super::{fetch, open, router};
use crate::http::address::Address;
use crate::issuance::{csr, odd_keys};
use crate::testing::{Service, act, details, operator, record};

const USER: &str = "ADMIN001";
const INTENDED: &str = "SELECT (SELECT COUNT(*) FROM signing_intent) + (SELECT COUNT(*) FROM ended_intent)";
const EDGE: &str = "Mozilla/5.0 (Windows NT 10.0; Win64; x64) Chrome/140.0.0.0 Safari/537.36 Edg/140.0.0.0";

async fn ask(service: &Service, path: &str, body: &Value) -> (StatusCode, String) {
    let request = Request::post(format!("/api/portal/v1/{path}"))
        .header(header::USER_AGENT, EDGE)
        .header(header::CONTENT_TYPE, "application/json")
        .body(Body::from(body.to_string()))
        .unwrap();
    let response = router(service.app.clone()).oneshot(request).await.unwrap();
    let status = response.status();
    let body: Value = serde_json::from_slice(&to_bytes(response.into_body(), 1 << 20).await.unwrap()).unwrap();
    (status, body.get("code").and_then(Value::as_str).unwrap_or_default().to_owned())
}

async fn fetched(service: &Service, code: &str, csr: &[u8]) -> (StatusCode, String) {
    ask(service, "fetch", &json!({ "user_id": USER, "code": code, "csr": Base64(csr.to_vec()) })).await
}

fn good() -> (StatusCode, String) {
    (StatusCode::OK, String::new())
}

fn refused(code: ErrorCode) -> (StatusCode, String) {
    (StatusCode::from_u16(code.http_status()).unwrap(), code.as_str().to_owned())
}

#[tokio::test(flavor = "multi_thread")]
async fn a_key_in_another_encoding_is_refused_before_anything_is_recorded() {
    let service = Service::new(|config| config.portal.requests_per_minute = 0).await;
    let (_, code) = service.issued(1, USER).await;
    let requests = odd_keys::p256();
    for (what, csr) in requests.odd.into_iter().chain(odd_keys::rsa().odd) {
        assert_eq!(fetched(&service, &code, &csr).await, refused(ErrorCode::CsrMalformed), "{what}");
    }
    assert_eq!(service.count(INTENDED).await, 0, "the right is tied to no key");
    assert_eq!(fetched(&service, &code, &requests.good).await, good());
}

#[tokio::test(flavor = "multi_thread")]
async fn a_slip_printed_after_the_code_was_checked_ends_the_fetch() {
    let service = Service::new(|_| {}).await;
    let (certificate, old) = service.issued(1, USER).await;
    let (app, key) = (&service.app, odd_keys::p256().good);
    let right = open::opened(app, &Address("192.0.2.1".into()), USER, &old).await.ok().unwrap();
    let new = service.print(1, certificate, 2).await;
    let csr = csr::parse(&key, &app.policy().key_types).unwrap();
    let evidence = Evidence::PickupCode { csr_sha256: csr.csr_sha256.clone() };
    let ended = fetch::sign(app, &right, &csr, evidence).await.err().unwrap();
    assert_eq!(ended.code(), ErrorCode::PickupDenied);
    assert_eq!(service.count(INTENDED).await, 0, "nothing was about to be signed");
    // Whoever holds the new slip gets one, with any key, and gets it again.
    assert_eq!(fetched(&service, &old, &key).await, refused(ErrorCode::PickupDenied));
    let other = odd_keys::p256().good;
    for _ in 0..2 {
        assert_eq!(fetched(&service, &new, &other).await, good());
    }
    assert_eq!(service.count(INTENDED).await, 1);
}

#[tokio::test(flavor = "multi_thread")]
async fn a_clock_that_was_set_back_does_not_open_a_deadline_again() {
    let service = Service::new(|_| {}).await;
    let (_, code) = service.issued(1, USER).await;
    let opened = json!({ "user_id": USER, "code": code });
    assert_eq!(ask(&service, "open", &opened).await, good());
    let late = Duration::days(i64::from(service.app.policy().pickup_deadline_days) + 1);
    service.clock.advance(late);
    // Any act: the log has seen the day.
    service.app.writer.act(act(operator(), 2, record("2"), details())).await.unwrap();
    service.clock.advance(-late);
    let passed = refused(ErrorCode::PickupDeadlinePassed);
    assert_eq!(ask(&service, "open", &opened).await, passed);
    assert_eq!(fetched(&service, &code, &odd_keys::p256().good).await, passed);
    assert_eq!(service.count(INTENDED).await, 0, "nothing was about to be signed");
}
