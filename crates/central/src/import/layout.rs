//! The columns of the file, found by the names in its first line.

use super::unreadable::Unreadable;

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
    Login,
}

/// Every column that must be there, in the order of the sample file.
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
/// One that may be.
const LOGIN: &str = "認証方式";

impl Column {
    pub(super) const ALL: [Self; 14] = [
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
        Self::Login,
    ];

    /// Its name in the file.
    pub(super) fn name(self) -> &'static str {
        Self::ALL.iter().zip(COLUMNS).find(|(one, _)| **one == self).map_or(LOGIN, |(_, name)| name)
    }
}

/// Where in a line each column stands.
#[derive(Debug)]
pub(super) struct Layout([usize; 14]);

impl Layout {
    /// Reads the first line, and says at once everything that is wrong with it.
    pub(super) fn of(header: &csv::StringRecord) -> Result<Self, Unreadable> {
        let (mut places, mut missing, mut twice) = ([usize::MAX; 14], Vec::new(), Vec::new());
        for (place, name) in places.iter_mut().zip(COLUMNS.into_iter().chain([LOGIN])) {
            let mut found = header.iter().enumerate().filter(|(_, cell)| cell.trim() == name).map(|(at, _)| at);
            match found.next() {
                Some(at) => *place = at,
                None if name == LOGIN => {}
                None => missing.push(name),
            }
            if found.next().is_some() {
                twice.push(name);
            }
        }
        let strange = header.iter().map(str::trim).filter(|cell| !COLUMNS.contains(cell) && *cell != LOGIN);
        // Without any column of ours the first line is no header: whatever it says, it may be a customer's data.
        let unknown: Vec<String> =
            if missing.len() < COLUMNS.len() { strange.map(str::to_owned).collect() } else { Vec::new() };
        if missing.is_empty() && unknown.is_empty() && twice.is_empty() {
            return Ok(Self(places));
        }
        Err(Unreadable::Columns { missing, unknown, twice })
    }

    /// A cell of a line, without white space around it.
    pub(super) fn cell<'a>(&self, record: &'a csv::StringRecord, column: Column) -> &'a str {
        let place = Column::ALL.iter().zip(self.0).find(|(one, _)| **one == column).map_or(usize::MAX, |(_, n)| n);
        record.get(place).unwrap_or_default().trim()
    }
}
