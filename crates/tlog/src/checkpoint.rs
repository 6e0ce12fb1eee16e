//! The text of a checkpoint, C2SP tlog-checkpoint: what a log says of itself at one size. Must accept one spelling
//! only of every checkpoint. A [`Checkpoint`] value proves nothing by itself; only
//! [`crate::CheckpointVerifier::open`] makes a trusted one.

use crate::error::TlogError;
use crate::hash::RootHash;

/// The head of a log: that log `origin` has exactly `size` entries with this `root`.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Checkpoint {
    /// The log's identity; the same text as the name of the key that signs it.
    pub origin: String,
    /// How many entries the log holds.
    pub size: u64,
    /// The RFC 6962 root over all of them.
    pub root: RootHash,
}

impl Checkpoint {
    /// The signed text: `origin`, size in decimal and base64 of the root, each followed by a newline.
    #[must_use]
    pub fn body(&self) -> String {
        format!("{}\n{}\n{}\n", self.origin, self.size, self.root.to_base64())
    }

    /// Reads what [`Self::body`] wrote. Extension lines, which the format allows and advises against, are refused:
    /// our logs have none, and dropping one unread would change what was signed.
    pub(crate) fn parse(body: &str) -> Result<Self, TlogError> {
        let body = body.strip_suffix('\n').ok_or(TlogError::Checkpoint("the last line does not end"))?;
        let mut lines = body.split('\n');
        let (Some(origin), Some(size), Some(root), None) = (lines.next(), lines.next(), lines.next(), lines.next())
        else {
            return Err(TlogError::Checkpoint("not three lines"));
        };
        if origin.is_empty() {
            return Err(TlogError::Checkpoint("no origin"));
        }
        let size = parse_size(size).ok_or(TlogError::Checkpoint("the size is not canonical"))?;
        let root = RootHash::from_base64(root).map_err(|_| TlogError::Checkpoint("the root is no hash"))?;
        Ok(Self { origin: origin.to_owned(), size, root })
    }
}

/// Decimal digits without sign, space or leading zero.
fn parse_size(text: &str) -> Option<u64> {
    let size: u64 = text.parse().ok()?;
    (size.to_string() == text).then_some(size)
}

#[cfg(test)]
#[allow(clippy::unwrap_used, reason = "tests")]
mod tests {
    use proptest::prelude::*;

    use super::*;

    const ROOT: &str = "3bib5AOAnjJXUNPSY814kpwpQreUKjS3fhIslZSnTIw=";

    #[test]
    fn sizes_have_one_spelling() {
        assert_eq!(parse_size("0"), Some(0));
        assert_eq!(parse_size("18446744073709551615"), Some(u64::MAX));
        for bad in
            ["", "00", "07", "+7", "-0", "-7", " 7", "7 ", "7.0", "7e1", "0x7", "\u{ff17}", "18446744073709551616"]
        {
            assert_eq!(parse_size(bad), None, "{bad:?}");
        }
    }

    #[test]
    fn other_shapes_are_refused() {
        assert!(Checkpoint::parse(&format!("log\n7\n{ROOT}\n")).is_ok());
        for bad in [
            String::new(),
            "\n\n\n".into(),
            format!("log\n7\n{ROOT}"),
            format!("log\n7\n{ROOT}\n\n"),
            format!("log\n7\n{ROOT}\nextension\n"),
            format!("\n7\n{ROOT}\n"),
            format!("log\n07\n{ROOT}\n"),
            format!("log\n+7\n{ROOT}\n"),
            format!("log\n7\n{ROOT} \n"),
            format!("log\n7\n{}\n", ROOT.trim_end_matches('=')),
            format!("log\n7\n{}\n", ROOT.replace("TIw=", "TIx=")),
            "log\n7\n\n".into(),
            "log\n7\n".into(),
        ] {
            assert!(matches!(Checkpoint::parse(&bad), Err(TlogError::Checkpoint(_))), "{bad:?}");
        }
    }

    proptest! {
        #[test]
        fn what_is_written_is_read(origin in "[^\\n]{1,40}", size: u64, root: [u8; 32]) {
            let checkpoint = Checkpoint { origin, size, root: RootHash(root) };
            prop_assert_eq!(Checkpoint::parse(&checkpoint.body()), Ok(checkpoint));
        }

        #[test]
        fn what_is_read_has_one_spelling(body in "[a-z]{0,3}\\n[0-9+]{0,3}\\n[A-D]{42}[A-Z]=\\n{1,2}") {
            if let Ok(checkpoint) = Checkpoint::parse(&body) {
                prop_assert_eq!(checkpoint.body(), body);
            }
        }
    }
}
