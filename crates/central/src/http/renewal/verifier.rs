//! Whose certificates are let in: those of the issuing CA, also after their end. Whether one may still do anything is for the
//! rules to say; a handshake that fails tells the customer nothing.

use std::sync::Arc;

use rustls::client::danger::HandshakeSignatureValid;
use rustls::crypto::CryptoProvider;
use rustls::server::WebPkiClientVerifier;
use rustls::server::danger::{ClientCertVerified, ClientCertVerifier};
use rustls::{CertificateError, DigitallySignedStruct, DistinguishedName, Error, RootCertStore, SignatureScheme};
use rustls_pki_types::{CertificateDer, UnixTime};

use crate::clock::Clock;

/// The verifier. Showing none is allowed: the page then says what to do.
#[derive(Debug)]
pub(in crate::http) struct Holders {
    inner: Arc<dyn ClientCertVerifier>,
    clock: Time,
}

struct Time(Clock);

impl std::fmt::Debug for Time {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str("Time")
    }
}

impl Holders {
    pub(in crate::http) fn new(issuing: &[u8], provider: Arc<CryptoProvider>, clock: Clock) -> anyhow::Result<Self> {
        let mut roots = RootCertStore::empty();
        roots.add(CertificateDer::from(issuing.to_vec()))?;
        let builder = WebPkiClientVerifier::builder_with_provider(Arc::new(roots), provider);
        Ok(Self { inner: builder.allow_unauthenticated().build()?, clock: Time(clock) })
    }
}

fn not_after(certificate: &CertificateDer<'_>) -> Result<u64, Error> {
    let bad = Error::InvalidCertificate(CertificateError::BadEncoding);
    let (_, read) = x509_parser::parse_x509_certificate(certificate).map_err(|_| bad.clone())?;
    u64::try_from(read.validity().not_after.timestamp()).map_err(|_| bad)
}

impl ClientCertVerifier for Holders {
    fn client_auth_mandatory(&self) -> bool {
        false
    }

    fn root_hint_subjects(&self) -> &[DistinguishedName] {
        self.inner.root_hint_subjects()
    }

    fn verify_client_cert(
        &self,
        end_entity: &CertificateDer<'_>,
        intermediates: &[CertificateDer<'_>],
        _now: UnixTime,
    ) -> Result<ClientCertVerified, Error> {
        let now = u64::try_from(self.clock.0.now_ms() / 1000).unwrap_or_default().min(not_after(end_entity)?);
        let at = UnixTime::since_unix_epoch(std::time::Duration::from_secs(now));
        self.inner.verify_client_cert(end_entity, intermediates, at)
    }

    fn verify_tls12_signature(
        &self,
        message: &[u8],
        certificate: &CertificateDer<'_>,
        signature: &DigitallySignedStruct,
    ) -> Result<HandshakeSignatureValid, Error> {
        self.inner.verify_tls12_signature(message, certificate, signature)
    }

    fn verify_tls13_signature(
        &self,
        message: &[u8],
        certificate: &CertificateDer<'_>,
        signature: &DigitallySignedStruct,
    ) -> Result<HandshakeSignatureValid, Error> {
        self.inner.verify_tls13_signature(message, certificate, signature)
    }

    fn supported_verify_schemes(&self) -> Vec<SignatureScheme> {
        self.inner.supported_verify_schemes()
    }
}
