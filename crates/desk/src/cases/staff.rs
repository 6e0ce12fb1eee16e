//! Signing in and out, lock and unlock.

use domain::ErrorCode;
use domain::id::StaffId;
use wire::api::session::{SignIn, SignedIn};

use crate::desk::{Desk, Topics, held};
use crate::error::DeskError;
use crate::offline;
use crate::view::Status;

impl Desk {
    /// Signs a member of staff in at the centre.
    ///
    /// # Errors
    /// Wrong, locked, or the centre is out of reach.
    pub async fn sign_in(&self, staff_id: &str, password: &str) -> Result<Status, DeskError> {
        if let Some(stopped) = &held(&self.inner.line).stopped {
            return Err(DeskError::Refused(stopped.code.into()));
        }
        let signed_in = match self.authenticate(staff_id, password, false).await {
            Ok(signed_in) => {
                self.reached();
                match signed_in.must_change_password {
                    // A temporary one opens nothing without the centre, and the one before it no more.
                    true => offline::forget(&self.inner.replica, &signed_in.staff).await?,
                    false => offline::remember(&self.inner.replica, &signed_in, password, self.time().0).await?,
                }
                signed_in
            }
            Err(error @ DeskError::Offline(_)) => {
                self.lost(&error);
                self.sign_in_alone(&staff_id.parse()?, password).await?
            }
            Err(error) => {
                if matches!(error.code(), ErrorCode::SignInLocked | ErrorCode::AccountLocked) {
                    offline::forget(&self.inner.replica, &staff_id.parse()?).await?;
                }
                return Err(error);
            }
        };
        let began = self.time().0;
        {
            let mut session = held(&self.inner.session);
            session.open(signed_in, self.inner.clock.moment());
            session.began(began);
        }
        self.changed(Topics::ALL);
        self.status().await
    }

    /// Signs in without the centre. What a clock says that was set back is worth nothing.
    async fn sign_in_alone(&self, staff: &StaffId, password: &str) -> Result<SignedIn, DeskError> {
        let (now, set_back) = self.time();
        if set_back {
            return Err(ErrorCode::ClockSetBack.into());
        }
        offline::sign_in(&self.inner.replica, staff, password, now).await
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

    /// Signs out. Acts that wait in the outbox are judged by the sign-in they were made under.
    ///
    /// # Errors
    /// The replica failed.
    pub async fn sign_out(&self) -> Result<Status, DeskError> {
        let closed = held(&self.inner.session).close();
        if let Some(closed) = closed.filter(|closed| !closed.token.is_empty()) {
            let centre = self.inner.centre.clone();
            // The desk is signed out whether or not the centre hears of it now; there the session ends by itself.
            tokio::spawn(async move { centre.sign_out(&closed.token).await });
        }
        self.hide();
        self.status().await
    }

    /// Locks the screen.
    ///
    /// # Errors
    /// The replica failed.
    pub async fn lock(&self) -> Result<Status, DeskError> {
        held(&self.inner.session).lock();
        self.hide();
        self.status().await
    }

    /// Unlocks with the password of whoever is signed in; the centre checks it, or without the centre this PC does.
    ///
    /// # Errors
    /// Wrong, locked, session over, or the centre is out of reach.
    pub async fn unlock(&self, password: &str) -> Result<Status, DeskError> {
        let staff = held(&self.inner.session).staff().cloned().ok_or(ErrorCode::SessionMissing)?;
        let verified = match staff.token.as_str() {
            "" => Err(DeskError::Offline("signed in without the centre".into())),
            token => self.inner.centre.verify(token, password).await,
        };
        match verified {
            Ok(()) => held(&self.inner.session).unlock(self.inner.clock.moment()),
            Err(DeskError::Offline(_)) => {
                self.sign_in_alone(&staff.staff, password).await?;
                held(&self.inner.session).unlock(self.inner.clock.moment());
            }
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
        if held(&self.inner.session).touch(self.inner.clock.moment()) {
            self.hide();
        }
    }
}
