//! CSV (RFC 4180) with CRLF: in UTF-8 with a byte order mark, so that Excel opens it by a double click, or in Shift_JIS as Windows
//! writes it, for programs that know nothing else.

use std::borrow::Cow;
use std::fmt::Display;
use std::io::Write;

use domain::{ErrorCode, Refusal};
use encoding_rs::SHIFT_JIS;

use super::sheet::{Cell, Column, Sheet};
use crate::error::DeskError;

/// Makes text of what a spreadsheet would calculate: an apostrophe before it, as people write it by hand. Full-width
/// signs count, and so do the minus sign, which becomes one of them in Shift_JIS, and what stands behind spaces.
pub(super) fn text(cell: &str) -> String {
    let acts =
        |c: char| matches!(c, '=' | '+' | '-' | '@' | '\t' | '\r' | '\n' | '＝' | '＋' | '－' | '＠' | '\u{2212}');
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

/// How the text is written.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(in crate::cases) enum Encoding {
    /// With a byte order mark.
    Utf8,
    /// As Windows writes it. Nothing is left out, and nothing is replaced by another sign ([`as_windows`]).
    ShiftJis,
}

/// A file under way, so that one of any length takes no more memory than a row.
pub(in crate::cases) struct Csv<W: Write> {
    out: csv::Writer<W>,
    encoding: Encoding,
    columns: Vec<String>,
    rows: usize,
}

impl<W: Write> Csv<W> {
    /// Writes the titles.
    pub(in crate::cases) fn begin(mut out: W, encoding: Encoding, columns: &[Column]) -> Result<Self, DeskError> {
        if encoding == Encoding::Utf8 {
            out.write_all("\u{feff}".as_bytes()).map_err(not_saved)?;
        }
        let columns: Vec<String> = columns.iter().map(|column| column.name.clone()).collect();
        let out = csv::WriterBuilder::new().terminator(csv::Terminator::CRLF).from_writer(out);
        let mut csv = Self { out, encoding, columns, rows: 0 };
        let titles = csv.columns.clone();
        csv.record(&titles)?;
        Ok(csv)
    }

    /// # Errors
    /// [`ErrorCode::ExportUnmappable`]: it names the row, the column and the character.
    pub(in crate::cases) fn row(&mut self, cells: &[Cell]) -> Result<(), DeskError> {
        self.rows += 1;
        self.record(&cells.iter().map(written).collect::<Vec<_>>())
    }

    /// In Shift_JIS no octet of a character of two is a quote, a comma or the end of a line: what is written by octets is sound.
    fn record(&mut self, cells: &[String]) -> Result<(), DeskError> {
        for (cell, column) in cells.iter().zip(&self.columns) {
            let octets = match self.encoding {
                Encoding::Utf8 => Ok(Cow::Borrowed(cell.as_bytes())),
                Encoding::ShiftJis => encoded(cell).map(Cow::Owned),
            };
            let octets = octets.map_err(|character| {
                let refusal = Refusal::new(ErrorCode::ExportUnmappable).with("row", self.rows);
                refusal.with("column", column).with("character", character)
            })?;
            self.out.write_field(octets).map_err(not_saved)?;
        }
        self.out.write_record(None::<&[u8]>).map_err(not_saved)
    }

    /// Everything is written.
    pub(in crate::cases) fn end(self) -> Result<W, DeskError> {
        let mut out = self.out.into_inner().map_err(|error| not_saved(error.into_error()))?;
        out.flush().map_err(not_saved)?;
        Ok(out)
    }
}

/// Some signs of JIS X 0208 have two places in Unicode: the standard's own table names one, Windows the other. A Mac or a phone
/// types the one, a Windows PC the other; on paper, on screen and in Shift_JIS they are the same sign. A name with a wave dash
/// must not keep a whole list from being exported, so the place is taken that Windows reads it back from.
///
/// A yen sign and an overline (¥, ‾) are not among them, though encoders write them as 0x5C and 0x7E: there every program of
/// today reads a backslash and a tilde, which is another sign.
fn as_windows(c: char) -> char {
    match c {
        '\u{2212}' => '－',
        '\u{301c}' => '～',
        '\u{2016}' => '∥',
        '\u{2014}' => '―',
        '\u{a2}' => '￠',
        '\u{a3}' => '￡',
        '\u{ac}' => '￢',
        other => other,
    }
}

/// Or the first character that has no place in it, or is read back as another.
fn encoded(text: &str) -> Result<Vec<u8>, char> {
    let written: String = text.chars().map(as_windows).collect();
    kept(&written).ok_or_else(|| {
        let foreign = |c: &char| kept(as_windows(*c).encode_utf8(&mut [0; 4])).is_none();
        text.chars().find(foreign).unwrap_or(char::REPLACEMENT_CHARACTER)
    })
}

/// The encoder replaces some signs without a word: what is read back has the last one.
fn kept(text: &str) -> Option<Vec<u8>> {
    let (octets, _, unmappable) = SHIFT_JIS.encode(text);
    let same = !unmappable && SHIFT_JIS.decode_without_bom_handling(&octets).0 == text;
    same.then(|| octets.into_owned())
}

/// The disk is full, or gone.
fn not_saved(error: impl Display) -> DeskError {
    tracing::error!(%error, "a file can't be written");
    ErrorCode::FileNotSaved.into()
}

pub(super) fn whole(sheet: &Sheet, encoding: Encoding) -> Result<Vec<u8>, DeskError> {
    let mut csv = Csv::begin(Vec::new(), encoding, &sheet.columns)?;
    sheet.rows.iter().try_for_each(|row| csv.row(row))?;
    csv.end()
}
