//! Forwards calls about the policy to the desk.

use desk::view::{ErrorView, PolicyForm, PolicyOutlookLine, PolicyView};
use tauri::State;

use crate::shell::Shell;

#[tauri::command]
#[specta::specta]
pub(crate) async fn policy(shell: State<'_, Shell>) -> Result<PolicyView, ErrorView> {
    shell.desk()?.policy().await.map_err(|e| e.view())
}

#[tauri::command]
#[specta::specta]
pub(crate) async fn policy_outlook(
    shell: State<'_, Shell>,
    form: PolicyForm,
) -> Result<Vec<PolicyOutlookLine>, ErrorView> {
    shell.desk()?.policy_outlook(&form).await.map_err(|e| e.view())
}

#[tauri::command]
#[specta::specta]
pub(crate) async fn propose_policy(shell: State<'_, Shell>, form: PolicyForm) -> Result<(), ErrorView> {
    shell.desk()?.propose_policy(&form).await.map_err(|e| e.view())
}

#[tauri::command]
#[specta::specta]
pub(crate) async fn confirm_policy(shell: State<'_, Shell>, change_id: String) -> Result<(), ErrorView> {
    shell.desk()?.confirm_policy(&change_id).await.map_err(|e| e.view())
}

#[tauri::command]
#[specta::specta]
pub(crate) async fn withdraw_policy(shell: State<'_, Shell>, change_id: String) -> Result<(), ErrorView> {
    shell.desk()?.withdraw_policy(&change_id).await.map_err(|e| e.view())
}
