//! A file of customers, as its screen shows it.

use std::collections::BTreeMap;

use domain::ErrorCode;
use serde::{Deserialize, Serialize};
use specta::Type;

/// How the text is written.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize, Type)]
#[serde(rename_all = "snake_case")]
pub enum ImportFileEncoding {
    /// UTF-8
    Utf8,
    /// Shift_JIS
    ShiftJis,
}

/// How far it is.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize, Type)]
#[serde(rename_all = "snake_case")]
pub enum ImportStep {
    /// No file is there.
    Nothing,
    /// On its way to the centre.
    Sending,
    /// Lines are being read and compared.
    Looking,
    /// That is done.
    Looked,
    /// Being written.
    Writing,
    /// Written.
    Written,
    /// Ended without anything being written.
    Failed,
}

views! {
    /// Where it stands.
    ImportView {
        step: ImportStep,
        sha256: String,
        /// Octets, lines or customers so far,
        done: u32,
        /// of so many; 0: nobody knows.
        total: u32,
        report: Option<ImportReportView>,
        failed: Option<ErrorCode>,
        /// Values for the words of that.
        failed_args: BTreeMap<String, String>,
    }
    /// What is in the file.
    ImportReportView {
        rows: u32,
        customers: u32,
        known_customers: u32,
        contracts: u32,
        users: u32,
        /// The first of them; all are in the file of them.
        problems: Vec<ImportProblemView>,
        problem_count: u32,
    }
    /// Something wrong with a line.
    ImportProblemView {
        line: u32,
        column: String,
        code: ErrorCode,
        args: BTreeMap<String, String>,
    }
}
