//! The operator's look at the mails to customers.

use anyhow::Context as _;
use chrono::{DateTime, Duration};
use clap::Subcommand;

use super::{Operator, passphrase, say};
use crate::config::Config;
use crate::mail::queue::{self, Listed, Mark};
use crate::store::act::Aside;

#[derive(Debug, Subcommand)]
pub(super) enum Mail {
    /// List mails that wait, that failed (with the server's words), or whose customer has no address. The service may run.
    List {
        /// Those that were sent, too.
        #[arg(long)]
        all: bool,
    },
    /// Let failed mails be tried again at the next start of the service.
    Retry {
        /// Ids as `mail list` shows them.
        #[arg(required_unless_present = "failed")]
        ids: Vec<String>,
        /// All that failed.
        #[arg(long, conflicts_with = "ids")]
        failed: bool,
    },
}

pub(super) async fn run(config: &Config, mail: Mail) -> anyhow::Result<()> {
    match mail {
        Mail::List { all } => {
            let mut db = config.place()?.reader().await?;
            let rows = queue::list(&mut db, all).await.context("can't read the mails")?;
            rows.iter().try_for_each(|row| say(&shown(row)))?;
            let count = |state: &str| rows.iter().filter(|row| row.state == state).count();
            say(&format!(
                "waiting {}, failed {}, without an address {}",
                count("waiting"),
                count("failed"),
                count("no_address")
            ))
        }
        Mail::Retry { ids, failed } => {
            let operator = Operator::open(config, &passphrase()?).await?;
            let count = operator.retry_mails((!failed).then_some(ids)).await;
            operator.close().await?;
            say(&format!("to be tried again: {}", count?))
        }
    }
}

fn shown(row: &Listed) -> String {
    let made = DateTime::from_timestamp_millis(row.made_ms).unwrap_or_default() + Duration::hours(9);
    let (recipient, error) = (row.recipient.as_deref().unwrap_or("-"), row.error.as_deref().unwrap_or("-"));
    // The server's words in one line.
    let error = error.replace(['\r', '\n'], " ");
    format!("{} {} {} {recipient} tries {} {error}", row.id, row.state, made.format("%Y-%m-%dT%H:%M+09:00"), row.tries)
}

impl Operator {
    /// Failed mails, or those of them that are named, wait again; gives their number.
    async fn retry_mails(&self, ids: Option<Vec<String>>) -> anyhow::Result<usize> {
        let known = queue::failed(&self.readers).await?;
        let ids = ids.unwrap_or_else(|| known.clone());
        if let Some(unknown) = ids.iter().find(|id| !known.contains(id)) {
            anyhow::bail!("no failed mail has the id {unknown}; `madoguchi-central mail list` shows them");
        }
        for id in &ids {
            let mark = Mark::Retry { id: id.clone(), now_ms: self.now_ms() };
            self.writer.aside(Aside::Mail(mark)).await?;
        }
        Ok(ids.len())
    }
}
