//! A terminal's invitation: the one-time code, and the whole of the paper as one line of text, which is what its QR code
//! holds.

use domain::id::CROCKFORD;
use domain::{ErrorCode, Refusal};

use crate::fingerprint::Told;
use crate::sha256_hex;

/// Octets of chance an invitation is made of: five bits of each.
pub const ENTROPY: usize = 20;
/// How long it can be used, hours.
pub const HOURS: i64 = 24;

/// The code: 100 bits, in five groups.
pub fn code(entropy: [u8; ENTROPY]) -> String {
    let symbol = |octet: &u8| char::from(CROCKFORD.get(usize::from(octet & 31)).copied().unwrap_or(b'0'));
    let groups: Vec<String> = entropy.chunks(4).map(|group| group.iter().map(symbol).collect()).collect();
    groups.join("-")
}

/// The form in which it is hashed: people type it.
fn normal(code: &str) -> String {
    let half = |c: char| match c {
        'Ａ'..='Ｚ' | 'ａ'..='ｚ' | '０'..='９' => char::from_u32(u32::from(c) - 0xfee0).unwrap_or(c),
        other => other,
    };
    let typed = code.chars().map(half).filter(char::is_ascii_alphanumeric).map(|c| c.to_ascii_uppercase());
    // Crockford: what looks alike is alike.
    typed
        .map(|c| match c {
            'O' => '0',
            'I' | 'L' => '1',
            other => other,
        })
        .collect()
}

/// What the centre keeps of it.
pub fn code_sha256(code: &str) -> String {
    sha256_hex(normal(code).as_bytes())
}

/// Everything a PC needs for its enrolment.
#[derive(Clone, PartialEq, Eq)]
pub struct Paper {
    /// `https://host:port` of the enrolment.
    pub centre: String,
    /// SHA-256 of the root, hex.
    pub fingerprint: String,
    /// The one-time code.
    pub invitation: String,
}

impl std::fmt::Debug for Paper {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        write!(f, "Paper({}, …)", self.centre)
    }
}

/// Begins the text; the number is its version.
const BEGINS: &str = "MADOGUCHI:1:";

impl Paper {
    /// One line.
    pub fn to_text(&self) -> String {
        format!("{BEGINS}{}:{}:{}", self.invitation, self.fingerprint, self.centre)
    }

    /// Reads the line.
    ///
    /// # Errors
    /// [`ErrorCode::InvitationTextMalformed`]: it is none, or a part of one.
    pub fn parse(text: &str) -> Result<Self, Refusal> {
        let malformed = || Refusal::new(ErrorCode::InvitationTextMalformed);
        let text: String = text.chars().filter(|c| !c.is_whitespace()).collect();
        let mut parts = text.strip_prefix(BEGINS).ok_or_else(malformed)?.splitn(3, ':');
        let (Some(invitation), Some(fingerprint), Some(centre)) = (parts.next(), parts.next(), parts.next()) else {
            return Err(malformed());
        };
        let whole = matches!(Told::parse(fingerprint), Ok(Told::Whole(_)))
            && centre.starts_with("https://")
            && normal(invitation).len() == ENTROPY;
        if !whole {
            return Err(malformed());
        }
        let own = ToOwned::to_owned;
        Ok(Self { centre: own(centre), fingerprint: own(fingerprint), invitation: own(invitation) })
    }
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used, reason = "tests")]
    use super::*;

    #[test]
    fn an_invitation_is_known_however_it_is_typed() {
        let code = code(std::array::from_fn(|n| u8::try_from(n).unwrap() | 0xe0));
        assert_eq!(code, "0123-4567-89AB-CDEF-GHJK");
        for typed in [
            "0123-4567-89AB-CDEF-GHJK",
            "o123 4567 89ab cdef ghjk",
            "０1２3ー４567ー８９ＡＢcdefghjk",
            "0L23456789ABCDEFGHJK",
        ] {
            assert_eq!(code_sha256(typed), code_sha256(&code), "{typed}");
        }
        assert_ne!(code_sha256("1123-4567-89AB-CDEF-GHJK"), code_sha256(&code));
    }

    #[test]
    fn the_paper_is_one_line() {
        let fingerprint = crate::fingerprint::Fingerprint::of(b"root").to_hex();
        let centre = "https://madoguchi.example.jp:8442".to_owned();
        let paper = Paper { centre, fingerprint, invitation: code([7; ENTROPY]) };
        let text = paper.to_text();
        assert_eq!(Paper::parse(&text).unwrap(), paper);
        assert_eq!(
            Paper::parse(&format!("  {}\n", text.replace(":http", ":\n http"))).unwrap(),
            paper,
            "wrapped by a mail"
        );
        for wrong in
            ["", "MADOGUCHI:1:", "MADOGUCHI:2:a:b:c", text.trim_start_matches('M'), &text.replace("https", "http")]
        {
            assert_eq!(Paper::parse(wrong).unwrap_err().code, ErrorCode::InvitationTextMalformed, "{wrong}");
        }
        assert!(!format!("{paper:?}").contains(&paper.invitation));
    }
}
