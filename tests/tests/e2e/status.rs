//! The status listener as strangers use it: what caches are told, odd ways to ask, and clients that mean no good.

use std::path::Path;
use std::process::Command;
use std::time::{Duration, Instant};

use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use reqwest::Method;
use reqwest::header::HeaderMap;
use tokio::io::{AsyncReadExt as _, AsyncWriteExt as _};
use tokio::net::TcpStream;

use crate::relying::{World, world};

const MALFORMED: [u8; 5] = [0x30, 3, 0x0a, 1, 1];
const UNAUTHORIZED: [u8; 5] = [0x30, 3, 0x0a, 1, 6];
/// To be asked again before use, whatever was kept: a stop must not wait (max-age ends before nextUpdate, RFC 5019 §6.2).
const CACHING: &str = "public, no-transform, max-age=0, must-revalidate";
/// The service's patience, and as much again for a busy machine.
const PATIENCE: Duration = Duration::from_secs(20);

/// The question about the certificate of this world, DER.
fn question(world: &World, nonce: &str) -> Vec<u8> {
    let dir = tempfile::tempdir().unwrap();
    let (issuing, leaf, request) = (dir.path().join("i.pem"), dir.path().join("l.pem"), dir.path().join("r.der"));
    let der = std::fs::read(world.centre.key_file("issuing.cer")).unwrap();
    std::fs::write(&issuing, desk::enrol::certificate_pem(&der)).unwrap();
    std::fs::write(&leaf, &world.wallet.pem).unwrap();
    let file = |path: &Path| path.display().to_string();
    let arguments = ["ocsp", nonce, "-issuer", &file(&issuing), "-cert", &file(&leaf), "-reqout", &file(&request)]
        .map(str::to_owned);
    assert!(Command::new("openssl").args(arguments).status().unwrap().success());
    std::fs::read(request).unwrap()
}

struct Answer {
    code: u16,
    headers: HeaderMap,
    body: Vec<u8>,
}

impl Answer {
    fn header(&self, name: &str) -> &str {
        self.headers.get(name).map_or("", |value| value.to_str().unwrap())
    }
}

async fn ask(method: Method, url: &str, tag: Option<&str>, body: Vec<u8>) -> Answer {
    let mut request = reqwest::Client::new().request(method, url).body(body);
    if let Some(tag) = tag {
        request = request.header("if-none-match", tag);
    }
    let response = request.send().await.unwrap();
    let (code, headers) = (response.status().as_u16(), response.headers().clone());
    Answer { code, headers, body: response.bytes().await.unwrap().to_vec() }
}

async fn get(url: &str) -> Answer {
    ask(Method::GET, url, None, Vec::new()).await
}

#[tokio::test(flavor = "multi_thread")]
async fn caches_ask_again_and_are_told_what_has_changed() {
    let world = world().await;
    let status = world.centre.at().status.clone();
    let (plain, nonce) = (question(&world, "-no_nonce"), question(&world, "-nonce"));
    let escaped = |der: &[u8]| STANDARD.encode(der).replace('+', "%2B").replace('/', "%2F").replace('=', "%3D");
    let ocsp = format!("{status}/ocsp/{}", escaped(&plain));
    for url in [&ocsp, &format!("{status}/issuing.crl"), &format!("{status}/root.crl")] {
        let first = get(url).await;
        assert_eq!((first.code, first.header("cache-control")), (200, CACHING), "{url}");
        assert_eq!(first.header("content-length"), first.body.len().to_string(), "{url}");
        assert!(first.header("etag").starts_with('"') && !first.header("date").is_empty(), "{url}");
        let head = ask(Method::HEAD, url, None, Vec::new()).await;
        assert_eq!((head.code, head.body.len()), (200, 0), "{url}");
        for name in ["etag", "content-length", "content-type", "cache-control", "last-modified"] {
            assert_eq!(head.header(name), first.header(name), "{name} of {url}");
        }
        let tag = first.header("etag");
        for tag in [tag, &format!("W/{tag}, \"another\""), "*"] {
            let same = ask(Method::GET, url, Some(tag), Vec::new()).await;
            assert_eq!((same.code, same.body.len()), (304, 0), "{tag} at {url}");
            assert_eq!((same.header("etag"), same.header("cache-control")), (first.header("etag"), CACHING));
        }
        assert_eq!(ask(Method::GET, url, Some("\"another\""), Vec::new()).await.body, first.body);
    }
    let (before, list) = (get(&ocsp).await, get(&format!("{status}/issuing.crl")).await);
    assert_eq!(before.header("content-type"), "application/ocsp-response");
    assert_eq!(list.header("content-type"), "application/pkix-crl");
    for seen in [&before, &list] {
        let at = chrono::DateTime::parse_from_rfc2822(seen.header("last-modified")).unwrap();
        assert!((chrono::Utc::now() - at.to_utc()).num_minutes() < 5);
    }
    // Posted, or with a nonce: for this client alone.
    let posted = ask(Method::POST, &format!("{status}/ocsp"), None, plain.clone()).await;
    assert_eq!((posted.header("cache-control"), posted.header("etag")), ("no-store", ""));
    assert_eq!(posted.body, before.body);
    let fresh = get(&format!("{status}/ocsp/{}", escaped(&nonce))).await;
    assert_eq!((fresh.header("cache-control"), fresh.header("etag")), ("no-store", ""));

    // What is kept anywhere is found to be old at the next question.
    world.stop().await;
    for (url, old) in [(&ocsp, &before), (&format!("{status}/issuing.crl"), &list)] {
        let now = ask(Method::GET, url, Some(old.header("etag")), Vec::new()).await;
        assert_eq!(now.code, 200, "{url}");
        assert!(now.body != old.body && now.header("etag") != old.header("etag"), "{url}");
    }
    world.office.desk.close().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn every_way_to_write_a_question_is_understood_and_nothing_else() {
    let world = world().await;
    let status = world.centre.at().status.clone();
    let plain = question(&world, "-no_nonce");
    let text = STANDARD.encode(&plain);
    let all: String = text.bytes().map(|b| format!("%{b:02x}")).collect();
    let some = text.replace('+', "%2b").replace('/', "%2f").replace('=', "%3d");
    let wanted = ask(Method::POST, &format!("{status}/ocsp"), None, plain.clone()).await.body;
    assert!(wanted.len() > 200);
    for written in [&text, text.trim_end_matches('='), &all, &some, some.trim_end_matches("%3d")] {
        let answer = get(&format!("{status}/ocsp/{written}")).await;
        assert_eq!((answer.code, &answer.body), (200, &wanted), "{written}");
    }
    for junk in ["AAAA", "%ff%fe", "MEUw", "a", &text[..text.len() / 2], &"M".repeat(9000), &"%4d".repeat(9000)] {
        let answer = get(&format!("{status}/ocsp/{junk}")).await;
        assert_eq!((answer.code, answer.header("cache-control")), (200, "no-store"), "{junk}");
        assert_eq!(answer.body, MALFORMED, "{junk}");
    }
    // The same with something beside the algorithm that nobody ever sends: endless forms of one question.
    let place = plain.windows(2).position(|w| w == [5, 0]).unwrap();
    let mut odd = plain.clone();
    odd[place] = 4;
    let answer = ask(Method::POST, &format!("{status}/ocsp"), None, odd).await;
    assert_eq!(answer.body, UNAUTHORIZED);
    for (path, method) in
        [("ocsp", Method::GET), ("ocsp/", Method::POST), ("issuing.crl", Method::POST), ("x", Method::GET)]
    {
        let answer = ask(method, &format!("{status}/{path}"), None, Vec::new()).await;
        assert_eq!(answer.code, 404, "{path}");
    }
    for size in [4097, 100_000, 900_000] {
        let answer = ask(Method::POST, &format!("{status}/ocsp"), None, vec![0x30; size]).await;
        assert_eq!(answer.code, 413, "{size}");
        assert!(String::from_utf8(answer.body).unwrap().contains("body_too_large"));
    }
    world.office.desk.close().await;
}

async fn connect(status: &str) -> TcpStream {
    TcpStream::connect(status.trim_start_matches("http://")).await.unwrap()
}

/// Everything until the service hangs up; it must.
async fn rest(stream: &mut TcpStream) -> String {
    let mut all = Vec::new();
    let read = tokio::time::timeout(PATIENCE, stream.read_to_end(&mut all)).await;
    // Hung up in the middle of our writing: the kernel says "reset".
    let _ = read.expect("the service does not hang up");
    String::from_utf8_lossy(&all).into_owned()
}

/// Sends these bytes one by one, until the service hangs up.
async fn drip(status: &str, at_once: &[u8], slowly: &'static [u8]) -> String {
    let stream = connect(status).await;
    let (mut read, mut write) = stream.into_split();
    write.write_all(at_once).await.unwrap();
    let dripping = tokio::spawn(async move {
        for byte in slowly.iter().cycle() {
            tokio::time::sleep(Duration::from_millis(250)).await;
            if write.write_all(&[*byte]).await.is_err() {
                return;
            }
        }
    });
    let mut all = Vec::new();
    let ended = tokio::time::timeout(PATIENCE, read.read_to_end(&mut all)).await;
    dripping.abort();
    let _ = ended.expect("a slow client holds its connection");
    String::from_utf8_lossy(&all).into_owned()
}

#[tokio::test(flavor = "multi_thread")]
async fn idle_slow_and_hasty_clients_hold_nobody_up() {
    let world = world().await;
    let status = world.centre.at().status.clone();
    let plain = question(&world, "-no_nonce");
    let wanted = ask(Method::POST, &format!("{status}/ocsp"), None, plain.clone()).await.body;
    let mut idle = Vec::new();
    for _ in 0..1000 {
        idle.push(connect(&status).await);
    }
    let start = Instant::now();
    let slow_head = tokio::spawn({
        let status = status.clone();
        async move { drip(&status, b"GET /issuing.crl HTTP/1.1\r\nHost: x\r\nX-Slow: ", b"z").await }
    });
    let slow_body = tokio::spawn({
        let status = status.clone();
        let head = b"POST /ocsp HTTP/1.1\r\nHost: x\r\nContent-Length: 4000\r\n\r\n";
        async move { drip(&status, head, b"0").await }
    });
    let posted = |body: &[u8]| {
        let head = format!("POST /ocsp HTTP/1.1\r\nHost: x\r\nContent-Length: {}\r\n\r\n", body.len());
        [head.as_bytes(), body].concat()
    };
    // A hundred questions in one breath, of both kinds, and one that can't be read among them.
    let mut stream = connect(&status).await;
    let mut breath = Vec::new();
    for n in 0..100 {
        match n % 3 {
            0 => breath.extend(posted(&plain)),
            1 => breath.extend(b"GET /root.cer HTTP/1.1\r\nHost: x\r\n\r\n"),
            _ => breath.extend(posted(b"junk")),
        }
    }
    breath.extend(b"GET /nowhere HTTP/1.1\r\nHost: x\r\nConnection: close\r\n\r\n");
    stream.write_all(&breath).await.unwrap();
    let said = rest(&mut stream).await;
    assert_eq!(said.matches("HTTP/1.1 200 OK").count(), 100, "{said}");
    assert!(said.contains("HTTP/1.1 404"));
    // Whoever hangs up while a list is made leaves it whole for the next one.
    for round in 0..10 {
        for _ in 0..5 {
            let mut stream = connect(&status).await;
            stream.write_all(b"GET /issuing.crl HTTP/1.1\r\nHost: x\r\n\r\n").await.unwrap();
        }
        let answer = ask(Method::POST, &format!("{status}/ocsp"), None, plain.clone()).await;
        assert_eq!(answer.body, wanted, "{round}");
        let list = get(&format!("{status}/issuing.crl")).await.body;
        assert_eq!(list.len(), usize::from(list[2]) * 256 + usize::from(list[3]) + 4, "{round}");
    }
    assert!(start.elapsed() < PATIENCE, "the idle hold everybody up");
    assert_eq!(slow_head.await.unwrap(), "", "there was never a whole request");
    assert!(slow_body.await.unwrap().starts_with("HTTP/1.1 408"), "too slow");
    for stream in &mut idle {
        assert_eq!(rest(stream).await, "");
    }
    world.office.desk.close().await;
}
