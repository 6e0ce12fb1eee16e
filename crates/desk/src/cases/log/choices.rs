//! What 発行ログ can be filtered by: only what stands in it.

use super::names::{Names, Wanted};
use crate::desk::Desk;
use crate::error::DeskError;
use crate::replica::marks;
use crate::view::{Choice, LogChoices};

impl Desk {
    /// Kinds, people, terminals, branches and reasons that this desk's entries name.
    ///
    /// # Errors
    /// Nobody works here, or the replica failed.
    pub async fn log_choices(&self) -> Result<LogChoices, DeskError> {
        self.working()?;
        let db = &mut *self.inner.replica.readers.acquire().await?;
        let (staff, terminals) = (marks::words(&mut *db, "staff").await?, marks::words(&mut *db, "terminal").await?);
        let wanted = Wanted {
            staff: staff.iter().cloned().collect(),
            terminals: terminals.iter().cloned().collect(),
            ..Wanted::default()
        };
        let names = Names::look(&mut *db, wanted).await?;
        let named = |id: String| Choice { name: self.branch_name(&id), id };
        let branches = marks::words(&mut *db, "branch").await?.into_iter().map(named).collect();
        Ok(LogChoices {
            kinds: marks::words(&mut *db, "kind").await?,
            actors: marks::words(&mut *db, "actor").await?,
            reasons: marks::words(&mut *db, "reason").await?,
            staff: staff.into_iter().map(|id| Choice { name: names.staff(&id), id }).collect(),
            terminals: terminals.into_iter().map(|id| Choice { name: names.terminal(&id), id }).collect(),
            branches,
        })
    }
}
