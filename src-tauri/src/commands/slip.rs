//! Forwards calls about slip to the desk.

use desk::view::{ActResult, ErrorView, NoticeKind, SlipView};
use domain::customer::HandoverMethod;
use tauri::AppHandle;
use tauri::State;

use super::save::{File, save};
use crate::shell::Shell;

#[tauri::command]
#[specta::specta]
pub(crate) async fn preview_slip(shell: State<'_, Shell>, certificate_id: String) -> Result<SlipView, ErrorView> {
    shell.desk()?.preview_slip(&certificate_id).await.map_err(|e| e.view())
}

#[tauri::command]
#[specta::specta]
pub(crate) async fn print_slip(shell: State<'_, Shell>, certificate_id: String) -> Result<SlipView, ErrorView> {
    shell.desk()?.print_slip(&certificate_id).await.map_err(|e| e.view())
}

#[tauri::command]
#[specta::specta]
pub(crate) async fn slip_done(shell: State<'_, Shell>, print_ticket: String) -> Result<(), ErrorView> {
    shell.desk()?.slip_done(&print_ticket);
    Ok(())
}

#[tauri::command]
#[specta::specta]
pub(crate) async fn receipt_slip(shell: State<'_, Shell>, application_id: String) -> Result<SlipView, ErrorView> {
    shell.desk()?.receipt_slip(&application_id).await.map_err(|e| e.view())
}

#[tauri::command]
#[specta::specta]
pub(crate) async fn record_handover(
    shell: State<'_, Shell>,
    certificate_id: String,
    method: HandoverMethod,
    handed_on: String,
    recipient: String,
) -> Result<ActResult, ErrorView> {
    shell.desk()?.record_handover(&certificate_id, method, &handed_on, &recipient).await.map_err(|e| e.view())
}

/// Saves the slip being printed as PDF, in training only; asks where, unless `MADOGUCHI_SLIP_DIR` says so.
#[tauri::command]
#[specta::specta]
pub(crate) async fn save_slip_pdf(
    app: AppHandle,
    shell: State<'_, Shell>,
    print_ticket: String,
) -> Result<Option<String>, ErrorView> {
    let bytes = shell.desk()?.slip_pdf(&print_ticket).map_err(|e| e.view())?;
    let name = format!("kunren-{}.pdf", print_ticket.chars().take(8).collect::<String>());
    save(&app, File { name, extension: "pdf", folder: "MADOGUCHI_SLIP_DIR", bytes }).await
}

#[tauri::command]
#[specta::specta]
pub(crate) async fn notice_slip(shell: State<'_, Shell>, kind: NoticeKind, id: String) -> Result<SlipView, ErrorView> {
    shell.desk()?.notice_slip(kind, &id).await.map_err(|e| e.view())
}
