//! 受付票: the customer's receipt for an application, and what happens next.

use domain::ErrorCode;
use domain::customer::{Application, ReissueCause, Request};
use slip::{Receipt, Slip};

use super::slip::failed;
use super::{views, words};
use crate::desk::Desk;
use crate::error::DeskError;
use crate::view::SlipView;

fn pickup(slip: &str) -> String {
    format!("{slip}をお渡しします。{slip}に記載の取得期限までに、電子証明書を取得してください。")
}

/// What follows an application; one step a line.
fn next_steps(application: &Application) -> String {
    let again = pickup("再発行通知書");
    let old = "現在の電子証明書は、新しい電子証明書が有効になったときに失効します。それまではご利用いただけます。";
    match &application.request {
        Request::Close { closing_on, .. } => format!(
            "役席の承認後、{}に電子証明書を失効します。以後、ご契約の利用者IDではログインできません。",
            words::day(*closing_on)
        ),
        Request::RemoveUsers { .. } => {
            "役席の承認後、お申し込みの利用者IDの電子証明書を失効します。以後、その利用者IDではログインできません。"
                .to_owned()
        }
        Request::ForceStop { .. } => {
            "事務部の承認後、対象の利用者IDの電子証明書を失効します。以後、その利用者IDではログインできません。"
                .to_owned()
        }
        Request::Recontract { closing_on, opened_on, .. } => format!(
            "役席の承認後、発行通知書をお渡しします。現在の電子証明書は{}に失効し、新しい電子証明書は{}から取得できます。",
            words::day(*closing_on),
            words::day(*opened_on)
        ),
        Request::Reissue { cause: ReissueCause::Ended, .. } => format!("役席の承認後、{again}"),
        Request::Reissue { cause, .. } if cause.ends().1 => format!(
            "役席の承認と同時に、現在の電子証明書を失効します。新しい電子証明書を取得するまでログインできません。\n\
             お使いになるパソコンのウイルス検査を済ませてください。\n{again}"
        ),
        Request::Reissue { .. } => format!("役席の承認後、{again}\n{old}"),
        Request::Rename { users, .. } if users.is_empty() => {
            "役席の承認後、お届けの名義を変更します。電子証明書は引き続きご利用いただけます。".to_owned()
        }
        Request::Rename { .. } => format!("役席の承認後、お届けの名義を変更し、{again}\n{old}"),
        Request::MoveToCertificate { .. } | Request::NewContract { .. } | Request::AddUser { .. } => {
            format!("役席の承認後、{}", pickup("発行通知書"))
        }
    }
}

impl Desk {
    /// 受付票.
    ///
    /// # Errors
    /// Nobody works here, or no such application.
    pub async fn receipt_slip(&self, application_id: &str) -> Result<SlipView, DeskError> {
        let staff = self.working()?;
        let (customer, id) = self.customer_of_application(application_id).await?;
        self.opening(&staff, &customer).await?;
        let application = customer.application(id).ok_or(ErrorCode::ApplicationUnknown)?;
        let branch_code = customer.branch.as_ref().map(ToString::to_string).unwrap_or_default();
        let users = views::request_users(&customer, &application.request);
        let receipt = Receipt {
            training: self.inner.profile.training,
            institution: self.institution_name(),
            branch_name: self.branch_name(&branch_code),
            branch_code,
            customer_name: customer.details.as_ref().map(|d| d.name.clone()).unwrap_or_default(),
            contract_number: application.request.contract().to_string(),
            kind: words::kind(views::kind(&application.request)).to_owned(),
            user_ids: users.into_iter().map(|u| (u.user_id, u.device_label)).collect(),
            receipt_number: application.receipt.to_string(),
            received_at: words::day(application.received_on),
            staff: staff.name,
            next_steps: next_steps(application),
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
}
