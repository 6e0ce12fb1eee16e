//! A PostgreSQL server of one's own: a folder, a socket, nothing on the network, durable like a real one. It ends with whoever
//! started it, however that ends. Included by the tests of `central` too, which can't know this crate.
#![allow(
    clippy::unwrap_used,
    clippy::expect_used,
    clippy::panic,
    clippy::disallowed_methods,
    dead_code,
    unreachable_pub,
    reason = "tests; each of the two uses its part"
)]

use std::path::{Path, PathBuf};
use std::process::{Child, Command, Stdio};
use std::time::{Duration, Instant};

/// A server somebody else started for the whole run (`./dev test`): the folder of its socket.
const SHARED: &str = "MADOGUCHI_TEST_POSTGRES";
const PATIENCE: Duration = Duration::from_secs(60);

/// A server.
pub struct Cluster {
    dir: tempfile::TempDir,
    keeper: Option<Child>,
}

fn programs() -> PathBuf {
    let debian = Path::new("/usr/lib/postgresql/15/bin");
    if debian.join("postgres").exists() {
        return debian.to_owned();
    }
    let path = std::env::var_os("PATH").unwrap_or_default();
    std::env::split_paths(&path)
        .find(|dir| dir.join("initdb").exists())
        .expect("PostgreSQL is not installed (./dev test does it)")
}

fn is_root() -> bool {
    std::fs::metadata("/proc/self").is_ok_and(|own| std::os::unix::fs::MetadataExt::uid(&own) == 0)
}

/// A command as a user who may run a server: root may not.
fn command(program: &Path) -> Command {
    if is_root() {
        let mut command = Command::new("setpriv");
        command.args(["--reuid=postgres", "--regid=postgres", "--clear-groups"]).arg(program);
        command
    } else {
        Command::new(program)
    }
}

fn run(command: &mut Command) {
    let done = command.stdin(Stdio::null()).output().unwrap();
    assert!(done.status.success(), "{command:?}: {}", String::from_utf8_lossy(&done.stderr));
}

impl Cluster {
    /// A new one, running.
    pub fn start() -> Self {
        let dir = tempfile::Builder::new().prefix("madoguchi-pg").tempdir().unwrap();
        if is_root() {
            run(Command::new("chown").arg("postgres").arg(dir.path()));
        }
        let mut cluster = Self { dir, keeper: None };
        run(command(&programs().join("initdb"))
            .args(["--username=madoguchi", "--auth=trust", "--encoding=UTF8", "--locale=C.UTF-8", "--no-instructions"])
            .arg("--pgdata")
            .arg(cluster.data()));
        let settings = format!(
            "listen_addresses = ''\nunix_socket_directories = '{}'\nfsync = on\nsynchronous_commit = on\n\
             full_page_writes = on\nmax_connections = 300\nshared_buffers = 32MB\nlog_min_messages = fatal\n",
            cluster.dir.path().display()
        );
        let file = cluster.dir.path().join("settings");
        std::fs::write(&file, settings).unwrap();
        run(command(Path::new("sh")).arg("-c").arg(format!(
            "cat {} >> {}/postgresql.conf",
            file.display(),
            cluster.data().display()
        )));
        cluster.run();
        cluster
    }

    fn data(&self) -> PathBuf {
        self.dir.path().join("data")
    }

    /// The folder of its socket.
    pub fn socket(&self) -> &Path {
        self.dir.path()
    }

    /// Starts it again after it was killed, and waits until it lets somebody in.
    pub fn run(&mut self) {
        let begun = Instant::now();
        while !self.try_run() {
            assert!(begun.elapsed() < PATIENCE, "PostgreSQL does not start: {}", self.log());
        }
    }

    fn log(&self) -> String {
        std::fs::read_to_string(self.dir.path().join("log")).unwrap_or_default()
    }

    /// `false`: it ended at once, for what was killed has not let go of everything yet.
    fn try_run(&mut self) -> bool {
        // The keeper's standard input closes with this process: then the server is told to end, too.
        let script = format!(
            "exec 3<&0; {0}/postgres -D {1} </dev/null >>{2}/log 2>&1 & server=$!; \
             (cat <&3 >/dev/null; kill -QUIT $server 2>/dev/null) & wait $server; [ -e {2}/again ] || rm -rf {2}",
            programs().display(),
            self.data().display(),
            self.dir.path().display()
        );
        let mut keeper = command(Path::new("sh"))
            .arg("-c")
            .arg(script)
            .stdin(Stdio::piped())
            .stdout(Stdio::null())
            .stderr(Stdio::null())
            .spawn()
            .unwrap();
        let begun = Instant::now();
        while begun.elapsed() < PATIENCE {
            if keeper.try_wait().unwrap().is_some() {
                return false;
            }
            if self.psql("postgres", "SELECT 1") {
                self.keeper = Some(keeper);
                let _ = std::fs::remove_file(self.dir.path().join("again"));
                return true;
            }
            std::thread::sleep(Duration::from_millis(20));
        }
        let _ = keeper.kill();
        let _ = keeper.wait();
        panic!("PostgreSQL lets nobody in: {}", self.log());
    }

    /// Process id of the server.
    pub fn pid(&self) -> u32 {
        let text = std::fs::read_to_string(self.data().join("postmaster.pid")).unwrap();
        text.lines().next().unwrap().trim().parse().unwrap()
    }

    /// SIGKILL, as near to a power cut as one process comes.
    pub fn kill(&mut self) {
        self.end("-KILL");
    }

    /// Ends it without a checkpoint, and with it every connection.
    pub fn stop_at_once(&mut self) {
        self.end("-QUIT");
    }

    fn end(&mut self, signal: &str) {
        std::fs::write(self.dir.path().join("again"), "").unwrap();
        run(Command::new("kill").args([signal, &self.pid().to_string()]));
        self.keeper.take().unwrap().wait().unwrap();
    }

    fn psql(&self, database: &str, text: &str) -> bool {
        psql(self.dir.path(), database, text)
    }

    /// An empty database; gives its address.
    pub fn database(&self) -> String {
        database(self.dir.path())
    }
}

impl Drop for Cluster {
    fn drop(&mut self) {
        if let Some(mut keeper) = self.keeper.take() {
            drop(keeper.stdin.take());
            let _ = keeper.wait();
        }
        // The files belong to the server's user.
        let _ = command(Path::new("rm")).arg("-rf").arg(self.data()).status();
    }
}

fn psql(socket: &Path, database: &str, text: &str) -> bool {
    Command::new(programs().join("psql"))
        .args(["--no-psqlrc", "--quiet", "--username=madoguchi", "--dbname", database, "--command", text, "--host"])
        .arg(socket)
        .stdin(Stdio::null())
        .stdout(Stdio::null())
        .stderr(Stdio::null())
        .status()
        .unwrap()
        .success()
}

fn database(socket: &Path) -> String {
    let name = format!("t{}", uuid::Uuid::new_v4().simple());
    assert!(psql(socket, "postgres", &format!("CREATE DATABASE {name}")), "CREATE DATABASE");
    address(socket, &name)
}

fn address(socket: &Path, name: &str) -> String {
    format!("postgres://madoguchi@localhost/{name}?host={}", socket.display())
}

/// A database of one's own for a test that leaves the server alone: of the run's server, or of one for this process.
pub fn fresh_database() -> String {
    static OWN: std::sync::OnceLock<Cluster> = std::sync::OnceLock::new();
    match std::env::var_os(SHARED) {
        Some(socket) => database(Path::new(&socket)),
        None => OWN.get_or_init(Cluster::start).database(),
    }
}
