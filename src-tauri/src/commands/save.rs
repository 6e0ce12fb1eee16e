//! Saving a file: asks where, unless the environment says so.

use std::path::PathBuf;

use desk::view::ErrorView;
use domain::ErrorCode;
use tauri::AppHandle;
use tauri_plugin_dialog::DialogExt as _;

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
        Self { name, extension, folder: "MADOGUCHI_EXPORT_DIR", bytes }
    }
}

/// Saves it; `None`: whoever was asked changed their mind.
pub(super) async fn save(app: &AppHandle, file: File) -> Result<Option<String>, ErrorView> {
    let path = match std::env::var_os(file.folder) {
        Some(dir) => Some(PathBuf::from(dir).join(file.name)),
        None => {
            let (answer, chosen) = tokio::sync::oneshot::channel();
            app.dialog()
                .file()
                .set_file_name(file.name)
                .add_filter(file.extension.to_uppercase(), &[file.extension])
                .save_file(move |path| drop(answer.send(path)));
            chosen.await.ok().flatten().and_then(|path| path.into_path().ok())
        }
    };
    let Some(path) = path else { return Ok(None) };
    std::fs::write(&path, file.bytes).map_err(|error| {
        tracing::error!(%error, "a file can't be saved");
        desk::DeskError::from(ErrorCode::FileNotSaved).view()
    })?;
    Ok(Some(path.display().to_string()))
}
