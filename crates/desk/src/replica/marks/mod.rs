//! What 発行ログ is filtered by: for every word that an entry has, the set of places where it stands. Sets are met and counted in
//! memory, so that any filter gives its number of entries and any page of them at once, however long the log is.

mod word;

use std::collections::{BTreeMap, BTreeSet};
use std::sync::{Arc, LazyLock};

use domain::customer::Customer;
use domain::event::AccessEvent;
use domain::{Event, Subject};
use futures_util::TryStreamExt as _;
use roaring::{MultiOps as _, RoaringBitmap};
use sqlx::{AssertSqlSafe, QueryBuilder, Sqlite, SqliteConnection};
use wire::Entry;

use super::chunk::int;
use super::one_row::{self, OneRow};
use super::rows;
use crate::error::DeskError;

pub(crate) use word::{Word, pairs};

/// Places of a row, as a power of two: one container of a bitmap.
const PART: u32 = 16;
/// Words asked for in one statement.
const WORDS: usize = 256;

/// A place in the log as the sets count it. The centre's numbers go further, a branch's log never does.
pub(crate) fn place(index: u64) -> u32 {
    u32::try_from(index).unwrap_or(u32::MAX)
}

/// The words and mentions of entries that are being applied.
#[derive(Default)]
pub(crate) struct Marks {
    words: BTreeMap<(u32, String), RoaringBitmap>,
    mentions: Vec<(String, u32)>,
}

impl Marks {
    /// `named`: the customer it is about as it stands now, if its name may be written down here.
    pub(crate) fn see(&mut self, index: u64, entry: &Entry, named: Option<&Customer>) {
        let place = place(index);
        for word in word::of(entry, named) {
            self.words.entry((place >> PART, word)).or_default().insert(place);
        }
        self.mentions.extend(mentioned(entry).into_iter().map(|customer| (customer, place)));
    }

    /// Adds them to what is there.
    pub(crate) async fn write(self, db: &mut SqliteConnection) -> Result<(), DeskError> {
        let mut words = self.words;
        let keys: Vec<(u32, String)> = words.keys().cloned().collect();
        for of_part in keys.chunk_by(|(a, _), (b, _)| a == b) {
            for some in of_part.chunks(WORDS) {
                let Some((part, _)) = some.first() else { continue };
                let mut text = QueryBuilder::<Sqlite>::new("SELECT word, places FROM mark WHERE part = ");
                text.push_bind(*part).push(" AND word IN (");
                let mut list = text.separated(", ");
                some.iter().for_each(|(_, word)| _ = list.push_bind(word.clone()));
                text.push(")");
                let known: Vec<(String, Vec<u8>)> = text.build_query_as().fetch_all(&mut *db).await?;
                for (word, places) in known {
                    if let Some(new) = words.get_mut(&(*part, word)) {
                        *new |= read(&places)?;
                    }
                }
            }
        }
        put(db, words.into_iter().collect()).await?;
        let into = ("INSERT OR IGNORE INTO mention (customer_id, idx) ", 2, "");
        rows::insert(db, into, self.mentions, |row, (customer, place)| {
            row.push_bind(customer).push_bind(place);
        })
        .await?;
        Ok(())
    }
}

/// The customers an entry is about: whose it is, or who was looked at.
fn mentioned(entry: &Entry) -> Vec<String> {
    let mut found: Vec<String> = match &entry.subject {
        Subject::Customer(id) => vec![id.to_string()],
        _ => Vec::new(),
    };
    for event in &entry.events {
        match event {
            Event::Access(AccessEvent::Viewed { customers, .. }) => {
                found.extend(customers.iter().map(ToString::to_string));
            }
            Event::Access(AccessEvent::StopTargetSought { customer: Some(customer), .. }) => {
                found.push(customer.to_string());
            }
            _ => {}
        }
    }
    found
}

fn read(places: &[u8]) -> Result<RoaringBitmap, DeskError> {
    RoaringBitmap::deserialize_from(places).map_err(|e| DeskError::Internal(format!("places of a word: {e}")))
}

/// A set as it is stored: what stands in one place after the other by its ends. The same for a set however it came about, as copies
/// are compared by it.
fn octets(mut places: RoaringBitmap) -> Result<Vec<u8>, DeskError> {
    // Where a run is as long as its members, either would stay what it was.
    places.remove_run_compression();
    places.optimize();
    let mut bytes = Vec::with_capacity(places.serialized_size());
    places.serialize_into(&mut bytes).map_err(|e| DeskError::Internal(e.to_string()))?;
    Ok(bytes)
}

async fn put(db: &mut SqliteConnection, words: Vec<((u32, String), RoaringBitmap)>) -> Result<(), DeskError> {
    let mut written = Vec::with_capacity(words.len());
    for ((part, word), places) in words {
        written.push((word, part, octets(places)?));
    }
    let then = " ON CONFLICT (word, part) DO UPDATE SET places = excluded.places";
    rows::insert(db, ("INSERT INTO mark (word, part, places) ", 3, then), written, |row, (word, part, bytes)| {
        row.push_bind(word).push_bind(part).push_bind(bytes);
    })
    .await?;
    Ok(())
}

/// Where a word stands.
pub(crate) async fn places(db: &mut SqliteConnection, word: &Word) -> Result<RoaringBitmap, DeskError> {
    every(db, [word.clone()], &[]).await
}

/// Where every one of the words stands, and, if there are any spans, a word of one of them: from one word to another of the same
/// kind, in the order of their text, none in two of them.
pub(crate) async fn every(
    db: &mut SqliteConnection,
    words: impl IntoIterator<Item = Word>,
    spans: &[(Word, Word)],
) -> Result<RoaringBitmap, DeskError> {
    static WORDS: LazyLock<Arc<str>> = LazyLock::new(|| {
        // Which parts have all of them, the keys say: sets that meet nowhere are not read.
        let columns = one_row::columns("part", "places");
        let among = "FROM mark WHERE word IN (SELECT value FROM json_each($1))";
        format!("SELECT {columns} {among} AND part IN (SELECT part {among} GROUP BY part HAVING COUNT(*) = $2)").into()
    });
    static WITHIN: LazyLock<Arc<str>> = LazyLock::new(|| {
        let columns = one_row::columns("part", "places");
        let within = "word BETWEEN json_extract(span.value, '$[0]') AND json_extract(span.value, '$[1]')";
        format!("{} UNION ALL SELECT {columns} FROM json_each($3) AS span CROSS JOIN mark ON {within}", *WORDS).into()
    });
    let words: BTreeSet<String> = words.into_iter().map(|word| word.to_string()).collect();
    let text = if spans.is_empty() { &WORDS } else { &WITHIN };
    let mut question = sqlx::query(AssertSqlSafe(Arc::clone(text)))
        .bind(one_row::list(words.iter().map(String::as_str)))
        .bind(int(words.len() as u64));
    if !spans.is_empty() {
        let spans = spans.iter().map(|(first, last)| vec![first.to_string(), last.to_string()]);
        question = question.bind(one_row::list(spans));
    }
    let mut rows = question.fetch_all(db).await?.into_iter().map(OneRow::<u32>::of);
    let (all, any) = (rows.next().transpose()?.flatten(), rows.next().transpose()?.flatten());
    let mut met: BTreeMap<u32, RoaringBitmap> = BTreeMap::new();
    for (part, octets) in all.iter().flat_map(OneRow::each) {
        let places = read(octets)?;
        met.entry(*part).and_modify(|met| *met &= &places).or_insert(places);
    }
    let met = met.into_values().union();
    Ok(if spans.is_empty() { met } else { met & united(any)? })
}

/// The places of all sets in a row.
fn united(row: Option<OneRow<u32>>) -> Result<RoaringBitmap, DeskError> {
    let sets = row.iter().flat_map(OneRow::each).map(|(_, octets)| read(octets));
    sets.collect::<Result<Vec<_>, _>>().map(|sets| sets.union())
}

/// At which of these places the word stands.
pub(crate) async fn among(
    db: &mut SqliteConnection,
    word: &Word,
    places: RoaringBitmap,
) -> Result<RoaringBitmap, DeskError> {
    static TEXT: LazyLock<Arc<str>> =
        LazyLock::new(|| format!("{} AND word = $2", one_row::among("mark", ("part", "places"), 1)).into());
    let parts: BTreeSet<u32> = places.iter().map(|place| place >> PART).collect();
    let row = sqlx::query(AssertSqlSafe(TEXT.clone())).bind(one_row::list(parts)).bind(word.to_string());
    Ok(united(OneRow::of(row.fetch_one(db).await?)?)? & places)
}

/// Where customers are mentioned.
pub(crate) async fn mentions(db: &mut SqliteConnection, customers: &[String]) -> Result<RoaringBitmap, DeskError> {
    let text = "SELECT group_concat(idx) FROM mention WHERE customer_id IN (SELECT value FROM json_each($1))";
    let (all,): (Option<String>,) =
        sqlx::query_as(text).bind(one_row::list(customers.iter().map(String::as_str))).fetch_one(db).await?;
    Ok(all.iter().flat_map(|all| all.split(',')).filter_map(|idx| idx.parse::<u32>().ok()).collect())
}

/// Every word of a kind, in order, without its kind.
pub(crate) async fn words(db: &mut SqliteConnection, kind: &str) -> Result<Vec<String>, DeskError> {
    let text = "SELECT DISTINCT word FROM mark WHERE word >= $1 || ':' AND word < $1 || ';' ORDER BY word";
    let rows: Vec<(String,)> = sqlx::query_as(text).bind(kind).fetch_all(db).await?;
    Ok(rows.into_iter().filter_map(|(word,)| word.split_once(':').map(|(_, rest)| rest.to_owned())).collect())
}

/// Takes entries out of every word, and out of what mentions their customer: they are erased.
pub(crate) async fn erase(db: &mut SqliteConnection, entries: &[(String, i64)]) -> Result<(), DeskError> {
    let gone: RoaringBitmap = entries.iter().filter_map(|(_, idx)| u32::try_from(*idx).ok()).collect();
    let (mut kept, mut ended) = (Vec::new(), Vec::new());
    {
        let mut rows =
            sqlx::query_as::<_, (String, u32, Vec<u8>)>("SELECT word, part, places FROM mark").fetch(&mut *db);
        while let Some((word, part, bytes)) = rows.try_next().await? {
            let known = read(&bytes)?;
            if known.is_disjoint(&gone) {
                continue;
            }
            let left = known - &gone;
            if left.is_empty() {
                ended.push((word, part));
            } else {
                kept.push(((part, word), left));
            }
        }
    }
    put(db, kept).await?;
    for (word, part) in ended {
        sqlx::query("DELETE FROM mark WHERE word = $1 AND part = $2").bind(word).bind(part).execute(&mut *db).await?;
    }
    for (customer, idx) in entries {
        let text = "DELETE FROM mention WHERE customer_id = $1 AND idx = $2";
        sqlx::query(text).bind(customer).bind(idx).execute(&mut *db).await?;
    }
    Ok(())
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used, reason = "tests")]
    use super::*;

    /// One member, runs, gaps, a run as long as its members, a whole container, most of one; each in one go, and in pieces that
    /// are stored in between.
    #[test]
    fn a_set_is_stored_the_same_however_it_came_about() {
        let sets: [Vec<u32>; 7] = [
            vec![7],
            (0..2).collect(),
            (0..3).collect(),
            vec![0, 1, 2, 9],
            (0..9_000).step_by(2).collect(),
            (0..1 << PART).collect(),
            (0..1 << PART).filter(|place| place % 9 != 0).collect(),
        ];
        for set in sets {
            let whole = octets(set.iter().collect()).unwrap();
            for piece in [1, 2, 3, 500] {
                let mut stored = Vec::new();
                // The first ones piece by piece, and then the rest.
                let (first, rest) = set.split_at(set.len().min(4 * piece));
                for some in first.chunks(piece).chain([rest]) {
                    let mut places: RoaringBitmap = some.iter().collect();
                    if !stored.is_empty() {
                        places |= read(&stored).unwrap();
                    }
                    stored = octets(places).unwrap();
                }
                assert_eq!(stored, whole, "{} in pieces of {piece}", set.len());
            }
            assert_eq!(read(&whole).unwrap().iter().collect::<Vec<_>>(), set);
        }
    }
}
