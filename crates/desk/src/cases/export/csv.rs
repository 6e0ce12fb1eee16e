//! CSV (RFC 4180) with CRLF: in UTF-8 with a byte order mark, so that Excel opens it by a double click, or in Shift_JIS as Windows
//! writes it, for programs that know nothing else.

use domain::{ErrorCode, Refusal};
use encoding_rs::SHIFT_JIS;

use super::sheet::{Cell, Sheet};
use crate::error::DeskError;

/// Makes text of what a spreadsheet would calculate: an apostrophe before it, as people write it by hand. Full-width
/// signs count, and so does what stands behind spaces.
pub(super) fn text(cell: &str) -> String {
    let acts = |c: char| matches!(c, '=' | '+' | '-' | '@' | '\t' | '\r' | '\n' | '＝' | '＋' | '－' | '＠');
    let first = cell.chars().next().is_some_and(acts);
    let behind = cell.trim_start().chars().next().is_some_and(acts);
    if first || behind { format!("'{cell}") } else { cell.to_owned() }
}

fn written(cell: &Cell) -> String {
    match cell {
        Cell::Text(cell) => text(cell),
        // A number of ours, not a text: it may be negative.
        Cell::Number(number) => number.to_string(),
    }
}

fn lines(sheet: &Sheet, begin: &[u8]) -> Result<Vec<u8>, DeskError> {
    let failed = |error: &dyn std::fmt::Display| DeskError::Internal(format!("csv: {error}"));
    let mut out = csv::WriterBuilder::new().terminator(csv::Terminator::CRLF).from_writer(begin.to_vec());
    out.write_record(sheet.columns.iter().map(|column| &column.name)).map_err(|e| failed(&e))?;
    for row in &sheet.rows {
        out.write_record(row.iter().map(written)).map_err(|e| failed(&e))?;
    }
    out.into_inner().map_err(|e| failed(&e))
}

pub(super) fn utf8(sheet: &Sheet) -> Result<Vec<u8>, DeskError> {
    lines(sheet, "\u{feff}".as_bytes())
}

/// # Errors
/// [`ErrorCode::ExportUnmappable`]: nothing is left out or replaced; it names the row, the column and the character.
pub(super) fn shift_jis(sheet: &Sheet) -> Result<Vec<u8>, DeskError> {
    for (row, cells) in sheet.rows.iter().enumerate() {
        for (cell, column) in cells.iter().zip(&sheet.columns) {
            if let Some(character) = cell.plain().chars().find(|c| SHIFT_JIS.encode(c.encode_utf8(&mut [0; 4])).2) {
                let refusal = Refusal::new(ErrorCode::ExportUnmappable).with("row", row + 1);
                return Err(refusal.with("column", &column.name).with("character", character).into());
            }
        }
    }
    let bytes = lines(sheet, &[])?;
    let text = String::from_utf8(bytes).map_err(|e| DeskError::Internal(format!("csv: {e}")))?;
    let (encoded, _, unmappable) = SHIFT_JIS.encode(&text);
    // The titles are ours.
    if unmappable { Err(DeskError::Internal("csv: a title".into())) } else { Ok(encoded.into_owned()) }
}
