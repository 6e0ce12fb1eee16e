//! The words of each mail, made from the customer after the act and the act's events. Nothing here sends or stores.

mod closing;
mod ending;
mod fetched;
mod issued;
mod resumed;
mod revoked;
mod suspended;

use chrono::{DateTime, Datelike as _, Duration, NaiveDate, Utc};
use domain::customer::{Certificate, Customer, CustomerEvent, IncidentCause};
use domain::id::{CertificateId, ContractNumber};

pub(super) use ending::ending;

use super::letterhead::line;

/// One mail without its frame.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Letter {
    /// Part of the mail's id; at most one of a kind an entry.
    pub(crate) kind: &'static str,
    pub(crate) subject: String,
    pub(crate) text: String,
}

/// Every mail that an act is told by, in the order it happened.
pub(super) fn of(customer: &Customer, events: &[&CustomerEvent], now: DateTime<Utc>) -> Vec<Letter> {
    let letters = [
        closing::closing(customer, events),
        suspended::suspended(customer, events),
        resumed::resumed(customer, events),
        revoked::revoked(customer, events),
        fetched::fetched(customer, events, now),
        issued::issued(customer, events, now),
    ];
    letters.into_iter().flatten().collect()
}

/// The certificates that some of the events are about.
fn chosen<'a>(
    customer: &'a Customer,
    events: &[&CustomerEvent],
    choose: impl Fn(&CustomerEvent) -> Option<CertificateId>,
) -> Vec<&'a Certificate> {
    events.iter().filter_map(|event| customer.certificate(choose(event)?)).collect()
}

/// Whose certificate it is, as one paragraph; `more` are further lines.
fn paragraph(certificate: &Certificate, more: &[(&str, String)]) -> String {
    let mut text = format!(
        "■ 利用者ID {}\n  利用PC {}\n  契約者番号 {}\n",
        certificate.user,
        line(&certificate.device_label),
        masked(&certificate.contract)
    );
    for (title, value) in more {
        text.push_str(&format!("  {title} {value}\n"));
    }
    text
}

fn paragraphs<'a>(certificates: impl IntoIterator<Item = &'a Certificate>) -> String {
    certificates.into_iter().map(|c| paragraph(c, &[])).collect()
}

/// A mail may be read by others: only the end of the number, so that a customer tells his contracts apart.
fn masked(contract: &ContractNumber) -> String {
    let text = contract.as_str();
    let hidden = text.len().saturating_sub(4);
    text.char_indices().map(|(at, c)| if at < hidden { '*' } else { c }).collect()
}

/// 西暦 and 和暦.
fn day(date: NaiveDate) -> String {
    let year = match date.year() - 2018 {
        1 => "元".to_owned(),
        year => year.to_string(),
    };
    format!("{}年{}月{}日(令和{year}年)", date.year(), date.month(), date.day())
}

/// A time in Japan, to the minute.
fn minute(at: DateTime<Utc>) -> String {
    let jst = at + Duration::hours(9);
    format!("{} {}", day(jst.date_naive()), jst.format("%H:%M"))
}

fn cause_word(cause: IncidentCause) -> &'static str {
    match cause {
        IncidentCause::Lost => "紛失",
        IncidentCause::Stolen => "盗難",
        IncidentCause::Misuse => "不正利用の疑い",
    }
}

/// On every mail about an act: who did not ask for it must say so.
const UNEXPECTED: &str = "お心当たりがない場合は、ただちに取引店または下記へご連絡ください。";
