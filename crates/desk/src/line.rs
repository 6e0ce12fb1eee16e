//! Where the line to the centre stands, how late it is, and who is told when that changes.

use std::time::{Duration, Instant};

use chrono::{DateTime, Utc};
use domain::ErrorCode;
use tokio::sync::Mutex;

use crate::desk::{Desk, Topics, held};
use crate::error::DeskError;
use crate::outbox::order::Lane;
use crate::seen::Kept;
use crate::view::ErrorView;

/// Where the time is kept that has come.
pub(crate) const SEEN: &str = "seen";

/// Where the line to the centre stands.
#[derive(Debug, Clone, Default)]
pub(crate) struct Line {
    pub(crate) online: bool,
    pub(crate) synced: bool,
    pub(crate) centre_size: u64,
    pub(crate) clock_offset_ms: i64,
    pub(crate) last_contact: Option<DateTime<Utc>>,
    pub(crate) last_error: Option<ErrorView>,
    pub(crate) stopped: Option<ErrorView>,
    /// When leaves were stored last.
    pub(crate) stored_at: Option<Instant>,
}

impl Desk {
    pub(crate) fn online(&self) -> bool {
        let line = held(&self.inner.line);
        line.online && line.stopped.is_none()
    }

    /// The lock of a sender's acts.
    pub(crate) fn lane(&self, lane: Lane) -> &Mutex<()> {
        match lane {
            Lane::Stops => &self.inner.stops,
            Lane::Others => &self.inner.others,
        }
    }

    /// An act waits: the senders look.
    pub(crate) fn queued(&self) {
        self.inner.queued.send_modify(|count| *count += 1);
        self.changed(Topics::OUTBOX);
    }

    /// Do leaves come just now, with more behind them?
    pub(crate) fn coming(&self, within: Duration) -> bool {
        let line = held(&self.inner.line);
        let more = line.centre_size > *self.inner.replica.size.borrow();
        line.online && more && !*self.inner.paused.borrow() && line.stored_at.is_some_and(|at| at.elapsed() < within)
    }

    /// What time it is at least, whatever the clock is set to; and whether it was set back.
    pub(crate) fn time(&self) -> (DateTime<Utc>, bool) {
        let (wall, now) = (self.centre_now(), self.inner.clock.instant());
        let mut seen = held(&self.inner.seen);
        let set_back = seen.set_back(wall, now);
        (seen.now(wall, now), set_back)
    }

    pub(crate) async fn keep_time(&self) {
        let kept = Kept { at: self.time().0, offset_ms: held(&self.inner.line).clock_offset_ms };
        if let Err(error) = self.inner.replica.set(SEEN, &kept).await {
            tracing::error!(%error, "can't keep the time");
        }
    }

    /// The centre answered.
    pub(crate) fn contact(&self, centre_size: u64, centre_ms: i64) {
        let now = self.inner.clock.now();
        if let Some(centre) = DateTime::from_timestamp_millis(centre_ms) {
            held(&self.inner.seen).told(centre, self.inner.clock.instant());
        }
        let (came_back, first) = {
            let mut line = held(&self.inner.line);
            let came_back = !line.online;
            line.online = true;
            line.centre_size = centre_size;
            line.clock_offset_ms = centre_ms - now.timestamp_millis();
            line.last_contact = Some(now);
            line.last_error = None;
            (came_back, self.caught_up(&mut line))
        };
        if came_back {
            self.came_back();
        }
        if came_back || first {
            self.changed(Topics::STATUS);
        }
    }

    /// Is everything here now that the centre spoke of? Asked whenever something was stored or applied: the next answer may be a long poll away.
    pub(crate) fn taken(&self) {
        self.measure();
        let mut line = held(&self.inner.line);
        self.caught_up(&mut line);
    }

    /// Notes how far it is.
    pub(crate) fn measure(&self) {
        let (size, applied) = (*self.inner.replica.size.borrow(), *self.inner.replica.applied.borrow());
        let now = self.inner.clock.instant();
        held(&self.inner.stored).note(size, now);
        held(&self.inner.applied).note(applied, now);
    }

    /// Says whether this is the first time.
    fn caught_up(&self, line: &mut Line) -> bool {
        let caught_up = *self.inner.replica.applied.borrow() >= line.centre_size;
        let first = caught_up && !line.synced;
        line.synced |= caught_up;
        first
    }

    /// The centre's time, as far as this desk knows it: rules about days must not hang on a desk's wrong clock.
    pub(crate) fn centre_now(&self) -> DateTime<Utc> {
        let offset = held(&self.inner.line).clock_offset_ms;
        self.inner.clock.now() + chrono::Duration::milliseconds(offset)
    }

    /// The centre answered a request: it is in reach, whatever the feed has said so far.
    pub(crate) fn reached(&self) {
        if !std::mem::replace(&mut held(&self.inner.line).online, true) {
            self.came_back();
            self.changed(Topics::STATUS);
        }
    }

    /// The senders look what is due.
    fn came_back(&self) {
        self.queued();
        let desk = self.clone();
        tokio::spawn(async move {
            desk.learn().await;
            desk.keep_time().await;
        });
    }

    /// What the institution shows and prints; read again at each new contact.
    async fn learn(&self) {
        if let Ok(info) = self.inner.centre.info().await {
            if let Err(error) = self.inner.replica.set("info", &info).await {
                tracing::error!(%error, "can't keep the institution's data");
            }
            *held(&self.inner.info) = Some(info);
            self.changed(Topics::STATUS);
        }
    }

    /// The centre did not answer.
    pub(crate) fn lost(&self, error: &DeskError) {
        let ended = self.certificate_ended();
        let was = {
            let mut line = held(&self.inner.line);
            let code = match error.code() {
                // Nothing gets through any more, and that is why.
                ErrorCode::Offline if ended => ErrorCode::TerminalCertificateEnded,
                code => code,
            };
            line.last_error = Some(ErrorView { code, args: Default::default(), request_id: "-".into() });
            // What is held can be used meanwhile.
            line.synced = true;
            std::mem::replace(&mut line.online, false)
        };
        if was {
            tracing::warn!(%error, "the centre is out of reach");
        }
        self.changed(Topics::STATUS);
    }
}
