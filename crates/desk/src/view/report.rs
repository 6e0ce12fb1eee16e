//! Reports, as their screen shows them.

use serde::{Deserialize, Serialize};
use specta::Type;

use super::BranchChoice;

/// What is counted.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize, Type)]
#[serde(rename_all = "snake_case")]
pub enum ReportKind {
    /// 発行
    Issued,
    /// 再発行
    Reissued,
    /// 更新
    Renewed,
    /// 取得
    Fetched,
    /// 一時停止
    Suspended,
    /// 失効
    Revoked,
    /// 取得期限切れ
    Lapsed,
    /// 未取得: granted in that month, and not fetched to this day.
    NotFetched,
    /// 期限到来: the certificate ends, or ended, in that month, and its user ID has none after it.
    Ending,
}

/// A chart of a report.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize, Type)]
#[serde(rename_all = "snake_case")]
pub enum ReportChart {
    /// What came.
    Issued,
    /// What ended.
    Stopped,
}

/// What of a report becomes a file.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize, Type)]
#[serde(rename_all = "snake_case")]
pub enum ReportPart {
    /// The table by month; on paper everything that the screen shows.
    Whole,
    /// The table by branch.
    Branches,
    /// The figures of a chart; on paper with the chart.
    Chart(ReportChart),
}

/// What is measured.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize, Type)]
#[serde(rename_all = "snake_case")]
pub enum ReportTimeKind {
    /// From the report to the stop.
    Stopped,
    /// From the stop to the check mark.
    Checked,
}

views! {
    /// What is asked for.
    ReportForm {
        /// `None`: every branch that is here.
        branch: Option<String>,
        /// `YYYY-MM`.
        from: String,
        until: String,
    }
    /// How often something happened, month by month.
    ReportRow {
        kind: ReportKind,
        /// Cause or reason; empty: all of them.
        detail: String,
        counts: Vec<u32>,
        /// The same by branch, one for each of those that are compared.
        branches: Vec<u32>,
        total: u32,
    }
    /// How long something took, of some time.
    ReportSpan {
        count: u32,
        /// Seconds.
        median: u32,
        worst: u32,
    }
    /// How long something took.
    ReportTime {
        kind: ReportTimeKind,
        months: Vec<ReportSpan>,
        /// One for each branch that is compared.
        branches: Vec<ReportSpan>,
        /// Of all months together.
        all: ReportSpan,
    }
    /// What a chart shows beside each other.
    ReportChartView {
        chart: ReportChart,
        kinds: Vec<ReportKind>,
    }
    /// A report.
    ReportView {
        branch: Option<String>,
        branches: Vec<BranchChoice>,
        /// Those that stand beside each other; empty: one is asked for, or only one is here.
        compared: Vec<BranchChoice>,
        months: Vec<String>,
        charts: Vec<ReportChartView>,
        rows: Vec<ReportRow>,
        times: Vec<ReportTime>,
        /// As it is now.
        not_fetched: u32,
        ending: u32,
    }
}
