//! The use cases, one file a noun: what the window calls. Each asks first who works here.

mod act;
mod application;
mod approval;
mod customer;
mod draft;
mod elsewhere;
mod guide;
mod incident;
mod log;
mod search;
pub(crate) mod slip;
mod staff;
mod status;
mod views;
mod waiting;
