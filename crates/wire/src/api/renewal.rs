//! Renewal with the present certificate: `/api/renewal/v1/{info,open,fetch,confirm,confirm-use}`. Who asks is known from the
//! TLS handshake; `info`, the answer to `fetch`, and `confirm` are those of the pickup.
//!
//! Re-acquisition with an expired certificate, which browsers don't show in a handshake: `/api/portal/v1/reacquire/
//! {nonce,open,fetch}`. The same, proved by a signature; the confirmation is that of the pickup.

use chrono::NaiveDate;
use domain::Refusal;
use domain::customer::{CertificateState, UserRole};
use domain::id::{CertificateId, Serial, UserId};
use serde::{Deserialize, Serialize};

use crate::Base64;

/// `POST open`: whose certificate was shown, and may it be replaced?
#[derive(Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Presented {
    /// The certificate that was shown.
    pub certificate_id: CertificateId,
    /// 利用者ID.
    pub user_id: UserId,
    /// Its role.
    pub role: UserRole,
    /// 利用PC.
    pub device_label: String,
    /// Where it stands; `signed`: to be confirmed by its first use.
    pub state: CertificateState,
    /// Serial number.
    pub serial: Serial,
    /// Last day of its validity (JST).
    pub not_after: NaiveDate,
    /// Last day on which it can be replaced on-line (JST).
    pub deadline: NaiveDate,
    /// May the new file be kept as a backup?
    pub backup_allowed: bool,
    /// A replacement was begun with it: `authorised` or `signed`.
    pub begun: Option<CertificateState>,
    /// Why it may not be replaced now.
    pub refused: Option<Refusal>,
    /// Seals what the browser keeps until the end; only whoever shows the certificate gets it.
    pub keep_secret: String,
}

impl std::fmt::Debug for Presented {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("Presented")
            .field("user_id", &self.user_id)
            .field("state", &self.state)
            .field("begun", &self.begun)
            .field("refused", &self.refused)
            .finish_non_exhaustive()
    }
}

/// `POST fetch`: the PKCS#10 of the new key. Repeated with the same key it gives the first answer.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Renew {
    /// PKCS#10, DER.
    pub csr: Base64,
    /// The key of a replacement that was begun is gone: begin again with this one.
    #[serde(default)]
    pub again: bool,
}

/// `POST reacquire/nonce`: what has to be signed, within ten minutes.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Challenge {
    /// Precedes nonce, line feed and purpose in the signed message ([`crate::message::reacquire`]).
    pub prefix: String,
    /// The nonce.
    pub nonce: String,
}

/// The proof that somebody holds a certificate's key.
#[derive(Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Proof {
    /// The certificate, DER.
    pub certificate: Base64,
    /// The centre's nonce.
    pub nonce: String,
    /// ECDSA r‖s (IEEE P1363) or RSASSA-PKCS1-v1_5, each with SHA-256.
    pub signature: Base64,
}

/// `POST reacquire/open`: signed for the purpose `open`.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct ReacquireOpen {
    /// Who asks.
    pub proof: Proof,
}

/// `POST reacquire/fetch`: signed for this PKCS#10.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Reacquire {
    /// Who asks.
    pub proof: Proof,
    /// PKCS#10, DER.
    pub csr: Base64,
    /// As in [`Renew`].
    #[serde(default)]
    pub again: bool,
}

impl std::fmt::Debug for Proof {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str("Proof(…)")
    }
}
