//! What is back, what is missing, and who has not reported.

use domain::id::{InstitutionId, TerminalId};
use domain::institution::{Missing, missing};
use domain::terminal::{Terminal, TerminalState};

use crate::store::db::{Connection, Place, query};
use crate::store::epoch::{Epochs, Opening};
use crate::store::rows::int;
use crate::store::writer::Fault;

/// Where a recovery stands.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Status {
    /// The epoch that was opened.
    pub epoch: u32,
    /// The epoch whose entries come back: the latest that any desk was in.
    pub former: u32,
    /// Entries of the backup.
    pub size: u64,
    /// The largest size that any desk had seen.
    pub seen: u64,
    /// Places of which nobody has sent the entry.
    pub missing: Vec<Missing>,
    /// Enrolled terminals that have not reported, with place and branch.
    pub unheard: Vec<(TerminalId, String)>,
}

impl Status {
    /// Has every terminal reported, and is every entry there?
    pub fn complete(&self) -> bool {
        self.missing.is_empty() && self.unheard.is_empty()
    }
}

/// Where the recovery stands, beside a service that may run; `None`: there is none.
///
/// # Errors
/// The database failed.
pub async fn ask(place: &Place, institution: &InstitutionId) -> anyhow::Result<Option<Status>> {
    let mut db = place.reader().await?;
    let epochs = Epochs::load(&mut db, institution).await?;
    let status = match epochs.recovery() {
        Some(opening) => Some(status(&mut db, opening).await?),
        None => None,
    };
    db.close().await?;
    Ok(status)
}

/// Asks the database.
///
/// # Errors
/// The database failed.
pub(crate) async fn status(db: &mut Connection, opening: &Opening) -> Result<Status, Fault> {
    let reports: Vec<(String, i64, i64)> =
        query("SELECT terminal_id, former, size FROM recovery_report WHERE epoch = $1 AND done = 1")
            .bind(i64::from(opening.epoch))
            .fetch_all(&mut *db)
            .await?;
    let beyond = reports.iter().filter(|(_, _, size)| *size > int(opening.size));
    let (former, seen) = beyond
        .map(|(_, former, size)| (*former, *size))
        .max()
        .unwrap_or((i64::from(opening.former), int(opening.size)));
    let held: Vec<(i64,)> = query("SELECT idx FROM recovered_entry WHERE former = $1 ORDER BY idx")
        .bind(former)
        .fetch_all(&mut *db)
        .await?;
    let held = held.into_iter().filter_map(|(idx,)| u64::try_from(idx).ok());
    let seen = u64::try_from(seen).unwrap_or_default();
    let terminals: Vec<(String,)> =
        query("SELECT state FROM aggregate WHERE subject LIKE 'terminal/%' ORDER BY subject").fetch_all(db).await?;
    let mut unheard = Vec::new();
    for (json,) in terminals {
        let terminal: Terminal = serde_json::from_str(&json)?;
        let id = terminal.id.to_string();
        if terminal.state == TerminalState::Enrolled && !reports.iter().any(|(reported, ..)| *reported == id) {
            let branch = terminal.branch.map(String::from).unwrap_or_default();
            unheard.push((terminal.id, format!("{branch} {}", terminal.label)));
        }
    }
    Ok(Status {
        epoch: opening.epoch,
        former: u32::try_from(former).unwrap_or_default(),
        size: opening.size,
        seen,
        missing: missing(opening.size, seen, held),
        unheard,
    })
}
