//! States with the same answers in one line.

use super::table::Cell;

/// The lines of a command: `states` are the answers in each of the states, which are called as `words` say.
pub(super) fn merged(kind: &str, words: &[&str], states: Vec<Vec<Cell>>) -> Vec<(String, Vec<Cell>)> {
    let mut lines: Vec<(Vec<&str>, Vec<Cell>)> = Vec::new();
    for (word, cells) in words.iter().zip(states) {
        if cells.iter().all(Option::is_none) {
            continue;
        }
        match lines.iter_mut().find(|(_, known)| *known == cells) {
            Some((words, _)) => words.push(word),
            None => lines.push((vec![word], cells)),
        }
    }
    if let [(_, cells)] = lines.as_slice() {
        return vec![(format!("{kind} · every state"), cells.clone())];
    }
    lines.into_iter().map(|(words, cells)| (format!("{kind} · {}", words.join(", ")), cells)).collect()
}
