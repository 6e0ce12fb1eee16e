//! Everything that is wrong with a file of customers, as a file: whoever corrects it works in a spreadsheet, and the screen shows the
//! first of them only. CSV is written page by page as the centre gives them.

use std::io::Write;

use domain::{ErrorCode, Refusal};
use wire::api::import::{ImportPhase, ImportProblem};
use wire::api::session::SignedIn;

use super::export::{Cell, Column, Csv, Encoding, MOST_IN_WORKBOOK, MOST_ON_PAPER, Sheet};
use super::import_words::reason;
use super::straight::token;
use super::words::{Word, Words};
use crate::desk::Desk;
use crate::error::DeskError;
use crate::view::{ExportAs, ExportFormat};

const TITLE: Word = ("取り込みの悪い行", "Bad lines of an import");

impl Desk {
    /// The name of a file of them, and the end of that.
    pub fn import_problems_name(&self, how: impl Into<ExportAs>) -> (String, &'static str) {
        let how = how.into();
        self.file_name(how.language().pick(TITLE.0, TITLE.1), how.format)
    }

    /// Writes everything that is wrong with the file that was looked at. What is there after an error is of no use. Gives how many there
    /// are.
    ///
    /// # Errors
    /// Nobody of head office works here, the centre has another file or none ([`ErrorCode::ImportMissing`]), a workbook or paper would
    /// be too long ([`ErrorCode::ExportTooLong`]), it can't be written, or the centre is out of reach.
    pub async fn export_import_problems(
        &self,
        sha256: &str,
        how: impl Into<ExportAs> + Send,
        mut out: impl Write + Send,
    ) -> Result<usize, DeskError> {
        let (staff, how) = (self.head_office()?, how.into());
        let (format, words) = (how.format, Words(how.language()));
        let most = match format {
            ExportFormat::CsvUtf8 => return self.bad_lines(&staff, sha256, (Encoding::Utf8, words), out).await,
            ExportFormat::CsvShiftJis => return self.bad_lines(&staff, sha256, (Encoding::ShiftJis, words), out).await,
            ExportFormat::Xlsx => MOST_IN_WORKBOOK,
            ExportFormat::Pdf => MOST_ON_PAPER,
        };
        let mut rows = Vec::new();
        let count = self
            .each_problem(&staff, sha256, most, |one| {
                rows.push(cells(one, words));
                Ok(())
            })
            .await?;
        let about = words.as_of(&words.moment(self.centre_now()));
        let title = words.pick(TITLE.0, TITLE.1).to_owned();
        let bytes = self.file(&staff, &Sheet { title, about, columns: columns(words), rows }, format)?.bytes;
        out.write_all(&bytes).and_then(|()| out.flush()).map_err(|_| ErrorCode::FileNotSaved)?;
        Ok(count)
    }

    async fn bad_lines(
        &self,
        staff: &SignedIn,
        sha256: &str,
        (encoding, words): (Encoding, Words),
        out: impl Write + Send,
    ) -> Result<usize, DeskError> {
        let mut csv = Csv::begin(out, encoding, &columns(words))?;
        let count = self.each_problem(staff, sha256, usize::MAX, |one| csv.row(&cells(one, words))).await?;
        csv.end()?;
        tracing::info!(staff = %staff.staff, ?encoding, rows = count, "bad lines of a file of customers were exported");
        Ok(count)
    }

    /// All of them, in the order of the file's lines; more than `most` are refused.
    async fn each_problem(
        &self,
        staff: &SignedIn,
        sha256: &str,
        most: usize,
        mut each: impl FnMut(&ImportProblem) -> Result<(), DeskError>,
    ) -> Result<usize, DeskError> {
        let mut told = 0;
        loop {
            let state = self.inner.centre.import_state(token(staff)?, told).await?;
            // Somebody may have sent another file in between.
            let looked = state.phase == ImportPhase::Looked && state.sha256 == sha256;
            let report = state.report.filter(|_| looked).ok_or(ErrorCode::ImportMissing)?;
            let count = usize::try_from(report.problem_count).unwrap_or(usize::MAX);
            if count > most {
                return Err(Refusal::new(ErrorCode::ExportTooLong).with("rows", count).with("most", most).into());
            }
            if told == report.problem_count {
                return Ok(count);
            }
            if report.problems_from != told || report.problems.is_empty() {
                return Err(DeskError::Internal("the centre does not go on naming what is wrong".to_owned()));
            }
            report.problems.iter().try_for_each(&mut each)?;
            told += report.problems.len() as u64;
        }
    }
}

fn columns(words: Words) -> Vec<Column> {
    const LINE: Word = ("行", "Line");
    [LINE, ("列", "Column"), ("理由と直し方", "Reason, and what to do")]
        .map(|title| words.column(title, title == LINE))
        .into()
}

fn cells(one: &ImportProblem, words: Words) -> Vec<Cell> {
    let line = i64::try_from(one.line).unwrap_or(i64::MAX);
    vec![Cell::Number(line), Cell::Text(one.column.clone()), Cell::Text(reason(one.code, &one.args, words))]
}
