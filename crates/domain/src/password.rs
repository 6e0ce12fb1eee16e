//! Which passwords staff may choose. After NIST SP 800-63B-4 (3.1.1): a minimum length and a list of what everybody tries
//! first; no rules about kinds of characters, no changing after so many days. What is refused says why.
//!
//! Never held here: nothing in this module keeps or prints a password.

mod list;

use unicode_normalization::UnicodeNormalization as _;

use crate::error::{ErrorCode, Refusal};
use crate::id::{CROCKFORD, StaffId};

/// Fewest characters. The standard asks for 15 where a password stands alone and 8 where it stands beside another means: here it
/// is beside the key of an enrolled terminal and five tries, but a stolen PC holds a verifier. Ten is between the two.
pub const SHORTEST: usize = 10;
/// Most characters: more is no safer, and hashing must end.
pub const LONGEST: usize = 128;
/// Letters of a temporary password, in groups of four: 40 bits against five tries and three days.
const TEMPORARY: usize = 8;

/// What an attacker tries first for this very person.
#[derive(Debug, Clone, Copy)]
pub struct Context<'a> {
    /// 職員番号.
    pub staff: &'a StaffId,
    /// Names of the institution, in any writing.
    pub institution: &'a [&'a str],
}

/// May it be chosen?
///
/// # Errors
/// [`ErrorCode::PasswordTooShort`], [`ErrorCode::PasswordTooLong`], or [`ErrorCode::PasswordCommon`] with the argument `why`:
/// `common`, `pattern`, `digits`, `staff_id` or `institution`.
pub fn check(password: &str, context: &Context<'_>) -> Result<(), Refusal> {
    let length = password.chars().count();
    if length < SHORTEST {
        return Err(Refusal::new(ErrorCode::PasswordTooShort).with("min", SHORTEST));
    }
    if length > LONGEST {
        return Err(Refusal::new(ErrorCode::PasswordTooLong).with("max", LONGEST));
    }
    match weakness(password, context) {
        Some(why) => Err(Refusal::new(ErrorCode::PasswordCommon).with("why", why)),
        None => Ok(()),
    }
}

fn weakness(password: &str, context: &Context<'_>) -> Option<&'static str> {
    let plain = folded(password);
    let letters: String = plain.chars().filter(|c| c.is_alphanumeric()).collect();
    if letters.chars().all(|c| c.is_ascii_digit()) {
        // A birthday, a phone number, an account number.
        return Some("digits");
    }
    if contains(&letters, &folded(context.staff.as_str())) {
        return Some("staff_id");
    }
    let institution = |name: &&str| {
        let words: Vec<String> = name.split_whitespace().map(folded).collect();
        contains(&letters, &words.concat()) || words.first().is_some_and(|word| mostly(&letters, word))
    };
    if context.institution.iter().any(institution) {
        return Some("institution");
    }
    if repeats(&letters) || runs(&letters) {
        return Some("pattern");
    }
    let read: String =
        as_read(plain.trim_end_matches(|c: char| !c.is_alphabetic())).chars().filter(|c| c.is_alphanumeric()).collect();
    let common = |text: &str| list::COMMON.iter().any(|word| mostly(text, word));
    (common(&letters) || common(&read)).then_some("common")
}

/// Lower case, full width as half width: how it is typed makes no password better.
fn folded(text: &str) -> String {
    text.nfkc().flat_map(char::to_lowercase).collect()
}

/// Digits and signs that stand for letters, as letters.
fn as_read(text: &str) -> String {
    let letter = |c| match c {
        '0' => 'o',
        '1' => 'i',
        '3' => 'e',
        '4' | '@' => 'a',
        '5' | '$' => 's',
        '7' => 't',
        other => other,
    };
    text.chars().map(letter).collect()
}

/// Is a part of three letters or more in it?
fn contains(text: &str, part: &str) -> bool {
    part.chars().count() >= 3 && text.contains(part)
}

/// Is it this word, once or again and again, and not much else: fewer than six other letters, or only digits?
fn mostly(text: &str, word: &str) -> bool {
    if word.chars().count() < 4 || !text.contains(word) {
        return false;
    }
    let rest = text.replace(word, "");
    rest.chars().all(|c| c.is_ascii_digit()) || rest.chars().count() < 4
}

/// A short piece again and again: `abcabcabc`, `aaaaaaaaaa`.
fn repeats(text: &str) -> bool {
    let letters: Vec<char> = text.chars().collect();
    (1..=4.min(letters.len() / 2)).any(|piece| {
        let same = letters.iter().zip(letters.iter().skip(piece)).filter(|(a, b)| a == b).count();
        same + piece + 2 >= letters.len()
    })
}

/// Neighbours on a keyboard, or in the alphabet, for two thirds of it: `qwertyuiop`, `1qaz2wsx3edc`, `abcdef123456`.
fn runs(text: &str) -> bool {
    let letters: Vec<char> = text.chars().collect();
    let beside = |a: char, b: char| list::ROWS.iter().any(|row| follows(row, a, b) || follows(row, b, a));
    let pairs = letters.iter().zip(letters.iter().skip(1)).filter(|(a, b)| beside(**a, **b)).count();
    letters.len() > 3 && pairs * 3 >= (letters.len() - 1) * 2
}

fn follows(row: &str, a: char, b: char) -> bool {
    row.chars().zip(row.chars().skip(1)).any(|pair| pair == (a, b))
}

/// A temporary password, or the half of one, from random octets: two groups of four, without letters that look alike.
pub fn temporary(random: [u8; TEMPORARY]) -> String {
    let letter =
        |octet: u8| CROCKFORD.get(usize::from(octet & 31)).map_or('x', |c| char::from(*c).to_ascii_lowercase());
    let mut text: String = random.into_iter().map(letter).collect();
    text.insert(TEMPORARY / 2, '-');
    text
}

/// Was it made by [`temporary`]?
pub fn is_temporary(text: &str) -> bool {
    let letter = |c: u8| CROCKFORD.iter().any(|known| known.to_ascii_lowercase() == c);
    let fits = |(place, c): (usize, u8)| if place == TEMPORARY / 2 { c == b'-' } else { letter(c) };
    text.len() == TEMPORARY + 1 && text.bytes().enumerate().all(fits)
}

/// Two halves as one password: each of two persons hands over one, and neither knows the whole.
pub fn joined(first: &str, second: &str) -> String {
    format!("{first}-{second}")
}

/// The halves of what [`joined`] made.
pub fn halves(password: &str) -> Option<(&str, &str)> {
    let (first, second) = password.split_at_checked(TEMPORARY + 1)?;
    Some((first, second.strip_prefix('-')?))
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used, reason = "tests")]
    use super::*;

    fn why(password: &str) -> Option<String> {
        let staff: StaffId = "T1001".parse().unwrap();
        let institution = ["見本信用金庫", "Mihon Shinkin Bank", "mihon"];
        let refusal = check(password, &Context { staff: &staff, institution: &institution }).err()?;
        Some(refusal.args.get("why").cloned().unwrap_or_else(|| refusal.code.to_string()))
    }

    #[test]
    fn what_everybody_tries_first_is_refused_and_says_why() {
        for (password, expected) in [
            ("short-one", "password_too_short"),
            ("1234567890", "digits"),
            ("1985-07-21-0", "digits"),
            ("０９０１２３４５６７８", "digits"),
            ("T1001-secret", "staff_id"),
            ("himitsu-ｔ１００１", "staff_id"),
            ("mihonshinkin", "institution"),
            ("Mihon2026!!!", "institution"),
            ("見本信用金庫だいすき", "institution"),
            ("aaaaaaaaaaaa", "pattern"),
            ("abcabcabcabc", "pattern"),
            ("qwertyuiop", "pattern"),
            ("1qaz2wsx3edc", "pattern"),
            ("asdfghjkl123", "pattern"),
            ("abcdef123456", "pattern"),
            ("password2026", "common"),
            ("P@ssw0rd!2026", "common"),
            ("PASSWORD-0001", "common"),
            ("sakura2026!!", "common"),
            ("shinkin2026!", "common"),
            ("madoguchi123", "common"),
            ("arigatou2025", "common"),
            ("パスワードパスワード", "common"),
            ("pasuwaado2026", "common"),
        ] {
            assert_eq!(why(password).as_deref(), Some(expected), "{password}");
        }
        let long = "x7-".repeat(50);
        assert_eq!(why(&long).as_deref(), Some("password_too_long"));
    }

    #[test]
    fn length_and_being_rare_are_enough() {
        for password in [
            "himitsu-2026",
            "kunren-2026",
            "correct horse battery staple",
            "さくらの咲く駅前通り",
            "umi no mieru machi de",
            "vq8nz3kfw1",
            "sakura ga saku ekimae",
            "my password is a poem",
        ] {
            assert_eq!(why(password), None, "{password}");
        }
    }

    #[test]
    fn a_temporary_one_is_known_by_its_form_and_comes_apart_again() {
        let (first, second) = (temporary([0, 1, 2, 3, 28, 29, 30, 31]), temporary([255; 8]));
        assert_eq!((first.as_str(), second.as_str()), ("0123-wxyz", "zzzz-zzzz"));
        assert!(is_temporary(&first) && is_temporary(&second));
        for wrong in ["", "0123wxyz", "0123-WXYZ", "0123-wxyz-", "012-3wxyz", "illo-uuuu"] {
            assert!(!is_temporary(wrong), "{wrong}");
        }
        assert_eq!(halves(&joined(&first, &second)), Some((first.as_str(), second.as_str())));
        assert_eq!(halves(&first), None);
        assert_eq!(halves("見本信用金庫だいすき"), None);
    }
}
