//! A table before it is a file.

use slip::TableColumn;

/// What stands in a cell. Whatever names somebody or something is a text, digits or not.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(in crate::cases) enum Cell {
    /// As it is.
    Text(String),
    /// A count of ours; may be negative.
    Number(i64),
}

impl Cell {
    /// As people read it.
    pub(super) fn plain(&self) -> String {
        match self {
            Self::Text(text) => text.clone(),
            Self::Number(number) => number.to_string(),
        }
    }
}

/// A column.
#[derive(Debug, Clone)]
pub(in crate::cases) struct Column {
    /// What stands above it.
    pub(in crate::cases) name: String,
    /// Does it hold numbers?
    pub(in crate::cases) number: bool,
}

/// A list or a report.
#[derive(Debug, Clone)]
pub(in crate::cases) struct Sheet {
    /// What it is; the file's name begins with it.
    pub(in crate::cases) title: String,
    /// Of when, of what.
    pub(in crate::cases) about: String,
    pub(in crate::cases) columns: Vec<Column>,
    pub(in crate::cases) rows: Vec<Vec<Cell>>,
}

impl Sheet {
    /// As texts to be set.
    pub(in crate::cases) fn on_paper(&self) -> (Vec<TableColumn>, Vec<Vec<String>>) {
        let column = |column: &Column| TableColumn { name: column.name.clone(), number: column.number };
        let row = |row: &Vec<Cell>| row.iter().map(Cell::plain).collect();
        (self.columns.iter().map(column).collect(), self.rows.iter().map(row).collect())
    }
}
