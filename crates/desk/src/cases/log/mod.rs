//! 発行ログ: the entries this desk holds, newest first, any page of them under any filter.

mod about;
mod changed;
mod changes;
mod choices;
mod detail;
mod entry;
mod export;
mod filter;
mod line;
mod names;
mod ties;

use std::sync::Arc;

use domain::event::ViewKind;
use roaring::RoaringBitmap;
use sqlx::SqliteConnection;

use filter::{Fitting, fitting};

use crate::desk::{Desk, held};
use crate::error::DeskError;
use crate::replica::{entries, marks};
use crate::view::{LogFilter, LogPage};

/// Largest page.
const PAGE: u32 = 500;

/// What was found last: the next page of the same is one page on.
#[derive(Clone)]
pub(crate) struct Found {
    filter: LogFilter,
    as_of: u32,
    cuts: u64,
    places: Arc<RoaringBitmap>,
    cut: Option<u32>,
}

impl Desk {
    /// So many entries that fit the filter, after the first `offset` of them. `as_of`: only those that stood in the log when it
    /// had so many, so that pages stay where they are while the log grows; `None`: as it is now.
    ///
    /// # Errors
    /// Nobody works here, the filter can't be read ([`domain::ErrorCode::DateOutOfRange`], [`domain::ErrorCode::TextMissing`] for a text of one
    /// character, or of none that is looked for), or the replica failed.
    pub async fn log_page(
        &self,
        filter: LogFilter,
        as_of: Option<u32>,
        offset: u32,
        limit: u32,
    ) -> Result<LogPage, DeskError> {
        let staff = self.working()?;
        let applied = marks::place(*self.inner.replica.applied.borrow());
        let as_of = as_of.unwrap_or(applied).min(applied);
        let mut db = self.inner.replica.pages.acquire().await?;
        let (places, cut) = self.found(&mut db, filter, as_of).await?;
        let total = u32::try_from(places.len()).unwrap_or(u32::MAX);
        let end = total.saturating_sub(offset);
        let begin = end.saturating_sub(limit.clamp(1, PAGE));
        let mut wanted: Vec<u32> = (begin..end).filter_map(|nth| places.select(nth)).collect();
        wanted.reverse();
        let entries = entries::at(&mut db, &wanted).await?;
        let lines = self.lines(&mut db, &entries).await?;
        drop(db);
        let customers = lines.iter().filter_map(|line| line.customer_id.clone());
        self.showing(&staff, ViewKind::Log, customers.collect()).await?;
        Ok(LogPage { lines, offset, total, as_of, cut })
    }

    /// With how many customers it was cut at, if it was.
    async fn found(
        &self,
        db: &mut SqliteConnection,
        filter: LogFilter,
        as_of: u32,
    ) -> Result<(Arc<RoaringBitmap>, Option<u32>), DeskError> {
        let cuts = self.inner.replica.cuts.load(std::sync::atomic::Ordering::Acquire);
        if let Some(found) = held(&self.inner.log_found).as_ref()
            && (&found.filter, found.as_of, found.cuts) == (&filter, as_of, cuts)
        {
            return Ok((found.places.clone(), found.cut));
        }
        let Fitting { mut places, cut } = fitting(db, &filter).await?;
        places.remove_range(as_of..);
        let places = Arc::new(places);
        *held(&self.inner.log_found) = Some(Found { filter, as_of, cuts, places: places.clone(), cut });
        Ok((places, cut))
    }
}
