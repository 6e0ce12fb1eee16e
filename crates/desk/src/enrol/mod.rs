//! Enrolment: this PC makes its key, and trades a one-time invitation for a certificate.

pub mod first;

use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use domain::id::{BranchCode, InstitutionId, TerminalId};
use rcgen::{CertificateParams, CertificateSigningRequest, KeyPair, PKCS_ECDSA_P256_SHA256, PublicKeyData as _};
use serde::{Deserialize, Serialize};
use wire::api::ErrorAnswer;
use wire::api::enrol::{EnrolAnswer, EnrolRequest};

use crate::config::Config;
use crate::error::{DeskError, lost};
use crate::profile::Profile;
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

/// This PC's key. Made once and kept, so that a repeated try gets the first answer.
fn key(secrets: &Secrets) -> Result<KeyPair, DeskError> {
    if let Some(pkcs8) = secrets.get(TERMINAL_KEY)? {
        return KeyPair::try_from(pkcs8.as_slice()).map_err(|e| DeskError::Keyring(e.to_string()));
    }
    let key = KeyPair::generate_for(&PKCS_ECDSA_P256_SHA256).map_err(|e| DeskError::Internal(e.to_string()))?;
    secrets.set(TERMINAL_KEY, key.serialized_der())?;
    Ok(key)
}

fn request(secrets: &Secrets) -> Result<CertificateSigningRequest, DeskError> {
    CertificateParams::default().serialize_request(&key(secrets)?).map_err(|e| DeskError::Internal(e.to_string()))
}

/// The request as a file, for a PC that does not reach the centre's enrolment listener.
///
/// # Errors
/// The keyring.
pub fn request_file(secrets: &Secrets) -> Result<String, DeskError> {
    request(secrets)?.pem().map_err(|e| DeskError::Internal(e.to_string()))
}

/// Enrols over the network.
///
/// # Errors
/// The keyring, the network, or the centre's refusal.
pub async fn enrol(url: &str, root_pem: &str, invitation: &str, secrets: &Secrets) -> Result<Identity, DeskError> {
    enrol_by(&Config::default(), url, root_pem, invitation, secrets).await
}

/// Enrols over the network, the way the settings say.
///
/// # Errors
/// The settings name another root, the keyring, the network, or the centre's refusal.
pub async fn enrol_by(
    config: &Config,
    url: &str,
    root_pem: &str,
    invitation: &str,
    secrets: &Secrets,
) -> Result<Identity, DeskError> {
    let csr = request(secrets)?;
    let client = config.client(root_pem)?.build().map_err(|e| DeskError::Internal(e.to_string()))?;
    let request = EnrolRequest { invitation: invitation.to_owned(), csr: csr.der().to_vec().into() };
    let answer =
        client.post(format!("{}/api/enrol/v1", url.trim_end_matches('/'))).json(&request).send().await.map_err(lost)?;
    if !answer.status().is_success() {
        let answer: ErrorAnswer = answer.json().await.map_err(lost)?;
        return Err(DeskError::Centre(answer));
    }
    identity(answer.json().await.map_err(lost)?, secrets)
}

/// Takes the centre's answer in: only one that was given for the key of this PC.
///
/// # Errors
/// It is another PC's, or the keyring.
pub fn identity(answer: EnrolAnswer, secrets: &Secrets) -> Result<Identity, DeskError> {
    let certificate = of_key(&answer.certificate.0, &key(secrets)?)?;
    Ok(Identity {
        institution: answer.institution,
        terminal: answer.terminal,
        label: answer.label,
        branch: answer.branch,
        certificate,
        root: pem(&answer.root.0),
        log_key: answer.log_key,
        terminal_url: answer.terminal_url,
    })
}

/// A certificate as PEM, if it is for this key.
fn of_key(der: &[u8], key: &KeyPair) -> Result<String, DeskError> {
    let given = x509_parser::parse_x509_certificate(der).ok();
    if given.is_none_or(|(_, given)| given.public_key().raw != key.subject_public_key_info().as_slice()) {
        return Err(domain::ErrorCode::InvitationDenied.into());
    }
    Ok(pem(der))
}

/// The same for the key as it is kept.
pub(crate) fn own_certificate(der: &[u8], pkcs8: &[u8]) -> Result<String, DeskError> {
    of_key(der, &KeyPair::try_from(pkcs8).map_err(|e| DeskError::Keyring(e.to_string()))?)
}

/// Makes a profile the desk of an identity: from now on it opens with it.
///
/// # Errors
/// The profile is another terminal's, or the replica can't be written.
pub async fn keep(profile: &Profile, secrets: &Secrets, identity: &Identity) -> Result<(), DeskError> {
    let replica = crate::desk::open_replica(profile, secrets).await?;
    let known: Option<Identity> = replica.get("identity").await?;
    let kept = match known {
        Some(known) if known.terminal != identity.terminal => Err(domain::ErrorCode::InvitationDenied.into()),
        _ => replica.set("identity", identity).await,
    };
    replica.close().await?;
    kept
}

/// A certificate as PEM, whether it is that already or DER.
pub fn certificate_pem(file: &[u8]) -> String {
    match std::str::from_utf8(file) {
        Ok(text) if text.trim_start().starts_with("-----BEGIN") => text.to_owned(),
        _ => pem(file),
    }
}
