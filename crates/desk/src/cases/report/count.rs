//! Counting and measuring, by month and by branch.

use std::collections::BTreeSet;

use crate::view::{ReportKind, ReportRow, ReportSpan, ReportTime, ReportTimeKind};

const KINDS: [(ReportKind, &str); 9] = [
    (ReportKind::Issued, "issued"),
    (ReportKind::Reissued, "reissued"),
    (ReportKind::Renewed, "renewed"),
    (ReportKind::Fetched, "fetched"),
    (ReportKind::Suspended, "suspended"),
    (ReportKind::Revoked, "revoked"),
    (ReportKind::Lapsed, "lapsed"),
    (ReportKind::NotFetched, "not_fetched"),
    (ReportKind::Ending, "ending"),
];

/// So many of something, of a month and a branch.
#[derive(Debug, Clone, sqlx::FromRow)]
pub(super) struct Counted {
    pub(super) kind: String,
    pub(super) detail: String,
    pub(super) month: String,
    pub(super) branch: String,
    pub(super) count: u32,
}

/// How long something took, once.
#[derive(Debug, Clone, sqlx::FromRow)]
pub(super) struct Took {
    pub(super) month: String,
    pub(super) branch: String,
    pub(super) seconds: u32,
}

/// In one order; a cause or a reason only where there was one.
pub(super) fn rows(counted: &[Counted], months: &[String], branches: &[String]) -> Vec<ReportRow> {
    let row = |kind, detail: &str, of: &[&Counted]| {
        let sum = |which: &dyn Fn(&Counted) -> bool| of.iter().filter(|one| which(one)).map(|one| one.count).sum();
        ReportRow {
            kind,
            detail: detail.to_owned(),
            counts: months.iter().map(|month| sum(&|one| one.month == *month)).collect(),
            branches: branches.iter().map(|branch| sum(&|one| one.branch == *branch)).collect(),
            total: sum(&|_| true),
        }
    };
    let mut rows = Vec::new();
    for (kind, word) in KINDS {
        let of: Vec<&Counted> = counted.iter().filter(|one| one.kind == word).collect();
        rows.push(row(kind, "", &of));
        let details: BTreeSet<&str> = of.iter().map(|one| one.detail.as_str()).filter(|one| !one.is_empty()).collect();
        for detail in details {
            let of: Vec<&Counted> = of.iter().filter(|one| one.detail == detail).copied().collect();
            rows.push(row(kind, detail, &of));
        }
    }
    rows
}

/// How many, the middle one, and the longest.
fn measured(mut seconds: Vec<u32>) -> ReportSpan {
    seconds.sort_unstable();
    let median = seconds.get(seconds.len().saturating_sub(1) / 2).copied().unwrap_or_default();
    let worst = seconds.last().copied().unwrap_or_default();
    ReportSpan { count: u32::try_from(seconds.len()).unwrap_or(u32::MAX), median, worst }
}

/// By month, by branch, and all of them together.
pub(super) fn times(kind: ReportTimeKind, found: &[Took], months: &[String], branches: &[String]) -> ReportTime {
    let of = |which: &dyn Fn(&Took) -> bool| {
        measured(found.iter().filter(|one| which(one)).map(|one| one.seconds).collect())
    };
    ReportTime {
        kind,
        months: months.iter().map(|month| of(&|one| one.month == *month)).collect(),
        branches: branches.iter().map(|branch| of(&|one| one.branch == *branch)).collect(),
        all: of(&|_| true),
    }
}

#[cfg(test)]
#[allow(clippy::unwrap_used, clippy::indexing_slicing, reason = "tests")]
mod tests {
    use super::*;

    fn words(words: &[&str]) -> Vec<String> {
        words.iter().map(|&word| word.to_owned()).collect()
    }

    #[test]
    fn each_is_counted_in_its_month_and_at_its_branch() {
        let counted = |kind: &str, detail: &str, month: &str, branch: &str, count| Counted {
            kind: kind.into(),
            detail: detail.into(),
            month: month.into(),
            branch: branch.into(),
            count,
        };
        let found = [
            counted("revoked", "superseded", "2026-10", "001", 2),
            counted("revoked", "key_compromise", "2026-11", "012", 3),
            counted("revoked", "superseded", "2026-11", "012", 1),
            counted("not_fetched", "", "2026-11", "001", 4),
        ];
        let rows = rows(&found, &words(&["2026-10", "2026-11", "2026-12"]), &words(&["001", "012"]));
        let told = |row: &ReportRow| (row.kind, row.detail.clone(), row.counts.clone(), row.branches.clone());
        let told: Vec<_> = rows.iter().filter(|row| row.total > 0).map(told).collect();
        let expected = [
            (ReportKind::Revoked, String::new(), vec![2, 4, 0], vec![2, 4]),
            (ReportKind::Revoked, "key_compromise".into(), vec![0, 3, 0], vec![0, 3]),
            (ReportKind::Revoked, "superseded".into(), vec![2, 1, 0], vec![2, 1]),
            (ReportKind::NotFetched, String::new(), vec![0, 4, 0], vec![4, 0]),
        ];
        assert_eq!(told, expected);
        assert_eq!(rows.iter().filter(|row| row.detail.is_empty()).count(), KINDS.len(), "nought is a figure too");
    }

    #[test]
    fn the_middle_and_the_worst() {
        let of = |seconds: &[u32]| measured(seconds.to_vec());
        assert_eq!((of(&[]).count, of(&[]).median, of(&[]).worst), (0, 0, 0));
        assert_eq!((of(&[9, 1, 5]).median, of(&[9, 1, 5]).worst), (5, 9));
        assert_eq!(of(&[4, 1, 3, 2]).median, 2, "the lower one of two");
        let took = |month: &str, branch: &str, seconds| Took { month: month.into(), branch: branch.into(), seconds };
        let found = [took("2026-10", "001", 8), took("2026-12", "012", 2), took("2026-12", "001", 4)];
        let months = words(&["2026-10", "2026-11", "2026-12"]);
        let time = times(ReportTimeKind::Stopped, &found, &months, &words(&["001", "012"]));
        let told = |span: &ReportSpan| (span.count, span.median, span.worst);
        assert_eq!(time.months.iter().map(told).collect::<Vec<_>>(), [(1, 8, 8), (0, 0, 0), (2, 2, 4)]);
        assert_eq!(time.branches.iter().map(told).collect::<Vec<_>>(), [(2, 4, 8), (1, 2, 2)]);
        assert_eq!(told(&time.all), (3, 4, 8));
    }
}
