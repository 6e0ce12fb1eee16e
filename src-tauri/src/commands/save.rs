//! Saving a file: asks where, unless the environment says so.

use std::io::{BufWriter, Write as _};
use std::path::{Path, PathBuf};

use desk::view::ErrorView;
use domain::ErrorCode;
use tauri::AppHandle;
use tauri_plugin_dialog::{DialogExt as _, FilePath};
use tokio::sync::oneshot;

/// Variable with the folder of exports.
const EXPORTS: &str = "MADOGUCHI_EXPORT_DIR";

/// What is saved.
pub(super) struct File {
    /// Proposed name.
    pub(super) name: String,
    /// Extension, without the dot.
    pub(super) extension: &'static str,
    /// Variable with the folder to use without asking.
    pub(super) folder: &'static str,
    /// Content.
    pub(super) bytes: Vec<u8>,
}

impl File {
    /// A list, a report or a paper without a secret.
    pub(super) fn of(export: desk::Export) -> Self {
        let (name, extension, bytes) = (export.name, export.extension, export.bytes);
        Self { name, extension, folder: EXPORTS, bytes }
    }
}

/// Whoever writes gives it back: what still stands in its buffer is on no disk, and what a drop fails to write nobody hears of.
pub(super) type Out = BufWriter<std::fs::File>;

/// Saves it; `None`: whoever was asked changed their mind.
pub(super) async fn save(app: &AppHandle, file: File) -> Result<Option<String>, ErrorView> {
    let File { name, extension, folder, bytes } = file;
    let write = |mut out: Out| async move { out.write_all(&bytes).map(|()| out).map_err(not_saved) };
    save_to(place(app, (name, extension), folder).await, write).await
}

/// The same for what is written bit by bit.
pub(super) async fn save_long<F: Future<Output = Result<Out, ErrorView>>>(
    app: &AppHandle,
    name: (String, &'static str),
    write: impl FnOnce(Out) -> F,
) -> Result<Option<String>, ErrorView> {
    save_to(place(app, name, EXPORTS).await, write).await
}

/// The file has its name only when all of it is there.
async fn save_to<F: Future<Output = Result<Out, ErrorView>>>(
    place: Option<PathBuf>,
    write: impl FnOnce(Out) -> F,
) -> Result<Option<String>, ErrorView> {
    let Some(path) = place else { return Ok(None) };
    let unfinished = path.with_added_extension("part");
    let file = std::fs::File::create(&unfinished).map_err(not_saved)?;
    let written = write(BufWriter::new(file)).await;
    let kept = written.and_then(|out| kept(out, &unfinished, &path).map_err(not_saved));
    if kept.is_err() {
        let _ = std::fs::remove_file(&unfinished);
    }
    kept.map(|()| Some(path.display().to_string()))
}

/// All of it is on the disk before it takes the place of what was there: a full disk, a pulled stick and a lost current leave
/// the old file whole.
fn kept(out: Out, unfinished: &Path, path: &Path) -> std::io::Result<()> {
    out.into_inner()?.sync_all()?;
    std::fs::rename(unfinished, path)
}

async fn place(app: &AppHandle, (name, extension): (String, &'static str), folder: &str) -> Option<PathBuf> {
    if let Some(dir) = std::env::var_os(folder) {
        return Some(PathBuf::from(dir).join(name));
    }
    let dialog = app.dialog().file().set_file_name(name).add_filter(extension.to_uppercase(), &[extension]);
    chosen(|answer| dialog.save_file(move |path| drop(answer.send(path)))).await
}

/// What somebody chose in a dialog of the system's; `None`: nothing.
pub(super) async fn chosen(ask: impl FnOnce(oneshot::Sender<Option<FilePath>>)) -> Option<PathBuf> {
    let (answer, chosen) = oneshot::channel();
    ask(answer);
    chosen.await.ok().flatten().and_then(|path| path.into_path().ok())
}

fn not_saved(error: std::io::Error) -> ErrorView {
    tracing::error!(%error, "a file can't be saved");
    desk::DeskError::from(ErrorCode::FileNotSaved).view()
}

#[cfg(test)]
#[allow(clippy::unwrap_used, reason = "tests")]
mod tests {
    use super::*;

    async fn written(path: &Path, bytes: &[u8]) -> Result<Option<String>, ErrorView> {
        let write = |mut out: Out| async move { out.write_all(bytes).map(|()| out).map_err(not_saved) };
        save_to(Some(path.to_owned()), write).await
    }

    /// As short as what a buffer holds, and longer.
    #[tokio::test]
    async fn what_is_saved_is_there_and_nothing_beside_it() {
        let dir = tempfile::tempdir().unwrap();
        let path = dir.path().join("一覧.csv");
        for bytes in [b"short".to_vec(), vec![b'x'; 100_000], Vec::new()] {
            let said = written(&path, &bytes).await.unwrap();
            assert_eq!((said, std::fs::read(&path).unwrap()), (Some(path.display().to_string()), bytes));
            assert_eq!(std::fs::read_dir(dir.path()).unwrap().count(), 1);
        }
    }

    #[cfg(target_os = "linux")]
    #[tokio::test]
    async fn on_a_full_disk_nothing_is_saved_and_the_old_file_stays() {
        let dir = tempfile::tempdir().unwrap();
        let path = dir.path().join("一覧.csv");
        std::fs::write(&path, "of yesterday").unwrap();
        for bytes in [b"short".to_vec(), vec![b'x'; 100_000]] {
            // Where it is written first, there is no room at all.
            std::os::unix::fs::symlink("/dev/full", path.with_added_extension("part")).unwrap();
            let refused = written(&path, &bytes).await.unwrap_err();
            assert_eq!(refused.code, ErrorCode::FileNotSaved);
            assert_eq!(std::fs::read(&path).unwrap(), b"of yesterday");
            assert_eq!(std::fs::read_dir(dir.path()).unwrap().count(), 1);
        }
    }
}
