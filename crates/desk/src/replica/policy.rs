//! The policy and the branches as this copy of the log says them, held in memory for whoever decides.

use std::collections::BTreeMap;
use std::sync::Arc;

use domain::Policy;
use domain::branch::{Branch, BusinessDays};
use domain::policy::PolicyLog;

use super::Replica;
use crate::error::DeskError;

impl Replica {
    /// The policy with its history.
    pub(crate) async fn policy_log(&self) -> Result<PolicyLog, DeskError> {
        let row: Option<(String,)> = sqlx::query_as("SELECT state FROM policy").fetch_optional(&self.readers).await?;
        Ok(row.map(|(json,)| serde_json::from_str(&json)).transpose()?.unwrap_or_default())
    }

    /// Business days as the log has them; `None`: it does not say.
    pub(crate) async fn business_days(&self) -> Result<Option<BusinessDays>, DeskError> {
        let log = self.policy_log().await?;
        Ok(log.opened.is_some().then(|| BusinessDays::of_log(&log, &Policy::default())))
    }

    /// Every branch of which the log tells, opened or not.
    pub(crate) async fn branches_known(&self) -> Result<Vec<Branch>, DeskError> {
        let rows: Vec<(String,)> =
            sqlx::query_as("SELECT state FROM branch ORDER BY code").fetch_all(&self.readers).await?;
        Ok(rows.into_iter().map(|(json,)| serde_json::from_str(&json)).collect::<Result<_, _>>()?)
    }

    /// Reads both again.
    pub(crate) async fn look_at_policy(&self) -> Result<(), DeskError> {
        let log = self.policy_log().await?;
        // A log that says nothing of it leaves that to the centre, which says it at the sign-in.
        let timeline = log.opened.is_some().then(|| Arc::new(log.timeline(&Policy::default())));
        self.policy.send_replace(timeline);
        let mut names = BTreeMap::new();
        for branch in self.branches_known().await?.into_iter().filter(Branch::opened) {
            names.insert(branch.code.to_string(), branch.name);
        }
        self.branches.send_replace(Arc::new(names));
        Ok(())
    }
}
