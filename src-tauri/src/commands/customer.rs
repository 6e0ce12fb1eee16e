//! Forwards calls about customer to the desk.

use desk::view::{ActResult, CustomerForm, CustomerView, ErrorView, SearchPage};
use tauri::State;

use crate::shell::Shell;

#[tauri::command]
#[specta::specta]
pub(crate) async fn search(shell: State<'_, Shell>, text: String) -> Result<SearchPage, ErrorView> {
    shell.desk()?.search(&text).await.map_err(|e| e.view())
}

#[tauri::command]
#[specta::specta]
pub(crate) async fn customer(shell: State<'_, Shell>, customer_id: String) -> Result<CustomerView, ErrorView> {
    shell.desk()?.customer(&customer_id).await.map_err(|e| e.view())
}

#[tauri::command]
#[specta::specta]
pub(crate) async fn record_customer(shell: State<'_, Shell>, form: CustomerForm) -> Result<ActResult, ErrorView> {
    shell.desk()?.record_customer(form).await.map_err(|e| e.view())
}
