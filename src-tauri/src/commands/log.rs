//! Forwards calls about 発行ログ to the desk.

use desk::view::{ErrorView, ExportAs, HeadView, LogChoices, LogEntryView, LogFilter, LogPage, VerifyView};
use tauri::{AppHandle, State};

use super::save::{Out, save_long};
use crate::shell::Shell;

#[tauri::command]
#[specta::specta]
pub(crate) async fn log_page(
    shell: State<'_, Shell>,
    filter: LogFilter,
    as_of: Option<u32>,
    offset: u32,
    limit: u32,
) -> Result<LogPage, ErrorView> {
    shell.desk()?.log_page(filter, as_of, offset, limit).await.map_err(|e| e.view())
}

/// Saves what fits the filter as a file; asks where, unless `MADOGUCHI_EXPORT_DIR` says so.
#[tauri::command]
#[specta::specta]
pub(crate) async fn export_log(
    app: AppHandle,
    shell: State<'_, Shell>,
    filter: LogFilter,
    how: ExportAs,
) -> Result<Option<String>, ErrorView> {
    let desk = shell.desk()?;
    let write = |mut file: Out| async move {
        desk.export_log(filter, how, &mut file).await.map_err(|e| e.view())?;
        Ok(file)
    };
    save_long(&app, shell.desk()?.log_file_name(how), write).await
}

#[tauri::command]
#[specta::specta]
pub(crate) async fn log_choices(shell: State<'_, Shell>) -> Result<LogChoices, ErrorView> {
    shell.desk()?.log_choices().await.map_err(|e| e.view())
}

#[tauri::command]
#[specta::specta]
pub(crate) async fn log_entry(shell: State<'_, Shell>, index: u32) -> Result<LogEntryView, ErrorView> {
    shell.desk()?.log_entry(index).await.map_err(|e| e.view())
}

#[tauri::command]
#[specta::specta]
pub(crate) async fn verification(shell: State<'_, Shell>) -> Result<VerifyView, ErrorView> {
    shell.desk()?.verification().await.map_err(|e| e.view())
}

#[tauri::command]
#[specta::specta]
pub(crate) async fn verify_begin(shell: State<'_, Shell>) -> Result<(), ErrorView> {
    shell.desk()?.verify().map_err(|e| e.view())
}

#[tauri::command]
#[specta::specta]
pub(crate) async fn verify_stop(shell: State<'_, Shell>) -> Result<(), ErrorView> {
    shell.desk()?.verify_stop().map_err(|e| e.view())
}

#[tauri::command]
#[specta::specta]
pub(crate) async fn compare_head(
    shell: State<'_, Shell>,
    size: Option<u32>,
    text: String,
) -> Result<HeadView, ErrorView> {
    shell.desk()?.compare_head(size, &text).await.map_err(|e| e.view())
}
