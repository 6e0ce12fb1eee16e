//! 報告: how often what happened, by month and branch, and how long stops took. Events are counted, not entries; what is not
//! fetched and what ends is counted as it stands.

mod count;
mod files;
mod paper;
mod sheet;
mod standing;

use std::collections::BTreeSet;

use chrono::{Datelike as _, NaiveDate};
use domain::calendar::later;
use domain::{ErrorCode, Refusal};

use count::{Counted, Took, rows, times};

use crate::desk::Desk;
use crate::error::DeskError;
use crate::view::{BranchChoice, ReportChart, ReportChartView, ReportForm, ReportKind, ReportTimeKind, ReportView};

/// Most months of a report.
const MONTHS: usize = 36;

const TIMES: [(ReportTimeKind, &str); 2] = [(ReportTimeKind::Stopped, "stopped"), (ReportTimeKind::Checked, "checked")];
/// What stands beside each other in a chart, as many as there are patterns.
const CHARTS: [(ReportChart, [ReportKind; 3]); 2] = [
    (ReportChart::Issued, [ReportKind::Issued, ReportKind::Reissued, ReportKind::Fetched]),
    (ReportChart::Stopped, [ReportKind::Suspended, ReportKind::Revoked, ReportKind::Lapsed]),
];

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
        let span = (months.first().map_or("", String::as_str), months.last().map_or("", String::as_str));
        let mut counted: Vec<Counted> = sqlx::query_as(
            "SELECT kind, detail, month, branch, COUNT(*) AS count FROM fact
             WHERE month BETWEEN $1 AND $2 AND ($3 IS NULL OR branch = $3) AND seconds IS NULL
             GROUP BY kind, detail, month, branch",
        )
        .bind(span.0)
        .bind(span.1)
        .bind(&form.branch)
        .fetch_all(&self.inner.replica.readers)
        .await?;
        counted.extend(self.standing_by_month(form.branch.as_deref(), span).await?);
        let mut took = Vec::new();
        for (kind, word) in TIMES {
            let found: Vec<Took> = sqlx::query_as(
                "SELECT month, branch, seconds FROM fact
                 WHERE month BETWEEN $1 AND $2 AND ($3 IS NULL OR branch = $3) AND kind = $4",
            )
            .bind(span.0)
            .bind(span.1)
            .bind(&form.branch)
            .bind(word)
            .fetch_all(&self.inner.replica.readers)
            .await?;
            took.push((kind, found));
        }
        let told = counted.iter().map(|one| &one.branch).chain(took.iter().flat_map(|(_, t)| t).map(|one| &one.branch));
        let compared = if form.branch.is_none() { self.compared(&branches, told) } else { Vec::new() };
        let codes: Vec<String> = compared.iter().map(|one| one.code.clone()).collect();
        let (not_fetched, ending) = self.standing_now(form.branch.as_deref(), &staff.policy).await?;
        let charts = CHARTS.map(|(chart, kinds)| ReportChartView { chart, kinds: kinds.to_vec() }).to_vec();
        Ok(ReportView {
            branch: form.branch.clone(),
            branches,
            compared,
            charts,
            rows: rows(&counted, &months, &codes),
            times: took.iter().map(|(kind, found)| times(*kind, found, &months, &codes)).collect(),
            months,
            not_fetched,
            ending,
        })
    }

    /// The branches that are here, and whichever else the figures tell of: of an imported one that has no terminal, nothing may be
    /// missing beside the total. One alone is compared with nothing.
    fn compared<'a>(&self, branches: &'a [BranchChoice], told: impl Iterator<Item = &'a String>) -> Vec<BranchChoice> {
        let known = branches.iter().map(|one| &one.code);
        let codes: BTreeSet<&String> = known.chain(told).filter(|code| !code.is_empty()).collect();
        let choice = |code: &String| BranchChoice { name: self.branch_name(code), code: code.clone() };
        if codes.len() > 1 { codes.into_iter().map(choice).collect() } else { Vec::new() }
    }
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
}
