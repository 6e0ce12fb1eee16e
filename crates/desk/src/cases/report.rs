//! 報告: how often what happened, by month and branch, and how long stops took. Events are counted, not entries.

use std::collections::BTreeMap;

use chrono::{Datelike as _, NaiveDate};
use domain::calendar::{jst_day, later};
use domain::{ErrorCode, Refusal};

use super::export::{Cell, Column, Export, Sheet};
use crate::desk::Desk;
use crate::error::DeskError;
use crate::view::{
    ExportFormat, ReportForm, ReportKind, ReportRow, ReportSpan, ReportTime, ReportTimeKind, ReportView,
};

/// Most months of a report.
const MONTHS: usize = 36;

const KINDS: [(ReportKind, &str, &str); 7] = [
    (ReportKind::Issued, "issued", "発行"),
    (ReportKind::Reissued, "reissued", "再発行"),
    (ReportKind::Renewed, "renewed", "更新"),
    (ReportKind::Fetched, "fetched", "取得"),
    (ReportKind::Suspended, "suspended", "一時停止"),
    (ReportKind::Revoked, "revoked", "失効"),
    (ReportKind::Lapsed, "lapsed", "取得期限切れ"),
];
const TIMES: [(ReportTimeKind, &str, &str); 2] = [
    (ReportTimeKind::Stopped, "stopped", "受付から停止まで"),
    (ReportTimeKind::Checked, "checked", "停止から事後検印まで"),
];

type OfSpan = fn(&ReportSpan) -> u32;

const SPANS: [(&str, OfSpan); 3] =
    [("件数", |span| span.count), ("中央値(秒)", |span| span.median), ("最長(秒)", |span| span.worst)];

/// Causes and reasons on paper; the same as on screen.
fn detail_word(detail: &str) -> &str {
    match detail {
        "broken" => "故障・修理・再インストール(PCは手元にある)",
        "disk_left" => "故障・修理(PCやディスクが手元を離れた)",
        "deleted" => "誤削除(ご自身で削除した覚えがある)",
        "vanished" => "証明書が消えた(削除した覚えがない)",
        "replaced" => "PC入替",
        "renamed" => "名義変更",
        "ended" => "失効後・取得期限切れ後の再発行",
        "key_compromise" => "鍵の危殆化",
        "affiliation_changed" => "名義変更",
        "superseded" => "新しい証明書への切替",
        "cessation_of_operation" => "利用の終了(解約・削除・再契約)",
        "privilege_withdrawn" => "金庫による強制停止",
        other => other,
    }
}

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
        for (kind, word, _) in TIMES {
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
    pub async fn export_report(&self, form: &ReportForm, format: ExportFormat) -> Result<Export, DeskError> {
        let staff = self.working()?;
        let report = self.report(form).await?;
        let whose = match &report.branch {
            Some(code) => format!("{}(店番{code})", self.branch_name(code)),
            None => "全店".to_owned(),
        };
        let text = |text: &str| Cell::Text(text.to_owned());
        let number = |number: u32| Cell::Number(i64::from(number));
        let column = |name: String, number| Column { name, number };
        let mut columns = vec![column("項目".to_owned(), false), column("内訳".to_owned(), false)];
        columns.extend(report.months.iter().map(|month| column(month.replace('-', "/"), true)));
        columns.push(column("合計".to_owned(), true));
        let mut rows = Vec::new();
        for row in &report.rows {
            let name = KINDS.iter().find(|(kind, ..)| *kind == row.kind).map_or("", |(.., name)| name);
            let mut cells = vec![text(name), text(detail_word(&row.detail))];
            cells.extend(row.counts.iter().copied().map(number));
            cells.push(number(row.total));
            rows.push(cells);
        }
        for time in &report.times {
            let name = TIMES.iter().find(|(kind, ..)| *kind == time.kind).map_or("", |(.., name)| name);
            for (detail, of) in SPANS {
                let mut cells = vec![text(name), text(detail)];
                cells.extend(time.months.iter().chain([&time.all]).map(|span| match (of(span), span.count) {
                    // Of nothing there is no middle and no longest.
                    (_, 0) if detail != SPANS[0].0 => text(""),
                    (value, _) => number(value),
                }));
                rows.push(cells);
            }
        }
        // What is of no month stands under the total alone.
        for (name, value) in [("未取得", report.not_fetched), ("期限間近", report.ending)] {
            let mut cells = vec![text(name), text("現在")];
            cells.extend(report.months.iter().map(|_| text("")));
            cells.push(number(value));
            rows.push(cells);
        }
        let (from, until) = (form.from.replace('-', "/"), form.until.replace('-', "/"));
        let sheet =
            Sheet { title: "報告".to_owned(), about: format!("{whose} {from}から{until}まで"), columns, rows };
        self.file(&staff, &sheet, format)
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
    for (kind, word, _) in KINDS {
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
