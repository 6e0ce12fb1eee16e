//! A line that can be cut: a loopback relay between a desk and the centre. And an HTTP proxy of the kind a branch has.

use std::net::SocketAddr;
use std::sync::{Arc, Mutex};
use std::time::Duration;

use tokio::io::{AsyncBufReadExt as _, AsyncReadExt as _, AsyncWriteExt as _, BufReader, copy_bidirectional};
use tokio::net::tcp::{OwnedReadHalf, OwnedWriteHalf};
use tokio::net::{TcpListener, TcpStream};
use tokio::sync::watch;
use tokio::task::AbortHandle;

/// A relay. Dropped, it relays nothing any more.
pub struct Line {
    /// Where the desk connects to.
    pub at: SocketAddr,
    cut: watch::Sender<bool>,
    /// Connections older than this hang.
    stalled: watch::Sender<u64>,
    /// Octets a second towards the desk; 0: as fast as it goes.
    slow: watch::Sender<usize>,
    task: AbortHandle,
}

impl Drop for Line {
    fn drop(&mut self) {
        self.cut.send_replace(true);
        self.task.abort();
    }
}

impl Line {
    /// To an address, `https://host:port` or `host:port`.
    pub async fn to(address: &str) -> Self {
        let target = address.trim_start_matches("https://").to_owned();
        Self::toward(move || Some(target.clone())).await
    }

    /// To wherever it is said at each connection; nowhere yet: the connection ends.
    pub async fn toward(target: impl Fn() -> Option<String> + Send + Sync + 'static) -> Self {
        let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
        let at = listener.local_addr().unwrap();
        let ((cut, is_cut), (slow, pace), (stalled, stall)) =
            (watch::channel(false), watch::channel(0), watch::channel(0));
        let task = tokio::spawn(async move {
            loop {
                let (near, _) = listener.accept().await.unwrap();
                let (target, mut is_cut, pace) = (target(), is_cut.clone(), pace.clone());
                let hangs = Hangs { since: *stall.borrow() + 1, stall: stall.clone() };
                tokio::spawn(async move {
                    let Some(target) = target.filter(|_| !*is_cut.borrow()) else { return };
                    let Ok(far) = TcpStream::connect(&target).await else { return };
                    let ((near_reads, near_writes), (far_reads, far_writes)) = (near.into_split(), far.into_split());
                    tokio::select! {
                        () = carry(near_reads, far_writes, None, hangs.clone()) => {}
                        () = carry(far_reads, near_writes, Some(pace), hangs) => {}
                        _ = is_cut.wait_for(|cut| *cut) => {}
                    }
                });
            }
        });
        Self { at, cut, stalled, slow, task: task.abort_handle() }
    }

    /// `https://host:port` of this end.
    pub fn url(&self) -> String {
        format!("https://{}", self.at)
    }

    /// Cuts every connection, and lets no new one through.
    pub fn cut(&self) {
        self.cut.send_replace(true);
    }

    /// Lets through again.
    pub fn mend(&self) {
        self.cut.send_replace(false);
    }

    /// Lets every connection there is hang, without a word to either end. New ones get through.
    pub fn stall(&self) {
        self.stalled.send_modify(|count| *count += 1);
    }

    /// Makes it thin: so many octets a second towards the desk. 0: as fast as it goes.
    pub fn slow(&self, octets_a_second: usize) {
        self.slow.send_replace(octets_a_second);
    }
}

/// Whether a connection hangs: it was there when the line was stalled.
#[derive(Clone)]
struct Hangs {
    since: u64,
    stall: watch::Receiver<u64>,
}

/// Carries one way until an end closes.
async fn carry(mut from: OwnedReadHalf, mut to: OwnedWriteHalf, pace: Option<watch::Receiver<usize>>, hangs: Hangs) {
    let mut octets = vec![0; 16 * 1024];
    loop {
        let pace = pace.as_ref().map_or(0, |pace| *pace.borrow());
        let most = if pace == 0 { octets.len() } else { (pace / 20).clamp(1, octets.len()) };
        let Ok(count) = from.read(&mut octets[..most]).await else { return };
        if *hangs.stall.borrow() >= hangs.since {
            std::future::pending::<()>().await;
        }
        if count == 0 || to.write_all(&octets[..count]).await.is_err() {
            return;
        }
        if pace > 0 {
            tokio::time::sleep(Duration::from_millis(50)).await;
        }
    }
}

/// An HTTP proxy that answers CONNECT and nothing else.
pub struct Proxy {
    /// `http://host:port`.
    pub url: String,
    /// What it was asked: target and `Proxy-Authorization`.
    pub asked: Arc<Mutex<Vec<(String, String)>>>,
    task: AbortHandle,
}

impl Drop for Proxy {
    fn drop(&mut self) {
        self.task.abort();
    }
}

impl Proxy {
    /// Starts one that asks for this `Proxy-Authorization`; empty: for none.
    pub async fn start(authorization: &str) -> Self {
        let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
        let url = format!("http://{}", listener.local_addr().unwrap());
        let (asked, wanted) = (Arc::<Mutex<Vec<(String, String)>>>::default(), authorization.to_owned());
        let seen = Arc::clone(&asked);
        let task = tokio::spawn(async move {
            loop {
                let (near, _) = listener.accept().await.unwrap();
                let (seen, wanted) = (Arc::clone(&seen), wanted.clone());
                tokio::spawn(async move {
                    let mut near = BufReader::new(near);
                    let Some((method, target, authorization)) = head(&mut near).await else { return };
                    seen.lock().unwrap().push((target.clone(), authorization.clone()));
                    if method != "CONNECT" || (!wanted.is_empty() && wanted != authorization) {
                        let refused = b"HTTP/1.1 407 Proxy Authentication Required\r\ncontent-length: 0\r\n\r\n";
                        let _ = near.write_all(refused).await;
                        return;
                    }
                    let Ok(mut far) = TcpStream::connect(&target).await else { return };
                    if near.write_all(b"HTTP/1.1 200 Connection established\r\n\r\n").await.is_ok() {
                        let _ = copy_bidirectional(&mut near, &mut far).await;
                    }
                });
            }
        });
        Self { url, asked, task: task.abort_handle() }
    }
}

/// Method, target and `Proxy-Authorization` of a request.
async fn head(near: &mut BufReader<TcpStream>) -> Option<(String, String, String)> {
    let mut limited = near.take(16 * 1024);
    let mut line = String::new();
    limited.read_line(&mut line).await.ok()?;
    let mut words = line.split_whitespace();
    let (method, target) = (words.next()?.to_owned(), words.next()?.to_owned());
    let mut authorization = String::new();
    loop {
        let mut line = String::new();
        if limited.read_line(&mut line).await.ok()? == 0 {
            return None;
        }
        let line = line.trim_end();
        if line.is_empty() {
            return Some((method, target, authorization));
        }
        if let Some((name, value)) = line.split_once(':')
            && name.eq_ignore_ascii_case("proxy-authorization")
        {
            value.trim().clone_into(&mut authorization);
        }
    }
}
