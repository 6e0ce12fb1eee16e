//! A world for tests and benches: a real centre on real sockets, real desks, a customer with real keys.
#![allow(
    clippy::unwrap_used,
    clippy::expect_used,
    clippy::panic,
    clippy::indexing_slicing,
    reason = "a test that can't go on should say where"
)]

pub mod centre;
#[cfg(unix)]
pub mod cluster;
#[cfg(not(unix))]
pub mod cluster {
    //! Where the tests' PostgreSQL server can't run.

    /// There is none.
    pub fn fresh_database() -> String {
        unreachable!("the tests' server needs a Unix")
    }
}
pub mod customer;
pub mod encrypted;
pub mod fault;
pub mod line;
pub mod long_log;
pub mod office;
pub mod relying;
pub mod served;
pub mod smtp;
pub mod table;
pub mod terminal;
