//! What kind of file a list or a report becomes, and in which language.

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

/// In which language somebody reads.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default, Serialize, Deserialize, Type)]
#[serde(rename_all = "snake_case")]
pub enum Language {
    /// Japanese.
    #[default]
    Ja,
    /// English.
    En,
}

impl Language {
    /// One of two words for the same.
    pub(crate) const fn pick<T: Copy>(self, ja: T, en: T) -> T {
        match self {
            Self::Ja => ja,
            Self::En => en,
        }
    }
}

/// How a file is made. What people are called, and what they wrote, is the same in each language.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize, Type)]
pub struct ExportAs {
    /// The kind of file.
    pub format: ExportFormat,
    /// Of titles and words; paper stays Japanese.
    pub language: Language,
}

impl ExportAs {
    /// The language of the file.
    pub(crate) fn language(self) -> Language {
        if self.format == ExportFormat::Pdf { Language::Ja } else { self.language }
    }
}

impl From<ExportFormat> for ExportAs {
    /// In Japanese.
    fn from(format: ExportFormat) -> Self {
        Self { format, language: Language::Ja }
    }
}
