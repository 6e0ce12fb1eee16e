//! Everything of the branch but the window: replica, outbox, sync, search, session, slips, secrets.
//!
//! The desk is a convenience, never an authority: what it decides early, the centre decides again.

pub mod afresh;
mod cases;
mod centre;
mod clock;
pub mod config;
pub mod cut_off;
mod desk;
pub mod enrol;
mod error;
mod line;
mod moved;
mod offline;
mod other_branch;
mod outbox;
mod pause;
pub mod profile;
mod progress;
mod renew;
mod replica;
pub mod secrets;
mod seen;
mod send_back;
mod session;
mod sync;
pub mod training;
pub mod view;
mod witness;

pub use cases::Export;
pub use clock::Clock;
pub use desk::{Desk, Over, Topics};
pub use enrol::Identity;
pub use error::DeskError;
pub use witness::Witness;
