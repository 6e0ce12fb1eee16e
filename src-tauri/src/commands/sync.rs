//! Forwards calls about sync to the desk.

use desk::view::{ErrorView, SyncStatus};
use tauri::State;

use crate::shell::Shell;

#[tauri::command]
#[specta::specta]
pub(crate) async fn sync_status(shell: State<'_, Shell>) -> Result<SyncStatus, ErrorView> {
    shell.desk()?.sync_status().await.map_err(|e| e.view())
}

#[tauri::command]
#[specta::specta]
pub(crate) async fn sync_now(shell: State<'_, Shell>) -> Result<(), ErrorView> {
    shell.desk()?.sync_now();
    Ok(())
}

#[tauri::command]
#[specta::specta]
pub(crate) async fn refused_dismiss(shell: State<'_, Shell>, command_id: String) -> Result<(), ErrorView> {
    shell.desk()?.refused_dismiss(&command_id).await.map_err(|e| e.view())
}

#[tauri::command]
#[specta::specta]
pub(crate) async fn sync_pause(shell: State<'_, Shell>, paused: bool) -> Result<(), ErrorView> {
    shell.desk()?.sync_pause(paused);
    Ok(())
}

#[tauri::command]
#[specta::specta]
pub(crate) async fn use_meanwhile(shell: State<'_, Shell>) -> Result<(), ErrorView> {
    shell.desk()?.use_meanwhile();
    Ok(())
}

#[tauri::command]
#[specta::specta]
pub(crate) async fn replica_damaged(shell: State<'_, Shell>) -> Result<(), ErrorView> {
    shell.desk()?.damaged();
    Ok(())
}

#[tauri::command]
#[specta::specta]
pub(crate) async fn fetch_again(app: tauri::AppHandle, shell: State<'_, Shell>) -> Result<(), ErrorView> {
    shell.fetch_again(app).await
}

#[tauri::command]
#[specta::specta]
pub(crate) async fn refetched_read(shell: State<'_, Shell>) -> Result<(), ErrorView> {
    shell.desk()?.refetched_read().await.map_err(|e| e.view())
}

#[tauri::command]
#[specta::specta]
pub(crate) async fn check_replica(shell: State<'_, Shell>) -> Result<(), ErrorView> {
    shell.desk()?.check_replica().map_err(|e| e.view())
}
