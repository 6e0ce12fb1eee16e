//! Keys and certificates. No database, no HTTP: `pickup` in the listeners binds this to the store.

mod authority;
mod belongs;
mod ceremony;
pub mod confirmation;
pub mod crl;
pub mod csr;
mod dn;
mod files;
mod keyfile;
pub mod ocsp;
#[cfg(test)]
pub(crate) mod odd_keys;
mod organisation;
mod profile;

pub use authority::Authority;
pub(crate) use authority::log_origin;
pub use ceremony::{Names, Own, ceremony, renew, root_crl};
pub(crate) use ceremony::{ROOT_CRL, root_crl_end};
pub(crate) use files::Files;
pub(crate) use keyfile::unreadable;
pub use profile::{LeafProfile, Validity, draw_serial};
