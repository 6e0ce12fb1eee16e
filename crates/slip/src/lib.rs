//! Typesets the branch's slips: data in, SVG pages or a PDF out. It knows no rules, reads no file and no clock, draws no code.
//!
//! Data reaches the templates as one JSON file and is shown as text; it is never part of the typesetter's source. The same
//! slip gives the same bytes. The typesetter's memory of a page is emptied before a call returns, because a pickup code may
//! be in it; the pages themselves carry the code when they are not masked, and are the caller's to forget.

mod data;
mod invitation;
mod ledger;
mod letter;
mod mark;
mod qr;
mod report;
mod text;
mod world;

pub use data::{Contact, IssueNotice, PickupCodeText, Receipt, Slip};
pub use invitation::TerminalInvitation;
pub use ledger::{DayLedger, LedgerRow, LedgerSigned, TableColumn, TablePaper};
pub use letter::{Letter, RestoreGuide, RevocationNotice, Stopped, SuspensionNotice};
pub use report::{BarChart, BarSeries, ChartPicture, ReportPaper, ReportTable};
pub use text::unprintable;

use typst::diag::SourceDiagnostic;
use typst::foundations::Smart;
use typst_layout::PagedDocument;
use world::SlipWorld;

/// A slip can't be made.
#[derive(Debug, thiserror::Error)]
pub enum SlipError {
    /// The template failed. Never holds data of the slip.
    #[error("typesetting: {0}")]
    Typeset(String),
    /// Data or QR code can't be encoded.
    #[error("encoding: {0}")]
    Encode(String),
}

/// Empties the typesetter's memory when a call ends, however it ends.
struct Forgetting;

impl Drop for Forgetting {
    fn drop(&mut self) {
        comemo::evict(0);
    }
}

fn failed(errors: impl IntoIterator<Item = SourceDiagnostic>) -> SlipError {
    SlipError::Typeset(errors.into_iter().map(|e| e.message.to_string()).collect::<Vec<_>>().join("; "))
}

fn typeset(slip: &Slip) -> Result<PagedDocument, SlipError> {
    typst::compile::<PagedDocument>(&SlipWorld::new(slip)?).output.map_err(failed)
}

/// One SVG for each A4 page. Glyphs are outlines: no text of the slip is markup, and no image, link or style is in it.
///
/// # Errors
/// [`SlipError::Encode`] when the portal's address is too long for a QR code; [`SlipError::Typeset`] when a template is wrong.
pub fn render_svg(slip: &Slip) -> Result<Vec<String>, SlipError> {
    let _forgetting = Forgetting;
    let document = typeset(slip)?;
    Ok(document.pages().iter().map(|page| typst_svg::svg(page, &typst_svg::SvgOptions::default())).collect())
}

/// A chart as one SVG, with what it shows in words: a page of a slip says nothing to whoever does not see it.
///
/// # Errors
/// As [`render_svg`].
pub fn render_chart(picture: ChartPicture) -> Result<String, SlipError> {
    let (title, told) = (escaped(&picture.chart.title), escaped(&picture.chart.told));
    let pages = render_svg(&Slip::Chart(picture))?;
    let page = pages.into_iter().next().unwrap_or_default();
    let (head, rest) = page.split_once('>').ok_or_else(|| SlipError::Typeset("an SVG without a head".into()))?;
    Ok(format!("{head} role=\"img\"><title>{title}</title><desc>{told}</desc>{rest}"))
}

/// As text of an XML element.
fn escaped(text: &str) -> String {
    text.replace('&', "&amp;").replace('<', "&lt;").replace('>', "&gt;")
}

/// The slip as PDF 1.7 with fonts embedded and text that can be searched. No time stamp; its identifier comes from the slip.
///
/// # Errors
/// As [`render_svg`].
pub fn render_pdf(slip: &Slip) -> Result<Vec<u8>, SlipError> {
    let _forgetting = Forgetting;
    let document = typeset(slip)?;
    let options = typst_pdf::PdfOptions {
        ident: Smart::Custom(match slip {
            Slip::IssueNotice(notice) => format!("madoguchi issue notice {} {}", notice.notice_id, notice.print_number),
            Slip::Receipt(receipt) => format!("madoguchi receipt {}", receipt.receipt_number),
            Slip::Suspension(notice) => format!("madoguchi suspension notice {}", notice.letter.notice_id),
            Slip::Revocation(notice) => format!("madoguchi revocation notice {}", notice.letter.notice_id),
            Slip::TerminalInvitation(paper) => format!("madoguchi terminal invitation {}", paper.issued_at),
            Slip::DayLedger(ledger) => format!("madoguchi day ledger {} {}", ledger.branch_code, ledger.day),
            Slip::Table(table) => format!("madoguchi table {} {} {}", table.branch_code, table.title, table.made_at),
            Slip::Report(report) => {
                format!("madoguchi report {} {} {}", report.branch_code, report.title, report.made_at)
            }
            Slip::Chart(picture) => format!("madoguchi chart {} {}", picture.chart.title, picture.about),
            Slip::Restore(guide) => format!("madoguchi restore guide {}", guide.letter.notice_id),
        }),
        creator: Smart::Custom(Some("Madoguchi".into())),
        ..Default::default()
    };
    typst_pdf::pdf(&document, &options).map_err(failed)
}

#[cfg(test)]
mod tests;
