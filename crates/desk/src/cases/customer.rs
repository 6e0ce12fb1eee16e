//! A customer's page, and recording a customer the branch's copy does not know.

use domain::customer::{Customer, CustomerCommand};
use domain::id::{CustomerId, StaffId};
use domain::personal::CustomerDetails;
use domain::{PersonalData, text};

use super::act::Act;
use super::views;
use crate::desk::Desk;
use crate::error::DeskError;
use crate::view::{ActResult, CustomerDetailsView, CustomerForm, CustomerView, ErrorView, OutboxState};

/// What was typed, in the forms that are asked for: kana, digits and addresses come in any width. Names are as they are.
pub(super) fn as_asked_for(typed: CustomerDetailsView) -> CustomerDetails {
    CustomerDetails {
        name: typed.name.trim().to_owned(),
        kana: text::kana_of(&typed.kana),
        address: typed.address.trim().to_owned(),
        phone: text::phone_of(&typed.phone),
        email: text::email_of(&typed.email),
    }
}

impl Desk {
    /// A customer's page.
    ///
    /// # Errors
    /// Nobody works here, no such customer, or the replica failed.
    pub async fn customer(&self, customer_id: &str) -> Result<CustomerView, DeskError> {
        let staff = self.working()?;
        let customer = self.find_customer(customer_id.parse()?).await?;
        self.opening(&staff, &customer).await?;
        let mut applications = Vec::new();
        for application in &customer.applications {
            applications.push(self.application_view(&staff, &customer, application).await);
        }
        let mut incidents = Vec::new();
        for incident in &customer.incidents {
            incidents.push(self.incident_view(&staff, &customer, incident).await);
        }
        let branch_code = customer.branch.as_ref().map(ToString::to_string).unwrap_or_default();
        Ok(CustomerView {
            customer_id: customer.id.to_string(),
            version: customer.version.to_string(),
            cif: customer.cif.as_ref().map(ToString::to_string).unwrap_or_default(),
            branch_name: self.branch_name(&branch_code),
            branch_code,
            details: views::details(&customer),
            contracts: views::contracts(&customer),
            applications,
            certificates: customer.certificates.iter().map(|c| self.certificate_view(&customer, c)).collect(),
            incidents,
            kinds: views::kinds(&staff, &customer),
            pending: self.outbox_items(Some(customer_id)).await?,
            held: self.held_views(&staff, &customer).await,
        })
    }

    /// Records a customer; the new id is in `receipt`.
    ///
    /// # Errors
    /// A field is wrong, or the centre refuses.
    pub async fn record_customer(&self, form: CustomerForm) -> Result<ActResult, DeskError> {
        let staff = self.working()?;
        let customer = CustomerId(uuid::Uuid::now_v7());
        let CustomerForm { cif, name, kana, address, phone, email } = form;
        let details = as_asked_for(CustomerDetailsView { name, kana, address, phone, email });
        let branch = self.inner.identity.branch.clone();
        let command = CustomerCommand::RecordCustomer { branch, cif: cif.parse()? };
        let act = Act { personal: Some(PersonalData::Customer(details)), ..Act::new(customer, command) };
        let result = self.act(&staff, act).await?;
        match (result.state, result.error) {
            (OutboxState::Refused, Some(error)) => Err(DeskError::Centre(wire::api::ErrorAnswer {
                code: error.code,
                args: error.args,
                request_id: error.request_id,
            })),
            (state, error) => {
                Ok(ActResult { command_id: result.command_id, state, error, receipt: Some(customer.to_string()) })
            }
        }
    }

    /// The customer that a statement finds by the id of something of its own.
    pub(super) async fn owner(&self, text: &'static str, id: &str) -> Result<Option<Customer>, DeskError> {
        let row: Option<(String,)> = sqlx::query_as(text).bind(id).fetch_optional(&self.inner.replica.readers).await?;
        match row {
            Some((customer,)) => Ok(Some(self.find_customer(customer.parse()?).await?)),
            None => Ok(None),
        }
    }

    pub(super) async fn customer_name(&self, customer_id: &str) -> String {
        let Ok(id) = customer_id.parse() else { return String::new() };
        let found = self.find_customer(id).await.ok();
        found.and_then(|c| c.details).map(|d| d.name).unwrap_or_default()
    }

    /// [`Desk::staff_name`], where there is somebody.
    pub(super) async fn name_of(&self, staff: Option<&StaffId>) -> Option<String> {
        match staff {
            Some(id) => Some(self.staff_name(id.as_str()).await),
            None => None,
        }
    }

    /// An error that names people by their names, where it names them.
    pub(crate) async fn named(&self, mut error: ErrorView) -> ErrorView {
        if let Some(by) = error.args.get_mut("by")
            && by.parse::<StaffId>().is_ok()
        {
            *by = self.staff_name(by).await;
        }
        error
    }

    /// What a desk claimed of an application or a report: when it was made, and whether without the centre.
    pub(super) async fn claim_of(&self, id: &str) -> Option<(String, bool)> {
        sqlx::query_as("SELECT made_at, offline FROM claim WHERE id = $1")
            .bind(id)
            .fetch_optional(&self.inner.replica.readers)
            .await
            .ok()
            .flatten()
    }

    /// A member of staff as people know them: name and number.
    pub(super) async fn staff_name(&self, staff_id: &str) -> String {
        let row: Result<Option<(String,)>, _> = sqlx::query_as("SELECT state FROM staff WHERE staff_id = $1")
            .bind(staff_id)
            .fetch_optional(&self.inner.replica.readers)
            .await;
        let staff: Option<domain::staff::Staff> =
            row.ok().flatten().and_then(|(json,)| serde_json::from_str(&json).ok());
        match staff.and_then(|s| s.details) {
            Some(details) => format!("{}({staff_id})", details.name),
            None => staff_id.to_owned(),
        }
    }
}
