//! A real centre in this process: own folder, own keys, ports the system picks, a clock the test moves.

use std::path::{Path, PathBuf};
use std::sync::mpsc;
use std::thread::JoinHandle;

use central::cli::{Operator, init_with};
use central::clock::Clock;
use central::config::Config;
use central::http::{Listening, serve};
use central::issuance::Authority;
use tokio::sync::oneshot;

/// Passphrase of the key files.
pub const PASSPHRASE: &str = "a passphrase for tests";
/// Password of every member of staff.
pub const PASSWORD: &str = "himitsu-2026";
/// The branch most tests live in.
pub const BRANCH: &str = "011";

/// Which database.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Kind {
    /// A file.
    Sqlite,
    /// A database of its own on the tests' server.
    Postgres,
}

impl Kind {
    /// Gives a centre an empty one.
    pub fn choose(self, config: &mut Config) {
        match self {
            Self::Sqlite => {}
            Self::Postgres => config.database.url = crate::cluster::fresh_database(),
        }
    }
}

/// One test on both databases: `on_both!(name, …)` for each `async fn name(kind: Kind)`.
#[macro_export]
macro_rules! on_both {
    ($($name:ident),+ $(,)?) => {$(
        mod $name {
            #[tokio::test(flavor = "multi_thread")]
            async fn on_sqlite() {
                super::$name($crate::centre::Kind::Sqlite).await;
            }

            #[cfg(unix)]
            #[tokio::test(flavor = "multi_thread")]
            async fn on_postgres() {
                super::$name($crate::centre::Kind::Postgres).await;
            }
        }
    )+};
}

/// A centre.
pub struct Centre {
    /// Its folder.
    pub dir: tempfile::TempDir,
    /// Its configuration.
    pub config: Config,
    /// Its clock.
    pub clock: Clock,
    /// Where it listens, while it serves.
    pub at: Option<Listening>,
    stop: Option<oneshot::Sender<()>>,
    thread: Option<JoinHandle<anyhow::Result<()>>>,
}

fn runtime() -> tokio::runtime::Runtime {
    let _ = rustls::crypto::aws_lc_rs::default_provider().install_default();
    tokio::runtime::Builder::new_multi_thread().worker_threads(2).enable_all().build().unwrap()
}

/// Runs what can't be sent between threads on one of its own.
fn apart<T: Send + 'static>(work: impl FnOnce(tokio::runtime::Runtime) -> T + Send + 'static) -> T {
    std::thread::spawn(move || work(runtime())).join().unwrap()
}

impl Centre {
    /// A new centre with staff, not yet serving. `change` adjusts the configuration.
    pub fn new(change: impl FnOnce(&mut Config)) -> Self {
        Self::with_clock(Clock::System, change)
    }

    /// The same with a clock from the first key on.
    pub fn with_clock(clock: Clock, change: impl FnOnce(&mut Config)) -> Self {
        let dir = tempfile::tempdir().unwrap();
        let text = format!(
            "data_dir = {:?}\n[institution]\nid = \"mihon\"\nname = \"見本信用金庫\"\nroman_name = \"Mihon Shinkin Bank\"\n\
             [listen]\nterminal = \"127.0.0.1:0\"\nenrol = \"127.0.0.1:0\"\nportal = \"127.0.0.1:0\"\nstatus = \"127.0.0.1:0\"\n\
             renewal = \"127.0.0.1:0\"\n",
            dir.path().join("data")
        );
        let mut config: Config = toml::from_str(&text).unwrap();
        // Everybody here comes from one address.
        config.portal.requests_per_minute = 0;
        // Whoever opens the pages in a browser names the real ones.
        config.portal.static_dir = dir.path().join("pages");
        std::fs::create_dir(&config.portal.static_dir).unwrap();
        std::fs::write(config.portal.static_dir.join("portal.html"), "<!doctype html><title>見本</title>").unwrap();
        change(&mut config);
        let centre = Self { dir, config, clock, at: None, stop: None, thread: None };
        let (config, clock) = (centre.config.clone(), centre.clock.clone());
        apart(move |runtime| runtime.block_on(init_with(&config, PASSPHRASE, &clock))).unwrap();
        centre.operate(|operator, runtime| {
            for (id, role, branch) in [
                ("T1001", "teller", BRANCH),
                ("R1101", "sales_rep", BRANCH),
                ("S2001", "supervisor", BRANCH),
                ("S2002", "supervisor", BRANCH),
                ("S3001", "supervisor", "012"),
                ("T3001", "teller", "012"),
                ("H9001", "head_office", "000"),
                ("H9002", "head_office", "000"),
                ("A9101", "auditor", "000"),
            ] {
                runtime.block_on(operator.add_staff(id, &format!("見本 {id}"), role, branch, PASSWORD)).unwrap();
            }
        });
        centre
    }

    /// Lets the operator work while the service is down.
    pub fn operate<T: Send + 'static>(
        &self,
        work: impl FnOnce(&Operator, &tokio::runtime::Runtime) -> T + Send + 'static,
    ) -> T {
        assert!(self.at.is_none(), "stop the service first");
        let (config, clock) = (self.config.clone(), self.clock.clone());
        apart(move |runtime| {
            let operator = runtime.block_on(Operator::open_with(&config, PASSPHRASE, clock)).unwrap();
            let value = work(&operator, &runtime);
            runtime.block_on(operator.close()).unwrap();
            value
        })
    }

    /// Invites a terminal of a branch.
    pub fn invite(&self, branch: &str, label: &str) -> String {
        let (branch, label) = (branch.to_owned(), label.to_owned());
        self.operate(move |operator, runtime| runtime.block_on(operator.invite(&branch, &label)).unwrap())
    }

    /// Starts serving.
    pub fn start(&mut self) -> &Listening {
        let (config, clock) = (self.config.clone(), self.clock.clone());
        let (stop, stopped) = oneshot::channel::<()>();
        let (ready, at) = mpsc::channel();
        let thread = std::thread::spawn(move || {
            runtime().block_on(async move {
                let authority = Authority::open(&config, PASSPHRASE)?;
                let announce = move |listening: &Listening| ready.send(listening.clone()).unwrap();
                serve(config, clock, authority, announce, async { drop(stopped.await) }).await
            })
        });
        self.stop = Some(stop);
        self.thread = Some(thread);
        self.at.insert(at.recv().expect("the centre did not start"))
    }

    /// Stops serving, in good order.
    pub fn stop(&mut self) {
        self.at = None;
        if let Some(stop) = self.stop.take() {
            let _ = stop.send(());
        }
        if let Some(thread) = self.thread.take() {
            thread.join().unwrap().unwrap();
        }
    }

    /// Where it listens.
    pub fn at(&self) -> &Listening {
        self.at.as_ref().expect("serving")
    }

    /// A key or certificate file.
    pub fn key_file(&self, name: &str) -> PathBuf {
        self.config.keys().join(name)
    }

    /// Everything derived again from the log.
    pub fn check(&self) -> central::check::Verdict {
        let (place, key) = (self.config.place().unwrap(), std::fs::read_to_string(self.key_file("log.vkey")).unwrap());
        apart(move |runtime| runtime.block_on(central::check::check(&place, &key))).unwrap()
    }

    /// State and read tables made again from the log.
    pub fn rebuild(&self) -> central::check::Verdict {
        let (place, key) = (self.config.place().unwrap(), std::fs::read_to_string(self.key_file("log.vkey")).unwrap());
        apart(move |runtime| runtime.block_on(central::check::rebuild(&place, &key))).unwrap()
    }

    /// The data folder.
    pub fn data(&self) -> &Path {
        &self.config.data_dir
    }
}

impl Drop for Centre {
    fn drop(&mut self) {
        if let Some(stop) = self.stop.take() {
            let _ = stop.send(());
        }
        if let Some(thread) = self.thread.take() {
            let _ = thread.join();
        }
    }
}
