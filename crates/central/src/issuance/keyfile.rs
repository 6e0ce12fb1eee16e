//! Secret keys in files: AES-256-GCM under a key that argon2id makes of the passphrase.
//!
//! Form: `MDK1` ‖ salt (16) ‖ nonce (12) ‖ ciphertext and tag. The file's name is authenticated with it, so that two
//! key files can't be swapped.

use std::cell::RefCell;
use std::io::Write as _;
use std::path::Path;

use anyhow::Context as _;
use argon2::{Algorithm, Argon2, Params, Version};
use aws_lc_rs::aead::{AES_256_GCM, Aad, LessSafeKey, Nonce, UnboundKey};
use rcgen::KeyPair;
use zeroize::Zeroizing;

use crate::random;

const MAGIC: &[u8; 4] = b"MDK1";

/// Octets of the salt.
const SALT: usize = 16;

/// A folder of key files under one passphrase, while somebody reads or writes in it. Its files share their salt: argon2id, a fifth
/// of a second and 64 MiB, is run once for all of them, and a guesser, who needs one file only, gains nothing by it.
pub(super) struct Folder<'a> {
    dir: &'a Path,
    passphrase: &'a str,
    derived: RefCell<Option<Derived>>,
}

/// The key that was derived last.
struct Derived {
    salt: [u8; SALT],
    key: Zeroizing<[u8; 32]>,
}

/// Salt, nonce, ciphertext with its tag.
fn parts(bytes: &[u8]) -> Option<([u8; SALT], [u8; 12], &[u8])> {
    let rest = bytes.strip_prefix(MAGIC)?;
    let (salt, rest) = rest.split_first_chunk()?;
    let (nonce, sealed) = rest.split_first_chunk()?;
    Some((*salt, *nonce, sealed))
}

impl<'a> Folder<'a> {
    pub(super) fn new(dir: &'a Path, passphrase: &'a str) -> Self {
        Self { dir, passphrase, derived: RefCell::default() }
    }

    fn key(&self, salt: [u8; SALT]) -> anyhow::Result<LessSafeKey> {
        let mut last = self.derived.borrow_mut();
        let derived = match last.take() {
            Some(derived) if derived.salt == salt => derived,
            _ => derive(self.passphrase, salt)?,
        };
        let key = last.insert(derived).key.as_ref();
        let key = UnboundKey::new(&AES_256_GCM, key).map_err(|_| anyhow::anyhow!("key"))?;
        Ok(LessSafeKey::new(key))
    }

    /// The salt of the key files that are there; a new one for the first.
    fn salt(&self) -> [u8; SALT] {
        let files = std::fs::read_dir(self.dir).into_iter().flatten().flatten().map(|entry| entry.path());
        let keys = files.filter(|path| path.extension().is_some_and(|extension| extension == "key"));
        let mut salts = keys.filter_map(|path| parts(&std::fs::read(path).ok()?).map(|(salt, ..)| salt));
        salts.next().unwrap_or_else(random::bytes)
    }

    /// Writes a secret; refuses to replace a file.
    pub(super) fn write(&self, name: &str, secret: &[u8]) -> anyhow::Result<()> {
        let salt = self.salt();
        let nonce = random::bytes::<12>();
        let mut sealed = Zeroizing::new(Vec::with_capacity(secret.len() + AES_256_GCM.tag_len()));
        sealed.extend_from_slice(secret);
        self.key(salt)?
            .seal_in_place_append_tag(Nonce::assume_unique_for_key(nonce), Aad::from(name.as_bytes()), &mut *sealed)
            .map_err(|_| anyhow::anyhow!("can't encrypt {name}"))?;
        let path = self.dir.join(name);
        let mut file = new_private(&path).with_context(|| format!("can't create {}", path.display()))?;
        let written =
            file.write_all(&[MAGIC.as_slice(), &salt, &nonce, &sealed].concat()).and_then(|()| file.sync_all());
        written.with_context(|| format!("can't write {}", path.display()))
    }

    /// Reads a secret.
    pub(super) fn read(&self, name: &str) -> anyhow::Result<Zeroizing<Vec<u8>>> {
        let path = self.dir.join(name);
        let bytes = std::fs::read(&path).map_err(|error| unreadable(&path, error))?;
        let Some((salt, nonce, sealed)) = parts(&bytes) else {
            anyhow::bail!("{} is not a key file", path.display());
        };
        let mut opened = Zeroizing::new(sealed.to_vec());
        let length = self
            .key(salt)?
            .open_in_place(Nonce::assume_unique_for_key(nonce), Aad::from(name.as_bytes()), &mut opened)
            .map_err(|_| anyhow::anyhow!("wrong passphrase for {}, or the file was changed", path.display()))?
            .len();
        opened.truncate(length);
        Ok(opened)
    }

    /// Reads the key pair of this name.
    pub(super) fn key_pair(&self, name: &str) -> anyhow::Result<KeyPair> {
        let pkcs8 = self.read(&format!("{name}.key"))?;
        KeyPair::try_from(pkcs8.as_slice()).with_context(|| format!("the key {name} can't be read"))
    }
}

/// A file of the folder of keys that can't be read, and what to do about it.
pub(crate) fn unreadable(path: &Path, error: std::io::Error) -> anyhow::Error {
    use std::io::ErrorKind::{NotFound, PermissionDenied};
    let then = match error.kind() {
        NotFound => {
            ": for a new centre run `madoguchi-central init` first; otherwise put it back from the copy of `keys` that was kept"
        }
        PermissionDenied => ": as which user? Run this as the user of the service, whose files these are",
        _ => "",
    };
    anyhow::Error::from(error).context(format!("can't read {}{then}", path.display()))
}

fn derive(passphrase: &str, salt: [u8; SALT]) -> anyhow::Result<Derived> {
    let params = Params::new(64 * 1024, 3, 1, Some(32)).map_err(|e| anyhow::anyhow!("{e}"))?;
    let mut key = Zeroizing::new([0_u8; 32]);
    Argon2::new(Algorithm::Argon2id, Version::V0x13, params)
        .hash_password_into(passphrase.as_bytes(), &salt, key.as_mut())
        .map_err(|e| anyhow::anyhow!("{e}"))?;
    Ok(Derived { salt, key })
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
        let (right, wrong) = (Folder::new(dir.path(), "correct horse"), Folder::new(dir.path(), "wrong horse"));
        right.write("a.key", b"secret").unwrap();
        assert_eq!(right.read("a.key").unwrap().as_slice(), b"secret");
        assert!(wrong.read("a.key").is_err());
        assert!(Folder::new(dir.path(), "x").write("a.key", b"other").is_err(), "a key file is never replaced");
        let bytes = std::fs::read(dir.path().join("a.key")).unwrap();
        assert!(!bytes.windows(6).any(|w| w == b"secret"));
        std::fs::write(dir.path().join("b.key"), &bytes).unwrap();
        assert!(right.read("b.key").is_err(), "renamed");
        let mut flipped = bytes.clone();
        let last = flipped.len() - 1;
        flipped[last] ^= 1;
        std::fs::write(dir.path().join("a.key"), &flipped).unwrap();
        assert!(right.read("a.key").is_err(), "flipped");
        // Files of one folder share the salt, and each opens by itself, with the passphrase it was written with.
        std::fs::write(dir.path().join("a.key"), &bytes).unwrap();
        right.write("c.key", b"third").unwrap();
        assert_eq!(std::fs::read(dir.path().join("c.key")).unwrap()[4..20], bytes[4..20]);
        assert_eq!(right.read("c.key").unwrap().as_slice(), b"third");
        assert!(wrong.read("c.key").is_err());
        assert_eq!(right.read("a.key").unwrap().as_slice(), b"secret");
    }
}
