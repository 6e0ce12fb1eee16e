//! Answers state by state, asked for side by side; states with the same answers in one line.

use super::table::Cell;

/// What was found in each of the states, in their order.
pub(super) async fn side_by_side<T: Send + 'static>(
    states: impl IntoIterator<Item = impl Future<Output = T> + Send + 'static>,
) -> Vec<T> {
    let asked: Vec<_> = states.into_iter().map(tokio::spawn).collect();
    let mut found = Vec::new();
    for state in asked {
        found.push(state.await.unwrap());
    }
    found
}

/// The lines of all commands: in each state there are answers to each command.
pub(super) fn rows(kinds: &[&str], words: &[&str], found: &[Vec<Vec<Cell>>]) -> Vec<(String, Vec<Cell>)> {
    let of = |place: usize| found.iter().map(|state| state[place].clone()).collect();
    kinds.iter().enumerate().flat_map(|(place, kind)| merged(kind, words, of(place))).collect()
}

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
