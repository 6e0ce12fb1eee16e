//! Typesets the branch's slips: data in, SVG pages or a PDF out. It knows no rules, reads no file, draws no code.
//!
//! Data reaches the templates as one JSON file and is shown as text; it is never part of the typesetter's source.

mod data;
mod world;

pub use data::{Contact, IssueNotice, PickupCodeText, Receipt, Slip};

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

fn typeset(slip: &Slip) -> Result<PagedDocument, SlipError> {
    let world = SlipWorld::new(slip)?;
    let document = typst::compile::<PagedDocument>(&world).output.map_err(|errors| {
        SlipError::Typeset(errors.iter().map(|e| e.message.to_string()).collect::<Vec<_>>().join("; "))
    });
    comemo::evict(0);
    document
}

/// One SVG for each A4 page. Glyphs are outlines: no text of the slip is markup.
///
/// # Errors
/// [`SlipError`].
pub fn render_svg(slip: &Slip) -> Result<Vec<String>, SlipError> {
    let document = typeset(slip)?;
    let pages = document.pages().iter().map(|page| typst_svg::svg(page, &typst_svg::SvgOptions::default())).collect();
    comemo::evict(0);
    Ok(pages)
}

/// The slip as PDF.
///
/// # Errors
/// [`SlipError`].
pub fn render_pdf(slip: &Slip) -> Result<Vec<u8>, SlipError> {
    let document = typeset(slip)?;
    let options = typst_pdf::PdfOptions { ident: Smart::Custom("madoguchi-slip".into()), ..Default::default() };
    let pdf = typst_pdf::pdf(&document, &options)
        .map_err(|errors| SlipError::Typeset(errors.iter().map(|e| e.message.to_string()).collect::<Vec<_>>().join("; ")));
    comemo::evict(0);
    pdf
}

/// The first character of a text that no font of the slips can show.
pub fn unprintable(text: &str) -> Option<char> {
    text.chars().find(|c| !c.is_whitespace() && !world::fonts().iter().any(|font| font.info().coverage.contains(*c as u32)))
}

#[cfg(test)]
mod tests;
