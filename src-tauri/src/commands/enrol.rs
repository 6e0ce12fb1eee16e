//! Forwards calls of the enrolment screen.

use desk::enrol::first;
use desk::view::{EnrolForm, EnrolPaper, EnrolPresented, ErrorView, Status};
use tauri::{AppHandle, State};

use crate::shell::Shell;

#[tauri::command]
#[specta::specta]
pub(crate) async fn enrol_paper(text: String) -> Result<EnrolPaper, ErrorView> {
    first::read_paper(&text).map_err(|e| e.view())
}

#[tauri::command]
#[specta::specta]
pub(crate) async fn enrol_root(file: Vec<u8>) -> Result<String, ErrorView> {
    first::read_root(&file).map_err(|e| e.view())
}

#[tauri::command]
#[specta::specta]
pub(crate) async fn enrol_look(shell: State<'_, Shell>, form: EnrolForm) -> Result<EnrolPresented, ErrorView> {
    shell.look(&form).await
}

#[tauri::command]
#[specta::specta]
pub(crate) async fn enrol(app: AppHandle, shell: State<'_, Shell>, form: EnrolForm) -> Result<Status, ErrorView> {
    shell.enrol(app, form).await
}

#[tauri::command]
#[specta::specta]
pub(crate) async fn enrol_again(app: AppHandle, shell: State<'_, Shell>) -> Result<Status, ErrorView> {
    shell.enrol_again(app).await
}

#[tauri::command]
#[specta::specta]
pub(crate) async fn leave_behind(shell: State<'_, Shell>) -> Result<(), ErrorView> {
    shell.desk()?.leave_behind().map_err(|e| e.view())
}
