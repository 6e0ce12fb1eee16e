//! The file as text: UTF-8 with a mark or without, else Shift_JIS as Windows writes it (CP932).

use std::borrow::Cow;

use unicode_normalization::UnicodeNormalization as _;
use wire::api::import::ImportEncoding;

/// A character that the encoding does not have becomes U+FFFD, which no text may hold: its line is reported.
pub(super) fn decoded(bytes: &[u8], encoding: Option<ImportEncoding>) -> Cow<'_, str> {
    let plain = bytes.strip_prefix(b"\xef\xbb\xbf").unwrap_or(bytes);
    let shift_jis = || encoding_rs::SHIFT_JIS.decode_without_bom_handling(bytes).0;
    let text = match encoding {
        Some(ImportEncoding::Utf8) => String::from_utf8_lossy(plain),
        Some(ImportEncoding::ShiftJis) => shift_jis(),
        // Nobody says: what is no UTF-8 is the other.
        None => std::str::from_utf8(plain).map_or_else(|_| shift_jis(), Cow::Borrowed),
    };
    // One sign for the end of a line: the reader counts lines by it.
    if text.contains('\r') { Cow::Owned(text.replace("\r\n", "\n")) } else { text }
}

/// A date's digits and marks as they are typed on a keyboard.
pub(super) fn narrow(text: &str) -> String {
    text.nfkc().map(|c| if matches!(c, '‐' | '−' | 'ー' | '–' | '—') { '-' } else { c }).collect()
}
