//! What stands on the paper that invites a branch PC.

use serde::Serialize;

use crate::{Contact, PickupCodeText};

/// 端末登録のご案内.
#[derive(Debug, Clone, Serialize)]
pub struct TerminalInvitation {
    /// Says 訓練 on every page.
    pub training: bool,
    /// Institution.
    pub institution: String,
    /// Branch name.
    pub branch_name: String,
    /// 店番.
    pub branch_code: String,
    /// The PC's place.
    pub label: String,
    /// Address of the centre's enrolment.
    pub centre: String,
    /// The fingerprint, in words.
    pub words: Vec<String>,
    /// The same in hex.
    pub hex: String,
    /// 招待コード.
    #[serde(skip)]
    pub invitation: PickupCodeText,
    /// All of it as one line, for the QR code.
    #[serde(skip)]
    pub line: PickupCodeText,
    /// Until when it can be used, as text.
    pub until: String,
    /// Date of issue, as text.
    pub issued_at: String,
    /// Who made it.
    pub staff: String,
    /// Help desk and systems section.
    pub contacts: Vec<Contact>,
}
