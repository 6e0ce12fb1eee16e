//! Forwards calls about reports to the desk.

use desk::view::{ErrorView, ExportAs, ReportForm, ReportView};
use tauri::{AppHandle, State};

use super::save::{File, save};
use crate::shell::Shell;

#[tauri::command]
#[specta::specta]
pub(crate) async fn report(shell: State<'_, Shell>, form: ReportForm) -> Result<ReportView, ErrorView> {
    shell.desk()?.report(&form).await.map_err(|e| e.view())
}

/// Saves a report as a file; asks where, unless `MADOGUCHI_EXPORT_DIR` says so.
#[tauri::command]
#[specta::specta]
pub(crate) async fn export_report(
    app: AppHandle,
    shell: State<'_, Shell>,
    form: ReportForm,
    how: ExportAs,
) -> Result<Option<String>, ErrorView> {
    let export = shell.desk()?.export_report(&form, how).await.map_err(|e| e.view())?;
    save(&app, File::of(export)).await
}
