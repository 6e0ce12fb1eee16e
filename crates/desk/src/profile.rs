//! The profile folder of a desk, and the files a program finds beside itself.

use std::path::{Path, PathBuf};

/// A profile folder.
#[derive(Debug, Clone)]
pub struct Profile {
    /// The folder.
    pub dir: PathBuf,
    /// Training?
    pub training: bool,
}

impl Profile {
    /// The folder of this user: `dir` if given, else the system's place for application data.
    pub fn find(dir: Option<PathBuf>, training: bool) -> Option<Self> {
        let name = if training { "training" } else { "desk" };
        let dir = match dir {
            Some(dir) => dir,
            None => data_home()?.join("madoguchi").join(name),
        };
        Some(Self { dir, training })
    }

    /// The replica's file.
    pub fn replica(&self) -> PathBuf {
        self.dir.join("replica.sqlite")
    }
}

fn data_home() -> Option<PathBuf> {
    let from = |name: &str| std::env::var_os(name).filter(|v| !v.is_empty()).map(PathBuf::from);
    if cfg!(windows) {
        from("LOCALAPPDATA")
    } else {
        from("XDG_DATA_HOME").or_else(|| Some(from("HOME")?.join(".local/share")))
    }
}

/// Where the files of the training centre are: in the folder that `MADOGUCHI_SHARE` names (development), beside the
/// executable, or where the package puts them.
#[derive(Debug, Clone)]
pub struct Share {
    /// `madoguchi-central`.
    pub central: PathBuf,
    /// Sample data.
    pub training: PathBuf,
    /// Built pickup pages.
    pub portal: PathBuf,
}

/// Where the Debian package keeps what is no program of the user's.
const LIB: &str = "/usr/lib/madoguchi";

impl Share {
    /// Finds them; `None` where the training centre is not installed.
    pub fn find() -> Option<Self> {
        let exe = std::env::current_exe().ok()?;
        let beside = exe.parent()?;
        let program = if cfg!(windows) { "madoguchi-central.exe" } else { "madoguchi-central" };
        let central = [beside, Path::new(LIB)].map(|dir| dir.join(program)).into_iter().find(|file| file.exists())?;
        let named = std::env::var_os("MADOGUCHI_SHARE").map(PathBuf::from);
        let places = [named, Some(beside.join("share")), Some(Path::new(LIB).join("share"))];
        let share = places.into_iter().flatten().find(|dir| dir.join("training/customers.json").exists())?;
        let portal = std::env::var_os("MADOGUCHI_PORTAL").map_or_else(|| share.join("portal"), PathBuf::from);
        Some(Self { central, training: share.join("training"), portal })
    }
}

/// Names of branches by code.
pub fn branch_names(file: &Path) -> std::collections::BTreeMap<String, String> {
    #[derive(serde::Deserialize)]
    struct Line {
        code: String,
        name: String,
    }
    let lines: Vec<Line> =
        std::fs::read(file).ok().and_then(|bytes| serde_json::from_slice(&bytes).ok()).unwrap_or_default();
    lines.into_iter().map(|line| (line.code, line.name)).collect()
}
