//! Acts made off-line whose author's standing has changed since: a supervisor accepts or dismisses them.

use domain::customer::{Customer, CustomerCommand, HeldAct, IncidentCause, StopScope};
use domain::event::ViewKind;
use domain::id::CommandId;
use wire::api::session::SignedIn;

use super::views;
use crate::desk::Desk;
use crate::error::DeskError;
use crate::outbox;
use crate::view::{ActResult, ChecksView, HeldView, RequestUser};

impl Desk {
    /// What waits for a supervisor, oldest first.
    ///
    /// # Errors
    /// Nobody works here, or the replica failed.
    pub async fn held_acts(&self) -> Result<Vec<HeldView>, DeskError> {
        let staff = self.working()?;
        let rows: Vec<(String,)> = sqlx::query_as("SELECT DISTINCT customer_id FROM held ORDER BY at LIMIT 500")
            .fetch_all(&self.inner.replica.readers)
            .await?;
        let mut views = Vec::with_capacity(rows.len());
        for (customer,) in rows {
            let customer = self.find_customer(customer.parse()?).await?;
            views.extend(self.held_views(&staff, &customer).await);
        }
        self.showing(&staff, ViewKind::List, views.iter().map(|one| one.customer_id.clone()).collect()).await?;
        views.sort_by(|a, b| a.at.cmp(&b.at));
        Ok(views)
    }

    pub(super) async fn held_views(&self, staff: &SignedIn, customer: &Customer) -> Vec<HeldView> {
        let mut views = Vec::with_capacity(customer.held.len());
        for held in customer.waiting_acts() {
            views.extend(self.held_view(staff, customer, held).await);
        }
        views
    }

    async fn held_view(&self, staff: &SignedIn, customer: &Customer, held: &HeldAct) -> Option<HeldView> {
        let (request, checks, received_on) = match &held.command {
            CustomerCommand::SubmitApplication { request, checks, received_on, .. }
            | CustomerCommand::ResubmitApplication { request, checks, received_on, .. } => {
                (request, checks, received_on)
            }
            CustomerCommand::SuspendCertificates { scope, cause, .. } => {
                return Some(self.held_stop(staff, customer, held, (scope, *cause)).await);
            }
            _ => return None,
        };
        let author = held.actor.staff();
        let details = held.details.clone();
        Some(HeldView {
            act: held.act.to_string(),
            customer_id: customer.id.to_string(),
            customer_version: customer.version.to_string(),
            customer_name: customer.details.as_ref().map(|d| d.name.clone()).unwrap_or_default(),
            reason: outbox::held(held.reason),
            kind: Some(views::kind(request)),
            cause: None,
            contract: request.contract().to_string(),
            users: views::request_users(customer, request),
            checks: views::checks(checks),
            received_on: received_on.to_string(),
            applicant: details.as_ref().map(|d| d.applicant.clone()).unwrap_or_default(),
            note: details.map(|d| d.note).unwrap_or_default(),
            by: self.name_of(author).await.unwrap_or_default(),
            made_at: held.made_at.to_rfc3339(),
            at: held.at.to_rfc3339(),
            decide_refusal: views::judge_refusal(staff, customer, author == Some(&staff.staff)),
        })
    }

    /// A stop that arrived from a terminal that had been revoked: it is not in force.
    async fn held_stop(
        &self,
        staff: &SignedIn,
        customer: &Customer,
        held: &HeldAct,
        (scope, cause): (&StopScope, IncidentCause),
    ) -> HeldView {
        let author = held.actor.staff();
        let (contract, users) = match scope {
            StopScope::Contract { contract } => (contract.to_string(), Vec::new()),
            StopScope::User { user } => {
                (String::new(), vec![RequestUser { user_id: user.to_string(), ..RequestUser::default() }])
            }
        };
        HeldView {
            act: held.act.to_string(),
            customer_id: customer.id.to_string(),
            customer_version: customer.version.to_string(),
            customer_name: customer.details.as_ref().map(|d| d.name.clone()).unwrap_or_default(),
            reason: outbox::held(held.reason),
            kind: None,
            cause: Some(cause),
            contract,
            users,
            checks: ChecksView::default(),
            received_on: String::new(),
            applicant: String::new(),
            note: String::new(),
            by: self.name_of(author).await.unwrap_or_default(),
            made_at: held.made_at.to_rfc3339(),
            at: held.at.to_rfc3339(),
            decide_refusal: views::judge_refusal(staff, customer, author == Some(&staff.staff)),
        }
    }

    /// The supervisor has asked its author: it counts, and goes on as the author's.
    ///
    /// # Errors
    /// The rules or the centre refuse.
    pub async fn accept_held(
        &self,
        customer_id: &str,
        act: &str,
        customer_version: &str,
    ) -> Result<ActResult, DeskError> {
        let staff = self.working()?;
        let command = CustomerCommand::AcceptHeldAct { act: act.parse::<CommandId>()? };
        self.judge(&staff, customer_id.parse()?, customer_version, None, command).await
    }

    /// It does not count. The comment says why; its author is told to ask who dismissed it.
    ///
    /// # Errors
    /// The rules or the centre refuse.
    pub async fn dismiss_held(
        &self,
        customer_id: &str,
        act: &str,
        customer_version: &str,
        comment: &str,
    ) -> Result<ActResult, DeskError> {
        let staff = self.working()?;
        let command = CustomerCommand::DismissHeldAct { act: act.parse::<CommandId>()? };
        self.judge(&staff, customer_id.parse()?, customer_version, Some(comment), command).await
    }
}
