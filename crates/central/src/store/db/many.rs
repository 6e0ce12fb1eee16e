//! Statements over a number of rows: `(VALUES ($1, $2), ($3, $4), …)`.

use super::Query;
use super::value::Value;

/// A statement whose text depends on the number of its values.
pub(crate) struct Many {
    text: String,
    /// Where in it the values stand.
    places: Vec<usize>,
    values: Vec<Value>,
}

/// One row being bound.
pub(crate) struct Row<'a> {
    many: &'a mut Many,
    first: bool,
}

impl Row<'_> {
    /// The next column's value.
    pub(crate) fn push_bind(&mut self, value: impl Into<Value>) -> &mut Self {
        if !std::mem::take(&mut self.first) {
            self.many.text.push_str(", ");
        }
        self.many.bind(value.into());
        self
    }
}

impl Many {
    pub(crate) fn new(text: &'static str) -> Self {
        Self::made(text.to_owned())
    }

    /// Begins with a text that was put together of constants.
    pub(crate) fn made(text: String) -> Self {
        Self { text, places: Vec::new(), values: Vec::new() }
    }

    pub(crate) fn push(&mut self, text: &'static str) -> &mut Self {
        self.push_made(text)
    }

    /// Goes on with a text that was put together of constants.
    pub(super) fn push_made(&mut self, text: &str) -> &mut Self {
        self.text.push_str(text);
        self
    }

    /// One value.
    pub(crate) fn push_bind(&mut self, value: impl Into<Value>) -> &mut Self {
        self.bind(value.into());
        self
    }

    fn bind(&mut self, value: Value) {
        self.values.push(value);
        self.places.push(self.text.len());
        self.text.push('?');
    }

    /// `VALUES (…), (…)`, one for each item.
    pub(crate) fn push_values<T>(&mut self, items: impl IntoIterator<Item = T>, mut bind: impl FnMut(Row<'_>, T)) {
        self.text.push_str("VALUES ");
        for (n, item) in items.into_iter().enumerate() {
            self.text.push_str(if n == 0 { "(" } else { ", (" });
            bind(Row { many: self, first: true }, item);
            self.text.push(')');
        }
    }

    /// `($1, $2, …)`: what a column may be.
    pub(crate) fn push_list<T: Into<Value>>(&mut self, items: impl IntoIterator<Item = T>) {
        self.text.push('(');
        let mut row = Row { many: self, first: true };
        for item in items {
            row.push_bind(item);
        }
        self.text.push(')');
    }

    pub(crate) fn build(self) -> Query {
        Query::made(self.text, self.places, self.values)
    }
}
