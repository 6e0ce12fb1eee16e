//! Enrolment: this PC makes its key, and trades a one-time invitation for a certificate.

use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use domain::id::{BranchCode, InstitutionId, TerminalId};
use rcgen::{CertificateParams, KeyPair, PKCS_ECDSA_P256_SHA256};
use serde::{Deserialize, Serialize};
use wire::api::ErrorAnswer;
use wire::api::enrol::{EnrolAnswer, EnrolRequest};

use crate::error::DeskError;
use crate::secrets::Secrets;

/// The secret's name in the keyring.
pub(crate) const TERMINAL_KEY: &str = "terminal-key";

/// What enrolment left on this PC (nothing secret).
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Identity {
    /// Whose desk this is.
    pub institution: InstitutionId,
    /// Terminal id.
    pub terminal: TerminalId,
    /// Its place.
    pub label: String,
    /// Its branch.
    pub branch: BranchCode,
    /// Terminal certificate, PEM.
    pub certificate: String,
    /// Root of the centre's TLS, PEM.
    pub root: String,
    /// The log's public key.
    pub log_key: String,
    /// `https://host:port` of the terminal API.
    pub terminal_url: String,
}

fn pem(der: &[u8]) -> String {
    let body = STANDARD.encode(der);
    let lines: Vec<&str> = (0..body.len()).step_by(64).filter_map(|i| body.get(i..(i + 64).min(body.len()))).collect();
    format!("-----BEGIN CERTIFICATE-----\n{}\n-----END CERTIFICATE-----\n", lines.join("\n"))
}

/// Enrols. The key is made once and kept, so that a repeated try gets the first answer.
///
/// # Errors
/// The keyring, the network, or the centre's refusal.
pub async fn enrol(url: &str, root_pem: &str, invitation: &str, secrets: &Secrets) -> Result<Identity, DeskError> {
    let key = match secrets.get(TERMINAL_KEY)? {
        Some(pkcs8) => KeyPair::try_from(pkcs8.as_slice()).map_err(|e| DeskError::Keyring(e.to_string()))?,
        None => {
            let key = KeyPair::generate_for(&PKCS_ECDSA_P256_SHA256).map_err(|e| DeskError::Internal(e.to_string()))?;
            secrets.set(TERMINAL_KEY, key.serialized_der())?;
            key
        }
    };
    let csr = CertificateParams::default().serialize_request(&key).map_err(|e| DeskError::Internal(e.to_string()))?;
    let root = reqwest::Certificate::from_pem(root_pem.as_bytes()).map_err(|e| DeskError::Internal(e.to_string()))?;
    let client = reqwest::Client::builder()
        .tls_certs_only([root])
        .no_proxy()
        .build()
        .map_err(|e| DeskError::Internal(e.to_string()))?;
    let request = EnrolRequest { invitation: invitation.to_owned(), csr: csr.der().to_vec().into() };
    let answer = client
        .post(format!("{url}/api/enrol/v1"))
        .json(&request)
        .send()
        .await
        .map_err(|e| DeskError::Offline(e.to_string()))?;
    if !answer.status().is_success() {
        let answer: ErrorAnswer = answer.json().await.map_err(|e| DeskError::Offline(e.to_string()))?;
        return Err(DeskError::Centre(answer));
    }
    let answer: EnrolAnswer = answer.json().await.map_err(|e| DeskError::Offline(e.to_string()))?;
    Ok(Identity {
        institution: answer.institution,
        terminal: answer.terminal,
        label: answer.label,
        branch: answer.branch,
        certificate: pem(&answer.certificate.0),
        root: pem(&answer.root.0),
        log_key: answer.log_key,
        terminal_url: answer.terminal_url,
    })
}

/// A certificate file of the centre (`root.cer`, DER) as PEM.
///
/// # Errors
/// The file can't be read.
pub(crate) fn read_certificate(path: &std::path::Path) -> std::io::Result<String> {
    Ok(pem(&std::fs::read(path)?))
}
