//! The use cases, one file a noun: what the window calls. Each asks first who works here.

mod act;
mod application;
mod approval;
mod customer;
mod draft;
mod incident;
mod log;
mod request;
mod search;
pub(crate) mod slip;
mod staff;
mod status;
mod views;
