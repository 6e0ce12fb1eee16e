//! A database that can't be written is said to be one before anything rests on it: SQLite opens such a file all the same, to read,
//! and the first act would end the service.

use std::path::{Path, PathBuf};

use super::db::{self, Connection, Place, query};

/// Writes something, and undoes it.
///
/// # Errors
/// It can't be written.
pub(super) async fn tried(db: &mut Connection) -> anyhow::Result<()> {
    db.begin().await?;
    let written = query("INSERT INTO aggregate (subject, version, state) VALUES ('', 0, '')").execute(db).await;
    db.rollback().await?;
    Ok(written.map(drop)?)
}

/// An error of the database, with what the operator can do where the right to write is what is missing.
pub(super) fn told(place: &Place, error: anyhow::Error) -> anyhow::Error {
    if !error.chain().filter_map(|cause| cause.downcast_ref::<db::Error>()).any(db::not_writable) {
        return error;
    }
    match place {
        Place::Sqlite(path) => file(path, error),
        Place::Postgres(_) => error.context(format!(
            "{} can't be written by the user that [database] names: let it own the database, and name the server itself, not one \
             that only follows it",
            place.name()
        )),
    }
}

/// The same of a file beside it that could not be opened.
pub(super) fn not_opened(path: &Path, error: std::io::Error) -> anyhow::Error {
    use std::io::ErrorKind::{PermissionDenied, ReadOnlyFilesystem};
    let refused = matches!(error.kind(), PermissionDenied | ReadOnlyFilesystem);
    let error = anyhow::Error::from(error);
    if refused { file(path, error) } else { error.context(format!("can't open {}", path.display())) }
}

fn file(path: &Path, error: anyhow::Error) -> anyhow::Error {
    let (name, me) = (path.display(), me());
    let by = me.map_or_else(|| "by the user that runs this".to_owned(), |id| format!("by user {}", user(id)));
    let then = match me.and_then(|me| anothers(path, me)) {
        Some((other, owner)) => format!(
            "{} belongs to {}: give it back (`chown`), and never run madoguchi-central as another user than the service's",
            other.display(),
            user(owner)
        ),
        None => "look at its mode and its folder's, and whether the file system is mounted read-only".to_owned(),
    };
    error.context(format!("{name} can't be written {by}: {then}"))
}

/// A file of the database that belongs to somebody else, and to whom.
fn anothers(path: &Path, me: u32) -> Option<(PathBuf, u32)> {
    let beside = |end: &str| {
        let mut name = path.as_os_str().to_owned();
        name.push(end);
        PathBuf::from(name)
    };
    let files = ["", "-wal", "-shm"].map(beside).into_iter().chain(path.parent().map(Path::to_path_buf));
    files.filter_map(|file| owner(&file).map(|owner| (file, owner))).find(|(_, owner)| *owner != me)
}

#[cfg(unix)]
fn owner(path: &Path) -> Option<u32> {
    std::os::unix::fs::MetadataExt::uid(&std::fs::metadata(path).ok()?).into()
}

#[cfg(not(unix))]
fn owner(_: &Path) -> Option<u32> {
    None
}

/// The user that runs this.
fn me() -> Option<u32> {
    owner(Path::new("/proc/self"))
}

/// By name, where the system's own list has one.
fn user(id: u32) -> String {
    let list = std::fs::read_to_string("/etc/passwd").unwrap_or_default();
    let named = list.lines().find_map(|line| {
        let mut fields = line.split(':');
        let name = fields.next()?;
        (fields.nth(1)?.parse() == Ok(id)).then(|| name.to_owned())
    });
    named.unwrap_or_else(|| format!("number {id}"))
}
