//! Connections of terminals, so that one that is cut off loses those it has: a long poll too, within a second.

use std::collections::HashMap;
use std::io;
use std::pin::Pin;
use std::sync::{Arc, Mutex, PoisonError};
use std::task::{Context, Poll};
use std::time::Duration;

use domain::id::TerminalId;
use domain::terminal::TerminalState;
use tokio::io::{AsyncRead, AsyncWrite, ReadBuf};
use tokio::sync::watch;

use super::App;
use crate::store::read;

/// The log may grow many times a second; the terminals are looked at no more often than this.
const PAUSE: Duration = Duration::from_millis(200);

/// The connections, by terminal.
#[derive(Clone, Default)]
pub(super) struct Live(Arc<Mutex<HashMap<TerminalId, watch::Sender<bool>>>>);

impl Live {
    /// Holds a stream to its terminal's fate.
    pub(super) fn held<S>(&self, terminal: Option<TerminalId>, stream: S) -> Held<S> {
        let cut = terminal.map(|terminal| {
            let mut all = self.0.lock().unwrap_or_else(PoisonError::into_inner);
            // Nobody listens to those of connections that ended.
            all.retain(|_, sender| sender.receiver_count() > 0);
            let mut cut = all.entry(terminal).or_insert_with(|| watch::channel(false).0).subscribe();
            Box::pin(async move { drop(cut.wait_for(|cut| *cut).await) }) as Cut
        });
        Held { stream, cut }
    }

    fn connected(&self) -> Vec<TerminalId> {
        self.0.lock().unwrap_or_else(PoisonError::into_inner).keys().copied().collect()
    }

    fn cut(&self, terminal: TerminalId) {
        let sender = self.0.lock().unwrap_or_else(PoisonError::into_inner).remove(&terminal);
        if let Some(sender) = sender {
            tracing::info!(%terminal, "a terminal that was revoked loses its connections");
            sender.send_replace(true);
        }
    }
}

/// Looks at the connected terminals whenever the log tells of one: whoever revoked it left an entry.
pub(super) async fn watch(app: App, live: Live) {
    let mut size = app.writer.size();
    let mut seen = *size.borrow();
    while size.changed().await.is_ok() {
        let grown = *size.borrow_and_update();
        match read::terminals_told(&app.readers, seen, grown).await {
            Ok(true) => {}
            Ok(false) => {
                seen = grown;
                tokio::time::sleep(PAUSE).await;
                continue;
            }
            // Looked at again with what comes next.
            Err(fault) => tracing::error!(%fault, "can't look at the log"),
        }
        let mut all = true;
        for id in live.connected() {
            match read::terminal(&app.readers, id).await {
                Ok(Some(terminal)) if terminal.state == TerminalState::Enrolled => {}
                Ok(_) => live.cut(id),
                // Each request asks again.
                Err(fault) => {
                    tracing::error!(%fault, "can't look at a terminal");
                    all = false;
                }
            }
        }
        if all {
            seen = grown;
        }
        tokio::time::sleep(PAUSE).await;
    }
}

type Cut = Pin<Box<dyn Future<Output = ()> + Send>>;

/// A stream that breaks when its terminal is cut off.
pub(super) struct Held<S> {
    stream: S,
    cut: Option<Cut>,
}

impl<S> Held<S> {
    fn broken(&mut self, context: &mut Context<'_>) -> bool {
        let broken = self.cut.as_mut().is_some_and(|cut| cut.as_mut().poll(context).is_ready());
        if broken {
            // A future that has ended is not asked again; the stream stays broken.
            self.cut = Some(Box::pin(std::future::ready(())));
        }
        broken
    }
}

fn gone() -> io::Error {
    io::Error::new(io::ErrorKind::ConnectionAborted, "the terminal was revoked")
}

impl<S: AsyncRead + Unpin> AsyncRead for Held<S> {
    fn poll_read(mut self: Pin<&mut Self>, context: &mut Context<'_>, to: &mut ReadBuf<'_>) -> Poll<io::Result<()>> {
        if self.broken(context) {
            return Poll::Ready(Err(gone()));
        }
        Pin::new(&mut self.stream).poll_read(context, to)
    }
}

impl<S: AsyncWrite + Unpin> AsyncWrite for Held<S> {
    fn poll_write(mut self: Pin<&mut Self>, context: &mut Context<'_>, bytes: &[u8]) -> Poll<io::Result<usize>> {
        if self.broken(context) {
            return Poll::Ready(Err(gone()));
        }
        Pin::new(&mut self.stream).poll_write(context, bytes)
    }

    fn poll_flush(mut self: Pin<&mut Self>, context: &mut Context<'_>) -> Poll<io::Result<()>> {
        if self.broken(context) {
            return Poll::Ready(Err(gone()));
        }
        Pin::new(&mut self.stream).poll_flush(context)
    }

    fn poll_shutdown(mut self: Pin<&mut Self>, context: &mut Context<'_>) -> Poll<io::Result<()>> {
        Pin::new(&mut self.stream).poll_shutdown(context)
    }
}
