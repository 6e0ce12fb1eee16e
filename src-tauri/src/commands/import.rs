//! Forwards calls about a file of customers to the desk; asks which file, unless the environment says so.

use std::path::PathBuf;

use desk::view::{ErrorView, ExportAs, ImportFileEncoding, ImportView};
use domain::ErrorCode;
use tauri::{AppHandle, State};
use tauri_plugin_dialog::DialogExt as _;

use super::save::{Out, chosen, save_long};
use crate::shell::Shell;

/// Names a file to be taken without asking.
const FILE: &str = "MADOGUCHI_IMPORT_FILE";

/// Sends the file that is chosen, and has it looked at; `false`: whoever was asked changed their mind.
#[tauri::command]
#[specta::specta]
pub(crate) async fn import_file(
    app: AppHandle,
    shell: State<'_, Shell>,
    encoding: ImportFileEncoding,
) -> Result<bool, ErrorView> {
    let desk = shell.desk()?;
    let path = match std::env::var_os(FILE) {
        Some(path) => Some(PathBuf::from(path)),
        None => {
            let dialog = app.dialog().file().add_filter("CSV", &["csv", "txt"]);
            chosen(|answer| dialog.pick_file(move |path| drop(answer.send(path)))).await
        }
    };
    let Some(path) = path else { return Ok(false) };
    let bytes = tokio::fs::read(&path).await.map_err(|error| {
        tracing::error!(%error, "a file can't be read");
        desk::DeskError::from(ErrorCode::ImportUnreadable).view()
    })?;
    desk.import_file(&bytes, encoding).await.map_err(|e| e.view())?;
    Ok(true)
}

#[tauri::command]
#[specta::specta]
pub(crate) async fn import_state(shell: State<'_, Shell>) -> Result<ImportView, ErrorView> {
    shell.desk()?.import_state().await.map_err(|e| e.view())
}

#[tauri::command]
#[specta::specta]
pub(crate) async fn import_begin(shell: State<'_, Shell>, sha256: String, rows: u32) -> Result<(), ErrorView> {
    shell.desk()?.import_begin(&sha256, rows).await.map_err(|e| e.view())
}

#[tauri::command]
#[specta::specta]
pub(crate) async fn import_cancel(shell: State<'_, Shell>) -> Result<(), ErrorView> {
    shell.desk()?.import_cancel().await.map_err(|e| e.view())
}

/// Saves everything that is wrong with the file that was looked at; asks where, unless `MADOGUCHI_EXPORT_DIR` says so.
#[tauri::command]
#[specta::specta]
pub(crate) async fn export_import_problems(
    app: AppHandle,
    shell: State<'_, Shell>,
    sha256: String,
    how: ExportAs,
) -> Result<Option<String>, ErrorView> {
    let desk = shell.desk()?;
    let write = |mut file: Out| async move {
        desk.export_import_problems(&sha256, how, &mut file).await.map_err(|e| e.view())?;
        Ok(file)
    };
    save_long(&app, shell.desk()?.import_problems_name(how), write).await
}
