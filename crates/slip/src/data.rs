//! What stands on the slips: texts as they are printed. Nothing is calculated or looked up here.

use serde::Serialize;
use zeroize::{Zeroize, ZeroizeOnDrop};

use crate::invitation::TerminalInvitation;
use crate::ledger::{DayLedger, TablePaper};
use crate::letter::{RestoreGuide, RevocationNotice, SuspensionNotice};
use crate::report::{ChartPicture, ReportPaper};

/// A pickup code in groups. Wiped when dropped; `Debug` hides it.
#[derive(Clone, Zeroize, ZeroizeOnDrop)]
pub struct PickupCodeText(String);

impl PickupCodeText {
    /// Takes the printed form.
    pub fn new(text: String) -> Self {
        Self(text)
    }

    /// The code, or dots in its place. The dots say nothing of the code, not even its length.
    pub(crate) fn shown(&self, masked: bool) -> &str {
        if masked { "●●●●-●●●●-●●●●-●●●●-●" } else { &self.0 }
    }
}

impl std::fmt::Debug for PickupCodeText {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str("PickupCodeText(…)")
    }
}

/// A contact of the institution.
#[derive(Debug, Clone, Serialize)]
pub struct Contact {
    /// What it is for.
    pub title: String,
    /// Phone.
    pub phone: String,
    /// Hours.
    pub hours: String,
    /// E-mail.
    pub email: Option<String>,
}

/// 発行通知書, and 再発行通知書.
#[derive(Debug, Clone, Serialize)]
pub struct IssueNotice {
    /// Says 訓練 on every page.
    pub training: bool,
    /// Institution.
    pub institution: String,
    /// Branch name.
    pub branch_name: String,
    /// 店番.
    pub branch_code: String,
    /// Customer.
    pub customer_name: String,
    /// Reading.
    pub customer_kana: String,
    /// 契約者番号.
    pub contract_number: String,
    /// 利用者ID.
    pub user_id: String,
    /// 管理者 and so on.
    pub user_role: String,
    /// 利用PC.
    pub device_label: String,
    /// 取得コード.
    #[serde(skip)]
    pub pickup_code: PickupCodeText,
    /// Print dots instead of the code? Then the code never reaches the typesetter.
    pub masked: bool,
    /// 取得期限, as text.
    pub deadline: String,
    /// Date of issue, as text.
    pub issued_at: String,
    /// Pickup page.
    pub portal_url: String,
    /// Help desk and systems section.
    pub contacts: Vec<Contact>,
    /// Which print this is.
    pub print_number: u32,
    /// Is it 再発行通知書?
    pub reissue: bool,
    /// What becomes of the certificate before it; `None` where there was none.
    pub old_certificate: Option<String>,
    /// Short reference.
    pub notice_id: String,
    /// Who printed it.
    pub staff: String,
}

/// 受付票.
#[derive(Debug, Clone, Serialize)]
pub struct Receipt {
    /// Says 訓練 on every page.
    pub training: bool,
    /// Institution.
    pub institution: String,
    /// Branch name.
    pub branch_name: String,
    /// 店番.
    pub branch_code: String,
    /// Customer.
    pub customer_name: String,
    /// 契約者番号.
    pub contract_number: String,
    /// What was applied for.
    pub kind: String,
    /// User IDs with their PCs.
    pub user_ids: Vec<(String, String)>,
    /// 受付番号.
    pub receipt_number: String,
    /// When, as text.
    pub received_at: String,
    /// Who took it.
    pub staff: String,
    /// What happens next; one step a line.
    pub next_steps: String,
    /// Help desk and systems section.
    pub contacts: Vec<Contact>,
}

/// A slip.
#[derive(Debug, Clone)]
pub enum Slip {
    /// 発行通知書.
    IssueNotice(IssueNotice),
    /// 受付票.
    Receipt(Receipt),
    /// 一時停止のお知らせ.
    Suspension(SuspensionNotice),
    /// 失効完了通知書.
    Revocation(RevocationNotice),
    /// バックアップからの復元手順.
    Restore(RestoreGuide),
    /// 端末登録のご案内.
    TerminalInvitation(TerminalInvitation),
    /// 発行管理簿.
    DayLedger(DayLedger),
    /// A list.
    Table(TablePaper),
    /// 報告.
    Report(ReportPaper),
    /// A chart of one.
    Chart(ChartPicture),
}
