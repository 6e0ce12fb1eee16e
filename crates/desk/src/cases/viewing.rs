//! What an auditor is shown is an entry before it is shown: one a session and customer, one an export. Without the line there is
//! nothing to see.

use domain::customer::Customer;
use domain::event::ViewKind;
use domain::id::CustomerId;
use domain::{ErrorCode, Role};
use wire::api::session::SignedIn;
use wire::api::viewed::{MOST, Viewed};

use super::straight::token;
use crate::desk::{Desk, held};
use crate::error::DeskError;

impl Desk {
    /// A customer's data is about to be shown.
    pub(super) async fn opening(&self, staff: &SignedIn, customer: &Customer) -> Result<(), DeskError> {
        self.showing(staff, ViewKind::Customer, vec![customer.id.to_string()]).await
    }

    /// Data of these customers is about to be shown.
    pub(super) async fn showing(
        &self,
        staff: &SignedIn,
        what: ViewKind,
        customers: Vec<String>,
    ) -> Result<(), DeskError> {
        if staff.role != Role::Auditor || (customers.is_empty() && what != ViewKind::Export) {
            return Ok(());
        }
        token(staff)?;
        if !self.online() {
            return Err(ErrorCode::Offline.into());
        }
        let customers: Vec<CustomerId> = customers.iter().map(|id| id.parse()).collect::<Result<_, _>>()?;
        // What leaves as a file counts each time.
        let fresh = match what {
            ViewKind::Export => customers,
            _ => held(&self.inner.session).not_shown(&customers),
        };
        if fresh.is_empty() && what != ViewKind::Export {
            return Ok(());
        }
        let count = u32::try_from(fresh.len()).unwrap_or(u32::MAX);
        let named = fresh.iter().copied().take(MOST).collect();
        self.inner.centre.viewed(&staff.token, &Viewed { what, customers: named, count }).await?;
        held(&self.inner.session).shown(staff.session, fresh);
        Ok(())
    }
}
