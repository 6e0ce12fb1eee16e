//! From what somebody looks for to the set of entries.

use std::collections::BTreeSet;

use chrono::{Datelike as _, Months, NaiveDate};
use domain::customer::Customer;
use domain::id::{ApplicationId, CertificateId, UserId};
use domain::text::search_key;
use domain::{ErrorCode, Refusal};
use roaring::RoaringBitmap;
use sqlx::SqliteConnection;

use super::about::About;
use super::ties::Ties;
use crate::cases::typed::number;
use crate::error::DeskError;
use crate::replica::marks::{self, Word};
use crate::replica::one_row::{self, OneRow};
use crate::replica::{entries, lists};
use crate::view::LogFilter;

/// Customers whose numbers begin with what was typed: more than these nobody meant, and to gather all of their entries would make
/// whoever is still typing wait.
const BEGINNINGS: usize = 50;

/// Whole numbers of customers (`migrations/0043_number.sql`).
const NUMBERS: &str = "FROM term INDEXED BY term_number
    WHERE kind NOT IN ('name', 'kana') AND term = upper(replace(shown, '-', ''))";

/// What was found.
#[derive(Default)]
pub(super) struct Fitting {
    pub(super) places: RoaringBitmap,
    /// More customers than so many have a number that the text stands for: of the others nothing is among it.
    pub(super) cut: Option<u32>,
}

/// The entries that fit every part of the filter.
pub(super) async fn fitting(db: &mut SqliteConnection, filter: &LogFilter) -> Result<Fitting, DeskError> {
    let (mut words, spans, text) = (words(filter), spans(filter)?, text(filter)?);
    let (mut sets, mut cut) = (Vec::new(), None);
    match text.as_deref().map(|key| (key, number(key))) {
        // Whatever its digits: a user ID may be a word, and a word may be a name as well.
        Some((key, number)) if number.bytes().all(|octet| octet.is_ascii_alphanumeric()) => {
            let with = with_number(&mut *db, key, &number).await?;
            sets.push(with.places);
            cut = with.cut;
        }
        Some((key, _)) => words.extend(marks::pairs(key)),
        None => {}
    }
    if let Some(customer) = &filter.customer {
        sets.push(marks::mentions(&mut *db, std::slice::from_ref(customer)).await?);
    }
    if let Some(certificate) = &filter.certificate {
        sets.push(of_certificate(&mut *db, certificate).await?);
    }
    if words.is_empty() && (sets.is_empty() || !spans.is_empty()) {
        words.push(Word::All);
    }
    if !words.is_empty() {
        sets.push(marks::every(&mut *db, words, &spans).await?);
    }
    Ok(Fitting { places: sets.into_iter().reduce(|all, set| all & set).unwrap_or_default(), cut })
}

/// What the text is looked for by.
fn text(filter: &LogFilter) -> Result<Option<String>, DeskError> {
    let Some(text) = filter.text.as_deref().filter(|text| !text.trim().is_empty()) else { return Ok(None) };
    let key = search_key(text);
    // Of hyphens and brackets alone nothing is left that could be looked for.
    if key.chars().nth(1).is_none() {
        return Err(Refusal::new(ErrorCode::TextMissing).at("text").into());
    }
    Ok(Some(key))
}

async fn of_certificate(db: &mut SqliteConnection, certificate: &str) -> Result<RoaringBitmap, DeskError> {
    let id: CertificateId = certificate.parse()?;
    let row: Option<(String,)> = sqlx::query_as("SELECT customer_id FROM certificate WHERE certificate_id = $1")
        .bind(certificate)
        .fetch_optional(&mut *db)
        .await?;
    let Some((customer,)) = row else { return Ok(RoaringBitmap::new()) };
    let customer = lists::customer(&mut *db, customer.parse()?).await?;
    let wanted = Thing { certificates: BTreeSet::from([id]), ..Thing::default() };
    about_thing(db, &customer, &wanted).await
}

/// One of the numbers that people say on the phone, or a part of a name or reading: of a whole number the entries about
/// what it is the number of, else those of the customers whose numbers begin with it.
async fn with_number(db: &mut SqliteConnection, key: &str, number: &str) -> Result<Fitting, DeskError> {
    let (mut found, whole) = numbered(&mut *db, number).await?;
    // Who typed all of a number means it: names that hold the same digits would hide what was looked for.
    if !(whole && number.bytes().any(|octet| octet.is_ascii_digit())) {
        found.places |= marks::every(&mut *db, marks::pairs(key), &[]).await?;
    }
    Ok(found)
}

/// The entries of a number, and whether it was a whole one.
async fn numbered(db: &mut SqliteConnection, key: &str) -> Result<(Fitting, bool), DeskError> {
    let most = i64::try_from(BEGINNINGS + 1).unwrap_or(i64::MAX);
    let columns = one_row::columns("customer_id", "kind");
    let same = format!("SELECT {columns} FROM (SELECT DISTINCT customer_id, kind {NUMBERS} AND term = $1 LIMIT $2)");
    let same = sqlx::query(sqlx::AssertSqlSafe(same)).bind(key).bind(most).fetch_one(&mut *db).await?;
    let same = OneRow::<String>::of(same)?;
    let mut same = same.as_ref().map(OneRow::texts).transpose()?.unwrap_or_default();
    let whole = !same.is_empty();
    let (mut places, mut cut) = (RoaringBitmap::new(), same.len() > BEGINNINGS);
    same.truncate(BEGINNINGS);
    let (of_one_thing, of_all): (Vec<_>, Vec<_>) =
        same.into_iter().partition(|(_, kind)| matches!(*kind, "user_id" | "serial" | "receipt"));
    for (customer, kind) in of_one_thing {
        places |= of_number(&mut *db, customer, kind, key).await?;
    }
    let mut customers: Vec<String> = of_all.into_iter().map(|(customer, _)| customer.clone()).collect();
    if !whole {
        let begin = format!(
            "SELECT group_concat(customer_id) FROM
                     (SELECT DISTINCT customer_id {NUMBERS} AND term >= $1 AND term < $2 LIMIT $3)"
        );
        let after = format!("{key}\u{10ffff}");
        let begin = sqlx::query_as(sqlx::AssertSqlSafe(begin)).bind(key).bind(after).bind(most);
        let (begin,): (Option<String>,) = begin.fetch_one(&mut *db).await?;
        customers = begin.iter().flat_map(|all| all.split(',')).map(str::to_owned).collect();
        cut = customers.len() > BEGINNINGS;
        customers.truncate(BEGINNINGS);
    }
    places |= marks::mentions(&mut *db, &customers).await?;
    let cut = cut.then(|| u32::try_from(BEGINNINGS).unwrap_or(u32::MAX));
    Ok((Fitting { places, cut }, whole))
}

async fn of_number(
    db: &mut SqliteConnection,
    customer: &str,
    kind: &str,
    key: &str,
) -> Result<RoaringBitmap, DeskError> {
    let state = lists::customer(&mut *db, customer.parse()?).await?;
    let same = |text: String| search_key(&text) == key;
    match kind {
        "user_id" => {
            let users = state.contracts.iter().flat_map(|contract| &contract.users).map(|user| user.id.clone());
            let users: BTreeSet<UserId> = users.filter(|user| same(user.to_string())).collect();
            let of = state.certificates.iter().filter(|certificate| users.contains(&certificate.user));
            let (certificates, applications) =
                of.map(|certificate| (certificate.id, certificate.application)).collect();
            about_thing(&mut *db, &state, &Thing { certificates, users, applications }).await
        }
        "serial" => {
            let signed = |certificate: &&domain::customer::Certificate| {
                certificate.signed.as_ref().is_some_and(|signed| same(signed.serial.to_string()))
            };
            let certificates = state.certificates.iter().filter(signed).map(|certificate| certificate.id).collect();
            about_thing(&mut *db, &state, &Thing { certificates, ..Thing::default() }).await
        }
        "receipt" => {
            let of = state.applications.iter().filter(|application| same(application.receipt.to_string()));
            let applications: BTreeSet<ApplicationId> = of.map(|application| application.id).collect();
            let of = state.certificates.iter().filter(|one| applications.contains(&one.application));
            let certificates = of.map(|certificate| certificate.id).collect();
            about_thing(&mut *db, &state, &Thing { certificates, applications, ..Thing::default() }).await
        }
        _ => Ok(RoaringBitmap::new()),
    }
}

/// The customer's entries that are about one of these.
async fn about_thing(
    db: &mut SqliteConnection,
    customer: &Customer,
    wanted: &Thing,
) -> Result<RoaringBitmap, DeskError> {
    let all: Vec<u32> = marks::mentions(&mut *db, &[customer.id.to_string()]).await?.into_iter().collect();
    let entries = entries::at(&mut *db, &all).await?;
    let ties = Ties::of(entries.iter().map(|(_, entry)| entry), Some(customer));
    Ok(entries.iter().filter(|(_, entry)| wanted.fits(&ties.about(entry))).map(|(index, _)| *index).collect())
}

/// What an entry may be about.
#[derive(Default)]
struct Thing {
    certificates: BTreeSet<CertificateId>,
    users: BTreeSet<UserId>,
    applications: BTreeSet<ApplicationId>,
}

impl Thing {
    fn fits(&self, about: &About) -> bool {
        about.certificates.iter().any(|id| self.certificates.contains(id))
            || about.users.iter().chain(&about.found_by).any(|id| self.users.contains(id))
            || about.applications.iter().any(|id| self.applications.contains(id))
    }
}

fn words(filter: &LogFilter) -> Vec<Word> {
    let LogFilter { kind, staff, actor, terminal, branch, reason, .. } = filter.clone();
    let words = [
        kind.map(Word::Kind),
        staff.map(Word::Staff),
        actor.map(Word::Actor),
        terminal.map(Word::Terminal),
        branch.map(Word::Branch),
        reason.map(Word::Reason),
    ];
    words.into_iter().flatten().collect()
}

/// First and last day, where one of them is named.
fn period(filter: &LogFilter) -> Result<Option<(NaiveDate, NaiveDate)>, DeskError> {
    let day = |field: &str, text: &Option<String>| match text {
        None => Ok(None),
        Some(text) => {
            let read = text.parse::<NaiveDate>();
            read.map(Some).map_err(|_| Refusal::new(ErrorCode::DateOutOfRange).at(field))
        }
    };
    let (from, until) = (day("from", &filter.from)?, day("until", &filter.until)?);
    if from.is_none() && until.is_none() {
        return Ok(None);
    }
    // No log is older, and none is of a later day: a day further on is one too many to count.
    let first = NaiveDate::from_ymd_opt(2000, 1, 1).unwrap_or_default();
    let last = NaiveDate::from_ymd_opt(9999, 12, 31).unwrap_or_default();
    let (from, until) = (from.unwrap_or(first), until.unwrap_or(last));
    if until < from {
        return Err(Refusal::new(ErrorCode::DateOutOfRange).at("until").into());
    }
    Ok(Some((from, until)))
}

/// The days of the filter as words: whole months by their month, the days at both ends by themselves.
fn spans(filter: &LogFilter) -> Result<Vec<(Word, Word)>, DeskError> {
    let Some((from, until)) = period(filter)? else { return Ok(Vec::new()) };
    let days = |from, until| (Word::Day(from), Word::Day(until));
    let month = |day: NaiveDate| day.with_day(1).unwrap_or(day);
    let next = |day: NaiveDate| month(day).checked_add_months(Months::new(1));
    let first_whole = if from == month(from) { Some(from) } else { next(from) };
    let (Some(first), Some(after)) = (first_whole, until.succ_opt()) else { return Ok(vec![days(from, until)]) };
    let end = month(after);
    if first >= end {
        return Ok(vec![days(from, until)]);
    }
    let last = end.checked_sub_months(Months::new(1)).unwrap_or(end);
    let mut spans = vec![(Word::Month(first), Word::Month(last))];
    if from < first {
        spans.push(days(from, first.pred_opt().unwrap_or(first)));
    }
    if end <= until {
        spans.push(days(end, until));
    }
    Ok(spans)
}
