//! One line, cell by cell: what it says, or everything that is wrong with it.

use chrono::NaiveDate;
use domain::customer::{NewUser, UserRole};
use domain::id::{BranchCode, CifNumber, ContractNumber, UserId};
use domain::personal::CustomerDetails;
use domain::{ErrorCode, PersonalData, Refusal, text};

use super::Problem;
use super::layout::{Column, Layout};
use super::text::narrow;

/// A line that is good by itself.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Line {
    pub(super) number: u64,
    pub(super) branch: BranchCode,
    pub(super) cif: CifNumber,
    pub(super) details: CustomerDetails,
    pub(super) contract: ContractNumber,
    pub(super) opened_on: NaiveDate,
    pub(super) closed: bool,
    pub(super) user: NewUser,
}

/// The column that a field of a refusal belongs to.
pub(super) fn column(field: &str) -> &'static str {
    match field {
        "branch" => Column::Branch,
        "cif" => Column::Cif,
        "name" => Column::Name,
        "kana" => Column::Kana,
        "address" => Column::Address,
        "phone" => Column::Phone,
        "email" => Column::Email,
        "contract" => Column::Contract,
        "users" | "user_id" => Column::User,
        "device_label" => Column::Device,
        _ => return "",
    }
    .name()
}

fn words<T: Copy>(cell: &str, known: &[(&str, T)]) -> Result<T, Refusal> {
    known.iter().find(|(word, _)| *word == cell).map(|(_, value)| *value).ok_or_else(|| {
        let words: Vec<&str> = known.iter().map(|(word, _)| *word).collect();
        Refusal::new(ErrorCode::NotFound).with("words", words.join(", "))
    })
}

fn day(cell: &str) -> Result<NaiveDate, Refusal> {
    let cell = narrow(cell);
    let forms = if cell.bytes().all(|b| b.is_ascii_digit()) { ["%Y%m%d", "%Y%m%d"] } else { ["%Y-%m-%d", "%Y/%m/%d"] };
    let read = forms.iter().find_map(|form| NaiveDate::parse_from_str(&cell, form).ok());
    // 令和元年 was 2019, the first 信用金庫 of 1951: everything else is a slip of the keyboard.
    read.filter(|day| (1951..2100).contains(&chrono::Datelike::year(day)))
        .ok_or_else(|| ErrorCode::DateOutOfRange.into())
}

/// Reads a line; every bad cell is a problem.
pub(super) fn read(
    number: u64,
    record: &csv::StringRecord,
    layout: &Layout,
    problems: &mut Vec<Problem>,
) -> Option<Line> {
    let before = problems.len();
    let cell = |column| layout.cell(record, column);
    macro_rules! good {
        ($column:expr, $read:expr) => {
            match $read {
                Ok(value) => Some(value),
                Err(refusal) => {
                    problems.push(Problem::of(number, $column.name(), refusal));
                    None
                }
            }
        };
    }
    let branch = good!(Column::Branch, cell(Column::Branch).parse::<BranchCode>());
    let cif = good!(Column::Cif, cell(Column::Cif).parse::<CifNumber>());
    let contract = good!(Column::Contract, cell(Column::Contract).parse::<ContractNumber>());
    let opened_on = good!(Column::OpenedOn, day(cell(Column::OpenedOn)));
    let closed = good!(Column::State, words(cell(Column::State), &[("契約中", false), ("解約済", true)]));
    let user = good!(Column::User, cell(Column::User).parse::<UserId>());
    let roles = [("管理者", UserRole::Administrator), ("承認者", UserRole::Approver), ("一般者", UserRole::Operator)];
    let role = good!(Column::Role, words(cell(Column::Role), &roles));
    let details = CustomerDetails {
        name: cell(Column::Name).to_owned(),
        kana: text::kana_of(cell(Column::Kana)),
        address: cell(Column::Address).to_owned(),
        phone: text::phone_of(cell(Column::Phone)),
        email: text::email_of(cell(Column::Email)),
    };
    check(&details, number, problems);
    let device_label = cell(Column::Device).to_owned();
    let label = domain::text::line("device_label", &device_label, domain::customer::DEVICE_LABEL_MAX);
    let _ = good!(Column::Device, label);
    if problems.len() > before {
        return None;
    }
    let user = NewUser { user: user?, role: role?, device_label };
    let (branch, cif, contract, opened_on, closed) = (branch?, cif?, contract?, opened_on?, closed?);
    Some(Line { number, branch, cif, details, contract, opened_on, closed, user })
}

/// Names every bad cell of the details, one after the other.
fn check(details: &CustomerDetails, number: u64, problems: &mut Vec<Problem>) {
    let mut left = details.clone();
    while let Err(refusal) = PersonalData::Customer(left.clone()).check() {
        let field = refusal.args.get("field").cloned().unwrap_or_default();
        match field.as_str() {
            "name" => left.name = "見本".into(),
            "kana" => left.kana = "ミホン".into(),
            "address" => left.address = String::new(),
            "phone" => left.phone = String::new(),
            "email" => left.email = String::new(),
            // No other field is checked: nothing is left to look behind.
            _ => return problems.push(Problem::of(number, column(&field), refusal)),
        }
        problems.push(Problem::of(number, column(&field), refusal));
    }
}
