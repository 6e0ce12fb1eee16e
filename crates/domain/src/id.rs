//! Identifiers and numbers with a format. A value of one of these types has been checked; nothing else may stand for it.

use std::fmt;
use std::str::FromStr;

use serde::{Deserialize, Serialize};
use uuid::Uuid;

use crate::error::{ErrorCode, Refusal};

/// Makes a checked text type: `FromStr` normalises and checks, serde goes through it.
macro_rules! text_id {
    ($(#[$doc:meta])* $name:ident, $code:ident, $field:literal, $normalise:expr, $check:expr) => {
        $(#[$doc])*
        #[derive(Clone, PartialEq, Eq, Hash, PartialOrd, Ord, Serialize, Deserialize)]
        #[serde(try_from = "String", into = "String")]
        pub struct $name(String);

        impl $name {
            /// The checked text.
            pub fn as_str(&self) -> &str {
                &self.0
            }
        }
        impl FromStr for $name {
            type Err = Refusal;
            fn from_str(text: &str) -> Result<Self, Refusal> {
                let normal: String = $normalise(text);
                if $check(&normal) {
                    Ok(Self(normal))
                } else {
                    Err(Refusal::new(ErrorCode::$code).at($field))
                }
            }
        }
        impl TryFrom<String> for $name {
            type Error = Refusal;
            fn try_from(text: String) -> Result<Self, Refusal> {
                text.parse()
            }
        }
        impl From<$name> for String {
            fn from(id: $name) -> String {
                id.0
            }
        }
        impl fmt::Display for $name {
            fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
                f.write_str(&self.0)
            }
        }
        impl fmt::Debug for $name {
            fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
                write!(f, "{}({})", stringify!($name), self.0)
            }
        }
    };
}

/// Makes a UUID newtype.
macro_rules! uuid_id {
    ($(#[$doc:meta])* $name:ident) => {
        $(#[$doc])*
        #[derive(Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord, Serialize, Deserialize)]
        #[serde(transparent)]
        pub struct $name(pub Uuid);

        impl fmt::Display for $name {
            fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
                fmt::Display::fmt(&self.0, f)
            }
        }
        impl fmt::Debug for $name {
            fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
                write!(f, "{}({})", stringify!($name), self.0)
            }
        }
        impl FromStr for $name {
            type Err = Refusal;
            fn from_str(text: &str) -> Result<Self, Refusal> {
                Uuid::parse_str(text).map(Self).map_err(|_| Refusal::new(ErrorCode::IdMalformed))
            }
        }
    };
}

/// Folds full-width ASCII to half width and drops white space and the hyphens people type into numbers.
fn ascii(text: &str) -> String {
    text.chars()
        .map(|c| match c {
            '\u{ff01}'..='\u{ff5e}' => char::from_u32(c as u32 - 0xfee0).unwrap_or(c),
            other => other,
        })
        .filter(|c| !c.is_whitespace() && !matches!(c, '-' | '‐' | '−' | 'ー' | '\u{2013}' | '\u{2014}'))
        .collect()
}

fn upper(text: &str) -> String {
    ascii(text).to_ascii_uppercase()
}

fn digits(text: &str, lengths: std::ops::RangeInclusive<usize>) -> bool {
    lengths.contains(&text.len()) && text.bytes().all(|b| b.is_ascii_digit())
}

fn alphanumeric(text: &str, lengths: std::ops::RangeInclusive<usize>) -> bool {
    lengths.contains(&text.len()) && text.bytes().all(|b| b.is_ascii_alphanumeric())
}

text_id!(
    /// 店番: three digits, zero padded.
    BranchCode, BranchCodeMalformed, "branch",
    |t| { let d = ascii(t); if d.len() < 3 && !d.is_empty() { format!("{d:0>3}") } else { d } },
    |t: &str| digits(t, 3..=3)
);
text_id!(
    /// 顧客番号 (CIF number): one to ten digits, zero padded to seven.
    CifNumber, CifMalformed, "cif",
    |t| { let d = ascii(t); if d.is_empty() { d } else { format!("{d:0>7}") } },
    |t: &str| digits(t, 7..=10)
);
text_id!(
    /// 契約者番号: eight to twelve digits, as the banking system assigns it.
    ContractNumber, ContractNumberMalformed, "contract", ascii, |t: &str| digits(t, 8..=12)
);
text_id!(
    /// 利用者ID: six to twenty letters and digits; capital and small letters are the same.
    UserId, UserIdMalformed, "user_id", upper, |t: &str| alphanumeric(t, 6..=20)
);
text_id!(
    /// 職員番号: four to sixteen letters and digits; capital and small letters are the same.
    StaffId, StaffIdMalformed, "staff_id", upper, |t: &str| alphanumeric(t, 4..=16)
);
text_id!(
    /// Certificate serial number: upper-case hex of at most 20 octets, without a leading zero octet (RFC 5280 §4.1.2.2).
    Serial, SerialMalformed, "serial", upper,
    |t: &str| (2..=40).contains(&t.len()) && t.len().is_multiple_of(2) && t.bytes().all(|b| b.is_ascii_hexdigit())
);
text_id!(
    /// Institution id: two to thirty-two lower-case letters, digits and hyphens; part of every signature and checkpoint origin.
    InstitutionId, IdMalformed, "institution", |t: &str| t.to_owned(),
    |t: &str| (2..=32).contains(&t.len()) && t.bytes().all(|b| b.is_ascii_lowercase() || b.is_ascii_digit() || b == b'-')
);
text_id!(
    /// 受付番号: `店番-YYMMDD-XXXXX`.
    ReceiptNumber, IdMalformed, "receipt", |t: &str| t.to_owned(), |t: &str| t.len() == 16 && t.is_ascii()
);

uuid_id!(
    /// A customer (aggregate id); drawn by whoever records the customer first.
    CustomerId
);
uuid_id!(
    /// An application (申込); drawn by the desk.
    ApplicationId
);
uuid_id!(
    /// A report of a lost or stolen PC (事故の受付); drawn by the desk.
    IncidentId
);
uuid_id!(
    /// A certificate, from the right to fetch it to its end. The serial comes only when it is signed.
    CertificateId
);
uuid_id!(
    /// A change of the policy, from the proposal on; drawn by the desk.
    PolicyChangeId
);
uuid_id!(
    /// A command and the entry it becomes: UUIDv7, drawn by the sender, the key of idempotency.
    CommandId
);
uuid_id!(
    /// A terminal (a branch PC).
    TerminalId
);
uuid_id!(
    /// A staff session. It identifies, it does not authenticate: the bearer token does, and is never logged.
    SessionId
);

/// Crockford's base 32 alphabet: no I, L, O, U.
pub const CROCKFORD: &[u8; 32] = b"0123456789ABCDEFGHJKMNPQRSTVWXYZ";

impl ReceiptNumber {
    /// The receipt number of an application: branch, JST day, and 25 bits of the application's id. The desk can print
    /// it before the centre answered; the centre's unique index refuses the rare double.
    pub fn of(branch: &BranchCode, day: chrono::NaiveDate, application: ApplicationId) -> Self {
        let mut bits = application.0.as_u128();
        let tail: String = (0..5)
            .map(|_| {
                let symbol = CROCKFORD.get((bits & 31) as usize).copied().unwrap_or(b'0');
                bits >>= 5;
                char::from(symbol)
            })
            .collect();
        Self(format!("{branch}-{}-{tail}", day.format("%y%m%d")))
    }
}

impl CertificateId {
    /// The id of the `n`-th right (from 0) an application grants for a user ID: the same on every machine (UUIDv5).
    pub fn of(application: ApplicationId, user: &UserId, n: u32) -> Self {
        Self(Uuid::new_v5(&application.0, format!("{user}/{n}").as_bytes()))
    }
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used, reason = "tests")]
    use super::*;

    #[test]
    fn what_people_type_is_normalised() {
        assert_eq!("12".parse::<BranchCode>().unwrap().as_str(), "012");
        assert_eq!("０１２".parse::<BranchCode>().unwrap().as_str(), "012");
        assert_eq!("ab12ｃｄ34".parse::<UserId>().unwrap().as_str(), "AB12CD34");
        assert_eq!("123-4567".parse::<CifNumber>().unwrap().as_str(), "1234567");
        for bad in ["", "1234", "1a2", "１２３４", "12\u{202e}"] {
            assert!(bad.parse::<BranchCode>().is_err(), "{bad}");
        }
        assert!("ab c'".parse::<UserId>().is_err());
        assert!(serde_json::from_str::<UserId>("\"x\"").is_err());
    }

    #[test]
    fn receipt_number_has_its_form() {
        let day = chrono::NaiveDate::from_ymd_opt(2026, 11, 24).unwrap();
        let number = ReceiptNumber::of(&"11".parse().unwrap(), day, ApplicationId(Uuid::from_u128(31)));
        assert_eq!(number.as_str(), "011-261124-Z0000");
        assert_eq!(number.as_str().parse::<ReceiptNumber>().unwrap(), number);
    }
}
