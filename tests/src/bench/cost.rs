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

/// Memory of a process and of all it started, MiB: what is shared counts for each by its part.
pub(crate) fn pss_mib(pid: u32) -> f64 {
    let processes = std::fs::read_dir("/proc").unwrap().filter_map(|p| p.ok()?.file_name().to_str()?.parse().ok());
    let of: Vec<(u32, u32)> = processes.filter_map(|process| Some((process, parent(process)?))).collect();
    let mut tree = vec![pid];
    let mut at = 0;
    while let Some(one) = tree.get(at).copied() {
        tree.extend(of.iter().filter(|(_, parent)| *parent == one).map(|(process, _)| process));
        at += 1;
    }
    let pss = |process: u32| -> Option<f64> {
        let text = std::fs::read_to_string(format!("/proc/{process}/smaps_rollup")).ok()?;
        let line = text.lines().find_map(|line| line.strip_prefix("Pss:"))?;
        line.trim().trim_end_matches(" kB").parse().ok()
    };
    tree.into_iter().filter_map(pss).sum::<f64>() / 1024.0
}

fn parent(process: u32) -> Option<u32> {
    let status = std::fs::read_to_string(format!("/proc/{process}/status")).ok()?;
    status.lines().find_map(|line| line.strip_prefix("PPid:"))?.trim().parse().ok()
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
