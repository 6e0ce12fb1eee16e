//! The lists of 今日の仕事 and their counts, each one statement over the replica's tables: no customer's state is read.

mod statement;

use chrono::{DateTime, Days, NaiveDate, Utc};
use domain::customer::{CertificateState, IncidentCause};
use domain::event::ViewKind;
use domain::{ErrorCode, calendar};
use serde::de::DeserializeOwned;
use wire::api::session::SignedIn;

use crate::desk::Desk;
use crate::error::DeskError;
use crate::view::{ApplicationRow, CertificateRow, Counts, IncidentRow, ListPage, TodayList};

/// Rows of a page.
const PAGE: i64 = 200;
/// No limit, in SQLite's words.
const ALL: i64 = -1;
/// Sorts after every time.
const LATEST: &str = "~";

#[derive(sqlx::FromRow)]
struct CertificateLine {
    id: String,
    application_id: String,
    customer_id: String,
    name: String,
    kana: String,
    phone: String,
    user_id: String,
    contract: String,
    role: String,
    device: String,
    state: String,
    renews: bool,
    successor: String,
    day: String,
}

#[derive(sqlx::FromRow)]
struct IncidentLine {
    id: String,
    customer_id: String,
    name: String,
    kana: String,
    phone: String,
    cause: String,
    user_id: String,
    contract: String,
    reported_at: String,
    caller: String,
    call_back: String,
    confirmed: bool,
    paper: bool,
    reminded: u32,
}

#[derive(sqlx::FromRow)]
struct ApplicationLine {
    id: String,
    customer_id: String,
    name: String,
    kana: String,
    phone: String,
    receipt: String,
    kind: String,
    contract: String,
    users: String,
    state: String,
    submitted_at: String,
    comment: String,
}

/// The two days between which the end of a certificate is worth a call.
struct Calls {
    from: NaiveDate,
    until: NaiveDate,
}

fn calls(staff: &SignedIn, today: NaiveDate) -> Calls {
    let grace = Days::new(u64::from(staff.policy.grace_days));
    Calls {
        from: today.checked_sub_days(grace).unwrap_or(NaiveDate::MIN),
        until: calendar::later(today, staff.policy.renewal_opens_days),
    }
}

/// Is the time for the check mark over?
fn overdue(staff: &SignedIn, reported_at: &str, now: DateTime<Utc>) -> bool {
    let policy = &staff.policy;
    DateTime::parse_from_rfc3339(reported_at).is_ok_and(|at| {
        let day = calendar::jst_day(at.to_utc());
        calendar::passed(calendar::business_days_after(day, policy.hold_confirm_days, &policy.closed_days), now)
    })
}

/// A stored word as its variant.
fn variant<T: DeserializeOwned>(word: String) -> Result<T, DeskError> {
    Ok(serde_json::from_value(serde_json::Value::String(word))?)
}

fn optional<T: DeserializeOwned>(word: String) -> Result<Option<T>, DeskError> {
    if word.is_empty() { Ok(None) } else { variant(word).map(Some) }
}

fn days(from: NaiveDate, until: NaiveDate) -> i32 {
    i32::try_from((until - from).num_days()).unwrap_or(i32::MAX)
}

fn small(count: i64) -> u32 {
    u32::try_from(count).unwrap_or(u32::MAX)
}

/// Whose rows they are.
pub(super) fn customers(page: &ListPage) -> Vec<String> {
    let ListPage { certificates, incidents, applications, .. } = page;
    let certificates = certificates.iter().map(|row| &row.customer_id);
    let incidents = incidents.iter().map(|row| &row.customer_id);
    certificates.chain(incidents).chain(applications.iter().map(|row| &row.customer_id)).cloned().collect()
}

impl Desk {
    /// A page of a list, from where the page before it ended.
    ///
    /// # Errors
    /// Nobody works here, `after` is not from a page, or the replica failed.
    pub async fn list(&self, list: TodayList, after: Option<&str>) -> Result<ListPage, DeskError> {
        let staff = self.working()?;
        let page = self.page(&staff, list, after, PAGE).await?;
        self.showing(&staff, ViewKind::List, customers(&page)).await?;
        Ok(page)
    }

    /// All of a list.
    pub(super) async fn whole_list(&self, staff: &SignedIn, list: TodayList) -> Result<ListPage, DeskError> {
        self.page(staff, list, None, ALL).await
    }

    async fn page(
        &self,
        staff: &SignedIn,
        list: TodayList,
        after: Option<&str>,
        limit: i64,
    ) -> Result<ListPage, DeskError> {
        let newest_first = list == TodayList::Applications;
        let (sort, id) = match after {
            Some(after) => after.split_once('|').ok_or(ErrorCode::RequestMalformed)?,
            None if newest_first => (LATEST, LATEST),
            None => ("", ""),
        };
        let mut page =
            ListPage { list, certificates: Vec::new(), incidents: Vec::new(), applications: Vec::new(), next: None };
        let place = Place { sort, id, limit };
        match list {
            TodayList::ToPrint => page.certificates = self.certificates(statement::TO_PRINT, &place, None).await?,
            TodayList::ToHandOver => {
                page.certificates = self.certificates(statement::TO_HAND_OVER, &place, None).await?;
            }
            TodayList::NotFetched => {
                page.certificates = self.certificates(statement::NOT_FETCHED, &place, None).await?;
            }
            TodayList::BeingFetched => {
                page.certificates = self.certificates(statement::BEING_FETCHED, &place, None).await?;
            }
            TodayList::Ending => {
                let calls = calls(staff, calendar::jst_day(self.centre_now()));
                page.certificates = self.certificates(statement::ENDING, &place, Some(calls)).await?;
            }
            TodayList::Incidents => page.incidents = self.incidents(staff, statement::INCIDENTS, &place).await?,
            TodayList::Unconfirmed => page.incidents = self.incidents(staff, statement::UNCONFIRMED, &place).await?,
            TodayList::PapersOutstanding => page.incidents = self.incidents(staff, statement::PAPERS, &place).await?,
            TodayList::Waiting => page.applications = self.application_rows(statement::WAITING, &place).await?,
            TodayList::Returned => page.applications = self.application_rows(statement::RETURNED, &place).await?,
            TodayList::Applications => {
                page.applications = self.application_rows(statement::APPLICATIONS, &place).await?;
            }
        }
        let rows = page.certificates.len() + page.incidents.len() + page.applications.len();
        if i64::try_from(rows).is_ok_and(|rows| rows == limit) {
            let of_certificate = page.certificates.last().map(|row| format!("{}|{}", row.day, row.certificate_id));
            let of_incident = page.incidents.last().map(|row| format!("{}|{}", row.reported_at, row.incident_id));
            let of_application =
                page.applications.last().map(|row| format!("{}|{}", row.submitted_at, row.application_id));
            page.next = of_certificate.or(of_incident).or(of_application);
        }
        Ok(page)
    }

    async fn certificates(
        &self,
        text: &'static str,
        place: &Place<'_>,
        calls: Option<Calls>,
    ) -> Result<Vec<CertificateRow>, DeskError> {
        let mut query = sqlx::query_as::<_, CertificateLine>(text).bind(place.sort).bind(place.id).bind(place.limit);
        if let Some(calls) = calls {
            query = query.bind(calls.until.to_string()).bind(calls.from.to_string());
        }
        let today = calendar::jst_day(self.centre_now());
        let row = |line: CertificateLine| {
            Ok(CertificateRow {
                certificate_id: line.id,
                application_id: line.application_id,
                customer_id: line.customer_id,
                customer_name: line.name,
                customer_kana: line.kana,
                phone: line.phone,
                user_id: line.user_id,
                contract: line.contract,
                role: optional(line.role)?,
                device_label: line.device,
                state: variant::<CertificateState>(line.state)?,
                days_left: line.day.parse().map_or(0, |day| days(today, day)),
                day: line.day,
                renews: line.renews,
                successor: optional(line.successor)?,
            })
        };
        query.fetch_all(&self.inner.replica.readers).await?.into_iter().map(row).collect()
    }

    async fn incidents(
        &self,
        staff: &SignedIn,
        text: &'static str,
        place: &Place<'_>,
    ) -> Result<Vec<IncidentRow>, DeskError> {
        let now = self.centre_now();
        let row = |line: IncidentLine| {
            let reported = DateTime::parse_from_rfc3339(&line.reported_at).map(|at| calendar::jst_day(at.to_utc()));
            Ok(IncidentRow {
                incident_id: line.id,
                customer_id: line.customer_id,
                customer_name: line.name,
                customer_kana: line.kana,
                phone: line.phone,
                cause: variant::<IncidentCause>(line.cause)?,
                user_id: line.user_id,
                contract: line.contract,
                age_days: reported.map_or(0, |day| days(day, calendar::jst_day(now))),
                caller: line.caller,
                call_back: line.call_back,
                confirmed: line.confirmed,
                paper: line.paper,
                reminded: line.reminded,
                overdue: !line.confirmed && overdue(staff, &line.reported_at, now),
                reported_at: line.reported_at,
            })
        };
        let query = sqlx::query_as::<_, IncidentLine>(text).bind(place.sort).bind(place.id).bind(place.limit);
        query.fetch_all(&self.inner.replica.readers).await?.into_iter().map(row).collect()
    }

    async fn application_rows(&self, text: &'static str, place: &Place<'_>) -> Result<Vec<ApplicationRow>, DeskError> {
        let row = |line: ApplicationLine| {
            Ok(ApplicationRow {
                application_id: line.id,
                customer_id: line.customer_id,
                customer_name: line.name,
                customer_kana: line.kana,
                phone: line.phone,
                receipt: line.receipt,
                kind: variant(line.kind)?,
                contract: line.contract,
                users: line.users,
                state: variant(line.state)?,
                submitted_at: line.submitted_at,
                comment: line.comment,
            })
        };
        let query = sqlx::query_as::<_, ApplicationLine>(text).bind(place.sort).bind(place.id).bind(place.limit);
        query.fetch_all(&self.inner.replica.readers).await?.into_iter().map(row).collect()
    }

    /// How long each list is.
    pub(super) async fn list_counts(&self, staff: &SignedIn) -> Result<Counts, DeskError> {
        let db = &self.inner.replica.readers;
        let now = self.centre_now();
        let (waiting, own, returned): (i64, i64, i64) =
            sqlx::query_as(statement::APPLICATION_COUNTS).bind(format!(",{},", staff.staff)).fetch_one(db).await?;
        let calls = calls(staff, calendar::jst_day(now));
        let (print, hand_over, not_fetched, being_fetched, ending): (i64, i64, i64, i64, i64) =
            sqlx::query_as(statement::CERTIFICATE_COUNTS)
                .bind(calls.until.to_string())
                .bind(calls.from.to_string())
                .fetch_one(db)
                .await?;
        let (incidents, unmarked, without_paper): (i64, i64, i64) =
            sqlx::query_as(statement::INCIDENT_COUNTS).fetch_one(db).await?;
        let since: Vec<(String,)> = sqlx::query_as(statement::UNCONFIRMED_SINCE).fetch_all(db).await?;
        let late = since.iter().filter(|(at,)| overdue(staff, at, now)).count();
        Ok(Counts {
            waiting_for_approval: small(waiting),
            own_waiting: small(own),
            returned: small(returned),
            slips_to_print: small(print),
            slips_to_hand_over: small(hand_over),
            not_fetched: small(not_fetched),
            unconfirmed: small(being_fetched),
            incidents: small(incidents),
            incidents_unconfirmed: small(unmarked),
            incidents_without_paper: small(without_paper),
            incidents_overdue: u32::try_from(late).unwrap_or(u32::MAX),
            ending: small(ending),
            ..Counts::default()
        })
    }
}

/// Where a page begins, and how long it may be.
struct Place<'a> {
    sort: &'a str,
    id: &'a str,
    limit: i64,
}

#[cfg(test)]
mod tests;
