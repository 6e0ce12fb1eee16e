//! A terminal that works for another branch now. What waits is sent first (it is its author's, whatever branch the PC stands
//! in); then the old branch's copy goes, in one transaction with the name of the new one, and the new branch's copy comes. What
//! was refused, and drafts, would be lost with it: somebody says that they may be.

use std::collections::BTreeMap;
use std::time::Duration;

use domain::ErrorCode;
use domain::id::BranchCode;
use sqlx::Connection as _;
use wire::api::ErrorAnswer;

use crate::desk::{Desk, Over, Topics, held};
use crate::enrol::Identity;
use crate::error::DeskError;
use crate::outbox::{self, send};
use crate::pause::pause;
use crate::replica::{head_seen, set};

/// What is kept of the small values: they are not the branch's.
const KEPT: &str = "'identity', 'info', 'seen', 'head-seen', 'own-count'";

impl Desk {
    /// The centre says that this terminal works for another branch.
    pub(crate) fn moved(&self, answer: ErrorAnswer) {
        let to = answer.args.get("branch").and_then(|branch| branch.parse::<BranchCode>().ok());
        let label = answer.args.get("label").cloned().unwrap_or_default();
        if !self.ending(DeskError::Centre(answer)) {
            return;
        }
        let desk = self.clone();
        tokio::spawn(async move {
            if let Err(error) = desk.go_there(to, label).await {
                desk.stop(error);
            }
        });
    }

    async fn go_there(&self, to: Option<BranchCode>, label: String) -> Result<(), DeskError> {
        let to = to.ok_or(ErrorCode::RequestMalformed)?;
        self.send_everything().await?;
        let left = self.left_behind().await?;
        if left.values().any(|count| *count > 0) {
            self.say_left(&left);
            self.inner.go_on.notified().await;
        }
        fault::point("desk-before-moving");
        self.change_branch(to, label).await?;
        fault::point("desk-moved");
        self.close().await;
        self.inner.over.send_replace(Over::Moved);
        self.changed(Topics::ALL);
        Ok(())
    }

    /// Sends until nothing waits, however long the line is down.
    async fn send_everything(&self) -> Result<(), DeskError> {
        for failures in 1.. {
            send::rest(self).await;
            let waiting = outbox::unsent(&self.inner.replica.readers).await?.len();
            if waiting == 0 {
                return Ok(());
            }
            self.say_left(&[("waiting", waiting)].into());
            let pause = pause(Duration::from_millis(500), Duration::from_secs(10), failures);
            tokio::select! {
                () = tokio::time::sleep(pause) => {}
                () = self.inner.wake.notified() => {}
            }
        }
        Ok(())
    }

    /// What would be lost with the copy.
    async fn left_behind(&self) -> Result<BTreeMap<&'static str, usize>, DeskError> {
        let note = self.note().await?;
        Ok([("waiting", 0), ("refused", note.refused as usize), ("drafts", note.drafts as usize)].into())
    }

    fn say_left(&self, left: &BTreeMap<&'static str, usize>) {
        if let Some(stopped) = &mut held(&self.inner.line).stopped {
            stopped.args.extend(left.iter().map(|(name, count)| ((*name).to_owned(), count.to_string())));
        }
        self.changed(Topics::STATUS);
    }

    /// Somebody has seen what is left behind, and lets it go.
    ///
    /// # Errors
    /// This terminal was not moved, or acts still wait.
    pub fn leave_behind(&self) -> Result<(), DeskError> {
        let stopped = held(&self.inner.line).stopped.clone();
        let stopped =
            stopped.filter(|stopped| stopped.code == ErrorCode::TerminalMoved).ok_or(ErrorCode::TerminalState)?;
        if stopped.args.get("waiting").map(String::as_str) != Some("0") {
            return Err(ErrorCode::TerminalBusy.into());
        }
        self.inner.go_on.notify_one();
        Ok(())
    }

    /// One transaction: the old branch's copy with the old branch's name, or an empty one with the new name.
    async fn change_branch(&self, branch: BranchCode, label: String) -> Result<(), DeskError> {
        self.end_tasks().await;
        let known: Option<Identity> = self.inner.replica.get("identity").await?;
        let known = known.unwrap_or_else(|| self.inner.identity.clone());
        let mut writer = self.inner.replica.writer().await?;
        let mut db = writer.begin().await?;
        let tables: Vec<(String,)> = sqlx::query_as(
            "SELECT name FROM sqlite_master WHERE type = 'table' AND name NOT LIKE 'sqlite\\_%' ESCAPE '\\'
             AND name NOT LIKE '\\_%' ESCAPE '\\' AND name <> 'meta'",
        )
        .fetch_all(&mut *db)
        .await?;
        for (table,) in tables {
            // Names of this program's own tables.
            sqlx::query(sqlx::AssertSqlSafe(format!("DELETE FROM {table}"))).execute(&mut *db).await?;
        }
        // The tree is the same for every branch: the log that comes has to come to the head that was seen.
        head_seen::begin_again(&mut db).await?;
        sqlx::query(sqlx::AssertSqlSafe(format!("DELETE FROM meta WHERE key NOT IN ({KEPT})")))
            .execute(&mut *db)
            .await?;
        set(&mut db, "identity", &serde_json::to_vec(&Identity { branch, label, ..known })?).await?;
        db.commit().await?;
        // Pages that are free still hold what was on them.
        sqlx::query("VACUUM").execute(&mut *writer).await?;
        Ok(())
    }
}
