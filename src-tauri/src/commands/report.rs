//! Forwards calls about reports to the desk.

use desk::view::{ErrorView, ExportAs, Language, ReportChart, ReportForm, ReportPart, ReportView, SlipView};
use tauri::{AppHandle, State};

use super::save::{File, save};
use crate::shell::Shell;

#[tauri::command]
#[specta::specta]
pub(crate) async fn report(shell: State<'_, Shell>, form: ReportForm) -> Result<ReportView, ErrorView> {
    shell.desk()?.report(&form).await.map_err(|e| e.view())
}

/// All of it on paper, to print.
#[tauri::command]
#[specta::specta]
pub(crate) async fn report_paper(shell: State<'_, Shell>, form: ReportForm) -> Result<SlipView, ErrorView> {
    shell.desk()?.report_paper(&form).await.map_err(|e| e.view())
}

/// Saves a part of a report as a file; asks where, unless `MADOGUCHI_EXPORT_DIR` says so.
#[tauri::command]
#[specta::specta]
pub(crate) async fn export_report(
    app: AppHandle,
    shell: State<'_, Shell>,
    form: ReportForm,
    part: ReportPart,
    how: ExportAs,
) -> Result<Option<String>, ErrorView> {
    let export = shell.desk()?.export_report(&form, part, how).await.map_err(|e| e.view())?;
    save(&app, File::of(export)).await
}

/// Saves a chart of it as a picture; asks where, unless `MADOGUCHI_EXPORT_DIR` says so.
#[tauri::command]
#[specta::specta]
pub(crate) async fn save_report_chart(
    app: AppHandle,
    shell: State<'_, Shell>,
    form: ReportForm,
    chart: ReportChart,
    language: Language,
) -> Result<Option<String>, ErrorView> {
    let picture = shell.desk()?.report_chart(&form, chart, language).await.map_err(|e| e.view())?;
    save(&app, File::of(picture)).await
}
