//! Files that are on the disk when they have their name.

use std::fs::File;
use std::io::Write as _;
use std::path::Path;

use anyhow::Context as _;

/// Writes a file under its name, which nobody had before.
pub(crate) fn new(path: &Path, bytes: &[u8]) -> anyhow::Result<()> {
    let write = || -> std::io::Result<()> {
        let mut file = File::create_new(path)?;
        file.write_all(bytes)?;
        file.sync_all()
    };
    write().with_context(|| format!("can't write {}", path.display()))
}

/// Writes a file beside its place and lets it take the place of what is there: whoever is killed in between leaves the old one
/// or the new one.
pub(crate) fn replace(path: &Path, bytes: &[u8]) -> anyhow::Result<()> {
    let mut name = path.file_name().context("a file needs a name")?.to_owned();
    name.push(".new");
    let beside = path.with_file_name(name);
    // What was left of one that broke off.
    let _ = std::fs::remove_file(&beside);
    new(&beside, bytes)?;
    std::fs::rename(&beside, path).with_context(|| format!("can't replace {}", path.display()))?;
    sync_folder(path);
    Ok(())
}

/// A name is durable when its folder is. Not every system lets a folder be opened.
pub(crate) fn sync_folder(path: &Path) {
    let folder = path.parent().filter(|p| !p.as_os_str().is_empty()).unwrap_or(Path::new("."));
    if let Ok(folder) = File::open(folder) {
        let _ = folder.sync_all();
    }
}
