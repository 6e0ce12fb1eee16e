//! Forwards calls about log to the desk.

use desk::view::{ErrorView, LogPage};
use tauri::State;

use crate::shell::Shell;

#[tauri::command]
#[specta::specta]
pub(crate) async fn log_page(shell: State<'_, Shell>, before: Option<u32>, limit: u32) -> Result<LogPage, ErrorView> {
    shell.desk()?.log_page(before, limit).await.map_err(|e| e.view())
}
