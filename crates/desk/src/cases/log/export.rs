//! 発行ログ as a file: what the filter leaves, newest first as on screen. CSV is written page by page, so that a million entries take
//! no more memory than a page.

use std::collections::BTreeSet;
use std::io::Write;

use domain::event::ViewKind;
use domain::{ErrorCode, Refusal};
use roaring::RoaringBitmap;
use wire::api::session::SignedIn;

use super::PAGE;
use crate::cases::event_words::events;
use crate::cases::export::{Cell, Column, Csv, Encoding, MOST_IN_WORKBOOK, MOST_ON_PAPER, Sheet};
use crate::cases::ledger;
use crate::cases::words::{self, Word, Words};
use crate::desk::Desk;
use crate::error::DeskError;
use crate::replica::{entries, marks};
use crate::view::{ExportAs, ExportFormat, LogFilter, LogLine};

const TITLE: Word = ("発行ログ", "Issuance log");

impl Desk {
    /// The name of a file of it, and the end of that.
    pub fn log_file_name(&self, how: impl Into<ExportAs>) -> (String, &'static str) {
        let how = how.into();
        self.file_name(how.language().pick(TITLE.0, TITLE.1), how.format)
    }

    /// Writes everything that fits the filter. What is there after an error is of no use. Gives the number of entries.
    ///
    /// # Errors
    /// Nobody works here, the filter can't be read, its text is the beginning of too many customers' numbers
    /// ([`ErrorCode::TextTooBroad`]), a workbook or paper would be too long ([`ErrorCode::ExportTooLong`]), a
    /// character has no place in the chosen encoding, it can't be written, or the replica failed.
    pub async fn export_log(
        &self,
        filter: LogFilter,
        how: impl Into<ExportAs> + Send,
        mut out: impl Write + Send,
    ) -> Result<usize, DeskError> {
        let (staff, how) = (self.working()?, how.into());
        let (format, words) = (how.format, Words(how.language()));
        let as_of = marks::place(*self.inner.replica.applied.borrow());
        let mut db = self.inner.replica.readers.acquire().await?;
        let (places, cut) = self.found(&mut db, filter, as_of).await?;
        drop(db);
        // A file goes on without the note that stands on the screen: it is whole, or there is none.
        if let Some(most) = cut {
            return Err(Refusal::new(ErrorCode::TextTooBroad).at("text").with("most", most).into());
        }
        let count = usize::try_from(places.len()).unwrap_or(usize::MAX);
        let most = match format {
            ExportFormat::CsvUtf8 => return self.as_csv(&staff, &places, (Encoding::Utf8, words), out).await,
            ExportFormat::CsvShiftJis => return self.as_csv(&staff, &places, (Encoding::ShiftJis, words), out).await,
            ExportFormat::Xlsx => MOST_IN_WORKBOOK,
            ExportFormat::Pdf => MOST_ON_PAPER,
        };
        if count > most {
            return Err(Refusal::new(ErrorCode::ExportTooLong).with("rows", count).with("most", most).into());
        }
        let mut rows = Vec::with_capacity(count);
        let customers = self
            .each_page(&places, |line| {
                rows.push(cells(line, words, format == ExportFormat::Pdf));
                Ok(())
            })
            .await?;
        self.showing(&staff, ViewKind::Export, customers).await?;
        let about = words.as_of(&words.moment(self.centre_now()));
        let title = words.pick(TITLE.0, TITLE.1).to_owned();
        let bytes = self.file(&staff, &Sheet { title, about, columns: columns(words), rows }, format)?.bytes;
        out.write_all(&bytes).and_then(|()| out.flush()).map_err(|_| ErrorCode::FileNotSaved)?;
        Ok(count)
    }

    async fn as_csv(
        &self,
        staff: &SignedIn,
        places: &RoaringBitmap,
        (encoding, words): (Encoding, Words),
        out: impl Write + Send,
    ) -> Result<usize, DeskError> {
        let (mut csv, mut rows) = (Csv::begin(out, encoding, &columns(words))?, 0);
        let customers = self
            .each_page(places, |line| {
                rows += 1;
                csv.row(&cells(line, words, false))
            })
            .await?;
        csv.end()?;
        self.showing(staff, ViewKind::Export, customers).await?;
        tracing::info!(staff = %staff.staff, ?encoding, rows, "the log was exported");
        Ok(rows)
    }

    /// The lines of these entries, newest first. Gives the customers whose data is in them.
    async fn each_page(
        &self,
        places: &RoaringBitmap,
        mut each: impl FnMut(&LogLine) -> Result<(), DeskError>,
    ) -> Result<Vec<String>, DeskError> {
        let mut customers = BTreeSet::new();
        let mut newest_first = places.iter().rev().peekable();
        while newest_first.peek().is_some() {
            let page: Vec<u32> = newest_first.by_ref().take(PAGE as usize).collect();
            let mut db = self.inner.replica.readers.acquire().await?;
            let entries = entries::at(&mut db, &page).await?;
            let lines = self.lines(&mut db, &entries).await?;
            drop(db);
            for line in lines {
                each(&line)?;
                customers.extend(line.customer_id);
            }
        }
        Ok(customers.into_iter().collect())
    }
}

fn columns(words: Words) -> Vec<Column> {
    const NUMBER: Word = ("番号", "No.");
    let titles = [
        NUMBER,
        ("日時", "Time"),
        ("操作", "What"),
        ("実行者", "Who"),
        ("端末", "Terminal"),
        ("お客様・対象", "About"),
        ("利用者ID", "User ID"),
        ("受付番号", "Receipt number"),
        ("未接続での操作", "Made off-line"),
    ];
    titles.map(|title| words.column(title, title == NUMBER)).into()
}

/// A file has every user ID; a paper is read.
fn cells(line: &LogLine, words: Words, on_paper: bool) -> Vec<Cell> {
    let texts = [
        words::cell_time(&line.at),
        events(&line.events, words.0),
        ledger::who(line, words.0),
        line.terminal_label.clone(),
        line.customer_name.clone(),
        if on_paper { words::users_on_paper(&line.user_id) } else { words.users(&line.user_id).into_owned() },
        line.receipt.clone(),
        if line.offline { words.pick("未接続", "off-line").to_owned() } else { String::new() },
    ];
    std::iter::once(Cell::Number(i64::from(line.index))).chain(texts.map(Cell::Text)).collect()
}
