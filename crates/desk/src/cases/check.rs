//! 台帳の写しの点検と作り直し: what is stored is read and hashed again, then everything made from it is thrown away, made
//! anew and compared with what was there.

use std::time::Duration;

use crate::desk::{Desk, Topics, held};
use crate::error::DeskError;
use crate::replica::{rebuild, verify};
use crate::view::{CheckPhase, CheckView};

impl Desk {
    /// Begins; where it stands is in the state of the sync. One that runs goes on.
    ///
    /// # Errors
    /// Nobody works here.
    pub fn check_replica(&self) -> Result<(), DeskError> {
        self.working()?;
        {
            let mut check = held(&self.inner.check);
            if matches!(check.phase, CheckPhase::Reading | CheckPhase::Rebuilding) {
                return Ok(());
            }
            *check = CheckView { phase: CheckPhase::Reading, ..CheckView::default() };
        }
        let desk = self.clone();
        self.begun(tokio::spawn(async move {
            // What comes meanwhile would differ by itself.
            let still = desk.inner.fetching.lock().await;
            let phase = desk.check().await.unwrap_or_else(|error| {
                let phase = match error {
                    DeskError::LogMismatch(_) => CheckPhase::Damaged,
                    _ => CheckPhase::Failed,
                };
                match error.code() {
                    domain::ErrorCode::ReplicaUnreadable => desk.stop(error),
                    _ => tracing::error!(%error, "the check of the replica failed"),
                }
                phase
            });
            drop(still);
            {
                let mut check = held(&desk.inner.check);
                check.phase = phase;
                check.at = Some(desk.inner.clock.now().to_rfc3339());
            }
            desk.changed(Topics::ALL);
        }));
        self.changed(Topics::STATUS);
        Ok(())
    }

    async fn check(&self) -> Result<CheckPhase, DeskError> {
        let replica = &self.inner.replica;
        let small = |count: u64| u32::try_from(count).unwrap_or(u32::MAX);
        self.all_applied().await;
        held(&self.inner.check).total = small(*replica.size.borrow());
        verify::read_again(replica, &self.inner.verifier, |done| {
            held(&self.inner.check).done = small(done);
            self.changed(Topics::STATUS);
        })
        .await?;
        let before = rebuild::digest(&replica.readers).await?;
        held(&self.inner.check).phase = CheckPhase::Rebuilding;
        rebuild::begin(replica).await?;
        self.all_applied().await;
        let after = rebuild::digest(&replica.readers).await?;
        Ok(if before == after { CheckPhase::Same } else { CheckPhase::Repaired })
    }

    /// Waits until everything that is stored is applied, and says how far it is.
    async fn all_applied(&self) {
        let replica = &self.inner.replica;
        let mut applied = replica.applied.subscribe();
        loop {
            let (done, all) = (*applied.borrow_and_update(), *replica.size.borrow());
            held(&self.inner.check).done = u32::try_from(done).unwrap_or(u32::MAX);
            if done >= all {
                return;
            }
            self.changed(Topics::STATUS);
            let _ = tokio::time::timeout(Duration::from_secs(1), applied.changed()).await;
        }
    }
}
