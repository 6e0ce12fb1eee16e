//! Saving a file: asks where, unless the environment says so.

use std::io::{BufWriter, Write as _};
use std::path::PathBuf;

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

/// Saves it; `None`: whoever was asked changed their mind.
pub(super) async fn save(app: &AppHandle, file: File) -> Result<Option<String>, ErrorView> {
    let File { name, extension, folder, bytes } = file;
    let write = |mut out: BufWriter<std::fs::File>| async move { out.write_all(&bytes).map_err(not_saved) };
    save_to(place(app, (name, extension), folder).await, write).await
}

/// The same for what is written bit by bit.
pub(super) async fn save_long<T, F: Future<Output = Result<T, ErrorView>>>(
    app: &AppHandle,
    name: (String, &'static str),
    write: impl FnOnce(BufWriter<std::fs::File>) -> F,
) -> Result<Option<String>, ErrorView> {
    save_to(place(app, name, EXPORTS).await, write).await
}

/// The file has its name only when all of it is there.
async fn save_to<T, F: Future<Output = Result<T, ErrorView>>>(
    place: Option<PathBuf>,
    write: impl FnOnce(BufWriter<std::fs::File>) -> F,
) -> Result<Option<String>, ErrorView> {
    let Some(path) = place else { return Ok(None) };
    let unfinished = path.with_added_extension("part");
    let file = std::fs::File::create(&unfinished).map_err(not_saved)?;
    let written = write(BufWriter::new(file)).await;
    let kept = written.and_then(|_| std::fs::rename(&unfinished, &path).map_err(not_saved));
    if kept.is_err() {
        let _ = std::fs::remove_file(&unfinished);
    }
    kept.map(|()| Some(path.display().to_string()))
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
