//! A list as a file for the spreadsheet: CSV (RFC 4180) in UTF-8 with a byte order mark and CRLF, so that Excel opens it by
//! a double click. What customers are called must not act there: a cell that would be a formula is made text.

use domain::calendar;
use domain::event::ViewKind;

use super::{lists, words};
use crate::desk::Desk;
use crate::error::DeskError;
use crate::view::{ApplicationRow, CertificateRow, IncidentRow, ListPage, TodayList};

/// A file to save.
pub struct Export {
    /// Its name, by list and day.
    pub name: String,
    /// Its content.
    pub bytes: Vec<u8>,
}

impl std::fmt::Debug for Export {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        write!(f, "Export({}, …)", self.name)
    }
}

impl Desk {
    /// All of a list as CSV.
    ///
    /// # Errors
    /// Nobody works here, or the replica failed.
    pub async fn export_list(&self, list: TodayList) -> Result<Export, DeskError> {
        let staff = self.working()?;
        let page = self.whole_list(&staff, list).await?;
        self.showing(&staff, ViewKind::Export, lists::customers(&page)).await?;
        let rows = page.certificates.len() + page.incidents.len() + page.applications.len();
        let bytes = csv(&page)?;
        tracing::info!(staff = %staff.staff, ?list, rows, "a list was exported");
        let today = calendar::jst_day(self.centre_now()).format("%Y%m%d");
        Ok(Export { name: format!("{}_{today}.csv", words::list(list)), bytes })
    }
}

/// Makes text of what a spreadsheet would calculate: an apostrophe before it, as people write it by hand. Full-width
/// signs count, and so does what stands behind spaces.
fn text(cell: &str) -> String {
    let acts = |c: char| matches!(c, '=' | '+' | '-' | '@' | '\t' | '\r' | '\n' | '＝' | '＋' | '－' | '＠');
    let first = cell.chars().next().is_some_and(acts);
    let behind = cell.trim_start().chars().next().is_some_and(acts);
    if first || behind { format!("'{cell}") } else { cell.to_owned() }
}

fn csv(page: &ListPage) -> Result<Vec<u8>, DeskError> {
    let failed = |error: &dyn std::fmt::Display| DeskError::Internal(format!("csv: {error}"));
    let mut out =
        csv::WriterBuilder::new().terminator(csv::Terminator::CRLF).from_writer("\u{feff}".as_bytes().to_vec());
    let (header, rows) = table(page);
    out.write_record(header).map_err(|e| failed(&e))?;
    for row in rows {
        out.write_record(row).map_err(|e| failed(&e))?;
    }
    out.into_inner().map_err(|e| failed(&e))
}

type Table = (&'static [&'static str], Vec<Vec<String>>);

fn table(page: &ListPage) -> Table {
    match page.list {
        TodayList::ToPrint | TodayList::ToHandOver | TodayList::NotFetched | TodayList::BeingFetched => (
            &[
                "残り日数",
                "取得期限",
                "氏名・名称",
                "カナ",
                "電話",
                "契約者番号",
                "利用者ID",
                "役割",
                "利用PC",
                "証明書",
                "手続き",
            ],
            page.certificates.iter().map(right).collect(),
        ),
        TodayList::Ending => (
            &[
                "残り日数",
                "有効期限",
                "氏名・名称",
                "カナ",
                "電話",
                "契約者番号",
                "利用者ID",
                "役割",
                "利用PC",
                "証明書",
                "次の証明書",
            ],
            page.certificates.iter().map(ending).collect(),
        ),
        TodayList::Incidents | TodayList::Unconfirmed | TodayList::PapersOutstanding => (
            &[
                "経過日数",
                "停止日時",
                "理由",
                "氏名・名称",
                "カナ",
                "電話",
                "契約者番号",
                "利用者ID",
                "お申し出の方",
                "折返しの電話番号",
                "事後検印",
                "失効依頼書",
                "督促回数",
            ],
            page.incidents.iter().map(incident).collect(),
        ),
        TodayList::Waiting | TodayList::Returned | TodayList::Applications => (
            &[
                "受付番号",
                "申込の種類",
                "状態",
                "登録日時",
                "氏名・名称",
                "カナ",
                "電話",
                "契約者番号",
                "利用者ID",
                "理由・連絡事項",
            ],
            page.applications.iter().map(application).collect(),
        ),
    }
}

fn certificate(row: &CertificateRow, last: &str) -> Vec<String> {
    vec![
        // A number of ours, not a text: it may be negative.
        row.days_left.to_string(),
        row.day.replace('-', "/"),
        text(&row.customer_name),
        text(&row.customer_kana),
        text(&row.phone),
        text(&row.contract),
        text(&row.user_id),
        row.role.map(words::role).unwrap_or_default().to_owned(),
        text(&row.device_label),
        words::certificate_state(row.state).to_owned(),
        last.to_owned(),
    ]
}

fn right(row: &CertificateRow) -> Vec<String> {
    certificate(row, if row.renews { "更新(お客様)" } else { "発行" })
}

fn ending(row: &CertificateRow) -> Vec<String> {
    certificate(row, row.successor.map(words::certificate_state).unwrap_or_default())
}

fn incident(row: &IncidentRow) -> Vec<String> {
    let word = |on: bool, yes: &str, no: &str| if on { yes.to_owned() } else { no.to_owned() };
    vec![
        row.age_days.to_string(),
        words::cell_time(&row.reported_at),
        words::incident_cause(row.cause).to_owned(),
        text(&row.customer_name),
        text(&row.customer_kana),
        text(&row.phone),
        text(&row.contract),
        if row.user_id.is_empty() { "契約のすべて".to_owned() } else { text(&row.user_id) },
        text(&row.caller),
        text(&row.call_back),
        word(row.confirmed, "検印済", "未検印"),
        word(row.paper, "受領済", "未着"),
        row.reminded.to_string(),
    ]
}

fn application(row: &ApplicationRow) -> Vec<String> {
    vec![
        text(&row.receipt),
        words::kind(row.kind).to_owned(),
        words::application_state(row.state).to_owned(),
        words::cell_time(&row.submitted_at),
        text(&row.customer_name),
        text(&row.customer_kana),
        text(&row.phone),
        text(&row.contract),
        text(&row.users),
        text(&row.comment),
    ]
}

#[cfg(test)]
#[allow(clippy::unwrap_used, clippy::indexing_slicing, reason = "tests")]
mod tests;
