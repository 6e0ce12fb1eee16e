//! The desk's secrets: the replica's key and the terminal's private key. They live in the system's keyring; in training
//! a file under the profile serves.

use std::path::{Path, PathBuf};

use zeroize::Zeroizing;

use crate::error::DeskError;
use crate::profile::Profile;

/// Where secrets are kept.
#[derive(Debug, Clone)]
pub enum Secrets {
    /// Secret Service on Linux, Credential Manager on Windows; one service name per profile.
    Keyring {
        /// Service name.
        service: String,
    },
    /// Files, readable by the user alone. Training only.
    Files(PathBuf),
}

impl Secrets {
    /// The keyring of this user, for one profile. Says at once if it can't be used.
    ///
    /// # Errors
    /// [`DeskError::Keyring`].
    pub fn keyring(profile: &Path) -> Result<Self, DeskError> {
        let service = format!("madoguchi:{}", profile.display());
        let probe = keyring::Entry::new(&service, "probe").map_err(|e| DeskError::Keyring(e.to_string()))?;
        // A store that was never set up compiles and stores nothing: write, read back, remove.
        probe.set_secret(b"probe").map_err(|e| DeskError::Keyring(e.to_string()))?;
        let read = probe.get_secret().map_err(|e| DeskError::Keyring(e.to_string()))?;
        let _ = probe.delete_credential();
        if read != b"probe" {
            return Err(DeskError::Keyring("the keyring forgets".into()));
        }
        Ok(Self::Keyring { service })
    }

    /// Where those of a profile are.
    ///
    /// # Errors
    /// [`DeskError::Keyring`].
    pub fn of(profile: &Profile) -> Result<Self, DeskError> {
        if profile.training { Ok(Self::Files(profile.dir.join("secrets"))) } else { Self::keyring(&profile.dir) }
    }

    /// Reads a secret; `None` if there is none yet.
    ///
    /// # Errors
    /// [`DeskError::Keyring`].
    pub fn get(&self, name: &str) -> Result<Option<Zeroizing<Vec<u8>>>, DeskError> {
        let fail = |error: String| DeskError::Keyring(error);
        match self {
            Self::Keyring { service } => {
                let entry = keyring::Entry::new(service, name).map_err(|e| fail(e.to_string()))?;
                match entry.get_secret() {
                    Ok(secret) => Ok(Some(Zeroizing::new(secret))),
                    Err(keyring::Error::NoEntry) => Ok(None),
                    Err(error) => Err(fail(error.to_string())),
                }
            }
            Self::Files(dir) => match std::fs::read(dir.join(name)) {
                Ok(secret) => Ok(Some(Zeroizing::new(secret))),
                Err(error) if error.kind() == std::io::ErrorKind::NotFound => Ok(None),
                Err(error) => Err(fail(error.to_string())),
            },
        }
    }

    /// Stores a secret.
    ///
    /// # Errors
    /// [`DeskError::Keyring`].
    pub fn set(&self, name: &str, secret: &[u8]) -> Result<(), DeskError> {
        let fail = |error: String| DeskError::Keyring(error);
        match self {
            Self::Keyring { service } => {
                let entry = keyring::Entry::new(service, name).map_err(|e| fail(e.to_string()))?;
                entry.set_secret(secret).map_err(|e| fail(e.to_string()))
            }
            Self::Files(dir) => write_private(&dir.join(name), secret).map_err(|e| fail(e.to_string())),
        }
    }

    /// Deletes a secret, if there is one.
    ///
    /// # Errors
    /// [`DeskError::Keyring`].
    pub fn delete(&self, name: &str) -> Result<(), DeskError> {
        let fail = |error: String| DeskError::Keyring(error);
        match self {
            Self::Keyring { service } => {
                let entry = keyring::Entry::new(service, name).map_err(|e| fail(e.to_string()))?;
                match entry.delete_credential() {
                    Ok(()) | Err(keyring::Error::NoEntry) => Ok(()),
                    Err(error) => Err(fail(error.to_string())),
                }
            }
            Self::Files(dir) => match std::fs::remove_file(dir.join(name)) {
                Err(error) if error.kind() != std::io::ErrorKind::NotFound => Err(fail(error.to_string())),
                _ => Ok(()),
            },
        }
    }

    /// Reads a secret, or makes it of random bytes.
    ///
    /// # Errors
    /// [`DeskError::Keyring`].
    pub fn get_or_draw(&self, name: &str) -> Result<Zeroizing<Vec<u8>>, DeskError> {
        if let Some(secret) = self.get(name)? {
            return Ok(secret);
        }
        let mut drawn = Zeroizing::new(vec![0; 32]);
        aws_lc_rs::rand::fill(&mut drawn).map_err(|_| DeskError::Internal("no randomness".into()))?;
        self.set(name, &drawn)?;
        Ok(drawn)
    }
}

fn write_private(path: &Path, secret: &[u8]) -> std::io::Result<()> {
    use std::io::Write as _;
    if let Some(dir) = path.parent() {
        std::fs::create_dir_all(dir)?;
    }
    let mut options = std::fs::File::options();
    options.write(true).create(true).truncate(true);
    #[cfg(unix)]
    {
        use std::os::unix::fs::OpenOptionsExt as _;
        options.mode(0o600);
    }
    let mut file = options.open(path)?;
    file.write_all(secret)?;
    file.sync_all()
}
