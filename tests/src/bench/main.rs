//! `./dev bench issuance`: pickups a second, with their rivals in the same run: raw P-256 signing of one core, and an
//! empty request over the same kind of connection.
#![allow(
    clippy::unwrap_used,
    clippy::expect_used,
    clippy::panic,
    clippy::indexing_slicing,
    clippy::print_stdout,
    clippy::print_stderr,
    reason = "a bench that can't go on should say where"
)]

mod issuance;
mod rivals;

fn main() {
    let arguments: Vec<String> = std::env::args().skip(1).collect();
    let json = arguments.iter().any(|a| a == "--json");
    match arguments.first().map(String::as_str) {
        Some("issuance") => issuance::run(json),
        other => panic!("there is: issuance (not {other:?})"),
    }
}
