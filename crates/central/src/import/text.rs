//! The file as text: UTF-8 with a mark or without, else Shift_JIS as Windows writes it (CP932).

use std::borrow::Cow;

use unicode_normalization::UnicodeNormalization as _;
use wire::api::import::ImportEncoding;

use super::layout::COLUMNS;

/// A character that the encoding does not have becomes U+FFFD, which no text may hold: its line is reported.
pub(super) fn decoded(bytes: &[u8], encoding: Option<ImportEncoding>) -> Cow<'_, str> {
    let plain = bytes.strip_prefix(b"\xef\xbb\xbf").unwrap_or(bytes);
    let shift_jis = || encoding_rs::SHIFT_JIS.decode_without_bom_handling(bytes).0;
    let text = match encoding {
        Some(ImportEncoding::Utf8) => String::from_utf8_lossy(plain),
        Some(ImportEncoding::ShiftJis) => shift_jis(),
        // Nobody says: what is no UTF-8 is the other, unless it begins as only UTF-8 does.
        None => match std::str::from_utf8(plain) {
            Ok(text) => Cow::Borrowed(text),
            Err(_) if plain.len() < bytes.len() || names_columns(plain) => String::from_utf8_lossy(plain),
            Err(_) => shift_jis(),
        },
    };
    // One sign for the end of a line: the reader counts lines by it.
    if text.contains('\r') { Cow::Owned(text.replace("\r\n", "\n")) } else { text }
}

/// Does the first line name our columns, read as UTF-8?
fn names_columns(bytes: &[u8]) -> bool {
    let first = bytes.split(|byte| *byte == b'\n').next().unwrap_or_default();
    std::str::from_utf8(first).is_ok_and(|first| COLUMNS.iter().any(|column| first.contains(column)))
}

/// A date's digits and marks as they are typed on a keyboard.
pub(super) fn narrow(text: &str) -> String {
    text.nfkc().map(|c| if matches!(c, '‐' | '−' | 'ー' | '–' | '—') { '-' } else { c }).collect()
}
