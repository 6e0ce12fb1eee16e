//! Forwards calls about application to the desk.

use desk::view::{ActResult, ApplicationForm, ApplicationList, ApplicationView, EndView, ErrorView, RequestKind};
use tauri::State;

use crate::shell::Shell;

#[tauri::command]
#[specta::specta]
pub(crate) async fn new_application(
    shell: State<'_, Shell>,
    customer_id: String,
    kind: RequestKind,
) -> Result<ApplicationForm, ErrorView> {
    shell.desk()?.new_application(&customer_id, kind).await.map_err(|e| e.view())
}

#[tauri::command]
#[specta::specta]
pub(crate) async fn application(shell: State<'_, Shell>, application_id: String) -> Result<ApplicationView, ErrorView> {
    shell.desk()?.application(&application_id).await.map_err(|e| e.view())
}

#[tauri::command]
#[specta::specta]
pub(crate) async fn application_form(
    shell: State<'_, Shell>,
    application_id: String,
) -> Result<ApplicationForm, ErrorView> {
    shell.desk()?.application_form(&application_id).await.map_err(|e| e.view())
}

#[tauri::command]
#[specta::specta]
pub(crate) async fn applications(
    shell: State<'_, Shell>,
    list: ApplicationList,
) -> Result<Vec<ApplicationView>, ErrorView> {
    shell.desk()?.applications(list).await.map_err(|e| e.view())
}

#[tauri::command]
#[specta::specta]
pub(crate) async fn submit_application(shell: State<'_, Shell>, form: ApplicationForm) -> Result<ActResult, ErrorView> {
    shell.desk()?.submit_application(form).await.map_err(|e| e.view())
}

#[tauri::command]
#[specta::specta]
pub(crate) async fn withdraw_application(
    shell: State<'_, Shell>,
    application_id: String,
) -> Result<ActResult, ErrorView> {
    shell.desk()?.withdraw_application(&application_id).await.map_err(|e| e.view())
}

#[tauri::command]
#[specta::specta]
pub(crate) async fn application_outlook(
    shell: State<'_, Shell>,
    form: ApplicationForm,
) -> Result<Vec<EndView>, ErrorView> {
    shell.desk()?.application_outlook(form).await.map_err(|e| e.view())
}
