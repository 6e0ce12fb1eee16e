//! Reads the configuration beside it.

fn main() {
    tauri_build::build();
}
