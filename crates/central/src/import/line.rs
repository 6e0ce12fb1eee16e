//! One line, cell by cell: what it says, and everything that is wrong with it.

use chrono::NaiveDate;
use domain::customer::UserRole;
use domain::id::{BranchCode, CifNumber, ContractNumber, UserId};
use domain::personal::CustomerDetails;
use domain::{ErrorCode, PersonalData, Refusal, text};

use super::Problem;
use super::layout::{Column, Layout};
use super::text::narrow;

/// What a line says, as far as each of its cells can be read: what is said between lines does not wait for a good line.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Line {
    pub(super) number: u64,
    pub(super) branch: Option<BranchCode>,
    pub(super) cif: Option<CifNumber>,
    /// Which of these are good, is told by [`Line::good`].
    pub(super) details: CustomerDetails,
    pub(super) contract: Option<ContractNumber>,
    pub(super) opened_on: Option<NaiveDate>,
    pub(super) closed: Option<bool>,
    pub(super) user: Option<UserId>,
    pub(super) role: Option<UserRole>,
    /// Empty where it is not good.
    pub(super) device_label: String,
    /// Does it log in with a certificate that was not issued here?
    pub(super) elsewhere: bool,
    bad: Vec<&'static str>,
}

impl Line {
    /// Is this cell good?
    pub(super) fn good(&self, column: Column) -> bool {
        !self.bad.contains(&column.name())
    }

    /// May it be the one of its contract's administrator?
    pub(super) fn may_administer(&self) -> bool {
        self.role.is_none_or(|role| role == UserRole::Administrator)
    }
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
        let words: Vec<&str> = known.iter().map(|(word, _)| *word).filter(|word| !word.is_empty()).collect();
        Refusal::new(ErrorCode::NotFound).with("words", words.join(", "))
    })
}

pub(super) fn day(cell: &str) -> Result<NaiveDate, Refusal> {
    let cell = narrow(cell);
    let forms = if cell.bytes().all(|b| b.is_ascii_digit()) { ["%Y%m%d", "%Y%m%d"] } else { ["%Y-%m-%d", "%Y/%m/%d"] };
    let read = forms.iter().find_map(|form| NaiveDate::parse_from_str(&cell, form).ok());
    // 令和元年 was 2019, the first 信用金庫 of 1951: everything else is a slip of the keyboard.
    read.filter(|day| (1951..2100).contains(&chrono::Datelike::year(day)))
        .ok_or_else(|| ErrorCode::DateOutOfRange.into())
}

/// How a user ID logs in; nothing said, by ID and password. Whether that is a certificate from elsewhere.
const LOGINS: [(&str, bool); 3] = [("ID・パスワード", false), ("電子証明書", true), ("", false)];

/// The words of a role.
pub(super) const ROLES: [(&str, UserRole); 3] =
    [("管理者", UserRole::Administrator), ("承認者", UserRole::Approver), ("一般者", UserRole::Operator)];

/// Reads a line; every bad cell is a problem.
pub(super) fn read(number: u64, record: &csv::StringRecord, layout: &Layout, problems: &mut Vec<Problem>) -> Line {
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
    let role = good!(Column::Role, words(cell(Column::Role), &ROLES));
    let details = CustomerDetails {
        name: cell(Column::Name).to_owned(),
        kana: text::kana_of(cell(Column::Kana)),
        address: cell(Column::Address).to_owned(),
        phone: text::phone_of(cell(Column::Phone)),
        email: text::email_of(cell(Column::Email)),
    };
    check(&details, number, problems);
    let label = cell(Column::Device);
    let fits = domain::text::line("device_label", label, domain::customer::DEVICE_LABEL_MAX);
    let device_label = good!(Column::Device, fits.map(|()| label.to_owned())).unwrap_or_default();
    let elsewhere = good!(Column::Login, words(cell(Column::Login), &LOGINS)).unwrap_or_default();
    let bad = problems.iter().skip(before).map(|problem| problem.column).collect();
    Line { number, branch, cif, details, contract, opened_on, closed, user, role, device_label, elsewhere, bad }
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
