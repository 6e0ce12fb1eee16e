//! `/api/terminal/v1/import`: head office sends a file of customers in pieces, has it looked at, and says that it is to be taken over
//! (`BranchCommand::ImportCustomers`, signed). What is waited for is asked for by GET, and given up by DELETE.

use std::collections::BTreeMap;

use domain::ErrorCode;
use serde::{Deserialize, Serialize};

use crate::Base64;

/// Octets of a piece.
pub const PIECE: usize = 128 * 1024;
/// Octets of a file.
pub const MOST: u64 = 64 * 1024 * 1024;
/// Problems in one answer; the others are asked for ([`ImportAsk`]).
pub const PROBLEMS: usize = 1_000;

/// POST `import/piece`: the next piece of a file. The first one (`from` 0) begins it anew.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct ImportPiece {
    /// SHA-256 of the whole, hex.
    pub sha256: String,
    /// Octets of the whole.
    pub size: u64,
    /// Where this piece begins.
    pub from: u64,
    /// It.
    pub part: Base64,
}

/// How the text is written.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum ImportEncoding {
    /// UTF-8, with a mark or without.
    Utf8,
    /// Shift_JIS as Windows writes it (CP932).
    ShiftJis,
}

/// POST `import/look`: what is in it, and what is wrong with it? Nothing is written.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct ImportLook {
    /// Which file.
    pub sha256: String,
    /// How it is written.
    pub encoding: ImportEncoding,
}

/// How far it is.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum ImportPhase {
    /// There is none.
    #[default]
    Nothing,
    /// Pieces arrive.
    Receiving,
    /// Its lines are read and compared with what is there.
    Looking,
    /// That is done: see the report.
    Looked,
    /// It is being written.
    Writing,
    /// It is written: all of it.
    Written,
    /// It ended without anything being written: see the code.
    Failed,
}

/// What GET `import` may ask for.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct ImportAsk {
    /// The first problem to be named, from 0: nothing else says how one goes on.
    #[serde(default)]
    pub from: u64,
}

/// GET `import`.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct ImportState {
    /// How far.
    pub phase: ImportPhase,
    /// Which file.
    pub sha256: String,
    /// Octets, lines or customers so far,
    pub done: u64,
    /// of so many; 0: nobody knows.
    pub total: u64,
    /// What was found.
    pub report: Option<ImportReport>,
    /// Why it failed.
    pub failed: Option<ErrorCode>,
    /// Values for the words of that: column names, how many lines.
    #[serde(default)]
    pub failed_args: BTreeMap<String, String>,
}

/// What is in a file.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct ImportReport {
    /// Lines beside the first.
    pub rows: u64,
    /// Customers that are new.
    pub customers: u64,
    /// Customers that are there and get further contracts.
    pub known_customers: u64,
    /// Contracts.
    pub contracts: u64,
    /// User IDs.
    pub users: u64,
    /// What is wrong, by line; at most [`PROBLEMS`] of them,
    pub problems: Vec<ImportProblem>,
    /// from this one on.
    #[serde(default)]
    pub problems_from: u64,
    /// All of them.
    pub problem_count: u64,
}

/// Something wrong with a line.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct ImportProblem {
    /// Of the file, from 1.
    pub line: u64,
    /// Which column; empty: the whole line.
    pub column: String,
    /// Why.
    pub code: ErrorCode,
    /// Values for the words.
    pub args: BTreeMap<String, String>,
}
