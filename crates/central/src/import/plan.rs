//! The lines of a file as customers with contracts and user IDs.

use std::collections::{BTreeMap, HashSet};
use std::io::Cursor;

use chrono::NaiveDate;
use domain::ErrorCode;
use domain::customer::{CustomerCommand, KnownContract, NewUser, UserRole};
use domain::id::{BranchCode, CifNumber, ContractNumber, CustomerId, UserId};
use domain::personal::CustomerDetails;
use wire::api::import::ImportEncoding;

use super::gather::Gathered;
use super::layout::Layout;
use super::unreadable::Unreadable;
use super::{Problem, ROWS, Report, Step, line, text};
use crate::store::bulk;

/// Lines between two words about how far it is.
const TELL: usize = 5_000;

/// A line of a contract, as far as it can be read.
#[derive(Debug)]
pub(super) struct Member {
    pub(super) line: u64,
    pub(super) user: Option<UserId>,
    pub(super) role: Option<UserRole>,
    pub(super) device_label: String,
    /// Does it log in with a certificate that was not issued here?
    pub(super) elsewhere: bool,
    /// Is it of this contract, whatever is corrected? Not where its user ID stands in another line, or the contract's other lines
    /// name another customer.
    pub(super) sure: bool,
}

/// A contract of the file.
#[derive(Debug)]
pub(super) struct Contract {
    pub(super) number: ContractNumber,
    /// Which customer's, and the line that says so first.
    pub(super) owner: Option<(usize, u64)>,
    /// With the lines that say so first.
    pub(super) opened_on: Option<(NaiveDate, u64)>,
    pub(super) closed: Option<(bool, u64)>,
    pub(super) members: Vec<Member>,
    pub(super) line: u64,
}

/// A customer of the file.
#[derive(Debug)]
pub(super) struct Customer {
    pub(super) branch: BranchCode,
    pub(super) cif: CifNumber,
    pub(super) details: CustomerDetails,
    /// The lines that each of the details is from: name, reading, address, phone, e-mail.
    pub(super) from: [Option<u64>; 5],
    /// Places of its contracts.
    pub(super) contracts: Vec<usize>,
    pub(super) line: u64,
    /// That is there already.
    pub(super) known: Option<Box<domain::customer::Customer>>,
}

/// What a file says.
#[derive(Debug, Default)]
pub(crate) struct Plan {
    rows: usize,
    pub(super) customers: Vec<Customer>,
    pub(super) contracts: Vec<Contract>,
    /// User IDs of lines that don't say of which contract.
    pub(super) loose: Vec<(u64, UserId)>,
    /// Branches of lines that don't say of which customer.
    pub(super) branches: Vec<(u64, BranchCode)>,
    pub(super) problems: Vec<Problem>,
    /// Contracts and customers that a line may be of, which does not say so and may be the administrator's: that there is none is
    /// not said of them.
    pub(super) doubtful: Doubtful,
    pub(super) counts: Report,
}

/// See [`Plan::doubtful`].
#[derive(Debug, Default)]
pub(super) struct Doubtful {
    pub(super) contracts: HashSet<ContractNumber>,
    pub(super) customers: HashSet<(BranchCode, CifNumber)>,
}

impl Plan {
    /// Reads a file. The problems of single lines, and between lines, are in the plan.
    pub(crate) fn read(
        bytes: &[u8],
        encoding: Option<ImportEncoding>,
        seen: &mut impl FnMut(Step),
    ) -> Result<Self, Unreadable> {
        let text = text::decoded(bytes, encoding);
        let mut reader =
            csv::ReaderBuilder::new().has_headers(true).flexible(true).from_reader(Cursor::new(text.as_bytes()));
        let header = reader.headers()?.clone();
        let layout = Layout::of(&header)?;
        let (mut plan, mut gathered, mut excess) = (Self::default(), Gathered::default(), None);
        let mut record = csv::StringRecord::new();
        while reader.read_record(&mut record)? {
            let start = record.position().map_or_else(csv::Position::new, |place| behind_blank(place, &text));
            let number = start.line();
            if record.iter().all(|cell| cell.trim().is_empty()) {
                continue;
            }
            plan.rows += 1;
            if plan.rows.is_multiple_of(TELL) {
                seen(Step::Read(plan.rows));
            }
            let open = record.iter().any(|cell| cell.contains('\n'));
            if open {
                // It goes on behind this line: an open quotation mark hides nothing of what comes after it.
                reader.seek(behind(&start, &text))?;
            }
            if plan.rows > ROWS {
                // Only counted, to say how many there are.
                excess.get_or_insert(number);
                continue;
            }
            if open || record.len() != header.len() {
                let args = if open { BTreeMap::from([("quote".to_owned(), "\"".to_owned())]) } else { BTreeMap::new() };
                plan.problems.push(Problem { line: number, column: "", code: ErrorCode::RequestMalformed, args });
                gathered.unread(line_at(&start, &text), &mut plan);
                continue;
            }
            let line = line::read(number, &record, &layout, &mut plan.problems);
            gathered.add(line, &mut plan);
        }
        if let Some(line) = excess {
            return Err(Unreadable::TooLong { rows: plan.rows, line });
        }
        seen(Step::Read(plan.rows));
        Ok(plan)
    }

    pub(super) fn differs(&mut self, line: u64, column: &'static str, code: ErrorCode, other: u64) {
        let args = BTreeMap::from([("line".to_owned(), other.to_string())]);
        self.problems.push(Problem { line, column, code, args });
    }

    /// What is asked for a customer; it has everything of it, where no line is bad.
    pub(super) fn command(&self, customer: &Customer) -> CustomerCommand {
        let contracts = customer.contracts.iter().filter_map(|at| self.contracts.get(*at));
        CustomerCommand::ImportCustomer {
            branch: customer.branch.clone(),
            cif: customer.cif.clone(),
            contracts: contracts.filter_map(Contract::whole).collect(),
        }
    }

    /// All of them, to be written.
    pub(super) fn taken(&mut self) -> Vec<bulk::Imported> {
        let customers = std::mem::take(&mut self.customers);
        let commands: Vec<CustomerCommand> = customers.iter().map(|customer| self.command(customer)).collect();
        self.contracts = Vec::new();
        let imported = |(customer, command): (Customer, CustomerCommand)| {
            let Customer { known, details, .. } = customer;
            let id = known.as_ref().map_or_else(|| CustomerId(uuid::Uuid::now_v7()), |known| known.id);
            bulk::Imported { id, known, command, details }
        };
        customers.into_iter().zip(commands).map(imported).collect()
    }

    pub(crate) fn report(self) -> Report {
        Report { rows: self.rows, problems: self.problems, ..self.counts }
    }
}

impl Contract {
    /// It, where every line of it is good.
    fn whole(&self) -> Option<KnownContract> {
        let user = |member: &Member| {
            let (user, role) = (member.user.clone()?, member.role?);
            Some(NewUser { user, role, device_label: member.device_label.clone() })
        };
        Some(KnownContract {
            number: self.number.clone(),
            opened_on: self.opened_on?.0,
            closed: self.closed?.0,
            users: self.members.iter().map(user).collect::<Option<_>>()?,
            elsewhere: self.members.iter().filter(|one| one.elsewhere).filter_map(|one| one.user.clone()).collect(),
        })
    }
}

/// The place of the record itself: the reader's is before the blank lines that it passed over.
fn behind_blank(place: &csv::Position, text: &str) -> csv::Position {
    let from = usize::try_from(place.byte()).unwrap_or(usize::MAX);
    let blank = text.get(from..).unwrap_or_default().bytes().take_while(|byte| *byte == b'\n').count() as u64;
    let mut start = place.clone();
    start.set_byte(place.byte() + blank).set_line(place.line() + blank);
    start
}

/// The line that begins at a place, with its end.
fn line_at<'a>(start: &csv::Position, text: &'a str) -> &'a str {
    let from = usize::try_from(start.byte()).unwrap_or(usize::MAX);
    text.get(from..).and_then(|rest| rest.split_inclusive('\n').next()).unwrap_or_default()
}

/// The place behind it.
fn behind(start: &csv::Position, text: &str) -> csv::Position {
    let mut place = start.clone();
    let length = line_at(start, text).len() as u64;
    place.set_byte(start.byte() + length).set_line(start.line() + 1).set_record(start.record() + 1);
    place
}
