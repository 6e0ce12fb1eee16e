//! What an auditor is shown is an entry before it is shown, and names everybody: a page a customer and session, hits and lists
//! whom they show for the first time in it, each export anew. Without the line there is nothing to see.

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
            _ => held(&self.inner.session).not_shown(what, &customers),
        };
        let mut groups: Vec<Vec<CustomerId>> = fresh.chunks(MOST).map(<[_]>::to_vec).collect();
        if groups.is_empty() && what == ViewKind::Export {
            groups.push(Vec::new());
        }
        for group in groups {
            let count = u32::try_from(group.len()).unwrap_or(u32::MAX);
            self.inner.centre.viewed(&staff.token, &Viewed { what, customers: group.clone(), count }).await?;
            held(&self.inner.session).shown(staff.session, what, &group);
        }
        Ok(())
    }
}
