//! What a listener does not let strangers do: keep a connection by taking nothing (a list of a million is sent in many writes,
//! and each must get on), and take the places of those who come to the other listeners.

use std::io;
use std::pin::Pin;
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};
use std::task::{Context, Poll, ready};
use std::time::Duration;

use axum_server::accept::Accept;
use tokio::io::{AsyncRead, AsyncWrite, ReadBuf};
use tokio::sync::{OwnedSemaphorePermit, Semaphore};
use tokio::time::Sleep;

/// Connections that a listener keeps at the same time. Of the descriptors that the process may have, an eighth: there are four
/// listeners that anybody may reach, and terminals, database and pages need theirs.
#[derive(Clone)]
pub(super) struct Places {
    left: Arc<Semaphore>,
    /// Was the last one who came sent away?
    full: Arc<AtomicBool>,
}

impl Places {
    /// As many as one listener gets.
    pub(super) fn of_a_listener() -> Self {
        Self::new(descriptors() / 8)
    }

    fn new(count: usize) -> Self {
        Self { left: Arc::new(Semaphore::new(count)), full: Arc::default() }
    }

    /// One, as long as it is kept; `None`: all are taken.
    pub(super) fn take(&self) -> Option<OwnedSemaphorePermit> {
        let place = Arc::clone(&self.left).try_acquire_owned().ok();
        // Once, until there is room again: whoever fills a listener fills the journal otherwise.
        if !self.full.swap(place.is_none(), Ordering::Relaxed) && place.is_none() {
            tracing::warn!("every place of a listener is taken: connections are sent away");
        }
        place
    }
}

/// How many files the process may have open. Where the system does not say, what most systems give at least.
fn descriptors() -> usize {
    let said = std::fs::read_to_string("/proc/self/limits").unwrap_or_default();
    let line = said.lines().find_map(|line| line.strip_prefix("Max open files"));
    line.and_then(|rest| rest.split_whitespace().next()?.parse().ok()).unwrap_or(1024)
}

/// Accepts as another acceptor does, but no more connections than there are places, and none that takes nothing.
#[derive(Clone)]
pub(super) struct Strangers<A> {
    acceptor: A,
    places: Places,
    patience: Duration,
}

impl<A> Strangers<A> {
    pub(super) fn new(acceptor: A, patience: Duration) -> Self {
        Self { acceptor, places: Places::of_a_listener(), patience }
    }
}

impl<A, I, S> Accept<I, S> for Strangers<A>
where
    A: Accept<Patient<I>, S>,
    A::Future: Send + 'static,
{
    type Stream = A::Stream;
    type Service = A::Service;
    type Future = Pin<Box<dyn Future<Output = io::Result<(A::Stream, A::Service)>> + Send>>;

    fn accept(&self, stream: I, service: S) -> Self::Future {
        match self.places.take() {
            Some(place) => Box::pin(self.acceptor.accept(Patient::new(stream, self.patience, Some(place)), service)),
            None => Box::pin(async { Err(io::Error::other("every place of the listener is taken")) }),
        }
    }
}

/// A stream whose writes fail when nothing was taken for a while. Reads are bounded by whoever reads.
pub(super) struct Patient<S> {
    stream: S,
    patience: Duration,
    /// Since the last write that had to wait.
    waiting: Option<Pin<Box<Sleep>>>,
    /// Given back when the connection ends.
    _place: Option<OwnedSemaphorePermit>,
}

impl<S> Patient<S> {
    pub(super) fn new(stream: S, patience: Duration, place: Option<OwnedSemaphorePermit>) -> Self {
        Self { stream, patience, waiting: None, _place: place }
    }

    fn bounded<T>(&mut self, context: &mut Context<'_>, done: Poll<io::Result<T>>) -> Poll<io::Result<T>> {
        if done.is_ready() {
            self.waiting = None;
            return done;
        }
        let patience = self.patience;
        let waiting = self.waiting.get_or_insert_with(|| Box::pin(tokio::time::sleep(patience)));
        ready!(waiting.as_mut().poll(context));
        Poll::Ready(Err(io::ErrorKind::TimedOut.into()))
    }
}

impl<S: AsyncRead + Unpin> AsyncRead for Patient<S> {
    fn poll_read(
        mut self: Pin<&mut Self>,
        context: &mut Context<'_>,
        buffer: &mut ReadBuf<'_>,
    ) -> Poll<io::Result<()>> {
        Pin::new(&mut self.stream).poll_read(context, buffer)
    }
}

impl<S: AsyncWrite + Unpin> AsyncWrite for Patient<S> {
    fn poll_write(mut self: Pin<&mut Self>, context: &mut Context<'_>, bytes: &[u8]) -> Poll<io::Result<usize>> {
        let done = Pin::new(&mut self.stream).poll_write(context, bytes);
        self.bounded(context, done)
    }

    fn poll_write_vectored(
        mut self: Pin<&mut Self>,
        context: &mut Context<'_>,
        parts: &[io::IoSlice<'_>],
    ) -> Poll<io::Result<usize>> {
        let done = Pin::new(&mut self.stream).poll_write_vectored(context, parts);
        self.bounded(context, done)
    }

    fn is_write_vectored(&self) -> bool {
        self.stream.is_write_vectored()
    }

    fn poll_flush(mut self: Pin<&mut Self>, context: &mut Context<'_>) -> Poll<io::Result<()>> {
        Pin::new(&mut self.stream).poll_flush(context)
    }

    fn poll_shutdown(mut self: Pin<&mut Self>, context: &mut Context<'_>) -> Poll<io::Result<()>> {
        Pin::new(&mut self.stream).poll_shutdown(context)
    }
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used, reason = "tests")]
    use tokio::io::{AsyncReadExt as _, AsyncWriteExt as _};

    use super::*;

    #[test]
    fn a_place_comes_back_with_its_connection() {
        let places = Places::new(1);
        let (near, _far) = tokio::io::duplex(8);
        let first = Patient::new(near, Duration::from_secs(1), places.take());
        assert!(places.take().is_none());
        drop(first);
        assert!(places.take().is_some());
        assert!(descriptors() >= 256, "{}", descriptors());
    }

    #[tokio::test(start_paused = true)]
    async fn a_reader_that_takes_nothing_is_left_and_a_slow_one_is_not() {
        let (near, mut far) = tokio::io::duplex(8);
        let mut near = Patient::new(near, Duration::from_secs(10), None);
        let writing = tokio::spawn(async move {
            near.write_all(&[7; 64]).await.unwrap();
            near.write_all(&[8; 64]).await
        });
        for _ in 0..8 {
            tokio::time::sleep(Duration::from_secs(9)).await;
            far.read_exact(&mut [0; 8]).await.unwrap();
        }
        let ended = writing.await.unwrap().unwrap_err();
        assert_eq!(ended.kind(), io::ErrorKind::TimedOut);
    }
}
