//! Slips. The desk draws the pickup code and sends only its hash; the unmasked pages live in memory until printing is
//! finished, the desk locks, or somebody signs out.

use std::collections::HashMap;

use chrono::Datelike as _;
use domain::customer::{Certificate, Customer, CustomerCommand, HandoverMethod, Request, UserRole};
use domain::id::CertificateId;
use domain::personal::HandoverDetails;
use domain::pickup_code::PickupCode;
use domain::{ErrorCode, PersonalData, Refusal, calendar};
use slip::{Contact, IssueNotice, PickupCodeText, Receipt, Slip};
use wire::api::session::SignedIn;
use wire::message;

use super::act::Act;
use super::views;
use crate::desk::{Desk, held};
use crate::error::DeskError;
use crate::view::{ActResult, OutboxState, RequestKind, SlipView};

/// Unmasked slips that are being printed, by ticket.
#[derive(Default)]
pub(crate) struct OpenSlips(HashMap<String, Slip>);

impl OpenSlips {
    pub(crate) fn forget_all(&mut self) {
        self.0.clear();
    }
}

fn failed(error: &slip::SlipError) -> DeskError {
    tracing::error!(%error, "a slip can't be made");
    ErrorCode::SlipFailed.into()
}

fn day(day: chrono::NaiveDate) -> String {
    // 令和元年 = 2019.
    format!("{}年{}月{}日(令和{}年)", day.year(), day.month(), day.day(), day.year() - 2018)
}

fn role_word(role: UserRole) -> &'static str {
    match role {
        UserRole::Administrator => "管理者",
        UserRole::Approver => "承認者",
        UserRole::Operator => "一般者",
    }
}

impl Desk {
    /// The slip with the code masked; nothing is drawn or changed.
    ///
    /// # Errors
    /// Nobody works here, no such right, or the slip can't be made.
    pub async fn preview_slip(&self, certificate_id: &str) -> Result<SlipView, DeskError> {
        let staff = self.working()?;
        let (customer, id) = self.customer_of_certificate(certificate_id).await?;
        let right = customer.certificate(id).ok_or(ErrorCode::CertificateUnknown)?;
        let nothing = PickupCode::from_entropy([0; 10]);
        let notice = self.notice(&staff, &customer, right, &nothing, true, right.slips.max(1))?;
        let pages = slip::render_svg(&Slip::IssueNotice(notice)).map_err(|e| failed(&e))?;
        Ok(SlipView {
            certificate_id: certificate_id.to_owned(),
            number: 0,
            masked: true,
            pages,
            print_ticket: None,
            deadline: right.deadline.to_string(),
        })
    }

    /// Draws a new code, has the centre record the print, and gives the unmasked pages.
    ///
    /// # Errors
    /// The rules or the centre refuse; no code is in force then that was not before.
    pub async fn print_slip(&self, certificate_id: &str) -> Result<SlipView, DeskError> {
        let staff = self.working()?;
        let (customer, id) = self.customer_of_certificate(certificate_id).await?;
        let right = customer.certificate(id).ok_or(ErrorCode::CertificateUnknown)?.clone();
        let mut entropy = zeroize::Zeroizing::new([0_u8; 10]);
        aws_lc_rs::rand::fill(entropy.as_mut()).map_err(|_| DeskError::Internal("no randomness".into()))?;
        let code = PickupCode::from_entropy(*entropy);
        // Made before anything is sent: a slip that can't be made must not end the code the customer holds.
        let expected = right.slips + 1;
        let mut slip = Slip::IssueNotice(self.notice(&staff, &customer, &right, &code, false, expected)?);
        let mut pages = slip::render_svg(&slip).map_err(|e| failed(&e))?;
        let act = Act {
            code_sha256: Some(message::code_sha256(&code)),
            ..Act::new(customer.id, CustomerCommand::PrintSlip { certificate: id })
        };
        let result = self.act(&staff, act).await?;
        if let (OutboxState::Refused, Some(error)) = (result.state, result.error) {
            return Err(DeskError::Refused(Refusal { code: error.code, args: error.args }));
        }
        // The number the centre gave, read by this right's own id.
        let (customer, id) = self.customer_of_certificate(certificate_id).await?;
        let number = customer.certificate(id).map_or(expected, |c| c.slips.max(expected));
        if number != expected {
            slip = Slip::IssueNotice(self.notice(&staff, &customer, &right, &code, false, number)?);
            pages = slip::render_svg(&slip).map_err(|e| failed(&e))?;
        }
        let ticket = uuid::Uuid::new_v4().to_string();
        held(&self.inner.slips).0.insert(ticket.clone(), slip);
        Ok(SlipView {
            certificate_id: certificate_id.to_owned(),
            number,
            masked: false,
            pages,
            print_ticket: Some(ticket),
            deadline: right.deadline.to_string(),
        })
    }

    /// Printing is finished: the unmasked slip is forgotten.
    pub fn slip_done(&self, print_ticket: &str) {
        held(&self.inner.slips).0.remove(print_ticket);
    }

    /// The slip being printed as PDF. Training only; a real slip is never saved.
    ///
    /// # Errors
    /// Not in training, or the ticket is unknown.
    pub fn slip_pdf(&self, print_ticket: &str) -> Result<Vec<u8>, DeskError> {
        self.working()?;
        if !self.inner.profile.training {
            return Err(ErrorCode::SlipSaveRefused.into());
        }
        let slips = held(&self.inner.slips);
        let slip = slips.0.get(print_ticket).ok_or(ErrorCode::NotFound)?;
        slip::render_pdf(slip).map_err(|e| failed(&e))
    }

    /// 受付票.
    ///
    /// # Errors
    /// Nobody works here, or no such application.
    pub async fn receipt_slip(&self, application_id: &str) -> Result<SlipView, DeskError> {
        let staff = self.working()?;
        let (customer, id) = self.customer_of_application(application_id).await?;
        let application = customer.application(id).ok_or(ErrorCode::ApplicationUnknown)?;
        let kind = match views::kind(&application.request) {
            RequestKind::MoveToCertificate => "電子証明書方式への変更",
            RequestKind::NewContract => "新規契約(電子証明書方式)",
            RequestKind::AddUser => "利用者IDの追加",
            RequestKind::Reissue => "電子証明書の再発行",
            RequestKind::RemoveUsers => "利用者IDの削除",
            RequestKind::Close => "解約",
            RequestKind::Recontract => "再契約",
            RequestKind::Rename => "名義変更",
            RequestKind::ForceStop => "強制停止",
        };
        let next_steps = match &application.request {
            Request::Close { closing_on, .. } => {
                format!("役席の承認後、{}に電子証明書を失効します。以後、ご契約の利用者IDではログインできません。", day(*closing_on))
            }
            Request::RemoveUsers { .. } => {
                "役席の承認後、お申し込みの利用者IDの電子証明書を失効します。以後、その利用者IDではログインできません。".to_owned()
            }
            Request::Recontract { closing_on, opened_on, .. } => format!(
                "役席の承認後、発行通知書をお渡しします。現在の電子証明書は{}に失効し、新しい電子証明書は{}から取得できます。",
                day(*closing_on),
                day(*opened_on)
            ),
            _ => "役席の承認後、発行通知書をお渡しします。発行通知書に記載の取得期限までに、電子証明書を取得してください。"
                .to_owned(),
        };
        let branch_code = customer.branch.as_ref().map(ToString::to_string).unwrap_or_default();
        let users = views::request_users(&customer, &application.request);
        let receipt = Receipt {
            training: self.inner.profile.training,
            institution: self.institution_name(),
            branch_name: self.branch_name(&branch_code),
            branch_code,
            customer_name: customer.details.as_ref().map(|d| d.name.clone()).unwrap_or_default(),
            contract_number: application.request.contract().to_string(),
            kind: kind.to_owned(),
            user_ids: users.into_iter().map(|u| (u.user_id, u.device_label)).collect(),
            receipt_number: application.receipt.to_string(),
            received_at: day(application.received_on),
            staff: staff.name,
            next_steps,
            contacts: self.contacts(),
        };
        let pages = slip::render_svg(&Slip::Receipt(receipt)).map_err(|e| failed(&e))?;
        Ok(SlipView {
            certificate_id: String::new(),
            number: 0,
            masked: false,
            pages,
            print_ticket: None,
            deadline: String::new(),
        })
    }

    /// Records to whom and how a slip was handed.
    ///
    /// # Errors
    /// A field is wrong, or the centre refuses.
    pub async fn record_handover(
        &self,
        certificate_id: &str,
        method: HandoverMethod,
        handed_on: &str,
        recipient: &str,
    ) -> Result<ActResult, DeskError> {
        let staff = self.working()?;
        let (customer, certificate) = self.customer_of_certificate(certificate_id).await?;
        let handed_on = handed_on.parse().map_err(|_| Refusal::new(ErrorCode::DateOutOfRange).at("handed_on"))?;
        let details = HandoverDetails { recipient: recipient.trim().to_owned() };
        let act = Act {
            personal: Some(PersonalData::Handover(details)),
            ..Act::new(customer.id, CustomerCommand::RecordHandover { certificate, method, handed_on })
        };
        self.act(&staff, act).await
    }

    async fn customer_of_certificate(&self, certificate_id: &str) -> Result<(Customer, CertificateId), DeskError> {
        let id: CertificateId = certificate_id.parse()?;
        let text = "SELECT customer_id FROM certificate WHERE certificate_id = $1";
        Ok((self.owner(text, certificate_id).await?.ok_or(ErrorCode::CertificateUnknown)?, id))
    }

    fn institution_name(&self) -> String {
        held(&self.inner.info).as_ref().map(|i| i.institution_name.clone()).unwrap_or_default()
    }

    fn contacts(&self) -> Vec<Contact> {
        let contacts = held(&self.inner.info).as_ref().map(|i| i.contacts.clone()).unwrap_or_default();
        contacts
            .into_iter()
            .map(|c| Contact { title: c.title, phone: c.phone, hours: c.hours, email: c.email })
            .collect()
    }

    fn notice(
        &self,
        staff: &SignedIn,
        customer: &Customer,
        right: &Certificate,
        code: &PickupCode,
        masked: bool,
        number: u32,
    ) -> Result<IssueNotice, DeskError> {
        let details = customer.details.as_ref().ok_or(ErrorCode::SlipFailed)?;
        if let Some(character) = slip::unprintable(&details.name) {
            return Err(DeskError::Refused(Refusal::new(ErrorCode::SlipFailed).with("character", character)));
        }
        let branch_code = customer.branch.as_ref().map(ToString::to_string).unwrap_or_default();
        let role = customer.user(&right.user).map_or("", |(_, user)| role_word(user.role));
        let portal_url = held(&self.inner.info).as_ref().map(|i| i.portal_url.clone()).unwrap_or_default();
        Ok(IssueNotice {
            training: self.inner.profile.training,
            institution: self.institution_name(),
            branch_name: self.branch_name(&branch_code),
            branch_code,
            customer_name: details.name.clone(),
            customer_kana: details.kana.clone(),
            contract_number: right.contract.to_string(),
            user_id: right.user.to_string(),
            user_role: role.to_owned(),
            device_label: right.device_label.clone(),
            pickup_code: PickupCodeText::new(code.grouped()),
            masked,
            deadline: day(right.deadline),
            issued_at: day(calendar::jst_day(self.inner.clock.now())),
            portal_url,
            contacts: self.contacts(),
            print_number: number,
            notice_id: right.id.to_string().chars().take(8).collect(),
            staff: staff.name.clone(),
        })
    }
}
