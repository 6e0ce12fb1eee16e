//! The confirmation: only a signature with the new key makes the certificate usable. Repeating it changes nothing.

use axum::Json;
use axum::extract::State;
use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use domain::customer::{CertificateState, CustomerCommand};
use domain::id::CustomerId;
use domain::{Actor, ErrorCode, Evidence, Refusal};
use wire::api::portal::{Confirm, Confirmed};
use wire::message;

use super::open::{broken, certificate_id, not_held, state};
use crate::http::App;
use crate::http::error::{ApiError, Body};
use crate::issuance::confirmation::verify_confirmation;
use crate::store::act::{Act, Command};
use crate::store::lookup::Right;

pub(super) async fn confirm(State(app): State<App>, Body(request): Body<Confirm>) -> Result<Json<Confirmed>, ApiError> {
    // An id nobody holds answers like a wrong signature: the ids of others are nobody's business.
    let unknown = || ApiError::from(ErrorCode::ConfirmSignatureInvalid);
    let right = app.lookup.right(request.certificate_id).await?.ok_or_else(unknown)?;
    confirmed(&app, &right, &request).await.map(Json)
}

/// Verifies the signature with the key of the right's certificate, and activates it.
pub(in crate::http) async fn confirmed(app: &App, right: &Right, request: &Confirm) -> Result<Confirmed, ApiError> {
    let certificate = request.certificate_id;
    let (Some(der), Some(serial)) = (&right.der, &right.serial) else {
        return Err(ErrorCode::ConfirmSignatureInvalid.into());
    };
    let der = STANDARD.decode(der).map_err(|_| broken("certificate"))?;
    let nonce = app.authority.nonce(certificate, serial);
    let signed = message::confirm(&app.config.institution.id, certificate, &nonce);
    verify_confirmation(&der, &signed, &request.signature.0)?;
    let evidence = Evidence::KeyConfirmation { signature_sha256: wire::sha256_hex(&request.signature.0) };
    activate(app, right, evidence).await
}

/// Makes a signed certificate usable whose key its holder has proved. What it replaces ends in the same act.
pub(in crate::http) async fn activate(app: &App, right: &Right, evidence: Evidence) -> Result<Confirmed, ApiError> {
    not_held(right)?;
    let active = Confirmed { state: CertificateState::Active };
    match state(right)? {
        CertificateState::Active => return Ok(active),
        CertificateState::Signed => {}
        CertificateState::Lapsed => {
            return Err(Refusal::new(ErrorCode::PickupDeadlinePassed).with("deadline", &right.deadline).into());
        }
        _ => return Err(ErrorCode::PickupCancelled.into()),
    }
    let customer: CustomerId = right.customer_id.parse()?;
    let act = Act::new(
        Actor::Customer { evidence },
        Command::Customer(customer, CustomerCommand::ConfirmCertificate { certificate: certificate_id(right)? }),
    );
    match app.writer.act(act).await {
        Ok(_) => Ok(active),
        // Twice at once: the other one did it.
        Err(refusal) if refusal.args.get("state").is_some_and(|s| s == "active") => Ok(active),
        Err(refusal) => Err(refusal.into()),
    }
}
