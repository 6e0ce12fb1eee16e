//! A span of the log as one branch may read it: its own entries in full, of the others the leaves. A branch that comes late asks for
//! a million, and most of them are others': they come of an index alone, thousands in one row.

use wire::Base64;
use wire::api::feed::FeedLeaf;

use super::db::{self, Readers, query};
use super::rows::int;
use super::writer::Fault;

/// Octets of a leaf hash.
const HASH: usize = 32;

/// Octets of an answer with the entries `from..to`, of which this branch may read its own; `None`: all of them.
pub async fn octets(db: &Readers, from: u64, to: u64, branch: Option<&str>) -> Result<i64, Fault> {
    let (sum,): (i64,) = query(
        "SELECT CAST(COALESCE(SUM(CASE WHEN $3 IS NULL OR e.branch IS NULL OR e.branch = $3 OR e.also = $3
             THEN (SELECT LENGTH(own.bytes) FROM entry own WHERE own.idx = e.idx) ELSE 32 END), 0) AS BIGINT)
         FROM entry e WHERE e.idx >= $1 AND e.idx < $2",
    )
    .bind(int(from))
    .bind(int(to))
    .bind(branch.map(str::to_owned))
    .fetch_one(db)
    .await?;
    Ok(sum)
}

/// The leaves `from..to`, with the entries that this branch may read; `None`: all of them.
pub async fn leaves(db: &Readers, from: u64, to: u64, branch: Option<&str>) -> Result<Vec<FeedLeaf>, Fault> {
    let mut own = own(db, from, to, branch).await?.into_iter().peekable();
    let hashes = match branch {
        Some(branch) => others(db, from, to, branch).await?,
        None => Vec::new(),
    };
    let mut hashes = hashes.chunks_exact(HASH);
    let leaf = |index: u64| {
        let entry = own.next_if(|(at, ..)| *at == int(index));
        let entry = entry.map(|(_, e, a)| FeedLeaf::Entry { e: Base64(e), a: a.map(Base64) });
        let leaf = entry.or_else(|| hashes.next().map(|hash| FeedLeaf::Hash { h: Base64(hash.to_vec()) }));
        leaf.ok_or_else(|| Fault::Log(format!("no entry {index}")))
    };
    (from..to).map(leaf).collect()
}

/// Place, entry, and what is beside it; which of them is told by the index. With the entry by which a customer leaves, the branch it leaves learns that it is gone
/// (`also`).
async fn own(
    db: &Readers,
    from: u64,
    to: u64,
    branch: Option<&str>,
) -> Result<Vec<(i64, Vec<u8>, Option<Vec<u8>>)>, db::Error> {
    query(
        "SELECT e.idx, e.bytes, a.bytes
         FROM entry place JOIN entry e ON e.idx = place.idx LEFT JOIN attachment a ON a.entry_id = e.id
         WHERE place.idx >= $1 AND place.idx < $2
           AND ($3 IS NULL OR place.branch IS NULL OR place.branch = $3 OR place.also = $3)
         ORDER BY place.idx",
    )
    .bind(int(from))
    .bind(int(to))
    .bind(branch.map(str::to_owned))
    .fetch_all(db)
    .await
}

/// The leaf hashes of all others, one behind the other.
async fn others(db: &Readers, from: u64, to: u64, branch: &str) -> Result<Vec<u8>, db::Error> {
    let (hashes,): (Option<Vec<u8>>,) = db::joined(
        "SELECT leaf AS octets FROM entry
         WHERE idx >= $1 AND idx < $2 AND branch <> $3 AND (also IS NULL OR also <> $3) ORDER BY idx",
    )
    .bind(int(from))
    .bind(int(to))
    .bind(branch)
    .fetch_one(db)
    .await?;
    Ok(hashes.unwrap_or_default())
}
