//! What stands on papers that go on over many pages: 発行管理簿 of a day, and lists and reports as tables.

use serde::Serialize;

/// An entry of the day.
#[derive(Debug, Clone, Serialize)]
pub struct LedgerRow {
    /// Time, as text.
    pub at: String,
    /// What happened.
    pub kinds: String,
    /// What is exceptional about it; empty: nothing.
    pub exceptions: String,
    /// 利用者ID.
    pub users: String,
    /// Customer, or what else it is about.
    pub customer: String,
    /// 受付番号.
    pub receipt: String,
    /// Who did it, or registered what was decided.
    pub staff: String,
    /// Who decided it.
    pub approver: String,
    /// At which terminal.
    pub terminal: String,
}

/// 検印 of the day.
#[derive(Debug, Clone, Serialize)]
pub struct LedgerSigned {
    /// Who.
    pub by: String,
    /// When, as text.
    pub at: String,
    /// What was said; may be empty.
    pub comment: String,
}

/// 発行管理簿.
#[derive(Debug, Clone, Serialize)]
pub struct DayLedger {
    /// Says 訓練 on every page.
    pub training: bool,
    /// Institution.
    pub institution: String,
    /// Branch name.
    pub branch_name: String,
    /// 店番.
    pub branch_code: String,
    /// The business day, as text.
    pub day: String,
    /// From when to when, as text.
    pub span: String,
    /// When it was made, as text.
    pub made_at: String,
    /// Who made it.
    pub staff: String,
    /// Everything that happened.
    pub rows: Vec<LedgerRow>,
    /// How many of them are exceptions.
    pub exceptions: u32,
    /// Entries under the head.
    pub head_size: String,
    /// The root in hex, in groups.
    pub head_root: Vec<String>,
    /// The root in words.
    pub head_words: Vec<String>,
    /// The head as one line, for the QR code.
    #[serde(skip)]
    pub head_line: String,
    /// `None`: not signed off.
    pub signed: Option<LedgerSigned>,
}

/// A column of a table.
#[derive(Debug, Clone, Serialize)]
pub struct TableColumn {
    /// What stands above it.
    pub name: String,
    /// Does it hold numbers?
    pub number: bool,
}

/// A list or a report as a table.
#[derive(Debug, Clone, Serialize)]
pub struct TablePaper {
    /// Says 訓練 on every page.
    pub training: bool,
    /// Institution.
    pub institution: String,
    /// Branch name.
    pub branch_name: String,
    /// 店番.
    pub branch_code: String,
    /// What it is.
    pub title: String,
    /// What it is of: a period, a day; as text.
    pub about: String,
    /// When it was made, as text.
    pub made_at: String,
    /// Who made it.
    pub staff: String,
    /// The columns.
    pub columns: Vec<TableColumn>,
    /// The rows.
    pub rows: Vec<Vec<String>>,
}
