//! Forwards calls about 日次検印 and its 発行管理簿 to the desk.

use desk::view::{ErrorView, ExportAs, SignOffDays, SignOffForm, SignOffView, SlipView};
use tauri::{AppHandle, State};

use super::save::{File, save};
use crate::shell::Shell;

#[tauri::command]
#[specta::specta]
pub(crate) async fn sign_off_days(
    shell: State<'_, Shell>,
    branch: Option<String>,
    before: Option<String>,
) -> Result<SignOffDays, ErrorView> {
    shell.desk()?.sign_off_days(branch.as_deref(), before.as_deref()).await.map_err(|e| e.view())
}

#[tauri::command]
#[specta::specta]
pub(crate) async fn sign_off_day(
    shell: State<'_, Shell>,
    branch: String,
    day: String,
) -> Result<SignOffView, ErrorView> {
    shell.desk()?.sign_off_day(&branch, &day).await.map_err(|e| e.view())
}

#[tauri::command]
#[specta::specta]
pub(crate) async fn sign_off(shell: State<'_, Shell>, form: SignOffForm) -> Result<(), ErrorView> {
    let desk = shell.desk()?;
    match desk.sign_off(&form).await {
        Ok(()) => Ok(()),
        Err(error) => Err(desk.named_view(&error).await),
    }
}

#[tauri::command]
#[specta::specta]
pub(crate) async fn day_ledger(shell: State<'_, Shell>, branch: String, day: String) -> Result<SlipView, ErrorView> {
    shell.desk()?.day_ledger(&branch, &day).await.map_err(|e| e.view())
}

/// Saves it as PDF; asks where, unless `MADOGUCHI_EXPORT_DIR` says so.
#[tauri::command]
#[specta::specta]
pub(crate) async fn save_day_ledger(
    app: AppHandle,
    shell: State<'_, Shell>,
    branch: String,
    day: String,
) -> Result<Option<String>, ErrorView> {
    let paper = shell.desk()?.day_ledger_pdf(&branch, &day).await.map_err(|e| e.view())?;
    save(&app, File::of(paper)).await
}

/// Saves the list of days as a file; asks where, unless `MADOGUCHI_EXPORT_DIR` says so.
#[tauri::command]
#[specta::specta]
pub(crate) async fn export_sign_off_days(
    app: AppHandle,
    shell: State<'_, Shell>,
    branch: String,
    how: ExportAs,
) -> Result<Option<String>, ErrorView> {
    let export = shell.desk()?.export_sign_off_days(&branch, how).await.map_err(|e| e.view())?;
    save(&app, File::of(export)).await
}
