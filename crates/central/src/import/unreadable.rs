//! Why a file is no file of customers at all: what can be said before any of its lines is looked at.

use domain::{ErrorCode, Refusal};

use super::{COLUMNS, ROWS};

/// Columns of the file itself that are named, and characters of each: the first line may be anything.
const NAMED: usize = 5;
const LONG: usize = 40;

/// What is wrong with the whole of it.
#[derive(Debug, thiserror::Error)]
pub(crate) enum Unreadable {
    /// The first line names other columns than it must.
    #[error("{}; it must name: {}", columns(.missing, .unknown, .twice), COLUMNS.join(","))]
    Columns {
        /// That are not there.
        missing: Vec<&'static str>,
        /// That nobody knows; none where not one column is ours: then the first line may be a customer's.
        unknown: Vec<String>,
        /// That are there more than once.
        twice: Vec<&'static str>,
    },
    /// More lines than are taken at a time.
    #[error("the file has {rows} lines, more than {ROWS}: split it before line {line}")]
    TooLong {
        /// Beside the first.
        rows: usize,
        /// The first one that is too many, counted from 1 with the header.
        line: u64,
    },
    /// It is no CSV.
    #[error(transparent)]
    Csv(#[from] csv::Error),
}

fn columns(missing: &[&str], unknown: &[String], twice: &[&str]) -> String {
    let mut said = Vec::new();
    if !missing.is_empty() {
        said.push(format!("has no column {}", missing.join(", ")));
    }
    if !unknown.is_empty() {
        said.push(format!("has columns that are not known: {}", shown(unknown)));
    }
    if !twice.is_empty() {
        said.push(format!("has more than once {}", twice.join(", ")));
    }
    format!("the first line {}", said.join("; "))
}

/// Names that came from the file, as they may stand on a screen.
fn shown(names: &[String]) -> String {
    let short = |name: &String| name.chars().filter(|c| !c.is_control()).take(LONG).collect::<String>();
    let quoted = names.iter().take(NAMED).map(|name| format!("「{}」", short(name)));
    let mut shown = quoted.collect::<Vec<_>>().join(", ");
    if names.len() > NAMED {
        shown.push_str(", …");
    }
    shown
}

impl Unreadable {
    /// For the service's own log: no name that came from the file.
    pub(crate) fn what(&self) -> &'static str {
        match self {
            Self::Columns { .. } => "columns",
            Self::TooLong { .. } => "too many lines",
            Self::Csv(_) => "no CSV",
        }
    }

    /// For the desk.
    pub(crate) fn refusal(&self) -> Refusal {
        match self {
            Self::Columns { missing, unknown, twice } => {
                let named = [("missing", missing.join(", ")), ("unknown", shown(unknown)), ("twice", twice.join(", "))];
                let named = named.into_iter().filter(|(_, names)| !names.is_empty());
                named.fold(Refusal::new(ErrorCode::ImportColumns), |refusal, (arg, names)| refusal.with(arg, names))
            }
            Self::TooLong { rows, line } => {
                Refusal::new(ErrorCode::ImportTooLong).with("rows", rows).with("max", ROWS).with("line", line)
            }
            Self::Csv(error) => {
                let refusal = Refusal::new(ErrorCode::ImportUnreadable);
                match error.position() {
                    Some(at) => refusal.with("line", at.line()),
                    None => refusal,
                }
            }
        }
    }
}
