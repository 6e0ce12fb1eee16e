//! What a text of the data becomes on paper. It changes nothing that a font can show: it only makes visible what would
//! act unseen (control and direction characters) or leave a hole (characters no embedded font has).

use serde_json::Value;

use crate::world::fonts;

/// 下駄: the printers' mark for a character that is not in the case. It is filled in by hand.
const GETA: char = '〓';

/// A Latin run without a place to break is given one after this many characters, so that it wraps instead of running out
/// of its cell. Identifiers and phone numbers are shorter.
const LONGEST_RUN: usize = 20;

/// Acts without being seen: would hide, reorder or break what stands on the paper.
fn acts_unseen(c: char) -> bool {
    c.is_control()
        || matches!(c,
            '\u{ad}' | '\u{61c}' | '\u{180e}' | '\u{200b}'..='\u{200f}' | '\u{2028}'..='\u{202e}' | '\u{2060}'..='\u{206f}'
            | '\u{feff}' | '\u{fff9}'..='\u{fffb}' | '\u{e0000}'..='\u{e007f}')
}

/// Chooses the form of the character before it (葛󠄀城). Without that form the font shows the usual one.
fn variation_selector(c: char) -> bool {
    matches!(c, '\u{fe00}'..='\u{fe0f}' | '\u{e0100}'..='\u{e01ef}')
}

fn shown(c: char) -> bool {
    !acts_unseen(c)
        && (c.is_whitespace()
            || variation_selector(c)
            || fonts().iter().any(|font| font.info().coverage.contains(u32::from(c))))
}

/// The first character of a text, a customer's name above all, that no font of the slips can show; control and direction
/// characters are among them. `None` means the whole text prints as it is.
pub fn unprintable(text: &str) -> Option<char> {
    text.chars().find(|c| !shown(*c))
}

/// The text as it goes on paper: a line break or tab is a space, an unseen character is named (`〔U+202E〕`), one that no
/// font has is 〓.
fn printable(text: &str) -> String {
    let address = text.contains("://");
    let mut run = 0;
    let mut out = String::with_capacity(text.len());
    for c in text.chars() {
        match c {
            '\n' | '\r' | '\t' => out.push(' '),
            c if acts_unseen(c) => out.push_str(&format!("〔U+{:04X}〕", u32::from(c))),
            c if shown(c) => out.push(c),
            _ => out.push(GETA),
        }
        run = if c.is_ascii_graphic() && c != '-' { run + 1 } else { 0 };
        // An address brings its own places to break.
        if run >= LONGEST_RUN && !address {
            out.push('\u{200b}');
            run = 0;
        }
    }
    out
}

/// [`printable`] for every text in the data.
pub(crate) fn make_printable(data: &mut Value) {
    match data {
        Value::String(text) => *text = printable(text),
        Value::Array(items) => items.iter_mut().for_each(make_printable),
        Value::Object(fields) => fields.values_mut().for_each(make_printable),
        Value::Null | Value::Bool(_) | Value::Number(_) => {}
    }
}

#[cfg(test)]
#[allow(clippy::unwrap_used, reason = "tests")]
mod tests {
    use super::*;

    #[test]
    fn what_a_font_shows_stays_as_given() {
        for text in ["㈱髙橋 﨑濵①", "株式会社 見本", "~#$%&*_`\\{}[]<>\"'", "葛\u{e0100}城", "ｶﾌﾞ)ﾐﾎﾝ", "令和九年・№1"]
        {
            assert_eq!((unprintable(text), printable(text).as_str()), (None, text));
        }
    }

    #[test]
    fn what_it_cannot_show_is_told_and_marked() {
        for (text, told, paper) in [
            ("𠮷野家具", '𠮷', "〓野家具"),
            ("見本\u{202e}店商", '\u{202e}', "見本〔U+202E〕店商"),
            ("見\u{200b}本", '\u{200b}', "見〔U+200B〕本"),
            ("見本\u{0}", '\u{0}', "見本〔U+0000〕"),
            ("😀", '😀', "〓"),
            ("שלום", 'ש', "〓〓〓〓"),
            ("上\n下", '\n', "上 下"),
        ] {
            assert_eq!((unprintable(text), printable(text).as_str()), (Some(told), paper), "{text:?}");
        }
    }

    #[test]
    fn a_long_run_may_wrap_an_address_is_left_alone() {
        assert_eq!(printable(&"a".repeat(45)).matches('\u{200b}').count(), 2);
        assert!(!printable("https://pickup.example.jp/pickup/abcdefghijklmnopqrstuvwxyz").contains('\u{200b}'));
        assert!(!printable("001-261124-ABCDEFGH").contains('\u{200b}'));
    }
}
