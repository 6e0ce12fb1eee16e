//! The stop for another branch's customer. This desk does not hold that customer and decides nothing early: the centre
//! finds, judges and answers, and without it nothing is stopped.

use domain::ErrorCode;
use domain::customer::CustomerCommand;
use wire::api::stop::StopTarget;

use crate::desk::{Desk, held};
use crate::error::DeskError;
use crate::view::{ActResult, ContactView, IncidentForm, StopTargetView, StopUserView};

/// May the desk leave the judgement to the centre, where it does not know the customer?
pub(super) fn may_be_unknown(command: &CustomerCommand) -> bool {
    matches!(command, CustomerCommand::SuspendCertificates { .. } | CustomerCommand::RecordIncident { .. })
}

impl Desk {
    /// Whom a stop would hit, in every branch, by exact user ID or contract number.
    ///
    /// # Errors
    /// The centre knows nobody by that id, refuses, or is out of reach.
    pub async fn stop_target(&self, id: &str) -> Result<StopTargetView, DeskError> {
        let staff = self.working()?;
        if staff.token.is_empty() {
            // Signed in without the centre: it knows nobody by that.
            let why = if self.online() { ErrorCode::SignInOffline } else { ErrorCode::Offline };
            return Err(why.into());
        }
        let StopTarget { customer, name, branch, contract, users } =
            self.inner.centre.stop_target(&staff.token, id.trim()).await?;
        Ok(StopTargetView {
            customer_id: customer.to_string(),
            name,
            branch_name: self.branch_name(branch.as_str()),
            branch_code: branch.to_string(),
            contract: contract.to_string(),
            users: users
                .into_iter()
                .map(|one| StopUserView {
                    user_id: one.user.to_string(),
                    certificate: one.certificate,
                    stopped: one.stopped,
                })
                .collect(),
        })
    }

    /// Records what the caller said, where the customer is another branch's and this desk took the call.
    ///
    /// # Errors
    /// A field is wrong, or the centre refuses.
    pub async fn record_incident_elsewhere(
        &self,
        customer_id: &str,
        incident_id: &str,
        form: IncidentForm,
    ) -> Result<ActResult, DeskError> {
        self.record_said(customer_id.parse()?, incident_id.parse()?, form).await
    }

    /// Whom to call when the centre can't be reached; known from the last contact with it.
    ///
    /// # Errors
    /// Nobody works here.
    pub fn emergency_contacts(&self) -> Result<Vec<ContactView>, DeskError> {
        self.working()?;
        Ok(self.emergency())
    }

    pub(super) fn emergency(&self) -> Vec<ContactView> {
        let contacts = held(&self.inner.info).as_ref().map(|info| info.contacts.clone()).unwrap_or_default();
        let view = |c: wire::api::portal::Contact| ContactView { title: c.title, phone: c.phone, hours: c.hours };
        contacts.into_iter().map(view).collect()
    }
}
