//! Secret keys in files: AES-256-GCM under a key that argon2id makes of the passphrase.
//!
//! Form: `MDK1` ‖ salt (16) ‖ nonce (12) ‖ ciphertext and tag. The file's name is authenticated with it, so that two
//! key files can't be swapped.

use std::io::Write as _;
use std::path::Path;

use anyhow::Context as _;
use argon2::{Algorithm, Argon2, Params, Version};
use aws_lc_rs::aead::{AES_256_GCM, Aad, LessSafeKey, Nonce, UnboundKey};
use zeroize::Zeroizing;

use crate::random;

const MAGIC: &[u8; 4] = b"MDK1";

fn key(passphrase: &str, salt: &[u8]) -> anyhow::Result<LessSafeKey> {
    let params = Params::new(64 * 1024, 3, 1, Some(32)).map_err(|e| anyhow::anyhow!("{e}"))?;
    let mut bytes = Zeroizing::new([0_u8; 32]);
    Argon2::new(Algorithm::Argon2id, Version::V0x13, params)
        .hash_password_into(passphrase.as_bytes(), salt, bytes.as_mut())
        .map_err(|e| anyhow::anyhow!("{e}"))?;
    let key = UnboundKey::new(&AES_256_GCM, bytes.as_ref()).map_err(|_| anyhow::anyhow!("key"))?;
    Ok(LessSafeKey::new(key))
}

/// Writes a secret; refuses to replace a file.
pub(super) fn write(dir: &Path, name: &str, passphrase: &str, secret: &[u8]) -> anyhow::Result<()> {
    let salt = random::bytes::<16>();
    let nonce = random::bytes::<12>();
    let mut sealed = Zeroizing::new(Vec::with_capacity(secret.len() + AES_256_GCM.tag_len()));
    sealed.extend_from_slice(secret);
    key(passphrase, &salt)?
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
    let (Some(MAGIC), Some(salt), Some(nonce), Some(sealed)) =
        (bytes.get(..4).and_then(|m| m.try_into().ok()), bytes.get(4..20), bytes.get(20..32), bytes.get(32..))
    else {
        anyhow::bail!("{} is not a key file", path.display());
    };
    let nonce: [u8; 12] = nonce.try_into().context("nonce")?;
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
    }
}
