//! The fetch, in the order that leaves nothing signed unknown after a crash: check, record what is about to be signed,
//! sign, record the result. The same key gets the first answer again; another key gets nothing.

use axum::Json;
use axum::extract::State;
use axum::http::HeaderMap;
use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use chrono::{DateTime, Utc};
use domain::customer::{CertificateState, CustomerCommand, SignedCertificate};
use domain::id::{CertificateId, CustomerId, Serial};
use domain::{Actor, ErrorCode, Evidence, Refusal};
use wire::api::portal::{Fetch, Fetched};
use wire::{Base64, message};

use super::open::{broken, certificate_id, contract_open, in_time, not_held, opened, state};
use super::platform;
use crate::http::App;
use crate::http::address::Address;
use crate::http::error::{ApiError, Body};
use crate::issuance::csr::{self, Request};
use crate::issuance::{Validity, draw_serial};
use crate::store::act::{Act, Command};
use crate::store::intent::{Asked, Intent};
use crate::store::lookup::Right;

pub(super) async fn fetch(
    State(app): State<App>,
    address: Address,
    headers: HeaderMap,
    Body(request): Body<Fetch>,
) -> Result<Json<Fetched>, ApiError> {
    platform::check(&headers, &app.policy())?;
    let right = opened(&app, &address, &request.user_id, &request.code).await?;
    not_held(&right)?;
    let csr = csr::parse(&request.csr.0, &app.policy().key_types)?;
    if let Some(first) = first_answer(&app, &right, &csr)? {
        return Ok(Json(first));
    }
    contract_open(&app, &right)?;
    let evidence = Evidence::PickupCode { csr_sha256: csr.csr_sha256.clone() };
    sign(&app, &right, &csr, evidence).await.map(Json)
}

/// Signs for a right that may be fetched, in its time and while the code it was found with is in force, and records it.
pub(in crate::http) async fn sign(
    app: &App,
    right: &Right,
    csr: &Request,
    evidence: Evidence,
) -> Result<Fetched, ApiError> {
    in_time(app, right)?;
    let certificate = certificate_id(right)?;
    let (serial, validity) = intend(app, right, csr).await?;
    fault::point("centre-intended");
    let der = app.authority.issue(csr, &right.user_id, &right.contract, &serial, validity).map_err(|error| {
        tracing::error!(%error, "can't sign");
        ApiError::from(ErrorCode::Internal)
    })?;
    fault::point("centre-signed");
    let signed = SignedCertificate {
        serial: serial.clone(),
        key_sha256: csr.key_sha256.clone(),
        not_before: validity.not_before,
        not_after: validity.not_after,
        der: STANDARD.encode(&der),
    };
    match record(app, right, certificate, signed, evidence).await {
        Ok(()) => answer(app, certificate, &serial, der, validity.not_after),
        // Another request with the same code was faster. With the same key that is our own answer.
        Err(refusal) if matches!(refusal.code, ErrorCode::PickupOtherKey | ErrorCode::KeyReused) => {
            let now = app.lookup.right(certificate).await?.ok_or_else(|| broken("right"))?;
            first_answer(app, &now, csr)?.ok_or_else(|| refusal.into())
        }
        Err(refusal) => Err(refusal.into()),
    }
}

/// What was answered before, if this right was fetched with this key.
pub(in crate::http) fn first_answer(app: &App, right: &Right, csr: &Request) -> Result<Option<Fetched>, ApiError> {
    match state(right)? {
        CertificateState::Authorised => return Ok(None),
        CertificateState::Lapsed => {
            return Err(Refusal::new(ErrorCode::PickupDeadlinePassed).with("deadline", &right.deadline).into());
        }
        CertificateState::Signed | CertificateState::Active => {}
        _ => return Err(ErrorCode::PickupCancelled.into()),
    }
    if right.key_sha256.as_deref() != Some(csr.key_sha256.as_str()) {
        return Err(ErrorCode::PickupOtherKey.into());
    }
    let (Some(der), Some(serial), Some(not_after)) = (&right.der, &right.serial, &right.not_after) else {
        return Err(broken("certificate"));
    };
    let der = STANDARD.decode(der).map_err(|_| broken("certificate"))?;
    let not_after: DateTime<Utc> = not_after.parse().map_err(|_| broken("validity"))?;
    answer(app, certificate_id(right)?, &serial.parse()?, der, not_after).map(Some)
}

/// Records serial, key and validity before anything is signed. After a crash, or for a second request with the same
/// key, what was recorded first is what is signed. A slip printed since the code was checked ends this.
async fn intend(app: &App, right: &Right, csr: &Request) -> Result<(Serial, Validity), ApiError> {
    let validity = app.authority.validity(app.clock.now(), app.policy().validity_days);
    let intent = Intent {
        certificate_id: right.certificate_id.clone(),
        serial: draw_serial(app.writer.epochs().current()).as_str().to_owned(),
        key_sha256: csr.key_sha256.clone(),
        not_before_ms: validity.not_before.timestamp_millis(),
        not_after_ms: validity.not_after.timestamp_millis(),
    };
    // The right of a renewal has no code, and none was checked.
    let code = right.hmac.clone().map(Base64);
    let intent = app.writer.intend(Asked { intent, code }).await?;
    if intent.key_sha256 != csr.key_sha256 {
        return Err(ErrorCode::PickupOtherKey.into());
    }
    let time = |ms| DateTime::from_timestamp_millis(ms).ok_or_else(|| broken("intent"));
    let validity = Validity { not_before: time(intent.not_before_ms)?, not_after: time(intent.not_after_ms)? };
    Ok((intent.serial.parse()?, validity))
}

async fn record(
    app: &App,
    right: &Right,
    certificate: CertificateId,
    signed: SignedCertificate,
    evidence: Evidence,
) -> Result<(), Refusal> {
    let customer: CustomerId = right.customer_id.parse()?;
    app.writer
        .act(Act::new(
            Actor::Customer { evidence },
            Command::Customer(customer, CustomerCommand::FetchCertificate { certificate, signed }),
        ))
        .await
        .map(|_| ())
}

fn answer(
    app: &App,
    certificate: CertificateId,
    serial: &Serial,
    der: Vec<u8>,
    not_after: DateTime<Utc>,
) -> Result<Fetched, ApiError> {
    Ok(Fetched {
        certificate_id: certificate,
        certificate: Base64(der),
        chain: vec![Base64(app.authority.issuing_der().to_vec()), Base64(app.authority.root_der().to_vec())],
        nonce: app.authority.nonce(certificate, serial.as_str()),
        confirm_prefix: message::confirm_prefix(&app.config.institution.id, certificate),
        not_after: domain::calendar::jst_day(not_after),
    })
}
