//! An empty Tauri window. It writes a line to standard error when its page is shown.

use std::io::Write as _;

#[tauri::command]
fn first_screen() {
    let _ = writeln!(std::io::stderr(), "the first screen is shown");
}

fn main() -> tauri::Result<()> {
    tauri::Builder::default().invoke_handler(tauri::generate_handler![first_screen]).run(tauri::generate_context!())
}
