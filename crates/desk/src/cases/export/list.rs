//! A list of 今日の仕事 as a table.

use chrono::NaiveDate;

use super::sheet::{Cell, Sheet};
use crate::cases::words::{self, Word, Words};
use crate::view::{ApplicationRow, CertificateRow, IncidentRow, ListPage, TodayList};

const NAME: Word = ("氏名・名称", "Name");
const KANA: Word = ("カナ", "Kana");
const PHONE: Word = ("電話", "Phone");
const CONTRACT: Word = ("契約者番号", "Contract number");
const USER: Word = ("利用者ID", "User ID");
const DAYS_LEFT: Word = ("残り日数", "Days left");
const AGE: Word = ("経過日数", "Days since");
const REMINDERS: Word = ("督促回数", "Reminders");

/// Those that hold numbers of ours.
const NUMBERS: [Word; 3] = [DAYS_LEFT, AGE, REMINDERS];

const fn certificates(day: Word, last: Word) -> [Word; 11] {
    let (role, device, state) = (("役割", "Role"), ("利用PC", "PC"), ("証明書", "Certificate"));
    [DAYS_LEFT, day, NAME, KANA, PHONE, CONTRACT, USER, role, device, state, last]
}

const RIGHTS: [Word; 11] = certificates(("取得期限", "Pickup deadline"), ("手続き", "Procedure"));
const ENDING: [Word; 11] = certificates(("有効期限", "Valid until"), ("次の証明書", "Next certificate"));
const INCIDENTS: [Word; 13] = [
    AGE,
    ("停止日時", "Stopped at"),
    ("理由", "Cause"),
    NAME,
    KANA,
    PHONE,
    CONTRACT,
    USER,
    ("お申し出の方", "Caller"),
    ("折返しの電話番号", "Call back"),
    ("事後検印", "Check mark"),
    ("失効依頼書", "Revocation request"),
    REMINDERS,
];
const APPLICATIONS: [Word; 10] = [
    ("受付番号", "Receipt number"),
    ("申込の種類", "Kind"),
    ("状態", "State"),
    ("登録日時", "Registered at"),
    NAME,
    KANA,
    PHONE,
    CONTRACT,
    USER,
    ("理由・連絡事項", "Reason or comment"),
];

/// `today`: the day it is of.
pub(super) fn sheet(page: &ListPage, today: NaiveDate, words: Words) -> Sheet {
    let (titles, rows): (&[Word], Vec<_>) = match page.list {
        TodayList::ToPrint | TodayList::ToHandOver | TodayList::NotFetched | TodayList::BeingFetched => {
            (&RIGHTS, page.certificates.iter().map(|row| right(row, words)).collect())
        }
        TodayList::Ending => (&ENDING, page.certificates.iter().map(|row| ending(row, words)).collect()),
        TodayList::Incidents | TodayList::Unconfirmed | TodayList::PapersOutstanding => {
            (&INCIDENTS, page.incidents.iter().map(|row| incident(row, words)).collect())
        }
        TodayList::Waiting | TodayList::Returned | TodayList::Applications => {
            (&APPLICATIONS, page.applications.iter().map(|row| application(row, words)).collect())
        }
    };
    let column = |title: &Word| words.column(*title, NUMBERS.contains(title));
    Sheet {
        title: words.list(page.list).to_owned(),
        about: words.as_of(&words.day(today)),
        columns: titles.iter().map(column).collect(),
        rows,
    }
}

fn text(cell: &str) -> Cell {
    Cell::Text(cell.to_owned())
}

fn certificate(row: &CertificateRow, last: &str, words: Words) -> Vec<Cell> {
    vec![
        Cell::Number(i64::from(row.days_left)),
        text(&row.day.replace('-', "/")),
        text(&row.customer_name),
        text(&row.customer_kana),
        text(&row.phone),
        text(&row.contract),
        text(&row.user_id),
        text(row.role.map(|role| words.role(role)).unwrap_or_default()),
        text(&row.device_label),
        text(words.certificate_state(row.state)),
        text(last),
    ]
}

fn right(row: &CertificateRow, words: Words) -> Vec<Cell> {
    let procedure = if row.renews { ("更新(お客様)", "Renewal (customer)") } else { ("発行", "Issue") };
    certificate(row, words.pick(procedure.0, procedure.1), words)
}

fn ending(row: &CertificateRow, words: Words) -> Vec<Cell> {
    certificate(row, row.successor.map(|state| words.certificate_state(state)).unwrap_or_default(), words)
}

fn incident(row: &IncidentRow, words: Words) -> Vec<Cell> {
    let word = |ja, en| words.pick(ja, en);
    vec![
        Cell::Number(i64::from(row.age_days)),
        text(&words::cell_time(&row.reported_at)),
        text(words.incident_cause(row.cause)),
        text(&row.customer_name),
        text(&row.customer_kana),
        text(&row.phone),
        text(&row.contract),
        text(if row.user_id.is_empty() { word("契約のすべて", "All of the contract") } else { &row.user_id }),
        text(&row.caller),
        text(&row.call_back),
        text(if row.confirmed { word("検印済", "checked") } else { word("未検印", "not checked") }),
        text(if row.paper { word("受領済", "received") } else { word("未着", "outstanding") }),
        Cell::Number(i64::from(row.reminded)),
    ]
}

fn application(row: &ApplicationRow, words: Words) -> Vec<Cell> {
    vec![
        text(&row.receipt),
        text(words.kind(row.kind)),
        text(words.application_state(row.state)),
        text(&words::cell_time(&row.submitted_at)),
        text(&row.customer_name),
        text(&row.customer_kana),
        text(&row.phone),
        text(&row.contract),
        text(&words.users(&row.users)),
        text(&row.comment),
    ]
}
