//! Forwards calls about terminals to the desk.

use desk::view::{ErrorView, InvitationView, TerminalView};
use tauri::State;

use crate::shell::Shell;

#[tauri::command]
#[specta::specta]
pub(crate) async fn terminals(shell: State<'_, Shell>) -> Result<Vec<TerminalView>, ErrorView> {
    shell.desk()?.terminals().await.map_err(|e| e.view())
}

#[tauri::command]
#[specta::specta]
pub(crate) async fn request_terminal(shell: State<'_, Shell>, branch: String, label: String) -> Result<(), ErrorView> {
    shell.desk()?.request_terminal(&branch, &label).await.map_err(|e| e.view())
}

#[tauri::command]
#[specta::specta]
pub(crate) async fn invite_terminal(
    shell: State<'_, Shell>,
    terminal_id: String,
    again: bool,
) -> Result<InvitationView, ErrorView> {
    shell.desk()?.invite_terminal(&terminal_id, again).await.map_err(|e| e.view())
}

#[tauri::command]
#[specta::specta]
pub(crate) async fn move_terminal(
    shell: State<'_, Shell>,
    terminal_id: String,
    branch: String,
    label: String,
) -> Result<(), ErrorView> {
    shell.desk()?.move_terminal(&terminal_id, &branch, &label).await.map_err(|e| e.view())
}

#[tauri::command]
#[specta::specta]
pub(crate) async fn revoke_terminal(shell: State<'_, Shell>, terminal_id: String) -> Result<(), ErrorView> {
    shell.desk()?.revoke_terminal(&terminal_id).await.map_err(|e| e.view())
}
