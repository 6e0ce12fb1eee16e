//! A report, or a part of it, as a file; and the whole of it on paper, to print.

use domain::{ErrorCode, Refusal};
use slip::Slip;

use super::sheet::{self, Of};
use crate::cases::export::Export;
use crate::cases::slip::failed;
use crate::cases::words::Words;
use crate::desk::Desk;
use crate::error::DeskError;
use crate::view::{ExportAs, ExportFormat, Language, ReportChart, ReportForm, ReportPart, ReportView, SlipView};

impl Desk {
    /// A part of a report as a file.
    ///
    /// # Errors
    /// As [`Desk::report`]; branches are not beside each other; a character has no place in the chosen encoding.
    pub async fn export_report(
        &self,
        form: &ReportForm,
        part: ReportPart,
        how: impl Into<ExportAs>,
    ) -> Result<Export, DeskError> {
        let (staff, how) = (self.working()?, how.into());
        let report = self.report(form).await?;
        let (whose, words) = (self.whose(&report, form, Words(how.language())), Words(how.language()));
        let of = Of { report: &report, about: &whose, words };
        let sheet = match part {
            ReportPart::Whole => sheet::by_month(of),
            ReportPart::Chart(chart) => sheet::of_chart(of, chart),
            ReportPart::Branches if report.compared.is_empty() => {
                return Err(Refusal::new(ErrorCode::BranchNotPermitted).at("branch").into());
            }
            ReportPart::Branches => sheet::by_branch(of),
        };
        if how.format != ExportFormat::Pdf {
            return self.file(&staff, &sheet, how.format);
        }
        let (name, extension) = self.file_name(&sheet.title, how.format);
        let paper = match part {
            ReportPart::Whole => self.whole_paper(&staff, of, sheet),
            ReportPart::Chart(chart) => self.report_paper_of(&staff, (&[chart], vec![sheet]), of),
            ReportPart::Branches => self.report_paper_of(&staff, (&[], vec![sheet]), of),
        };
        tracing::info!(staff = %staff.staff, ?part, "a report was put on paper");
        Ok(Export { name, extension, bytes: slip::render_pdf(&Slip::Report(paper)).map_err(|e| failed(&e))? })
    }

    /// A chart of it as a picture.
    ///
    /// # Errors
    /// As [`Desk::report`].
    pub async fn report_chart(
        &self,
        form: &ReportForm,
        chart: ReportChart,
        language: Language,
    ) -> Result<Export, DeskError> {
        let words = Words(language);
        let report = self.report(form).await?;
        let whose = self.whose(&report, form, words);
        let of = Of { report: &report, about: &whose, words };
        let picture = self.chart_picture(of, chart);
        let name = self.dated(&picture.chart.title, "svg");
        let bytes = slip::render_chart(picture).map_err(|e| failed(&e))?.into_bytes();
        Ok(Export { name, extension: "svg", bytes })
    }

    /// All of it on paper, ready to print.
    ///
    /// # Errors
    /// As [`Desk::report`]; the paper can't be made.
    pub async fn report_paper(&self, form: &ReportForm) -> Result<SlipView, DeskError> {
        let (staff, words) = (self.working()?, Words(Language::Ja));
        let report = self.report(form).await?;
        let whose = self.whose(&report, form, words);
        let of = Of { report: &report, about: &whose, words };
        let paper = self.whole_paper(&staff, of, sheet::by_month(of));
        let pages = slip::render_svg(&Slip::Report(paper)).map_err(|e| failed(&e))?;
        let (certificate_id, deadline) = Default::default();
        Ok(SlipView { certificate_id, number: 0, masked: false, pages, print_ticket: None, deadline })
    }

    /// Of which branch and months.
    fn whose(&self, report: &ReportView, form: &ReportForm, words: Words) -> String {
        let whose = match &report.branch {
            Some(code) => words.branch(&self.branch_name(code), code),
            None => words.pick("全店", "Every branch").to_owned(),
        };
        let (from, until) = (form.from.replace('-', "/"), form.until.replace('-', "/"));
        match words.0 {
            Language::Ja => format!("{whose} {from}から{until}まで"),
            Language::En => format!("{whose}, {from} to {until}"),
        }
    }
}
