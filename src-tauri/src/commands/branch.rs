//! Forwards calls about branches to the desk.

use desk::view::{BranchView, ErrorView, MoveForm, MoveOutlook, TakenAlongView};
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
pub(crate) async fn merge_outlook(shell: State<'_, Shell>, code: String) -> Result<TakenAlongView, ErrorView> {
    shell.desk()?.merge_outlook(&code).await.map_err(|e| e.view())
}

#[tauri::command]
#[specta::specta]
pub(crate) async fn move_outlook(shell: State<'_, Shell>, form: MoveForm) -> Result<MoveOutlook, ErrorView> {
    shell.desk()?.move_outlook(&form).await.map_err(|e| e.view())
}

#[tauri::command]
#[specta::specta]
pub(crate) async fn move_customers(shell: State<'_, Shell>, form: MoveForm) -> Result<(), ErrorView> {
    shell.desk()?.move_customers(&form).await.map_err(|e| e.view())
}

#[tauri::command]
#[specta::specta]
pub(crate) async fn branch_proposal_outlook(
    shell: State<'_, Shell>,
    code: String,
) -> Result<TakenAlongView, ErrorView> {
    shell.desk()?.branch_proposal_outlook(&code).await.map_err(|e| e.view())
}

#[tauri::command]
#[specta::specta]
pub(crate) async fn confirm_branch_change(shell: State<'_, Shell>, code: String, number: u32) -> Result<(), ErrorView> {
    shell.desk()?.confirm_branch_change(&code, number).await.map_err(|e| e.view())
}

#[tauri::command]
#[specta::specta]
pub(crate) async fn dismiss_branch_change(shell: State<'_, Shell>, code: String, number: u32) -> Result<(), ErrorView> {
    shell.desk()?.dismiss_branch_change(&code, number).await.map_err(|e| e.view())
}
