//! The renewal itself, in the order of the pickup: the right, what is about to be signed, the signature, the result. The
//! same key gets the first answer; another key gets nothing, unless its holder says that the first one is lost.

use axum::Json;
use axum::extract::State;
use domain::customer::{Certificate, CertificateState, Customer, CustomerCommand};
use domain::id::{CertificateId, CustomerId};
use domain::{Actor, ErrorCode, Evidence};
use wire::api::portal::Fetched;
use wire::api::renewal::Renew;

use super::holder::Holder;
use crate::http::App;
use crate::http::error::{ApiError, Body};
use crate::http::portal::fetch::{first_answer, sign};
use crate::http::portal::open::{broken, not_held};
use crate::issuance::csr;
use crate::store::act::{Act, Command};
use crate::store::lookup::Right;

pub(super) async fn fetch(
    State(app): State<App>,
    holder: Holder,
    Body(request): Body<Renew>,
) -> Result<Json<Fetched>, ApiError> {
    let csr = csr::parse(&request.csr.0, &app.policy().key_types)?;
    let evidence = holder.evidence(&csr.csr_sha256);
    renew(&app, &holder, &csr, request.again, evidence).await.map(Json)
}

/// Gives the holder a certificate for another key, if the rules allow it.
pub(super) async fn renew(
    app: &App,
    holder: &Holder,
    csr: &csr::Request,
    again: bool,
    evidence: Evidence,
) -> Result<Fetched, ApiError> {
    let present = holder.certificate()?;
    let (id, customer) = holder.customer(app).await?;
    if let Some(signed) = with_key(&customer, present, &csr.key_sha256) {
        // Asked for again, perhaps after the confirmation: the present certificate has ended by that.
        let right = right(app, signed.id).await?;
        not_held(&right)?;
        return first_answer(app, &right, csr)?.ok_or_else(|| broken("certificate"));
    }
    let grant = async |again| grant(app, id, present, again, evidence.clone()).await;
    holder.may_renew(app, &customer)?;
    let begun = match begun(&customer, present) {
        None => grant(false).await?,
        Some(begun) if begun.state == CertificateState::Signed && again => grant(true).await?,
        Some(begun) => begun.id,
    };
    match fetch_right(app, begun, csr, evidence.clone()).await {
        // Another key was meant to be signed when the centre stopped, and is lost as well.
        Err(refused) if again && refused.code() == ErrorCode::PickupOtherKey => {
            fetch_right(app, grant(true).await?, csr, evidence.clone()).await
        }
        answer => answer,
    }
}

async fn fetch_right(
    app: &App,
    id: CertificateId,
    csr: &csr::Request,
    evidence: Evidence,
) -> Result<Fetched, ApiError> {
    let right = right(app, id).await?;
    not_held(&right)?;
    match first_answer(app, &right, csr)? {
        Some(first) => Ok(first),
        None => sign(app, &right, csr, evidence).await,
    }
}

/// Records the right to the successor, and finds it.
async fn grant(
    app: &App,
    customer: CustomerId,
    certificate: CertificateId,
    again: bool,
    evidence: Evidence,
) -> Result<CertificateId, ApiError> {
    let act = Act::new(
        Actor::Customer { evidence },
        Command::Customer(customer, CustomerCommand::RenewCertificate { certificate, again }),
    );
    let answer = app.writer.act(act).await;
    fault::point("centre-renewal-granted");
    let now = crate::store::read::customer(&app.readers, customer).await?.ok_or_else(|| broken("customer"))?;
    match (answer, begun(&now, certificate)) {
        // Twice at once: the other request was granted it, and the key decides between them.
        (Ok(_), Some(begun)) => Ok(begun.id),
        (Err(refusal), Some(begun)) if refusal.code == ErrorCode::SuccessorExists => Ok(begun.id),
        (Err(refusal), _) => Err(refusal.into()),
        (Ok(_), None) => Err(ErrorCode::PickupOtherKey.into()),
    }
}

/// The replacement that was begun with this certificate and is not finished.
fn begun(customer: &Customer, present: CertificateId) -> Option<&Certificate> {
    customer.certificates.iter().find(|c| c.renews == Some(present) && c.state.successor())
}

/// The replacement, finished or not, that has this key.
fn with_key<'a>(customer: &'a Customer, present: CertificateId, key: &str) -> Option<&'a Certificate> {
    let mut renewed = customer.certificates.iter().filter(|c| c.renews == Some(present));
    renewed.find(|c| c.signed.as_ref().is_some_and(|s| s.key_sha256 == key))
}

async fn right(app: &App, id: CertificateId) -> Result<Right, ApiError> {
    app.lookup.right(id).await?.ok_or_else(|| broken("right"))
}
