//! The confirmation: only a signature with the new key makes the certificate usable. Repeating it changes nothing.

use axum::Json;
use axum::extract::State;
use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use domain::customer::{CertificateState, CustomerCommand};
use domain::id::{CommandId, CustomerId};
use domain::{Actor, ErrorCode, Evidence, Refusal};
use wire::api::portal::{Confirm, Confirmed};
use wire::message;

use super::open::{broken, not_held, state};
use crate::http::App;
use crate::http::error::{ApiError, Body};
use crate::issuance::confirmation::verify_confirmation;
use crate::store::act::{Act, Command};

pub(super) async fn confirm(State(app): State<App>, Body(request): Body<Confirm>) -> Result<Json<Confirmed>, ApiError> {
    let certificate = request.certificate_id;
    // An id nobody holds answers like a wrong signature: the ids of others are nobody's business.
    let unknown = || ApiError::from(ErrorCode::ConfirmSignatureInvalid);
    let right = app.lookup.right(certificate).await?.ok_or_else(unknown)?;
    let (Some(der), Some(serial)) = (&right.der, &right.serial) else { return Err(unknown()) };
    let der = STANDARD.decode(der).map_err(|_| broken("certificate"))?;
    let nonce = app.authority.nonce(certificate, serial);
    let signed = message::confirm(&app.config.institution.id, certificate, &nonce);
    verify_confirmation(&der, &signed, &request.signature.0)?;
    not_held(&right)?;
    let active = Json(Confirmed { state: CertificateState::Active });
    match state(&right)? {
        CertificateState::Active => return Ok(active),
        CertificateState::Signed => {}
        CertificateState::Lapsed => {
            return Err(Refusal::new(ErrorCode::PickupDeadlinePassed).with("deadline", right.deadline).into());
        }
        _ => return Err(ErrorCode::PickupCancelled.into()),
    }
    let customer: CustomerId = right.customer_id.parse()?;
    let act = Act {
        id: CommandId(uuid::Uuid::now_v7()),
        actor: Actor::Customer {
            evidence: Evidence::KeyConfirmation { signature_sha256: wire::sha256_hex(&request.signature.0) },
        },
        command: Command::Customer(customer, CustomerCommand::ConfirmCertificate { certificate }),
        expected_version: None,
        attached: None,
        sealed: None,
        asides: Vec::new(),
    };
    match app.writer.act(act).await {
        Ok(_) => Ok(active),
        // Twice at once: the other one did it.
        Err(refusal) if refusal.args.get("state").is_some_and(|s| s == "active") => Ok(active),
        Err(refusal) => Err(refusal.into()),
    }
}
