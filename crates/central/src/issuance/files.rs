//! The files that a ceremony leaves.

use std::path::Path;

/// All of them but what can be made again from the others (the root's list).
const ALL: [&str; 14] = [
    "root.key",
    "root.cer",
    "issuing.key",
    "issuing.cer",
    "terminal.key",
    "terminal.cer",
    "ocsp.key",
    "ocsp.cer",
    "server.key",
    "server.cer",
    "log.key",
    "log.vkey",
    "pepper.key",
    "nonce.key",
];

/// Which of them are in a folder, and which are not.
pub(crate) struct Files {
    pub(crate) there: Vec<&'static str>,
    missing: Vec<&'static str>,
}

impl Files {
    pub(crate) fn of(dir: &Path) -> Self {
        let (there, missing) = ALL.into_iter().partition(|name| dir.join(name).exists());
        Self { there, missing }
    }

    /// # Errors
    /// Some are missing: which.
    pub(crate) fn complete(&self) -> anyhow::Result<()> {
        anyhow::ensure!(
            self.missing.is_empty(),
            "there are {}, and there are no {}",
            self.there.join(", "),
            self.missing.join(", ")
        );
        Ok(())
    }
}
