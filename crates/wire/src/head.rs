//! The head of a log as it leaves the machine on paper: how many entries, and the tree's root. In words for people, in one line
//! for a QR code. Whoever holds such a paper proves later that nothing before it was changed, whatever became of the centre.

use domain::{ErrorCode, Refusal};

use crate::fingerprint::{Fingerprint, Told};

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
        if let Some(rest) = text.trim().strip_prefix(LINE) {
            let mut parts = rest.split_whitespace();
            let size = parts.next().and_then(|size| size.parse().ok());
            let root = parts.next().filter(|_| parts.next().is_none());
            let (Some(size), Some(root)) = (size, root) else {
                return Err(Refusal::new(ErrorCode::FingerprintMalformed).at("text"));
            };
            return Ok(Self { size, root: Told::parse(root).map_err(|refusal| refusal.at("text"))? });
        }
        let size = size.ok_or_else(|| Refusal::new(ErrorCode::RequestMalformed).at("size"))?;
        Ok(Self { size, root: Told::parse(text).map_err(|refusal| refusal.at("text"))? })
    }
}

#[cfg(test)]
#[allow(clippy::unwrap_used, reason = "tests")]
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
    fn what_is_no_head_says_why() {
        let refused = |size, text: &str| ToldHead::parse(size, text).unwrap_err();
        assert_eq!(refused(None, &Head { size: 1, root: [1; 32] }.words().join(" ")).code, ErrorCode::RequestMalformed);
        assert_eq!(refused(Some(1), "なにか").code, ErrorCode::FingerprintWordUnknown);
        assert_eq!(refused(None, "madoguchi-head-1 12").code, ErrorCode::FingerprintMalformed);
        assert_eq!(refused(None, "madoguchi-head-1 x 00").code, ErrorCode::FingerprintMalformed);
    }
}
