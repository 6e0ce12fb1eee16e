//! The institution's own acts on its log: opening it, opening a new epoch after a restore, and the end of the recovery that
//! follows.

use chrono::{DateTime, Utc};
use serde::{Deserialize, Serialize};

use crate::actor::Actor;
use crate::error::{ErrorCode, Refusal};
use crate::id::{InstitutionId, TerminalId};

#[cfg(test)]
mod tests;

/// What happened to the institution's log. Stored: variants and fields are only ever added.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(tag = "type", rename_all = "snake_case")]
pub enum InstitutionEvent {
    /// The first entry of every log.
    LogOpened {
        /// Whose log.
        institution: InstitutionId,
        /// 0 for the first; a restore opens the next.
        epoch: u32,
        /// The log's public key (C2SP vkey).
        log_key: String,
        /// SHA-256 of the root certificate's DER, hex.
        root_sha256: String,
    },
    /// The log was put back from a backup and goes on from there as another epoch. What had come after the backup is no
    /// longer part of it, until it is recovered.
    EpochOpened {
        /// The epoch that begins with this entry.
        epoch: u32,
        /// The epoch that the backup belongs to.
        former: u32,
        /// Entries in the backup: this entry's own index.
        size: u64,
        /// RFC 6962 root over them, base64.
        root: String,
        /// When the backup was made.
        backup_at: DateTime<Utc>,
    },
    /// What the desks had seen after the backup is back, or was given up.
    RecoveryEnded {
        /// The epoch that was opened.
        epoch: u32,
        /// The largest size of the former log that any desk had seen.
        seen: u64,
        /// Entries that came back.
        recovered: u64,
        /// Places in the former log that did not.
        missing: Vec<Missing>,
        /// Enrolled terminals that had not reported.
        unheard: Vec<TerminalId>,
        /// Why it was given up; `None`: everything is there.
        reason: Option<String>,
    },
}

/// Places `from..to` of a former log.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
pub struct Missing {
    /// First index.
    pub from: u64,
    /// The index after the last one.
    pub to: u64,
}

/// A recovery that goes on.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Recovery {
    /// The epoch that the backup belongs to.
    pub former: u32,
    /// Entries in the backup.
    pub size: u64,
    /// Since when.
    pub since: DateTime<Utc>,
}

/// The institution, derived from the log.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(from = "Stored", into = "Stored")]
pub struct Institution {
    /// Number of events applied.
    pub version: u64,
    /// The epoch of the log.
    pub epoch: u32,
    /// What came after the backup is still being collected.
    pub recovery: Option<Recovery>,
}

/// The number alone is how a log that was never restored has always been kept.
#[derive(Serialize, Deserialize)]
#[serde(untagged)]
enum Stored {
    Version(u64),
    Whole { version: u64, epoch: u32, recovery: Option<Recovery> },
}

impl From<Stored> for Institution {
    fn from(stored: Stored) -> Self {
        match stored {
            Stored::Version(version) => Self { version, ..Self::default() },
            Stored::Whole { version, epoch, recovery } => Self { version, epoch, recovery },
        }
    }
}

impl From<Institution> for Stored {
    fn from(Institution { version, epoch, recovery }: Institution) -> Self {
        match (epoch, &recovery) {
            (0, None) => Self::Version(version),
            _ => Self::Whole { version, epoch, recovery },
        }
    }
}

/// Decides whether an event of the institution may happen now.
///
/// # Errors
/// A [`Refusal`] that names the rule.
pub fn decide(
    institution: &Institution,
    event: &InstitutionEvent,
    actor: &Actor,
) -> Result<Vec<InstitutionEvent>, Refusal> {
    let operator = matches!(actor, Actor::Operator { .. });
    let system = matches!(actor, Actor::System { .. });
    match event {
        InstitutionEvent::LogOpened { .. } if institution.version > 0 => return Err(ErrorCode::CommandIdReused.into()),
        InstitutionEvent::LogOpened { .. } if operator => {}
        InstitutionEvent::EpochOpened { epoch, former, .. } if operator => {
            if institution.version == 0 || *former != institution.epoch || epoch <= former {
                return Err(ErrorCode::EpochEnded.into());
            }
        }
        InstitutionEvent::RecoveryEnded { epoch, missing, unheard, reason, .. } if operator || system => {
            if institution.recovery.is_none() || *epoch != institution.epoch {
                return Err(ErrorCode::EpochEnded.into());
            }
            // What is given up is given up by a person who says why; what is complete needs nobody.
            let complete = missing.is_empty() && unheard.is_empty();
            match reason {
                Some(reason) if operator => crate::text::name("reason", reason)?,
                None if complete => {}
                _ => return Err(Refusal::new(ErrorCode::TextMissing).at("reason")),
            }
        }
        _ => return Err(ErrorCode::ActorNotPermitted.into()),
    }
    Ok(vec![event.clone()])
}

/// Applies an event. Infallible.
pub fn apply(institution: &mut Institution, event: &InstitutionEvent, at: DateTime<Utc>) {
    institution.version += 1;
    match event {
        InstitutionEvent::LogOpened { .. } => {}
        InstitutionEvent::EpochOpened { epoch, former, size, .. } => {
            institution.epoch = *epoch;
            institution.recovery = Some(Recovery { former: *former, size: *size, since: at });
        }
        InstitutionEvent::RecoveryEnded { .. } => institution.recovery = None,
    }
}

/// Places `0..size` from `from` on that `held` (in order) does not name, as ranges.
pub fn missing(from: u64, size: u64, held: impl Iterator<Item = u64>) -> Vec<Missing> {
    let (mut ranges, mut next) = (Vec::new(), from);
    for index in held.filter(|index| (from..size).contains(index)).chain(std::iter::once(size)) {
        if index > next {
            ranges.push(Missing { from: next, to: index });
        }
        next = next.max(index + 1);
    }
    ranges
}
