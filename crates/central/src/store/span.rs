//! How much a span of the log holds, so that an answer can be cut before it is read.

use super::db::{Readers, query};
use super::rows::int;
use super::writer::Fault;

/// Octets of the entries `from..to`. Bare hashes are counted as what they stand for: an upper bound is enough.
pub async fn octets(db: &Readers, from: u64, to: u64) -> Result<i64, Fault> {
    let (sum,): (i64,) =
        query("SELECT CAST(COALESCE(SUM(LENGTH(bytes)), 0) AS BIGINT) FROM entry WHERE idx >= $1 AND idx < $2")
            .bind(int(from))
            .bind(int(to))
            .fetch_one(db)
            .await?;
    Ok(sum)
}
