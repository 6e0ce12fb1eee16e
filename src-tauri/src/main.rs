//! `madoguchi`: the desk's window.
#![cfg_attr(all(not(debug_assertions), windows), windows_subsystem = "windows")]

fn main() -> anyhow::Result<()> {
    madoguchi_lib::run()
}
