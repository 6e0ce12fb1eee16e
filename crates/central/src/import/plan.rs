//! The lines of a file as customers with contracts and user IDs, and what is wrong between lines.

use std::collections::{BTreeMap, HashMap, HashSet};

use chrono::NaiveDate;
use domain::ErrorCode;
use domain::customer::{CustomerCommand, KnownContract, NewUser};
use domain::id::{BranchCode, CifNumber, ContractNumber, CustomerId};
use domain::personal::CustomerDetails;
use wire::api::import::ImportEncoding;

use super::layout::{Column, Layout};
use super::line::{self, Line};
use super::{Problem, ROWS, Report, Step, text};
use crate::store::bulk::{self, Bulk};

/// Lines between two words about how far it is.
const TELL: usize = 5_000;

/// A contract of the file.
#[derive(Debug)]
pub(super) struct Contract {
    pub(super) number: ContractNumber,
    opened_on: NaiveDate,
    closed: bool,
    /// With their lines.
    pub(super) users: Vec<(u64, NewUser)>,
    pub(super) line: u64,
}

/// A customer of the file.
#[derive(Debug)]
pub(super) struct Customer {
    pub(super) branch: BranchCode,
    pub(super) cif: CifNumber,
    pub(super) details: CustomerDetails,
    pub(super) contracts: Vec<Contract>,
    pub(super) line: u64,
    /// That is there already.
    pub(super) known: Option<Box<domain::customer::Customer>>,
}

/// What a file says.
#[derive(Debug, Default)]
pub(crate) struct Plan {
    rows: usize,
    pub(super) customers: Vec<Customer>,
    pub(super) problems: Vec<Problem>,
    /// Contracts of which a line could not be read: what is missing of them is not said twice.
    broken: HashSet<ContractNumber>,
    counts: Report,
}

impl Plan {
    /// Reads a file. The problems of single lines, and between lines, are in the plan.
    pub(crate) fn read(
        bytes: &[u8],
        encoding: Option<ImportEncoding>,
        seen: &mut impl FnMut(Step),
    ) -> anyhow::Result<Self> {
        let text = text::decoded(bytes, encoding);
        let mut reader = csv::ReaderBuilder::new().has_headers(true).flexible(true).from_reader(text.as_bytes());
        let header = reader.headers()?.clone();
        let layout = Layout::of(&header)?;
        let (mut plan, mut gathered) = (Self::default(), Gathered::default());
        let mut record = csv::StringRecord::new();
        while reader.read_record(&mut record)? {
            let number = record.position().map_or(0, csv::Position::line);
            if record.iter().all(|cell| cell.trim().is_empty()) {
                continue;
            }
            plan.rows += 1;
            anyhow::ensure!(plan.rows <= ROWS, "the file has more than {ROWS} lines: split it");
            if plan.rows.is_multiple_of(TELL) {
                seen(Step::Read(plan.rows));
            }
            if record.len() != header.len() {
                plan.problems.push(Problem::new(number, "", ErrorCode::RequestMalformed));
                continue;
            }
            match line::read(number, &record, &layout, &mut plan.problems) {
                Some(line) => gathered.add(line, &mut plan),
                None => plan.broken.extend(layout.cell(&record, Column::Contract).parse::<ContractNumber>()),
            }
        }
        seen(Step::Read(plan.rows));
        Ok(plan)
    }

    fn differs(&mut self, line: u64, column: &'static str, code: ErrorCode, other: u64) {
        let args = BTreeMap::from([("line".to_owned(), other.to_string())]);
        self.problems.push(Problem { line, column, code, args });
    }

    /// Whether the rules let each customer be taken over: asked of the rules themselves.
    pub(super) fn decide(&mut self, bulk: &Bulk<'_>) {
        let bad: HashSet<u64> = self.problems.iter().map(|problem| problem.line).collect();
        for customer in &self.customers {
            if customer.lines().any(|line| bad.contains(&line))
                || customer.contracts.iter().any(|contract| self.broken.contains(&contract.number))
            {
                continue;
            }
            let Err(refusal) = bulk.may(customer.command(), customer.known.as_deref(), &customer.details) else {
                continue;
            };
            let named = refusal.args.get("user_id").cloned();
            let mut users = customer.contracts.iter().flat_map(|contract| &contract.users);
            let line = users.find(|(_, user)| named.as_deref() == Some(user.user.as_str())).map(|(line, _)| *line);
            // Which of several contracts has too many or too few is asked of each alone.
            let wrong = customer.contracts.iter().find(|contract| !fits(contract, refusal.code));
            let line = line.or(wrong.map(|contract| contract.line)).unwrap_or(customer.line);
            let column = line::column(refusal.args.get("field").map_or("", String::as_str));
            self.problems.push(Problem::of(line, column, refusal));
        }
        self.problems.sort();
        let (mut new, mut known, mut contracts, mut users) = (0, 0, 0, 0);
        for customer in &self.customers {
            *(if customer.known.is_some() { &mut known } else { &mut new }) += 1;
            contracts += customer.contracts.len();
            users += customer.contracts.iter().map(|contract| contract.users.len()).sum::<usize>();
        }
        self.counts = Report { customers: new, known_customers: known, contracts, users, ..Report::default() };
    }

    pub(crate) fn report(self) -> Report {
        Report { rows: self.rows, problems: self.problems, ..self.counts }
    }
}

/// Is this contract the one that a refusal of its users is about?
fn fits(contract: &Contract, code: ErrorCode) -> bool {
    let administrators =
        contract.users.iter().filter(|(_, user)| user.role == domain::customer::UserRole::Administrator).count();
    code != ErrorCode::AdministratorCount || administrators == 1
}

/// Where each thing of the file was first named.
#[derive(Default)]
struct Gathered {
    customers: HashMap<(BranchCode, CifNumber), usize>,
    /// Customer, contract, line.
    contracts: HashMap<ContractNumber, (usize, usize, u64)>,
    users: HashMap<String, u64>,
}

impl Gathered {
    fn add(&mut self, line: Line, plan: &mut Plan) {
        let Line { number, branch, cif, details, contract, opened_on, closed, user } = line;
        if let Some(other) = self.users.insert(user.user.to_string(), number) {
            return plan.differs(number, Column::User.name(), ErrorCode::UserTwice, other);
        }
        let key = (branch.clone(), cif.clone());
        let at = match self.customers.get(&key) {
            Some(at) => *at,
            None => {
                let at = plan.customers.len();
                let (contracts, known) = (Vec::new(), None);
                plan.customers.push(Customer { branch, cif, details: details.clone(), contracts, line: number, known });
                self.customers.insert(key, at);
                at
            }
        };
        let Some(customer) = plan.customers.get(at) else { return };
        if let Some(column) = different(&customer.details, &details) {
            let other = customer.line;
            return plan.differs(number, column.name(), ErrorCode::CommandIdReused, other);
        }
        match self.contracts.get(&contract) {
            Some((owner, _, line)) if *owner != at => {
                let other = *line;
                plan.differs(number, Column::Contract.name(), ErrorCode::ContractExists, other);
            }
            Some((_, place, _)) => {
                let place = *place;
                let Some(found) = plan.customers.get_mut(at).and_then(|c| c.contracts.get_mut(place)) else { return };
                let other = found.line;
                let column = if found.opened_on != opened_on {
                    Column::OpenedOn
                } else if found.closed != closed {
                    Column::State
                } else {
                    found.users.push((number, user));
                    return;
                };
                plan.differs(number, column.name(), ErrorCode::CommandIdReused, other);
            }
            None => {
                let Some(customer) = plan.customers.get_mut(at) else { return };
                self.contracts.insert(contract.clone(), (at, customer.contracts.len(), number));
                let users = vec![(number, user)];
                customer.contracts.push(Contract { number: contract, opened_on, closed, users, line: number });
            }
        }
    }
}

/// The first column in which two lines of one customer differ.
fn different(one: &CustomerDetails, other: &CustomerDetails) -> Option<Column> {
    let columns = [
        (Column::Name, one.name == other.name),
        (Column::Kana, one.kana == other.kana),
        (Column::Address, one.address == other.address),
        (Column::Phone, one.phone == other.phone),
        (Column::Email, one.email == other.email),
    ];
    columns.into_iter().find(|(_, same)| !same).map(|(column, _)| column)
}

impl Customer {
    pub(super) fn command(&self) -> CustomerCommand {
        let contracts = self.contracts.iter().map(|contract| KnownContract {
            number: contract.number.clone(),
            opened_on: contract.opened_on,
            closed: contract.closed,
            users: contract.users.iter().map(|(_, user)| user.clone()).collect(),
        });
        CustomerCommand::ImportCustomer {
            branch: self.branch.clone(),
            cif: self.cif.clone(),
            contracts: contracts.collect(),
        }
    }

    /// Every line of it.
    fn lines(&self) -> impl Iterator<Item = u64> {
        let users = self.contracts.iter().flat_map(|contract| contract.users.iter().map(|(line, _)| *line));
        users.chain([self.line])
    }

    pub(super) fn into_bulk(self) -> bulk::Imported {
        let command = self.command();
        let id = self.known.as_ref().map_or_else(|| CustomerId(uuid::Uuid::now_v7()), |known| known.id);
        bulk::Imported { id, known: self.known, command, details: self.details }
    }
}
