//! The one end-to-end test binary: a real centre, real desks, the real window, a real browser, tools that are not ours.
#![allow(
    clippy::unwrap_used,
    clippy::expect_used,
    clippy::panic,
    clippy::indexing_slicing,
    clippy::disallowed_methods,
    reason = "tests"
)]

mod approval;
mod attack;
mod auditor;
mod authorisation;
mod bundle;
mod campaign;
mod crash;
mod ending;
mod faults;
#[cfg(unix)]
mod fetch_again;
mod guess;
mod guide;
mod history;
mod house;
mod import;
mod incident;
#[cfg(unix)]
mod instances;
mod jobs;
mod judge;
mod keyring;
mod kill;
mod line;
mod lists;
mod log;
mod log_changes;
#[cfg(unix)]
mod login;
mod mail;
mod moved;
mod over_lock;
#[cfg(unix)]
mod page;
mod policy;
mod reissue;
mod relying;
mod renewal;
#[cfg(unix)]
mod renewal_page;
mod renewal_proof;
mod report;
mod restore;
mod secrets;
mod sign_off;
mod staff;
mod standing;
mod status;
mod story;
#[cfg(unix)]
mod strangers;
mod terminals;
mod time_line;
#[cfg(unix)]
mod transfer;
mod trouble;
mod watch;
#[cfg(unix)]
mod window;
#[cfg(unix)]
mod window_approvals;
#[cfg(unix)]
mod window_branches;
#[cfg(unix)]
mod window_damaged;
#[cfg(unix)]
mod window_drafts;
#[cfg(unix)]
mod window_enrol;
#[cfg(unix)]
mod window_guide;
#[cfg(unix)]
mod window_import;
#[cfg(unix)]
mod window_kinds;
#[cfg(unix)]
mod window_line;
#[cfg(unix)]
mod window_log;
#[cfg(unix)]
mod window_long;
#[cfg(unix)]
mod window_overdue;
#[cfg(unix)]
mod window_policy;
#[cfg(unix)]
mod window_screens;
#[cfg(unix)]
mod window_sign_off;
#[cfg(unix)]
mod window_staff;
#[cfg(unix)]
mod window_today;
