//! Forwards calls about terminals to the desk.

use desk::view::{ErrorView, TerminalView};
use tauri::State;

use crate::shell::Shell;

#[tauri::command]
#[specta::specta]
pub(crate) async fn terminals(shell: State<'_, Shell>) -> Result<Vec<TerminalView>, ErrorView> {
    shell.desk()?.terminals().await.map_err(|e| e.view())
}

#[tauri::command]
#[specta::specta]
pub(crate) async fn revoke_terminal(shell: State<'_, Shell>, terminal_id: String) -> Result<(), ErrorView> {
    shell.desk()?.revoke_terminal(&terminal_id).await.map_err(|e| e.view())
}
