//! `import`: existing customers from a CSV file. Progress goes to standard error, the report to standard output; Ctrl+C gives it
//! up, and nothing of it has happened then.

use std::io::Write as _;
use std::path::PathBuf;
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};

use clap::Args;

use super::operator::actor;
use super::say;
use crate::clock::Clock;
use crate::config::Config;
use crate::import::{self, Report, Step};
use crate::issuance::Authority;
use crate::store::opening;

#[derive(Debug, Args)]
pub(super) struct Import {
    /// The file: UTF-8 (with a mark or without) or Shift_JIS.
    file: PathBuf,
    /// Say what would be done, and every line that is bad; write nothing.
    #[arg(long)]
    dry_run: bool,
}

pub(super) async fn run(config: &Config, passphrase: &str, asked: Import) -> anyhow::Result<()> {
    let bytes = import::read_file(&asked.file)?;
    let authority = Authority::open(config, passphrase)?;
    opening::required(&config.place()?, &config.keys()).await?;
    let cancel = Arc::new(AtomicBool::new(false));
    let told = Arc::clone(&cancel);
    let waiting = tokio::spawn(async move {
        if tokio::signal::ctrl_c().await.is_ok() {
            told.store(true, Ordering::Release);
        }
    });
    let import = import::Import { config, authority: &authority, clock: &Clock::System, actor: actor(), cancel };
    let report = import.run(&bytes, asked.dry_run, tell).await;
    waiting.abort();
    finish(&report?, asked.dry_run)
}

/// A terminal shows the last word; a file gets all of them.
fn tell(step: Step) {
    let words = match step {
        Step::Read(lines) => format!("{lines} lines read"),
        Step::Compared => "compared with what is there".to_owned(),
        Step::Written(done, total) => format!("{done} of {total} customers written"),
        Step::Committing => "committing".to_owned(),
    };
    let _ = writeln!(std::io::stderr(), "{words}");
}

fn finish(report: &Report, dry_run: bool) -> anyhow::Result<()> {
    for problem in &report.problems {
        say(&problem.to_string())?;
    }
    let Report { rows, customers, known_customers, contracts, users, problems, .. } = report;
    say(&format!(
        "{rows} lines: {customers} new customers, {known_customers} known ones, {contracts} contracts, {users} user IDs"
    ))?;
    if !problems.is_empty() {
        let lines: std::collections::BTreeSet<u64> = problems.iter().map(|problem| problem.line).collect();
        anyhow::bail!("{} problems in {} lines; nothing was imported", problems.len(), lines.len());
    }
    say(if dry_run { "every line is good; nothing was written (dry run)" } else { "imported" })
}
