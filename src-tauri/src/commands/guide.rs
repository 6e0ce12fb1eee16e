//! Forwards calls of the incident guide, and of the stop for another branch's customer, to the desk.

use desk::view::{ActResult, ContactView, ErrorView, GuideView, GuidedForm, IncidentForm, StopTargetView};
use domain::guide::Answer;
use tauri::State;

use crate::shell::Shell;

#[tauri::command]
#[specta::specta]
pub(crate) async fn guide(
    shell: State<'_, Shell>,
    customer_id: String,
    answers: Vec<Answer>,
) -> Result<GuideView, ErrorView> {
    shell.desk()?.guide(&customer_id, answers).await.map_err(|e| e.view())
}

#[tauri::command]
#[specta::specta]
pub(crate) async fn record_advice(
    shell: State<'_, Shell>,
    customer_id: String,
    answers: Vec<Answer>,
) -> Result<ActResult, ErrorView> {
    shell.desk()?.record_advice(&customer_id, answers).await.map_err(|e| e.view())
}

#[tauri::command]
#[specta::specta]
pub(crate) async fn guided_application(
    shell: State<'_, Shell>,
    customer_id: String,
    answers: Vec<Answer>,
) -> Result<GuidedForm, ErrorView> {
    shell.desk()?.guided_application(&customer_id, answers).await.map_err(|e| e.view())
}

#[tauri::command]
#[specta::specta]
pub(crate) async fn stop_target(shell: State<'_, Shell>, id: String) -> Result<StopTargetView, ErrorView> {
    shell.desk()?.stop_target(&id).await.map_err(|e| e.view())
}

#[tauri::command]
#[specta::specta]
pub(crate) async fn record_incident_elsewhere(
    shell: State<'_, Shell>,
    customer_id: String,
    incident_id: String,
    form: IncidentForm,
) -> Result<ActResult, ErrorView> {
    shell.desk()?.record_incident_elsewhere(&customer_id, &incident_id, form).await.map_err(|e| e.view())
}

#[tauri::command]
#[specta::specta]
pub(crate) async fn emergency_contacts(shell: State<'_, Shell>) -> Result<Vec<ContactView>, ErrorView> {
    shell.desk()?.emergency_contacts().map_err(|e| e.view())
}
