//! `madoguchi-central`.

use std::io::Write as _;
use std::process::ExitCode;

use central::cli::{Arguments, run, said};
use clap::Parser as _;

/// A pickup takes some thousand small pieces of memory on one thread and gives many of them back on another.
#[global_allocator]
static MEMORY: mimalloc::MiMalloc = mimalloc::MiMalloc;

fn main() -> ExitCode {
    let filter = tracing_subscriber::EnvFilter::try_from_env("MADOGUCHI_LOG").unwrap_or_else(|_| "info".into());
    tracing_subscriber::fmt().with_env_filter(filter).with_writer(std::io::stderr).with_ansi(false).init();
    let outcome = match tokio::runtime::Runtime::new() {
        Ok(runtime) => {
            let outcome = runtime.block_on(run(Arguments::parse()));
            // A thread that waits for standard input can't be called back: a service that has to end must not wait for it.
            runtime.shutdown_background();
            outcome
        }
        Err(error) => Err(error.into()),
    };
    match outcome {
        Ok(()) => ExitCode::SUCCESS,
        Err(error) => {
            let _ = writeln!(std::io::stderr(), "madoguchi-central: {}", said(&error));
            ExitCode::FAILURE
        }
    }
}
