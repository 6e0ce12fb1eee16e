//! A list as a file: CSV in UTF-8 or Shift_JIS, a workbook, or a paper (A4 lying on its side). What customers are called must not act
//! in a spreadsheet: in CSV a cell that would be a formula is made text, in a workbook every text is one.

mod csv;
mod sheet;
mod xlsx;

pub(super) use csv::{Csv, Encoding};
pub(super) use sheet::{Cell, Column, Sheet};

use domain::calendar;
use domain::event::ViewKind;
use slip::{Slip, TableColumn, TablePaper};
use wire::api::session::SignedIn;

use super::slip::failed;
use super::{lists, words};
use crate::desk::Desk;
use crate::error::DeskError;
use crate::view::{ApplicationRow, CertificateRow, ExportFormat, IncidentRow, ListPage, TodayList};

/// A file to save.
pub struct Export {
    /// Its name, by list and day.
    pub name: String,
    /// What kind of file it is, as the end of its name without the dot.
    pub extension: &'static str,
    /// Its content.
    pub bytes: Vec<u8>,
}

impl std::fmt::Debug for Export {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        write!(f, "Export({}, …)", self.name)
    }
}

impl Desk {
    /// All of a list as a file.
    ///
    /// # Errors
    /// Nobody works here, a character has no place in the chosen encoding, or the replica failed.
    pub async fn export_list(&self, list: TodayList, format: ExportFormat) -> Result<Export, DeskError> {
        let staff = self.working()?;
        let page = self.whole_list(&staff, list).await?;
        self.showing(&staff, ViewKind::Export, lists::customers(&page)).await?;
        let today = calendar::jst_day(self.centre_now());
        let (columns, rows) = table(&page);
        let about = format!("{} 現在", words::day(today));
        let sheet = Sheet { title: words::list(list).to_owned(), about, columns, rows };
        self.file(&staff, &sheet, format)
    }

    /// A table as the file that was asked for.
    pub(super) fn file(&self, staff: &SignedIn, sheet: &Sheet, format: ExportFormat) -> Result<Export, DeskError> {
        let bytes = match format {
            ExportFormat::CsvUtf8 => csv::whole(sheet, Encoding::Utf8)?,
            ExportFormat::CsvShiftJis => csv::whole(sheet, Encoding::ShiftJis)?,
            ExportFormat::Xlsx => xlsx::workbook(sheet, self.centre_now())?,
            ExportFormat::Pdf => self.on_paper(staff, sheet)?,
        };
        tracing::info!(staff = %staff.staff, title = sheet.title, ?format, rows = sheet.rows.len(), "a list was exported");
        let (name, extension) = self.file_name(&sheet.title, format);
        Ok(Export { name, extension, bytes })
    }

    /// What a file of today is called, and the end of its name.
    pub(super) fn file_name(&self, title: &str, format: ExportFormat) -> (String, &'static str) {
        let extension = match format {
            ExportFormat::CsvUtf8 | ExportFormat::CsvShiftJis => "csv",
            ExportFormat::Xlsx => "xlsx",
            ExportFormat::Pdf => "pdf",
        };
        let today = calendar::jst_day(self.centre_now()).format("%Y%m%d");
        (format!("{title}_{today}.{extension}"), extension)
    }

    fn on_paper(&self, staff: &SignedIn, sheet: &Sheet) -> Result<Vec<u8>, DeskError> {
        let branch = self.inner.identity.branch.as_str();
        let column = |column: &Column| TableColumn { name: column.name.clone(), number: column.number };
        let table = TablePaper {
            training: self.inner.profile.training,
            institution: self.institution_name(),
            branch_name: self.branch_name(branch),
            branch_code: branch.to_owned(),
            title: sheet.title.clone(),
            about: sheet.about.clone(),
            made_at: words::moment(self.centre_now()),
            staff: words::printed_by(staff),
            columns: sheet.columns.iter().map(column).collect(),
            rows: sheet.rows.iter().map(|row| row.iter().map(Cell::plain).collect()).collect(),
        };
        slip::render_pdf(&Slip::Table(table)).map_err(|e| failed(&e))
    }
}

type Table = (Vec<Column>, Vec<Vec<Cell>>);

/// Columns by name; those that hold numbers of ours are marked.
fn columns(names: &[&str]) -> Vec<Column> {
    let number = |name: &str| matches!(name, "残り日数" | "経過日数" | "督促回数");
    names.iter().map(|name| Column { name: (*name).to_owned(), number: number(name) }).collect()
}

fn text(cell: &str) -> Cell {
    Cell::Text(cell.to_owned())
}

fn table(page: &ListPage) -> Table {
    match page.list {
        TodayList::ToPrint | TodayList::ToHandOver | TodayList::NotFetched | TodayList::BeingFetched => (
            columns(&[
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
            ]),
            page.certificates.iter().map(right).collect(),
        ),
        TodayList::Ending => (
            columns(&[
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
            ]),
            page.certificates.iter().map(ending).collect(),
        ),
        TodayList::Incidents | TodayList::Unconfirmed | TodayList::PapersOutstanding => (
            columns(&[
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
            ]),
            page.incidents.iter().map(incident).collect(),
        ),
        TodayList::Waiting | TodayList::Returned | TodayList::Applications => (
            columns(&[
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
            ]),
            page.applications.iter().map(application).collect(),
        ),
    }
}

fn certificate(row: &CertificateRow, last: &str) -> Vec<Cell> {
    vec![
        Cell::Number(i64::from(row.days_left)),
        text(&row.day.replace('-', "/")),
        text(&row.customer_name),
        text(&row.customer_kana),
        text(&row.phone),
        text(&row.contract),
        text(&row.user_id),
        text(row.role.map(words::role).unwrap_or_default()),
        text(&row.device_label),
        text(words::certificate_state(row.state)),
        text(last),
    ]
}

fn right(row: &CertificateRow) -> Vec<Cell> {
    certificate(row, if row.renews { "更新(お客様)" } else { "発行" })
}

fn ending(row: &CertificateRow) -> Vec<Cell> {
    certificate(row, row.successor.map(words::certificate_state).unwrap_or_default())
}

fn incident(row: &IncidentRow) -> Vec<Cell> {
    let word = |on: bool, yes: &str, no: &str| text(if on { yes } else { no });
    vec![
        Cell::Number(i64::from(row.age_days)),
        text(&words::cell_time(&row.reported_at)),
        text(words::incident_cause(row.cause)),
        text(&row.customer_name),
        text(&row.customer_kana),
        text(&row.phone),
        text(&row.contract),
        text(if row.user_id.is_empty() { "契約のすべて" } else { &row.user_id }),
        text(&row.caller),
        text(&row.call_back),
        word(row.confirmed, "検印済", "未検印"),
        word(row.paper, "受領済", "未着"),
        Cell::Number(i64::from(row.reminded)),
    ]
}

fn application(row: &ApplicationRow) -> Vec<Cell> {
    vec![
        text(&row.receipt),
        text(words::kind(row.kind)),
        text(words::application_state(row.state)),
        text(&words::cell_time(&row.submitted_at)),
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
