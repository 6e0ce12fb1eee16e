//! The QR code of the pickup page's address, as numbers the template draws. It is no image: a page that refuses `data:`
//! images shows it, and a printer gets sharp edges.

use qrcode::{Color, EcLevel, QrCode};
use serde::Serialize;

use crate::SlipError;

/// Dark runs of a QR code (ISO/IEC 18004). The quiet zone of four modules is the template's.
#[derive(Serialize)]
pub(crate) struct Qr {
    /// Modules on a side.
    side: usize,
    /// Column, row and length of each run of dark modules, in modules.
    runs: Vec<(usize, usize, usize)>,
}

impl Qr {
    /// # Errors
    /// [`SlipError::Encode`] when the text is too long for a QR code.
    pub(crate) fn of(text: &str) -> Result<Self, SlipError> {
        let code =
            QrCode::with_error_correction_level(text, EcLevel::M).map_err(|e| SlipError::Encode(e.to_string()))?;
        let side = code.width();
        let mut runs = Vec::new();
        for (row, modules) in code.to_colors().chunks(side).enumerate() {
            let mut column = 0;
            for run in modules.chunk_by(|a, b| a == b) {
                if run.first() == Some(&Color::Dark) {
                    runs.push((column, row, run.len()));
                }
                column += run.len();
            }
        }
        Ok(Self { side, runs })
    }
}
