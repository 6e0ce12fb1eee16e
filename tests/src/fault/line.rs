//! A bad line: a proxy on loopback that carries TCP between a client and a service and, by a seed, is slow, cuts before a
//! request arrives, in its answer or after it (the service has done the work, nobody hears of it), or goes dead without
//! closing. It sees encrypted bytes only, as the line of a branch does: what the client sends is a request, what comes
//! back first is its answer.

use std::net::SocketAddr;
use std::sync::atomic::{AtomicU64, Ordering};
use std::sync::{Arc, Mutex};
use std::time::Duration;

use tokio::io::{AsyncReadExt as _, AsyncWriteExt as _};
use tokio::net::tcp::{OwnedReadHalf, OwnedWriteHalf};
use tokio::net::{TcpListener, TcpStream};
use tokio::sync::watch;

use super::chance::Chance;

/// How often, of a thousand requests, something happens to one; the rest of them passes.
#[derive(Debug, Clone, Copy, Default)]
pub struct Faults {
    /// The connection is closed instead of carrying the request.
    pub cut_before: u32,
    /// A part of the answer comes, then the connection is closed.
    pub cut_in: u32,
    /// The request arrives; the connection is closed instead of carrying the answer.
    pub cut_after: u32,
    /// Nothing comes any more, and nobody closes.
    pub half_open: u32,
    /// Longest delay of a piece in either direction, milliseconds.
    pub slow_ms: u64,
}

impl Faults {
    /// A line on which every kind of fault is common.
    pub fn bad() -> Self {
        Self { cut_before: 40, cut_in: 40, cut_after: 60, half_open: 8, slow_ms: 12 }
    }
}

/// What will happen to a request.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Fate {
    Passes,
    CutBefore,
    CutIn,
    CutAfter,
    HalfOpen,
}

impl Faults {
    fn fate(&self, chance: &mut Chance) -> Fate {
        let mut drawn = chance.below(1000);
        for (often, fate) in [
            (self.cut_before, Fate::CutBefore),
            (self.cut_in, Fate::CutIn),
            (self.cut_after, Fate::CutAfter),
            (self.half_open, Fate::HalfOpen),
        ] {
            if drawn < u64::from(often) {
                return fate;
            }
            drawn -= u64::from(often);
        }
        Fate::Passes
    }
}

/// How often something happened, so that a test can show that it did.
#[derive(Debug, Default)]
pub struct Happened {
    /// Requests seen.
    pub requests: AtomicU64,
    /// Answers that were lost although the service had done the work.
    pub lost_answers: AtomicU64,
    /// Every other cut.
    pub other_cuts: AtomicU64,
    /// Dead connections.
    pub half_open: AtomicU64,
}

/// A line to one service. It ends with this value.
pub struct Line {
    /// Where clients connect.
    pub at: SocketAddr,
    /// What happened so far.
    pub happened: Arc<Happened>,
    faults: Arc<Mutex<Faults>>,
    target: Arc<Mutex<Option<SocketAddr>>>,
    /// Grows whenever all connections are cut.
    cut: watch::Sender<u64>,
    task: tokio::task::JoinHandle<()>,
}

impl Drop for Line {
    fn drop(&mut self) {
        self.task.abort();
        self.cut.send_modify(|n| *n += 1);
    }
}

impl Line {
    /// To a service; good until [`Line::set`].
    pub async fn to(target: SocketAddr, chance: Chance) -> Self {
        let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
        let at = listener.local_addr().unwrap();
        let (cut, _) = watch::channel(0);
        let happened = Arc::new(Happened::default());
        let (faults, target) = (Arc::new(Mutex::new(Faults::default())), Arc::new(Mutex::new(Some(target))));
        let shared = Shared { faults: faults.clone(), happened: happened.clone() };
        let (cuts, to) = (cut.clone(), target.clone());
        let task = tokio::spawn(async move {
            let mut count = 0;
            while let Ok((client, _)) = listener.accept().await {
                count += 1;
                let (shared, chance, mut cut) = (shared.clone(), chance.apart(count), cuts.subscribe());
                let to = *to.lock().unwrap();
                tokio::spawn(async move {
                    // Where nothing is to be reached, the connection just ends.
                    let Some(to) = to else { return };
                    let Ok(service) = TcpStream::connect(to).await else { return };
                    tokio::select! {
                        () = carry(client, service, shared, chance) => {}
                        _ = cut.changed() => {}
                    }
                });
            }
        });
        Self { at, happened, faults, target, cut, task }
    }

    /// From now on.
    pub fn set(&self, faults: Faults) {
        *self.faults.lock().unwrap() = faults;
    }

    /// Cuts the line: every connection ends, new ones too, until [`Line::join`].
    pub fn part(&self) {
        *self.target.lock().unwrap() = None;
        self.cut.send_modify(|n| *n += 1);
    }

    /// The service is reached again, perhaps at another address.
    pub fn join(&self, target: SocketAddr) {
        *self.target.lock().unwrap() = Some(target);
        self.cut.send_modify(|n| *n += 1);
    }
}

#[derive(Clone)]
struct Shared {
    faults: Arc<Mutex<Faults>>,
    happened: Arc<Happened>,
}

/// Pieces of the TLS handshake that a client sends before its first request.
const HANDSHAKE: u32 = 2;

async fn carry(client: TcpStream, service: TcpStream, shared: Shared, chance: Chance) {
    let _ = (client.set_nodelay(true), service.set_nodelay(true));
    let (from_client, to_client) = client.into_split();
    let (from_service, to_service) = service.into_split();
    // The fate of the request under way, told by the way there to the way back.
    let (tell, told) = watch::channel(Fate::Passes);
    let back = answers(from_service, to_client, told, shared.clone(), chance.apart(0));
    tokio::select! {
        () = requests(from_client, to_service, tell, shared, chance) => {}
        () = back => {}
    }
}

async fn slow(shared: &Shared, chance: &mut Chance) {
    let longest = shared.faults.lock().unwrap().slow_ms;
    if longest > 0 {
        tokio::time::sleep(Duration::from_millis(chance.below(longest + 1))).await;
    }
}

async fn requests(
    mut from: OwnedReadHalf,
    mut to: OwnedWriteHalf,
    fate: watch::Sender<Fate>,
    shared: Shared,
    mut chance: Chance,
) {
    let (mut piece, mut seen) = (vec![0; 64 * 1024], 0);
    while let Ok(read) = from.read(&mut piece).await {
        if read == 0 {
            return;
        }
        slow(&shared, &mut chance).await;
        seen += 1;
        if seen > HANDSHAKE {
            shared.happened.requests.fetch_add(1, Ordering::Relaxed);
            let drawn = shared.faults.lock().unwrap().fate(&mut chance);
            match drawn {
                Fate::CutBefore => {
                    shared.happened.other_cuts.fetch_add(1, Ordering::Relaxed);
                    return;
                }
                Fate::HalfOpen => {
                    shared.happened.half_open.fetch_add(1, Ordering::Relaxed);
                    return std::future::pending().await;
                }
                drawn => drop(fate.send_replace(drawn)),
            }
        }
        if to.write_all(&piece[..read]).await.is_err() {
            return;
        }
    }
}

async fn answers(
    mut from: OwnedReadHalf,
    mut to: OwnedWriteHalf,
    fate: watch::Receiver<Fate>,
    shared: Shared,
    mut chance: Chance,
) {
    let mut piece = vec![0; 64 * 1024];
    while let Ok(read) = from.read(&mut piece).await {
        if read == 0 {
            return;
        }
        slow(&shared, &mut chance).await;
        let part = match *fate.borrow() {
            Fate::CutAfter => {
                shared.happened.lost_answers.fetch_add(1, Ordering::Relaxed);
                return;
            }
            Fate::CutIn => read / 2,
            _ => read,
        };
        if to.write_all(&piece[..part]).await.is_err() {
            return;
        }
        if part < read {
            shared.happened.other_cuts.fetch_add(1, Ordering::Relaxed);
            return;
        }
    }
}
