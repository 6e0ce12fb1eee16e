//! 報告: how often what happened, by month and branch, and how long stops took. Events are counted, not entries.

mod sheet;

use std::collections::BTreeMap;

use chrono::{Datelike as _, NaiveDate};
use domain::calendar::{jst_day, later};
use domain::{ErrorCode, Refusal};

use super::export::Export;
use super::words::Words;
use sheet::sheet;

use crate::desk::Desk;
use crate::error::DeskError;
use crate::view::{ExportAs, ReportForm, ReportKind, ReportRow, ReportSpan, ReportTime, ReportTimeKind, ReportView};

/// Most months of a report.
const MONTHS: usize = 36;

const KINDS: [(ReportKind, &str); 7] = [
    (ReportKind::Issued, "issued"),
    (ReportKind::Reissued, "reissued"),
    (ReportKind::Renewed, "renewed"),
    (ReportKind::Fetched, "fetched"),
    (ReportKind::Suspended, "suspended"),
    (ReportKind::Revoked, "revoked"),
    (ReportKind::Lapsed, "lapsed"),
];
const TIMES: [(ReportTimeKind, &str); 2] = [(ReportTimeKind::Stopped, "stopped"), (ReportTimeKind::Checked, "checked")];

fn months(form: &ReportForm) -> Result<Vec<String>, Refusal> {
    let first = |month: &str, field: &str| {
        let day = format!("{month}-01").parse::<NaiveDate>();
        day.map_err(|_| Refusal::new(ErrorCode::DateOutOfRange).at(field))
    };
    let (mut at, until) = (first(&form.from, "from")?, first(&form.until, "until")?);
    let mut months = Vec::new();
    while at <= until && months.len() < MONTHS {
        months.push(at.format("%Y-%m").to_string());
        at = later(at, 31).with_day(1).unwrap_or(at);
    }
    if months.is_empty() || at <= until {
        return Err(Refusal::new(ErrorCode::DateOutOfRange).at("until"));
    }
    Ok(months)
}

/// How many, the middle one, and the longest.
fn measured(mut seconds: Vec<u32>) -> ReportSpan {
    seconds.sort_unstable();
    let median = seconds.get(seconds.len().saturating_sub(1) / 2).copied().unwrap_or_default();
    let worst = seconds.last().copied().unwrap_or_default();
    ReportSpan { count: u32::try_from(seconds.len()).unwrap_or(u32::MAX), median, worst }
}

/// By month, and all of them together.
fn times(kind: ReportTimeKind, found: &[(String, u32)], months: &[String]) -> ReportTime {
    let of = |month: &String| found.iter().filter(|(at, _)| at == month).map(|(_, seconds)| *seconds).collect();
    let all = measured(found.iter().map(|(_, seconds)| *seconds).collect());
    ReportTime { kind, months: months.iter().map(|month| measured(of(month))).collect(), all }
}

impl Desk {
    /// A report of a branch, or of every one that is here.
    ///
    /// # Errors
    /// Nobody works here, the months can't be read or are too many, or the replica failed.
    pub async fn report(&self, form: &ReportForm) -> Result<ReportView, DeskError> {
        let staff = self.working()?;
        let months = months(form)?;
        let branches = self.branch_choices().await?;
        if let Some(branch) = &form.branch
            && !branches.iter().any(|one| one.code == *branch)
        {
            return Err(Refusal::new(ErrorCode::BranchNotPermitted).at("branch").into());
        }
        let (first, last) = (months.first().cloned().unwrap_or_default(), months.last().cloned().unwrap_or_default());
        let counted: Vec<(String, String, String, u32)> = sqlx::query_as(
            "SELECT kind, detail, month, COUNT(*) FROM fact
             WHERE month BETWEEN $1 AND $2 AND ($3 IS NULL OR branch = $3) AND seconds IS NULL
             GROUP BY kind, detail, month",
        )
        .bind(&first)
        .bind(&last)
        .bind(&form.branch)
        .fetch_all(&self.inner.replica.readers)
        .await?;
        let mut took = Vec::new();
        for (kind, word) in TIMES {
            let found: Vec<(String, u32)> = sqlx::query_as(
                "SELECT month, seconds FROM fact
                 WHERE month BETWEEN $1 AND $2 AND ($3 IS NULL OR branch = $3) AND kind = $4",
            )
            .bind(&first)
            .bind(&last)
            .bind(&form.branch)
            .bind(word)
            .fetch_all(&self.inner.replica.readers)
            .await?;
            took.push(times(kind, &found, &months));
        }
        let soon = later(jst_day(self.centre_now()), staff.policy.renewal_opens_days).to_string();
        let (not_fetched, ending): (u32, u32) = sqlx::query_as(
            "SELECT COUNT(*) FILTER (WHERE t.state = 'authorised'),
                    COUNT(*) FILTER (WHERE t.state = 'active' AND t.needed = 1 AND t.ends_on <= $2)
             FROM certificate t JOIN customer c ON c.customer_id = t.customer_id
             WHERE $1 IS NULL OR json_extract(c.state, '$.branch') = $1",
        )
        .bind(&form.branch)
        .bind(soon)
        .fetch_one(&self.inner.replica.readers)
        .await?;
        let rows = rows(&counted, &months);
        Ok(ReportView { branch: form.branch.clone(), branches, months, rows, times: took, not_fetched, ending })
    }

    /// The same as a file.
    ///
    /// # Errors
    /// As [`Desk::report`]; a character has no place in the chosen encoding.
    pub async fn export_report(&self, form: &ReportForm, how: impl Into<ExportAs>) -> Result<Export, DeskError> {
        let (staff, how) = (self.working()?, how.into());
        let words = Words(how.language());
        let report = self.report(form).await?;
        let whose = match &report.branch {
            Some(code) => words.branch(&self.branch_name(code), code),
            None => words.pick("全店", "Every branch").to_owned(),
        };
        let (from, until) = (form.from.replace('-', "/"), form.until.replace('-', "/"));
        self.file(&staff, &sheet(&report, &whose, (&from, &until), words), how.format)
    }
}

/// In one order; a cause or a reason only where there was one.
fn rows(counted: &[(String, String, String, u32)], months: &[String]) -> Vec<ReportRow> {
    let row = |kind, detail: &str, of: &dyn Fn(&str, &str) -> bool| {
        let count = |month: &String| {
            counted.iter().filter(|(k, d, m, _)| m == month && of(k, d)).map(|(.., count)| count).sum()
        };
        let counts: Vec<u32> = months.iter().map(count).collect();
        let total = counts.iter().sum();
        ReportRow { kind, detail: detail.to_owned(), counts, total }
    };
    let mut rows = Vec::new();
    for (kind, word) in KINDS {
        rows.push(row(kind, "", &|k, _| k == word));
        let details: BTreeMap<&str, ()> =
            counted.iter().filter(|(k, d, ..)| k == word && !d.is_empty()).map(|(_, d, ..)| (d.as_str(), ())).collect();
        for detail in details.into_keys() {
            rows.push(row(kind, detail, &|k, d| k == word && d == detail));
        }
    }
    rows
}

#[cfg(test)]
#[allow(clippy::unwrap_used, reason = "tests")]
mod tests {
    use super::*;

    fn form(from: &str, until: &str) -> ReportForm {
        ReportForm { branch: None, from: from.into(), until: until.into() }
    }

    #[test]
    fn months_go_over_the_end_of_a_year_and_have_an_end() {
        assert_eq!(months(&form("2026-11", "2027-02")).unwrap(), ["2026-11", "2026-12", "2027-01", "2027-02"]);
        assert_eq!(months(&form("2024-01", "2026-12")).unwrap().len(), MONTHS);
        for (from, until) in [("2026-12", "2026-11"), ("2024-01", "2027-01"), ("", "2026-11"), ("2026-13", "2026-11")] {
            assert_eq!(months(&form(from, until)).unwrap_err().code, ErrorCode::DateOutOfRange, "{from} {until}");
        }
    }

    #[test]
    fn the_middle_and_the_worst() {
        let of = |seconds: &[u32]| measured(seconds.to_vec());
        assert_eq!((of(&[]).count, of(&[]).median, of(&[]).worst), (0, 0, 0));
        assert_eq!((of(&[9, 1, 5]).median, of(&[9, 1, 5]).worst), (5, 9));
        assert_eq!(of(&[4, 1, 3, 2]).median, 2, "the lower one of two");
        let found = [("2026-10".to_owned(), 8), ("2026-12".to_owned(), 2), ("2026-12".to_owned(), 4)];
        let months = ["2026-10", "2026-11", "2026-12"].map(str::to_owned);
        let ReportTime { months, all, .. } = times(ReportTimeKind::Stopped, &found, &months);
        let told = |span: &ReportSpan| (span.count, span.median, span.worst);
        assert_eq!(months.iter().map(told).collect::<Vec<_>>(), [(1, 8, 8), (0, 0, 0), (2, 2, 4)]);
        assert_eq!(told(&all), (3, 4, 8));
    }
}
