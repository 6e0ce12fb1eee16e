//! The window and nothing else: forwards calls to the desk and announces its changes. No rule, no SQL, no HTTP.

mod closing;
pub mod commands;
mod enrolment;
mod options;
#[cfg(target_os = "linux")]
mod painting;
mod shell;

use std::time::Instant;

use anyhow::Context as _;
use clap::Parser as _;
use options::Options;
use shell::Shell;
use tauri::Manager as _;

/// Opens the window and runs until it is closed.
///
/// # Errors
/// The system has no window to give, or the options make no sense.
pub fn run() -> anyhow::Result<()> {
    let begun = Instant::now();
    // Two libraries bring a provider of their own; whoever asks first must find this one.
    let _ = rustls::crypto::aws_lc_rs::default_provider().install_default();
    let filter = tracing_subscriber::EnvFilter::try_from_env("MADOGUCHI_LOG").unwrap_or_else(|_| "info".into());
    tracing_subscriber::fmt().with_env_filter(filter).with_writer(std::io::stderr).with_ansi(false).init();
    let mut options = Options::parse();
    if let Some(action) = options.action.take() {
        return enrolment::run(options.profile, action);
    }
    let builder = commands::builder();
    let mut app = tauri::Builder::default();
    if options.profile.is_none() {
        // First of all plugins: a second start only shows the window of the first.
        app = app.plugin(tauri_plugin_single_instance::init(|app, _, _| {
            if let Some(window) = app.get_webview_window("main") {
                let _ = window.set_focus();
            }
        }));
    }
    let app = app
        .plugin(tauri_plugin_window_state::Builder::default().build())
        .plugin(tauri_plugin_dialog::init())
        .invoke_handler(builder.invoke_handler())
        .on_window_event(|window, event| {
            if let tauri::WindowEvent::CloseRequested { api, .. } = event {
                closing::after_a_moment(window, api);
            }
        })
        .setup(move |app| {
            #[cfg(target_os = "linux")]
            if let Some(window) = app.get_webview_window("main") {
                painting::choose(&window)?;
            }
            app.manage(Shell::start(app.handle().clone(), options, begun));
            Ok(())
        })
        .build(tauri::generate_context!())
        .context("can't open the window")?;
    app.run(|app, event| {
        if matches!(event, tauri::RunEvent::Exit) {
            app.state::<Shell>().stop();
        }
    });
    Ok(())
}
