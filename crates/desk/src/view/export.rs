//! What kind of file a list or a report becomes.

use serde::{Deserialize, Serialize};
use specta::Type;

/// The kind of file.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize, Type)]
#[serde(rename_all = "snake_case")]
pub enum ExportFormat {
    /// CSV in UTF-8, with a byte order mark.
    CsvUtf8,
    /// CSV in Shift_JIS.
    CsvShiftJis,
    /// A workbook.
    Xlsx,
    /// A paper, A4 lying on its side.
    Pdf,
}
