//! Drafts: forms that were begun and not sent. They stay on this desk, in the encrypted replica.

use chrono::{DateTime, Utc};
use domain::event::ViewKind;
use sqlx::SqliteConnection;

use crate::desk::{Desk, Topics};
use crate::error::DeskError;
use crate::view::{ApplicationForm, DraftView};

impl Desk {
    /// Keeps a form.
    ///
    /// # Errors
    /// Nobody works here, or the replica failed.
    pub async fn save_draft(&self, form: ApplicationForm) -> Result<(), DeskError> {
        self.working()?;
        {
            let mut db = self.inner.replica.writer().await?;
            save(&mut db, &form, self.inner.clock.now()).await?;
        }
        self.changed(Topics::DRAFTS);
        Ok(())
    }

    /// Drafts, newest first.
    ///
    /// # Errors
    /// Nobody works here, or the replica failed.
    pub async fn drafts(&self) -> Result<Vec<DraftView>, DeskError> {
        let staff = self.working()?;
        let rows: Vec<(String, String, String, String)> =
            // What is on its way is not to be done again; if it is refused, it is a draft again.
            sqlx::query_as(
                "SELECT application_id, customer_id, saved_at, form FROM draft WHERE application_id NOT IN
                     (SELECT draft FROM outbox WHERE draft IS NOT NULL AND state IN ('waiting', 'sent', 'held'))
                 ORDER BY saved_at DESC",
            )
            .fetch_all(&self.inner.replica.readers)
            .await?;
        let mut drafts = Vec::with_capacity(rows.len());
        for (application_id, customer_id, saved_at, form) in rows {
            let form: ApplicationForm = serde_json::from_str(&form)?;
            drafts.push(DraftView {
                customer_name: self.customer_name(&customer_id).await,
                kind: form.kind,
                application_id,
                customer_id,
                saved_at,
                form,
            });
        }
        self.showing(&staff, ViewKind::List, drafts.iter().map(|one| one.customer_id.clone()).collect()).await?;
        Ok(drafts)
    }

    /// Throws a draft away.
    ///
    /// # Errors
    /// Nobody works here, or the replica failed.
    pub async fn delete_draft(&self, application_id: &str) -> Result<(), DeskError> {
        self.working()?;
        {
            let mut db = self.inner.replica.writer().await?;
            sqlx::query("DELETE FROM draft WHERE application_id = $1").bind(application_id).execute(&mut *db).await?;
        }
        self.changed(Topics::DRAFTS);
        Ok(())
    }
}

pub(super) async fn save(
    db: &mut SqliteConnection,
    form: &ApplicationForm,
    at: DateTime<Utc>,
) -> Result<(), DeskError> {
    sqlx::query(
        "INSERT INTO draft (application_id, customer_id, saved_at, form) VALUES ($1, $2, $3, $4)
         ON CONFLICT (application_id) DO UPDATE SET saved_at = excluded.saved_at, form = excluded.form",
    )
    .bind(&form.application_id)
    .bind(&form.customer_id)
    .bind(at.to_rfc3339())
    .bind(serde_json::to_string(form)?)
    .execute(db)
    .await?;
    Ok(())
}
