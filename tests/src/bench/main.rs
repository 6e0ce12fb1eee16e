//! Benches, each printed with its rival in the same run.
fn main() {}
