//! The incident guide at the desk: shows the domain's questions, and does what the conversation ended in.

use domain::authorisation::role_may;
use domain::customer::{Advice, Customer, CustomerCommand, ReissueCause};
use domain::guide::{Answer, Ending, Outcome, RevokePath, Step, Whose, guide};
use domain::id::ApplicationId;
use domain::{ErrorCode, Refusal, Role};
use wire::api::session::SignedIn;

use super::act::Act;
use crate::desk::Desk;
use crate::error::DeskError;
use crate::view::{
    ActResult, ApplicationForm, GuideAsk, GuideEnd, GuideOption, GuideOutcome, GuideTouched, GuideView, GuidedForm,
    RequestKind, RequestUser,
};

impl Desk {
    /// Where the answers given so far lead.
    ///
    /// # Errors
    /// Nobody works here, no such customer, or an answer nobody offered.
    pub async fn guide(&self, customer_id: &str, answers: Vec<Answer>) -> Result<GuideView, DeskError> {
        let staff = self.working()?;
        let customer = self.find_customer(customer_id.parse()?).await?;
        self.opening(&staff, &customer).await?;
        let (asks, ends) = match guide(&customer, &answers, &staff.policy, self.centre_now())? {
            Step::Ask { question, options } => {
                let options = options.into_iter().map(|answer| option(&customer, answer)).collect();
                (Some(GuideAsk { question, options }), None)
            }
            Step::End(ending) => (None, Some(end(&staff, &customer, *ending))),
        };
        Ok(GuideView {
            customer_id: customer.id.to_string(),
            customer_name: customer.details.as_ref().map(|d| d.name.clone()).unwrap_or_default(),
            asks,
            ends,
        })
    }

    /// Records what was advised where a conversation ended in words.
    ///
    /// # Errors
    /// It did not end so, or the centre refuses.
    pub async fn record_advice(&self, customer_id: &str, answers: Vec<Answer>) -> Result<ActResult, DeskError> {
        let (staff, customer, ending) = self.ended(customer_id, &answers).await?;
        let (Some(advice), Some(touched)) = (advice(&ending), ending.touched.first()) else {
            return Err(elsewhere());
        };
        let (user, happened) = (touched.user.clone(), ending.happened);
        let command = CustomerCommand::RecordAdvice { user, happened, advice };
        self.act(&staff, Act::new(customer.id, command)).await
    }

    /// Fills the application form a conversation ended in, and keeps it as a draft: kind, cause, contract and user IDs.
    ///
    /// # Errors
    /// It did not end so, or the replica failed.
    pub async fn guided_application(&self, customer_id: &str, answers: Vec<Answer>) -> Result<GuidedForm, DeskError> {
        let (_, customer, ending) = self.ended(customer_id, &answers).await?;
        let kind = match ending.outcome {
            Outcome::Reissue { cause: ReissueCause::Renamed } => RequestKind::Rename,
            Outcome::Reissue { .. } => RequestKind::Reissue,
            Outcome::Revoke { path: RevokePath::RemoveUser } => RequestKind::RemoveUsers,
            Outcome::Revoke { path: RevokePath::CloseContract } => RequestKind::Close,
            Outcome::Revoke { path: RevokePath::Recontract } => RequestKind::Recontract,
            _ => return Err(elsewhere()),
        };
        let mut form = self.new_application(customer_id, kind).await?;
        if let Some(cause) = reissue_cause(&ending).filter(|_| kind == RequestKind::Reissue) {
            form.cause = Some(cause);
        }
        fill(&mut form, &customer, &ending);
        let application_id = form.application_id.clone();
        self.save_draft(form).await?;
        Ok(GuidedForm { application_id, kind })
    }

    async fn ended(&self, customer_id: &str, answers: &[Answer]) -> Result<(SignedIn, Customer, Ending), DeskError> {
        let staff = self.working()?;
        let customer = self.find_customer(customer_id.parse()?).await?;
        match guide(&customer, answers, &staff.policy, self.centre_now())? {
            Step::End(ending) => Ok((staff, customer, *ending)),
            Step::Ask { .. } => Err(elsewhere()),
        }
    }
}

/// The customer's state has changed under the conversation: it leads elsewhere now.
fn elsewhere() -> DeskError {
    Refusal::new(ErrorCode::RequestMalformed).at("answers").into()
}

fn fill(form: &mut ApplicationForm, customer: &Customer, ending: &Ending) {
    let contract = match &ending.whose {
        Some(Whose::Contract(number)) => Some(number.to_string()),
        Some(Whose::User(user)) => customer.user(user).map(|(contract, _)| contract.number.to_string()),
        None => None,
    };
    let Some(contract) = contract else { return };
    if form.kind == RequestKind::Recontract {
        form.old_contract = contract;
    } else {
        form.contract = contract;
    }
    // 解約 takes every user ID, 再契約 asks which go on.
    if matches!(form.kind, RequestKind::Close | RequestKind::Recontract) {
        return;
    }
    let chosen = ending.touched.iter().map(|touched| RequestUser {
        user_id: touched.user.to_string(),
        role: touched.role,
        device_label: touched.device_label.clone(),
        new_user_id: String::new(),
    });
    form.users = chosen.collect();
    form.users.sort_by(|a, b| a.user_id.cmp(&b.user_id));
    form.users.dedup_by(|a, b| a.user_id == b.user_id);
}

fn option(customer: &Customer, answer: Answer) -> GuideOption {
    let user = match &answer {
        Answer::User { user } => customer.user(user).map(|(_, user)| user),
        _ => None,
    };
    let alive = user.and_then(|user| {
        let mut own = customer.certificates.iter().rev().filter(|c| c.user == user.id);
        own.find(|c| c.state.usable() || c.state.successor()).map(|c| c.state)
    });
    GuideOption {
        role: user.map(|u| u.role),
        device_label: user.map(|u| u.device_label.clone()).unwrap_or_default(),
        certificate: alive,
        answer,
    }
}

fn advice(ending: &Ending) -> Option<Advice> {
    match ending.outcome {
        Outcome::Restore => Some(Advice::RestoreBackup),
        Outcome::NothingToDo if !ending.touched.is_empty() => Some(Advice::NothingToDo),
        _ => None,
    }
}

fn reissue_cause(ending: &Ending) -> Option<ReissueCause> {
    match ending.outcome {
        Outcome::Reissue { cause } => Some(cause),
        _ => None,
    }
}

fn outcome(outcome: Outcome) -> GuideOutcome {
    match outcome {
        Outcome::SuspendNow { .. } => GuideOutcome::SuspendNow,
        Outcome::Revoke { path: RevokePath::RemoveUser } => GuideOutcome::RemoveUser,
        Outcome::Revoke { path: RevokePath::CloseContract } => GuideOutcome::CloseContract,
        Outcome::Revoke { path: RevokePath::Recontract } => GuideOutcome::Recontract,
        Outcome::Revoke { path: RevokePath::SettleReport { .. } } => GuideOutcome::SettleReport,
        Outcome::Reissue { .. } => GuideOutcome::Reissue,
        Outcome::Restore => GuideOutcome::Restore,
        Outcome::NewPickupCode { .. } => GuideOutcome::NewPickupCode,
        Outcome::NothingToDo => GuideOutcome::NothingToDo,
    }
}

/// Head office stops and advises, but takes no applications and prints no slips; an auditor does nothing.
fn refusal(staff: &SignedIn, ending: &Ending) -> Option<ErrorCode> {
    let (role, _) = staff.works_as();
    let registers = matches!(role, Role::Teller | Role::SalesRep | Role::Supervisor);
    let may = match ending.outcome {
        Outcome::Revoke { path: RevokePath::SettleReport { .. } } => true,
        Outcome::Reissue { .. } | Outcome::Revoke { .. } | Outcome::NewPickupCode { .. } => registers,
        Outcome::SuspendNow { .. } => domain::authorisation::may_stop(role),
        Outcome::Restore | Outcome::NothingToDo => match (advice(ending), ending.touched.first()) {
            (Some(advice), Some(touched)) => {
                let (user, happened) = (touched.user.clone(), ending.happened);
                role_may(role, &CustomerCommand::RecordAdvice { user, happened, advice })
            }
            _ => true,
        },
    };
    (!may).then_some(ErrorCode::RoleNotPermitted)
}

fn end(staff: &SignedIn, customer: &Customer, ending: Ending) -> GuideEnd {
    let (mut user_id, mut contract) = (None, None);
    match &ending.whose {
        Some(Whose::User(user)) => {
            user_id = Some(user.to_string());
            contract = customer.user(user).map(|(contract, _)| contract.number.to_string());
        }
        Some(Whose::Contract(number)) => contract = Some(number.to_string()),
        None => {}
    }
    let (mut cause, mut certificate, mut incident_id) = (None, None, None);
    match ending.outcome {
        Outcome::SuspendNow { cause: why } => cause = Some(why),
        Outcome::NewPickupCode { certificate: right } => certificate = Some(right),
        Outcome::Revoke { path: RevokePath::SettleReport { incident } } => incident_id = Some(incident.to_string()),
        _ => {}
    }
    let application: Option<ApplicationId> =
        certificate.and_then(|id| customer.certificate(id)).map(|right| right.application);
    GuideEnd {
        outcome: outcome(ending.outcome),
        happened: ending.happened,
        cause,
        reissue_cause: reissue_cause(&ending),
        advice: advice(&ending),
        user_id,
        contract,
        certificate_id: certificate.map(|id| id.to_string()),
        application_id: application.map(|id| id.to_string()),
        incident_id,
        note: ending.note,
        reason: ending.reason,
        later: ending.later,
        when: ending.when,
        refusal: refusal(staff, &ending),
        touched: ending
            .touched
            .into_iter()
            .map(|one| GuideTouched {
                user_id: one.user.to_string(),
                role: one.role,
                device_label: one.device_label,
                effect: one.effect,
            })
            .collect(),
    }
}
