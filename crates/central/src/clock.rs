//! The only place that reads the system's clock. Tests bring their own.

use std::sync::Arc;
use std::sync::atomic::{AtomicI64, Ordering};

use chrono::{DateTime, Utc};

/// The centre's time, to the millisecond.
#[derive(Clone)]
pub enum Clock {
    /// The machine's clock.
    System,
    /// A clock that stands until it is moved (tests).
    Set(Arc<AtomicI64>),
}

impl Clock {
    /// A clock that stands at `at`.
    pub fn at(at: DateTime<Utc>) -> Self {
        Self::Set(Arc::new(AtomicI64::new(at.timestamp_millis())))
    }

    /// Moves a set clock; the system's clock can't be moved.
    pub fn advance(&self, by: chrono::Duration) {
        if let Self::Set(ms) = self {
            ms.fetch_add(by.num_milliseconds(), Ordering::SeqCst);
        }
    }

    /// Milliseconds since 1970.
    pub fn now_ms(&self) -> i64 {
        match self {
            #[allow(clippy::disallowed_methods, reason = "the one place that reads the clock")]
            Self::System => Utc::now().timestamp_millis(),
            Self::Set(ms) => ms.load(Ordering::SeqCst),
        }
    }

    /// Now.
    pub fn now(&self) -> DateTime<Utc> {
        DateTime::from_timestamp_millis(self.now_ms()).unwrap_or_default()
    }
}
