//! `./dev bench NAME… [--json]`: what the service does, beside its rivals in the same run.
#![allow(
    clippy::unwrap_used,
    clippy::expect_used,
    clippy::panic,
    clippy::indexing_slicing,
    clippy::disallowed_methods,
    clippy::print_stdout,
    clippy::print_stderr,
    reason = "a bench that can't go on should say where"
)]

mod cost;
mod crl;
mod import;
mod issuance;
mod kept;
mod ocsp;
mod reading;
mod refusal;
mod rivals;
mod sync;
mod window;

use serde_json::{Map, Value};

const NAMES: [&str; 11] =
    ["issuance", "refusal", "ocsp", "crl", "sync", "import", "log", "search", "verify", "start", "memory"];

fn main() {
    let _ = rustls::crypto::aws_lc_rs::default_provider().install_default();
    let runtime = tokio::runtime::Builder::new_multi_thread().worker_threads(2).enable_all().build().unwrap();
    // Who only asks a service in another process shares the machine with it: one thread wakes nobody else up.
    let client = tokio::runtime::Builder::new_current_thread().enable_all().build().unwrap();
    let arguments: Vec<String> = std::env::args().skip(1).collect();
    if let [name, port] = arguments.as_slice()
        && name == "echo-server"
    {
        return runtime.block_on(ocsp::echo_server(port.parse().unwrap()));
    }
    if let [name, dir, entries] = arguments.as_slice()
        && name == sync::WORD
    {
        return runtime.block_on(sync::run_desk(dir.as_ref(), entries.parse().unwrap()));
    }
    let (options, names): (Vec<_>, Vec<_>) = arguments.into_iter().partition(|a| a.starts_with("--"));
    let unknown = names.iter().find(|name| !NAMES.contains(&name.as_str()));
    assert!(!names.is_empty() && unknown.is_none(), "there are: {NAMES:?} (not {unknown:?})");
    let mut results = Map::new();
    // What is read is made once for all that read it.
    let mut reading = None;
    for name in names {
        let runtime = if matches!(name.as_str(), "issuance" | "ocsp") { &client } else { &runtime };
        let found = runtime.block_on(async {
            match name.as_str() {
                "issuance" => issuance::run().await,
                "refusal" => refusal::run().await,
                "ocsp" => ocsp::run().await,
                "import" => import::run().await,
                "sync" => sync::run().await,
                "log" => reading::log(&mut reading).await,
                "search" => reading::search().await,
                "verify" => reading::verify(&mut reading).await,
                "start" => window::start(&mut reading).await,
                "memory" => window::memory(&mut reading).await,
                _ => crl::run().await,
            }
        });
        let Value::Object(found) = found else { panic!("{name} has no figures") };
        results.extend(found);
    }
    runtime.block_on(reading::close(reading));
    cost::print(&Value::Object(results), options.iter().any(|o| o == "--json"));
}
