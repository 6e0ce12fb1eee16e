//! Acts of head office on something else than a customer: they go straight to the centre, and never wait in the outbox.

use domain::{ErrorCode, PersonalData, Role};
use wire::api::session::SignedIn;
use wire::{Attachment, Body};

use super::act::Sealing;
use crate::desk::{Desk, Topics};
use crate::error::DeskError;

impl Desk {
    /// Whoever of head office works here.
    pub(super) fn head_office(&self) -> Result<SignedIn, DeskError> {
        let staff = self.working()?;
        if staff.role == Role::HeadOffice { Ok(staff) } else { Err(ErrorCode::RoleNotPermitted.into()) }
    }

    /// Makes it in the name of whoever works here, and waits a little until it has come back by the feed.
    pub(super) async fn straight(&self, body: Body, expected_version: Option<u64>) -> Result<(), DeskError> {
        self.straight_beside(body, expected_version, None).await
    }

    /// The same with something that travels beside it.
    pub(super) async fn straight_beside(
        &self,
        body: Body,
        expected_version: Option<u64>,
        personal: Option<PersonalData>,
    ) -> Result<(), DeskError> {
        let staff = self.working()?;
        token(&staff)?;
        let last_checkpoint = self.checkpoint().await?;
        let attachment = personal.map(salted).transpose()?;
        let (code_sha256, offline) = (None, false);
        let sealing = Sealing { body, expected_version, offline, last_checkpoint, attachment, code_sha256 };
        let (_, _, request) = self.sealed(&staff, sealing)?;
        let accepted = self.inner.centre.push(&staff.token, &request).await?;
        self.wait_until(accepted.index).await;
        self.changed(Topics::ALL);
        Ok(())
    }
}

/// The session at the centre. Whoever signed in without it has none, and does at the desk what can wait.
pub(super) fn token(staff: &SignedIn) -> Result<&str, DeskError> {
    if staff.token.is_empty() { Err(ErrorCode::SignInOffline.into()) } else { Ok(&staff.token) }
}

/// What travels beside an act, with a salt of its own.
pub(super) fn salted(data: PersonalData) -> Result<Vec<u8>, DeskError> {
    let mut salt = [0; 16];
    aws_lc_rs::rand::fill(&mut salt).map_err(|_| DeskError::Internal("no randomness".into()))?;
    Ok(Attachment::new(salt, data).to_bytes()?)
}
