//! A keep-alive TLS connection (HTTP/1.1) with as little around it as a bench needs: the load shares the machine with the
//! service, so what a general client spends for its own comfort would be counted against the service.

use std::sync::Arc;

use e2e::customer::EDGE;
use rustls_pki_types::pem::PemObject as _;
use rustls_pki_types::{CertificateDer, ServerName};
use tokio::io::{AsyncReadExt as _, AsyncWriteExt as _};
use tokio::net::TcpStream;
use tokio_rustls::TlsConnector;
use tokio_rustls::client::TlsStream;

/// An open connection.
pub(crate) struct Kept {
    stream: TlsStream<TcpStream>,
    host: String,
    sent: Vec<u8>,
    buffer: Vec<u8>,
}

impl Kept {
    /// Connects to `https://host:port…`, trusting one root.
    pub(crate) async fn open(url: &str, root_pem: &str) -> Self {
        let host = url.trim_start_matches("https://").split('/').next().unwrap().to_owned();
        let mut roots = rustls::RootCertStore::empty();
        roots.add(CertificateDer::from_pem_slice(root_pem.as_bytes()).unwrap()).unwrap();
        let config = rustls::ClientConfig::builder().with_root_certificates(roots).with_no_client_auth();
        let tcp = TcpStream::connect(&host).await.unwrap();
        tcp.set_nodelay(true).unwrap();
        let name = ServerName::try_from(host.rsplit_once(':').unwrap().0.to_owned()).unwrap();
        let stream = TlsConnector::from(Arc::new(config)).connect(name, tcp).await.unwrap();
        Self { stream, host, sent: Vec::new(), buffer: Vec::new() }
    }

    /// Sends a request and gives the answer's status and body.
    pub(crate) async fn ask(&mut self, method: &str, path: &str, body: &[u8]) -> (u16, &[u8]) {
        self.sent.clear();
        let head = format!(
            "{method} {path} HTTP/1.1\r\nHost: {}\r\nUser-Agent: {EDGE}\r\nContent-Type: application/json\r\nContent-Length: {}\r\n\r\n",
            self.host,
            body.len()
        );
        self.sent.extend_from_slice(head.as_bytes());
        self.sent.extend_from_slice(body);
        self.stream.write_all(&self.sent).await.unwrap();
        self.stream.flush().await.unwrap();
        self.buffer.clear();
        let (mut end, mut length) = (None, 0);
        while end.is_none_or(|end| self.buffer.len() < end + length) {
            assert_ne!(self.stream.read_buf(&mut self.buffer).await.unwrap(), 0, "closed");
            if end.is_none()
                && let Some(at) = self.buffer.windows(4).position(|four| four == b"\r\n\r\n")
            {
                let head = std::str::from_utf8(&self.buffer[..at]).unwrap().to_ascii_lowercase();
                let line = head.lines().find_map(|line| line.strip_prefix("content-length:"));
                length = line.map_or(0, |text| text.trim().parse().unwrap());
                end = Some(at + 4);
            }
        }
        let status = std::str::from_utf8(&self.buffer[9..12]).unwrap().parse().unwrap();
        let end = end.unwrap();
        (status, &self.buffer[end..end + length])
    }
}
