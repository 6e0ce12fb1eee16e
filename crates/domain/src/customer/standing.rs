//! What a relying party is told of a signed certificate. CRL and OCSP answers are derived from this and nothing else.

use chrono::{DateTime, Utc};

use super::state::{Certificate, CertificateState, Customer, RevocationReason};

/// RFC 5280 §5.3.1: certificateHold.
pub const CERTIFICATE_HOLD: u8 = 6;

/// Why and since when a certificate is not good.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Stopped {
    /// CRLReason (RFC 5280 §5.3.1).
    pub reason: u8,
    /// Since when.
    pub since: DateTime<Utc>,
    /// From when on it must not be trusted (RFC 5280 §5.3.2 invalidityDate).
    pub invalid_from: Option<DateTime<Utc>>,
}

impl RevocationReason {
    /// CRLReason (RFC 5280 §5.3.1).
    pub fn code(self) -> u8 {
        match self {
            Self::KeyCompromise => 1,
            Self::AffiliationChanged => 3,
            Self::Superseded => 4,
            Self::CessationOfOperation => 5,
            Self::PrivilegeWithdrawn => 9,
        }
    }
}

/// `None`: good. Only asked of a certificate that was signed; only an active one is good, and one that expired while it
/// was.
pub fn stopped(customer: &Customer, certificate: &Certificate) -> Option<Stopped> {
    if let Some(revocation) = &certificate.revocation {
        let (reason, since, invalid_from) = (revocation.reason.code(), revocation.at, revocation.invalid_from);
        return Some(Stopped { reason, since, invalid_from });
    }
    let signed_at = certificate.signed_at.unwrap_or(certificate.granted_at);
    let held_at = certificate.held.and_then(|id| customer.incident(id)).map(|incident| incident.reported_at);
    let held = |since| Some(Stopped { reason: CERTIFICATE_HOLD, since, invalid_from: None });
    match certificate.state {
        CertificateState::Active => None,
        CertificateState::Expired => held_at.and_then(held),
        CertificateState::Suspended => held(held_at.unwrap_or(signed_at)),
        // Nobody has shown that he holds the key.
        CertificateState::Authorised | CertificateState::Signed => held(signed_at),
        // It never will be used, and it can't come back.
        CertificateState::Lapsed | CertificateState::Cancelled | CertificateState::Revoked => Some(Stopped {
            reason: RevocationReason::CessationOfOperation.code(),
            since: certificate.ended_at.unwrap_or(signed_at),
            invalid_from: None,
        }),
    }
}
