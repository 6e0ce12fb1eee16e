//! Forwards calls about the lists of 今日の仕事 to the desk.

use desk::view::{ErrorView, ExportAs, ListPage, TodayList};
use tauri::{AppHandle, State};

use super::save::{File, save};
use crate::shell::Shell;

#[tauri::command]
#[specta::specta]
pub(crate) async fn list(
    shell: State<'_, Shell>,
    list: TodayList,
    after: Option<String>,
) -> Result<ListPage, ErrorView> {
    shell.desk()?.list(list, after.as_deref()).await.map_err(|e| e.view())
}

/// Saves a list as a file; asks where, unless `MADOGUCHI_EXPORT_DIR` says so.
#[tauri::command]
#[specta::specta]
pub(crate) async fn export_list(
    app: AppHandle,
    shell: State<'_, Shell>,
    list: TodayList,
    how: ExportAs,
) -> Result<Option<String>, ErrorView> {
    let export = shell.desk()?.export_list(list, how).await.map_err(|e| e.view())?;
    save(&app, File::of(export)).await
}
