//! What an entry of 発行ログ changed: its subject's own entries up to it, applied without it and with it.

use std::ops::Bound;

use domain::Subject;
use domain::id::BranchCode;
use roaring::RoaringBitmap;
use sqlx::SqliteConnection;
use wire::Entry;

use super::changes;
use crate::desk::Desk;
use crate::error::DeskError;
use crate::replica::marks::{self, Word};
use crate::replica::one_row;
use crate::replica::{Opened, entries};
use crate::view::ChangeView;

/// What changes an account. Sign-ins, which are most of what is said of anybody, do not.
const STAFF: &[&str] = &[
    "staff_added",
    "staff_changed",
    "locked_out",
    "staff_locked",
    "staff_unlocked",
    "password_reset",
    "password_changed",
    "deputy_named",
    "deputy_ended",
    "staff_left",
    "staff_proposed",
    "proposal_confirmed",
    "proposal_dismissed",
];
const SIGN_INS: &[&str] = &["signed_in", "signed_out"];
const TERMINAL: &[&str] = &[
    "terminal_requested",
    "terminal_invited",
    "terminal_enrolled",
    "terminal_renewed",
    "terminal_moved",
    "terminal_revoked",
];
const POLICY: &[&str] =
    &["policy_opened", "policy_change_proposed", "policy_change_confirmed", "policy_change_withdrawn"];
/// Days signed off and imports leave nothing that a later entry changes.
const BRANCH: &[&str] = &[
    "branch_opened",
    "branch_renamed",
    "branch_merged",
    "merger_withdrawn",
    "branch_change_proposed",
    "branch_change_confirmed",
    "branch_change_dismissed",
    "customers_moved",
];

impl Desk {
    pub(super) async fn changed_by(&self, index: u32, entry: &Entry) -> Result<Vec<ChangeView>, DeskError> {
        if entry.is_access() {
            return Ok(Vec::new());
        }
        let label = |code: &BranchCode| self.branch_label(code);
        let db = &mut *self.inner.replica.readers.acquire().await?;
        let told = match &entry.subject {
            Subject::Customer(id) => {
                let places = marks::mentions(&mut *db, &[id.to_string()]).await?;
                let mut entries = until(&mut *db, places, index).await?;
                entries.retain(|one| !one.entry.is_access() && one.entry.subject == entry.subject);
                changes::customer(*id, &entries, &label)
            }
            Subject::Staff(id) => {
                let by = Word::Staff(id.to_string());
                let sign_ins = marks::every(&mut *db, [by], &spans(SIGN_INS)).await?;
                changes::staff(id, &of(&mut *db, STAFF, index, entry).await?, &sign_ins, &label)
            }
            Subject::Terminal(id) => changes::terminal(*id, &of(&mut *db, TERMINAL, index, entry).await?, &label),
            Subject::Policy(_) => changes::policy(&of(&mut *db, POLICY, index, entry).await?),
            Subject::Branch(code) => changes::branch(code, &of(&mut *db, BRANCH, index, entry).await?, &label),
            Subject::Institution(_) => changes::institution(entry),
        };
        Ok(told.rows())
    }
}

/// The subject's entries of these kinds before this one, and this one as the last of them. None of a sign-in, which changes nothing.
async fn of(db: &mut SqliteConnection, kinds: &[&str], index: u32, entry: &Entry) -> Result<Vec<Opened>, DeskError> {
    if entry.events.iter().all(|event| SIGN_INS.contains(&event.word().as_str())) {
        return Ok(Vec::new());
    }
    let mut places = marks::every(&mut *db, [Word::All], &spans(kinds)).await?;
    places.insert(index);
    places.remove_range((Bound::Excluded(index), Bound::Unbounded));
    let places = of_subject(&mut *db, places, &entry.subject).await?;
    let mut found = until(db, places, index).await?;
    found.retain(|one| !one.entry.is_access() && one.entry.subject == entry.subject);
    Ok(found)
}

async fn until(db: &mut SqliteConnection, places: RoaringBitmap, index: u32) -> Result<Vec<Opened>, DeskError> {
    let places: Vec<u32> = places.into_iter().take_while(|place| *place <= index).collect();
    entries::opened(db, &places).await
}

/// Of these places those whose entry has the subject. Asked of the database, which reads what it says of it and nothing more: at head
/// office other people's entries of these kinds are many.
async fn of_subject(
    db: &mut SqliteConnection,
    places: RoaringBitmap,
    subject: &Subject,
) -> Result<RoaringBitmap, DeskError> {
    let subject = serde_json::to_value(subject)?;
    let id = subject.get("id").and_then(serde_json::Value::as_str).unwrap_or_default();
    let text = "SELECT group_concat(idx) FROM entry WHERE idx IN (SELECT value FROM json_each($1)) \
                AND json_extract(CAST(bytes AS TEXT), '$.subject.id') = $2";
    let (all,): (Option<String>,) = sqlx::query_as(text).bind(one_row::list(places)).bind(id).fetch_one(db).await?;
    Ok(all.iter().flat_map(|all| all.split(',')).filter_map(|idx| idx.parse::<u32>().ok()).collect())
}

/// Any of these kinds.
fn spans(kinds: &[&str]) -> Vec<(Word, Word)> {
    let word = |kind: &str| Word::Kind(kind.to_owned());
    kinds.iter().map(|kind| (word(kind), word(kind))).collect()
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::cases::event_words::event;

    /// A kind that is misspelt here would never be read.
    #[test]
    fn each_kind_is_one_that_there_is() {
        for kind in [STAFF, SIGN_INS, TERMINAL, POLICY, BRANCH].concat() {
            assert_ne!(event(kind), kind);
        }
    }
}
