//! The certificate that was shown, as the database knows it. Authenticated by that; authorised for nothing yet.

use axum::extract::FromRequestParts;
use axum::http::request::Parts;
use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use domain::customer::{self, Customer};
use domain::id::{CertificateId, CustomerId, Serial};
use domain::{Actor, ErrorCode, Evidence};

use crate::http::App;
use crate::http::error::ApiError;
use crate::http::portal::open::broken;
use crate::http::portal::platform;
use crate::http::tls::PeerCertificate;
use crate::store::lookup::Right;
use crate::store::read;

/// Whoever showed a certificate of this institution.
pub(super) struct Holder {
    /// Its serial number.
    pub(super) serial: Serial,
    /// Its row.
    pub(super) present: Right,
}

impl FromRequestParts<App> for Holder {
    type Rejection = ApiError;

    async fn from_request_parts(parts: &mut Parts, app: &App) -> Result<Self, ApiError> {
        platform::check(&parts.headers, &app.policy())?;
        let shown = parts.extensions.get::<Option<PeerCertificate>>().cloned().flatten();
        let PeerCertificate(der) = shown.ok_or(ErrorCode::RenewalDenied)?;
        Self::of(app, &der).await
    }
}

impl Holder {
    /// The holder of this certificate (DER), whose key was proved.
    pub(super) async fn of(app: &App, der: &[u8]) -> Result<Self, ApiError> {
        let denied = || ApiError::from(ErrorCode::RenewalDenied);
        let (_, certificate) = x509_parser::parse_x509_certificate(der).map_err(|_| denied())?;
        let serial: Serial = hex::encode_upper(certificate.raw_serial()).parse().map_err(|_| denied())?;
        // A serial the log does not know, or other bytes under a known one: the CA's key signed what nobody recorded.
        let unrecorded = || {
            tracing::warn!(%serial, "a certificate was shown that the log does not know");
            denied()
        };
        let id = read::certificate_by_serial(&app.readers, &serial).await?.ok_or_else(unrecorded)?;
        let present = app.lookup.right(id.parse()?).await?.ok_or_else(unrecorded)?;
        if present.der.as_deref() != Some(STANDARD.encode(der).as_str()) {
            return Err(unrecorded());
        }
        Ok(Self { serial, present })
    }

    /// Its id.
    pub(super) fn certificate(&self) -> Result<CertificateId, ApiError> {
        self.present.certificate_id.parse().map_err(|_| broken("certificate id"))
    }

    /// Everything known of its customer.
    pub(super) async fn customer(&self, app: &App) -> Result<(CustomerId, Customer), ApiError> {
        let id: CustomerId = self.present.customer_id.parse()?;
        let customer = read::customer(&app.readers, id).await?.ok_or_else(|| broken("customer"))?;
        Ok((id, customer))
    }

    /// What its acts rest on.
    pub(super) fn evidence(&self, csr_sha256: &str) -> Evidence {
        Evidence::MutualTls { serial: self.serial.clone(), csr_sha256: csr_sha256.to_owned() }
    }

    /// May it be replaced now? Gives the last day.
    pub(super) fn may_renew(&self, app: &App, customer: &Customer) -> Result<chrono::NaiveDate, ApiError> {
        let actor = Actor::Customer { evidence: self.evidence("") };
        let now = app.writer.deciding(app.clock.now());
        let context = customer::Context { actor: &actor, policy: &app.policy(), now };
        Ok(customer::may_renew(customer, self.certificate()?, &context)?)
    }
}
