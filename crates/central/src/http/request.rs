//! What every request gets, on every listener: a reference number, a span, a deadline for the whole of it, and an answer
//! in the one form of errors even where a library refused it. Knows no route.

use std::pin::Pin;
use std::time::Duration;

use axum::body::{Body, HttpBody as _};
use axum::extract::Request;
use axum::http::{HeaderName, HeaderValue, StatusCode, header};
use axum::middleware::Next;
use axum::response::{IntoResponse as _, Response};
use domain::ErrorCode;
use tokio::time::{Instant, timeout_at};
use tracing::Instrument as _;

use super::error::ApiError;

/// Carries the reference number in every answer.
const REQUEST_ID: HeaderName = HeaderName::from_static("x-request-id");
/// Largest body of any listener, bytes.
const BODY_MAX: usize = 256 * 1024;
/// So much of a larger one is read, bytes.
const THROWN_AWAY: usize = 8 * 1024 * 1024;
/// A whole request, not each read: a body that drips in ends here.
const DEADLINE: Duration = Duration::from_secs(30);
/// The feed waits up to 30 seconds before it answers.
const FEED_DEADLINE: Duration = Duration::from_secs(45);

tokio::task_local! {
    static CURRENT: String;
}

/// The reference number of the request being answered.
pub(super) fn current_id() -> String {
    CURRENT.try_with(Clone::clone).unwrap_or_else(|_| draw())
}

/// Short enough for the phone: eight symbols without look-alikes.
fn draw() -> String {
    crate::random::bytes::<8>()
        .iter()
        .filter_map(|b| domain::id::CROCKFORD.get(usize::from(b & 31)))
        .map(|b| char::from(*b))
        .collect()
}

/// The middleware. The span holds method and path, never a query, a header or a body.
pub(super) async fn answered(request: Request, next: Next) -> Response {
    let id = draw();
    let path = request.uri().path().to_owned();
    let deadline = if path.ends_with("/feed") { FEED_DEADLINE } else { DEADLINE };
    let span = tracing::info_span!("request", request_id = %id, method = %request.method(), path);
    let number = HeaderValue::from_str(&id);
    let answer = async {
        let until = Instant::now() + deadline;
        let request = match timeout_at(until, received(request)).await {
            Ok(Ok(request)) => request,
            Ok(Err(code)) => return ApiError::from(code).into_response(),
            // The client's doing: nothing is wrong here.
            Err(_) => return too_slow(),
        };
        match timeout_at(until, next.run(request)).await {
            Ok(response) => uniform(response),
            Err(_) => ApiError::from(ErrorCode::Unavailable).into_response(),
        }
    };
    let mut response = CURRENT.scope(id, answer.instrument(span)).await;
    if let Ok(number) = number {
        response.headers_mut().insert(REQUEST_ID, number);
    }
    response
}

/// Nothing more is expected on this connection.
pub(super) fn too_slow() -> Response {
    let mut response = ApiError::from(ErrorCode::RequestMalformed).into_response();
    *response.status_mut() = StatusCode::REQUEST_TIMEOUT;
    response.headers_mut().insert(header::CONNECTION, HeaderValue::from_static("close"));
    response
}

/// The request with its whole body. One that is too large is read on (and thrown away) for a while: a client that is
/// still sending would lose the answer.
async fn received(request: Request) -> Result<Request, ErrorCode> {
    let (parts, mut body) = request.into_parts();
    let (mut bytes, mut size) = (Vec::new(), 0);
    while let Some(frame) = std::future::poll_fn(|context| Pin::new(&mut body).poll_frame(context)).await {
        let frame = frame.map_err(|_| ErrorCode::RequestMalformed)?;
        let Some(data) = frame.data_ref() else { continue };
        size += data.len();
        if size > THROWN_AWAY {
            break;
        }
        if size <= BODY_MAX {
            bytes.extend_from_slice(data);
        }
    }
    if size > BODY_MAX { Err(ErrorCode::BodyTooLarge) } else { Ok(Request::from_parts(parts, Body::from(bytes))) }
}

/// Refusals of the framework (a query, a length, a method) take our form: code, arguments, reference number.
fn uniform(response: Response) -> Response {
    let status = response.status();
    let ours = response
        .headers()
        .get(header::CONTENT_TYPE)
        .is_some_and(|value| value.as_bytes().starts_with(b"application/json"));
    if ours || !(status.is_client_error() || status.is_server_error()) {
        return response;
    }
    let code = match status {
        StatusCode::PAYLOAD_TOO_LARGE => ErrorCode::BodyTooLarge,
        StatusCode::NOT_FOUND | StatusCode::METHOD_NOT_ALLOWED => ErrorCode::NotFound,
        StatusCode::SERVICE_UNAVAILABLE => ErrorCode::Unavailable,
        status if status.is_server_error() => ErrorCode::Internal,
        _ => ErrorCode::RequestMalformed,
    };
    ApiError::from(code).into_response()
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used, reason = "tests")]
    use axum::body::to_bytes;
    use axum::routing::{get, post};
    use axum::{Json, Router};
    use serde_json::Value;
    use tower::ServiceExt as _;
    use wire::api::ErrorAnswer;
    use wire::api::feed::FeedQuery;

    use super::*;
    use crate::http::error::not_found;

    /// A body that never ends.
    struct Never;

    impl axum::body::HttpBody for Never {
        type Data = axum::body::Bytes;
        type Error = std::convert::Infallible;

        fn poll_frame(
            self: Pin<&mut Self>,
            _: &mut std::task::Context<'_>,
        ) -> std::task::Poll<Option<Result<hyper::body::Frame<Self::Data>, Self::Error>>> {
            std::task::Poll::Pending
        }
    }

    fn router() -> Router {
        Router::new()
            .route(
                "/number",
                get(|axum::extract::Query(q): axum::extract::Query<FeedQuery>| async move { Json(q.from) }),
            )
            .route("/json", post(|crate::http::error::Body(v): crate::http::error::Body<Value>| async move { Json(v) }))
            .route("/slow", get(std::future::pending::<()>))
            .fallback(not_found)
            .layer(axum::middleware::from_fn(answered))
    }

    async fn ask(request: axum::http::request::Builder, body: &str) -> (StatusCode, ErrorAnswer) {
        let response = router().oneshot(request.body(Body::from(body.to_owned())).unwrap()).await.unwrap();
        let (status, header) = (response.status(), response.headers().get(REQUEST_ID).unwrap().clone());
        let answer: ErrorAnswer = serde_json::from_slice(&to_bytes(response.into_body(), 9999).await.unwrap()).unwrap();
        assert_eq!(header, answer.request_id.as_str(), "one reference number in header and body");
        (status, answer)
    }

    #[tokio::test]
    async fn whatever_refuses_answers_in_one_form() {
        let json = || Request::post("/json").header("content-type", "application/json");
        for (request, body, code) in [
            (Request::get("/nowhere"), "", ErrorCode::NotFound),
            (Request::delete("/json"), "", ErrorCode::NotFound),
            (Request::get("/number?from=-1"), "", ErrorCode::RequestMalformed),
            (Request::post("/json"), "{}", ErrorCode::RequestMalformed),
            (json(), "{", ErrorCode::RequestMalformed),
            (json(), "\"\\ud800\"", ErrorCode::RequestMalformed),
            (json(), &format!("[{}1]", "1,".repeat(BODY_MAX / 2)), ErrorCode::BodyTooLarge),
        ] {
            let (status, answer) = ask(request, body).await;
            assert_eq!((answer.code, status.as_u16()), (code, code.http_status()), "{} bytes", body.len());
        }
    }

    #[tokio::test(start_paused = true)]
    async fn a_request_that_never_ends_is_ended() {
        assert_eq!(ask(Request::get("/slow"), "").await.1.code, ErrorCode::Unavailable);
        // One whose body never ends is the client's own fault.
        let body = Body::new(Never);
        let request = Request::post("/json").header("content-type", "application/json").body(body).unwrap();
        let response = router().oneshot(request).await.unwrap();
        assert_eq!(response.status(), StatusCode::REQUEST_TIMEOUT);
        assert_eq!(response.headers()[header::CONNECTION], "close");
    }
}
