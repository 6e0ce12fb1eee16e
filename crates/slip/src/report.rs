//! What stands on a report: its charts, and the tables they are drawn from.

use serde::Serialize;

use crate::ledger::TableColumn;

/// Bars of one kind.
#[derive(Debug, Clone, Serialize)]
pub struct BarSeries {
    /// What they count.
    pub name: String,
    /// One for each month.
    pub values: Vec<u32>,
}

/// Bars by month.
#[derive(Debug, Clone, Serialize)]
pub struct BarChart {
    /// What it shows.
    pub title: String,
    /// The months, as text.
    pub months: Vec<String>,
    /// At most three: so many patterns there are.
    pub series: Vec<BarSeries>,
    /// The same in words, for whoever does not see it.
    pub told: String,
}

/// A table of a report.
#[derive(Debug, Clone, Serialize)]
pub struct ReportTable {
    /// What it is; empty: the report itself.
    pub title: String,
    /// The columns.
    pub columns: Vec<TableColumn>,
    /// The rows.
    pub rows: Vec<Vec<String>>,
}

/// 報告.
#[derive(Debug, Clone, Serialize)]
pub struct ReportPaper {
    /// Says 訓練 on every page.
    pub training: bool,
    /// Institution.
    pub institution: String,
    /// Branch name.
    pub branch_name: String,
    /// 店番.
    pub branch_code: String,
    /// What it is.
    pub title: String,
    /// Of which branch and months, as text.
    pub about: String,
    /// When it was made, as text.
    pub made_at: String,
    /// Who made it.
    pub staff: String,
    /// Its charts.
    pub charts: Vec<BarChart>,
    /// Its tables.
    pub tables: Vec<ReportTable>,
}

/// A chart by itself, as a picture to be put into somebody's document.
#[derive(Debug, Clone, Serialize)]
pub struct ChartPicture {
    /// Says 訓練.
    pub training: bool,
    /// Of which branch and months, as text.
    pub about: String,
    /// The chart.
    pub chart: BarChart,
}
