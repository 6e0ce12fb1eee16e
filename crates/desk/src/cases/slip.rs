//! Slips. The desk draws the pickup code and sends only its hash; the unmasked pages live in memory until printing is
//! finished, the desk locks, or somebody signs out.

use std::collections::HashMap;

use domain::customer::{
    Certificate, CertificateState, Customer, CustomerCommand, CustomerEvent, HandoverMethod, Request,
};
use domain::id::CertificateId;
use domain::personal::{CustomerDetails, HandoverDetails};
use domain::pickup_code::PickupCode;
use domain::{ErrorCode, Event, PersonalData, Refusal, calendar};
use slip::{Contact, IssueNotice, PickupCodeText, Slip};
use wire::api::session::SignedIn;
use wire::message;

use super::act::Act;
use super::words;
use crate::desk::{Desk, held};
use crate::error::DeskError;
use crate::replica::entries;
use crate::view::{ActResult, OutboxState, SlipView};

/// Unmasked slips that are being printed, by ticket.
#[derive(Default)]
pub(crate) struct OpenSlips(HashMap<String, Slip>);

impl OpenSlips {
    pub(crate) fn forget_all(&mut self) {
        self.0.clear();
    }
}

pub(super) fn failed(error: &slip::SlipError) -> DeskError {
    tracing::error!(%error, "a slip can't be made");
    ErrorCode::SlipFailed.into()
}

/// The customer's name and reading, if the slips' fonts can show the name.
pub(super) fn printable(customer: &Customer) -> Result<&CustomerDetails, DeskError> {
    let details = customer.details.as_ref().ok_or(ErrorCode::SlipFailed)?;
    match slip::unprintable(&details.name) {
        Some(character) => Err(Refusal::new(ErrorCode::SlipFailed).with("character", character).into()),
        None => Ok(details),
    }
}

/// Is this right's slip a 再発行通知書?
fn reissue(customer: &Customer, right: &Certificate) -> bool {
    customer
        .application(right.application)
        .is_some_and(|a| matches!(a.request, Request::Reissue { .. } | Request::Rename { .. }))
}

/// What becomes of the certificate that this right's user ID has, or had last.
fn old_certificate(customer: &Customer, right: &Certificate) -> Option<String> {
    let before = |c: &&Certificate| c.user == right.user && c.id != right.id && c.signed.is_some();
    let old = customer.certificates.iter().filter(before).max_by_key(|c| c.granted_at)?;
    let closing =
        customer.contract(&old.contract).and_then(|c| c.closing_on).filter(|_| old.contract != right.contract);
    match (old.state, closing) {
        (CertificateState::Active, Some(closing)) => Some(format!(
            "{}に失効します。それより前に新しい電子証明書が有効になったときは、そのときに失効します。",
            words::day(closing)
        )),
        (CertificateState::Active, None) => {
            Some("新しい電子証明書が有効になったときに失効します。それまではご利用いただけます。".to_owned())
        }
        (CertificateState::Suspended, _) => {
            Some("一時停止中です。新しい電子証明書が有効になったときに失効します。".to_owned())
        }
        (CertificateState::Revoked, _) => {
            let on = old.revocation.as_ref().map(|r| words::day(calendar::jst_day(r.at))).unwrap_or_default();
            Some(format!("{on}に失効しました。新しい電子証明書を取得するまでログインできません。"))
        }
        (CertificateState::Expired, _) => {
            Some("有効期限が終了しました。新しい電子証明書を取得するまでログインできません。".to_owned())
        }
        _ => None,
    }
}

/// The pages, drawn off the threads that answer the window, two at a time.
async fn drawn(slip: &Slip) -> Result<Vec<String>, DeskError> {
    static DRAWING: tokio::sync::Semaphore = tokio::sync::Semaphore::const_new(2);
    let _turn = DRAWING.acquire().await.map_err(|e| DeskError::Internal(e.to_string()))?;
    let slip = slip.clone();
    let drawn = tokio::task::spawn_blocking(move || slip::render_svg(&slip)).await;
    drawn.map_err(|e| DeskError::Internal(e.to_string()))?.map_err(|e| failed(&e))
}

impl Desk {
    /// The slip with the code masked; nothing is drawn or changed.
    ///
    /// # Errors
    /// Nobody works here, no such right, or the slip can't be made.
    pub async fn preview_slip(&self, certificate_id: &str) -> Result<SlipView, DeskError> {
        let staff = self.working()?;
        let (customer, id) = self.customer_of_certificate(certificate_id).await?;
        self.opening(&staff, &customer).await?;
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
        let mut pages = drawn(&slip).await?;
        let act = Act {
            code_sha256: Some(message::code_sha256(&code)),
            ..Act::new(customer.id, CustomerCommand::PrintSlip { certificate: id })
        };
        let (result, index) = self.acted(&staff, act).await?;
        if let (OutboxState::Refused, Some(error)) = (result.state, result.error) {
            return Err(DeskError::Refused(Refusal { code: error.code, args: error.args }));
        }
        let number = self.printed(index, id).await?.unwrap_or(expected);
        let (customer, id) = self.customer_of_certificate(certificate_id).await?;
        if customer.certificate(id).is_some_and(|right| right.slips > number) {
            // Printed again elsewhere in the same moment: that one's code is in force, and this one's is none.
            return Err(ErrorCode::SlipOvertaken.into());
        }
        if number != expected {
            slip = Slip::IssueNotice(self.notice(&staff, &customer, &right, &code, false, number)?);
            pages = drawn(&slip).await?;
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

    /// The number the centre gave this print, if its entry has come back by the feed.
    async fn printed(&self, index: Option<u64>, of: CertificateId) -> Result<Option<u32>, DeskError> {
        let Some(place) = index.and_then(|index| u32::try_from(index).ok()) else { return Ok(None) };
        let found = entries::at(&mut *self.inner.replica.readers.acquire().await?, &[place]).await?;
        Ok(found.iter().flat_map(|(_, entry)| &entry.events).find_map(|event| match event {
            Event::Customer(CustomerEvent::SlipPrinted { certificate, number }) if *certificate == of => Some(*number),
            _ => None,
        }))
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

    pub(super) async fn customer_of_certificate(
        &self,
        certificate_id: &str,
    ) -> Result<(Customer, CertificateId), DeskError> {
        let id: CertificateId = certificate_id.parse()?;
        let text = "SELECT customer_id FROM certificate WHERE certificate_id = $1";
        Ok((self.owner(text, certificate_id).await?.ok_or(ErrorCode::CertificateUnknown)?, id))
    }

    pub(super) fn institution_name(&self) -> String {
        held(&self.inner.info).as_ref().map(|i| i.institution_name.clone()).unwrap_or_default()
    }

    pub(super) fn contacts(&self) -> Vec<Contact> {
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
        let details = printable(customer)?;
        let branch_code = customer.branch.as_ref().map(ToString::to_string).unwrap_or_default();
        let role = customer.user(&right.user).map_or("", |(_, user)| words::role(user.role));
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
            deadline: words::day(right.deadline),
            issued_at: words::day(calendar::jst_day(self.centre_now())),
            portal_url,
            contacts: self.contacts(),
            print_number: number,
            reissue: reissue(customer, right),
            old_certificate: old_certificate(customer, right),
            notice_id: right.id.to_string().chars().take(8).collect(),
            staff: staff.name.clone(),
        })
    }
}
