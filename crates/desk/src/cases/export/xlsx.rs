//! A workbook: numbers are numbers, everything else is a text and never a formula, the row of the titles stays in sight.

use chrono::{DateTime, Datelike as _, Timelike as _, Utc};
use rust_xlsxwriter::{DocProperties, ExcelDateTime, Format, Workbook, XlsxError};

use super::sheet::{Cell, Sheet};
use crate::error::DeskError;

/// Longest name of a worksheet, and the signs it can't have.
const NAME: usize = 31;
const FORBIDDEN: [char; 7] = ['[', ']', ':', '*', '?', '/', '\\'];

pub(super) fn workbook(sheet: &Sheet, now: DateTime<Utc>) -> Result<Vec<u8>, DeskError> {
    made(sheet, now).map_err(|error| DeskError::Internal(format!("xlsx: {error}")))
}

fn made(sheet: &Sheet, now: DateTime<Utc>) -> Result<Vec<u8>, XlsxError> {
    let mut book = Workbook::new();
    // Whatever the machine's clock says: the centre's time.
    let (year, month, day) = (u16::try_from(now.year()).unwrap_or(2000), now.month() as u8, now.day() as u8);
    let made_at =
        ExcelDateTime::from_ymd(year, month, day)?.and_hms(now.hour() as u16, now.minute() as u8, now.second())?;
    book.set_properties(&DocProperties::new().set_title(&sheet.title).set_creation_datetime(&made_at));
    let (bold, plain) = (Format::new().set_bold(), Format::new().set_num_format("@"));
    let page = book.add_worksheet();
    let name: String = sheet.title.chars().filter(|c| !FORBIDDEN.contains(c)).take(NAME).collect();
    page.set_name(name)?.set_freeze_panes(1, 0)?;
    for (column, title) in (0..).zip(&sheet.columns) {
        page.write_string_with_format(0, column, &title.name, &bold)?;
    }
    for (row, cells) in (1..).zip(&sheet.rows) {
        for (column, cell) in (0..).zip(cells) {
            match cell {
                Cell::Text(text) => page.write_string_with_format(row, column, text, &plain)?,
                Cell::Number(number) => page.write_number(row, column, *number as f64)?,
            };
        }
    }
    page.autofit();
    book.save_to_buffer()
}
