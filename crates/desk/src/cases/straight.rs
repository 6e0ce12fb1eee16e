//! Acts of head office on something else than a customer: they go straight to the centre, and never wait in the outbox.

use domain::ErrorCode;
use wire::Body;

use super::act::Sealing;
use crate::desk::{Desk, Topics};
use crate::error::DeskError;

impl Desk {
    /// Makes it in the name of whoever works here, and waits a little until it has come back by the feed.
    pub(super) async fn straight(&self, body: Body, expected_version: Option<u64>) -> Result<(), DeskError> {
        let staff = self.working()?;
        if staff.token.is_empty() {
            return Err(ErrorCode::SignInOffline.into());
        }
        let last_checkpoint = self.checkpoint().await?;
        let (attachment, code_sha256, offline) = (None, None, false);
        let sealing = Sealing { body, expected_version, offline, last_checkpoint, attachment, code_sha256 };
        let (_, _, request) = self.sealed(&staff, sealing)?;
        let accepted = self.inner.centre.push(&staff.token, &request).await?;
        self.wait_until(accepted.index).await;
        self.changed(Topics::ALL);
        Ok(())
    }
}
