//! What 発行ログ can be filtered by: only what stands in it.

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
        let db = &self.inner.replica.readers;
        let mut staff = Vec::new();
        for id in marks::words(db, "staff").await? {
            staff.push(Choice { name: self.staff_name(&id).await, id });
        }
        let mut terminals = Vec::new();
        for id in marks::words(db, "terminal").await? {
            terminals.push(Choice { name: self.terminal_label(&id).await, id });
        }
        let named = |id: String| Choice { name: self.branch_name(&id), id };
        let branches = marks::words(db, "branch").await?.into_iter().map(named).collect();
        Ok(LogChoices {
            kinds: marks::words(db, "kind").await?,
            actors: marks::words(db, "actor").await?,
            reasons: marks::words(db, "reason").await?,
            staff,
            terminals,
            branches,
        })
    }

    async fn terminal_label(&self, id: &str) -> String {
        let text = "SELECT COALESCE(json_extract(state, '$.label'), '') FROM terminal WHERE terminal_id = $1";
        let row: Result<Option<(String,)>, _> =
            sqlx::query_as(text).bind(id).fetch_optional(&self.inner.replica.readers).await;
        row.ok().flatten().map(|(label,)| label).unwrap_or_default()
    }
}
