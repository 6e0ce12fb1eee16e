//! Keys and certificates. No database, no HTTP: `pickup` in the listeners binds this to the store.

mod authority;
mod ceremony;
pub mod confirmation;
pub mod csr;
mod dn;
mod keyfile;
mod profile;

pub use authority::Authority;
pub(crate) use authority::log_origin;
pub use ceremony::{Names, ceremony};
pub use profile::{LeafProfile, Validity, draw_serial};
