//! What a process has taken of the machine (Linux).

use serde_json::Value;

/// Processor time of a process and its threads, seconds.
pub(crate) fn cpu(pid: u32) -> f64 {
    let threads = std::fs::read_dir(format!("/proc/{pid}/task")).unwrap();
    let spent = threads.filter_map(|thread| std::fs::read_to_string(thread.ok()?.path().join("schedstat")).ok());
    spent.map(|text| text.split(' ').next().unwrap().parse::<f64>().unwrap()).sum::<f64>() / 1e9
}

/// Most memory it ever held, MiB.
pub(crate) fn peak_mib(pid: u32) -> f64 {
    let status = std::fs::read_to_string(format!("/proc/{pid}/status")).unwrap();
    let line = status.lines().find_map(|line| line.strip_prefix("VmHWM:")).unwrap();
    line.trim().trim_end_matches(" kB").parse::<f64>().unwrap() / 1024.0
}

/// Four decimals.
pub(crate) fn round(value: f64) -> f64 {
    (value * 10_000.0).round() / 10_000.0
}

/// One JSON object on one line, or a line for each figure.
pub(crate) fn print(results: &Value, json_only: bool) {
    if json_only {
        println!("{results}");
    } else {
        for (name, result) in results.as_object().unwrap() {
            println!("{name}: {result}");
        }
    }
}
