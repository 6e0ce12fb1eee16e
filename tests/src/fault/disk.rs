//! A disk of a given size that can be filled, emptied, made larger and made read-only: a tmpfs, which takes root.

use std::path::{Path, PathBuf};
use std::process::Command;

/// A mounted disk. It goes with this value.
pub struct Disk {
    place: tempfile::TempDir,
}

fn mount(arguments: &[&str]) {
    let done = Command::new("mount").args(arguments).output().unwrap();
    assert!(done.status.success(), "mount (needs root): {}", String::from_utf8_lossy(&done.stderr));
}

impl Disk {
    /// Of so many KiB.
    pub fn new(kib: u32) -> Self {
        let place = tempfile::tempdir().unwrap();
        mount(&["-t", "tmpfs", "-o", &format!("size={kib}k"), "tmpfs", place.path().to_str().unwrap()]);
        Self { place }
    }

    /// Where it is.
    pub fn path(&self) -> &Path {
        self.place.path()
    }

    fn again(&self, options: &str) {
        mount(&["-o", &format!("remount,{options}"), self.path().to_str().unwrap()]);
    }

    /// Another size, with everything that is on it.
    pub fn resize(&self, kib: u32) {
        self.again(&format!("size={kib}k"));
    }

    /// Nothing can be written any more, or again. Fails while a file is open for writing.
    pub fn read_only(&self, yes: bool) {
        self.again(if yes { "ro" } else { "rw" });
    }

    fn filler(&self) -> PathBuf {
        self.path().join("filler")
    }

    /// Fills it to the last byte.
    pub fn fill(&self) {
        use std::io::Write as _;
        let mut file = std::fs::File::create(self.filler()).unwrap();
        for piece in [64 * 1024, 4096, 1] {
            while file.write_all(&vec![0; piece]).is_ok() {}
        }
    }

    /// Gives the room back.
    pub fn empty(&self) {
        std::fs::remove_file(self.filler()).unwrap();
    }
}

impl Drop for Disk {
    fn drop(&mut self) {
        // Lazily: whoever still has a file open keeps it until then.
        let _ = Command::new("umount").arg("-l").arg(self.path()).status();
    }
}
