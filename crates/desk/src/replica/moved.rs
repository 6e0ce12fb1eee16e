//! Customers that go from branch to branch. One that came over is not applied before its whole history is here; of one that
//! left nothing stays but the leaves, and the entry by which it left.

use std::collections::{BTreeMap, BTreeSet};
use std::sync::atomic::Ordering;

use domain::customer::{Customer, CustomerEvent};
use domain::id::{BranchCode, CustomerId};
use domain::{Event, Subject};
use futures_util::TryStreamExt as _;
use serde::Deserialize;
use sqlx::{Connection as _, SqliteConnection};
use tlog::LeafHash;
use wire::Entry;
use wire::api::history::History;

use super::chunk::{self, Own, int};
use super::{Replica, apply, marks, rows, terms, verify};
use crate::error::DeskError;
use crate::witness::mismatch;

/// Where this desk's own branch stands among the small values.
const BRANCH: &str = "own-branch";

/// What the entries being applied say of customers that move.
#[derive(Default)]
pub(super) struct Moved {
    /// This desk's branch; `None`: it reads every branch, or nobody moves.
    own: Option<BranchCode>,
    /// Whose history is still to come.
    wanted: BTreeSet<String>,
    wanted_before: BTreeSet<String>,
    /// Who left, and where.
    left: BTreeMap<String, u64>,
}

fn moved(entry: &Entry) -> Option<(&BranchCode, &BranchCode)> {
    entry.events.iter().find_map(|event| match event {
        Event::Customer(CustomerEvent::CustomerMoved { from, branch, .. }) => Some((from, branch)),
        _ => None,
    })
}

impl Moved {
    pub(super) async fn load(db: &mut SqliteConnection, entries: &[apply::Opened]) -> Result<Self, DeskError> {
        let rows: Vec<(String,)> = sqlx::query_as("SELECT customer_id FROM wanted").fetch_all(&mut *db).await?;
        let wanted: BTreeSet<String> = rows.into_iter().map(|(id,)| id).collect();
        let own = match entries.iter().any(|opened| moved(&opened.entry).is_some()) {
            true => own(db).await?,
            false => None,
        };
        Ok(Self { own, wanted_before: wanted.clone(), wanted, left: BTreeMap::new() })
    }

    /// Is an entry to be applied to this state? If not, what becomes of the customer is remembered.
    pub(super) fn takes(&mut self, index: u64, entry: &Entry, state: &mut Customer) -> bool {
        let id = state.id.to_string();
        let goes_on = entry.version.checked_sub(entry.events.len() as u64) == Some(state.version);
        match (moved(entry), &self.own) {
            (Some((from, to)), Some(own)) if from == own && to != own => {
                // Whatever was here of it, and whatever is still to come, is the other branch's; unless its history goes on to
                // a way back, as where everything is made again.
                self.wanted.remove(&id);
                self.left.insert(id, index);
                goes_on
            }
            (Some((_, to)), Some(own)) if to == own => {
                self.left.remove(&id);
                if !goes_on {
                    self.wanted.insert(id);
                }
                goes_on
            }
            _ => goes_on && !self.wanted.contains(&id),
        }
    }

    /// Does an entry leave out what came before it? The state is known here, nothing moves, and it does not go on from it: an entry
    /// of the customer was held back.
    pub(super) fn gap(&self, entry: &Entry, state: &Customer) -> bool {
        let goes_on = entry.version.checked_sub(entry.events.len() as u64) == Some(state.version);
        let moves = moved(entry).is_some() || self.holds_back(&state.id.to_string());
        !goes_on && state.version > 0 && !moves && !entry.is_access()
    }

    /// Is nothing of the customer to be written?
    pub(super) fn holds_back(&self, id: &str) -> bool {
        self.wanted.contains(id) || self.left.contains_key(id)
    }

    pub(super) async fn write(self, db: &mut SqliteConnection) -> Result<(), DeskError> {
        for id in self.wanted.difference(&self.wanted_before) {
            sqlx::query("INSERT OR IGNORE INTO wanted (customer_id) VALUES ($1)").bind(id).execute(&mut *db).await?;
        }
        let over: Vec<String> = self.wanted_before.difference(&self.wanted).cloned().collect();
        rows::among(db, "DELETE FROM wanted WHERE customer_id", &over).await?;
        let gone: Vec<String> = self.left.keys().cloned().collect();
        forget(db, &gone).await?;
        for (id, index) in self.left {
            sqlx::query(
                "INSERT INTO leaving (customer_id, idx) VALUES ($1, $2)
                 ON CONFLICT (customer_id) DO UPDATE SET idx = excluded.idx",
            )
            .bind(id)
            .bind(int(index))
            .execute(&mut *db)
            .await?;
        }
        Ok(())
    }
}

/// Everything that was made from the entries of these customers, and what was typed about them.
async fn forget(db: &mut SqliteConnection, customers: &[String]) -> Result<(), DeskError> {
    for (id, state) in rows::states(db, ("customer", "customer_id"), customers).await? {
        terms::forget(db, &id, &serde_json::from_str(&state)?).await?;
    }
    for text in [
        "DELETE FROM claim WHERE id IN (SELECT application_id FROM application WHERE customer_id",
        "DELETE FROM claim WHERE id IN (SELECT incident_id FROM incident WHERE customer_id",
    ] {
        for customer in customers {
            let mut statement = sqlx::QueryBuilder::<sqlx::Sqlite>::new(text);
            statement.push(" = ").push_bind(customer.clone()).push(")").build().execute(&mut *db).await?;
        }
    }
    for text in [
        "DELETE FROM customer WHERE customer_id",
        "DELETE FROM application WHERE customer_id",
        "DELETE FROM certificate WHERE customer_id",
        "DELETE FROM incident WHERE customer_id",
        "DELETE FROM held WHERE customer_id",
        "DELETE FROM draft WHERE customer_id",
        "DELETE FROM fact WHERE customer_id",
    ] {
        rows::among(db, text, customers).await?;
    }
    Ok(())
}

/// This desk's branch; `None` at head office's, which reads every branch and loses nobody.
async fn own(db: &mut SqliteConnection) -> Result<Option<BranchCode>, DeskError> {
    let row: Option<(Vec<u8>,)> =
        sqlx::query_as("SELECT value FROM meta WHERE key = $1").bind(BRANCH).fetch_optional(&mut *db).await?;
    let Some(own) = row.map(|(value,)| serde_json::from_slice::<BranchCode>(&value)).transpose()? else {
        return Ok(None);
    };
    // A branch is told of its own terminals and of no others.
    let others: Option<(i64,)> =
        sqlx::query_as("SELECT 1 FROM terminal WHERE json_extract(state, '$.branch') <> $1 LIMIT 1")
            .bind(own.as_str())
            .fetch_optional(db)
            .await?;
    Ok(others.is_none().then_some(own))
}

/// Says whose desk this is.
pub(crate) async fn belongs_to(replica: &Replica, branch: &BranchCode) -> Result<(), DeskError> {
    replica.set(BRANCH, branch).await
}

/// How much of the log is applied, and which log that is.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Reach {
    /// Entries before this index are.
    pub(crate) to: u64,
    cuts: u64,
}

/// Some of the customers whose history is to be fetched, and up to where the entries are applied.
pub(crate) async fn wanted(replica: &Replica, most: u32) -> Result<(Vec<CustomerId>, Reach), DeskError> {
    let reach = Reach { cuts: replica.cuts.load(Ordering::Acquire), to: *replica.applied.borrow() };
    let rows: Vec<(String,)> = sqlx::query_as("SELECT customer_id FROM wanted ORDER BY RANDOM() LIMIT $1")
        .bind(most)
        .fetch_all(&replica.readers)
        .await?;
    Ok((rows.into_iter().map(|(id,)| id.parse()).collect::<Result<_, _>>()?, reach))
}

/// Takes histories in: each entry must be under the leaf that the feed brought, and each customer's must go from the first
/// event on without a gap.
pub(crate) async fn take(replica: &Replica, history: History, reach: Reach) -> Result<(), DeskError> {
    let to = reach.to;
    let mut found = Vec::with_capacity(history.entries.len());
    for past in history.entries {
        let own = Own { index: past.index, entry: past.e.0, attachment: past.a.map(|a| a.0) };
        if past.index >= to || leaf(replica, past.index).await? != tlog::leaf_hash(&own.entry) {
            return Err(mismatch(format!("entry {} of a history is not what the log has there", past.index)));
        }
        chunk::beside(own.index, &own.entry, own.attachment.as_deref())?;
        found.push(own);
    }
    let mut writer = replica.writer().await?;
    let applied = *replica.applied.borrow();
    if applied < to || replica.cuts.load(Ordering::Acquire) != reach.cuts {
        // Thrown away meanwhile, for a rebuild or a new epoch of the log: it is asked for again.
        return Ok(());
    }
    let mut db = writer.begin().await?;
    for customer in history.done {
        let there: Option<(i64,)> = sqlx::query_as("SELECT 1 FROM wanted WHERE customer_id = $1")
            .bind(customer.to_string())
            .fetch_optional(&mut *db)
            .await?;
        if there.is_none() {
            // It has moved on meanwhile.
            continue;
        }
        let mut opened = Vec::new();
        for own in &found {
            let read = apply::opened(own)?;
            if read.entry.subject == Subject::Customer(customer) {
                opened.push(read);
            }
        }
        whole(&opened, customer)?;
        verify::moved(&mut db).await?;
        for own in found.iter().filter(|own| opened.iter().any(|one| one.index == own.index)) {
            keep(&mut db, own).await?;
        }
        opened.extend(since(&mut db, customer, to, applied).await?);
        for text in ["DELETE FROM wanted WHERE customer_id = $1", "DELETE FROM leaving WHERE customer_id = $1"] {
            sqlx::query(text).bind(customer.to_string()).execute(&mut *db).await?;
        }
        apply::histories(&mut db, &opened).await?;
    }
    Ok(db.commit().await?)
}

/// The hash the feed brought for a place.
async fn leaf(replica: &Replica, index: u64) -> Result<LeafHash, DeskError> {
    let row: Option<(i64, Vec<u8>)> =
        sqlx::query_as("SELECT first, hashes FROM leaves WHERE first <= $1 ORDER BY first DESC LIMIT 1")
            .bind(int(index))
            .fetch_optional(&replica.readers)
            .await?;
    let missing = || mismatch(format!("leaf {index} is not held here"));
    let (first, hashes) = row.ok_or_else(missing)?;
    let at = usize::try_from(int(index) - first).map_err(|_| missing())?;
    let hash = hashes.chunks_exact(32).nth(at).ok_or_else(missing)?;
    LeafHash::from_slice(hash).map_err(|e| mismatch(e.to_string()))
}

fn whole(opened: &[apply::Opened], customer: CustomerId) -> Result<(), DeskError> {
    let mut version = 0;
    for one in opened {
        version += one.entry.events.len() as u64;
        if one.entry.version != version {
            return Err(mismatch(format!("the history of {customer} has a gap before entry {}", one.index)));
        }
    }
    if version == 0 { Err(mismatch(format!("the history of {customer} is empty"))) } else { Ok(()) }
}

async fn keep(db: &mut SqliteConnection, own: &Own) -> Result<(), DeskError> {
    sqlx::query("INSERT OR IGNORE INTO entry (idx, bytes) VALUES ($1, $2)")
        .bind(int(own.index))
        .bind(&own.entry)
        .execute(&mut *db)
        .await?;
    if let Some(attachment) = &own.attachment {
        sqlx::query("INSERT OR IGNORE INTO attachment (idx, bytes) VALUES ($1, $2)")
            .bind(int(own.index))
            .bind(attachment)
            .execute(db)
            .await?;
    }
    Ok(())
}

/// What the feed brought of a customer while its history was on the way.
async fn since(
    db: &mut SqliteConnection,
    customer: CustomerId,
    from: u64,
    to: u64,
) -> Result<Vec<apply::Opened>, DeskError> {
    let rows: Vec<(i64, Vec<u8>, Option<Vec<u8>>)> = sqlx::query_as(
        "SELECT e.idx, e.bytes, a.bytes FROM entry e LEFT JOIN attachment a ON a.idx = e.idx
         WHERE e.idx >= $1 AND e.idx < $2 ORDER BY e.idx",
    )
    .bind(int(from))
    .bind(int(to))
    .fetch_all(db)
    .await?;
    let mut found = Vec::new();
    for (idx, entry, attachment) in rows {
        let one = apply::opened(&Own { index: u64::try_from(idx).unwrap_or_default(), entry, attachment })?;
        if one.entry.subject == Subject::Customer(customer) && !one.entry.is_access() {
            found.push(one);
        }
    }
    Ok(found)
}

/// Erases what is held of customers that left, up to the entry by which they did. Says whether there was any.
pub(crate) async fn erase(replica: &Replica) -> Result<bool, DeskError> {
    #[derive(Deserialize)]
    struct Of {
        subject: Subject,
    }
    let leaving: Vec<(String, i64)> =
        sqlx::query_as("SELECT customer_id, idx FROM leaving").fetch_all(&replica.readers).await?;
    let Some(last) = leaving.iter().map(|(_, idx)| *idx).max() else { return Ok(false) };
    let leaving: BTreeMap<String, i64> = leaving.into_iter().collect();
    let mut writer = replica.writer().await?;
    let mut db = writer.begin().await?;
    let mut theirs = Vec::new();
    {
        let mut rows = sqlx::query_as::<_, (i64, Vec<u8>)>("SELECT idx, bytes FROM entry WHERE idx < $1")
            .bind(last)
            .fetch(&mut *db);
        while let Some((idx, bytes)) = rows.try_next().await? {
            let Ok(Of { subject: Subject::Customer(id) }) = serde_json::from_slice::<Of>(&bytes) else { continue };
            let id = id.to_string();
            if leaving.get(&id).is_some_and(|left| idx < *left) {
                theirs.push((id, idx));
            }
        }
    }
    marks::erase(&mut db, &theirs).await?;
    verify::moved(&mut db).await?;
    for (_, idx) in theirs {
        for text in ["DELETE FROM entry WHERE idx = $1", "DELETE FROM attachment WHERE idx = $1"] {
            sqlx::query(text).bind(idx).execute(&mut *db).await?;
        }
    }
    for (id, left) in leaving {
        // One that left again meanwhile has another place, and its turn.
        sqlx::query("DELETE FROM leaving WHERE customer_id = $1 AND idx = $2")
            .bind(id)
            .bind(left)
            .execute(&mut *db)
            .await?;
    }
    db.commit().await?;
    Ok(true)
}
