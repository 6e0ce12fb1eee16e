//! An error as it is shown to the person at the command line: what happened and why, without a stack, and nothing twice.

/// What happened, and each cause that the words before it don't end with already (an error of the database brings its cause along).
pub fn said(error: &anyhow::Error) -> String {
    let mut text = String::new();
    for cause in error.chain().map(ToString::to_string) {
        if text.is_empty() {
            text = cause;
        } else if !text.ends_with(&cause) {
            text = format!("{text}: {cause}");
        }
    }
    text
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn nothing_is_said_twice() {
        let error =
            anyhow::anyhow!("no such file").context("unable to open: no such file").context("can't open the database");
        assert_eq!(said(&error), "can't open the database: unable to open: no such file");
        assert_eq!(said(&anyhow::anyhow!("alone")), "alone");
    }
}
