//! Does a certificate belong to the key beside it, and to its issuer? A file of another centre, or of the hierarchy before, can be
//! read as well as the right one, and nothing that is signed with it verifies: the first to notice would be a relying party.

use std::path::{Path, PathBuf};

use rcgen::{KeyPair, PublicKeyData as _};
use x509_parser::certificate::X509Certificate;

use super::keyfile::unreadable;

/// Certificates in a folder.
pub(super) struct Certificates<'a>(pub(super) &'a Path);

/// What makes it right again.
fn then(name: &str) -> &'static str {
    match name {
        "server" => "make it anew with `madoguchi-central renew-server`",
        "ocsp" => "make it anew with `madoguchi-central renew-ocsp`",
        _ => "put it back from the copy of `keys` that was kept",
    }
}

impl Certificates<'_> {
    fn path(&self, name: &str) -> PathBuf {
        self.0.join(format!("{name}.cer"))
    }

    fn parsed<'der>(&self, name: &str, der: &'der [u8]) -> anyhow::Result<X509Certificate<'der>> {
        match x509_parser::parse_x509_certificate(der) {
            Ok(([], certificate)) => Ok(certificate),
            _ => anyhow::bail!("{} is no certificate: {}", self.path(name).display(), then(name)),
        }
    }

    /// Reads one, DER.
    pub(super) fn read(&self, name: &str) -> anyhow::Result<Vec<u8>> {
        let path = self.path(name);
        std::fs::read(&path).map_err(|error| match error.kind() {
            std::io::ErrorKind::NotFound => anyhow::anyhow!("{} is missing: {}", path.display(), then(name)),
            _ => unreadable(&path, error),
        })
    }

    /// Reads one that must be this key's.
    ///
    /// # Errors
    /// It is not: which file, and what to do.
    pub(super) fn of(&self, name: &str, key: &KeyPair) -> anyhow::Result<Vec<u8>> {
        let der = self.read(name)?;
        let fits = self.parsed(name, &der)?.public_key().subject_public_key.data == key.der_bytes();
        anyhow::ensure!(fits, "{} does not belong to {name}.key beside it: {}", self.path(name).display(), then(name));
        Ok(der)
    }

    /// Was one signed by another?
    ///
    /// # Errors
    /// It was not: which file, and what to do.
    pub(super) fn signed(&self, (name, der): (&str, &[u8]), (by, issuer): (&str, &[u8])) -> anyhow::Result<()> {
        let (certificate, signer) = (self.parsed(name, der)?, self.parsed(by, issuer)?);
        let fits = certificate.issuer().as_raw() == signer.subject().as_raw()
            && certificate.verify_signature(Some(signer.public_key())).is_ok();
        let then = match name {
            "server" | "ocsp" => then(name),
            // It is as likely the one that was changed as the one above it.
            _ => "put both back from the copy of `keys` that was kept",
        };
        anyhow::ensure!(fits, "{} is not signed by {by}.cer beside it: {then}", self.path(name).display());
        Ok(())
    }
}

#[cfg(test)]
#[path = "belongs_tests.rs"]
mod tests;
