//! Lost, stolen, misused: the stop, what was said on the phone, and how a supervisor settles it.

use std::collections::BTreeSet;

use domain::customer::{Customer, CustomerCommand, Incident, IncidentCause, StopScope};
use domain::event::ViewKind;
use domain::id::{CustomerId, IncidentId};
use domain::personal::IncidentDetails;
use domain::{ErrorCode, PersonalData, Refusal};
use wire::Body;
use wire::api::session::SignedIn;

use super::act::Act;
use super::views;
use super::waiting::waiting;
use crate::desk::Desk;
use crate::error::DeskError;
use crate::outbox;
use crate::view::{ActResult, IncidentForm, IncidentView, OutboxState};

/// May this person settle this report? `None`: yes.
fn settle_refusal(staff: &SignedIn, customer: &Customer, incident: &Incident) -> Option<ErrorCode> {
    match incident.outcome {
        None => views::judge_refusal(staff, customer, customer.reporters(incident).any(|one| *one == staff.staff)),
        Some(_) => Some(ErrorCode::IncidentState),
    }
}

impl Desk {
    /// Stops one user ID (or, without one, every user ID of the contract) at once. The report's id is in `receipt`.
    ///
    /// # Errors
    /// There is nothing to stop, or the centre refuses. Where it is out of reach the result says that the stop waits: it is
    /// not in force then.
    pub async fn suspend(
        &self,
        customer_id: &str,
        cause: IncidentCause,
        contract: &str,
        user_id: Option<&str>,
    ) -> Result<ActResult, DeskError> {
        let staff = self.working()?;
        let incident = IncidentId(uuid::Uuid::now_v7());
        let scope = match user_id {
            Some(user) => StopScope::User { user: user.parse()? },
            None => StopScope::Contract { contract: contract.parse()? },
        };
        if let Some(result) = self.stop_on_its_way(customer_id, &scope, cause).await? {
            return Ok(result);
        }
        let command = CustomerCommand::SuspendCertificates { incident, cause, scope };
        let mut result = self.act(&staff, Act::new(customer_id.parse()?, command)).await?;
        result.receipt = Some(incident.to_string());
        Ok(result)
    }

    async fn customer_of_queued(&self, incident_id: &str) -> Result<Option<CustomerId>, DeskError> {
        let queued = outbox::queued(&self.inner.replica.readers, None).await?;
        Ok(queued.into_iter().find_map(|one| match one.envelope.body {
            Body::Customer { customer, command: CustomerCommand::SuspendCertificates { incident, .. } }
                if incident.to_string() == incident_id =>
            {
                Some(customer)
            }
            _ => None,
        }))
    }

    /// The same stop, pressed again while it waits to be sent: it is one stop, and still not in force. (What was a loss may
    /// have turned out to be graver.)
    async fn stop_on_its_way(
        &self,
        customer_id: &str,
        scope: &StopScope,
        cause: IncidentCause,
    ) -> Result<Option<ActResult>, DeskError> {
        let queued = outbox::queued(&self.inner.replica.readers, Some(customer_id)).await?;
        Ok(queued.into_iter().find_map(|one| match one.envelope.body {
            Body::Customer {
                command: CustomerCommand::SuspendCertificates { incident, scope: same, cause: first },
                ..
            } if same == *scope && (first != IncidentCause::Lost || cause == IncidentCause::Lost) => Some(ActResult {
                command_id: one.envelope.id.to_string(),
                state: OutboxState::Waiting,
                error: None,
                receipt: Some(incident.to_string()),
            }),
            _ => None,
        }))
    }

    /// Records what the caller said, after the stop.
    ///
    /// # Errors
    /// A field is wrong, or the centre refuses.
    pub async fn record_incident(&self, incident_id: &str, form: IncidentForm) -> Result<ActResult, DeskError> {
        match self.customer_of_incident(incident_id).await {
            Ok((customer, incident)) => self.record_said(customer.id, incident, form).await,
            // The stop itself still waits to be sent: what was said about it waits behind it.
            Err(error) => match self.customer_of_queued(incident_id).await? {
                Some(customer) => self.record_said(customer, incident_id.parse()?, form).await,
                None => Err(error),
            },
        }
    }

    pub(super) async fn record_said(
        &self,
        customer: CustomerId,
        incident: IncidentId,
        form: IncidentForm,
    ) -> Result<ActResult, DeskError> {
        let staff = self.working()?;
        let lost_at = match form.lost_at.trim() {
            "" => None,
            text => {
                let at = chrono::DateTime::parse_from_rfc3339(text)
                    .map_err(|_| Refusal::new(ErrorCode::DateOutOfRange).at("lost_at"))?;
                Some(at.to_utc())
            }
        };
        let details = IncidentDetails {
            caller: form.caller.trim().to_owned(),
            phone: form.phone.trim().to_owned(),
            note: form.note.trim().to_owned(),
        };
        let command = CustomerCommand::RecordIncident { incident, lost_at };
        let personal = Some(PersonalData::Incident(details));
        self.act(&staff, Act { personal, ..Act::new(customer, command) }).await
    }

    /// The 失効依頼書 has arrived.
    ///
    /// # Errors
    /// The day is wrong, or the centre refuses.
    pub async fn record_revocation_paper(&self, incident_id: &str, received_on: &str) -> Result<ActResult, DeskError> {
        let staff = self.working()?;
        let (customer, incident) = self.customer_of_incident(incident_id).await?;
        let received_on = received_on.parse().map_err(|_| Refusal::new(ErrorCode::DateOutOfRange).at("received_on"))?;
        let command = CustomerCommand::RecordRevocationPaper { incident, received_on };
        self.act(&staff, Act::new(customer.id, command)).await
    }

    /// The 失効依頼書 was asked for again.
    ///
    /// # Errors
    /// It has arrived, or the centre refuses.
    pub async fn record_paper_reminder(&self, incident_id: &str) -> Result<ActResult, DeskError> {
        let staff = self.working()?;
        let (customer, incident) = self.customer_of_incident(incident_id).await?;
        self.act(&staff, Act::new(customer.id, CustomerCommand::RecordPaperReminder { incident })).await
    }

    /// 事後検印.
    ///
    /// # Errors
    /// The rules or the centre refuse.
    pub async fn confirm_incident(&self, incident_id: &str) -> Result<ActResult, DeskError> {
        let staff = self.working()?;
        let (customer, incident) = self.customer_of_incident(incident_id).await?;
        self.act(&staff, Act::new(customer.id, CustomerCommand::ConfirmIncident { incident })).await
    }

    /// The PC was found.
    ///
    /// # Errors
    /// It was stolen or misused, out of the customer's control, or the centre refuses.
    pub async fn resume_incident(&self, incident_id: &str, out_of_control: bool) -> Result<ActResult, DeskError> {
        let staff = self.working()?;
        let (customer, incident) = self.customer_of_incident(incident_id).await?;
        let command = CustomerCommand::ResumeIncident { incident, out_of_control };
        self.act(&staff, Act::new(customer.id, command)).await
    }

    /// Revokes what was stopped, for good.
    ///
    /// # Errors
    /// The paper is missing, or the centre refuses.
    pub async fn revoke_incident(&self, incident_id: &str) -> Result<ActResult, DeskError> {
        let staff = self.working()?;
        let (customer, incident) = self.customer_of_incident(incident_id).await?;
        self.act(&staff, Act::new(customer.id, CustomerCommand::RevokeIncident { incident })).await
    }

    /// Reports that are not settled: those whose check mark is overdue first, then those without one, then the oldest.
    ///
    /// # Errors
    /// Nobody works here, or the replica failed.
    pub async fn open_incidents(&self) -> Result<Vec<IncidentView>, DeskError> {
        let staff = self.working()?;
        let rows: Vec<(String,)> =
            sqlx::query_as("SELECT incident_id FROM incident ORDER BY confirmed, reported_at LIMIT 500")
                .fetch_all(&self.inner.replica.readers)
                .await?;
        let mut views = Vec::with_capacity(rows.len());
        for (id,) in rows {
            let (customer, id) = self.customer_of_incident(&id).await?;
            if let Some(incident) = customer.incident(id) {
                views.push(self.incident_view(&staff, &customer, incident).await);
            }
        }
        self.showing(&staff, ViewKind::List, views.iter().map(|one| one.customer_id.clone()).collect()).await?;
        // Stable: within each group the oldest stays first.
        views.sort_by_key(|view| !view.overdue);
        Ok(views)
    }

    pub(super) async fn customer_of_incident(&self, incident_id: &str) -> Result<(Customer, IncidentId), DeskError> {
        let id: IncidentId = incident_id.parse()?;
        let text = "SELECT customer_id FROM incident WHERE incident_id = $1";
        Ok((self.owner(text, incident_id).await?.ok_or(ErrorCode::IncidentUnknown)?, id))
    }

    pub(super) async fn incident_view(
        &self,
        staff: &SignedIn,
        customer: &Customer,
        incident: &Incident,
    ) -> IncidentView {
        let (user_id, contract) = match &incident.scope {
            StopScope::User { user } => (Some(user.to_string()), None),
            StopScope::Contract { contract } => (None, Some(contract.to_string())),
        };
        // A user ID may have both a certificate and a right to its successor.
        let stopped: BTreeSet<String> =
            customer.certificates.iter().filter(|c| c.held == Some(incident.id)).map(|c| c.user.to_string()).collect();
        let details = incident.details.clone();
        let waiting = waiting(incident, &staff.policy, self.centre_now());
        let confirmed_by = self.name_of(incident.confirmed_by.as_ref()).await;
        let reported_by = self.name_of(incident.reported_by.as_ref()).await.unwrap_or_default();
        let claim = self.claim_of(&incident.id.to_string()).await;
        IncidentView {
            incident_id: incident.id.to_string(),
            customer_id: customer.id.to_string(),
            customer_version: customer.version.to_string(),
            customer_name: customer.details.as_ref().map(|d| d.name.clone()).unwrap_or_default(),
            cause: incident.cause,
            user_id,
            contract,
            stopped: stopped.into_iter().collect(),
            reported_by,
            reported_at: incident.reported_at.to_rfc3339(),
            lost_at: incident.lost_at.map(|at| at.to_rfc3339()),
            caller: details.as_ref().map(|d| d.caller.clone()).unwrap_or_default(),
            phone: details.as_ref().map(|d| d.phone.clone()).unwrap_or_default(),
            note: details.map(|d| d.note).unwrap_or_default(),
            paper_on: incident.paper_on.map(|day| day.to_string()),
            confirmed_by,
            outcome: incident.outcome,
            settle_refusal: settle_refusal(staff, customer, incident),
            confirm_by: waiting.confirm_by.to_string(),
            overdue: waiting.overdue,
            paper_days: waiting.paper_days,
            paper_reminders: u32::try_from(incident.reminded.len()).unwrap_or(u32::MAX),
            reminded_at: incident.reminded.last().map(chrono::DateTime::to_rfc3339),
            reminder_due: waiting.reminder_due,
            made_at: claim.as_ref().map(|(made_at, _)| made_at.clone()),
            offline: claim.is_some_and(|(_, offline)| offline),
            review: incident.review.map(outbox::held),
        }
    }
}
