//! Forwards calls about staff to the desk.

use desk::view::{ErrorView, StaffAct, StaffList, StaffResult, Status};
use tauri::State;

use crate::shell::Shell;

#[tauri::command]
#[specta::specta]
pub(crate) async fn staff(shell: State<'_, Shell>) -> Result<StaffList, ErrorView> {
    shell.desk()?.staff().await.map_err(|e| e.view())
}

#[tauri::command]
#[specta::specta]
pub(crate) async fn administer_staff(
    shell: State<'_, Shell>,
    staff_id: String,
    version: Option<String>,
    act: StaffAct,
) -> Result<StaffResult, ErrorView> {
    shell.desk()?.administer_staff(&staff_id, version.as_deref(), act).await.map_err(|e| e.view())
}

#[tauri::command]
#[specta::specta]
pub(crate) async fn change_password(shell: State<'_, Shell>, old: String, next: String) -> Result<Status, ErrorView> {
    shell.desk()?.change_password(&old, &next).await.map_err(|e| e.view())
}
