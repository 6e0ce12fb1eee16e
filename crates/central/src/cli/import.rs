//! `import-customers`: customers from JSON, by the rules and in the one transaction of `import`: all of it, or nothing. Customers
//! without a contract, which that file can't name, go into the same transaction.

mod json;
#[cfg(test)]
mod tests;

use std::collections::{HashMap, HashSet};
use std::path::Path;

use anyhow::Context as _;
use domain::branch::Branch;
use domain::customer::{Customer, CustomerCommand};
use domain::id::CustomerId;
use domain::{ErrorCode, Refusal};

use self::json::CustomerLine;
use super::branches;
use super::operator::actor;
use crate::clock::Clock;
use crate::config::Config;
use crate::import::{COLUMNS, PAGE, Plan, Problem, Unreadable, read_file, take_over};
use crate::issuance::Authority;
use crate::store::bulk::{Bulk, Imported};
use crate::store::db::query;
use crate::store::{self, Setting, opening};

/// What is done where customers are there already.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum There {
    /// They stay as they are (same branch and number), and get contracts of the file that they don't have.
    Stay,
    /// Nothing at all is imported: sample data that was worked with since.
    Enough,
}

/// Imports the customers of a JSON file; gives the number of new ones. Works alone on the database.
///
/// # Errors
/// The file can't be read, something in it breaks a rule (everything that does is named, and nothing was written), or a service
/// works with the database.
pub(super) async fn customers(
    config: &Config,
    authority: &Authority,
    clock: &Clock,
    file: &Path,
    there: There,
) -> anyhow::Result<usize> {
    let lines: Vec<CustomerLine> =
        serde_json::from_slice(&read_file(file)?).with_context(|| format!("in {}", file.display()))?;
    let place = config.place()?;
    opening::required(&place, &config.keys()).await?;
    let database = store::open_alone(&place).await?;
    let mut db = database.writer;
    let done = if there == There::Enough && any(&database.readers).await? {
        Ok(0)
    } else {
        let (setting, log) = (Setting::of(config, authority), authority.log());
        let bulk = Bulk::begin(&mut db, &setting, &log, clock.now(), actor()).await?;
        all(bulk, lines).await.with_context(|| format!("{}: nothing was imported", file.display()))
    };
    database.readers.close().await;
    db.close().await?;
    done
}

async fn any(readers: &store::db::Readers) -> anyhow::Result<bool> {
    let row: Option<(String,)> = query("SELECT cif FROM customer_number LIMIT 1").fetch_optional(readers).await?;
    Ok(row.is_some())
}

async fn all(mut bulk: Bulk<'_>, lines: Vec<CustomerLine>) -> anyhow::Result<usize> {
    let mut known = HashMap::new();
    let numbers = lines.iter().map(|line| (line.branch.to_string(), line.cif.to_string())).collect();
    for (number, state) in bulk.customers(numbers).await? {
        known.insert(number, serde_json::from_str::<Customer>(&state)?);
    }
    let (mut file, mut bare) = (File::new()?, Vec::new());
    for line in lines {
        let customer = known.get(&(line.branch.to_string(), line.cif.to_string()));
        match (line.contracts.is_empty(), customer) {
            (true, None) => bare.push(line),
            (true, Some(_)) => file.once(&line),
            (false, _) => file.add(line, customer)?,
        }
    }
    let branches = bulk.branches().await?;
    let bare: Vec<Imported> = bare.into_iter().filter_map(|line| file.bare(&line, &branches, &bulk)).collect();
    let mut plan = file.plan()?;
    let written = take_over(&mut bulk, &mut plan, file.problems.is_empty(), &|| true, &mut |_| {}).await?;
    let report = plan.report();
    if !written {
        bulk.give_up().await?;
        let said = report.problems.iter().map(|problem| file.said(problem));
        anyhow::bail!("{}", file.problems.iter().cloned().chain(said).collect::<Vec<_>>().join("\n"));
    }
    let new = report.customers + bare.len();
    let mut bare = bare.into_iter().peekable();
    // A desk takes no more at a time than stand under one checkpoint.
    while bare.peek().is_some() {
        let page: Vec<Imported> = bare.by_ref().take(PAGE).collect();
        bulk.page(page.into_iter()).await?;
    }
    bulk.commit().await?;
    Ok(new)
}

/// The same as a file of `import`, and what each of its lines stands for.
struct File {
    csv: csv::Writer<Vec<u8>>,
    /// From line 2 on.
    places: Vec<String>,
    seen: HashSet<(String, String)>,
    problems: Vec<String>,
}

impl File {
    fn new() -> anyhow::Result<Self> {
        let mut csv = csv::Writer::from_writer(Vec::new());
        csv.write_record(COLUMNS)?;
        Ok(Self { csv, places: Vec::new(), seen: HashSet::new(), problems: Vec::new() })
    }

    /// Each customer stands in the file once.
    fn once(&mut self, line: &CustomerLine) {
        if !self.seen.insert((line.branch.to_string(), line.cif.to_string())) {
            self.problems.push(format!("{}: stands in the file twice", name(line)));
        }
    }

    /// All contracts of a customer, without those that it has.
    fn add(&mut self, line: CustomerLine, known: Option<&Customer>) -> anyhow::Result<()> {
        self.once(&line);
        // Whatever became of its name since: it stays as it is.
        let line = match known.and_then(|known| known.details.clone()) {
            Some(details) => line.with(details),
            None => line,
        };
        let new = |number| known.is_none_or(|known| known.contract(number).is_none());
        for contract in line.contracts.iter().filter(|contract| new(&contract.number)) {
            let place = format!("{}, contract {}", name(&line), contract.number);
            if contract.users.is_empty() {
                self.problems
                    .push(format!("{place}: {}: a contract has at least its administrator", ErrorCode::UsersMissing));
            }
            for user in &contract.users {
                let place = format!("{place}, user ID {}", user.user_id);
                let cells = line.cells(contract, user);
                if let Some((cell, column)) =
                    cells.iter().zip(COLUMNS).find(|(cell, _)| cell.contains(char::is_control))
                {
                    // A line of the other file would end there.
                    self.problems.push(format!("{place}, {column}: {cell:?} has a character that no text may have"));
                    continue;
                }
                self.csv.write_record(&cells)?;
                self.places.push(place);
            }
        }
        Ok(())
    }

    /// A customer that has no contract yet.
    fn bare(
        &mut self,
        line: &CustomerLine,
        branches: &std::collections::BTreeMap<String, Branch>,
        bulk: &Bulk<'_>,
    ) -> Option<Imported> {
        self.once(line);
        let (branch, cif, details) = (line.branch.clone(), line.cif.clone(), line.details());
        let command = CustomerCommand::ImportCustomer { branch, cif, contracts: Vec::new() };
        let receives = branches::known(branches.values(), &line.branch)
            .and_then(|branch| branch.map_or(Ok(()), Branch::may_receive));
        let refused = receives.and_then(|()| bulk.may(command.clone(), None, &details)).err();
        match refused {
            Some(refusal) => {
                self.problems.push(format!("{}: {}", name(line), said(&refusal)));
                None
            }
            None => Some(Imported { id: CustomerId(uuid::Uuid::now_v7()), known: None, command, details }),
        }
    }

    fn plan(&mut self) -> anyhow::Result<Plan> {
        let csv = std::mem::replace(&mut self.csv, csv::Writer::from_writer(Vec::new()));
        let bytes = csv.into_inner().map_err(|error| anyhow::anyhow!("{error}"))?;
        Plan::read(&bytes, Some(wire::api::import::ImportEncoding::Utf8), &mut |_| {}).map_err(|error| match error {
            Unreadable::TooLong { rows, line } => {
                let place = self.place(line).map_or("its middle", String::as_str);
                anyhow::anyhow!("the file has {rows} user IDs, more than are taken at a time: split it before {place}")
            }
            error => error.into(),
        })
    }

    /// What stands in such a line.
    fn place(&self, line: u64) -> Option<&String> {
        self.places.get(usize::try_from(line).ok()?.checked_sub(2)?)
    }

    /// The problem, with what of the JSON it is about.
    fn said(&self, problem: &Problem) -> String {
        let place = self.place(problem.line).map_or("the file", String::as_str);
        let column = if problem.column.is_empty() { String::new() } else { format!(", {}", problem.column) };
        let other = problem.args.get("line").and_then(|line| self.place(line.parse().ok()?));
        let next = other.map_or_else(|| problem.next(), |other| format!("{other} has it too, or says otherwise"));
        format!("{place}{column}: {}: {next}", problem.code)
    }
}

fn name(line: &CustomerLine) -> String {
    format!("customer {} of branch {}", line.cif, line.branch)
}

fn said(refusal: &Refusal) -> String {
    let Refusal { code, args, .. } = refusal;
    match code {
        ErrorCode::BranchUnknown => format!("{code}: no branch of this code is known: import the branches first"),
        _ => format!("{code} {args:?}"),
    }
}
