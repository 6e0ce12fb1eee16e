//! A file that gets its name when it is complete, and never takes another's.

use std::fs::{File, OpenOptions};
use std::path::{Path, PathBuf};

use anyhow::Context as _;

use crate::{durable, random};

/// A file being written. Dropped, it is removed.
pub(crate) struct Part(PathBuf);

impl Part {
    /// Beside the place it is for, readable by nobody else.
    pub(crate) fn beside(path: &Path) -> anyhow::Result<Self> {
        anyhow::ensure!(!path.exists(), "{} exists; it is not overwritten", path.display());
        let mut name = path.file_name().context("a file needs a name")?.to_owned();
        name.push(format!(".{}.part", hex::encode(random::bytes::<4>())));
        let part = path.with_file_name(name);
        let mut options = OpenOptions::new();
        options.write(true).create_new(true);
        #[cfg(unix)]
        std::os::unix::fs::OpenOptionsExt::mode(&mut options, 0o600);
        options.open(&part).with_context(|| format!("can't create {}", part.display()))?;
        Ok(Self(part))
    }

    pub(crate) fn path(&self) -> &Path {
        &self.0
    }

    /// Makes it durable and gives it its name, unless that was taken meanwhile.
    pub(crate) fn keep(self, path: &Path) -> anyhow::Result<()> {
        File::open(&self.0)?.sync_all()?;
        // A link, unlike a renaming, never takes the place of what is there.
        std::fs::hard_link(&self.0, path).with_context(|| format!("can't name {}", path.display()))?;
        durable::sync_folder(path);
        Ok(())
    }
}

impl Drop for Part {
    fn drop(&mut self) {
        for end in ["", "-wal", "-shm", "-journal"] {
            let mut name = self.0.clone().into_os_string();
            name.push(end);
            let _ = std::fs::remove_file(name);
        }
    }
}
