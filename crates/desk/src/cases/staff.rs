//! Signing in and out, lock and unlock.

use domain::ErrorCode;
use domain::id::StaffId;
use wire::api::session::{SignIn, SignedIn};

use crate::desk::{Desk, Topics, held};
use crate::error::DeskError;
use crate::outbox;
use crate::view::{OutboxState, Status};

impl Desk {
    /// Signs a member of staff in at the centre.
    ///
    /// # Errors
    /// Wrong, locked, or the centre is out of reach.
    pub async fn sign_in(&self, staff_id: &str, password: &str) -> Result<Status, DeskError> {
        if let Some(stopped) = &held(&self.inner.line).stopped {
            return Err(DeskError::Refused(stopped.code.into()));
        }
        let signed_in = self.authenticate(staff_id, password, false).await?;
        self.reached();
        held(&self.inner.session).open(signed_in, self.inner.clock.instant());
        self.changed(Topics::ALL);
        self.status().await
    }

    pub(super) async fn authenticate(
        &self,
        staff_id: &str,
        password: &str,
        over_lock: bool,
    ) -> Result<SignedIn, DeskError> {
        let staff: StaffId = staff_id.parse()?;
        if password.is_empty() {
            return Err(DeskError::Refused(domain::Refusal::new(ErrorCode::TextMissing).at("password")));
        }
        self.inner.centre.sign_in(&SignIn { staff, password: password.to_owned(), over_lock }).await
    }

    /// Signs out. Acts that wait in the outbox keep the session they were made in.
    ///
    /// # Errors
    /// The replica failed.
    pub async fn sign_out(&self) -> Result<Status, DeskError> {
        held(&self.inner.slips).forget_all();
        let closed = held(&self.inner.session).close();
        if let Some(closed) = closed {
            let waits = outbox::open_rows(&self.inner.replica.readers)
                .await?
                .iter()
                .any(|row| row.token == closed.token && row.outbox_state() != OutboxState::Refused);
            if !waits {
                let centre = self.inner.centre.clone();
                // The desk is signed out whether or not the centre hears of it now; there the session ends by itself.
                tokio::spawn(async move { centre.sign_out(&closed.token).await });
            }
        }
        self.changed(Topics::ALL);
        self.status().await
    }

    /// Locks the screen.
    ///
    /// # Errors
    /// The replica failed.
    pub async fn lock(&self) -> Result<Status, DeskError> {
        held(&self.inner.session).lock();
        held(&self.inner.slips).forget_all();
        self.changed(Topics::ALL);
        self.status().await
    }

    /// Unlocks with the password of whoever is signed in; the centre checks it.
    ///
    /// # Errors
    /// Wrong, locked, session over, or the centre is out of reach.
    pub async fn unlock(&self, password: &str) -> Result<Status, DeskError> {
        let token = held(&self.inner.session).staff().map(|s| s.token.clone()).ok_or(ErrorCode::SessionMissing)?;
        match self.inner.centre.verify(&token, password).await {
            Ok(()) => held(&self.inner.session).unlock(self.inner.clock.instant()),
            Err(DeskError::Centre(answer)) if answer.code == ErrorCode::SessionMissing => {
                held(&self.inner.session).close();
                self.changed(Topics::ALL);
                return Err(DeskError::Centre(answer));
            }
            Err(error) => return Err(error),
        }
        self.changed(Topics::ALL);
        self.status().await
    }

    /// A key was pressed: the idle time starts again.
    pub fn touch(&self) {
        held(&self.inner.session).touch(self.inner.clock.instant());
    }
}
