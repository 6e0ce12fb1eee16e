//! API v1: what desks, customers' browsers and the centre say to each other, and the stored form of an entry.
//!
//! Types and their bytes only: no HTTP, no keys, no database. The stored forms ([`Envelope`], [`Entry`],
//! [`Attachment`]) are frozen and golden-tested: fields are only ever added, with a default.
#![warn(missing_docs)]

pub mod api;
mod attachment;
mod bytes;
mod entry;
mod envelope;
pub mod fingerprint;
#[cfg(test)]
mod golden;
pub mod head;
pub mod invitation;
pub mod message;

pub use attachment::Attachment;
pub use bytes::{Base64, sha256_hex};
pub use entry::{Entry, Recovered};
pub use envelope::{Body, Envelope};

/// A stored or received form that can't be read.
#[derive(Debug, thiserror::Error)]
pub enum WireError {
    /// Not the JSON it should be. The text names place and cause, never content.
    #[error("not a {what}: {why}")]
    Malformed {
        /// Which form.
        what: &'static str,
        /// Place and cause.
        why: String,
    },
    /// A later version than this program knows.
    #[error("{what} of version {version}: this program is too old")]
    TooNew {
        /// Which form.
        what: &'static str,
        /// Its version.
        version: u32,
    },
}
