//! The desk's own window beside an empty one: how soon it takes input, and what its processes hold in memory when nobody does
//! anything. Each is a program of its own, from a cold start; the desk is a real one, enrolled, with its secrets in the keyring.

use std::io::{BufRead as _, BufReader};
use std::path::{Path, PathBuf};
use std::process::{Child, Command, Stdio};
use std::sync::mpsc;
use std::time::{Duration, Instant};

use desk::enrol;
use desk::profile::Profile;
use desk::secrets::Secrets;
use serde_json::{Value, json};

use crate::cost::{pss_mib, round};
use crate::reading::{Reading, reading};

/// Starts of each.
const STARTS: usize = 5;
/// A window is idle when it has been left alone for so long.
const IDLE: Duration = Duration::from_secs(15);
/// Longest start.
const PATIENCE: Duration = Duration::from_secs(120);
/// What both write to standard error.
const SHOWN: &str = "the first screen is shown";

struct Window {
    program: Child,
    shown_ms: f64,
}

impl Window {
    /// Opens it, and waits until it takes input.
    fn open(program: &str, profile: &Path) -> Self {
        let mut command = Command::new(beside(program));
        command.env("MADOGUCHI_PROFILE", profile).stdout(Stdio::null()).stderr(Stdio::piped());
        let begun = Instant::now();
        let mut program = command.spawn().expect("build the programs first");
        let (told, telling) = mpsc::channel();
        let lines = BufReader::new(program.stderr.take().unwrap()).lines();
        std::thread::spawn(move || {
            // To its end: a program whose words nobody reads would wait.
            for line in lines.map_while(Result::ok) {
                if line.contains(SHOWN) {
                    let _ = told.send(begun.elapsed());
                }
            }
        });
        let shown = telling.recv_timeout(PATIENCE).expect("the window does not come");
        Self { program, shown_ms: shown.as_secs_f64() * 1000.0 }
    }
}

impl Drop for Window {
    fn drop(&mut self) {
        let _ = self.program.kill();
        let _ = self.program.wait();
        // Its web process ends with it, a moment later.
        std::thread::sleep(Duration::from_millis(500));
    }
}

fn beside(program: &str) -> PathBuf {
    std::env::current_exe().unwrap().with_file_name(program)
}

/// Whatever was read of the disk is forgotten. Says whether this user may do that.
fn cold() -> bool {
    let _ = Command::new("sync").status();
    std::fs::write("/proc/sys/vm/drop_caches", "3").is_ok()
}

/// The profile of the long log, as a desk outside the training mode has it. Nobody has it open.
async fn profile(kept: &mut Option<Reading>) -> (PathBuf, u64) {
    let long = &mut reading(kept).await.long;
    long.close().await;
    let dir = long.dir.path().to_owned();
    let keyring = Secrets::keyring(&dir).unwrap();
    for secret in std::fs::read_dir(dir.join("secrets")).unwrap().flatten() {
        keyring.set(secret.file_name().to_str().unwrap(), &std::fs::read(secret.path()).unwrap()).unwrap();
    }
    let profile = Profile { dir: dir.clone(), training: false };
    enrol::keep(&profile, &keyring, &long.identity).await.unwrap();
    (dir, long.entries)
}

fn median(mut times: Vec<f64>) -> f64 {
    times.sort_by(f64::total_cmp);
    times[times.len() / 2]
}

pub(crate) async fn start(kept: &mut Option<Reading>) -> Value {
    let (dir, entries) = profile(kept).await;
    let (mut ours, mut empty, mut forgotten) = (Vec::new(), Vec::new(), true);
    for _ in 0..STARTS {
        // In turn, so that both meet the same machine.
        forgotten &= cold();
        empty.push(Window::open("empty-window", &dir).shown_ms);
        forgotten &= cold();
        ours.push(Window::open("madoguchi", &dir).shown_ms);
    }
    let (ms, empty_ms) = (median(ours), median(empty));
    json!({ "start": {
        "entries": entries,
        "ms": round(ms),
        "empty_window_ms": round(empty_ms),
        "per_empty_window": round(ms / empty_ms),
        "disk_cache_dropped": forgotten,
    } })
}

pub(crate) async fn memory(kept: &mut Option<Reading>) -> Value {
    let (dir, entries) = profile(kept).await;
    let idle = |program| {
        let window = Window::open(program, &dir);
        std::thread::sleep(IDLE);
        pss_mib(window.program.id())
    };
    let (empty, ours) = (idle("empty-window"), idle("madoguchi"));
    json!({ "memory": {
        "entries": entries,
        "pss_mib": round(ours),
        "empty_window_mib": round(empty),
        "over_empty_mib": round(ours - empty),
    } })
}
