//! Forwards calls about lost and stolen PCs to the desk.

use desk::view::{ActResult, ErrorView, IncidentForm, IncidentView};
use domain::customer::IncidentCause;
use tauri::State;

use crate::shell::Shell;

#[tauri::command]
#[specta::specta]
pub(crate) async fn suspend(
    shell: State<'_, Shell>,
    customer_id: String,
    cause: IncidentCause,
    contract: String,
    user_id: Option<String>,
) -> Result<ActResult, ErrorView> {
    shell.desk()?.suspend(&customer_id, cause, &contract, user_id.as_deref()).await.map_err(|e| e.view())
}

#[tauri::command]
#[specta::specta]
pub(crate) async fn record_incident(
    shell: State<'_, Shell>,
    incident_id: String,
    form: IncidentForm,
) -> Result<ActResult, ErrorView> {
    shell.desk()?.record_incident(&incident_id, form).await.map_err(|e| e.view())
}

#[tauri::command]
#[specta::specta]
pub(crate) async fn record_revocation_paper(
    shell: State<'_, Shell>,
    incident_id: String,
    received_on: String,
) -> Result<ActResult, ErrorView> {
    shell.desk()?.record_revocation_paper(&incident_id, &received_on).await.map_err(|e| e.view())
}

#[tauri::command]
#[specta::specta]
pub(crate) async fn confirm_incident(shell: State<'_, Shell>, incident_id: String) -> Result<ActResult, ErrorView> {
    shell.desk()?.confirm_incident(&incident_id).await.map_err(|e| e.view())
}

#[tauri::command]
#[specta::specta]
pub(crate) async fn resume_incident(
    shell: State<'_, Shell>,
    incident_id: String,
    out_of_control: bool,
) -> Result<ActResult, ErrorView> {
    shell.desk()?.resume_incident(&incident_id, out_of_control).await.map_err(|e| e.view())
}

#[tauri::command]
#[specta::specta]
pub(crate) async fn revoke_incident(shell: State<'_, Shell>, incident_id: String) -> Result<ActResult, ErrorView> {
    shell.desk()?.revoke_incident(&incident_id).await.map_err(|e| e.view())
}

#[tauri::command]
#[specta::specta]
pub(crate) async fn open_incidents(shell: State<'_, Shell>) -> Result<Vec<IncidentView>, ErrorView> {
    shell.desk()?.open_incidents().await.map_err(|e| e.view())
}

#[tauri::command]
#[specta::specta]
pub(crate) async fn record_paper_reminder(
    shell: State<'_, Shell>,
    incident_id: String,
) -> Result<ActResult, ErrorView> {
    shell.desk()?.record_paper_reminder(&incident_id).await.map_err(|e| e.view())
}
