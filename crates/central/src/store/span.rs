//! How much a span of the log holds, so that an answer can be cut before it is read.

use super::db::{Readers, query};
use super::rows::int;
use super::writer::Fault;

/// Octets of an answer with the entries `from..to`, of which this branch may read its own; `None`: all of them.
pub async fn octets(db: &Readers, from: u64, to: u64, branch: Option<&str>) -> Result<i64, Fault> {
    let (sum,): (i64,) = query(
        "SELECT CAST(COALESCE(SUM(CASE WHEN $3 IS NULL OR branch IS NULL OR branch = $3 OR also = $3
             THEN LENGTH(bytes) ELSE 32 END), 0) AS BIGINT)
         FROM entry WHERE idx >= $1 AND idx < $2",
    )
    .bind(int(from))
    .bind(int(to))
    .bind(branch.map(str::to_owned))
    .fetch_one(db)
    .await?;
    Ok(sum)
}
