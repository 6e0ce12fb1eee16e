//! What the window says of itself.

use desk::view::ErrorView;
use tauri::State;

use crate::shell::Shell;

/// A screen that takes input is shown.
#[tauri::command]
#[specta::specta]
pub(crate) async fn first_screen(shell: State<'_, Shell>) -> Result<(), ErrorView> {
    shell.first_screen();
    Ok(())
}
