//! What stands on the papers about something that happened to certificates: no secret is on them.

use serde::Serialize;

use crate::Contact;

/// From whom, to whom, when: the same on every letter.
#[derive(Debug, Clone, Serialize)]
pub struct Letter {
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
    /// Date of issue, as text.
    pub issued_at: String,
    /// Short reference.
    pub notice_id: String,
    /// Who printed it.
    pub staff: String,
    /// Help desk and systems section.
    pub contacts: Vec<Contact>,
}

/// A user ID and what became of its certificate or right.
#[derive(Debug, Clone, Serialize)]
pub struct Stopped {
    /// 利用者ID.
    pub user_id: String,
    /// 管理者 and so on.
    pub user_role: String,
    /// 利用PC.
    pub device_label: String,
    /// What was stopped.
    pub what: String,
}

/// 一時停止のお知らせ.
#[derive(Debug, Clone, Serialize)]
pub struct SuspensionNotice {
    /// From whom, to whom.
    #[serde(flatten)]
    pub letter: Letter,
    /// 紛失 and so on.
    pub cause: String,
    /// Since when, as text.
    pub stopped_at: String,
    /// Time of the loss as text, if known.
    pub lost_at: Option<String>,
    /// What was stopped.
    pub stopped: Vec<Stopped>,
    /// Day the 失効依頼書 arrived, as text.
    pub paper_on: Option<String>,
    /// May it be resumed when the PC is found? After a loss only.
    pub may_resume: bool,
}

/// 失効完了通知書.
#[derive(Debug, Clone, Serialize)]
pub struct RevocationNotice {
    /// From whom, to whom.
    #[serde(flatten)]
    pub letter: Letter,
    /// 利用者ID.
    pub user_id: String,
    /// 管理者 and so on.
    pub user_role: String,
    /// 利用PC.
    pub device_label: String,
    /// Serial number in groups; empty if nothing was signed.
    pub serial: String,
    /// When it was revoked, as text.
    pub revoked_at: String,
    /// In the branch's words.
    pub reason: String,
    /// In RFC 5280's.
    pub rfc_reason: String,
    /// Time of the loss as text, if known.
    pub lost_at: Option<String>,
    /// From when on it must not be trusted, as text, if recorded.
    pub invalid_from: Option<String>,
    /// What the customer does next.
    pub next_steps: String,
}

/// バックアップからの復元手順.
#[derive(Debug, Clone, Serialize)]
pub struct RestoreGuide {
    /// From whom, to whom.
    #[serde(flatten)]
    pub letter: Letter,
    /// 利用者ID.
    pub user_id: String,
    /// 管理者 and so on.
    pub user_role: String,
    /// 利用PC.
    pub device_label: String,
    /// Serial number in groups.
    pub serial: String,
    /// End of validity, as text.
    pub valid_until: String,
}
