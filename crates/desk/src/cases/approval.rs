//! A supervisor's answers.

use domain::customer::CustomerCommand;
use domain::id::{ApplicationId, CustomerId};
use domain::personal::Comment;
use domain::{ErrorCode, PersonalData};
use wire::api::session::SignedIn;

use super::act::Act;
use crate::desk::Desk;
use crate::error::DeskError;
use crate::view::ActResult;

impl Desk {
    /// Approves.
    ///
    /// # Errors
    /// The rules or the centre refuse.
    pub async fn approve_application(
        &self,
        application_id: &str,
        customer_version: &str,
    ) -> Result<ActResult, DeskError> {
        let staff = self.working()?;
        self.decide(&staff, application_id, customer_version, None, |application| CustomerCommand::ApproveApplication {
            application,
        })
        .await
    }

    /// Returns for correction.
    ///
    /// # Errors
    /// As [`Desk::approve_application`]; the comment is needed.
    pub async fn return_application(
        &self,
        application_id: &str,
        customer_version: &str,
        comment: &str,
    ) -> Result<ActResult, DeskError> {
        let staff = self.working()?;
        self.decide(&staff, application_id, customer_version, Some(comment), |application| {
            CustomerCommand::ReturnApplication { application }
        })
        .await
    }

    /// Rejects for good.
    ///
    /// # Errors
    /// As [`Desk::return_application`].
    pub async fn reject_application(
        &self,
        application_id: &str,
        customer_version: &str,
        comment: &str,
    ) -> Result<ActResult, DeskError> {
        let staff = self.working()?;
        self.decide(&staff, application_id, customer_version, Some(comment), |application| {
            CustomerCommand::RejectApplication { application }
        })
        .await
    }

    pub(super) async fn decide(
        &self,
        staff: &SignedIn,
        application_id: &str,
        customer_version: &str,
        comment: Option<&str>,
        command: impl Fn(ApplicationId) -> CustomerCommand,
    ) -> Result<ActResult, DeskError> {
        let (customer, application) = self.customer_of_application(application_id).await?;
        self.judge(staff, customer.id, customer_version, comment, command(application)).await
    }

    /// What was judged is what is decided: a change in between is a conflict.
    pub(super) async fn judge(
        &self,
        staff: &SignedIn,
        customer: CustomerId,
        customer_version: &str,
        comment: Option<&str>,
        command: CustomerCommand,
    ) -> Result<ActResult, DeskError> {
        let expected_version = customer_version.parse().map_err(|_| ErrorCode::RequestMalformed)?;
        let act = Act {
            personal: comment.map(|text| PersonalData::Comment(Comment { text: text.trim().to_owned() })),
            expected_version: Some(expected_version),
            ..Act::new(customer, command)
        };
        self.act(staff, act).await
    }
}
