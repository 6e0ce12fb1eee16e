//! A centre in a process of its own, so that it can be killed, or its processor time told from everybody else's.

use std::path::{Path, PathBuf};
use std::process::{Child, Command, ExitStatus, Stdio};
use std::time::{Duration, Instant};

use central::config::Config;
use central::http::Listening;

use crate::centre::{Centre, PASSPHRASE};

/// What the centre shows an SMTP server that asks.
pub const SMTP_PASSWORD: &str = "smtp-himitsu";

/// A serving process. Dropped, it is killed.
pub struct Served {
    child: Child,
    /// Where it listens.
    pub at: Listening,
}

impl Drop for Served {
    fn drop(&mut self) {
        let _ = self.child.kill();
        let _ = self.child.wait();
    }
}

/// The service's program.
pub fn program() -> PathBuf {
    let name = "madoguchi-central";
    std::env::var_os("MADOGUCHI_CENTRAL_BIN").map_or_else(
        || {
            let exe = std::env::current_exe().unwrap();
            // Beside a program, or one folder up from a test.
            exe.ancestors()
                .skip(1)
                .map(|dir| dir.join(name))
                .find(|file| file.exists())
                .expect("cargo build -p central")
        },
        PathBuf::from,
    )
}

/// Runs a command of the operator; gives what it says.
///
/// # Errors
/// What it complains of.
pub fn operator(centre: &Centre, arguments: &[&str]) -> Result<String, String> {
    let file = centre.dir.path().join("central.toml");
    std::fs::write(&file, toml::to_string(&centre.config).unwrap()).unwrap();
    let mut command = Command::new(program());
    command.arg("--config").arg(file).args(arguments);
    let done = command.env("MADOGUCHI_KEY_PASSPHRASE", PASSPHRASE).env("MADOGUCHI_LOG", "error").output().unwrap();
    match done.status.success() {
        true => Ok(String::from_utf8(done.stdout).unwrap()),
        false => Err(String::from_utf8(done.stderr).unwrap()),
    }
}

fn serving(file: &Path, config: &Config, by: &[&str]) -> Command {
    std::fs::write(file, toml::to_string(config).unwrap()).unwrap();
    let mut command = match by {
        [] => Command::new(program()),
        [first, rest @ ..] => {
            let mut command = Command::new(first);
            command.args(rest).arg(program());
            command
        }
    };
    command.arg("--config").arg(file).args(["serve", "--until-stdin-closes"]);
    command.env("MADOGUCHI_KEY_PASSPHRASE", PASSPHRASE).env("MADOGUCHI_LOG", "error").stdin(Stdio::piped());
    command.env("MADOGUCHI_SMTP_PASSWORD", SMTP_PASSWORD);
    command
}

impl Served {
    /// Starts one and waits until it listens. `kill_at` names the step at which it kills itself (debug builds only).
    pub async fn start(centre: &Centre, kill_at: Option<&str>) -> Self {
        let mut command = Self::command(centre, &[]);
        if let Some(step) = kill_at {
            command.env("MADOGUCHI_KILL_AT", step);
        }
        Self::from(&centre.config, command).await
    }

    /// One more instance on the same database, with the same keys and a folder of its own.
    pub async fn beside(centre: &Centre) -> Self {
        let mut config = centre.config.clone();
        config.data_dir = centre.dir.path().join("beside");
        if !config.data_dir.exists() {
            std::fs::create_dir_all(config.keys()).unwrap();
            for file in std::fs::read_dir(centre.config.keys()).unwrap() {
                let file = file.unwrap();
                std::fs::copy(file.path(), config.keys().join(file.file_name())).unwrap();
            }
        }
        Self::from(&config, serving(&centre.dir.path().join("beside.toml"), &config, &[])).await
    }

    /// The command that serves, run by another one (`fiu-run …`), if that is named.
    pub fn command(centre: &Centre, by: &[&str]) -> Command {
        serving(&centre.dir.path().join("central.toml"), &centre.config, by)
    }

    /// Starts it and waits until it listens.
    pub async fn from(config: &Config, mut command: Command) -> Self {
        let announced = config.data_dir.join("listening.json");
        let _ = std::fs::remove_file(&announced);
        let mut child = command.spawn().unwrap();
        let start = Instant::now();
        loop {
            if let Some(at) = std::fs::read(&announced).ok().and_then(|bytes| serde_json::from_slice(&bytes).ok()) {
                return Self { child, at };
            }
            if start.elapsed() > Duration::from_secs(120) || child.try_wait().unwrap().is_some() {
                let _ = child.kill();
                panic!("the centre does not start");
            }
            tokio::time::sleep(Duration::from_millis(20)).await;
        }
    }

    /// SIGKILL, and nothing of it is left.
    pub fn kill(mut self) {
        self.child.kill().unwrap();
        self.child.wait().unwrap();
    }

    /// Process id.
    pub fn pid(&self) -> u32 {
        self.child.id()
    }

    /// Waits until it has died at the step it was told. (`ended` closes its standard input, which asks it to stop.)
    pub async fn died(&mut self) -> ExitStatus {
        let start = Instant::now();
        loop {
            if let Some(status) = self.child.try_wait().unwrap() {
                return status;
            }
            assert!(start.elapsed() < Duration::from_secs(60), "the centre lives on");
            tokio::time::sleep(Duration::from_millis(20)).await;
        }
    }

    /// Waits until it has ended by itself.
    pub fn ended(&mut self) -> ExitStatus {
        self.child.wait().unwrap()
    }
}
