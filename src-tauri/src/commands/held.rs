//! Forwards calls about acts made off-line that wait for a supervisor.

use desk::view::{ActResult, ErrorView, HeldView};
use tauri::State;

use crate::shell::Shell;

#[tauri::command]
#[specta::specta]
pub(crate) async fn held_acts(shell: State<'_, Shell>) -> Result<Vec<HeldView>, ErrorView> {
    shell.desk()?.held_acts().await.map_err(|e| e.view())
}

#[tauri::command]
#[specta::specta]
pub(crate) async fn accept_held(
    shell: State<'_, Shell>,
    customer_id: String,
    act: String,
    customer_version: String,
) -> Result<ActResult, ErrorView> {
    shell.desk()?.accept_held(&customer_id, &act, &customer_version).await.map_err(|e| e.view())
}

#[tauri::command]
#[specta::specta]
pub(crate) async fn dismiss_held(
    shell: State<'_, Shell>,
    customer_id: String,
    act: String,
    customer_version: String,
    comment: String,
) -> Result<ActResult, ErrorView> {
    shell.desk()?.dismiss_held(&customer_id, &act, &customer_version, &comment).await.map_err(|e| e.view())
}
