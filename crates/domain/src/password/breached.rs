//! Passwords that were stolen somewhere and stand in everybody's lists, and names of Japan: data that the program carries along
//! (`assets/passwords`), so that nothing about a password leaves the machine.
//!
//! Compared as a whole, and as a word with digits around, however many: who adds a number adds a year, a birthday or a phone
//! number, and so does who guesses.

use std::sync::LazyLock;

/// Sorted, a line each; letters and digits, in lower case, without digits at both ends. See `assets/passwords/README.md`.
static WORDS: LazyLock<Vec<&str>> =
    LazyLock::new(|| include_str!("../../../../assets/passwords/words.txt").lines().collect());
/// The same of passwords that are a word of that list in no way; digits at the ends stay.
static WHOLE: LazyLock<Vec<&str>> =
    LazyLock::new(|| include_str!("../../../../assets/passwords/whole.txt").lines().collect());

/// Letters apart from the word, as in `butterfly1a`, that make nothing of it.
const LETTERS: usize = 2;
/// Letters of a word beside which others may stand. Shorter ones are in everything, and count with digits only: `mike19850721`.
const LONG: usize = 5;
/// Signs around a shorter word that make nothing of it. What a machine drew has more.
const SIGNS: usize = 2;

/// Expects letters and digits, in lower case, and how many signs stood between them.
pub(super) fn is_known(text: &str, signs: usize) -> bool {
    let once = once(text);
    [text, once].iter().any(|text| listed(&WHOLE, text) || is_word(text, signs))
}

/// Is it a word of the list with digits around, or with a letter or two?
fn is_word(text: &str, signs: usize) -> bool {
    let letters = |part: &str| part.chars().filter(|c| c.is_alphabetic()).count();
    let inner = text.trim_matches(|c: char| !c.is_alphabetic());
    // Of two parts that are as long (`tiger1tiger`) either will do.
    let longest = text.split(|c: char| !c.is_alphabetic()).max_by_key(|part| part.len()).unwrap_or_default();
    [inner, longest].iter().any(|word| {
        let (others, signs_may_stand) = if word.len() < LONG { (0, SIGNS) } else { (LETTERS, usize::MAX) };
        listed(&WORDS, word) && letters(text) - letters(word) <= others && signs <= signs_may_stand
    })
}

/// The piece that is repeated, where it is nothing but that: `dragon1` of `dragon1dragon1`.
fn once(text: &str) -> &str {
    let whole = |piece: &&str| piece.len() * (text.len() / piece.len()) == text.len();
    let repeated = |piece: &&str| text.split(*piece).all(str::is_empty);
    let pieces =
        text.char_indices().skip(1).take_while(|(at, _)| at * 2 <= text.len()).filter_map(|(at, _)| text.get(..at));
    pieces.filter(whole).find(repeated).unwrap_or(text)
}

fn listed(list: &[&str], word: &str) -> bool {
    list.binary_search(&word).is_ok()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_lists_are_as_they_are_searched() {
        for (list, shortest) in [(&*WORDS, 3), (&*WHOLE, 10)] {
            assert!(list.is_sorted() && list.len() > 500);
            let plain = |c: u8| c.is_ascii_lowercase() || c.is_ascii_digit();
            assert!(list.iter().all(|word| word.len() >= shortest && word.bytes().all(plain)));
        }
        let bare = |word: &&str| {
            !word.starts_with(|c: char| c.is_ascii_digit()) && !word.ends_with(|c: char| c.is_ascii_digit())
        };
        assert!(WORDS.len() > 15_000 && WORDS.iter().all(bare));
    }

    #[test]
    fn a_piece_that_is_repeated_is_found_once() {
        for (text, expected) in [
            ("", ""),
            ("a", "a"),
            ("abab", "ab"),
            ("abcab", "abcab"),
            ("dragon1dragon1", "dragon1"),
            ("さくさく", "さく"),
        ] {
            assert_eq!(once(text), expected);
        }
    }
}
