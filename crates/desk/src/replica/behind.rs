//! What is stored and not yet applied: after a first sync that was faster than its entries can be applied, and after a
//! rebuild. Applied some thousands at a time, so that what is there can be used meanwhile and nobody waits long to write.

use std::sync::atomic::Ordering;

use sqlx::Connection as _;

use super::chunk::{Own, int};
use super::{Replica, apply, set};
use crate::error::DeskError;
use crate::outbox;

/// Own entries applied in one step; foreign leaves cost nothing.
const STEP: u64 = 2_000;

/// Applies some of it. Says whether there was any.
pub(crate) async fn step(replica: &Replica) -> Result<bool, DeskError> {
    let cuts = replica.cuts.load(Ordering::Acquire);
    let (from, size) = (*replica.applied.borrow(), *replica.size.borrow());
    if from >= size {
        return Ok(false);
    }
    let rows: Vec<(i64, Vec<u8>, Option<Vec<u8>>)> = sqlx::query_as(
        "SELECT e.idx, e.bytes, a.bytes FROM entry e LEFT JOIN attachment a ON a.idx = e.idx
         WHERE e.idx >= $1 AND e.idx < $2 ORDER BY e.idx LIMIT $3",
    )
    .bind(int(from))
    .bind(int(size))
    .bind(int(STEP))
    .fetch_all(&replica.readers)
    .await?;
    let full = rows.len() as u64 >= STEP;
    let last = rows.last().and_then(|(idx, ..)| u64::try_from(*idx).ok());
    let to = last.filter(|_| full).map_or(size, |last| last + 1);
    let opened = tokio::task::spawn_blocking(move || {
        let own = |(idx, entry, attachment)| Own { index: u64::try_from(idx).unwrap_or_default(), entry, attachment };
        rows.into_iter().map(own).map(|own| apply::opened(&own)).collect::<Result<Vec<_>, _>>()
    })
    .await
    .map_err(|e| DeskError::Internal(e.to_string()))??;
    let mut writer = replica.writer().await?;
    if *replica.applied.borrow() != from || replica.cuts.load(Ordering::Acquire) != cuts {
        // Thrown away meanwhile, for a rebuild or a new epoch of the log.
        return Ok(true);
    }
    let mut db = writer.begin().await?;
    apply::apply(&mut db, &opened).await?;
    set(&mut db, "applied", to.to_string().as_bytes()).await?;
    outbox::passed(&mut db, to).await?;
    db.commit().await?;
    // While nobody else writes: whoever stores next asks whether everything before it is applied.
    replica.applied.send_replace(to);
    drop(writer);
    if apply::policy_told(&opened) {
        replica.look_at_policy().await?;
    }
    Ok(true)
}
