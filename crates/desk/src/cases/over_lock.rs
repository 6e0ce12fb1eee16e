//! A supervisor at a teller's terminal signs in for one approval, and the teller's session stays as it was. On an open screen what is
//! approved stands there already; on a locked one it is shown first, and to the supervisor alone.

use std::time::{Duration, Instant};

use domain::ErrorCode;
use domain::customer::CustomerCommand;
use wire::api::session::SignedIn;

use crate::desk::{Desk, held};
use crate::error::DeskError;
use crate::view::{ActResult, ApplicationView};

/// So long somebody may look before the screen is hidden again.
const LOOKS: Duration = Duration::from_secs(180);

/// Who looks at what over the lock.
pub(crate) struct Looking {
    supervisor: SignedIn,
    application: String,
    since: Instant,
}

impl Desk {
    /// A supervisor signs in over the teller's open screen for this one approval.
    ///
    /// # Errors
    /// The sign-in, the rules or the centre refuse.
    pub async fn approve_over_lock(
        &self,
        application_id: &str,
        customer_version: &str,
        staff_id: &str,
        password: &str,
    ) -> Result<ActResult, DeskError> {
        self.working()?;
        let supervisor = self.authenticate(staff_id, password, true).await?;
        self.approve_as(supervisor, application_id, customer_version).await
    }

    /// A supervisor signs in over the lock, and sees one application.
    ///
    /// # Errors
    /// Nobody is signed in here, the sign-in is refused, or there is no such application.
    pub async fn look_over_lock(
        &self,
        application_id: &str,
        staff_id: &str,
        password: &str,
    ) -> Result<ApplicationView, DeskError> {
        self.signed_in()?;
        let supervisor = self.authenticate(staff_id, password, true).await?;
        let view = self.application_for(&supervisor, application_id).await;
        let since = self.inner.clock.instant();
        match &view {
            Ok(_) => self.looks(Some(Looking { supervisor, application: application_id.to_owned(), since })),
            Err(_) => self.ends(supervisor),
        }
        view
    }

    /// Approves what is being looked at over the lock.
    ///
    /// # Errors
    /// Nobody looks at it, or not any more; the rules or the centre refuse.
    pub async fn approve_looked_at(
        &self,
        application_id: &str,
        customer_version: &str,
    ) -> Result<ActResult, DeskError> {
        self.signed_in()?;
        let looking = held(&self.inner.looking).take().ok_or(ErrorCode::DeskLocked)?;
        let over = self.inner.clock.instant().saturating_duration_since(looking.since) > LOOKS;
        if over || looking.application != application_id {
            self.ends(looking.supervisor);
            return Err(ErrorCode::DeskLocked.into());
        }
        self.approve_as(looking.supervisor, application_id, customer_version).await
    }

    /// Nobody looks over the lock any more.
    pub fn look_away(&self) {
        self.looks(None);
    }

    fn looks(&self, looking: Option<Looking>) {
        let before = std::mem::replace(&mut *held(&self.inner.looking), looking);
        before.into_iter().for_each(|before| self.ends(before.supervisor));
    }

    async fn approve_as(
        &self,
        supervisor: SignedIn,
        application_id: &str,
        customer_version: &str,
    ) -> Result<ActResult, DeskError> {
        let result = self
            .decide(&supervisor, application_id, customer_version, None, |application| {
                CustomerCommand::ApproveApplication { application }
            })
            .await;
        self.ends(supervisor);
        result
    }

    /// The one approval is over, or was none.
    fn ends(&self, supervisor: SignedIn) {
        let centre = self.inner.centre.clone();
        tokio::spawn(async move { centre.sign_out(&supervisor.token).await });
    }

    /// Is anybody signed in, be it behind the lock?
    fn signed_in(&self) -> Result<(), DeskError> {
        Ok(held(&self.inner.session).staff().map(drop).ok_or(ErrorCode::SessionMissing)?)
    }
}
