//! OCSP over eight connections: answers signed beforehand, and with a nonce; beside `openssl ocsp` and an empty HTTP echo, each
//! a process of its own, all asked by the same client.

use std::process::{Child, Command, Stdio};
use std::time::{Duration, Instant};

use axum::body::Bytes;
use desk::secrets::Secrets;
use e2e::centre::{BRANCH, Centre};
use e2e::customer::{Customer, fresh_key};
use e2e::office::root_pem;
use e2e::served::Served;
use e2e::terminal::Terminal;
use http_body_util::{BodyExt as _, Empty};
use hyper::body::Incoming;
use hyper::server::conn::http1;
use hyper::service::service_fn;
use hyper::{Request, Response};
use hyper_util::rt::TokioIo;
use serde_json::{Value, json};
use tokio::io::{AsyncReadExt as _, AsyncWriteExt as _};
use tokio::net::TcpStream;

use crate::cost::round;

const CONNECTIONS: usize = 8;
const CERTIFICATES: usize = 64;
const LASTS: Duration = Duration::from_secs(4);

/// A child that is killed with the bench.
struct Rival(Child);

impl Drop for Rival {
    fn drop(&mut self) {
        let _ = self.0.kill();
        let _ = self.0.wait();
    }
}

/// The echo's own process, `bench echo-server PORT`: the loop of the status listener, with nothing to do. It reads the
/// question and sends an empty answer.
pub(crate) async fn echo_server(port: u16) {
    let listener = tokio::net::TcpListener::bind(("127.0.0.1", port)).await.unwrap();
    loop {
        let (stream, _) = listener.accept().await.unwrap();
        stream.set_nodelay(true).unwrap();
        let service = service_fn(|request: Request<Incoming>| async {
            request.into_body().collect().await?;
            Ok::<_, hyper::Error>(Response::new(Empty::<Bytes>::new()))
        });
        tokio::spawn(http1::Builder::new().serve_connection(TokioIo::new(stream), service));
    }
}

fn free_port() -> u16 {
    std::net::TcpListener::bind("127.0.0.1:0").unwrap().local_addr().unwrap().port()
}

fn sh(text: &str) {
    assert!(Command::new("sh").args(["-c", text]).status().unwrap().success(), "{text}");
}

pub(crate) async fn run() -> Value {
    let centre = Centre::new(|_| {});
    let invitation = centre.invite(BRANCH, "bench");
    let served = Served::start(&centre, None).await;
    let secrets = Secrets::Files(centre.dir.path().join("secrets"));
    let root = root_pem(&centre);
    let identity = desk::enrol::enrol(&served.at.enrol, &root, &invitation, &secrets).await.unwrap();
    let terminal = Terminal::new(identity, &secrets);
    let portal = Customer::new(&served.at.portal, &root);
    let dir = centre.dir.path().to_owned();
    let keys = centre.config.keys();
    sh(&format!("openssl x509 -inform DER -in {}/issuing.cer -out {}/issuing.pem", keys.display(), dir.display()));
    let mut index = String::new();
    let (mut plain, mut nonces) = (Vec::new(), Vec::new());
    for (user, code) in terminal.rights(CERTIFICATES).await {
        let (key, csr) = fresh_key();
        let fetched = portal.fetch(&user, &code, &csr).await.unwrap();
        portal.confirm(&fetched, &key).await.unwrap();
        std::fs::write(dir.join("leaf.cer"), &fetched.certificate.0).unwrap();
        let at = dir.display();
        let ask = format!(
            "openssl x509 -inform DER -in {at}/leaf.cer -out {at}/leaf.pem && openssl ocsp -issuer {at}/issuing.pem -cert {at}/leaf.pem"
        );
        sh(&format!("{ask} -no_nonce -reqout {at}/plain.der && {ask} -reqout {at}/nonce.der"));
        plain.push(std::fs::read(dir.join("plain.der")).unwrap());
        nonces.push(std::fs::read(dir.join("nonce.der")).unwrap());
        let serial =
            Command::new("openssl").args(["x509", "-noout", "-serial", "-in"]).arg(dir.join("leaf.pem")).output();
        let serial = String::from_utf8(serial.unwrap().stdout).unwrap();
        let serial = serial.trim().trim_start_matches("serial=");
        index.push_str(&format!("V\t300101000000Z\t\t{serial}\tunknown\t/CN={user}\n"));
    }
    std::fs::write(dir.join("index.txt"), index).unwrap();
    std::fs::write(dir.join("index.txt.attr"), "unique_subject = no\n").unwrap();

    let port = |url: &str| url.rsplit(':').next().unwrap().parse::<u16>().unwrap();
    let ours = port(&served.at.status);
    let (echo_port, openssl_port) = (free_port(), free_port());
    let myself = std::env::current_exe().unwrap();
    let _echo = Rival(Command::new(myself).args(["echo-server", &echo_port.to_string()]).spawn().unwrap());
    // Its own CA, for its key must be at hand; what it does for an answer is the same.
    let at = dir.display();
    sh(&format!(
        "openssl req -x509 -newkey ec -pkeyopt ec_paramgen_curve:P-256 -nodes -keyout {at}/r.key -out {at}/r.pem -subj /CN=r 2>/dev/null"
    ));
    let _openssl = Rival(
        Command::new("openssl")
            .args(["ocsp", "-port", &openssl_port.to_string(), "-nmin", "60", "-CA"])
            .arg(dir.join("issuing.pem"))
            .arg("-rsigner")
            .arg(dir.join("r.pem"))
            .arg("-rkey")
            .arg(dir.join("r.key"))
            .arg("-index")
            .arg(dir.join("index.txt"))
            .stdout(Stdio::null())
            .stderr(Stdio::null())
            .spawn()
            .unwrap(),
    );
    for port in [echo_port, openssl_port] {
        // A request, never a bare connection: openssl's responder would spin on it.
        let start = Instant::now();
        while ask_once(port, &plain[0]).await.is_none() {
            assert!(start.elapsed() < Duration::from_secs(20), "a rival does not start");
            tokio::time::sleep(Duration::from_millis(50)).await;
        }
    }
    let (mut presigned, mut nonce, mut openssl, mut openssl_nonce, mut echo) = (0.0, 0.0, 0.0, 0.0, 0.0);
    // In turns, so that a noisy minute hits all of them.
    const ROUNDS: u32 = 3;
    for _ in 0..ROUNDS {
        echo += kept(echo_port, &plain, 0).await;
        presigned += kept(ours, &plain, 200).await;
        openssl += anew(openssl_port, &plain).await;
        nonce += kept(ours, &nonces, 200).await;
        openssl_nonce += anew(openssl_port, &nonces).await;
    }
    let rounds = f64::from(ROUNDS);
    json!({
        "ocsp.presigned_per_s": round(presigned / rounds),
        "ocsp.presigned_per_openssl": round(presigned / openssl),
        "ocsp.presigned_per_echo": round(presigned / echo),
        "ocsp.nonce_per_s": round(nonce / rounds),
        "ocsp.nonce_per_openssl": round(nonce / openssl_nonce),
    })
}

fn request(body: &[u8]) -> Vec<u8> {
    let head = format!(
        "POST /ocsp HTTP/1.1\r\nHost: localhost\r\nContent-Type: application/ocsp-request\r\nContent-Length: {}\r\n\r\n",
        body.len()
    );
    [head.as_bytes(), body].concat()
}

/// Octets of one answer's body from a connection; `None`: closed. Nothing is copied: what the client spends is taken from the service.
async fn answer(stream: &mut TcpStream, buffer: &mut Vec<u8>) -> Option<usize> {
    buffer.clear();
    loop {
        if let Some(end) = memchr::memmem::find(buffer, b"\r\n\r\n") {
            let head = std::str::from_utf8(&buffer[..end]).unwrap();
            assert!(head.contains(" 200 "), "{head}");
            let value = |line: &str| {
                let (name, value) = line.split_once(':')?;
                name.eq_ignore_ascii_case("content-length").then(|| value.trim().parse().unwrap())
            };
            let length: usize = head.lines().find_map(value).unwrap_or_default();
            while buffer.len() < end + 4 + length {
                if stream.read_buf(buffer).await.ok()? == 0 {
                    return None;
                }
            }
            return Some(length);
        }
        if stream.read_buf(buffer).await.ok()? == 0 {
            return None;
        }
    }
}

async fn ask_once(port: u16, body: &[u8]) -> Option<usize> {
    let mut stream = TcpStream::connect(("127.0.0.1", port)).await.ok()?;
    stream.write_all(&request(body)).await.ok()?;
    answer(&mut stream, &mut Vec::new()).await
}

/// Answers a second over kept connections; each is at least `least` bytes long.
async fn kept(port: u16, bodies: &[Vec<u8>], least: usize) -> f64 {
    let start = Instant::now();
    let tasks: Vec<_> = (0..CONNECTIONS)
        .map(|n| {
            let requests: Vec<Vec<u8>> = bodies.iter().map(|body| request(body)).collect();
            tokio::spawn(async move {
                let mut stream = TcpStream::connect(("127.0.0.1", port)).await.unwrap();
                stream.set_nodelay(true).unwrap();
                let (mut buffer, mut count) = (Vec::with_capacity(8192), n);
                while start.elapsed() < LASTS {
                    stream.write_all(&requests[count % requests.len()]).await.unwrap();
                    assert!(answer(&mut stream, &mut buffer).await.expect("closed") >= least);
                    count += 1;
                }
                count - n
            })
        })
        .collect();
    total(tasks, start).await
}

/// The same where every answer ends the connection.
async fn anew(port: u16, bodies: &[Vec<u8>]) -> f64 {
    let start = Instant::now();
    let tasks: Vec<_> = (0..CONNECTIONS)
        .map(|n| {
            let bodies = bodies.to_vec();
            tokio::spawn(async move {
                let mut count = 0;
                while start.elapsed() < LASTS {
                    if ask_once(port, &bodies[(n + count) % bodies.len()]).await.is_some_and(|octets| octets >= 200) {
                        count += 1;
                    }
                }
                count
            })
        })
        .collect();
    total(tasks, start).await
}

async fn total(tasks: Vec<tokio::task::JoinHandle<usize>>, start: Instant) -> f64 {
    let mut count = 0;
    for task in tasks {
        count += task.await.unwrap();
    }
    count as f64 / start.elapsed().as_secs_f64()
}
