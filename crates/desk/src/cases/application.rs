//! Applications: the form, its submission, the lists.

use domain::customer::{Customer, CustomerCommand, PaperChecks, UserRole};
use domain::event::ViewKind;
use domain::id::{ApplicationId, ReceiptNumber};
use domain::personal::ApplicationDetails;
use domain::policy::RecontractUserIds;
use domain::{ErrorCode, PersonalData, Refusal, calendar};
use wire::api::session::SignedIn;

use super::act::Act;
use super::customer::as_asked_for;
use super::{request, views};
use crate::desk::Desk;
use crate::error::DeskError;
use crate::outbox;
use crate::view::{
    ActResult, ApplicationForm, ApplicationList, ApplicationView, ChecksView, EndView, OutboxState, RequestKind,
    RequestUser,
};

impl Desk {
    /// A fresh form. Its application id is drawn here: pressing the button twice is one application.
    ///
    /// # Errors
    /// Nobody works here, or no such customer.
    pub async fn new_application(&self, customer_id: &str, kind: RequestKind) -> Result<ApplicationForm, DeskError> {
        let staff = self.working()?;
        let customer = self.find_customer(customer_id.parse()?).await?;
        self.opening(&staff, &customer).await?;
        // One that is about to close takes no more of most of them.
        let active = || customer.contracts.iter().rev().filter(|c| c.active);
        let newest = active().find(|c| c.closing_on.is_none()).or_else(|| active().next());
        let contract = newest.map(|c| c.number.to_string());
        let empty = |role| RequestUser {
            user_id: String::new(),
            role: Some(role),
            device_label: String::new(),
            new_user_id: String::new(),
        };
        let today = calendar::jst_day(self.centre_now()).to_string();
        let mut old_contract = String::new();
        let (mut closing_on, mut opened_on) = (String::new(), String::new());
        if matches!(kind, RequestKind::Close | RequestKind::Recontract) {
            closing_on.clone_from(&today);
        }
        if kind == RequestKind::Recontract {
            opened_on.clone_from(&today);
            old_contract = contract.clone().unwrap_or_default();
        }
        let (contract, users) = match kind {
            // Most often everybody goes on; whoever does not is taken out.
            RequestKind::Recontract => (String::new(), newest.map(request::staying).unwrap_or_default()),
            RequestKind::MoveToCertificate => (contract.unwrap_or_default(), Vec::new()),
            RequestKind::NewContract => (String::new(), vec![empty(UserRole::Administrator)]),
            RequestKind::AddUser => (contract.unwrap_or_default(), vec![empty(UserRole::Operator)]),
            RequestKind::Reissue
            | RequestKind::RemoveUsers
            | RequestKind::Close
            | RequestKind::Rename
            | RequestKind::ForceStop => (contract.unwrap_or_default(), Vec::new()),
        };
        Ok(ApplicationForm {
            application_id: uuid::Uuid::new_v4().to_string(),
            customer_id: customer_id.to_owned(),
            customer_version: customer.version.to_string(),
            resubmission: false,
            kind,
            contract,
            cause: None,
            old_contract,
            closing_on,
            opened_on,
            renumbered: staff.policy.recontract_user_ids == RecontractUserIds::Renumbered,
            renamed: views::details(&customer).filter(|_| kind == RequestKind::Rename),
            users,
            checks: ChecksView { seal: false, identity: None, environment: false, terms: false },
            received_on: today,
            applicant: String::new(),
            note: String::new(),
        })
    }

    /// The form of a returned application, to be corrected.
    ///
    /// # Errors
    /// Nobody works here, no such application, or it is not returned.
    pub async fn application_form(&self, application_id: &str) -> Result<ApplicationForm, DeskError> {
        let staff = self.working()?;
        let (customer, id) = self.customer_of_application(application_id).await?;
        self.opening(&staff, &customer).await?;
        let application = customer.application(id).ok_or(ErrorCode::ApplicationUnknown)?;
        let days = request::days(&application.request);
        Ok(ApplicationForm {
            application_id: application_id.to_owned(),
            customer_id: customer.id.to_string(),
            customer_version: customer.version.to_string(),
            resubmission: true,
            kind: views::kind(&application.request),
            contract: application.request.contract().to_string(),
            cause: views::cause(&application.request),
            old_contract: days.old_contract,
            closing_on: days.closing_on,
            opened_on: days.opened_on,
            renumbered: staff.policy.recontract_user_ids == RecontractUserIds::Renumbered,
            renamed: application.details.as_ref().and_then(|d| d.customer.as_ref()).map(views::details_view),
            users: views::request_users(&customer, &application.request),
            checks: views::checks(&application.checks),
            received_on: application.received_on.to_string(),
            applicant: application.details.as_ref().map(|d| d.applicant.clone()).unwrap_or_default(),
            note: application.details.as_ref().map(|d| d.note.clone()).unwrap_or_default(),
        })
    }

    /// One application.
    ///
    /// # Errors
    /// Nobody works here, or no such application.
    pub async fn application(&self, application_id: &str) -> Result<ApplicationView, DeskError> {
        self.application_for(&self.working()?, application_id).await
    }

    /// The same, as somebody sees it.
    pub(super) async fn application_for(
        &self,
        staff: &SignedIn,
        application_id: &str,
    ) -> Result<ApplicationView, DeskError> {
        let (customer, id) = self.customer_of_application(application_id).await?;
        self.opening(staff, &customer).await?;
        let application = customer.application(id).ok_or(ErrorCode::ApplicationUnknown)?;
        Ok(self.application_view(staff, &customer, application).await)
    }

    /// A list of applications.
    ///
    /// # Errors
    /// Nobody works here, or the replica failed.
    pub async fn applications(&self, list: ApplicationList) -> Result<Vec<ApplicationView>, DeskError> {
        let staff = self.working()?;
        let rows: Vec<(String, String)> = match list {
            ApplicationList::WaitingForApproval => sqlx::query_as(
                "SELECT a.application_id, c.state FROM application a JOIN customer c ON c.customer_id = a.customer_id
                 WHERE a.state = 'submitted' ORDER BY a.submitted_at LIMIT 500",
            ),
            ApplicationList::Returned => sqlx::query_as(
                "SELECT a.application_id, c.state FROM application a JOIN customer c ON c.customer_id = a.customer_id
                 WHERE a.state = 'returned' ORDER BY a.submitted_at LIMIT 500",
            ),
            ApplicationList::InProgress => sqlx::query_as(
                "SELECT a.application_id, c.state FROM application a JOIN customer c ON c.customer_id = a.customer_id
                 WHERE a.state = 'approved' ORDER BY a.submitted_at LIMIT 500",
            ),
            ApplicationList::Done => sqlx::query_as(
                "SELECT a.application_id, c.state FROM application a JOIN customer c ON c.customer_id = a.customer_id
                 WHERE a.state IN ('completed', 'rejected', 'withdrawn') ORDER BY a.submitted_at DESC LIMIT 200",
            ),
        }
        .fetch_all(&self.inner.replica.readers)
        .await?;
        let mut views = Vec::with_capacity(rows.len());
        for (id, state) in rows {
            let customer: Customer = serde_json::from_str(&state)?;
            let id: ApplicationId = id.parse()?;
            if let Some(application) = customer.application(id) {
                views.push(self.application_view(&staff, &customer, application).await);
            }
        }
        self.showing(&staff, ViewKind::List, views.iter().map(|one| one.customer_id.clone()).collect()).await?;
        Ok(views)
    }

    /// Submits a form, or submits it again after a return.
    ///
    /// # Errors
    /// A field is wrong (argument `field`), or the act may not be made.
    pub async fn submit_application(&self, form: ApplicationForm) -> Result<ActResult, DeskError> {
        let staff = self.working()?;
        let application: ApplicationId = form.application_id.parse()?;
        let received_on =
            form.received_on.parse().map_err(|_| Refusal::new(ErrorCode::DateOutOfRange).at("received_on"))?;
        let request = request::request(&form)?;
        let checks = PaperChecks {
            seal: form.checks.seal,
            identity: form.checks.identity,
            environment: form.checks.environment,
            terms: form.checks.terms,
        };
        let renamed = form.renamed.as_ref().filter(|_| form.kind == RequestKind::Rename);
        let details = ApplicationDetails {
            applicant: form.applicant.trim().to_owned(),
            note: form.note.trim().to_owned(),
            customer: renamed.cloned().map(as_asked_for),
        };
        let command = if form.resubmission {
            CustomerCommand::ResubmitApplication { application, request, checks, received_on }
        } else {
            CustomerCommand::SubmitApplication { application, request, checks, received_on }
        };
        let customer = form.customer_id.parse()?;
        // Head office registers for any branch; the receipt number is that of the customer's.
        let branch = self.find_customer(customer).await?.branch.unwrap_or_else(|| staff.branch.clone());
        if let Some(command_id) = outbox::on_its_way(&self.inner.replica.readers, &form.application_id).await? {
            // Pressed again, or sent before a restart: it waits already.
            let receipt = ReceiptNumber::of(&branch, calendar::jst_day(self.centre_now()), application);
            let (state, receipt) = (OutboxState::Waiting, Some(receipt.to_string()));
            return Ok(ActResult { command_id, state, error: None, receipt });
        }
        let act = Act {
            personal: Some(PersonalData::Application(details)),
            // The rules alone decide: another's change to the customer does not undo what was signed on paper.
            expected_version: None,
            form: Some(form),
            ..Act::new(customer, command)
        };
        let mut result = self.act(&staff, act).await?;
        if result.state != OutboxState::Refused {
            let stored = self
                .find_customer(customer)
                .await
                .ok()
                .and_then(|c| c.application(application).map(|a| a.receipt.clone()));
            let day = calendar::jst_day(self.centre_now());
            result.receipt = Some(stored.unwrap_or_else(|| ReceiptNumber::of(&branch, day, application)).to_string());
        }
        Ok(result)
    }

    /// What an approval of this form would end, before it is sent.
    ///
    /// # Errors
    /// Nobody works here, or a field is wrong (argument `field`).
    pub async fn application_outlook(&self, form: ApplicationForm) -> Result<Vec<EndView>, DeskError> {
        let staff = self.working()?;
        let customer = self.find_customer(form.customer_id.parse()?).await?;
        self.opening(&staff, &customer).await?;
        Ok(request::ends(&customer, &request::request(&form)?, self.centre_now()))
    }

    /// Takes an application back.
    ///
    /// # Errors
    /// It is decided already, or the centre refuses.
    pub async fn withdraw_application(&self, application_id: &str) -> Result<ActResult, DeskError> {
        let staff = self.working()?;
        let (customer, application) = self.customer_of_application(application_id).await?;
        let command = CustomerCommand::WithdrawApplication { application };
        self.act(&staff, Act::new(customer.id, command)).await
    }

    pub(super) async fn customer_of_application(
        &self,
        application_id: &str,
    ) -> Result<(Customer, ApplicationId), DeskError> {
        let id: ApplicationId = application_id.parse()?;
        let text = "SELECT customer_id FROM application WHERE application_id = $1";
        Ok((self.owner(text, application_id).await?.ok_or(ErrorCode::ApplicationUnknown)?, id))
    }
}
