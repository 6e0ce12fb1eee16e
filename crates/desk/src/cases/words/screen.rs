//! The screen's words, for the tests that compare them with those of files.

use std::collections::BTreeMap;
use std::path::Path;

/// A table of a catalogue (`ui/src/shared/text/`), as far as its lines hold a key and its word.
pub(in crate::cases) fn table(file: &str, name: &str) -> BTreeMap<String, String> {
    let path = Path::new(env!("CARGO_MANIFEST_DIR")).join("../../ui/src/shared/text").join(file);
    let text = std::fs::read_to_string(path).unwrap();
    let (_, rest) = text.split_once(&format!("const {name}")).unwrap();
    let (_, rest) = rest.split_once(" = {").unwrap();
    let (table, _) = rest.split_once("\n}").unwrap();
    let lines = table.lines().filter_map(|line| line.trim().split_once(": "));
    lines.map(|(key, word)| (key.to_owned(), word.trim_end_matches(',').trim_matches('"').to_owned())).collect()
}
