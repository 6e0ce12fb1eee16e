//! The columns of the file, found by the names in its first line.

use anyhow::Context as _;

/// A column.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Column {
    Branch,
    Cif,
    Name,
    Kana,
    Address,
    Phone,
    Email,
    Contract,
    OpenedOn,
    State,
    User,
    Role,
    Device,
}

/// Every column in the order of the sample file.
pub const COLUMNS: [&str; 13] = [
    "店番",
    "顧客番号",
    "氏名・名称",
    "カナ",
    "所在地",
    "電話",
    "メール",
    "契約者番号",
    "契約日",
    "契約状態",
    "利用者ID",
    "役割",
    "利用PC",
];

impl Column {
    pub(super) const ALL: [Self; 13] = [
        Self::Branch,
        Self::Cif,
        Self::Name,
        Self::Kana,
        Self::Address,
        Self::Phone,
        Self::Email,
        Self::Contract,
        Self::OpenedOn,
        Self::State,
        Self::User,
        Self::Role,
        Self::Device,
    ];

    /// Its name in the file.
    pub(super) fn name(self) -> &'static str {
        Self::ALL.iter().zip(COLUMNS).find(|(one, _)| **one == self).map_or("", |(_, name)| name)
    }
}

/// Where in a line each column stands.
#[derive(Debug)]
pub(super) struct Layout([usize; 13]);

impl Layout {
    /// Reads the first line.
    pub(super) fn of(header: &csv::StringRecord) -> anyhow::Result<Self> {
        let mut places = [0; 13];
        for (place, name) in places.iter_mut().zip(COLUMNS) {
            let found = header.iter().position(|cell| cell.trim() == name);
            *place = found
                .with_context(|| format!("the first line has no column {name}; it must name: {}", COLUMNS.join(",")))?;
        }
        if let Some(strange) = header.iter().find(|cell| !COLUMNS.contains(&cell.trim())) {
            anyhow::bail!("the column {strange:?} is not known; there are: {}", COLUMNS.join(","));
        }
        Ok(Self(places))
    }

    /// A cell of a line, without white space around it.
    pub(super) fn cell<'a>(&self, record: &'a csv::StringRecord, column: Column) -> &'a str {
        let place = Column::ALL.iter().zip(self.0).find(|(one, _)| **one == column).map_or(usize::MAX, |(_, n)| n);
        record.get(place).unwrap_or_default().trim()
    }
}
