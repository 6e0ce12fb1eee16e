//! A report on paper, and a chart of it as a picture.

use slip::{BarChart, BarSeries, ChartPicture, ReportPaper, ReportTable};
use wire::api::session::SignedIn;

use super::sheet::{self, Of};
use crate::cases::export::Sheet;
use crate::cases::words;
use crate::desk::Desk;
use crate::view::ReportChart;

/// The bars, and the same in words.
fn bars(of: Of<'_>, chart: ReportChart) -> BarChart {
    let months: Vec<String> = of.report.months.iter().map(|month| month.replace('-', "/")).collect();
    let series: Vec<BarSeries> = sheet::series(of.report, chart)
        .map(|row| BarSeries { name: sheet::kind(row.kind, of.words).to_owned(), values: row.counts.clone() })
        .collect();
    let told = |one: &BarSeries| {
        let values: Vec<String> = months.iter().zip(&one.values).map(|(month, n)| format!("{month} {n}")).collect();
        format!("{}: {}", one.name, values.join(", "))
    };
    let told = series.iter().map(told).collect::<Vec<_>>().join("; ");
    BarChart { title: sheet::chart(chart, of.words).to_owned(), months, series, told }
}

impl Desk {
    /// Everything that the screen shows.
    pub(super) fn whole_paper(&self, staff: &SignedIn, of: Of<'_>, by_month: Sheet) -> ReportPaper {
        let charts: Vec<ReportChart> = of.report.charts.iter().map(|one| one.chart).collect();
        let mut sheets = vec![by_month];
        if !of.report.compared.is_empty() {
            sheets.push(sheet::by_branch(of));
        }
        self.report_paper_of(staff, (&charts, sheets), of)
    }

    /// The first table gives the paper its title.
    pub(super) fn report_paper_of(
        &self,
        staff: &SignedIn,
        (charts, sheets): (&[ReportChart], Vec<Sheet>),
        of: Of<'_>,
    ) -> ReportPaper {
        let branch = self.inner.identity.branch.as_str();
        let title = sheets.first().map(|sheet| sheet.title.clone()).unwrap_or_default();
        let tables = sheets.into_iter().enumerate().map(|(place, sheet)| {
            let (columns, rows) = sheet.on_paper();
            ReportTable { title: if place == 0 { String::new() } else { sheet.title }, columns, rows }
        });
        ReportPaper {
            training: self.inner.profile.training,
            institution: self.institution_name(),
            branch_name: self.branch_name(branch),
            branch_code: branch.to_owned(),
            title,
            about: of.about.to_owned(),
            made_at: words::moment(self.centre_now()),
            staff: words::printed_by(staff),
            charts: charts.iter().map(|chart| bars(of, *chart)).collect(),
            tables: tables.collect(),
        }
    }

    pub(super) fn chart_picture(&self, of: Of<'_>, chart: ReportChart) -> ChartPicture {
        ChartPicture { training: self.inner.profile.training, about: of.about.to_owned(), chart: bars(of, chart) }
    }
}
