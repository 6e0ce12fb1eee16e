//! The training mode: a real centre of its own as a child process on loopback, with its own keys, database and sample
//! data. Everything lives under the profile folder and can be started over.

use std::net::TcpListener;
use std::path::{Path, PathBuf};
use std::process::Stdio;
use std::time::Duration;

use serde::{Deserialize, Serialize};
use tokio::process::{Child, Command};

use crate::desk::{Desk, open_replica};
use crate::enrol::{Identity, enrol, read_certificate};
use crate::error::DeskError;
use crate::profile::{Profile, Share, branch_names};
use crate::secrets::Secrets;
use crate::view::TrainingAccount;

/// Password of every sample member of staff; shown on the training sign-in screen.
pub const PASSWORD: &str = "kunren-2026";
/// The branch this terminal is enrolled at.
const BRANCH: &str = "002";

/// A running training centre and the desk enrolled with it.
pub struct Training {
    /// The desk.
    pub desk: Desk,
    /// Sample staff.
    pub accounts: Vec<TrainingAccount>,
    /// Ends with the desk: its standard input closes.
    child: Child,
}

#[derive(Debug, Serialize, Deserialize)]
struct Ports {
    terminal: u16,
    enrol: u16,
    portal: u16,
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
    if let Some(ports) = known.filter(|p| is_free(p.terminal) && is_free(p.enrol) && is_free(p.portal)) {
        return Ok(ports);
    }
    let ports = Ports { terminal: free_port()?, enrol: free_port()?, portal: free_port()? };
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
    )
}

impl Training {
    /// Starts (and, the first time, sets up) the training centre and opens the desk enrolled with it.
    ///
    /// # Errors
    /// A file, port or the centre failed; what the centre said is in the diagnostics.
    pub async fn start(profile: Profile, share: &Share, fresh: bool) -> Result<Self, DeskError> {
        if fresh && profile.dir.exists() {
            std::fs::remove_dir_all(&profile.dir).map_err(|e| fail("can't start over", e))?;
        }
        let centre_dir = profile.dir.join("centre");
        std::fs::create_dir_all(&centre_dir).map_err(|e| fail("can't make the training folder", e))?;
        let secrets = Secrets::Files(profile.dir.join("secrets"));
        let centre = Centre::prepare(&centre_dir, share, &secrets)?;
        centre.run(&["training-setup", "--data", &share.training.display().to_string()]).await?;
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
                let root = read_certificate(&centre_dir.join("data/keys/root.cer")).map_err(|e| fail("root", e))?;
                enrol(&listening.enrol, &root, invitation.unwrap_or_default().trim(), &secrets).await?
            }
        };
        identity.terminal_url = listening.terminal;
        replica.set("identity", &identity).await?;
        replica.readers.close().await;
        drop(replica);
        let branches = branch_names(&share.training.join("branches.json"));
        let desk = Desk::open(profile, &secrets, identity, branches).await?;
        Ok(Self { desk, accounts: accounts(&share.training.join("staff.json"))?, child })
    }

    /// Stops desk and centre.
    pub async fn stop(mut self) {
        self.desk.close().await;
        drop(self.child.stdin.take());
        let _ = tokio::time::timeout(Duration::from_secs(5), self.child.wait()).await;
        let _ = self.child.kill().await;
    }

    /// Process id of the centre.
    pub fn centre_pid(&self) -> Option<u32> {
        self.child.id()
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
        let log = std::fs::File::create(self.dir.join("central.log")).map_err(|e| fail("can't write", e))?;
        let mut child = self
            .command()
            .args(["serve", "--until-stdin-closes"])
            .stdin(Stdio::piped())
            .stdout(Stdio::null())
            .stderr(log)
            .spawn()
            .map_err(|e| fail("can't start the training centre", e))?;
        let mut ticks = tokio::time::interval(Duration::from_millis(25));
        loop {
            ticks.tick().await;
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
