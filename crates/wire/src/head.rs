//! The head of a log as it leaves the machine on paper: how many entries, and the tree's root. In words for people, in one line
//! for a QR code. Whoever holds such a paper proves later that nothing before it was changed, whatever became of the centre.

use domain::{ErrorCode, Refusal};
use tlog::RootHash;

use crate::fingerprint::{Fingerprint, Told, half_width};

/// What a line begins with.
const LINE: &str = "madoguchi-head-1";

/// A head.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Head {
    /// Entries under the root.
    pub size: u64,
    /// The tree's root (RFC 6962 §2.1).
    pub root: [u8; 32],
}

impl Head {
    /// `madoguchi-head-1 1024 6E34…`: the text of the QR code.
    pub fn line(&self) -> String {
        format!("{LINE} {} {}", self.size, Fingerprint::from(self.root).to_hex())
    }

    /// The root in sixteen words.
    pub fn words(&self) -> Vec<&'static str> {
        Fingerprint::from(self.root).words()
    }

    /// Is it what was told?
    pub fn fits(&self, told: &ToldHead) -> bool {
        told.size == self.size && told.root.fits(Fingerprint::from(self.root))
    }
}

/// What somebody reads off a paper.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct ToldHead {
    /// Entries under the root.
    pub size: u64,
    /// The root, whole or in words.
    pub root: Told,
}

impl ToldHead {
    /// Reads the line of a QR code, or words or hex with the size beside them.
    ///
    /// # Errors
    /// As [`Told::parse`]; [`ErrorCode::RequestMalformed`] at `size` if there is none.
    pub fn parse(size: Option<u64>, text: &str) -> Result<Self, Refusal> {
        let text: String = text.trim().chars().map(half_width).collect();
        if let Some(rest) = text.strip_prefix(LINE) {
            let mut parts = rest.split_whitespace();
            let size = parts.next().and_then(|size| size.parse().ok());
            let root = parts.next().filter(|_| parts.next().is_none());
            let (Some(size), Some(root)) = (size, root) else {
                return Err(Refusal::new(ErrorCode::FingerprintMalformed).at("text"));
            };
            return Ok(Self { size, root: Told::parse(root).map_err(|refusal| refusal.at("text"))? });
        }
        let size = size.ok_or_else(|| Refusal::new(ErrorCode::RequestMalformed).at("size"))?;
        Ok(Self { size, root: Told::parse(&text).map_err(|refusal| refusal.at("text"))? })
    }

    /// Reads a head that is one text: the line of a QR code, or `SIZE:ROOT` with the root in hex (grouped or not), in words, or
    /// in base64 as a checkpoint has it.
    ///
    /// # Errors
    /// As [`ToldHead::parse`].
    pub fn read(text: &str) -> Result<Self, Refusal> {
        let text: String = text.trim().chars().map(half_width).collect();
        if text.starts_with(LINE) {
            return Self::parse(None, &text);
        }
        let (size, root) =
            text.split_once(':').ok_or_else(|| Refusal::new(ErrorCode::FingerprintMalformed).at("text"))?;
        let size = count(size);
        match (size, RootHash::from_base64(root.trim())) {
            (Some(size), Ok(root)) => Ok(Self { size, root: Told::Whole(root.0.into()) }),
            _ => Self::parse(size, root),
        }
    }
}

/// A number as people write it, `1,024`. A separator that does not stand before three digits is a slip of the pen.
fn count(text: &str) -> Option<u64> {
    let groups: Vec<&str> = text.trim().split([',', '、', '\'', ' ']).collect();
    let digits = |group: &&str| !group.is_empty() && group.bytes().all(|octet| octet.is_ascii_digit());
    let (first, rest) = groups.split_first()?;
    let grouped = rest.is_empty() || first.len() <= 3;
    let good = grouped && rest.iter().all(|group| group.len() == 3) && groups.iter().all(digits);
    good.then(|| groups.concat()).and_then(|number| number.parse().ok())
}

#[cfg(test)]
#[allow(clippy::unwrap_used, clippy::indexing_slicing, reason = "tests")]
mod tests {
    use super::*;

    #[test]
    fn a_head_comes_back_from_paper() {
        let head = Head { size: 1024, root: [0x5a; 32] };
        let told = |size, text: &str| ToldHead::parse(size, text).unwrap();
        assert!(head.fits(&told(None, &head.line())));
        assert!(head.fits(&told(Some(1024), &head.words().join(" "))));
        assert!(!head.fits(&told(Some(1023), &head.words().join("、"))), "another size");
        let other = Head { root: [0x5b; 32], ..head };
        assert!(!head.fits(&told(None, &other.line())));
        assert!(!head.fits(&told(Some(1024), &other.words().join(" "))));
    }

    #[test]
    fn a_head_is_read_in_every_form_it_is_written_in() {
        let root: [u8; 32] = std::array::from_fn(|at| u8::try_from(at * 7).unwrap());
        let head = Head { size: 1_234_567, root };
        let hex = Fingerprint::from(root).to_hex();
        let grouped: Vec<&str> = (0..64).step_by(8).map(|at| hex.get(at..at + 8).unwrap()).collect();
        let (grouped, base64) = (grouped.join(" "), RootHash(root).to_base64());
        let wide = |text: &str| -> String {
            text.chars()
                .map(|c| if c.is_ascii_graphic() { char::from_u32(u32::from(c) + 0xfee0).unwrap() } else { c })
                .collect()
        };
        for size in ["1234567", "1,234,567", "１，２３４，５６７", "1 234 567"] {
            for root in [&hex, &hex.to_lowercase(), &grouped, &wide(&grouped), &base64, &head.words().join("　")] {
                for text in [format!("{size}:{root}"), format!(" {size} ： {root}\n")] {
                    assert!(head.fits(&ToldHead::read(&text).unwrap()), "{text}");
                    assert!(!Head { root: [1; 32], ..head }.fits(&ToldHead::read(&text).unwrap()), "{text}");
                    assert!(!Head { size: 7, ..head }.fits(&ToldHead::read(&text).unwrap()), "{text}");
                }
            }
        }
        for line in [head.line(), wide(&head.line()).replace(' ', "　")] {
            assert!(head.fits(&ToldHead::read(&line).unwrap()), "{line}");
        }
    }

    #[test]
    fn a_slip_of_the_pen_is_no_other_head() {
        let head = Head { size: 1024, root: [0x5a; 32] };
        let hex = Fingerprint::from(head.root).to_hex();
        let code = |text: &str| ToldHead::read(text).unwrap_err().code;
        let without = hex.get(1..).unwrap();
        for root in ["", without, &format!("{hex}0"), &format!("O{without}"), "c2hvcnQ="] {
            assert_eq!(code(&format!("1024:{root}")), ErrorCode::FingerprintMalformed, "{root}");
        }
        assert_eq!(code(&hex), ErrorCode::FingerprintMalformed, "no size");
        for size in ["", "x", "-1", "+1", "1,02", "1,0244", "1024,", ",024", "1,,024", "99999999999999999999"] {
            assert_eq!(code(&format!("{size}:{hex}")), ErrorCode::RequestMalformed, "{size}");
        }
        let mut words = head.words();
        words[15] = words[15 - 1];
        assert_eq!(code(&format!("1024:{}", words.join(" "))), ErrorCode::FingerprintTypo);
        assert_eq!(
            code(&format!("1024:{}", words.join(" ").replacen(words[0], "ほげ", 1))),
            ErrorCode::FingerprintWordUnknown
        );
    }

    #[test]
    fn what_is_no_head_says_why() {
        let refused = |size, text: &str| ToldHead::parse(size, text).unwrap_err();
        assert_eq!(refused(None, &Head { size: 1, root: [1; 32] }.words().join(" ")).code, ErrorCode::RequestMalformed);
        assert_eq!(refused(Some(1), "なにか").code, ErrorCode::FingerprintWordUnknown);
        assert_eq!(refused(None, "madoguchi-head-1 12").code, ErrorCode::FingerprintMalformed);
        assert_eq!(refused(None, "madoguchi-head-1 x 00").code, ErrorCode::FingerprintMalformed);
    }
}
