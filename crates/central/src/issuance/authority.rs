//! The loaded keys of a running centre.

use std::sync::Arc;

use anyhow::Context as _;
use aws_lc_rs::hmac;
use aws_lc_rs::signature::EcdsaKeyPair;
use chrono::{DateTime, Utc};
use domain::id::{CertificateId, Serial, TerminalId};
use domain::{ErrorCode, Refusal};
use rcgen::{
    CertificateParams, ExtendedKeyUsagePurpose, Issuer, KeyPair, KeyUsagePurpose, SerialNumber, SubjectPublicKeyInfo,
};
use rustls_pki_types::{CertificateDer, PrivateKeyDer, PrivatePkcs8KeyDer};
use zeroize::Zeroizing;

use super::belongs::Certificates;
use super::crl::{self, Issue};
use super::csr::{Request, parse};
use super::ocsp::Responder;
use super::profile::{LeafProfile, Validity, draw_serial, offset};
use super::{dn, keyfile, organisation};
use crate::config::Config;
use crate::store::standing::Listed;

/// Keys and certificates of the centre. Never printed, never leaves the process.
pub struct Authority {
    issuing: Issuer<'static, KeyPair>,
    issuing_der: Vec<u8>,
    issuing_end: DateTime<Utc>,
    crl_key: EcdsaKeyPair,
    responder: Responder,
    ocsp_end: DateTime<Utc>,
    terminal: Issuer<'static, KeyPair>,
    terminal_der: Vec<u8>,
    terminal_end: DateTime<Utc>,
    root_der: Vec<u8>,
    server: (Vec<u8>, Zeroizing<Vec<u8>>),
    log: Arc<tlog::CheckpointSigner>,
    pepper: hmac::Key,
    nonce: hmac::Key,
    profile: LeafProfile,
}

pub(super) fn not_after(der: &[u8]) -> anyhow::Result<DateTime<Utc>> {
    let (_, certificate) = x509_parser::parse_x509_certificate(der)?;
    DateTime::from_timestamp(certificate.validity().not_after.timestamp(), 0).context("end of validity")
}

impl Authority {
    /// Opens the key files.
    ///
    /// # Errors
    /// A file is missing or changed, a certificate is not that of the key beside it, or the passphrase is wrong.
    pub fn open(config: &Config, passphrase: &str) -> anyhow::Result<Self> {
        let dir = config.keys();
        let keys = keyfile::Folder::new(&dir, passphrase);
        let certificates = Certificates(&dir);
        let issuer = |name: &str| -> anyhow::Result<(Issuer<'static, KeyPair>, Vec<u8>)> {
            let key = keys.key_pair(name)?;
            let der = certificates.of(name, &key)?;
            Ok((Issuer::from_ca_cert_der(&CertificateDer::from(der.clone()), key)?, der))
        };
        let (issuing, issuing_der) = issuer("issuing")?;
        organisation::same(&issuing_der, "keys/issuing.cer", &config.institution.roman_name)?;
        let (terminal, terminal_der) = issuer("terminal")?;
        let own = |name: &str| certificates.of(name, &keys.key_pair(name)?);
        let (root_der, ocsp_der, server_der) = (certificates.read("root")?, own("ocsp")?, own("server")?);
        let root = ("root", root_der.as_slice());
        for issued in [("issuing", &issuing_der), ("terminal", &terminal_der), ("server", &server_der)] {
            certificates.signed((issued.0, issued.1), root)?;
        }
        certificates.signed(("ocsp", &ocsp_der), ("issuing", &issuing_der))?;
        let origin = log_origin(config);
        let log = tlog::CheckpointSigner::from_pkcs8(&origin, &keys.read("log.key")?)?;
        let mac =
            |name: &str| -> anyhow::Result<hmac::Key> { Ok(hmac::Key::new(hmac::HMAC_SHA256, &keys.read(name)?)) };
        let raw = |name: &str| crl::raw_key(&keys.read(name)?);
        Ok(Self {
            crl_key: raw("issuing.key")?,
            responder: Responder::new(raw("ocsp.key")?, &ocsp_der, &issuing_der)?,
            ocsp_end: not_after(&ocsp_der)?,
            issuing_end: not_after(&issuing_der)?,
            issuing,
            issuing_der,
            terminal,
            terminal_end: not_after(&terminal_der)?,
            terminal_der,
            root_der,
            server: (server_der, keys.read("server.key")?),
            log: Arc::new(log),
            pepper: mac("pepper.key")?,
            nonce: mac("nonce.key")?,
            profile: LeafProfile { organisation: config.institution.roman_name.clone(), urls: config.status.clone() },
        })
    }

    /// The validity of a certificate fetched now.
    pub fn validity(&self, now: DateTime<Utc>, days: u32) -> Validity {
        Validity::from_fetch(now, days, self.issuing_end)
    }

    /// Signs a customer's certificate. DER.
    ///
    /// # Errors
    /// The key or the names can't be encoded.
    pub fn issue(
        &self,
        request: &Request,
        user: &str,
        contract: &str,
        serial: &Serial,
        validity: Validity,
    ) -> anyhow::Result<Vec<u8>> {
        self.profile.issue(&self.issuing, &request.public_key, user, contract, serial, validity)
    }

    /// Writes the issuing CA's revocation list, DER.
    ///
    /// # Errors
    /// The key can't sign, or `out` fails.
    pub fn write_crl<W: std::io::Write + std::io::Seek>(
        &self,
        issue: &Issue,
        entries: &[Listed],
        out: W,
    ) -> anyhow::Result<()> {
        let empty = crl::empty(&self.issuing, issue, &crl::key_identifier(&self.issuing_der)?)?;
        crl::write(&empty, entries, &self.crl_key, out)
    }

    /// The OCSP responder.
    pub fn responder(&self) -> &Responder {
        &self.responder
    }

    /// Signs a terminal's certificate (two years, clientAuth, CN = terminal id). DER.
    ///
    /// # Errors
    /// The refusals of [`parse`]; only P-256 is accepted.
    pub fn sign_terminal(
        &self,
        csr: &[u8],
        terminal: TerminalId,
        now: DateTime<Utc>,
        epoch: u32,
    ) -> Result<(Vec<u8>, Request), Refusal> {
        let request = parse(csr, &[domain::policy::KeyType::P256])?;
        Ok((self.certify_terminal(&request.public_key, terminal, now, epoch)?, request))
    }

    /// The same for a key that was proved in another way. Never good beyond the terminal CA's own end.
    ///
    /// # Errors
    /// [`ErrorCode::Internal`]; why stands in the diagnostics.
    pub fn certify_terminal(
        &self,
        public_key: &[u8],
        terminal: TerminalId,
        now: DateTime<Utc>,
        epoch: u32,
    ) -> Result<Vec<u8>, Refusal> {
        let sign = || -> anyhow::Result<Vec<u8>> {
            let mut params = CertificateParams::default();
            params.distinguished_name = dn::authority(&self.profile.organisation, &terminal.to_string())?;
            params.serial_number = Some(SerialNumber::from_slice(&hex::decode(draw_serial(epoch).as_str())?));
            params.not_before = offset(now - chrono::Duration::minutes(5))?;
            params.not_after = offset((now + chrono::Duration::days(730)).min(self.terminal_end))?;
            params.key_usages = vec![KeyUsagePurpose::DigitalSignature];
            params.extended_key_usages = vec![ExtendedKeyUsagePurpose::ClientAuth];
            params.use_authority_key_identifier_extension = true;
            let key = SubjectPublicKeyInfo::from_der(public_key)?;
            Ok(params.signed_by(&key, &self.terminal)?.der().to_vec())
        };
        sign().map_err(|error| {
            tracing::error!(%error, "can't sign a terminal certificate");
            ErrorCode::Internal.into()
        })
    }

    /// The key by which instances know what another one has handed over.
    pub(crate) fn handover_key(&self) -> Zeroizing<Vec<u8>> {
        Zeroizing::new(hmac::sign(&self.nonce, b"handover").as_ref().to_vec())
    }

    /// What the centre keeps of a pickup code: HMAC of its SHA-256 (hex, as the desk sent it).
    pub fn code_hmac(&self, code_sha256: &str) -> Vec<u8> {
        hmac::sign(&self.pepper, code_sha256.as_bytes()).as_ref().to_vec()
    }

    /// Compares in constant time.
    pub fn code_fits(&self, code_sha256: &str, stored: &[u8]) -> bool {
        hmac::verify(&self.pepper, code_sha256.as_bytes(), stored).is_ok()
    }

    /// The nonce a customer signs to confirm this certificate: unpredictable, and the same whenever it is asked for.
    pub fn nonce(&self, certificate: CertificateId, serial: &str) -> String {
        hex::encode(hmac::sign(&self.nonce, format!("{certificate}/{serial}").as_bytes()))
    }

    /// A nonce for whoever holds an expired certificate; good until `expires_ms`.
    pub fn timed_nonce(&self, expires_ms: i64) -> String {
        let mac = hmac::sign(&self.nonce, format!("reacquire/{expires_ms}").as_bytes());
        format!("{expires_ms:x}.{}", hex::encode(mac))
    }

    /// Is it one of ours, and still good at `now_ms`?
    pub fn timed_nonce_good(&self, nonce: &str, now_ms: i64) -> bool {
        let Some((expires, mac)) = nonce.split_once('.') else { return false };
        let (Ok(expires), Ok(mac)) = (i64::from_str_radix(expires, 16), hex::decode(mac)) else { return false };
        hmac::verify(&self.nonce, format!("reacquire/{expires}").as_bytes(), &mac).is_ok() && now_ms < expires
    }

    /// Seals what a browser keeps of a renewal of this certificate; given to its holder only.
    pub fn keep_secret(&self, certificate: CertificateId) -> String {
        hex::encode(hmac::sign(&self.nonce, format!("keep/{certificate}").as_bytes()))
    }

    /// Root certificate, DER.
    pub fn root_der(&self) -> &[u8] {
        &self.root_der
    }

    /// Issuing CA, DER.
    pub fn issuing_der(&self) -> &[u8] {
        &self.issuing_der
    }

    /// Terminal CA, DER.
    pub fn terminal_der(&self) -> &[u8] {
        &self.terminal_der
    }

    /// Ends of the certificates that somebody has to renew in time, by name.
    ///
    /// # Errors
    /// One of them can't be read (they were, when the keys were opened).
    pub fn ends(&self) -> anyhow::Result<Vec<(&'static str, DateTime<Utc>)>> {
        Ok(vec![
            ("server", not_after(&self.server.0)?),
            ("ocsp", self.ocsp_end),
            ("issuing_ca", self.issuing_end),
            ("terminal_ca", self.terminal_end),
            ("root", not_after(&self.root_der)?),
        ])
    }

    /// The log's key.
    pub fn log(&self) -> Arc<tlog::CheckpointSigner> {
        Arc::clone(&self.log)
    }

    /// Certificate and key of the service's own TLS.
    pub fn server_tls(&self) -> (Vec<CertificateDer<'static>>, PrivateKeyDer<'static>) {
        let (der, key) = &self.server;
        (vec![CertificateDer::from(der.clone())], PrivateKeyDer::Pkcs8(PrivatePkcs8KeyDer::from(key.to_vec())))
    }
}

/// Origin of the log: institution and epoch-independent name.
pub(crate) fn log_origin(config: &Config) -> String {
    format!("madoguchi/{}", config.institution.id)
}
