//! What is bound to a statement: whole numbers, text, octets, yes or no. A missing value has a type, too, for PostgreSQL asks
//! for it.

use sqlx::Arguments as _;
use sqlx::postgres::PgArguments;
use sqlx::sqlite::SqliteArguments;

use super::Error;

/// A bound value.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) enum Value {
    /// BIGINT.
    Int(Option<i64>),
    /// TEXT.
    Text(Option<String>),
    /// BLOB, BYTEA.
    Bytes(Option<Vec<u8>>),
    /// A condition; no column holds one.
    Yes(bool),
}

macro_rules! values {
    ($($kind:ident($held:ty): $($from:ty => $by:expr),+;)+) => {$($(
        impl From<$from> for Value {
            fn from(value: $from) -> Self {
                let by: fn($from) -> $held = $by;
                Self::$kind(Some(by(value)))
            }
        }
        impl From<Option<$from>> for Value {
            fn from(value: Option<$from>) -> Self {
                Self::$kind(value.map($by))
            }
        }
    )+)+};
}

values! {
    Int(i64): i64 => |v| v, &i64 => |v| *v;
    Text(String): String => |v| v, &str => str::to_owned, &String => String::clone;
    Bytes(Vec<u8>): Vec<u8> => |v| v, &[u8] => <[u8]>::to_vec, &Vec<u8> => Vec::clone;
}

impl From<&Option<String>> for Value {
    fn from(value: &Option<String>) -> Self {
        Self::Text(value.clone())
    }
}

impl From<bool> for Value {
    fn from(value: bool) -> Self {
        Self::Yes(value)
    }
}

pub(super) fn sqlite(values: Vec<Value>) -> Result<SqliteArguments, Error> {
    let mut arguments = SqliteArguments::default();
    arguments.reserve(values.len(), 0);
    for value in values {
        match value {
            Value::Int(value) => arguments.add(value),
            Value::Text(value) => arguments.add(value),
            Value::Bytes(value) => arguments.add(value),
            Value::Yes(value) => arguments.add(value),
        }
        .map_err(Error::Encode)?;
    }
    Ok(arguments)
}

pub(super) fn postgres(values: Vec<Value>) -> Result<PgArguments, Error> {
    let mut arguments = PgArguments::default();
    arguments.reserve(values.len(), 0);
    for value in values {
        match value {
            Value::Int(value) => arguments.add(value),
            Value::Text(value) => arguments.add(value.map(without_zeros)),
            Value::Bytes(value) => arguments.add(value),
            Value::Yes(value) => arguments.add(value),
        }
        .map_err(Error::Encode)?;
    }
    Ok(arguments)
}

/// PostgreSQL has no text with a zero octet. None of ours has one (JSON escapes it), but for what a mail server said.
fn without_zeros(text: String) -> String {
    if text.contains('\0') { text.replace('\0', "\u{fffd}") } else { text }
}
