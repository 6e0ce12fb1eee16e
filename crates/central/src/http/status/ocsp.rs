//! OCSP over HTTP (RFC 6960 appendix A): POST with the request as body, GET with it in the path.

use axum::body::Bytes;
use axum::extract::State;
use axum::http::{HeaderMap, HeaderValue, Uri, header};
use axum::response::{IntoResponse as _, Response};
use base64::Engine as _;
use base64::engine::DecodePaddingMode;
use base64::engine::general_purpose::{GeneralPurpose, GeneralPurposeConfig};
use chrono::Duration;
use x509_cert::der::Encode as _;

use super::{App, REQUEST_MOST, REVALIDATE, answer, tag};
use crate::issuance::ocsp::{Asked, Declined, serial};
use crate::store::standing::{Signed, Standing};

const KIND: &str = "application/ocsp-response";
/// Clients disagree on the padding in a path.
const BASE64: GeneralPurpose = GeneralPurpose::new(
    &base64::alphabet::STANDARD,
    GeneralPurposeConfig::new().with_decode_padding_mode(DecodePaddingMode::Indifferent),
);

/// The answer to these very bytes, if it was signed before and is good.
pub(super) fn signed_before(app: &App, request: &[u8]) -> Option<Response> {
    // While it recovers, what was signed is as doubtful as what would be.
    if app.writer.recovering() { None } else { app.writer.standings().signed_for(request, oldest(app)).map(once) }
}

/// In the second half of its life an answer is signed anew.
fn oldest(app: &App) -> chrono::DateTime<chrono::Utc> {
    app.clock.now() - good_for(app) / 2
}

fn good_for(app: &App) -> Duration {
    Duration::minutes(i64::from(app.config.status.ocsp_minutes))
}

/// POST: nothing is cached on the way.
pub(super) async fn post(app: &App, request: &[u8]) -> Response {
    match respond(app, request).await {
        Ok((bytes, _)) => once(bytes),
        Err(declined) => once(Bytes::copy_from_slice(&declined.der())),
    }
}

/// GET: may be kept, and must be asked for again before it is used.
pub(super) async fn get(State(app): State<App>, uri: Uri, headers: HeaderMap) -> Response {
    let text = uri.path().strip_prefix("/ocsp/").unwrap_or_default();
    let text = percent_encoding::percent_decode_str(text).take(2 * REQUEST_MOST).collect::<Vec<u8>>();
    let asked = BASE64.decode(text).ok().filter(|der| der.len() <= REQUEST_MOST).ok_or(Declined::Malformed);
    match asked {
        Ok(der) => match respond(&app, &der).await {
            Ok((bytes, Some(signed))) => answer(&headers, KIND, &signed.tag, Some(signed.at), REVALIDATE, bytes),
            Ok((bytes, None)) => once(bytes),
            Err(declined) => once(Bytes::copy_from_slice(&declined.der())),
        },
        Err(declined) => once(Bytes::copy_from_slice(&declined.der())),
    }
}

fn once(bytes: Bytes) -> Response {
    let headers = [
        (header::CONTENT_TYPE, HeaderValue::from_static(KIND)),
        (header::CACHE_CONTROL, HeaderValue::from_static("no-store")),
    ];
    (headers, bytes).into_response()
}

/// The answer; with it what was signed before, where that is what it is.
async fn respond(app: &App, der: &[u8]) -> Result<(Bytes, Option<Signed>), Declined> {
    let asked = Asked::read(der).ok_or(Declined::Malformed)?;
    let responder = app.authority.responder();
    if !asked.certificates.iter().all(|id| responder.speaks_for(id)) {
        return Err(Declined::Unauthorized);
    }
    if app.writer.recovering() {
        // Whoever was stopped after the backup would be good again (RFC 6960 §2.3).
        return Err(Declined::TryLater);
    }
    let (now, good_for) = (app.clock.now(), good_for(app));
    let standings = app.writer.standings();
    if !standings.fresh() {
        return Err(Declined::TryLater);
    }
    let alone = match (asked.certificates.as_slice(), asked.has_nonce()) {
        ([id], false) => serial(id).zip(id.to_der().ok()),
        _ => None,
    };
    if let Some((serial, form)) = &alone
        && let Some(signed) = standings.signed(serial, form, oldest(app))
    {
        return Ok((signed.answer.clone(), Some(signed)));
    }
    let (mut found, mut generation) = (Vec::with_capacity(asked.certificates.len()), u64::MAX);
    for id in &asked.certificates {
        let serial = serial(id).ok_or(Declined::Malformed)?;
        let (standing, read_at) = standings.standing(&app.readers, &serial).await.map_err(|error| {
            tracing::error!(%error, "the standing of a certificate can't be read");
            Declined::Internal
        })?;
        if standing == Standing::Unknown {
            app.alarm.unknown(&serial, now);
            app.writer.measured().unknown_serials.add(1);
        }
        generation = generation.min(read_at);
        found.push(standing);
    }
    let bytes = responder.answer(&asked, &found, now, now + good_for).map_err(|error| {
        tracing::error!(%error, "an OCSP answer can't be signed");
        Declined::Internal
    })?;
    let bytes = Bytes::from(bytes);
    let signed = alone.map(|(serial, form)| {
        let signed = Signed { asked: form.into(), answer: bytes.clone(), tag: tag(&bytes), at: now };
        standings.keep(serial, der, signed.clone(), generation);
        signed
    });
    Ok((bytes, signed))
}
