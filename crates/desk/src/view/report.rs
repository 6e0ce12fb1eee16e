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
        /// Of all months together.
        all: ReportSpan,
    }
    /// A report.
    ReportView {
        branch: Option<String>,
        branches: Vec<BranchChoice>,
        months: Vec<String>,
        rows: Vec<ReportRow>,
        times: Vec<ReportTime>,
        /// As it is now.
        not_fetched: u32,
        ending: u32,
    }
}
