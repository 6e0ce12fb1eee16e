//! The operator's command line. Acts go through the same writer as everything else and are entries by the operator.

mod import;
mod operator;
mod training;

use std::io::Write as _;
use std::path::PathBuf;

use anyhow::Context as _;
use clap::{Parser, Subcommand};

use crate::clock::Clock;
use crate::config::Config;
use crate::issuance::{Authority, Names, ceremony, log_origin};
use crate::{check, http};
pub use operator::Operator;

/// The central issuance service of Madoguchi.
#[derive(Debug, Parser)]
#[command(name = "madoguchi-central", version)]
pub struct Arguments {
    /// Configuration file.
    #[arg(long, default_value = "/etc/madoguchi/central.toml", global = true)]
    config: PathBuf,
    #[command(subcommand)]
    action: Action,
}

#[derive(Debug, Subcommand)]
enum Action {
    /// Key ceremony and first entry of the log.
    Init,
    /// Run the service.
    Serve {
        /// Stop when standard input closes (for a parent process that must not leave this one behind).
        #[arg(long)]
        until_stdin_closes: bool,
    },
    /// Derive everything again from the log and compare.
    Check,
    /// Staff.
    #[command(subcommand)]
    Staff(Staff),
    /// Terminals.
    #[command(subcommand)]
    Terminal(Terminal),
    /// Import customers, contracts and user IDs from JSON (the layout of the training data).
    ImportCustomers {
        /// The file.
        file: PathBuf,
    },
    /// Make a training centre: keys, staff, customers. Does nothing where one exists.
    TrainingSetup {
        /// Folder with staff.json and customers.json.
        #[arg(long)]
        data: PathBuf,
    },
}

#[derive(Debug, Subcommand)]
enum Staff {
    /// Add a member of staff; the password is read from standard input.
    Add {
        /// 職員番号.
        #[arg(long)]
        id: String,
        /// Name on screen and paper.
        #[arg(long)]
        name: String,
        /// teller, sales_rep, supervisor, head_office or auditor.
        #[arg(long)]
        role: String,
        /// 店番.
        #[arg(long)]
        branch: String,
    },
}

#[derive(Debug, Subcommand)]
enum Terminal {
    /// Invite a terminal; prints a one-time invitation, good for 24 hours.
    Invite {
        /// 店番 it will be bound to.
        #[arg(long)]
        branch: String,
        /// Its place, as shown on screen and in the log.
        #[arg(long)]
        label: String,
    },
    /// Cut a terminal off for good.
    Revoke {
        /// Terminal id.
        id: String,
    },
}

fn passphrase() -> anyhow::Result<String> {
    std::env::var("MADOGUCHI_KEY_PASSPHRASE").context("set MADOGUCHI_KEY_PASSPHRASE to the passphrase of the key files")
}

fn say(text: &str) -> anyhow::Result<()> {
    writeln!(std::io::stdout(), "{text}").context("standard output")
}

/// Runs what was asked for.
///
/// # Errors
/// What went wrong, for the person at the command line.
pub async fn run(arguments: Arguments) -> anyhow::Result<()> {
    let config = Config::read(&arguments.config)?;
    match arguments.action {
        Action::Init => init(&config).await,
        Action::Serve { until_stdin_closes } => {
            let authority = Authority::open(&config, &passphrase()?)?;
            http::serve(config, Clock::System, authority, |_| {}, stop(until_stdin_closes)).await
        }
        Action::Check => report(&config).await,
        Action::Staff(Staff::Add { id, name, role, branch }) => {
            let mut password = String::new();
            std::io::stdin().read_line(&mut password).context("read the password from standard input")?;
            let operator = Operator::open(&config, &passphrase()?).await?;
            operator.add_staff(&id, &name, &role, &branch, password.trim_end_matches(['\r', '\n'])).await?;
            operator.close().await
        }
        Action::Terminal(Terminal::Invite { branch, label }) => {
            let operator = Operator::open(&config, &passphrase()?).await?;
            let invitation = operator.invite(&branch, &label).await?;
            operator.close().await?;
            say(&invitation)
        }
        Action::Terminal(Terminal::Revoke { id }) => {
            let operator = Operator::open(&config, &passphrase()?).await?;
            operator.revoke(&id).await?;
            operator.close().await
        }
        Action::ImportCustomers { file } => {
            let operator = Operator::open(&config, &passphrase()?).await?;
            let count = import::customers(&operator, &file).await?;
            operator.close().await?;
            say(&format!("{count} customers imported"))
        }
        Action::TrainingSetup { data } => training::setup(&config, &passphrase()?, &data).await,
    }
}

/// Makes keys and the first entry.
///
/// # Errors
/// Keys exist already, or the disk refuses.
pub async fn init(config: &Config) -> anyhow::Result<()> {
    let passphrase = passphrase()?;
    init_with(config, &passphrase, &Clock::System).await?;
    say(&format!("the keys are in {}; keep the passphrase, nobody can open them without it", config.keys().display()))
}

/// [`init`] with a passphrase and a clock.
///
/// # Errors
/// As [`init`].
pub async fn init_with(config: &Config, passphrase: &str, clock: &Clock) -> anyhow::Result<()> {
    std::fs::create_dir_all(&config.data_dir).with_context(|| format!("can't create {}", config.data_dir.display()))?;
    let mut hosts = vec!["localhost".to_owned(), "127.0.0.1".to_owned()];
    hosts.extend(config.listen.host_names.iter().cloned());
    let names = Names { organisation: config.institution.roman_name.clone(), log_origin: log_origin(config), hosts };
    ceremony(&config.keys(), passphrase, &names, clock.now())?;
    let operator = Operator::open_with(config, passphrase, clock.clone()).await?;
    operator.open_log().await?;
    operator.close().await
}

async fn report(config: &Config) -> anyhow::Result<()> {
    let key = std::fs::read_to_string(config.keys().join("log.vkey")).context("can't read the log's public key")?;
    let verdict = check::check(&config.database(), &key).await?;
    say(&format!("entries {}, checkpoints {}, subjects {}", verdict.entries, verdict.checkpoints, verdict.subjects))?;
    for finding in &verdict.findings {
        say(&format!("{}: {}", finding.part, finding.what))?;
    }
    anyhow::ensure!(verdict.findings.is_empty(), "{} findings", verdict.findings.len());
    say("log, state, read tables and checkpoints agree")
}

async fn stop(until_stdin_closes: bool) {
    let stdin = async {
        if until_stdin_closes {
            use tokio::io::AsyncReadExt as _;
            let mut byte = [0];
            while matches!(tokio::io::stdin().read(&mut byte).await, Ok(1..)) {}
        } else {
            std::future::pending::<()>().await;
        }
    };
    #[cfg(unix)]
    let terminated = async {
        match tokio::signal::unix::signal(tokio::signal::unix::SignalKind::terminate()) {
            Ok(mut signal) => drop(signal.recv().await),
            Err(_) => std::future::pending().await,
        }
    };
    #[cfg(not(unix))]
    let terminated = std::future::pending::<()>();
    tokio::select! {
        _ = tokio::signal::ctrl_c() => {}
        () = terminated => {}
        () = stdin => {}
    }
}
