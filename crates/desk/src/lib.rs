//! Everything of the branch but the window: replica, outbox, sync, search, session, slips, secrets.
//!
//! The desk is a convenience, never an authority: what it decides early, the centre decides again.

mod cases;
mod centre;
mod clock;
mod desk;
pub mod enrol;
mod error;
mod outbox;
pub mod profile;
mod replica;
pub mod secrets;
mod session;
mod sync;
pub mod training;
pub mod view;

pub use clock::Clock;
pub use desk::{Desk, Topics};
pub use enrol::Identity;
pub use error::DeskError;
