//! TLS of the listeners: 1.3 only. Terminals must show a certificate of the terminal CA, holders may show one of the issuing
//! CA; it is handed to the handlers.

use std::io;
use std::pin::Pin;
use std::sync::Arc;

use axum::Extension;
use axum::middleware::AddExtension;
use axum_server::accept::Accept;
use axum_server::tls_rustls::{RustlsAcceptor, RustlsConfig};
use rustls::server::WebPkiClientVerifier;
use rustls::server::danger::ClientCertVerifier;
use rustls::{RootCertStore, ServerConfig};
use rustls_pki_types::CertificateDer;
use tokio::io::{AsyncRead, AsyncWrite};
use tokio_rustls::server::TlsStream;
use tower::Layer as _;

use super::live::{Held, Live};
use super::renewal::Holders;
use super::terminal;
use crate::clock::Clock;
use crate::issuance::Authority;

/// The certificate a client showed. The service gets an `Option` of it.
#[derive(Clone)]
pub(super) struct PeerCertificate(pub(super) Arc<[u8]>);

const HTTP_2: &[u8] = b"h2";
/// All that strangers are offered: one of HTTP/2 keeps his connection as long as he likes, at no cost.
const HTTP_1: &[u8] = b"http/1.1";

fn provider() -> Arc<rustls::crypto::CryptoProvider> {
    Arc::new(rustls::crypto::aws_lc_rs::default_provider())
}

/// For listeners that know their clients by something else than a certificate.
pub(super) fn plain(authority: &Authority) -> anyhow::Result<RustlsAcceptor> {
    let (chain, key) = authority.server_tls();
    let mut config = ServerConfig::builder_with_provider(provider())
        .with_protocol_versions(&[&rustls::version::TLS13])?
        .with_no_client_auth()
        .with_single_cert(chain, key)?;
    config.alpn_protocols = vec![HTTP_1.to_vec()];
    Ok(RustlsAcceptor::new(RustlsConfig::from_config(Arc::new(config))))
}

/// For terminals. Session resumption is off: a revoked terminal must not come back on an old ticket.
pub(super) fn mutual(authority: &Authority, live: Live) -> anyhow::Result<PeerAcceptor> {
    let mut roots = RootCertStore::empty();
    roots.add(CertificateDer::from(authority.terminal_der().to_vec()))?;
    let verifier = WebPkiClientVerifier::builder_with_provider(Arc::new(roots), provider()).build()?;
    asking(authority, verifier, Some(live))
}

/// For customers who show their present certificate. Who shows none still gets the page, which says what to do; one of
/// somebody else's CA ends the handshake. Session resumption is off: the certificate is looked at every time.
pub(super) fn holders(authority: &Authority, clock: Clock) -> anyhow::Result<PeerAcceptor> {
    asking(authority, Arc::new(Holders::new(authority.issuing_der(), provider(), clock)?), None)
}

fn asking(
    authority: &Authority,
    verifier: Arc<dyn ClientCertVerifier>,
    live: Option<Live>,
) -> anyhow::Result<PeerAcceptor> {
    let (chain, key) = authority.server_tls();
    let mut config = ServerConfig::builder_with_provider(provider())
        .with_protocol_versions(&[&rustls::version::TLS13])?
        .with_client_cert_verifier(verifier)
        .with_single_cert(chain, key)?;
    config.send_tls13_tickets = 0;
    config.session_storage = Arc::new(rustls::server::NoServerSessionStorage {});
    config.alpn_protocols = match live {
        Some(_) => vec![HTTP_2.to_vec(), HTTP_1.to_vec()],
        None => vec![HTTP_1.to_vec()],
    };
    let acceptor = RustlsAcceptor::new(RustlsConfig::from_config(Arc::new(config)));
    Ok(PeerAcceptor { acceptor, live })
}

/// Accepts TLS and hands the peer's certificate to the service.
#[derive(Clone)]
pub(super) struct PeerAcceptor {
    acceptor: RustlsAcceptor,
    /// With terminals, which must show a certificate.
    live: Option<Live>,
}

type Inner<I, S> = <RustlsAcceptor as Accept<I, S>>::Service;
type Accepted<I, S> = (Held<TlsStream<I>>, AddExtension<Inner<I, S>, Option<PeerCertificate>>);

impl<I, S> Accept<I, S> for PeerAcceptor
where
    I: AsyncRead + AsyncWrite + Unpin + Send + 'static,
    S: Send + 'static,
{
    type Stream = Held<TlsStream<I>>;
    type Service = AddExtension<Inner<I, S>, Option<PeerCertificate>>;
    type Future = Pin<Box<dyn Future<Output = io::Result<Accepted<I, S>>> + Send>>;

    fn accept(&self, stream: I, service: S) -> Self::Future {
        let Self { acceptor, live } = self.clone();
        Box::pin(async move {
            let (stream, service) = acceptor.accept(stream, service).await?;
            let shown = stream.get_ref().1.peer_certificates().and_then(|chain| chain.first());
            let peer = shown.map(|certificate| PeerCertificate(Arc::from(certificate.as_ref())));
            if live.is_some() && peer.is_none() {
                return Err(io::Error::other("no client certificate"));
            }
            let named = live.as_ref().zip(peer.as_ref()).and_then(|(_, PeerCertificate(der))| {
                let (_, certificate) = x509_parser::parse_x509_certificate(der).ok()?;
                terminal::named(&certificate)
            });
            Ok((live.unwrap_or_default().held(named, stream), Extension(peer).layer(service)))
        })
    }
}
