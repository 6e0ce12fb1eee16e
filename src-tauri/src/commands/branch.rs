//! Forwards calls about branches to the desk.

use desk::view::{ActResult, BranchView, ErrorView, MoveForm};
use tauri::State;

use crate::shell::Shell;

#[tauri::command]
#[specta::specta]
pub(crate) async fn branches(shell: State<'_, Shell>) -> Result<Vec<BranchView>, ErrorView> {
    shell.desk()?.branches().await.map_err(|e| e.view())
}

#[tauri::command]
#[specta::specta]
pub(crate) async fn merge_branch(
    shell: State<'_, Shell>,
    code: String,
    into: String,
    on: String,
) -> Result<(), ErrorView> {
    shell.desk()?.merge_branch(&code, &into, &on).await.map_err(|e| e.view())
}

#[tauri::command]
#[specta::specta]
pub(crate) async fn withdraw_merger(shell: State<'_, Shell>, code: String) -> Result<(), ErrorView> {
    shell.desk()?.withdraw_merger(&code).await.map_err(|e| e.view())
}

#[tauri::command]
#[specta::specta]
pub(crate) async fn move_customer(shell: State<'_, Shell>, form: MoveForm) -> Result<ActResult, ErrorView> {
    shell.desk()?.move_customer(&form).await.map_err(|e| e.view())
}
