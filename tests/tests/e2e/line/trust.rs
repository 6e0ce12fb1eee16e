//! Whom desk and centre trust: the root by its fingerprint, through a proxy too; no session is taken up again; and a
//! terminal that is revoked loses its connections.

use std::sync::Arc;
use std::time::Instant;

use desk::config::{Config, Proxy as ProxySettings};
use desk::enrol::enrol_by;
use desk::profile::Profile;
use desk::secrets::Secrets;
use domain::ErrorCode;
use domain::terminal::TerminalState;
use e2e::line::Proxy;
use e2e::office::root_pem;
use e2e::terminal::Terminal;
use rustls::HandshakeKind;
use rustls::pki_types::pem::PemObject as _;
use rustls::pki_types::{CertificateDer, PrivateKeyDer};
use tokio::io::{AsyncReadExt as _, AsyncWriteExt as _};

use super::*;

fn fingerprint(centre: &Centre) -> String {
    wire::sha256_hex(&std::fs::read(centre.key_file("root.cer")).unwrap())
}

#[tokio::test(flavor = "multi_thread")]
async fn a_desk_works_through_a_proxy_and_trusts_the_named_root_alone() {
    let mut centre = Centre::new(|_| {});
    let invitation = centre.invite(BRANCH, "窓口 1番");
    centre.start();
    let dir = tempfile::tempdir().unwrap();
    let secrets = Secrets::Files(dir.path().join("secrets"));
    // base64 of "branch:himitsu"
    let proxy = Proxy::start("Basic YnJhbmNoOmhpbWl0c3U=").await;
    let mut config = Config::default();
    config.centre.root_sha256 = fingerprint(&centre);
    let settings = |password: &str| {
        Some(ProxySettings { url: proxy.url.clone(), user: "branch".into(), password: password.to_owned() })
    };
    let by = |config: Config| {
        let (centre, root, secrets) = (centre.at().enrol.clone(), root_pem(&centre), secrets.clone());
        let invitation = invitation.clone();
        async move { enrol_by(&config, &centre, &root, &invitation, &secrets).await }
    };
    config.proxy = settings("wrong");
    assert_eq!(by(config.clone()).await.unwrap_err().code(), ErrorCode::Offline, "the proxy lets nobody through");
    config.proxy = settings("himitsu");
    let mut other = config.clone();
    other.centre.root_sha256 = "00".repeat(32);
    assert_eq!(by(other).await.unwrap_err().code(), ErrorCode::CentreNotTrusted);
    let identity = by(config).await.unwrap();
    let asked = proxy.asked.lock().unwrap().clone();
    assert!(asked.iter().all(|(target, _)| centre.at().enrol.ends_with(target)), "the address and no more: {asked:?}");

    // The desk itself, by its settings file.
    let proxy = Proxy::start("").await;
    let pin = fingerprint(&centre);
    let open = |settings: String| {
        std::fs::write(dir.path().join("desk.toml"), settings).unwrap();
        let profile = Profile { dir: dir.path().to_owned(), training: true };
        let (secrets, identity) = (secrets.clone(), identity.clone());
        async move { Desk::open(profile, &secrets, identity, Default::default()).await }
    };
    let wrong = open(format!("[centre]\nroot_sha256 = \"{}\"", "11".repeat(32))).await;
    assert_eq!(wrong.err().unwrap().code(), ErrorCode::CentreNotTrusted);
    let nonsense = open("[proxy]\nadress = \"x\"".into()).await;
    assert_eq!(nonsense.err().unwrap().code(), ErrorCode::ConfigInvalid);
    let desk = open(format!("[centre]\nroot_sha256 = \"{pin}\"\n[proxy]\nurl = \"{}\"", proxy.url)).await.unwrap();
    on_line(&desk, true).await;
    desk.sign_in("T1001", e2e::centre::PASSWORD).await.unwrap();
    let asked = proxy.asked.lock().unwrap().clone();
    assert!(!asked.is_empty() && asked.iter().all(|(target, _)| centre.at().terminal.ends_with(target)), "{asked:?}");
    desk.close().await;
    centre.stop();
}

/// One who keeps tickets and offers them again still shakes hands in full: the certificate is looked at every time.
#[tokio::test(flavor = "multi_thread")]
async fn no_session_of_a_terminal_is_taken_up_again() {
    let world = world().await;
    let secrets = Secrets::Files(world.office.dir.path().join("secrets"));
    let key = secrets.get("terminal-key").unwrap().unwrap();
    let identity = &world.office.identity;
    let mut roots = rustls::RootCertStore::empty();
    roots.add(CertificateDer::from_pem_slice(identity.root.as_bytes()).unwrap()).unwrap();
    let chain = vec![CertificateDer::from_pem_slice(identity.certificate.as_bytes()).unwrap()];
    let key = PrivateKeyDer::try_from(key.to_vec()).unwrap();
    let config =
        rustls::ClientConfig::builder().with_root_certificates(roots).with_client_auth_cert(chain, key).unwrap();
    let of_terminal = handshakes(config.clone(), &world.centre.at().terminal, "/api/terminal/v1/info").await;
    assert_eq!(of_terminal, [HandshakeKind::Full; 3]);
    // The same client where no certificate is looked at: it would, if it were let.
    let elsewhere = handshakes(config, &world.centre.at().enrol, "/nowhere").await;
    assert_eq!(elsewhere, [HandshakeKind::Full, HandshakeKind::Resumed, HandshakeKind::Resumed]);
    world.finish().await;
}

/// How a client that keeps what it is given, and offers it again, shakes hands three times.
async fn handshakes(mut config: rustls::ClientConfig, at: &str, path: &str) -> Vec<HandshakeKind> {
    config.resumption = rustls::client::Resumption::in_memory_sessions(16);
    let connector = tokio_rustls::TlsConnector::from(Arc::new(config));
    let mut kinds = Vec::new();
    for _ in 0..3 {
        let socket = tokio::net::TcpStream::connect(at.trim_start_matches("https://")).await.unwrap();
        let name = rustls::pki_types::ServerName::try_from("127.0.0.1").unwrap();
        let mut stream = connector.connect(name, socket).await.unwrap();
        // Tickets come after the handshake: an answer is read, so that they would be there.
        let request = format!("GET {path} HTTP/1.1\r\nhost: x\r\nconnection: close\r\n\r\n");
        stream.write_all(request.as_bytes()).await.unwrap();
        let mut answer = Vec::new();
        let _ = stream.read_to_end(&mut answer).await;
        assert!(answer.starts_with(b"HTTP/1.1 "), "{}", String::from_utf8_lossy(&answer));
        kinds.push(stream.get_ref().1.handshake_kind().unwrap());
    }
    kinds
}

#[tokio::test(flavor = "multi_thread")]
async fn a_revoked_terminal_loses_a_long_poll_within_a_second() {
    let mut centre = Centre::new(|_| {});
    let [stolen, head_office] = [(BRANCH, "窓口 1番"), ("000", "本部 1番")].map(|(b, l)| centre.invite(b, l));
    centre.start();
    let (stolen, head_office) = (Office::enrol(&centre, &stolen).await, Office::enrol(&centre, &head_office).await);
    let terminal = Terminal::new(stolen.identity.clone(), &Secrets::Files(stolen.dir.path().join("secrets")));
    stolen.desk.close().await;

    // Who may not, does not: the branch's own staff, and head office not the terminal it sits at.
    let own = head_office.identity.terminal.to_string();
    let id = stolen.identity.terminal.to_string();
    head_office.sign_in("H9001").await;
    until("known there", || async { head_office.desk.terminals().await.unwrap().len() == 2 }).await;
    assert_eq!(head_office.desk.revoke_terminal(&own).await.unwrap_err().code(), ErrorCode::ActorNotPermitted);
    let teller = terminal.sign_in("T1001").await;
    assert_eq!(terminal.revoke(&teller, head_office.identity.terminal).await, Err(ErrorCode::ActorNotPermitted));

    // A poll that nothing would end. What is asked after it on the same connection is answered: so it has arrived.
    let size = terminal.size().await;
    let mut poll = Box::pin(terminal.poll(size + 100));
    for _ in 0..2 {
        tokio::select! {
            biased;
            answer = &mut poll => panic!("it does not wait: {answer:?}"),
            _ = terminal.size() => {}
        }
    }
    let begun = Instant::now();
    head_office.desk.revoke_terminal(&id).await.unwrap();
    let answer = poll.await;
    assert!(answer.is_err(), "cut, not answered: {answer:?}");
    let taken = begun.elapsed();
    assert!(taken < Duration::from_secs(1), "{taken:?}");
    assert_eq!(terminal.denied().await, ErrorCode::TerminalRevoked, "and is let in no more");
    assert!(
        head_office
            .desk
            .terminals()
            .await
            .unwrap()
            .iter()
            .any(|t| t.terminal_id == id && t.state == TerminalState::Revoked)
    );
    head_office.desk.close().await;
    centre.stop();
    assert_eq!(centre.check().findings, []);
}
