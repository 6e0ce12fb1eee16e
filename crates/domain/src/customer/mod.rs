//! The main aggregate: a customer with contracts, user IDs, applications and certificates. One command on a customer is
//! one atomic act, so that a re-contract or a move of three user IDs can't be half done.

mod apply;
mod command;
mod decide;
mod ending;
mod event;
mod foreseen;
mod held;
mod incident;
mod outlook;
mod renewal;
mod request;
mod standing;
mod state;
#[cfg(test)]
mod tests;

pub use apply::apply;
pub use command::*;
pub use decide::{Context, decide, may_fetch, may_leave};
pub use event::*;
pub use foreseen::{Changes, ContractStands, Foreseen, UserStands, changes};
pub use held::{Claim, HeldCommand, HoldReason, Standing, hold, may_wait, standing};
pub use incident::still_to_stop;
pub use outlook::{Outlook, outlook};
pub use renewal::may_renew;
pub use request::DEVICE_LABEL_MAX;
pub use standing::*;
pub use state::*;
