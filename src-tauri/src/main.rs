//! `madoguchi`: the desk's window.
#![cfg_attr(all(not(debug_assertions), windows), windows_subsystem = "windows")]

use std::io::Write as _;
use std::process::ExitCode;

fn main() -> ExitCode {
    match madoguchi_lib::run() {
        Ok(()) => ExitCode::SUCCESS,
        Err(error) => {
            let _ = writeln!(std::io::stderr(), "madoguchi: {error:#}");
            ExitCode::FAILURE
        }
    }
}
