//! `madoguchi-central`.

use std::io::Write as _;

use central::cli::{Arguments, run};
use clap::Parser as _;

#[tokio::main]
async fn main() -> std::process::ExitCode {
    let filter = tracing_subscriber::EnvFilter::try_from_env("MADOGUCHI_LOG").unwrap_or_else(|_| "info".into());
    tracing_subscriber::fmt().with_env_filter(filter).with_writer(std::io::stderr).with_ansi(false).init();
    match run(Arguments::parse()).await {
        Ok(()) => std::process::ExitCode::SUCCESS,
        Err(error) => {
            // For a person at the command line: what happened and why, without a stack.
            let _ = writeln!(std::io::stderr(), "madoguchi-central: {error:#}");
            std::process::ExitCode::FAILURE
        }
    }
}
