//! The use cases, one file a noun: what the window calls. Each asks first who works here.

mod act;
mod application;
mod approval;
mod branch;
mod check;
mod customer;
mod draft;
mod elsewhere;
mod event_words;
mod export;
mod guide;
mod held;
mod incident;
mod ledger;
mod lists;
pub(crate) mod log;
mod lost;
mod notice;
mod policy;
mod receipt;
mod report;
mod request;
mod search;
mod sign_off;
pub(crate) mod slip;
mod staff;
mod staff_admin;
mod status;
mod straight;
mod terminal;
pub(crate) mod verify;
mod viewing;
pub(crate) mod views;
mod waiting;
mod words;

pub use export::Export;
