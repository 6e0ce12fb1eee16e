//! The end of the window: the page is told and has a moment in which it saves what was typed last. It is never asked whether the
//! window may close: a page that hangs keeps nobody from closing it.

use std::time::Duration;

use tauri::{CloseRequestApi, Emitter as _, Window};

/// Enough for a call and a write; nobody notices it.
const MOMENT: Duration = Duration::from_millis(300);

/// Closes the window a moment later.
pub(crate) fn after_a_moment(window: &Window, close: &CloseRequestApi) {
    close.prevent_close();
    let _ = window.emit("desk://closing", ());
    let window = window.clone();
    tauri::async_runtime::spawn(async move {
        tokio::time::sleep(MOMENT).await;
        let _ = window.destroy();
    });
}
