//! C2SP signed-note (c2sp.org/signed-note): text, an empty line, signature lines. Must not know what the text says,
//! and must never give out a text before a signature on it was verified.

use aws_lc_rs::signature::{ED25519, UnparsedPublicKey};
use base64::{Engine as _, engine::general_purpose::STANDARD};
use sha2::{Digest as _, Sha256};

use crate::error::TlogError;

/// The signature type of plain Ed25519 over the note text.
pub(crate) const ED25519_TYPE: u8 = 0x01;
/// The first four bytes of a hash over name, type and public key. It finds a key; it does not authenticate one.
pub(crate) type KeyId = [u8; 4];

const SIGNATURE_LINE: &str = "\u{2014} ";
/// Room for the sixteen signatures of nearly 5 kB each that every verifier has to accept, and far more of ours.
const MAX_NOTE_BYTES: usize = 256 * 1024;
const MAX_SIGNATURES: usize = 100;

/// A key name is not empty and holds no Unicode space and no `+`. Control characters are refused too, because no
/// note could carry them.
pub(crate) fn check_key_name(name: &str) -> Result<(), TlogError> {
    let bad = |c: char| c.is_whitespace() || c.is_control() || c == '+';
    if name.is_empty() || name.contains(bad) { Err(TlogError::KeyName) } else { Ok(()) }
}

/// SHA-256(name || 0x0A || type || public key)\[..4\].
pub(crate) fn key_id(name: &str, public_key: &[u8; 32]) -> KeyId {
    let digest: [u8; 32] =
        Sha256::new().chain_update(name).chain_update([b'\n', ED25519_TYPE]).chain_update(public_key).finalize().into();
    let [a, b, c, d, ..] = digest;
    [a, b, c, d]
}

/// The whole note for a text that ends in a newline, with one signature.
pub(crate) fn write(text: &str, name: &str, id: KeyId, signature: &[u8]) -> String {
    format!("{text}\n{SIGNATURE_LINE}{name} {}\n", STANDARD.encode([&id[..], signature].concat()))
}

/// Gives the text (with its last newline) of a note that the key signed.
///
/// Well-formed lines of other keys are ignored, so that a log may change keys and witnesses may cosign. Every line
/// under this key's name and ID has to verify, and there must be at least one.
pub(crate) fn open<'n>(note: &'n str, name: &str, public_key: &[u8; 32]) -> Result<&'n str, TlogError> {
    if note.len() > MAX_NOTE_BYTES {
        return Err(TlogError::Note("too long"));
    }
    if note.bytes().any(|byte| byte < 0x20 && byte != b'\n') {
        return Err(TlogError::Note("control character"));
    }
    // The text may hold empty lines; the last one of the note divides.
    let (before, lines) = note.rsplit_once("\n\n").ok_or(TlogError::Note("no empty line"))?;
    let text = note.get(..=before.len()).ok_or(TlogError::Note("no text"))?;
    let lines = lines.strip_suffix('\n').ok_or(TlogError::Note("the last line does not end"))?;

    let key = UnparsedPublicKey::new(&ED25519, public_key);
    let id = key_id(name, public_key);
    let mut verified = false;
    for (count, line) in lines.split('\n').enumerate() {
        if count == MAX_SIGNATURES {
            return Err(TlogError::Note("too many signatures"));
        }
        let (line_name, line_id, signature) = signature_line(line)?;
        if line_name == name && line_id == id {
            key.verify(text.as_bytes(), &signature).map_err(|_| TlogError::BadSignature)?;
            verified = true;
        }
    }
    if verified { Ok(text) } else { Err(TlogError::NoSignature) }
}

fn signature_line(line: &str) -> Result<(&str, KeyId, Vec<u8>), TlogError> {
    let malformed = TlogError::Note("malformed signature line");
    let Some((name, signature)) = line.strip_prefix(SIGNATURE_LINE).and_then(|rest| rest.split_once(' ')) else {
        return Err(malformed);
    };
    let (Ok(()), Ok(bytes)) = (check_key_name(name), STANDARD.decode(signature)) else {
        return Err(malformed);
    };
    match bytes.split_first_chunk::<4>() {
        Some((id, signature)) if !signature.is_empty() => Ok((name, *id, signature.to_vec())),
        _ => Err(malformed),
    }
}

#[cfg(test)]
#[allow(clippy::unwrap_used, reason = "tests")]
mod tests {
    use super::*;
    use crate::keys::CheckpointVerifier;

    /// The key and notes that other implementations of the format test with.
    const VKEY: &str = "PeterNeumann+c74f20a3+ARpc2QcUPDhMQegwxbzhKqiBfsVkmqq/LDE4izWy10TW";
    const TEXT: &str =
        "If you think cryptography is the answer to your problem,\nthen you don't know what your problem is.\n";
    const PETER: &str = "\u{2014} PeterNeumann \
         x08go/ZJkuBS9UG/SffcvIAQxVBtiFupLLr8pAcElZInNIuGUgYN1FFYC2pZSNXgKvqfqdngotpRZb6KE6RyyBwJnAM=\n";
    const ENOCH: &str = "\u{2014} EnochRoot \
         rwz+eBzmZa0SO3NbfRGzPCpDckykFXSdeX+MNtCOXm2/5n2tiOHp+vAF1aGrQ5ovTG01oOTGwnWLox33WWd1RvMc+QQ=\n";

    fn peter(note: &str) -> Result<&str, TlogError> {
        let key = CheckpointVerifier::parse(VKEY).unwrap();
        open(note, key.name(), key.public_key())
    }

    #[test]
    fn opens_the_notes_of_other_implementations() {
        assert_eq!(peter(&format!("{TEXT}\n{PETER}")), Ok(TEXT));
        assert_eq!(peter(&format!("{TEXT}\n{PETER}{ENOCH}")), Ok(TEXT));
        assert_eq!(peter(&format!("{TEXT}\n{ENOCH}{PETER}{PETER}")), Ok(TEXT));
        assert_eq!(peter(&format!("{TEXT}\n{ENOCH}")), Err(TlogError::NoSignature));
    }

    #[test]
    fn a_wrong_signature_of_the_key_is_not_outvoted() {
        let wrong = PETER.replace("KE6RyyBw", "KE6RyyBx");
        assert_eq!(peter(&format!("{TEXT}\n{wrong}")), Err(TlogError::BadSignature));
        assert_eq!(peter(&format!("{TEXT}\n{PETER}{wrong}")), Err(TlogError::BadSignature));
        assert_eq!(peter(&format!("{TEXT}\n{wrong}{PETER}")), Err(TlogError::BadSignature));
        assert_eq!(peter(&format!("{TEXT}more\n\n{PETER}")), Err(TlogError::BadSignature));
        // Too short to be an Ed25519 signature, but under the name and ID of the key.
        assert_eq!(peter(&format!("{TEXT}\n\u{2014} PeterNeumann x08go/ZJkuA=\n")), Err(TlogError::BadSignature));
    }

    #[test]
    fn the_last_empty_line_divides() {
        let inner = format!("{TEXT}\n{PETER}\n{PETER}");
        // The text is now another one, with the first signature line inside it.
        assert_eq!(peter(&inner), Err(TlogError::BadSignature));
    }

    #[test]
    fn malformed_notes_are_refused() {
        let bare = PETER.trim_end();
        for note in [
            String::new(),
            "\n".into(),
            "\n\n".into(),
            TEXT.into(),
            format!("{TEXT}\n"),
            format!("{TEXT}{PETER}"),
            format!("{TEXT}\n{bare}"),
            format!("{TEXT}\n{PETER}\n"),
            format!("{TEXT}\n{PETER}trailing"),
            format!("{TEXT}\n{PETER}trailing\n"),
            format!("{TEXT}\n{bare} \n"),
            format!("{TEXT}\n{PETER}\u{2014} Other AAAA\n"),
            format!("{TEXT}\n{PETER}\u{2014} Other AAAAAA==\n"),
            format!("{TEXT}\n{PETER}\u{2014} Ot+er AAAAAAA=\n"),
            format!("{TEXT}\n{PETER}\u{2014}  AAAAAAA=\n"),
            format!("{TEXT}\n{PETER}\u{2014} Other AAAAAAB=\n"),
            format!("{TEXT}\n{PETER}- Other AAAAAAA=\n"),
            format!("{TEXT}\n{PETER}").replace('\n', "\r\n"),
            format!("{TEXT}\n{PETER}").replace("answer", "an\0swer"),
        ] {
            assert!(matches!(peter(&note), Err(TlogError::Note(_))), "{note:?}: {:?}", peter(&note));
        }
    }

    #[test]
    fn sizes_are_bounded_but_not_too_tightly() {
        let other = format!("\u{2014} Other {}\n", STANDARD.encode([0; 5000]));
        assert_eq!(peter(&format!("{TEXT}\n{}{PETER}", other.repeat(15))), Ok(TEXT));
        assert_eq!(peter(&format!("{TEXT}\n{}{PETER}", other.repeat(40))), Err(TlogError::Note("too long")));
        assert_eq!(peter(&format!("{TEXT}\n{}", PETER.repeat(100))), Ok(TEXT));
        assert_eq!(peter(&format!("{TEXT}\n{}", PETER.repeat(101))), Err(TlogError::Note("too many signatures")));
    }

    #[test]
    fn key_names() {
        for good in ["log.example/madoguchi", "窓口", "a"] {
            assert_eq!(check_key_name(good), Ok(()), "{good:?}");
        }
        for bad in ["", " ", "a b", "a+b", "a\nb", "a\tb", "a\u{3000}b", "a\u{a0}b", "a\0b", "a\u{85}b"] {
            assert_eq!(check_key_name(bad), Err(TlogError::KeyName), "{bad:?}");
        }
    }
}
