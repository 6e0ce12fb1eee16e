//! Which passwords staff may choose. After NIST SP 800-63B-4 (3.1.1): a minimum length and a list of what everybody tries
//! first and of what was stolen elsewhere; no rules about kinds of characters, no changing after so many days. What is refused
//! says why. ADR 18 tells where the lists come from, and why an estimator was not taken.
//!
//! Never held here: nothing in this module keeps or prints a password.

mod breached;
mod list;
mod pattern;

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
    if pattern::is_one(&letters) || pattern::is_one(&plain) {
        return Some("pattern");
    }
    let signs = plain.chars().filter(|c| !c.is_alphanumeric() && !c.is_whitespace()).count();
    let common = |text: &String| list::COMMON.iter().any(|word| mostly(text, word)) || breached::is_known(text, signs);
    (common(&letters) || readings(&plain).iter().any(common)).then_some("common")
}

/// Lower case, full width as half width: how it is typed makes no password better.
fn folded(text: &str) -> String {
    text.nfkc().flat_map(char::to_lowercase).collect()
}

/// Digits and signs that stand for letters, as letters: those at the end are not meant so, those at the beginning may be.
fn readings(plain: &str) -> Vec<String> {
    let sign = |c: char| !c.is_alphabetic();
    let (from_start, inner) = (plain.trim_end_matches(sign), plain.trim_matches(sign));
    [from_start, inner].into_iter().flat_map(|text| ['i', 'l'].map(|one| as_read(text, one))).collect()
}

fn as_read(text: &str, one: char) -> String {
    let letter = |c| match c {
        '0' => 'o',
        '1' | '!' | '|' => one,
        '3' => 'e',
        '4' | '@' => 'a',
        '5' | '$' => 's',
        '7' | '+' => 't',
        '8' => 'b',
        '9' => 'g',
        other => other,
    };
    text.chars().map(letter).filter(|c| c.is_alphanumeric()).collect()
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
mod tests;
