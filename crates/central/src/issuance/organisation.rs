//! The institution's name in certificates was fixed when the keys were made: nothing is signed under another one.

use anyhow::Context as _;
use x509_parser::prelude::{FromDer as _, X509Certificate};

/// Does a CA's certificate bear the name that is configured?
///
/// # Errors
/// It bears another one, or can't be read.
pub(super) fn same(ca_der: &[u8], file: &str, configured: &str) -> anyhow::Result<()> {
    let (_, certificate) =
        X509Certificate::from_der(ca_der).ok().with_context(|| format!("{file} is no certificate"))?;
    let mut names = certificate.subject().iter_organization();
    let made_for = names.next().and_then(|name| name.as_str().ok()).unwrap_or_default();
    anyhow::ensure!(
        made_for == configured,
        "institution.roman_name is {configured:?}, but {file} was made for {made_for:?}: it can't change after `init`; set it back"
    );
    Ok(())
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used, reason = "tests")]
    use crate::cli::init_with;
    use crate::clock::Clock;
    use crate::issuance::{Authority, Names, Own, log_origin, renew};
    use crate::testing::{PASSPHRASE, config, start};

    #[tokio::test]
    async fn nothing_is_signed_under_a_name_that_was_changed_after_init() {
        let dir = tempfile::tempdir().unwrap();
        let mut config = config(&dir);
        init_with(&config, PASSPHRASE, &Clock::at(start())).await.unwrap();
        Authority::open(&config, PASSPHRASE).unwrap();
        config.institution.roman_name = "Other".to_owned();
        let error = Authority::open(&config, PASSPHRASE).err().unwrap().to_string();
        assert!(error.contains("institution.roman_name") && error.contains("\"Mihon\""), "{error}");
        let names = Names { organisation: "Other".to_owned(), log_origin: log_origin(&config), hosts: Vec::new() };
        for own in [Own::Ocsp, Own::Server] {
            let error = renew(&config.keys(), PASSPHRASE, &names, own, start()).unwrap_err().to_string();
            assert!(error.contains("institution.roman_name"), "{error}");
        }
    }
}
