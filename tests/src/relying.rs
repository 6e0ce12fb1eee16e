//! A relying party: a real nginx with the very configuration of `installer/nginx`, on ports of its own.

use std::path::{Path, PathBuf};
use std::process::{Child, Command, Stdio};
use std::time::{Duration, Instant};

use crate::centre::Centre;

/// Login password of every user ID.
pub const LOGIN_PASSWORD: &str = "web-fb-himitsu";

/// How the login server learns of stops.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Source {
    /// At every handshake.
    Ocsp,
    /// By lists that a timer fetches.
    Lists,
}

/// A running nginx. Dropped, it ends.
pub struct RelyingParty {
    child: Child,
    dir: tempfile::TempDir,
    /// `https://localhost:port/` of the page with the two buttons.
    pub entry: String,
    /// `https://localhost:port/` of the login.
    pub login: String,
    /// Port of the login.
    pub port: u16,
    status: String,
}

impl Drop for RelyingParty {
    fn drop(&mut self) {
        let _ = Command::new("kill").arg(self.child.id().to_string()).status();
        let _ = self.child.wait();
    }
}

fn repository() -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).parent().unwrap().to_owned()
}

fn free_port() -> u16 {
    std::net::TcpListener::bind("127.0.0.1:0").unwrap().local_addr().unwrap().port()
}

/// Replaces an example value; each must be there.
fn put(text: &mut String, example: &str, real: &str) {
    assert!(text.contains(example), "installer/nginx no longer has {example}");
    *text = text.replace(example, real);
}

fn run(command: &mut Command) -> Vec<u8> {
    let done = command.output().unwrap_or_else(|e| panic!("{command:?}: {e}"));
    assert!(done.status.success(), "{command:?}: {}", String::from_utf8_lossy(&done.stderr));
    done.stdout
}

impl RelyingParty {
    /// Starts for a serving centre, with login passwords for these user IDs.
    pub async fn start(centre: &Centre, users: &[&str], source: Source) -> Self {
        let dir = tempfile::tempdir().unwrap();
        let files = dir.path().join("web-fb");
        std::fs::create_dir(&files).unwrap();
        let (entry, port, status) = (free_port(), free_port(), centre.at().status.clone());
        server_certificate(&files);
        let pem = |name: &str| desk::enrol::certificate_pem(&std::fs::read(centre.key_file(name)).unwrap());
        std::fs::write(files.join("chain.pem"), [pem("issuing.cer"), pem("root.cer")].concat()).unwrap();
        let hash = String::from_utf8(run(Command::new("openssl").args(["passwd", "-apr1", LOGIN_PASSWORD]))).unwrap();
        let lines: String = users.iter().map(|user| format!("{user}:{hash}")).collect();
        std::fs::write(files.join("passwords"), lines).unwrap();

        let source_files = repository().join("installer/nginx");
        let mut site = std::fs::read_to_string(source_files.join("web-fb.conf")).unwrap();
        put(&mut site, "/etc/nginx/web-fb/", &format!("{}/", files.display()));
        put(&mut site, "/usr/share/madoguchi/web-fb", &source_files.join("web-fb").display().to_string());
        put(&mut site, "https://login.web-fb.example/", &format!("https://localhost:{port}/"));
        put(&mut site, "https://pickup.web-fb.example/pickup/", &centre.at().portal);
        put(&mut site, "http://127.0.0.1:8444", &status);
        put(&mut site, "server_name www.web-fb.example", "server_name localhost");
        put(&mut site, "server_name login.web-fb.example", "server_name localhost");
        site = site.replacen("listen 443", &format!("listen 127.0.0.1:{entry}"), 1);
        site = site.replacen("listen 443", &format!("listen 127.0.0.1:{port}"), 1);
        if source == Source::Lists {
            let lists = std::fs::read_to_string(source_files.join("web-fb-crl.conf")).unwrap();
            let lists = lists.replace("/etc/nginx/web-fb/", &format!("{}/", files.display()));
            put(&mut site, "ssl_ocsp leaf;", &lists);
            put(&mut site, &format!("ssl_ocsp_responder {status}/ocsp;"), "");
            put(&mut site, "ssl_ocsp_cache off;", "");
        }
        std::fs::write(dir.path().join("site.conf"), site).unwrap();
        let main = format!(
            "daemon off; pid {d}/nginx.pid; error_log {d}/error.log info; worker_processes 1; events {{}}\n\
             http {{ include /etc/nginx/mime.types; access_log {d}/access.log; client_body_temp_path {d}/body; \
             proxy_temp_path {d}/proxy; fastcgi_temp_path {d}/fastcgi; uwsgi_temp_path {d}/uwsgi; \
             scgi_temp_path {d}/scgi; include {d}/site.conf; }}\n",
            d = dir.path().display()
        );
        // Its workers, under another account, read the certificates too.
        std::fs::write(dir.path().join("nginx.conf"), format!("{}{main}", user_line())).unwrap();
        if source == Source::Lists {
            fetch_lists(&status, &files, "true");
        }
        let child = Command::new("nginx")
            .arg("-p")
            .arg(dir.path())
            .arg("-c")
            .arg(dir.path().join("nginx.conf"))
            .arg("-e")
            .arg(dir.path().join("error.log"))
            .stdout(Stdio::null())
            .stderr(Stdio::null())
            .spawn()
            .expect("nginx");
        let (entry, login) = (format!("https://localhost:{entry}/"), format!("https://localhost:{port}/"));
        let mut party = Self { child, dir, entry, login, port, status };
        party.wait().await;
        party
    }

    async fn wait(&mut self) {
        let start = Instant::now();
        while std::net::TcpStream::connect(("127.0.0.1", self.port)).is_err() {
            let ended = self.child.try_wait().unwrap().is_some();
            assert!(!ended && start.elapsed() < Duration::from_secs(20), "nginx does not start: {}", self.errors());
            tokio::time::sleep(Duration::from_millis(20)).await;
        }
    }

    /// What the timer does once a minute.
    pub fn fetch_lists(&self) {
        let pid = self.dir.path().join("nginx.pid");
        let reload = format!("kill -HUP {}", std::fs::read_to_string(pid).unwrap().trim());
        fetch_lists(&self.status, &self.dir.path().join("web-fb"), &reload);
    }

    /// The requests it had.
    pub fn asked(&self) -> String {
        std::fs::read_to_string(self.dir.path().join("access.log")).unwrap_or_default()
    }

    /// nginx's own log.
    pub fn errors(&self) -> String {
        std::fs::read_to_string(self.dir.path().join("error.log")).unwrap_or_default()
    }
}

fn fetch_lists(status: &str, files: &Path, reload: &str) {
    run(Command::new(repository().join("installer/nginx/madoguchi-crl"))
        .env("MADOGUCHI_STATUS", status)
        .env("MADOGUCHI_NGINX", files)
        .env("MADOGUCHI_RELOAD", reload));
}

/// As root nginx gives up its rights; the folders of the test belong to root alone.
fn user_line() -> String {
    let id = String::from_utf8(run(Command::new("id").arg("-un"))).unwrap();
    if id.trim() == "root" { "user root;\n".to_owned() } else { String::new() }
}

fn server_certificate(files: &Path) {
    let made = rcgen::generate_simple_self_signed(["localhost".to_owned()]).unwrap();
    std::fs::write(files.join("server.pem"), made.cert.pem()).unwrap();
    std::fs::write(files.join("server.key"), made.signing_key.serialize_pem()).unwrap();
}

/// What the customer keeps: key and certificate.
#[derive(Clone)]
pub struct Wallet {
    /// PEM of key, certificate and issuing CA.
    pub pem: String,
    /// User ID.
    pub user: String,
}

/// How a login ended.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Login {
    /// Inside.
    Welcome,
    /// The certificate was good, the password was not.
    WrongPassword,
    /// The certificate was not good.
    Refused,
}

impl Wallet {
    /// From what the portal gave.
    pub fn new(user: &str, key: &rcgen::KeyPair, certificate: &[u8], issuing: &[u8]) -> Self {
        let pem =
            [key.serialize_pem(), desk::enrol::certificate_pem(certificate), desk::enrol::certificate_pem(issuing)];
        Self { pem: pem.concat(), user: user.to_owned() }
    }

    /// A browser that shows this certificate.
    pub fn client(&self) -> reqwest::Client {
        let identity = reqwest::Identity::from_pem(self.pem.as_bytes()).unwrap();
        // The server's certificate is not what is tested here.
        reqwest::Client::builder().identity(identity).tls_danger_accept_invalid_certs(true).build().unwrap()
    }

    /// Logs in on a new connection.
    pub async fn login(&self, party: &RelyingParty, user: &str, password: &str) -> Login {
        ask(&self.client(), party, user, password).await
    }
}

/// Asks for a page behind the login.
pub async fn ask(client: &reqwest::Client, party: &RelyingParty, user: &str, password: &str) -> Login {
    let request = client.get(format!("{}menu/", party.login)).basic_auth(user, Some(password));
    match request.send().await.unwrap().status().as_u16() {
        200 => Login::Welcome,
        401 => Login::WrongPassword,
        400 => Login::Refused,
        other => panic!("{other}: {}", party.errors()),
    }
}

/// Takes any server for the right one: its certificate is not what is tested.
#[derive(Debug)]
pub struct AnyServer;

impl rustls::client::danger::ServerCertVerifier for AnyServer {
    fn verify_server_cert(
        &self,
        _: &rustls_pki_types::CertificateDer<'_>,
        _: &[rustls_pki_types::CertificateDer<'_>],
        _: &rustls_pki_types::ServerName<'_>,
        _: &[u8],
        _: rustls_pki_types::UnixTime,
    ) -> Result<rustls::client::danger::ServerCertVerified, rustls::Error> {
        Ok(rustls::client::danger::ServerCertVerified::assertion())
    }

    fn verify_tls12_signature(
        &self,
        _: &[u8],
        _: &rustls_pki_types::CertificateDer<'_>,
        _: &rustls::DigitallySignedStruct,
    ) -> Result<rustls::client::danger::HandshakeSignatureValid, rustls::Error> {
        Ok(rustls::client::danger::HandshakeSignatureValid::assertion())
    }

    fn verify_tls13_signature(
        &self,
        _: &[u8],
        _: &rustls_pki_types::CertificateDer<'_>,
        _: &rustls::DigitallySignedStruct,
    ) -> Result<rustls::client::danger::HandshakeSignatureValid, rustls::Error> {
        Ok(rustls::client::danger::HandshakeSignatureValid::assertion())
    }

    fn supported_verify_schemes(&self) -> Vec<rustls::SignatureScheme> {
        vec![
            rustls::SignatureScheme::ECDSA_NISTP256_SHA256,
            rustls::SignatureScheme::RSA_PSS_SHA256,
            rustls::SignatureScheme::ED25519,
        ]
    }
}
