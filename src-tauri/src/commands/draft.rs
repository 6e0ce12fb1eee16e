//! Forwards calls about draft to the desk.

use desk::view::{ApplicationForm, DraftView, ErrorView};
use tauri::State;

use crate::shell::Shell;

#[tauri::command]
#[specta::specta]
pub(crate) async fn save_draft(shell: State<'_, Shell>, form: ApplicationForm) -> Result<(), ErrorView> {
    shell.desk()?.save_draft(form).await.map_err(|e| e.view())
}

#[tauri::command]
#[specta::specta]
pub(crate) async fn drafts(shell: State<'_, Shell>) -> Result<Vec<DraftView>, ErrorView> {
    shell.desk()?.drafts().await.map_err(|e| e.view())
}

#[tauri::command]
#[specta::specta]
pub(crate) async fn delete_draft(shell: State<'_, Shell>, application_id: String) -> Result<(), ErrorView> {
    shell.desk()?.delete_draft(&application_id).await.map_err(|e| e.view())
}
