//! The operator's command line. Acts go through the same writer as everything else and are entries by the operator.

mod backup;
#[cfg(all(test, unix))]
mod begun_tests;
mod branches;
mod import;
mod init;
mod log;
mod mail;
mod operator;
mod said;
mod secret;
mod take_over;
mod training;
#[cfg(test)]
mod words_tests;

use std::io::Write as _;
use std::path::PathBuf;

use anyhow::Context as _;
use clap::{Parser, Subcommand};
use domain::staff::StaffCommand;
use zeroize::Zeroizing;

use crate::clock::Clock;
use crate::config::Config;
use crate::issuance::{Authority, Names, Own, log_origin};
use crate::store::opening::{self, Begin};
use crate::store::whose;
use crate::{check, http};
pub use init::init_with;
pub use operator::Operator;
pub use said::said;

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
    /// Make the root's revocation list anew (once a year, before it ends; the service may run).
    RootCrl,
    /// Make the certificate of the service's TLS anew, with the host names of the configuration (every two years, before it
    /// ends; restart the service afterwards).
    RenewServer,
    /// The same for the certificate of its OCSP answers.
    RenewOcsp,
    /// Derive everything again from the log and compare.
    Check,
    /// Make state and read tables again from the log.
    Rebuild,
    /// Write a backup, beside the service; or verify one.
    Backup(backup::Backup),
    /// Put a backup back and open the next epoch of the log; or see to what follows.
    Restore(backup::Restore),
    /// The log as a file for an auditor.
    #[command(subcommand)]
    Log(log::Log),
    /// Staff.
    #[command(subcommand)]
    Staff(Staff),
    /// Terminals.
    #[command(subcommand)]
    Terminal(Terminal),
    /// Mails to customers.
    #[command(subcommand)]
    Mail(mail::Mail),
    /// Import customers, contracts and user IDs from a CSV file (docs/import.md): all of it, or nothing.
    Import(take_over::Import),
    /// Import the institution's branches from the zengin branch list (CSV): opens those that are new, renames the others.
    ImportBranches(branches::ImportBranches),
    /// Import customers, contracts and user IDs from JSON (the layout of the training data): all of it, or nothing.
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
    /// Add a member of staff. The password is asked for at a terminal, else it is a line of standard input.
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
    /// Give a member of staff another role, or another branch.
    Change {
        /// 職員番号.
        #[arg(long)]
        id: String,
        /// teller, sales_rep, supervisor, head_office or auditor.
        #[arg(long)]
        role: String,
        /// 店番.
        #[arg(long)]
        branch: String,
    },
    /// Lock an account.
    Lock(Account),
    /// Unlock an account.
    Unlock(Account),
    /// Give a temporary password, good for three days; asked for at a terminal, else a line of standard input.
    ResetPassword(Account),
}

/// Whose account.
#[derive(Debug, clap::Args)]
struct Account {
    /// 職員番号.
    #[arg(long)]
    id: String,
}

#[derive(Debug, Subcommand)]
enum Terminal {
    /// Invite a terminal; prints a one-time invitation, good for 24 hours, with the centre's address and fingerprint.
    Invite {
        /// 店番 it will be bound to.
        #[arg(long)]
        branch: String,
        /// Its place, as shown on screen and in the log.
        #[arg(long)]
        label: String,
    },
    /// Sign the request of an invited terminal that does not reach the enrolment listener. The invitation is asked
    /// for at a terminal, else it is a line of standard input; the answer goes to standard output, for `madoguchi enrol --answer FILE` on that PC.
    Enrol {
        /// What `madoguchi enrol --request FILE` wrote on that PC (PKCS#10, PEM).
        request: PathBuf,
    },
    /// Cut a terminal off for good.
    Revoke {
        /// Terminal id.
        id: String,
    },
    /// Let a terminal work for another branch, or stand in another place.
    Move {
        /// Terminal id.
        id: String,
        /// 店番.
        #[arg(long)]
        branch: String,
        /// Its place.
        #[arg(long)]
        label: String,
    },
}

async fn account(config: &Config, id: &str, command: StaffCommand, done: &str) -> anyhow::Result<()> {
    let operator = Operator::open(config, &passphrase()?).await?;
    operator.account(id, command).await?;
    operator.close().await?;
    say(&format!("{id} is {done}"))
}

/// From the environment, or from a file that the environment names (a credential of the service manager).
fn passphrase() -> anyhow::Result<Zeroizing<String>> {
    crate::config::password("MADOGUCHI_KEY_PASSPHRASE")?.map(Zeroizing::new).context(
        "set MADOGUCHI_KEY_PASSPHRASE to the passphrase of the key files, or MADOGUCHI_KEY_PASSPHRASE_FILE to a file \
         that holds it",
    )
}

fn say(text: &str) -> anyhow::Result<()> {
    writeln!(std::io::stdout(), "{text}").context("standard output")
}

/// Runs what was asked for.
///
/// # Errors
/// What went wrong, for the person at the command line.
pub async fn run(arguments: Arguments) -> anyhow::Result<()> {
    let action = match arguments.action {
        // An auditor has no configuration.
        Action::Log(log::Log::Verify(asked)) => return log::verify(&asked),
        action => action,
    };
    let config = Config::read(&arguments.config)?;
    if !matches!(action, Action::Init | Action::RootCrl | Action::RenewServer | Action::RenewOcsp) {
        whose::checked(&config.place()?, &config.institution.id).await?;
    }
    match action {
        Action::Init => init::init(&config).await,
        Action::Serve { until_stdin_closes } => {
            config.check_pages()?;
            let authority = Authority::open(&config, &passphrase()?)?;
            http::serve(config, Clock::System, authority, |_| {}, stop(until_stdin_closes)).await
        }
        Action::RootCrl => {
            crate::issuance::root_crl(&config.keys(), &passphrase()?, Clock::System.now())?;
            say(&format!("{} is new", config.keys().join("root.crl").display()))
        }
        Action::RenewServer => renew(&config, Own::Server),
        Action::RenewOcsp => renew(&config, Own::Ocsp),
        Action::Check => report(&config).await,
        Action::Rebuild => backup::rebuild(&config).await,
        Action::Backup(asked) => backup::backup(&config, asked).await,
        Action::Restore(asked) => backup::restore(&config, asked).await,
        Action::Log(log::Log::Export(asked)) => log::export(&config, asked).await,
        Action::Log(log::Log::Verify(asked)) => log::verify(&asked),
        Action::Staff(Staff::Add { id, name, role, branch }) => {
            let password = secret::new_password()?;
            let operator = Operator::open(&config, &passphrase()?).await?;
            operator.add_staff(&id, &name, &role, &branch, &password).await?;
            operator.close().await?;
            say(&format!("{id} is added: {role} at branch {branch}"))
        }
        Action::Staff(Staff::Change { id, role, branch }) => {
            let operator = Operator::open(&config, &passphrase()?).await?;
            operator.change_staff(&id, &role, &branch).await?;
            operator.close().await?;
            say(&format!("{id} is now {role} at branch {branch}"))
        }
        Action::Staff(Staff::Lock(Account { id })) => account(&config, &id, StaffCommand::LockStaff {}, "locked").await,
        Action::Staff(Staff::Unlock(Account { id })) => {
            account(&config, &id, StaffCommand::UnlockStaff {}, "unlocked").await
        }
        Action::Staff(Staff::ResetPassword(Account { id })) => {
            let password = secret::new_password()?;
            let operator = Operator::open(&config, &passphrase()?).await?;
            operator.reset_password(&id, &password).await?;
            operator.close().await?;
            say(&format!("{id} has a temporary password, good for 72 hours; another one is chosen at the next sign-in"))
        }
        Action::Terminal(Terminal::Invite { branch, label }) => {
            let operator = Operator::open(&config, &passphrase()?).await?;
            let invitation = operator.invite(&branch, &label).await?;
            let paper = operator.paper(&invitation);
            operator.close().await?;
            // The first line is the invitation and nothing else, for whoever reads this by a program.
            say(&format!("{invitation}\n{paper}"))
        }
        Action::Terminal(Terminal::Enrol { request }) => {
            let pem = std::fs::read(&request).with_context(|| format!("can't read {}", request.display()))?;
            let (_, csr) = x509_parser::pem::parse_x509_pem(&pem).context("the request is not PEM")?;
            let invitation = secret::invitation()?;
            let operator = Operator::open(&config, &passphrase()?).await?;
            let answer = operator.enrol(&invitation, csr.contents).await?;
            operator.close().await?;
            say(&serde_json::to_string_pretty(&answer)?)
        }
        Action::Terminal(Terminal::Revoke { id }) => {
            let operator = Operator::open(&config, &passphrase()?).await?;
            operator.revoke(&id).await?;
            operator.close().await?;
            say(&format!("terminal {id} is revoked"))
        }
        Action::Terminal(Terminal::Move { id, branch, label }) => {
            let operator = Operator::open(&config, &passphrase()?).await?;
            operator.move_terminal(&id, &branch, &label).await?;
            operator.close().await?;
            say(&format!("terminal {id} is now at branch {branch}: {label}"))
        }
        Action::Mail(mail) => mail::run(&config, mail).await,
        Action::Import(asked) => take_over::run(&config, &passphrase()?, asked).await,
        Action::ImportBranches(asked) => branches::run(&config, &passphrase()?, asked).await,
        Action::ImportCustomers { file } => {
            let authority = Authority::open(&config, &passphrase()?)?;
            let count = import::customers(&config, &authority, &Clock::System, &file, import::There::Stay).await?;
            say(&format!("{count} customers imported"))
        }
        Action::TrainingSetup { data } => training::setup(&config, &passphrase()?, &data).await,
    }
}

/// As they are configured.
fn names(config: &Config) -> Names {
    let mut hosts = vec!["localhost".to_owned(), "127.0.0.1".to_owned()];
    hosts.extend(config.listen.host_names.iter().cloned());
    Names { organisation: config.institution.roman_name.clone(), log_origin: log_origin(config), hosts }
}

fn renew(config: &Config, which: Own) -> anyhow::Result<()> {
    let end = crate::issuance::renew(&config.keys(), &passphrase()?, &names(config), which, Clock::System.now())?;
    let file = config.keys().join(format!("{}.cer", which.name()));
    say(&format!("{} is good until {}; restart the service", file.display(), end.format("%Y-%m-%d")))
}

async fn report(config: &Config) -> anyhow::Result<()> {
    let (place, key) = (config.place()?, backup::log_key(config)?);
    let begin = opening::look(&place).await?;
    if begin == Begin::Empty {
        // Nothing to compare, and nothing that would be well.
        return Err(opening::refusal(begin, &place, &config.keys()));
    }
    shown(&check::check(&place, &key).await?)
}

/// Says what was found; an error if anything was.
fn shown(verdict: &check::Verdict) -> anyhow::Result<()> {
    shown_of(verdict, &check::PARTS)?;
    say("log, state, read tables and checkpoints agree")
}

fn shown_of(verdict: &check::Verdict, parts: &[&str]) -> anyhow::Result<()> {
    say(&format!("entries {}, checkpoints {}, subjects {}", verdict.entries, verdict.checkpoints, verdict.subjects))?;
    for part in parts {
        let found: Vec<_> = verdict.findings.iter().filter(|finding| finding.part == *part).collect();
        say(&format!("{part}: {}", if found.is_empty() { "good" } else { "DOES NOT AGREE" }))?;
        for finding in found {
            say(&format!("  {}", finding.what))?;
        }
    }
    anyhow::ensure!(verdict.findings.is_empty(), "{} findings", verdict.findings.len());
    Ok(())
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

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used, reason = "tests")]
    use crate::issuance::ceremony;
    use crate::testing::{PASSPHRASE, config, start};

    use super::*;

    #[tokio::test]
    async fn init_is_done_once_and_finishes_what_broke_off() {
        let dir = tempfile::tempdir().unwrap();
        let config = config(&dir);
        let clock = Clock::at(start());
        // Killed between the ceremony and the first entry.
        let organisation = config.institution.roman_name.clone();
        let names = Names { organisation, log_origin: log_origin(&config), hosts: vec!["localhost".to_owned()] };
        ceremony(&config.keys(), PASSPHRASE, &names, clock.now()).unwrap();
        let authority = Authority::open(&config, PASSPHRASE).unwrap();
        let stop = std::future::pending::<()>();
        let refused = http::serve(config.clone(), clock.clone(), authority, |_| {}, stop).await.unwrap_err();
        assert!(refused.to_string().contains("init"), "{refused}");
        init_with(&config, PASSPHRASE, &clock).await.unwrap();
        let again = init_with(&config, PASSPHRASE, &clock).await.unwrap_err();
        assert!(again.to_string().contains("holds a centre already"), "{again}");
        let operator = Operator::open_with(&config, PASSPHRASE, clock).await.unwrap();
        operator.close().await.unwrap();
    }

    #[tokio::test]
    async fn init_goes_on_after_a_kill_between_the_first_two_entries() {
        let dir = tempfile::tempdir().unwrap();
        let config = config(&dir);
        let clock = Clock::at(start());
        init_with(&config, PASSPHRASE, &clock).await.unwrap();
        // As if it had been killed after the first.
        let mut db = config.place().unwrap().connect().await.unwrap();
        for text in [
            "DELETE FROM entry WHERE idx >= 1",
            "DELETE FROM checkpoint WHERE size > 1",
            "DELETE FROM aggregate WHERE subject LIKE 'policy/%'",
        ] {
            crate::store::db::query(text).execute(&mut db).await.unwrap();
        }
        drop(db);
        init_with(&config, PASSPHRASE, &clock).await.unwrap();
        assert_eq!(
            check::check(&config.place().unwrap(), &backup::log_key(&config).unwrap()).await.unwrap().findings,
            []
        );
        assert!(init_with(&config, PASSPHRASE, &clock).await.is_err());
    }

    #[tokio::test]
    async fn the_service_lets_the_database_go_when_it_stops() {
        let dir = tempfile::tempdir().unwrap();
        let mut config = config(&dir);
        let any = std::net::SocketAddr::from(([127, 0, 0, 1], 0));
        (config.listen.terminal, config.listen.enrol) = (any, any);
        (config.listen.portal, config.listen.status) = (any, any);
        config.listen.renewal = any;
        let clock = Clock::at(start());
        init_with(&config, PASSPHRASE, &clock).await.unwrap();
        let authority = Authority::open(&config, PASSPHRASE).unwrap();
        let (stop, stopped) = tokio::sync::oneshot::channel();
        let announced = config.data_dir.join("listening.json");
        let ready = |at: &http::Listening| {
            let file: http::Listening = serde_json::from_slice(&std::fs::read(&announced).unwrap()).unwrap();
            assert_eq!(file, *at);
            let held = std::fs::File::open(config.database_file().with_extension("lock")).unwrap();
            assert!(held.try_lock().is_err(), "nobody else may serve meanwhile");
            stop.send(()).unwrap();
        };
        http::serve(config.clone(), clock.clone(), authority, ready, async { drop(stopped.await) }).await.unwrap();
        assert!(!config.data_dir.join("listening.json").exists());
        // At once, in the same process: nothing of it is left behind.
        Operator::open_with(&config, PASSPHRASE, clock).await.unwrap().close().await.unwrap();
    }
}
