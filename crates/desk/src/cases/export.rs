//! A list as a file: CSV in UTF-8 or Shift_JIS, a workbook, or a paper (A4 lying on its side). What customers are called must not act
//! in a spreadsheet: in CSV a cell that would be a formula is made text, in a workbook every text is one.

mod csv;
mod list;
mod sheet;
mod xlsx;

pub(super) use csv::{Csv, Encoding};
pub(super) use sheet::{Cell, Column, Sheet};

use domain::calendar;
use domain::event::ViewKind;
use slip::{Slip, TablePaper};
use wire::api::session::SignedIn;

use super::lists;
use super::slip::failed;
use super::words::{self, Words};
use crate::desk::Desk;
use crate::error::DeskError;
use crate::view::{ExportAs, ExportFormat, TodayList};

/// Rows of a workbook that a PC of a branch opens, and of a paper that somebody reads.
pub(super) const MOST_IN_WORKBOOK: usize = 50_000;
pub(super) const MOST_ON_PAPER: usize = 2_000;

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
    pub async fn export_list(&self, list: TodayList, how: impl Into<ExportAs>) -> Result<Export, DeskError> {
        let staff = self.working()?;
        let page = self.whole_list(&staff, list).await?;
        self.showing(&staff, ViewKind::Export, lists::customers(&page)).await?;
        let how = how.into();
        let today = calendar::jst_day(self.centre_now());
        self.file(&staff, &list::sheet(&page, today, Words(how.language())), how.format)
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
        (self.dated(title, extension), extension)
    }

    pub(super) fn dated(&self, title: &str, extension: &str) -> String {
        let today = calendar::jst_day(self.centre_now()).format("%Y%m%d");
        format!("{title}_{today}.{extension}")
    }

    fn on_paper(&self, staff: &SignedIn, sheet: &Sheet) -> Result<Vec<u8>, DeskError> {
        let branch = self.inner.identity.branch.as_str();
        let (columns, rows) = sheet.on_paper();
        let table = TablePaper {
            training: self.inner.profile.training,
            institution: self.institution_name(),
            branch_name: self.branch_name(branch),
            branch_code: branch.to_owned(),
            title: sheet.title.clone(),
            about: sheet.about.clone(),
            made_at: words::moment(self.centre_now()),
            staff: words::printed_by(staff),
            columns,
            rows,
        };
        slip::render_pdf(&Slip::Table(table)).map_err(|e| failed(&e))
    }
}

#[cfg(test)]
#[allow(clippy::unwrap_used, clippy::indexing_slicing, reason = "tests")]
mod tests;
