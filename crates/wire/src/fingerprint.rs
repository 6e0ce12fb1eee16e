//! The fingerprint of a centre's root certificate: SHA-256 over its DER, in hex, or as sixteen words that two people can
//! compare by telephone. Fifteen words are the first 120 bits (nobody makes a second certificate with the same), the last
//! one is a check: a slip of the pen is told from another centre.

mod words;

use domain::{ErrorCode, Refusal};
use sha2::{Digest as _, Sha256};

use words::WORDS;

/// Octets that the words tell.
const TOLD: usize = 15;
/// Words of a fingerprint, the check included.
pub const COUNT: usize = TOLD + 1;

/// What a certificate is known by.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Fingerprint([u8; 32]);

/// What somebody was told of a fingerprint.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Told {
    /// All of it.
    Whole(Fingerprint),
    /// By words.
    Words([u8; TOLD]),
}

fn word(octet: u8) -> &'static str {
    WORDS.get(usize::from(octet)).copied().unwrap_or_default()
}

fn octet(word: &str) -> Option<u8> {
    WORDS.iter().position(|known| *known == word).and_then(|at| u8::try_from(at).ok())
}

/// Of the words before it.
fn check(told: &[u8; TOLD]) -> u8 {
    Sha256::digest([b"madoguchi-fingerprint-v1".as_slice(), told].concat()).first().copied().unwrap_or_default()
}

impl From<[u8; 32]> for Fingerprint {
    /// Of something else that is known by its SHA-256.
    fn from(hash: [u8; 32]) -> Self {
        Self(hash)
    }
}

impl Fingerprint {
    /// Of a certificate's DER.
    pub fn of(der: &[u8]) -> Self {
        Self(Sha256::digest(der).into())
    }

    /// In hex, without separators.
    pub fn to_hex(self) -> String {
        self.0.iter().map(|octet| format!("{octet:02X}")).collect()
    }

    fn told(self) -> [u8; TOLD] {
        self.0.first_chunk().copied().unwrap_or_default()
    }

    /// The sixteen words.
    pub fn words(self) -> Vec<&'static str> {
        let told = self.told();
        told.iter().copied().chain([check(&told)]).map(word).collect()
    }
}

/// Half-width what a keyboard in Japanese types full-width: `１０２４：６Ｅ`.
pub(crate) fn half_width(character: char) -> char {
    match character {
        '！'..='～' => char::from_u32(u32::from(character) - 0xfee0).unwrap_or(character),
        '\u{3000}' => ' ',
        other => other,
    }
}

/// Katakana and what stands between words, as people type them.
fn folded(character: char) -> char {
    match character {
        'ァ'..='ヶ' => char::from_u32(u32::from(character) - 0x60).unwrap_or(character),
        '、' | ',' | '・' | '/' | '-' => ' ',
        other => other,
    }
}

impl Told {
    /// Reads what was typed or pasted: words, or hex with or without colons.
    ///
    /// # Errors
    /// [`ErrorCode::FingerprintMalformed`] (neither), [`ErrorCode::FingerprintWordUnknown`] (argument `word`),
    /// [`ErrorCode::FingerprintTypo`] (the check does not fit).
    pub fn parse(text: &str) -> Result<Self, Refusal> {
        let text: String = text.chars().map(half_width).collect();
        let hex: String = text.chars().filter(|c| !c.is_whitespace() && *c != ':').collect();
        if hex.len() == 64 && hex.bytes().all(|b| b.is_ascii_hexdigit()) {
            let mut octets = [0; 32];
            for (octet, pair) in octets.iter_mut().zip(hex.as_bytes().chunks(2)) {
                let pair = std::str::from_utf8(pair).unwrap_or_default();
                *octet = u8::from_str_radix(pair, 16).map_err(|_| ErrorCode::FingerprintMalformed)?;
            }
            return Ok(Self::Whole(Fingerprint(octets)));
        }
        let text: String = text.chars().map(folded).collect();
        let typed: Vec<&str> = text.split_whitespace().collect();
        if typed.is_empty() || typed.iter().all(|word| word.is_ascii()) {
            return Err(ErrorCode::FingerprintMalformed.into());
        }
        let octets = typed
            .iter()
            .map(|one| octet(one).ok_or_else(|| Refusal::new(ErrorCode::FingerprintWordUnknown).with("word", one)))
            .collect::<Result<Vec<u8>, _>>()?;
        let [told @ .., last] = octets.as_slice() else { return Err(ErrorCode::FingerprintMalformed.into()) };
        let told: [u8; TOLD] = told.try_into().map_err(|_| ErrorCode::FingerprintMalformed)?;
        if check(&told) != *last {
            return Err(ErrorCode::FingerprintTypo.into());
        }
        Ok(Self::Words(told))
    }

    /// Is it this one?
    pub fn fits(&self, fingerprint: Fingerprint) -> bool {
        match self {
            Self::Whole(whole) => *whole == fingerprint,
            Self::Words(told) => *told == fingerprint.told(),
        }
    }
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used, clippy::indexing_slicing, reason = "tests")]
    use std::collections::BTreeSet;

    use super::*;

    /// A sound without its mark of voicing, and large where it is small: what a bad line leaves of it.
    fn heard(word: &str) -> Vec<char> {
        const VOICED: &str = "がかぎきぐくげけごこざさじしずすぜせぞそだたぢちづつでてどとばはびひぶふべへぼほぱはぴひぷふぺへぽほゃやゅゆょよっつ";
        let pairs: Vec<char> = VOICED.chars().collect();
        let plain = |c: char| pairs.chunks(2).find(|pair| pair[0] == c).map_or(c, |pair| pair[1]);
        word.chars().map(plain).collect()
    }

    fn distance(a: &[char], b: &[char]) -> usize {
        let mut row: Vec<usize> = (0..=b.len()).collect();
        for (i, x) in a.iter().enumerate() {
            let mut next = vec![i + 1];
            for (j, y) in b.iter().enumerate() {
                next.push((row[j + 1] + 1).min(next[j] + 1).min(row[j] + usize::from(x != y)));
            }
            row = next;
        }
        row[b.len()]
    }

    #[test]
    fn no_word_is_heard_as_another() {
        assert_eq!(WORDS.iter().collect::<BTreeSet<_>>().len(), 256);
        for (at, one) in WORDS.iter().enumerate() {
            assert!((3..=5).contains(&one.chars().count()), "{one}");
            assert!(one.chars().all(|c| ('ぁ'..='ん').contains(&c)), "{one}");
            for other in &WORDS[..at] {
                assert!(distance(&heard(one), &heard(other)) >= 2, "{one} {other}");
            }
        }
    }

    #[test]
    fn words_and_hex_tell_the_same() {
        let fingerprint = Fingerprint::of(b"root");
        let words = fingerprint.words().join(" ");
        assert_eq!(fingerprint.words().len(), COUNT);
        let hex = fingerprint.to_hex();
        let colons: Vec<&str> = (0..64).step_by(2).map(|at| &hex[at..at + 2]).collect();
        let katakana: String =
            words.chars().map(|c| if c == ' ' { '、' } else { char::from_u32(u32::from(c) + 0x60).unwrap() }).collect();
        for typed in [words.clone(), words.replace(' ', "　"), words.replace(' ', "\n"), katakana, hex.clone()] {
            assert!(Told::parse(&typed).unwrap().fits(fingerprint), "{typed}");
            assert!(!Told::parse(&typed).unwrap().fits(Fingerprint::of(b"another")), "{typed}");
        }
        assert!(Told::parse(&colons.join(":").to_lowercase()).unwrap().fits(fingerprint));
        let wide = |c: char| if c.is_ascii_graphic() { char::from_u32(u32::from(c) + 0xfee0).unwrap() } else { c };
        assert!(Told::parse(&colons.join(":").chars().map(wide).collect::<String>()).unwrap().fits(fingerprint));
    }

    /// Printed on paper: a later version must read it.
    #[test]
    fn the_words_of_a_certificate_never_change() {
        let words = Fingerprint::of(b"madoguchi").words();
        assert_eq!(
            words.join(" "),
            "もみじ そうめん てんびん ちまき もちつき るびい すてっぷ しらかば みそしる すいせん へちま かみなり のりまき くじら ひらがな てぶくろ"
        );
    }

    #[test]
    fn a_slip_of_the_pen_is_not_another_centre() {
        let mut words = Fingerprint::of(b"root").words();
        for wrong in ["", "abc", "00:11", "あさひ", &words[..15].join(" ")] {
            let code = Told::parse(wrong).unwrap_err().code;
            assert!(matches!(code, ErrorCode::FingerprintMalformed), "{wrong}: {code}");
        }
        let unknown = Told::parse(&words.join(" ").replace(words[3], "ほげほげ")).unwrap_err();
        assert_eq!((unknown.code, unknown.args["word"].as_str()), (ErrorCode::FingerprintWordUnknown, "ほげほげ"));
        words.swap(2, 7);
        assert_eq!(Told::parse(&words.join(" ")).unwrap_err().code, ErrorCode::FingerprintTypo);
        // One wrong word of sixteen: found in all but one of 256.
        let words = Fingerprint::of(b"root").words();
        let found = WORDS.iter().filter(|other| **other != words[5]).filter(|other| {
            let mut typed = words.clone();
            typed[5] = other;
            Told::parse(&typed.join(" ")).is_err()
        });
        assert!(found.count() >= 250);
    }
}
