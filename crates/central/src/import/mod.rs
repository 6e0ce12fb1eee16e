//! Import of existing customers, contracts and user IDs from a CSV file (docs/import.md): every bad line is reported with its
//! reason, and nothing is written unless every line is good. All of it in one transaction, one entry for each customer.

mod gather;
mod judge;
mod known;
mod layout;
mod line;
mod plan;
#[cfg(test)]
mod tests;
mod text;
mod unreadable;
mod zengin;

use std::collections::BTreeMap;
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};

use anyhow::Context as _;
use domain::{Actor, ErrorCode, Refusal};

use crate::clock::Clock;
use crate::config::Config;
use crate::issuance::Authority;
use crate::store::bulk::Bulk;
use crate::store::db::Place;
use crate::store::{self, Setting};
pub use layout::COLUMNS;
pub(crate) use plan::Plan;
pub(crate) use unreadable::Unreadable;
pub use zengin::branches;

/// Most lines of a file.
pub const ROWS: usize = 100_000;
/// Customers written together; a desk takes as many at a time.
pub(crate) const PAGE: usize = 500;

/// Something wrong with a line.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord)]
pub struct Problem {
    /// Of the file, from 1; the header is one of them.
    pub line: u64,
    /// Which column; empty: the whole line.
    pub column: &'static str,
    /// Why.
    pub code: ErrorCode,
    /// Values for the words.
    pub args: BTreeMap<String, String>,
}

impl Problem {
    fn of(line: u64, column: &'static str, refusal: Refusal) -> Self {
        Self { line, column, code: refusal.code, args: refusal.args }
    }

    fn new(line: u64, column: &'static str, code: ErrorCode) -> Self {
        Self { line, column, code, args: BTreeMap::new() }
    }

    /// What to do about it.
    pub fn next(&self) -> String {
        let arg = |name: &str| self.args.get(name).map_or("?", String::as_str).to_owned();
        match self.code {
            ErrorCode::RequestMalformed if self.args.contains_key("quote") => {
                "a quotation mark is not closed in the line (no cell holds the end of a line)".into()
            }
            ErrorCode::RequestMalformed => "the line has another number of columns than the header".into(),
            ErrorCode::BranchCodeMalformed => "three digits".into(),
            ErrorCode::CifMalformed => "one to ten digits".into(),
            ErrorCode::ContractNumberMalformed => "eight to twelve digits".into(),
            ErrorCode::UserIdMalformed => "six to twenty letters and digits".into(),
            ErrorCode::TextMissing => "must not be empty".into(),
            ErrorCode::TextTooLong => format!("at most {} characters", arg("max")),
            ErrorCode::TextForbiddenCharacter => {
                format!(
                    "{} can't stand in a text (U+FFFD: the file has a character that its encoding does not have)",
                    arg("character")
                )
            }
            ErrorCode::KanaMalformed => format!("katakana, not {}", arg("character")),
            ErrorCode::PhoneMalformed => "10 or 11 digits with hyphens, or empty".into(),
            ErrorCode::EmailMalformed => "an address as name@example.jp, or empty".into(),
            ErrorCode::DateOutOfRange => "a date that exists, as 2019-04-01, 2019/4/1 or 20190401".into(),
            ErrorCode::CommandIdReused => {
                format!("must be as in line {}, which is of the same customer or contract", arg("line"))
            }
            ErrorCode::CustomerExists => {
                "the customer is there with another name: correct it, or change the name by an application".into()
            }
            ErrorCode::ContractExists => match self.args.get("line") {
                Some(line) => format!("line {line} gives the contract to another customer"),
                None => "the contract is there already (imported before?): take its lines out".into(),
            },
            ErrorCode::UserExists | ErrorCode::UserTwice => match self.args.get("line") {
                Some(line) => format!("stands in line {line} too"),
                None => "the user ID is there already: take the line out, or correct it".into(),
            },
            ErrorCode::AdministratorCount => "the contract needs exactly one 管理者 in the file".into(),
            ErrorCode::UsersTooMany => format!("more user IDs than the policy allows ({})", arg("max")),
            ErrorCode::NotFound => format!("one of: {}", arg("words")),
            ErrorCode::BranchUnknown => "no branch of this code is known: import the branches first".into(),
            ErrorCode::BranchMerged => format!("the branch is merged into {}: use that code", arg("into")),
            code => code.as_str().to_owned(),
        }
    }
}

impl std::fmt::Display for Problem {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        let Self { line, column, code, .. } = self;
        let column = if column.is_empty() { String::new() } else { format!(", {column}") };
        write!(f, "line {line}{column}: {code}: {}", self.next())
    }
}

/// What is in a file, and what is wrong with it.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Report {
    /// Lines beside the header.
    pub rows: usize,
    /// Customers that are new.
    pub customers: usize,
    /// Customers that are there and get further contracts.
    pub known_customers: usize,
    /// Contracts.
    pub contracts: usize,
    /// User IDs.
    pub users: usize,
    /// Everything that is wrong, by line.
    pub problems: Vec<Problem>,
    /// Was it written?
    pub written: bool,
}

/// How far it is.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Step {
    /// So many lines are read.
    Read(usize),
    /// They are compared with what is there.
    Compared,
    /// So many customers of so many are written.
    Written(usize, usize),
    /// Everything is written, and being made durable.
    Committing,
}

/// What an import goes by.
pub struct Import<'a> {
    /// The centre's configuration.
    pub config: &'a Config,
    /// Its keys.
    pub authority: &'a Authority,
    /// The time.
    pub clock: &'a Clock,
    /// Who asks for it.
    pub actor: Actor,
    /// Turns true when it is to be given up; nothing of it has happened then.
    pub cancel: Arc<AtomicBool>,
}

impl Import<'_> {
    /// Reads a file, and (unless it is a dry run, or a line is bad) writes what it holds.
    ///
    /// # Errors
    /// The file is no CSV of the layout, it was cancelled, a service writes to the database, or the database failed. Bad lines
    /// are no error: the report has them.
    pub async fn run(&self, bytes: &[u8], dry_run: bool, mut seen: impl FnMut(Step) + Send) -> anyhow::Result<Report> {
        let place = self.config.place()?;
        let mut plan = Plan::read(bytes, None, &mut seen)?;
        let done = self.with(&place, &mut plan, dry_run, &mut seen).await?;
        let mut report = plan.report();
        report.written = done;
        Ok(report)
    }

    async fn with(
        &self,
        place: &Place,
        plan: &mut Plan,
        dry_run: bool,
        seen: &mut (impl FnMut(Step) + Send),
    ) -> anyhow::Result<bool> {
        let setting = Setting::of(self.config, self.authority);
        let database = store::open_alone(place).await?;
        let mut db = database.writer;
        let log = self.authority.log();
        let mut bulk = Bulk::begin(&mut db, &setting, &log, self.clock.now(), self.actor.clone()).await?;
        let cancel = &self.cancel;
        let written = take_over(&mut bulk, plan, !dry_run, &|| !cancel.load(Ordering::Acquire), seen).await?;
        if written {
            bulk.commit().await?;
        } else {
            bulk.give_up().await?;
        }
        database.readers.close().await;
        db.close().await?;
        Ok(written)
    }
}

/// Compares a file with what is there, and (where it is to be written, and no line is bad) writes it, for the caller to make
/// durable; says whether it did. Asks now and then whether it is to go on.
///
/// # Errors
/// It is not to go on, or the database failed.
pub(crate) async fn take_over(
    bulk: &mut Bulk<'_>,
    plan: &mut Plan,
    write: bool,
    goes_on: &(dyn Fn() -> bool + Sync),
    seen: &mut (dyn FnMut(Step) + Send),
) -> anyhow::Result<bool> {
    let go_on = || if goes_on() { Ok(()) } else { Err(Cancelled) };
    go_on()?;
    known::compare(bulk, plan).await?;
    plan.decide(bulk);
    go_on()?;
    seen(Step::Compared);
    if !write || !plan.problems.is_empty() {
        return Ok(false);
    }
    let (mut done, total) = (0, plan.customers.len());
    let mut customers = plan.taken().into_iter();
    loop {
        go_on()?;
        let page: Vec<_> = customers.by_ref().take(PAGE).collect();
        if page.is_empty() {
            break;
        }
        done += page.len();
        bulk.page(page.into_iter()).await?;
        seen(Step::Written(done, total));
    }
    go_on()?;
    seen(Step::Committing);
    Ok(true)
}

/// Somebody has given it up.
#[derive(Debug, thiserror::Error)]
#[error("cancelled; nothing was imported")]
pub(crate) struct Cancelled;

/// Reads a file that is no larger than any of [`ROWS`] lines can be.
///
/// # Errors
/// It can't be read, or is too large.
pub fn read_file(path: &std::path::Path) -> anyhow::Result<Vec<u8>> {
    const MOST: u64 = 64 * 1024 * 1024;
    let size = std::fs::metadata(path).with_context(|| format!("can't read {}", path.display()))?.len();
    anyhow::ensure!(size <= MOST, "{} is larger than 64 MiB: split it", path.display());
    std::fs::read(path).with_context(|| format!("can't read {}", path.display()))
}
