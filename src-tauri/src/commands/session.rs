//! Forwards calls about session to the desk.

use desk::view::{ErrorView, Status, TrainingAccount};
use tauri::State;

use crate::shell::Shell;

#[tauri::command]
#[specta::specta]
pub(crate) async fn desk_status(shell: State<'_, Shell>) -> Result<Status, ErrorView> {
    shell.status().await
}

#[tauri::command]
#[specta::specta]
pub(crate) async fn training_accounts(shell: State<'_, Shell>) -> Result<Vec<TrainingAccount>, ErrorView> {
    Ok(shell.training_accounts())
}

#[tauri::command]
#[specta::specta]
pub(crate) async fn sign_in(shell: State<'_, Shell>, staff_id: String, password: String) -> Result<Status, ErrorView> {
    shell.desk()?.sign_in(&staff_id, &password).await.map_err(|e| e.view())
}

#[tauri::command]
#[specta::specta]
pub(crate) async fn sign_out(shell: State<'_, Shell>) -> Result<Status, ErrorView> {
    shell.desk()?.sign_out().await.map_err(|e| e.view())
}

#[tauri::command]
#[specta::specta]
pub(crate) async fn lock(shell: State<'_, Shell>) -> Result<Status, ErrorView> {
    shell.desk()?.lock().await.map_err(|e| e.view())
}

#[tauri::command]
#[specta::specta]
pub(crate) async fn unlock(shell: State<'_, Shell>, password: String) -> Result<Status, ErrorView> {
    shell.desk()?.unlock(&password).await.map_err(|e| e.view())
}

#[tauri::command]
#[specta::specta]
pub(crate) async fn touch(shell: State<'_, Shell>) -> Result<(), ErrorView> {
    shell.desk()?.touch();
    Ok(())
}
