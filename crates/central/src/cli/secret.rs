//! What is secret is no argument that others can list: at a terminal it is typed unseen, else it is a line of standard input.

use std::io::{self, IsTerminal as _, Write as _};

use anyhow::Context as _;
use zeroize::Zeroizing;

type Secret = Zeroizing<String>;

/// A password that somebody is given; at a terminal it is asked for twice, for nobody sees what was typed.
pub(super) fn new_password() -> anyhow::Result<Secret> {
    if io::stdin().is_terminal() { twice(unseen) } else { line("the password") }
}

/// The invitation of a terminal.
pub(super) fn invitation() -> anyhow::Result<Secret> {
    if io::stdin().is_terminal() { unseen("Invitation (not shown): ") } else { line("the invitation") }
}

fn twice(mut ask: impl FnMut(&str) -> anyhow::Result<Secret>) -> anyhow::Result<Secret> {
    let first = ask("New password, 10 characters or more (not shown): ")?;
    let second = ask("The same again: ")?;
    anyhow::ensure!(first == second, "the two passwords are not the same; nothing was done: run the command again");
    Ok(first)
}

/// Asks on standard error: standard output may go to a file.
fn unseen(prompt: &str) -> anyhow::Result<Secret> {
    let mut screen = io::stderr();
    write!(screen, "{prompt}").and_then(|()| screen.flush()).context("standard error")?;
    let typed = rpassword::read_password().context("can't read from the terminal; it can also come through a pipe");
    // Enter was not shown either.
    let _ = writeln!(screen);
    typed.map(Zeroizing::new)
}

fn line(what: &str) -> anyhow::Result<Secret> {
    let mut text = Zeroizing::new(String::new());
    io::stdin().read_line(&mut text).with_context(|| format!("can't read {what} from standard input"))?;
    Ok(Zeroizing::new(text.trim_end_matches(['\r', '\n']).to_owned()))
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used, reason = "tests")]
    use super::*;

    fn typed(words: [&str; 2]) -> Result<String, String> {
        let mut words = words.into_iter();
        twice(|_| Ok(Zeroizing::new(words.next().unwrap().to_owned())))
            .map(|one| one.to_string())
            .map_err(|e| e.to_string())
    }

    #[test]
    fn a_password_that_nobody_saw_is_typed_twice() {
        assert_eq!(typed(["himitsu-2026", "himitsu-2026"]), Ok("himitsu-2026".to_owned()));
        assert!(typed(["himitsu-2026", "himitu-2026"]).unwrap_err().contains("not the same"));
    }
}
