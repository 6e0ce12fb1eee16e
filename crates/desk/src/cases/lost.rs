//! 失われた記録: acts that this desk had seen confirmed and that did not come back after the centre was restored. They are no
//! longer in force; the branch does them again, or tells the customer.

use domain::PersonalData;
use wire::{Attachment, Entry};

use crate::desk::Desk;
use crate::error::DeskError;
use crate::replica::epoch;
use crate::view::LogLine;

impl Desk {
    /// Oldest first.
    pub(super) async fn lost_records(&self) -> Result<Vec<LogLine>, DeskError> {
        let mut lines = Vec::new();
        for (index, bytes, attachment) in epoch::lost(&self.inner.replica.readers).await? {
            let entry = Entry::from_bytes(&bytes)?;
            let place = u32::try_from(index).unwrap_or(u32::MAX);
            let line = self.lines(&mut *self.inner.replica.readers.acquire().await?, &[(place, entry)]).await?.pop();
            let Some(mut line) = line else { continue };
            // A customer whose recording itself was lost is known from it alone.
            if line.customer_name.is_empty()
                && let Some(PersonalData::Customer(details)) =
                    attachment.as_deref().map(Attachment::from_bytes).transpose()?.map(|a| a.data)
            {
                line.customer_name = details.name;
            }
            lines.push(line);
        }
        Ok(lines)
    }
}
