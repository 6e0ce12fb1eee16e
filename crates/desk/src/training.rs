//! The training mode: a real centre of its own as a child process on loopback, with its own keys, database and sample
//! data. Everything lives under the profile folder and can be started over.

use std::net::TcpListener;
use std::path::{Path, PathBuf};
use std::process::Stdio;
use std::sync::Arc;
use std::sync::atomic::{AtomicU32, Ordering};
use std::time::Duration;

use serde::{Deserialize, Serialize};
use tokio::process::{Child, Command};
use tokio::sync::Notify;
use tokio::task::JoinHandle;

use crate::desk::{Desk, open_replica};
use crate::enrol::{Identity, certificate_pem, enrol};
use crate::error::DeskError;
use crate::profile::{Profile, Share, branch_names};
use crate::secrets::Secrets;
use crate::view::TrainingAccount;

/// Password of every sample member of staff; shown on the training sign-in screen.
pub const PASSWORD: &str = "himitsu-2026";
/// What a training profile consists of. Starting over removes these and nothing else, whatever folder it is pointed at.
const PARTS: [&str; 9] = [
    "replica.sqlite",
    "replica.sqlite-wal",
    "replica.sqlite-shm",
    "own.sqlite",
    "own.sqlite-wal",
    "own.sqlite-shm",
    "afresh",
    "secrets",
    "centre",
];
/// Longest start of the centre.
const START: Duration = Duration::from_secs(60);
/// The branch this terminal is enrolled at.
const BRANCH: &str = "002";
/// How the centre says that another process has its data.
const HELD: &str = "another process serves";
/// So long one that is ending may take.
const GOING: Duration = Duration::from_secs(15);

/// A running training centre and the desk enrolled with it.
pub struct Training {
    /// The desk.
    pub desk: Desk,
    /// Sample staff.
    pub accounts: Vec<TrainingAccount>,
    stop: Arc<Notify>,
    watch: JoinHandle<()>,
    pid: Arc<AtomicU32>,
}

#[derive(Debug, Serialize, Deserialize)]
struct Ports {
    terminal: u16,
    enrol: u16,
    portal: u16,
    #[serde(default)]
    status: Option<u16>,
    #[serde(default)]
    renewal: Option<u16>,
}

#[derive(Debug, Deserialize)]
struct Listening {
    terminal: String,
    enrol: String,
    pid: u32,
}

fn fail(what: &str, error: impl std::fmt::Display) -> DeskError {
    DeskError::Internal(format!("{what}: {error}"))
}

fn free_port() -> Result<u16, DeskError> {
    let socket = TcpListener::bind(("127.0.0.1", 0)).map_err(|e| fail("no free port", e))?;
    Ok(socket.local_addr().map_err(|e| fail("no free port", e))?.port())
}

fn is_free(port: u16) -> bool {
    TcpListener::bind(("127.0.0.1", port)).is_ok()
}

/// The same ports at every start, so that a printed address stays good; others when somebody else has taken them.
fn ports(dir: &Path) -> Result<Ports, DeskError> {
    let file = dir.join("ports.json");
    let known: Option<Ports> = std::fs::read(&file).ok().and_then(|bytes| serde_json::from_slice(&bytes).ok());
    let free = |p: &Ports| [p.terminal, p.enrol, p.portal].into_iter().chain(p.status).chain(p.renewal).all(is_free);
    let ports = match known.filter(free) {
        Some(ports @ Ports { status: Some(_), renewal: Some(_), .. }) => return Ok(ports),
        // Of an earlier version, which had fewer.
        Some(ports) => {
            let more = |port: Option<u16>| port.map_or_else(free_port, Ok).map(Some);
            Ports { status: more(ports.status)?, renewal: more(ports.renewal)?, ..ports }
        }
        None => Ports {
            terminal: free_port()?,
            enrol: free_port()?,
            portal: free_port()?,
            status: Some(free_port()?),
            renewal: Some(free_port()?),
        },
    };
    std::fs::write(&file, serde_json::to_vec(&ports)?).map_err(|e| fail("can't write", e))?;
    Ok(ports)
}

/// The training centre's configuration.
fn config(dir: &Path, ports: &Ports, share: &Share) -> String {
    let path = |p: &Path| toml::Value::String(p.display().to_string()).to_string();
    format!(
        r#"data_dir = {data}
[institution]
id = "kunren"
name = "訓練信用金庫"
roman_name = "Kunren Shinkin Bank (training)"
training = true
[listen]
terminal = "127.0.0.1:{terminal}"
enrol = "127.0.0.1:{enrol}"
portal = "127.0.0.1:{portal}"
status = "127.0.0.1:{status}"
renewal = "127.0.0.1:{renewal}"
[status]
ocsp = "http://127.0.0.1:{status}/ocsp"
ca_issuers = "http://127.0.0.1:{status}/issuing.cer"
crl = "http://127.0.0.1:{status}/issuing.crl"
[portal]
static_dir = {pages}
url = "http://localhost:{portal}/pickup/"
tls = false
[policy]
platforms = ["windows", "linux", "macos"]
[[contacts]]
title = "操作に関するお問い合わせ(ヘルプデスク)"
phone = "0120-000-000"
hours = "平日 9:00〜22:00"
[[contacts]]
title = "お申し込み等に関するお問い合わせ(事務部 システム課)"
phone = "025-000-0000"
hours = "平日 9:00〜17:00"
email = "system@example.jp"
"#,
        data = path(&dir.join("data")),
        pages = path(&share.portal),
        terminal = ports.terminal,
        enrol = ports.enrol,
        portal = ports.portal,
        status = ports.status.unwrap_or_default(),
        renewal = ports.renewal.unwrap_or_default(),
    )
}

impl Training {
    /// Starts (and, the first time, sets up) the training centre and opens the desk enrolled with it.
    ///
    /// # Errors
    /// A file, port or the centre failed; what the centre said is in the diagnostics.
    pub async fn start(profile: Profile, share: &Share, fresh: bool) -> Result<Self, DeskError> {
        if fresh {
            start_over(&profile.dir)?;
        }
        let centre_dir = profile.dir.join("centre");
        std::fs::create_dir_all(&centre_dir).map_err(|e| fail("can't make the training folder", e))?;
        let secrets = Secrets::of(&profile)?;
        let centre = Centre::prepare(&centre_dir, share, &secrets)?;
        centre.set_up(&share.training).await?;
        let replica = open_replica(&profile, &secrets).await?;
        let known: Option<Identity> = replica.get("identity").await?;
        let invitation = match known {
            Some(_) => None,
            None => Some(centre.run(&["terminal", "invite", "--branch", BRANCH, "--label", "窓口 1番"]).await?),
        };
        let (child, listening) = centre.serve().await?;
        let mut identity = match (known, invitation) {
            (Some(identity), _) => identity,
            (None, invitation) => {
                let root = std::fs::read(centre_dir.join("data/keys/root.cer")).map_err(|e| fail("root", e))?;
                let root = certificate_pem(&root);
                let invitation = invitation.unwrap_or_default();
                enrol(&listening.enrol, &root, invitation.lines().next().unwrap_or_default(), &secrets).await?
            }
        };
        identity.terminal_url = listening.terminal;
        replica.set("identity", &identity).await?;
        replica.close().await?;
        let branches = branch_names(&share.training.join("branches.json"));
        let desk = Desk::open(profile, &secrets, identity, branches).await?;
        let accounts = accounts(&share.training.join("staff.json"))?;
        let stop = Arc::new(Notify::new());
        let pid = Arc::new(AtomicU32::new(child.id().unwrap_or(0)));
        let watch = tokio::spawn(watch(centre, child, Arc::clone(&stop), Arc::clone(&pid)));
        Ok(Self { desk, accounts, stop, watch, pid })
    }

    /// Stops desk and centre.
    pub async fn stop(self) {
        self.desk.close().await;
        self.stop.notify_one();
        let _ = self.watch.await;
    }

    /// Process id of the centre.
    pub fn centre_pid(&self) -> Option<u32> {
        Some(self.pid.load(Ordering::Relaxed)).filter(|pid| *pid != 0)
    }
}

fn start_over(dir: &Path) -> Result<(), DeskError> {
    for part in PARTS {
        let path = dir.join(part);
        let removed = if path.is_dir() { std::fs::remove_dir_all(&path) } else { std::fs::remove_file(&path) };
        match removed {
            Err(error) if error.kind() != std::io::ErrorKind::NotFound => return Err(fail("can't start over", error)),
            _ => {}
        }
    }
    Ok(())
}

/// Starts the centre again when it dies, until told to stop. Its standard input closes with this process, however that
/// ends, and the centre ends with it.
async fn watch(centre: Centre, mut child: Child, stop: Arc<Notify>, pid: Arc<AtomicU32>) {
    loop {
        // Waiting for a child closes its standard input, and that is the sign to end: hold it apart.
        let stdin = child.stdin.take();
        tokio::select! {
            status = child.wait() => tracing::warn!(?status, "the training centre ended; it is started again"),
            () = stop.notified() => {
                drop(stdin);
                if tokio::time::timeout(Duration::from_secs(5), child.wait()).await.is_err() {
                    let _ = child.kill().await;
                }
                return;
            }
        }
        pid.store(0, Ordering::Relaxed);
        child = loop {
            tokio::select! {
                () = tokio::time::sleep(Duration::from_secs(1)) => {}
                () = stop.notified() => return,
            }
            match centre.serve().await {
                Ok((again, _)) => break again,
                Err(error) => tracing::error!(%error, "the training centre can't be started again"),
            }
        };
        pid.store(child.id().unwrap_or(0), Ordering::Relaxed);
    }
}

/// The centre's program with its configuration.
struct Centre {
    program: PathBuf,
    dir: PathBuf,
    config: PathBuf,
    passphrase: zeroize::Zeroizing<String>,
}

impl Centre {
    fn prepare(dir: &Path, share: &Share, secrets: &Secrets) -> Result<Self, DeskError> {
        let ports = ports(dir)?;
        let file = dir.join("central.toml");
        std::fs::write(&file, config(dir, &ports, share)).map_err(|e| fail("can't write", e))?;
        let passphrase = hex::encode(secrets.get_or_draw("centre-passphrase")?.as_slice());
        Ok(Self { program: share.central.clone(), dir: dir.to_owned(), config: file, passphrase: passphrase.into() })
    }

    fn command(&self) -> Command {
        let mut command = Command::new(&self.program);
        command
            .arg("--config")
            .arg(&self.config)
            .env("MADOGUCHI_KEY_PASSPHRASE", self.passphrase.as_str())
            .env("MADOGUCHI_TRAINING_PASSWORD", PASSWORD)
            .kill_on_drop(true);
        #[cfg(windows)]
        command.creation_flags(0x0800_0000); // CREATE_NO_WINDOW
        command
    }

    /// Runs one command to its end and returns what it printed.
    /// Makes or completes what the training begins with. Whoever closes the window and opens it at once meets the centre of before,
    /// which is still putting its things away.
    async fn set_up(&self, data: &Path) -> Result<(), DeskError> {
        let begun = std::time::Instant::now();
        loop {
            match self.run(&["training-setup", "--data", &data.display().to_string()]).await {
                Err(error) if error.to_string().contains(HELD) && begun.elapsed() < GOING => {
                    tokio::time::sleep(Duration::from_millis(200)).await;
                }
                other => return other.map(drop),
            }
        }
    }

    async fn run(&self, arguments: &[&str]) -> Result<String, DeskError> {
        let done = self
            .command()
            .args(arguments)
            .stdin(Stdio::null())
            .output()
            .await
            .map_err(|e| fail("can't start the training centre", e))?;
        if !done.status.success() {
            return Err(fail("the training centre", String::from_utf8_lossy(&done.stderr)));
        }
        Ok(String::from_utf8_lossy(&done.stdout).into_owned())
    }

    /// Starts the service and waits until it listens.
    async fn serve(&self) -> Result<(Child, Listening), DeskError> {
        let ready = self.dir.join("data/listening.json");
        let _ = std::fs::remove_file(&ready);
        let log = std::fs::File::options()
            .create(true)
            .append(true)
            .open(self.dir.join("central.log"))
            .map_err(|e| fail("can't write", e))?;
        let mut child = self
            .command()
            .args(["serve", "--until-stdin-closes"])
            .stdin(Stdio::piped())
            .stdout(Stdio::null())
            .stderr(log)
            .spawn()
            .map_err(|e| fail("can't start the training centre", e))?;
        let mut ticks = tokio::time::interval(Duration::from_millis(25));
        let began = tokio::time::Instant::now();
        loop {
            ticks.tick().await;
            if began.elapsed() > START {
                return Err(fail("the training centre", "did not start in time"));
            }
            if let Ok(Some(status)) = child.try_wait() {
                let said = std::fs::read_to_string(self.dir.join("central.log")).unwrap_or_default();
                return Err(fail("the training centre ended", format!("{status} {said}")));
            }
            let listening: Option<Listening> =
                std::fs::read(&ready).ok().and_then(|bytes| serde_json::from_slice(&bytes).ok());
            if let Some(listening) = listening.filter(|l| Some(l.pid) == child.id()) {
                return Ok((child, listening));
            }
        }
    }
}

fn accounts(file: &Path) -> Result<Vec<TrainingAccount>, DeskError> {
    #[derive(Deserialize)]
    struct Line {
        staff_id: String,
        name: String,
        role: domain::Role,
        branch: String,
    }
    let lines: Vec<Line> = serde_json::from_slice(&std::fs::read(file).map_err(|e| fail("staff.json", e))?)?;
    Ok(lines
        .into_iter()
        .filter(|line| line.branch == BRANCH || line.role.reads_every_branch())
        .map(|line| TrainingAccount {
            staff_id: line.staff_id.to_uppercase(),
            name: line.name,
            role: line.role,
            branch_code: line.branch,
            password: PASSWORD.to_owned(),
        })
        .collect())
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used, reason = "tests")]
    use super::*;

    #[test]
    fn starting_over_removes_a_training_profile_and_nothing_else() {
        let dir = tempfile::tempdir().unwrap();
        std::fs::create_dir_all(dir.path().join("centre/data/keys")).unwrap();
        std::fs::write(dir.path().join("replica.sqlite"), b"x").unwrap();
        std::fs::write(dir.path().join("letter.txt"), b"mine").unwrap();
        start_over(dir.path()).unwrap();
        assert!(!dir.path().join("centre").exists() && !dir.path().join("replica.sqlite").exists());
        assert_eq!(std::fs::read(dir.path().join("letter.txt")).unwrap(), b"mine");
        start_over(dir.path()).unwrap();
    }
}
