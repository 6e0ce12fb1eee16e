//! Passwords that are a movement of the hand and no words: pieces again and again, walks over a keyboard, sequences.

use super::list::ROWS;

/// A run shorter than this is a coincidence: `123` ends many a good password.
const RUN: usize = 4;
/// Characters that must stand beside runs: six letters are what `love123456` and `mike2345678` don't have.
const BESIDE_RUNS: usize = 6;

/// Fewer characters tell nothing: of a password that is mostly signs, the letters are few by themselves.
const JUDGED: usize = 8;

/// Is it nothing else, or not much else? Expects lower case.
pub(super) fn is_one(text: &str) -> bool {
    let letters: Vec<char> = text.chars().collect();
    letters.len() >= JUDGED && is_made_of_them(&letters)
}

fn is_made_of_them(letters: &[char]) -> bool {
    // Letters that are next but one are neighbours by chance more often than letters that are next.
    repeats(letters) || walks(letters, 1, (2, 3)) || walks(letters, 2, (3, 4)) || beside_runs(letters) < BESIDE_RUNS
}

/// A short piece again and again: `abcabcabc`, `aaaaaaaaaa`.
fn repeats(letters: &[char]) -> bool {
    (1..=4.min(letters.len() / 2)).any(|piece| {
        let same = letters.iter().zip(letters.iter().skip(piece)).filter(|(a, b)| a == b).count();
        same + piece + 2 >= letters.len()
    })
}

/// Neighbours on a keyboard, or in the alphabet, for this part of it: `qwertyuiop`, `1qaz2wsx3edc`, `abcdef123456`. By steps of
/// two it finds hands that walk two rows at once: `1q2w3e4r5t`, `a1b2c3d4e5`.
fn walks(letters: &[char], step: usize, (part, of): (usize, usize)) -> bool {
    let beside = |a: char, b: char| ROWS.iter().any(|row| follows(row, a, b) || follows(row, b, a));
    let pairs = letters.iter().zip(letters.iter().skip(step)).filter(|(a, b)| beside(**a, **b)).count();
    pairs * of >= (letters.len() - step) * part
}

fn follows(row: &str, a: char, b: char) -> bool {
    row.chars().zip(row.chars().skip(1)).any(|pair| pair == (a, b))
}

/// How many characters are in no run along one row in one direction: what the password is besides `12345678` and `zzzz`.
fn beside_runs(mut letters: &[char]) -> usize {
    let mut beside = 0;
    while !letters.is_empty() {
        let run = run(letters);
        let (step, counted) = if run >= RUN { (run, 0) } else { (1, 1) };
        beside += counted;
        letters = letters.get(step..).unwrap_or_default();
    }
    beside
}

/// How far the text goes along a row, or stays where it is, from its beginning.
fn run(letters: &[char]) -> usize {
    let Some(first) = letters.first() else { return 0 };
    let along = |row: &mut dyn Iterator<Item = char>| {
        row.skip_while(|c| c != first).zip(letters).take_while(|(a, b)| a == *b).count()
    };
    let rows = ROWS.iter().map(|row| along(&mut row.chars()).max(along(&mut row.chars().rev()))).max();
    let same = letters.iter().take_while(|c| *c == first).count();
    same.max(rows.unwrap_or(0))
}
