//! The listeners: terminals (mutual TLS), enrolment, customers, holders of certificates (mutual TLS), relying parties.
//! Handlers extract, call and convert; no rule lives here.

mod address;
mod branch;
mod contacts;
mod enrol;
mod error;
mod feed;
mod history;
mod import;
mod listen;
mod live;
mod password;
mod patient;
mod policy;
mod portal;
mod push;
mod queues;
pub(crate) mod recovery;
mod renew;
mod renewal;
mod request;
mod session;
mod staff;
mod status;
mod stop_target;
mod terminal;
mod tls;
mod viewed;
mod watch;

use std::ops::Deref;
use std::sync::Arc;

use domain::Policy;

use crate::clock::Clock;
use crate::config::Config;
use crate::issuance::Authority;
use crate::store::db::Readers;
use crate::store::lookup::Lookup;
use crate::store::writer::Writer;

pub(crate) use contacts::Contacts;
pub(crate) use enrol::Enrolment;
pub(crate) use import::Imports;
pub(crate) use listen::reached;
pub use listen::{Listening, serve};
pub(crate) use password::hash as hash_password;
#[cfg(test)]
pub(crate) use portal::Limit as PortalLimit;

/// What every handler may use. Each layer that a request passes holds one: there is one count to raise, not one for each part.
#[derive(Clone)]
pub(crate) struct App(Arc<Parts>);

impl Deref for App {
    type Target = Parts;

    fn deref(&self) -> &Parts {
        &self.0
    }
}

impl From<Parts> for App {
    fn from(parts: Parts) -> Self {
        Self(Arc::new(parts))
    }
}

/// The parts of an [`App`].
pub(crate) struct Parts {
    pub(crate) config: Config,
    pub(crate) clock: Clock,
    pub(crate) authority: Arc<Authority>,
    pub(crate) writer: Writer,
    pub(crate) readers: Readers,
    /// What the pickup pages ask.
    pub(crate) lookup: Lookup,
    /// Where the listeners really are (port 0 has become a port).
    pub(crate) listening: std::sync::OnceLock<Listening>,
    /// Where passwords are tried.
    pub(crate) gate: password::Gate,
    /// Wrong pickup codes of one address for one user ID wait here for their turn.
    pub(crate) pickup_tries: queues::Queues,
    /// Look-ups of whom a stop would hit that found nobody.
    pub(crate) sought_in_vain: stop_target::InVain,
    /// Requests of one address.
    pub(crate) portal_limit: portal::Limit,
    /// The revocation list made last.
    pub(crate) crl: status::CrlFile,
    /// When terminals were heard.
    pub(crate) contacts: Contacts,
    /// One certificate at a time for a terminal.
    pub(crate) renewing: queues::Queues,
    /// A file of customers that is to be taken over.
    pub(crate) imports: Imports,
    /// Serials asked for that were never issued.
    pub(crate) alarm: status::Alarm,
    /// Turns true when the service is told to stop: whoever waits for something answers now.
    pub(crate) stopping: tokio::sync::watch::Receiver<bool>,
}

impl App {
    /// The policy in force now.
    pub(crate) fn policy(&self) -> Arc<Policy> {
        self.writer.policy(self.clock.now())
    }
}
