//! The central issuance service: decides every act, keeps the issuance log, issues certificates.
//!
//! `store` holds the log and everything derived from it, `issuance` the keys and certificates, `http` the listeners.

pub mod backup;
pub mod bundle;
pub mod check;
pub mod cli;
pub mod clock;
#[cfg(all(test, unix))]
#[path = "../../../tests/src/cluster.rs"]
mod cluster;
pub mod config;
mod durable;
pub mod http;
pub mod import;
pub mod issuance;
mod jobs;
mod mail;
mod measured;
mod random;
pub mod store;
mod task;
#[cfg(test)]
mod testing;
