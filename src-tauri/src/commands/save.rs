//! Saving a file: asks where, unless the environment says so.

use std::io::BufWriter;
use std::path::PathBuf;

use desk::view::ErrorView;
use domain::ErrorCode;
use tauri::AppHandle;
use tauri_plugin_dialog::DialogExt as _;

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
    let Some(path) = place(app, file.name, file.extension, file.folder).await else { return Ok(None) };
    std::fs::write(&path, file.bytes).map_err(not_saved)?;
    Ok(Some(path.display().to_string()))
}

/// The same for what is written bit by bit: the file has its name only when all of it is there.
pub(super) async fn save_long<F: Future<Output = Result<usize, ErrorView>>>(
    app: &AppHandle,
    (name, extension): (String, &'static str),
    write: impl FnOnce(BufWriter<std::fs::File>) -> F,
) -> Result<Option<String>, ErrorView> {
    let Some(path) = place(app, name, extension, EXPORTS).await else { return Ok(None) };
    let unfinished = path.with_added_extension("part");
    let file = std::fs::File::create(&unfinished).map_err(not_saved)?;
    let written = write(BufWriter::new(file)).await;
    let kept = written.and_then(|_| std::fs::rename(&unfinished, &path).map_err(not_saved));
    if kept.is_err() {
        let _ = std::fs::remove_file(&unfinished);
    }
    kept.map(|()| Some(path.display().to_string()))
}

async fn place(app: &AppHandle, name: String, extension: &'static str, folder: &str) -> Option<PathBuf> {
    if let Some(dir) = std::env::var_os(folder) {
        return Some(PathBuf::from(dir).join(name));
    }
    let (answer, chosen) = tokio::sync::oneshot::channel();
    app.dialog()
        .file()
        .set_file_name(name)
        .add_filter(extension.to_uppercase(), &[extension])
        .save_file(move |path| drop(answer.send(path)));
    chosen.await.ok().flatten().and_then(|path| path.into_path().ok())
}

fn not_saved(error: std::io::Error) -> ErrorView {
    tracing::error!(%error, "a file can't be saved");
    desk::DeskError::from(ErrorCode::FileNotSaved).view()
}
