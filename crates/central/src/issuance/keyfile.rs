//! Secret keys in files: AES-256-GCM under a key that argon2id makes of the passphrase.
//!
//! Form: `MDK1` ‖ salt (16) ‖ nonce (12) ‖ ciphertext and tag. The file's name is authenticated with it, so that two
//! key files can't be swapped.

use std::io::Write as _;
use std::path::Path;
use std::sync::{Mutex, PoisonError};

use anyhow::Context as _;
use argon2::{Algorithm, Argon2, Params, Version};
use aws_lc_rs::aead::{AES_256_GCM, Aad, LessSafeKey, Nonce, UnboundKey};
use zeroize::Zeroizing;

use crate::random;

const MAGIC: &[u8; 4] = b"MDK1";

/// Octets of the salt.
const SALT: usize = 16;

/// The key that was derived last. Files of one folder share their salt: argon2id, a fifth of a second and 64 MiB, is run once
/// for all of them, and a guesser, who needs one file only, gains nothing by it.
struct Derived {
    passphrase: Zeroizing<String>,
    salt: [u8; SALT],
    key: Zeroizing<[u8; 32]>,
}

static LAST: Mutex<Option<Derived>> = Mutex::new(None);

/// Held while the files of a folder are read or written; what was derived is wiped with it.
pub(super) struct Opening;

impl Drop for Opening {
    fn drop(&mut self) {
        *LAST.lock().unwrap_or_else(PoisonError::into_inner) = None;
    }
}

fn key(passphrase: &str, salt: [u8; SALT]) -> anyhow::Result<LessSafeKey> {
    let mut last = LAST.lock().unwrap_or_else(PoisonError::into_inner);
    let derived = match last.take() {
        Some(derived) if derived.salt == salt && derived.passphrase.as_str() == passphrase => derived,
        _ => derive(passphrase, salt)?,
    };
    let key = UnboundKey::new(&AES_256_GCM, derived.key.as_ref()).map_err(|_| anyhow::anyhow!("key"))?;
    *last = Some(derived);
    Ok(LessSafeKey::new(key))
}

fn derive(passphrase: &str, salt: [u8; SALT]) -> anyhow::Result<Derived> {
    let params = Params::new(64 * 1024, 3, 1, Some(32)).map_err(|e| anyhow::anyhow!("{e}"))?;
    let mut key = Zeroizing::new([0_u8; 32]);
    Argon2::new(Algorithm::Argon2id, Version::V0x13, params)
        .hash_password_into(passphrase.as_bytes(), &salt, key.as_mut())
        .map_err(|e| anyhow::anyhow!("{e}"))?;
    Ok(Derived { passphrase: passphrase.to_owned().into(), salt, key })
}

/// The salt of the key files that are there; a new one for the first.
fn salt_in(dir: &Path) -> [u8; SALT] {
    let files = std::fs::read_dir(dir).into_iter().flatten().flatten().map(|entry| entry.path());
    let keys = files.filter(|path| path.extension().is_some_and(|extension| extension == "key"));
    let mut salts = keys.filter_map(|path| parts(&std::fs::read(path).ok()?).map(|(salt, ..)| salt));
    salts.next().unwrap_or_else(random::bytes)
}

/// Salt, nonce, ciphertext with its tag.
fn parts(bytes: &[u8]) -> Option<([u8; SALT], [u8; 12], &[u8])> {
    let rest = bytes.strip_prefix(MAGIC)?;
    let (salt, rest) = rest.split_first_chunk()?;
    let (nonce, sealed) = rest.split_first_chunk()?;
    Some((*salt, *nonce, sealed))
}

/// Writes a secret; refuses to replace a file.
pub(super) fn write(dir: &Path, name: &str, passphrase: &str, secret: &[u8]) -> anyhow::Result<()> {
    let salt = salt_in(dir);
    let nonce = random::bytes::<12>();
    let mut sealed = Zeroizing::new(Vec::with_capacity(secret.len() + AES_256_GCM.tag_len()));
    sealed.extend_from_slice(secret);
    key(passphrase, salt)?
        .seal_in_place_append_tag(Nonce::assume_unique_for_key(nonce), Aad::from(name.as_bytes()), &mut *sealed)
        .map_err(|_| anyhow::anyhow!("can't encrypt {name}"))?;
    let path = dir.join(name);
    let mut file = new_private(&path).with_context(|| format!("can't create {}", path.display()))?;
    file.write_all(&[MAGIC.as_slice(), &salt, &nonce, &sealed].concat())?;
    file.sync_all()?;
    Ok(())
}

/// Reads a secret.
pub(super) fn read(dir: &Path, name: &str, passphrase: &str) -> anyhow::Result<Zeroizing<Vec<u8>>> {
    let path = dir.join(name);
    let bytes = std::fs::read(&path).with_context(|| format!("can't read {}", path.display()))?;
    let Some((salt, nonce, sealed)) = parts(&bytes) else {
        anyhow::bail!("{} is not a key file", path.display());
    };
    let mut opened = Zeroizing::new(sealed.to_vec());
    let length = key(passphrase, salt)?
        .open_in_place(Nonce::assume_unique_for_key(nonce), Aad::from(name.as_bytes()), &mut opened)
        .map_err(|_| anyhow::anyhow!("wrong passphrase for {}, or the file was changed", path.display()))?
        .len();
    opened.truncate(length);
    Ok(opened)
}

fn new_private(path: &Path) -> std::io::Result<std::fs::File> {
    let mut options = std::fs::File::options();
    options.write(true).create_new(true);
    #[cfg(unix)]
    {
        use std::os::unix::fs::OpenOptionsExt as _;
        options.mode(0o600);
    }
    options.open(path)
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used, clippy::indexing_slicing, reason = "tests")]
    use super::*;

    #[test]
    fn opens_only_with_passphrase_name_and_every_byte() {
        let dir = tempfile::tempdir().unwrap();
        write(dir.path(), "a.key", "correct horse", b"secret").unwrap();
        assert_eq!(read(dir.path(), "a.key", "correct horse").unwrap().as_slice(), b"secret");
        assert!(read(dir.path(), "a.key", "wrong horse").is_err());
        assert!(write(dir.path(), "a.key", "x", b"other").is_err(), "a key file is never replaced");
        let bytes = std::fs::read(dir.path().join("a.key")).unwrap();
        assert!(!bytes.windows(6).any(|w| w == b"secret"));
        std::fs::write(dir.path().join("b.key"), &bytes).unwrap();
        assert!(read(dir.path(), "b.key", "correct horse").is_err(), "renamed");
        let mut flipped = bytes.clone();
        let last = flipped.len() - 1;
        flipped[last] ^= 1;
        std::fs::write(dir.path().join("a.key"), &flipped).unwrap();
        assert!(read(dir.path(), "a.key", "correct horse").is_err(), "flipped");
        // Files of one folder share the salt, and each opens by itself, with the passphrase it was written with.
        std::fs::write(dir.path().join("a.key"), &bytes).unwrap();
        write(dir.path(), "c.key", "correct horse", b"third").unwrap();
        assert_eq!(std::fs::read(dir.path().join("c.key")).unwrap()[4..20], bytes[4..20]);
        assert_eq!(read(dir.path(), "c.key", "correct horse").unwrap().as_slice(), b"third");
        assert!(read(dir.path(), "c.key", "wrong horse").is_err());
        assert_eq!(read(dir.path(), "a.key", "correct horse").unwrap().as_slice(), b"secret");
    }
}
