//! The one place where errors become answers: `{code, args, request_id}` and a status. A failure is logged here, once.

use axum::Json;
use axum::extract::rejection::JsonRejection;
use axum::extract::{FromRequest, Request};
use axum::http::{StatusCode, header};
use axum::response::{IntoResponse, Response};
use domain::{ErrorCode, Refusal};
use serde::de::DeserializeOwned;
use wire::api::ErrorAnswer;

use super::request::current_id;
use crate::store::db;
use crate::store::writer::Fault;

/// An error on its way out.
#[derive(Debug)]
pub(crate) struct ApiError(Refusal);

impl ApiError {
    pub(crate) fn code(&self) -> ErrorCode {
        self.0.code
    }

    /// To be told inside an answer.
    pub(crate) fn into_refusal(self) -> Refusal {
        self.0
    }
}

impl std::fmt::Display for ApiError {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        self.0.fmt(f)
    }
}

impl From<Refusal> for ApiError {
    fn from(refusal: Refusal) -> Self {
        Self(refusal)
    }
}

impl From<ErrorCode> for ApiError {
    fn from(code: ErrorCode) -> Self {
        Self(code.into())
    }
}

impl From<Fault> for ApiError {
    fn from(fault: Fault) -> Self {
        tracing::error!(%fault, "a request failed");
        match fault {
            Fault::Database(error) if db::passing(&error) => Self(ErrorCode::Unavailable.into()),
            _ => Self(ErrorCode::Internal.into()),
        }
    }
}

impl From<wire::WireError> for ApiError {
    fn from(_: wire::WireError) -> Self {
        Self(ErrorCode::RequestMalformed.into())
    }
}

impl IntoResponse for ApiError {
    fn into_response(self) -> Response {
        let Refusal { code, args } = self.0;
        let request_id = current_id();
        if code.http_status() >= 500 {
            tracing::error!(%code, "answered with a failure");
        } else {
            tracing::info!(%code, "refused");
        }
        let status = StatusCode::from_u16(code.http_status()).unwrap_or(StatusCode::INTERNAL_SERVER_ERROR);
        let retry = args.get("retry_after_s").cloned();
        let mut response = (status, Json(ErrorAnswer { code, args, request_id })).into_response();
        if let Some(value) = retry.and_then(|seconds| seconds.parse().ok()) {
            response.headers_mut().insert(header::RETRY_AFTER, value);
        }
        response
    }
}

/// JSON in; what is wrong with it comes back as our own error.
pub(crate) struct Body<T>(pub(crate) T);

impl<S: Send + Sync, T: DeserializeOwned> FromRequest<S> for Body<T> {
    type Rejection = ApiError;

    async fn from_request(request: Request, state: &S) -> Result<Self, ApiError> {
        match Json::<T>::from_request(request, state).await {
            Ok(Json(value)) => Ok(Self(value)),
            Err(JsonRejection::BytesRejection(_)) => Err(ErrorCode::BodyTooLarge.into()),
            // A malformed identifier says which one it is; everything else is a malformed request.
            Err(JsonRejection::JsonDataError(error)) => Err(identifier(&error.body_text()).into()),
            Err(_) => Err(ErrorCode::RequestMalformed.into()),
        }
    }
}

fn identifier(text: &str) -> ErrorCode {
    ErrorCode::ALL
        .iter()
        .copied()
        .find(|code| code.as_str().ends_with("_malformed") && text.contains(code.as_str()))
        .unwrap_or(ErrorCode::RequestMalformed)
}

/// Fallback of every router.
pub(crate) async fn not_found() -> ApiError {
    ErrorCode::NotFound.into()
}
