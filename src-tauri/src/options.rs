//! The command line.

use std::path::PathBuf;

use clap::{Parser, Subcommand};

/// 窓口: the branch desk for client certificates.
#[derive(Debug, Clone, Parser, PartialEq, Eq)]
#[command(name = "madoguchi", version)]
pub(crate) struct Options {
    /// 訓練: a centre of its own and sample data.
    // WebDriver hands no arguments to the program it starts: the environment serves there.
    #[arg(long, env = "MADOGUCHI_TRAINING", value_parser = clap::builder::FalseyValueParser::new())]
    pub(crate) training: bool,
    /// Start the training over.
    #[arg(long, requires = "training")]
    pub(crate) fresh: bool,
    /// Profile folder. With one of one's own, a second window may open.
    #[arg(long, env = "MADOGUCHI_PROFILE", global = true)]
    pub(crate) profile: Option<PathBuf>,
    /// Instead of opening the window.
    #[command(subcommand)]
    pub(crate) action: Option<Action>,
}

/// What can be done without the window.
#[derive(Debug, Clone, Subcommand, PartialEq, Eq)]
pub(crate) enum Action {
    /// Enrol this PC. The one-time invitation is read from standard input.
    Enrol {
        /// Enrolment address of the centre, https://host:port.
        #[arg(long, requires = "root", conflicts_with_all = ["request", "answer"])]
        centre: Option<String>,
        /// The centre's root certificate (root.cer, or PEM), brought here by hand.
        #[arg(long)]
        root: Option<PathBuf>,
        /// No line to the enrolment address: write this PC's request here, for `madoguchi-central terminal enrol`.
        #[arg(long, conflicts_with = "answer")]
        request: Option<PathBuf>,
        /// Take in the answer that `madoguchi-central terminal enrol` gave.
        #[arg(long)]
        answer: Option<PathBuf>,
    },
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used, reason = "tests")]
    use super::*;

    #[test]
    fn options_that_make_no_sense_are_refused() {
        let read = |line: &str| Options::try_parse_from(std::iter::once("madoguchi").chain(line.split_whitespace()));
        assert!(read("--training --fresh").unwrap().fresh);
        assert!(read("enrol --centre https://c:1 --root r.cer").unwrap().action.is_some());
        for wrong in
            ["--fresh", "--profile", "--nonsense", "enrol --centre https://c:1", "enrol --request a --answer b"]
        {
            assert!(read(wrong).is_err(), "{wrong}");
        }
    }
}
