//! Forwards calls about approval to the desk.

use desk::view::{ActResult, ApplicationView, ErrorView};
use tauri::State;

use crate::shell::Shell;

#[tauri::command]
#[specta::specta]
pub(crate) async fn approve_application(
    shell: State<'_, Shell>,
    application_id: String,
    customer_version: String,
) -> Result<ActResult, ErrorView> {
    shell.desk()?.approve_application(&application_id, &customer_version).await.map_err(|e| e.view())
}

#[tauri::command]
#[specta::specta]
pub(crate) async fn return_application(
    shell: State<'_, Shell>,
    application_id: String,
    customer_version: String,
    comment: String,
) -> Result<ActResult, ErrorView> {
    shell.desk()?.return_application(&application_id, &customer_version, &comment).await.map_err(|e| e.view())
}

#[tauri::command]
#[specta::specta]
pub(crate) async fn reject_application(
    shell: State<'_, Shell>,
    application_id: String,
    customer_version: String,
    comment: String,
) -> Result<ActResult, ErrorView> {
    shell.desk()?.reject_application(&application_id, &customer_version, &comment).await.map_err(|e| e.view())
}

#[tauri::command]
#[specta::specta]
pub(crate) async fn approve_over_lock(
    shell: State<'_, Shell>,
    application_id: String,
    customer_version: String,
    staff_id: String,
    password: String,
) -> Result<ActResult, ErrorView> {
    shell
        .desk()?
        .approve_over_lock(&application_id, &customer_version, &staff_id, &password)
        .await
        .map_err(|e| e.view())
}

#[tauri::command]
#[specta::specta]
pub(crate) async fn look_over_lock(
    shell: State<'_, Shell>,
    application_id: String,
    staff_id: String,
    password: String,
) -> Result<ApplicationView, ErrorView> {
    shell.desk()?.look_over_lock(&application_id, &staff_id, &password).await.map_err(|e| e.view())
}

#[tauri::command]
#[specta::specta]
pub(crate) async fn approve_looked_at(
    shell: State<'_, Shell>,
    application_id: String,
    customer_version: String,
) -> Result<ActResult, ErrorView> {
    shell.desk()?.approve_looked_at(&application_id, &customer_version).await.map_err(|e| e.view())
}

#[tauri::command]
#[specta::specta]
pub(crate) async fn look_away(shell: State<'_, Shell>) -> Result<(), ErrorView> {
    shell.desk()?.look_away();
    Ok(())
}
