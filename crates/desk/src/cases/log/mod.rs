//! 発行ログ: the entries this desk holds, newest first, any page of them under any filter.

mod about;
mod changes;
mod choices;
mod entry;
mod filter;
mod line;
mod names;

use std::sync::Arc;

use domain::ErrorCode;
use domain::event::ViewKind;
use roaring::RoaringBitmap;
use sqlx::{QueryBuilder, Sqlite};
use wire::Entry;

use crate::desk::{Desk, held};
use crate::error::DeskError;
use crate::replica::marks;
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
}

impl Desk {
    /// So many entries that fit the filter, after the first `offset` of them. `as_of`: only those that stood in the log when it
    /// had so many, so that pages stay where they are while the log grows; `None`: as it is now.
    ///
    /// # Errors
    /// Nobody works here, the filter can't be read ([`ErrorCode::DateOutOfRange`], [`ErrorCode::TextMissing`] for a text of one
    /// character), or the replica failed.
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
        let places = self.found(filter, as_of).await?;
        let total = u32::try_from(places.len()).unwrap_or(u32::MAX);
        let end = total.saturating_sub(offset);
        let begin = end.saturating_sub(limit.clamp(1, PAGE));
        let mut wanted: Vec<u32> = (begin..end).filter_map(|nth| places.select(nth)).collect();
        wanted.reverse();
        let lines = self.lines(&self.entries(&wanted).await?).await?;
        let customers = lines.iter().filter_map(|line| line.customer_id.clone());
        self.showing(&staff, ViewKind::Log, customers.collect()).await?;
        Ok(LogPage { lines, offset, total, as_of })
    }

    async fn found(&self, filter: LogFilter, as_of: u32) -> Result<Arc<RoaringBitmap>, DeskError> {
        let cuts = self.inner.replica.cuts.load(std::sync::atomic::Ordering::Acquire);
        if let Some(found) = held(&self.inner.log_found).as_ref()
            && (&found.filter, found.as_of, found.cuts) == (&filter, as_of, cuts)
        {
            return Ok(found.places.clone());
        }
        let mut places = self.fitting(&filter).await?;
        places.remove_range(as_of..);
        let places = Arc::new(places);
        *held(&self.inner.log_found) = Some(Found { filter, as_of, cuts, places: places.clone() });
        Ok(places)
    }

    /// The entries at these places, in their order. One that was erased meanwhile is left out.
    pub(super) async fn entries(&self, places: &[u32]) -> Result<Vec<(u32, Entry)>, DeskError> {
        let mut found = Vec::with_capacity(places.len());
        for some in places.chunks(PAGE as usize) {
            let mut text = QueryBuilder::<Sqlite>::new("SELECT idx, bytes FROM entry WHERE idx IN (");
            let mut list = text.separated(", ");
            some.iter().for_each(|place| _ = list.push_bind(*place));
            text.push(")");
            let rows: Vec<(u32, Vec<u8>)> = text.build_query_as().fetch_all(&self.inner.replica.readers).await?;
            for (index, bytes) in rows {
                found.push((index, Entry::from_bytes(&bytes)?));
            }
        }
        let order: std::collections::HashMap<u32, usize> =
            places.iter().enumerate().map(|(at, place)| (*place, at)).collect();
        found.sort_by_key(|(index, _)| order.get(index).copied());
        Ok(found)
    }

    /// One entry.
    pub(super) async fn entry(&self, index: u32) -> Result<Entry, DeskError> {
        let found = self.entries(&[index]).await?.pop();
        found.map(|(_, entry)| entry).ok_or_else(|| ErrorCode::NotFound.into())
    }
}
