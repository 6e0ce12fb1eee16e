//! Papers about something that happened: 一時停止のお知らせ, 失効完了通知書, バックアップからの復元手順. Each is made from the
//! customer's state as it is when it is printed; nothing secret is on it, and printing it changes nothing.

mod reason;

use domain::customer::{Certificate, CertificateState, Customer, Incident, UserRole};
use domain::id::{CertificateId, IncidentId, Serial, UserId};
use domain::text::search_key;
use domain::{ErrorCode, Refusal, calendar};
use slip::{Letter, RestoreGuide, RevocationNotice, Slip, Stopped, SuspensionNotice};
use wire::api::session::SignedIn;

use super::slip::{failed, printable};
use super::words;
use crate::desk::Desk;
use crate::error::DeskError;
use crate::view::{NoticeKind, SlipView};

fn state(certificate: &Certificate) -> DeskError {
    DeskError::Refused(Refusal::new(ErrorCode::CertificateState).with("state", certificate.state.as_str()))
}

fn role(customer: &Customer, user: &UserId) -> String {
    customer.user(user).map_or("", |(_, user)| words::role(user.role)).to_owned()
}

/// A serial number in groups of four, as it is read out and compared.
fn grouped(serial: &Serial) -> String {
    let signs: Vec<char> = serial.to_string().chars().collect();
    signs.chunks(4).map(|group| group.iter().collect::<String>()).collect::<Vec<_>>().join(" ")
}

/// What a report stopped: all of it, or the one certificate that was asked for.
fn suspension(
    letter: Letter,
    customer: &Customer,
    incident: &Incident,
    one: Option<CertificateId>,
) -> SuspensionNotice {
    let mut held: Vec<&Certificate> = customer
        .certificates
        .iter()
        .filter(|c| c.held == Some(incident.id) && one.is_none_or(|one| one == c.id))
        .collect();
    // The administrator first, as on every list of the contract.
    let rank = |c: &Certificate| customer.user(&c.user).map_or(UserRole::Operator, |(_, user)| user.role) as u8;
    held.sort_by_key(|c| (rank(c), c.user.to_string()));
    SuspensionNotice {
        letter,
        cause: words::incident_cause(incident.cause).to_owned(),
        stopped_at: words::moment(incident.reported_at),
        lost_at: incident.lost_at.map(words::moment),
        stopped: held
            .into_iter()
            .map(|c| Stopped {
                user_id: c.user.to_string(),
                user_role: role(customer, &c.user),
                device_label: c.device_label.clone(),
                what: match c.state {
                    CertificateState::Suspended => "電子証明書の一時停止".to_owned(),
                    CertificateState::Expired => format!("{}(再取得の停止)", words::certificate_state(c.state)),
                    state => format!("{}(取得の停止)", words::certificate_state(state)),
                },
            })
            .collect(),
        paper_on: incident.paper_on.map(words::day),
        may_resume: incident.cause == domain::customer::IncidentCause::Lost,
    }
}

fn revocation(letter: Letter, customer: &Customer, certificate: &Certificate) -> Result<RevocationNotice, DeskError> {
    let revoked = certificate.revocation.as_ref().ok_or_else(|| state(certificate))?;
    let why = reason::of(customer, certificate, revoked);
    Ok(RevocationNotice {
        letter,
        user_id: certificate.user.to_string(),
        user_role: role(customer, &certificate.user),
        device_label: certificate.device_label.clone(),
        serial: certificate.signed.as_ref().map(|s| grouped(&s.serial)).unwrap_or_default(),
        revoked_at: words::moment(revoked.at),
        reason: why.word.to_owned(),
        rfc_reason: words::rfc_reason(revoked.reason),
        lost_at: why.lost_at.map(words::moment),
        invalid_from: revoked.invalid_from.map(words::moment),
        next_steps: reason::next_steps(customer, certificate, revoked).to_owned(),
    })
}

/// Restoring helps only while the certificate is good.
fn restore(letter: Letter, customer: &Customer, certificate: &Certificate) -> Result<RestoreGuide, DeskError> {
    let signed = certificate.signed.as_ref().filter(|_| certificate.state == CertificateState::Active);
    let signed = signed.ok_or_else(|| state(certificate))?;
    Ok(RestoreGuide {
        letter,
        user_id: certificate.user.to_string(),
        user_role: role(customer, &certificate.user),
        device_label: certificate.device_label.clone(),
        serial: grouped(&signed.serial),
        valid_until: words::day(calendar::jst_day(signed.not_after)),
    })
}

impl Desk {
    /// A paper on screen, ready to print.
    ///
    /// # Errors
    /// Nobody works here, there is nothing of this kind to say of `id`, or the paper can't be made.
    pub async fn notice_slip(&self, kind: NoticeKind, id: &str) -> Result<SlipView, DeskError> {
        let slip = self.notice_of(kind, id).await?;
        Ok(SlipView {
            certificate_id: String::new(),
            number: 0,
            masked: false,
            pages: slip::render_svg(&slip).map_err(|e| failed(&e))?,
            print_ticket: None,
            deadline: String::new(),
        })
    }

    /// The same as PDF. Training only, as with every paper.
    ///
    /// # Errors
    /// Not in training, or as [`Desk::notice_slip`].
    pub async fn notice_pdf(&self, kind: NoticeKind, id: &str) -> Result<Vec<u8>, DeskError> {
        if !self.inner.profile.training {
            return Err(ErrorCode::SlipSaveRefused.into());
        }
        let slip = self.notice_of(kind, id).await?;
        slip::render_pdf(&slip).map_err(|e| failed(&e))
    }

    async fn notice_of(&self, kind: NoticeKind, id: &str) -> Result<Slip, DeskError> {
        let staff = self.working()?;
        match kind {
            NoticeKind::Suspension => self.suspension_of(&staff, id).await,
            NoticeKind::Revocation => {
                let (customer, id) = self.customer_of_certificate(id).await?;
                self.opening(&staff, &customer).await?;
                let found = customer.certificate(id).ok_or(ErrorCode::CertificateUnknown)?;
                let letter = self.letter(&staff, &customer, &found.contract.to_string(), &found.id.to_string())?;
                Ok(Slip::Revocation(revocation(letter, &customer, found)?))
            }
            NoticeKind::Restore => {
                let user: UserId = id.parse()?;
                let customer = self.customer_of_user(&user).await?;
                self.opening(&staff, &customer).await?;
                let of_user = || customer.certificates.iter().rev().filter(|c| c.user == user);
                let found = of_user().find(|c| c.state == CertificateState::Active).or_else(|| of_user().next());
                let found = found.ok_or(ErrorCode::CertificateUnknown)?;
                let letter = self.letter(&staff, &customer, &found.contract.to_string(), &found.id.to_string())?;
                Ok(Slip::Restore(restore(letter, &customer, found)?))
            }
        }
    }

    /// By the report's id, or by that of one certificate it stopped.
    async fn suspension_of(&self, staff: &SignedIn, id: &str) -> Result<Slip, DeskError> {
        let certificate = match self.customer_of_certificate(id).await {
            Ok(found) => Some(found),
            Err(error) if error.code() == ErrorCode::CertificateUnknown => None,
            Err(error) => return Err(error),
        };
        let (customer, incident, one) = match certificate {
            Some((customer, id)) => {
                let found = customer.certificate(id).ok_or(ErrorCode::CertificateUnknown)?;
                let held: IncidentId = found.held.ok_or_else(|| state(found))?;
                (customer, held, Some(id))
            }
            None => {
                let (customer, incident) = self.customer_of_incident(id).await?;
                (customer, incident, None)
            }
        };
        self.opening(staff, &customer).await?;
        let incident = customer.incident(incident).ok_or(ErrorCode::IncidentUnknown)?;
        let held = customer.certificates.iter().find(|c| c.held == Some(incident.id));
        let contract = held.ok_or(ErrorCode::IncidentState)?.contract.to_string();
        let letter = self.letter(staff, &customer, &contract, id)?;
        Ok(Slip::Suspension(suspension(letter, &customer, incident, one)))
    }

    async fn customer_of_user(&self, user: &UserId) -> Result<Customer, DeskError> {
        let row: Option<(String,)> =
            sqlx::query_as("SELECT customer_id FROM term WHERE term = $1 AND kind = 'user_id' AND shown = $2 LIMIT 1")
                .bind(search_key(user.as_str()))
                .bind(user.as_str())
                .fetch_optional(&self.inner.replica.readers)
                .await?;
        match row {
            Some((customer,)) => self.find_customer(customer.parse()?).await,
            None => Err(DeskError::Refused(Refusal::new(ErrorCode::UserUnknown).with("user_id", user))),
        }
    }

    fn letter(&self, staff: &SignedIn, customer: &Customer, contract: &str, id: &str) -> Result<Letter, DeskError> {
        let details = printable(customer)?;
        let branch_code = customer.branch.as_ref().map(ToString::to_string).unwrap_or_default();
        Ok(Letter {
            training: self.inner.profile.training,
            institution: self.institution_name(),
            branch_name: self.branch_name(&branch_code),
            branch_code,
            customer_name: details.name.clone(),
            customer_kana: details.kana.clone(),
            contract_number: contract.to_owned(),
            issued_at: words::day(calendar::jst_day(self.centre_now())),
            notice_id: id.chars().take(8).collect(),
            staff: staff.name.clone(),
            contacts: self.contacts(),
        })
    }
}

#[cfg(test)]
mod tests;
