//! Texts people type: what is refused, and how they are folded for search. Names are kept exactly as given (no NFKC:
//! it would change ㈱ and ①); only the derived search key is folded.

use unicode_normalization::UnicodeNormalization;

use crate::error::{ErrorCode, Refusal};

/// Longest name in characters.
pub const NAME_MAX: usize = 80;

/// Control characters, direction marks and overrides, invisible joiners, private use and non-characters have no place
/// in a name: they make a text look like another.
fn forbidden(c: char) -> bool {
    c.is_control()
        || matches!(c,
            '\u{ad}' | '\u{61c}' | '\u{200b}'..='\u{200f}' | '\u{2028}'..='\u{202e}' | '\u{2060}'..='\u{206f}'
            | '\u{feff}' | '\u{fff9}'..='\u{fffd}' | '\u{e000}'..='\u{f8ff}' | '\u{e0000}'..='\u{e0fff}'
            | '\u{f0000}'..='\u{10ffff}')
        || (c as u32) & 0xfffe == 0xfffe
}

fn clean(field: &str, text: &str, max: usize, newline: bool) -> Result<(), Refusal> {
    if let Some(c) = text.chars().find(|c| forbidden(*c) && !(newline && *c == '\n')) {
        return Err(Refusal::new(ErrorCode::TextForbiddenCharacter)
            .at(field)
            .with("character", format!("U+{:04X}", c as u32)));
    }
    if text.chars().count() > max {
        return Err(Refusal::new(ErrorCode::TextTooLong).at(field).with("max", max));
    }
    Ok(())
}

/// Something must stand there.
///
/// # Errors
/// [`ErrorCode::TextMissing`].
pub fn required(field: &str, text: &str) -> Result<(), Refusal> {
    if text.trim().is_empty() { Err(Refusal::new(ErrorCode::TextMissing).at(field)) } else { Ok(()) }
}

/// A name: one line, required, at most [`NAME_MAX`] characters.
///
/// # Errors
/// [`ErrorCode::TextMissing`], [`ErrorCode::TextTooLong`], [`ErrorCode::TextForbiddenCharacter`].
pub fn name(field: &str, text: &str) -> Result<(), Refusal> {
    required(field, text)?;
    clean(field, text, NAME_MAX, false)
}

/// One line, may be empty.
///
/// # Errors
/// As [`name`], but for the missing text.
pub fn line(field: &str, text: &str, max: usize) -> Result<(), Refusal> {
    clean(field, text, max, false)
}

/// Several lines, may be empty.
///
/// # Errors
/// As [`line`].
pub fn paragraph(field: &str, text: &str, max: usize) -> Result<(), Refusal> {
    clean(field, text, max, true)
}

/// A reading: katakana (full width, small kana, ー, ・, spaces) and, for names written in them, Latin letters and digits.
///
/// # Errors
/// As [`name`], and [`ErrorCode::KanaMalformed`].
pub fn kana(field: &str, text: &str) -> Result<(), Refusal> {
    name(field, text)?;
    let allowed = |c: char| {
        matches!(c, 'ァ'..='ヺ' | 'ー' | '・' | ' ' | '\u{3000}' | '(' | ')' | '.' | '-' | '&')
            || c.is_ascii_alphanumeric()
            || matches!(c, '\u{ff01}'..='\u{ff5e}')
    };
    match text.chars().find(|c| !allowed(*c)) {
        Some(c) => Err(Refusal::new(ErrorCode::KanaMalformed).at(field).with("character", c)),
        None => Ok(()),
    }
}

/// A phone number: 10 or 11 digits beside hyphens; may be empty.
///
/// # Errors
/// [`ErrorCode::PhoneMalformed`].
pub fn phone(field: &str, text: &str) -> Result<(), Refusal> {
    let digits = text.chars().filter(char::is_ascii_digit).count();
    let others = text.chars().any(|c| !c.is_ascii_digit() && c != '-');
    if text.is_empty() || ((10..=11).contains(&digits) && !others && text.len() <= 13) {
        Ok(())
    } else {
        Err(Refusal::new(ErrorCode::PhoneMalformed).at(field))
    }
}

/// An e-mail address, by its outer form; may be empty.
///
/// # Errors
/// [`ErrorCode::EmailMalformed`].
pub fn email(field: &str, text: &str) -> Result<(), Refusal> {
    let good = match text.split_once('@') {
        Some((local, host)) => {
            !local.is_empty()
                && host.contains('.')
                && !host.starts_with('.')
                && !host.ends_with('.')
                && text.len() <= 254
                && text.bytes().all(|b| b.is_ascii_graphic() && !matches!(b, b'<' | b'>' | b',' | b';' | b'"'))
                && !host.contains('@')
        }
        None => text.is_empty(),
    };
    if good { Ok(()) } else { Err(Refusal::new(ErrorCode::EmailMalformed).at(field)) }
}

fn katakana(c: char) -> char {
    match c {
        'ぁ'..='ゖ' => char::from_u32(c as u32 + 0x60).unwrap_or(c),
        other => other,
    }
}

/// A reading as it was typed, in the form that [`kana`] takes: half-width and hiragana become full-width katakana. Everything else
/// stays as it is.
pub fn kana_of(typed: &str) -> String {
    let half = |c: char| matches!(c, '\u{ff61}'..='\u{ff9f}');
    let (mut text, mut rest) = (String::new(), typed.trim());
    while let Some(first) = rest.chars().next() {
        // A mark of voice follows its letter: both become one.
        let end = rest.find(|c| half(c) != half(first)).unwrap_or(rest.len());
        let (run, others) = rest.split_at(end);
        if half(first) {
            text.extend(run.nfkc())
        } else {
            text.extend(run.chars().map(katakana))
        }
        rest = others;
    }
    text
}

/// A phone number as it was typed, in the form that [`phone`] takes: digits in any width, parted by hyphens, blanks or brackets of
/// any kind. What is none stays, and is refused.
pub fn phone_of(typed: &str) -> String {
    let text: String = typed.nfkc().collect();
    let parts = |c: char| {
        c.is_whitespace() || matches!(c, '-' | 'ー' | '‐' | '−' | '―' | '(' | ')' | '.' | '\u{2011}'..='\u{2014}')
    };
    if text.chars().any(|c| !c.is_ascii_digit() && !parts(c)) {
        return text.trim().to_owned();
    }
    text.split(parts).filter(|part| !part.is_empty()).collect::<Vec<_>>().join("-")
}

/// An e-mail address as it was typed: in any width.
pub fn email_of(typed: &str) -> String {
    typed.nfkc().collect::<String>().trim().to_owned()
}

/// The search key of a text: NFKC, capital letters, hiragana as katakana, small kana as large, long marks, hyphens,
/// middle dots, white space and brackets dropped. Both sides of a comparison go through it.
pub fn search_key(text: &str) -> String {
    text.nfkc()
        .flat_map(char::to_uppercase)
        .map(katakana)
        .map(|c| match c {
            'ァ' => 'ア',
            'ィ' => 'イ',
            'ゥ' => 'ウ',
            'ェ' => 'エ',
            'ォ' => 'オ',
            'ッ' => 'ツ',
            'ャ' => 'ヤ',
            'ュ' => 'ユ',
            'ョ' => 'ヨ',
            'ヮ' => 'ワ',
            'ヵ' => 'カ',
            'ヶ' => 'ケ',
            'ヲ' => 'オ',
            '髙' => '高',
            '﨑' => '崎',
            '濵' | '濱' => '浜',
            '邉' | '邊' => '辺',
            '齋' | '齊' | '斉' => '斎',
            '德' => '徳',
            other => other,
        })
        .filter(|c| {
            !c.is_whitespace()
                && !matches!(c, 'ー' | '-' | '‐' | '−' | '―' | '・' | '(' | ')' | '.' | ',' | '\u{2013}' | '\u{2014}')
        })
        .collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn search_keys_meet() {
        for (a, b) in [
            ("㈱髙橋", "(株)高橋"),
            ("しんきん", "シンキン"),
            ("シンキン", "シンキン"),
            ("キャッシュ", "キヤツシユ"),
            ("025-000-0001", "0250000001"),
            ("AB12", "ab12"),
            ("渡邊", "渡邉"),
        ] {
            assert_eq!(search_key(a), search_key(b), "{a} {b}");
        }
    }

    #[test]
    fn what_people_type_becomes_what_is_asked_for() {
        for (typed, becomes) in [
            ("ﾐﾎﾝｼｮｳﾃﾝ", "ミホンショウテン"),
            (" みほん　がっこう ", "ミホン　ガッコウ"),
            ("ｶﾞｲﾄﾞ・ＡＢＣ", "ガイド・ＡＢＣ"),
            ("ミホン", "ミホン"),
            ("", ""),
        ] {
            assert_eq!(kana_of(typed), becomes, "{typed}");
        }
        assert!(kana("kana", &kana_of("見本")).is_err());
        for (typed, becomes) in [
            ("０２５−０００−０００１", "025-000-0001"),
            ("(025) 000-0001", "025-000-0001"),
            ("025ー000ー0001", "025-000-0001"),
            ("0250000001", "0250000001"),
            ("", ""),
            ("なし", "なし"),
        ] {
            assert_eq!(phone_of(typed), becomes, "{typed}");
        }
        assert!(phone("phone", &phone_of("内線12")).is_err());
        assert_eq!(email_of(" ｍｉｈｏｎ＠example.jp "), "mihon@example.jp");
    }

    #[test]
    fn dangerous_text_is_refused_and_markup_is_only_text() {
        assert!(name("name", "<script>alert(1)</script>").is_ok());
        assert!(name("name", "'; DROP TABLE customer; --").is_ok());
        assert!(name("name", "株式会社\u{202e}逆").is_err());
        assert!(name("name", "a\u{0}b").is_err());
        assert!(name("name", &"あ".repeat(81)).is_err());
        assert!(kana("kana", "カブシキガイシャ タカハシ・ABC").is_ok());
        assert!(kana("kana", "漢字").is_err());
        assert!(phone("phone", "025-000-0001").is_ok());
        assert!(phone("phone", "25-1").is_err());
        assert!(email("email", "a@example.jp").is_ok());
        assert!(email("email", "a@@example.jp").is_err());
    }
}
