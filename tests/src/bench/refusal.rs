//! From the teller's command to the first refused handshake at the login server: the time a thief has.

use std::sync::Arc;
use std::time::{Duration, Instant};

use domain::customer::IncidentCause;
use e2e::centre::{BRANCH, Centre};
use e2e::customer::{Customer, fresh_key};
use e2e::office::{Office, root_pem};
use e2e::relying::{RelyingParty, Source};
use e2e::terminal::Terminal;
use rustls_pki_types::{CertificateDer, PrivateKeyDer, ServerName};
use serde_json::{Value, json};
use tokio::io::{AsyncReadExt as _, AsyncWriteExt as _};
use tokio_rustls::TlsConnector;

use crate::cost::round;

const STOPS: usize = 100;

pub(crate) async fn run() -> Value {
    let mut centre = Centre::new(|_| {});
    let (first, second) = (centre.invite(BRANCH, "bench"), centre.invite(BRANCH, "窓口 1番"));
    centre.start();
    let root = root_pem(&centre);
    let secrets = desk::secrets::Secrets::Files(centre.dir.path().join("secrets"));
    let identity = desk::enrol::enrol(&centre.at().enrol, &root, &first, &secrets).await.unwrap();
    let terminal = Terminal::new(identity, &secrets);
    let portal = Customer::new(&centre.at().portal, &root);
    let mut holders = Vec::new();
    for (user, code) in terminal.rights(STOPS).await {
        let (key, csr) = fresh_key();
        let fetched = portal.fetch(&user, &code, &csr).await.unwrap();
        portal.confirm(&fetched, &key).await.unwrap();
        holders.push((user, connector(&fetched.certificate.0, key.serialized_der())));
    }
    let party = RelyingParty::start(&centre, &[], Source::Ocsp).await;
    let office = Office::enrol(&centre, &second).await;
    office.sign_in("T1001").await;
    let mut times = Vec::with_capacity(STOPS);
    for (user, connector) in holders {
        let start = Instant::now();
        let hit = loop {
            if let Some(hit) = office.desk.search(&user).await.unwrap().hits.into_iter().next() {
                break hit;
            }
            assert!(start.elapsed() < Duration::from_secs(60), "{user} does not arrive at the desk");
            tokio::time::sleep(Duration::from_millis(50)).await;
        };
        let contract = office.desk.customer(&hit.customer_id).await.unwrap().contracts[0].number.clone();
        assert!(welcome(&connector, party.port).await, "{user} can't log in before");
        let login = tokio::spawn({
            let port = party.port;
            async move {
                while welcome(&connector, port).await {}
                Instant::now()
            }
        });
        let command = Instant::now();
        office.desk.suspend(&hit.customer_id, IncidentCause::Stolen, &contract, Some(&user)).await.unwrap();
        times.push(login.await.unwrap().duration_since(command).as_secs_f64());
    }
    office.desk.close().await;
    centre.stop();
    times.sort_by(f64::total_cmp);
    json!({
        "refusal.n": times.len(),
        "refusal.p50_s": round(times[times.len() / 2]),
        "refusal.max_s": round(times[times.len() - 1]),
    })
}

fn connector(certificate: &[u8], key: &[u8]) -> TlsConnector {
    let mut config = rustls::ClientConfig::builder()
        .dangerous()
        .with_custom_certificate_verifier(Arc::new(e2e::relying::AnyServer))
        .with_client_auth_cert(
            vec![CertificateDer::from(certificate.to_vec())],
            PrivateKeyDer::try_from(key.to_vec()).unwrap(),
        )
        .unwrap();
    config.resumption = rustls::client::Resumption::disabled();
    TlsConnector::from(Arc::new(config))
}

/// One new handshake and a request: was it let in?
async fn welcome(connector: &TlsConnector, port: u16) -> bool {
    let stream = tokio::net::TcpStream::connect(("127.0.0.1", port)).await.unwrap();
    let Ok(mut stream) = connector.connect(ServerName::try_from("localhost").unwrap(), stream).await else {
        return false;
    };
    let mut answer = Vec::new();
    let asked = stream.write_all(b"GET / HTTP/1.1\r\nHost: localhost\r\n\r\n").await;
    let _ = stream.read_to_end(&mut answer).await;
    asked.is_ok() && answer.starts_with(b"HTTP/1.1 200")
}
