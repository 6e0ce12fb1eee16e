//! How the window is painted. WebKitGTK puts its layers together with OpenGL. Where no graphics processor is at hand, Mesa does
//! that on the processor, and compiles shaders for it: tens of megabytes and of milliseconds for forms and tables. There the
//! window paints without it (ADR 15). Elsewhere nothing is chosen here.

use std::path::Path;

use tauri::WebviewWindow;
use webkit2gtk::{HardwareAccelerationPolicy, SettingsExt as _, WebViewExt as _};

pub(crate) fn choose(window: &WebviewWindow) -> tauri::Result<()> {
    if graphics_processor(Path::new("/dev/dri")) {
        return Ok(());
    }
    window.with_webview(|webview| {
        if let Some(settings) = webview.inner().settings() {
            settings.set_hardware_acceleration_policy(HardwareAccelerationPolicy::Never);
        }
    })
}

/// Linux gives each graphics processor that can draw a node `renderD…` there
/// (<https://docs.kernel.org/gpu/drm-uapi.html#render-nodes>).
fn graphics_processor(nodes: &Path) -> bool {
    let nodes = std::fs::read_dir(nodes).into_iter().flatten().flatten();
    nodes.map(|node| node.file_name()).any(|name| name.as_encoded_bytes().starts_with(b"renderD"))
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used, reason = "tests")]
    use super::graphics_processor;

    #[test]
    fn only_a_node_that_renders_is_a_graphics_processor() {
        let dir = tempfile::tempdir().unwrap();
        let nodes = dir.path().join("dri");
        assert!(!graphics_processor(&nodes), "no folder");
        std::fs::create_dir(&nodes).unwrap();
        std::fs::write(nodes.join("card0"), "").unwrap();
        assert!(!graphics_processor(&nodes), "it shows, and does not draw");
        std::fs::write(nodes.join("renderD128"), "").unwrap();
        assert!(graphics_processor(&nodes));
    }
}
