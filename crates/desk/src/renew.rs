//! Another certificate for this terminal, long before its own ends, without anybody noticing. For the same key (ADR 11): what
//! waits in the outbox stays signed by it, and the only thing that changes here is one value in the replica.

use std::time::Duration;

use chrono::{DateTime, Utc};
use domain::ErrorCode;
use domain::terminal::renewal_due;

use crate::desk::{Desk, held};
use crate::enrol::{self, Identity};
use crate::error::DeskError;

/// How often somebody looks whether it is time.
const EVERY: Duration = Duration::from_secs(10);
/// After a failure.
const AGAIN: Duration = Duration::from_secs(300);

/// Start and end of a certificate, PEM.
pub(crate) fn validity(pem: &str) -> Option<(DateTime<Utc>, DateTime<Utc>)> {
    let (_, read) = x509_parser::pem::parse_x509_pem(pem.as_bytes()).ok()?;
    let certificate = read.parse_x509().ok()?;
    let time = |at: x509_parser::time::ASN1Time| DateTime::from_timestamp(at.timestamp(), 0);
    let validity = certificate.validity();
    time(validity.not_before).zip(time(validity.not_after))
}

/// Runs until the desk is closed.
pub(crate) async fn run(desk: Desk) {
    loop {
        let pause = match desk.renew_in_time().await {
            Ok(_) => EVERY,
            Err(error) => {
                tracing::warn!(%error, "the terminal's certificate was not renewed; trying again");
                AGAIN
            }
        };
        tokio::select! {
            () = tokio::time::sleep(pause) => {}
            () = desk.inner.wake.notified() => {}
        }
    }
}

impl Desk {
    /// Has this terminal's certificate ended?
    pub(crate) fn certificate_ended(&self) -> bool {
        let (now, _) = self.time();
        validity(&held(&self.inner.certificate)).is_some_and(|(_, until)| until < now)
    }

    /// Until when this terminal's certificate is good.
    pub fn certificate_until(&self) -> Option<DateTime<Utc>> {
        validity(&held(&self.inner.certificate)).map(|(_, until)| until)
    }

    /// Says whether there is a new one.
    async fn renew_in_time(&self) -> Result<bool, DeskError> {
        let shown = held(&self.inner.certificate).clone();
        let Some((from, until)) = validity(&shown) else { return Ok(false) };
        if !self.online() || !renewal_due(from, until, self.time().0) {
            return Ok(false);
        }
        let given = self.inner.centre.renew().await?.certificate.0;
        fault::point("desk-renewed");
        let certificate = enrol::own_certificate(&given, &self.inner.key)?;
        if validity(&certificate).is_none_or(|(_, end)| end <= until) {
            return Err(ErrorCode::TerminalCertificateEnded.into());
        }
        let known: Option<Identity> = self.inner.replica.get("identity").await?;
        let identity = Identity { certificate, ..known.unwrap_or_else(|| self.inner.identity.clone()) };
        self.inner.replica.set("identity", &identity).await?;
        fault::point("desk-renewal-kept");
        self.inner.centre.show(&identity, &self.inner.config, &self.inner.key)?;
        *held(&self.inner.certificate) = identity.certificate;
        tracing::info!("the terminal has a new certificate");
        Ok(true)
    }
}
