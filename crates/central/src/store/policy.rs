//! The policy in force, as the log says it. Every instance reads it from there; the centre's file counts only where the log
//! says nothing (one that was opened before the policy was part of it).

use std::sync::Arc;

use chrono::{DateTime, Utc};
use domain::id::InstitutionId;
use domain::policy::{PolicyLog, Timeline};
use domain::{Policy, Subject};
use tokio::sync::watch;

use super::aggregate;
use super::db::{On, query};
use super::writer::Fault;

/// What is in force when. Cheap to clone.
#[derive(Clone)]
pub(crate) struct InForce {
    file: Arc<Policy>,
    timeline: watch::Sender<Arc<Timeline<Arc<Policy>>>>,
}

impl InForce {
    /// Before anything was read from the log.
    pub(super) fn of_file(file: &Policy) -> Self {
        let file = Arc::new(file.clone());
        let timeline = Arc::new(Timeline::always(Arc::clone(&file)));
        Self { file, timeline: watch::channel(timeline).0 }
    }

    /// At an instant.
    pub(crate) fn at(&self, now: DateTime<Utc>) -> Arc<Policy> {
        Arc::clone(self.timeline.borrow().at(now))
    }

    /// The log says this.
    pub(super) fn replace(&self, log: &PolicyLog) {
        let timeline = log.timeline(&self.file).map(Arc::new);
        self.timeline.send_replace(Arc::new(timeline));
    }

    /// Reads what the log says.
    pub(super) async fn look(&self, db: impl Into<On<'_>>, institution: &InstitutionId) -> Result<(), Fault> {
        self.replace(&load(db, institution).await?);
        Ok(())
    }
}

/// The database key of the policy.
pub(super) fn key(institution: &InstitutionId) -> String {
    aggregate::key(&Subject::Policy(institution.clone()))
}

/// The policy with its history.
pub(crate) async fn load(db: impl Into<On<'_>>, institution: &InstitutionId) -> Result<PolicyLog, Fault> {
    let row: Option<(String,)> =
        query("SELECT state FROM aggregate WHERE subject = $1").bind(key(institution)).fetch_optional(db).await?;
    Ok(row.map(|(json,)| serde_json::from_str(&json)).transpose()?.unwrap_or_default())
}
