//! The one end-to-end test binary: a real centre, real desks, the real window, a real browser, tools that are not ours.
#![allow(
    clippy::unwrap_used,
    clippy::expect_used,
    clippy::panic,
    clippy::indexing_slicing,
    clippy::disallowed_methods,
    reason = "tests"
)]

mod attack;
mod crash;
mod guess;
mod history;
mod house;
mod incident;
mod judge;
mod keyring;
mod kill;
#[cfg(unix)]
mod login;
#[cfg(unix)]
mod page;
mod reissue;
mod relying;
mod standing;
mod status;
mod story;
#[cfg(unix)]
mod window;
