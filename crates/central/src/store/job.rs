//! What the writer is asked for, by whoever asks: a task of this process, or another instance of the service.

use std::sync::Arc;

use domain::id::CommandId;
use domain::{Actor, Refusal};
use serde::{Deserialize, Serialize};
use tokio::sync::oneshot;
use tokio::time::Instant;
use wire::api::recovery::SentBack;

use super::act::{Act, Answer, Aside, Looked, Refused, Sought};
use super::intent::{Asked, Intended};
use super::recovery::Report;

/// Octets in JSON.
pub(super) mod octets {
    use serde::{Deserialize as _, Deserializer, Serialize as _, Serializer};
    use wire::Base64;

    pub(in crate::store) fn serialize<S: Serializer>(octets: &[u8], to: S) -> Result<S::Ok, S::Error> {
        Base64(octets.to_vec()).serialize(to)
    }

    pub(in crate::store) fn deserialize<'de, D: Deserializer<'de>>(from: D) -> Result<Vec<u8>, D::Error> {
        Ok(Base64::deserialize(from)?.0)
    }
}

/// One thing to do. Serialized only on its way to the instance that writes.
#[derive(Debug, Clone, Serialize, Deserialize)]
pub(super) enum Work {
    Act(Box<Act>),
    Aside(Box<Aside>),
    Intent(Asked),
    /// With the id of its entry.
    Refused(CommandId, Box<Refused>),
    /// With the id of its entry.
    Sought(CommandId, Box<Sought>),
    /// With the id of its entry.
    Looked(CommandId, Box<Looked>),
    /// The next number of the issuing CA's revocation list, at least this one.
    CrlNumber(i64),
    /// A piece of what a desk sends back after a restore.
    Report(Box<Report>),
    /// The end of the recovery; with a reason, what is missing is given up.
    Recover(Actor, Option<String>),
    /// A file of customers. Not handed over to another instance: it is asked for where it is written.
    #[serde(skip)]
    Import(Arc<super::takeover::TakeOver>),
}

/// What became of it.
#[derive(Debug, Clone, Serialize, Deserialize)]
pub(super) enum Done {
    Act(Answer),
    Intent(Intended),
    CrlNumber(i64),
    Report(Result<SentBack, Refusal>),
    Recovered(Result<(), Refusal>),
    #[serde(skip)]
    Imported(Result<crate::import::Report, Refusal>),
    Other,
}

/// Who waits for it.
pub(super) enum Reply {
    /// In this process. Dropped without an answer, it says that nothing is known.
    Here(oneshot::Sender<Done>),
    /// In another one, at this row of the table that jobs are handed over in.
    There { id: String, instance: String },
}

pub(super) struct Job {
    pub(super) work: Work,
    pub(super) reply: Reply,
    pub(super) asked: Instant,
    /// It was under way when a connection was lost: whether it happened is found out first.
    pub(super) again: bool,
}
