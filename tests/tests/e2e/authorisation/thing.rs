//! Something that commands are about, in each of its states.

use std::sync::Arc;

use domain::{ErrorCode, Role};

use super::merged::{rows, side_by_side};
use super::person::{Person, Persons};
use super::table::{Cell, Table};

/// A state of something that head office alone changes.
pub(super) trait Thing: Copy + Send + Sync + 'static {
    /// Which one it is.
    type Id: Send + Sync;
    type Command: Send + Sync;
    /// There is one at a time, so that its states come one after another.
    const ALONE: bool = false;

    /// Every command, as the rows are called.
    fn commands(persons: &Persons) -> Vec<(&'static str, Self::Command)>;

    /// One that stands so.
    fn made(self, persons: &Persons) -> impl Future<Output = Self::Id> + Send;

    fn asked(
        self,
        person: &Person,
        id: &Self::Id,
        command: &Self::Command,
    ) -> impl Future<Output = Result<(), ErrorCode>> + Send;
}

/// The answers in a state to each command, by each person. A refusal changes nothing, so that one thing serves until something is
/// allowed.
async fn answers<T: Thing>(persons: Arc<Persons>, state: T) -> Vec<Vec<Cell>> {
    let (mut lines, mut at_hand) = (Vec::new(), None);
    for (_, command) in T::commands(&persons) {
        let mut cells = Vec::new();
        for person in &persons.all {
            let id = match at_hand.take() {
                Some(id) => id,
                None => state.made(&persons).await,
            };
            let done = state.asked(person, &id, &command).await;
            at_hand = done.is_err().then_some(id);
            cells.push(Some(done));
        }
        lines.push(cells);
    }
    lines
}

/// The chapter, with what no row of it may ever allow.
pub(super) async fn chapter<T: Thing>(
    persons: &Arc<Persons>,
    title: &str,
    lead: &'static str,
    states: &[(&'static str, T)],
) -> Table {
    let asked = states.iter().map(|(_, state)| answers(Arc::clone(persons), *state));
    let found = if T::ALONE {
        let mut found = Vec::new();
        for state in asked {
            found.push(state.await);
        }
        found
    } else {
        side_by_side(asked).await
    };
    let words: Vec<_> = states.iter().map(|(word, _)| *word).collect();
    let kinds: Vec<_> = T::commands(persons).into_iter().map(|(kind, _)| kind).collect();
    let rows = rows(&kinds, &words, &found);
    for (row, cells) in &rows {
        for (person, cell) in persons.all.iter().zip(cells) {
            assert!(*cell != Some(Ok(())) || person.role == Role::HeadOffice, "{row} by {}", person.name);
        }
        let own = (row.starts_with("confirm_") || row.starts_with("authorise_")) && row.contains("by the same person");
        assert!(!own || cells.iter().all(|cell| *cell != Some(Ok(()))), "{row}: two persons always");
    }
    Table { title: title.to_owned(), lead, columns: persons.columns().map(str::to_owned).collect(), rows }
}
