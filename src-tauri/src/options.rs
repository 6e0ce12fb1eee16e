//! The command line.

use std::path::PathBuf;

/// What was asked for at the start.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub(crate) struct Options {
    /// 訓練.
    pub(crate) training: bool,
    /// Start the training over.
    pub(crate) fresh: bool,
    /// Profile folder.
    pub(crate) profile: Option<PathBuf>,
    /// Refuse a second window on this machine? Not with a profile of one's own.
    pub(crate) single: bool,
}

impl Options {
    pub(crate) fn from_arguments(arguments: impl Iterator<Item = String>) -> anyhow::Result<Self> {
        let mut options = Self { single: true, ..Self::default() };
        let mut arguments = arguments.peekable();
        // WebDriver hands no arguments to the program it starts: the environment serves there.
        if std::env::var_os("MADOGUCHI_TRAINING").is_some() {
            options.training = true;
        }
        if let Some(dir) = std::env::var_os("MADOGUCHI_PROFILE") {
            options.profile = Some(dir.into());
            options.single = false;
        }
        while let Some(argument) = arguments.next() {
            match argument.as_str() {
                "--training" => options.training = true,
                "--fresh" => options.fresh = true,
                "--profile" => {
                    let dir = arguments.next().ok_or_else(|| anyhow::anyhow!("--profile needs a folder"))?;
                    options.profile = Some(dir.into());
                    options.single = false;
                }
                other => anyhow::bail!("unknown option {other}; there are --training, --fresh and --profile DIR"),
            }
        }
        anyhow::ensure!(options.training || !options.fresh, "--fresh starts the training over; it needs --training");
        Ok(options)
    }
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used, reason = "tests")]
    use super::*;

    #[test]
    fn options_that_make_no_sense_are_refused() {
        let read = |line: &str| Options::from_arguments(line.split_whitespace().map(str::to_owned));
        assert!(read("--training --fresh").unwrap().fresh);
        assert!(read("--fresh").is_err());
        assert!(read("--profile").is_err());
        assert!(read("--nonsense").is_err());
    }
}
