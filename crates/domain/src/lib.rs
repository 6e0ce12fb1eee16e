//! The pure rules of the branch's work with client certificates.
//!
//! Types, commands, events, `decide` and `apply`, roles, policy and error codes. No I/O, no async, no clock and no
//! randomness: time and identifiers come in as parameters, so that the desk, the centre and a rebuild years later
//! compute the same thing from the same entries.
#![warn(missing_docs)]

pub mod actor;
pub mod authorisation;
pub mod branch;
pub mod calendar;
pub mod customer;
pub mod error;
pub mod event;
pub mod guide;
pub mod id;
pub mod institution;
pub mod password;
pub mod personal;
pub mod pickup_code;
pub mod policy;
pub mod staff;
pub mod terminal;
pub mod text;

pub use actor::{Actor, Evidence, Role};
pub use error::{ErrorCode, Refusal};
pub use event::{Event, Subject};
pub use personal::PersonalData;
pub use policy::Policy;
