//! `POST /api/enrol/v1`, on a listener of its own: a terminal trades its one-time invitation for a certificate.
//! `GET /api/enrol/v1/root`: what the centre presents itself with. Whoever asks does not know the centre yet, and believes
//! nothing of the answer before its fingerprint was compared with what is on paper.

use domain::id::{BranchCode, InstitutionId, TerminalId};
use serde::{Deserialize, Serialize};

use crate::Base64;

/// Asks for a terminal certificate. Repeating it with the same key gives the first answer.
#[derive(Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct EnrolRequest {
    /// The one-time invitation.
    pub invitation: String,
    /// PKCS#10 (DER) of the key the PC made.
    pub csr: Base64,
}

impl std::fmt::Debug for EnrolRequest {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str("EnrolRequest(…)")
    }
}

/// The terminal's identity.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct EnrolAnswer {
    /// Whose desk this is now.
    pub institution: InstitutionId,
    /// The institution's name on screen and paper.
    pub institution_name: String,
    /// A training centre?
    pub training: bool,
    /// The terminal's id.
    pub terminal: TerminalId,
    /// Its place.
    pub label: String,
    /// The branch it is bound to.
    pub branch: BranchCode,
    /// The terminal's certificate, DER.
    pub certificate: Base64,
    /// The terminal CA's certificate, DER.
    pub terminal_ca: Base64,
    /// The root certificate that the centre's own TLS certificate hangs under, DER.
    pub root: Base64,
    /// The log's public key (C2SP vkey).
    pub log_key: String,
    /// Where the terminal API listens, `https://host:port`.
    pub terminal_url: String,
}

/// What the centre presents itself with.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct PresentedRoot {
    /// The root certificate, DER.
    pub root: Base64,
}
