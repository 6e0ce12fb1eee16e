//! The use cases, one file a noun: what the window calls. Each asks first who works here.

mod act;
mod application;
mod approval;
mod check;
mod customer;
mod draft;
mod elsewhere;
mod export;
mod guide;
mod held;
mod incident;
mod lists;
mod log;
mod lost;
mod notice;
mod receipt;
mod request;
mod search;
pub(crate) mod slip;
mod staff;
mod staff_admin;
mod status;
mod terminal;
mod viewing;
pub(crate) mod views;
mod waiting;
mod words;
