//! Requests of one address: a burst, then so many a minute. The lock-out of a pickup code is another matter and lives in
//! the database; this only keeps one address from taking the service up.

use std::num::NonZeroU32;
use std::time::Duration;

use axum::extract::{Request, State};
use axum::middleware::Next;
use axum::response::{IntoResponse as _, Response};
use domain::{ErrorCode, Refusal};
use governor::clock::{Clock as _, DefaultClock};
use governor::{DefaultKeyedRateLimiter, Quota, RateLimiter};

use crate::config::Portal;
use crate::http::App;
use crate::http::address::Address;
use crate::http::error::ApiError;

/// Addresses remembered before those that have been quiet are forgotten.
const REMEMBERED: usize = 10_000;

/// The limiter; `None`: no limit.
pub(crate) struct Limit(Option<DefaultKeyedRateLimiter<String>>);

impl Limit {
    pub(crate) fn new(portal: &Portal) -> Self {
        let burst = NonZeroU32::new(portal.burst).unwrap_or(NonZeroU32::MIN);
        let quota = NonZeroU32::new(portal.requests_per_minute).map(|rate| Quota::per_minute(rate).allow_burst(burst));
        Self(quota.map(RateLimiter::keyed))
    }

    /// How long the address has to wait, if it has to.
    fn wait(&self, address: &str) -> Option<Duration> {
        let limiter = self.0.as_ref()?;
        if limiter.len() > REMEMBERED {
            limiter.retain_recent();
        }
        let clock = DefaultClock::default();
        limiter.check_key(&address.to_owned()).err().map(|until| until.wait_time_from(clock.now()))
    }
}

/// The middleware.
pub(in crate::http) async fn limited(
    State(app): State<App>,
    address: Address,
    request: Request,
    next: Next,
) -> Response {
    match app.portal_limit.wait(&address.0) {
        None => next.run(request).await,
        Some(wait) => {
            let refusal = Refusal::new(ErrorCode::RateLimited).with("retry_after_s", wait.as_secs() + 1);
            ApiError::from(refusal).into_response()
        }
    }
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used, reason = "tests")]
    use super::*;

    fn limit(requests_per_minute: u32, burst: u32) -> Limit {
        Limit::new(&Portal { requests_per_minute, burst, ..Portal::default() })
    }

    #[test]
    fn one_address_is_slowed_and_no_other() {
        let limit = limit(6, 3);
        for _ in 0..3 {
            assert_eq!(limit.wait("192.0.2.1"), None);
        }
        let wait = limit.wait("192.0.2.1").unwrap();
        assert!(wait > Duration::from_secs(8) && wait <= Duration::from_secs(10), "{wait:?}");
        assert_eq!(limit.wait("192.0.2.2"), None);
    }

    #[test]
    fn nought_is_no_limit() {
        let limit = limit(0, 0);
        assert!((0..1000).all(|_| limit.wait("192.0.2.1").is_none()));
    }

    #[test]
    fn quiet_addresses_are_forgotten() {
        let limit = limit(60_000, 1);
        for n in 0..=REMEMBERED {
            limit.wait(&n.to_string());
        }
        // A millisecond later nobody owes anything.
        while limit.0.as_ref().unwrap().len() > REMEMBERED {
            std::thread::yield_now();
            limit.wait("one more");
        }
    }
}
