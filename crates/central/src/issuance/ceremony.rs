//! The key ceremony: makes every key of a new centre once, into encrypted files, and the certificates beside them.

use std::path::Path;

use anyhow::Context as _;
use chrono::{DateTime, Duration, Utc};
use rcgen::{
    BasicConstraints, CertificateParams, CustomExtension, ExtendedKeyUsagePurpose, IsCa, Issuer, KeyPair,
    KeyUsagePurpose, PKCS_ECDSA_P256_SHA256, PKCS_ECDSA_P384_SHA384, SerialNumber,
};
use zeroize::Zeroizing;

use super::authority::not_after;
use super::crl::{self, Issue};
use super::dn;
use super::keyfile::Folder;
use super::profile::{draw_serial, offset};
use crate::random;

/// Names in the certificates.
#[derive(Debug, Clone)]
pub struct Names {
    /// organizationName.
    pub organisation: String,
    /// Origin of the log and name of its key.
    pub log_origin: String,
    /// Host names and addresses of the service's own TLS certificate.
    pub hosts: Vec<String>,
}

/// Makes all keys and certificates in `dir`. Refuses where a key file exists.
///
/// # Errors
/// The folder can't be written, or a key exists already.
pub fn ceremony(dir: &Path, passphrase: &str, names: &Names, now: DateTime<Utc>) -> anyhow::Result<()> {
    anyhow::ensure!(passphrase.chars().count() >= 12, "the passphrase of the key files needs at least 12 characters");
    std::fs::create_dir_all(dir).with_context(|| format!("can't create {}", dir.display()))?;
    let made = Made { dir, keys: Folder::new(dir, passphrase), names, now };

    let root_key = KeyPair::generate_for(&PKCS_ECDSA_P384_SHA384)?;
    let root_params = made.ca("Root CA", 20, BasicConstraints::Constrained(1))?;
    let root_der = root_params.self_signed(&root_key)?.der().to_vec();
    made.keep("root", &root_key, &root_der)?;
    let root = Issuer::new(root_params, root_key);
    std::fs::write(dir.join(ROOT_CRL), empty_root_crl(&root, &root_der, now)?)?;

    let issuing_key = KeyPair::generate_for(&PKCS_ECDSA_P256_SHA256)?;
    let issuing_params = made.ca("WEB-FB Issuing CA", 10, BasicConstraints::Constrained(0))?;
    made.keep("issuing", &issuing_key, issuing_params.signed_by(&issuing_key, &root)?.der())?;
    let issuing = Issuer::new(issuing_params, issuing_key);

    let terminal_key = KeyPair::generate_for(&PKCS_ECDSA_P256_SHA256)?;
    let terminal_params = made.ca("Terminal CA", 10, BasicConstraints::Constrained(0))?;
    made.keep("terminal", &terminal_key, terminal_params.signed_by(&terminal_key, &root)?.der())?;

    let ocsp_key = KeyPair::generate_for(&PKCS_ECDSA_P256_SHA256)?;
    made.keep("ocsp", &ocsp_key, made.own(Own::Ocsp)?.signed_by(&ocsp_key, &issuing)?.der())?;

    let server_key = KeyPair::generate_for(&PKCS_ECDSA_P256_SHA256)?;
    made.keep("server", &server_key, made.own(Own::Server)?.signed_by(&server_key, &root)?.der())?;

    let log = tlog::CheckpointSigner::generate(&names.log_origin)?;
    made.keys.write("log.key", &Zeroizing::new(log.to_pkcs8()))?;
    std::fs::write(dir.join("log.vkey"), log.verifier().to_vkey())?;
    // Outside the log and never on a desk: the pepper of pickup codes, and the key the confirmation nonces come from.
    let drawn = || Zeroizing::new(random::bytes::<32>());
    made.keys.write("pepper.key", drawn().as_slice())?;
    made.keys.write("nonce.key", drawn().as_slice())
}

/// A certificate of the service itself that ends after two years.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Own {
    /// Of its TLS.
    Server,
    /// Of its OCSP answers.
    Ocsp,
}

impl Own {
    /// The name of its files.
    pub fn name(self) -> &'static str {
        match self {
            Self::Server => "server",
            Self::Ocsp => "ocsp",
        }
    }

    fn issuer(self) -> &'static str {
        match self {
            Self::Server => "root",
            Self::Ocsp => "issuing",
        }
    }
}

/// Makes a certificate of the service anew, for the key it has: one file takes the place of another, and whoever is killed in
/// between leaves the old one or the new one. Gives its end.
///
/// # Errors
/// A key can't be opened, the issuer has ended, or the folder can't be written.
pub fn renew(
    dir: &Path,
    passphrase: &str,
    names: &Names,
    which: Own,
    now: DateTime<Utc>,
) -> anyhow::Result<DateTime<Utc>> {
    let made = Made { dir, keys: Folder::new(dir, passphrase), names, now };
    let (name, by) = (which.name(), which.issuer());
    let issuer_der = std::fs::read(dir.join(format!("{by}.cer"))).with_context(|| format!("can't read {by}.cer"))?;
    let issuer_end = not_after(&issuer_der)?;
    anyhow::ensure!(issuer_end > now, "{by}.cer has ended: a new hierarchy is needed");
    let issuer =
        Issuer::from_ca_cert_der(&rustls_pki_types::CertificateDer::from(issuer_der), made.keys.key_pair(by)?)?;
    let mut params = made.own(which)?;
    params.not_after = params.not_after.min(offset(issuer_end)?);
    let der = params.signed_by(&made.keys.key_pair(name)?, &issuer)?.der().to_vec();
    let new = dir.join(format!("{name}.cer.new"));
    std::fs::write(&new, &der)?;
    std::fs::File::open(&new)?.sync_all()?;
    std::fs::rename(new, dir.join(format!("{name}.cer"))).with_context(|| format!("can't replace {name}.cer"))?;
    not_after(&der)
}

/// The root's revocation list, beside its certificate.
pub(crate) const ROOT_CRL: &str = "root.crl";
/// It is good for so long: the root's key is not at hand every day.
const ROOT_CRL_DAYS: i64 = 400;

fn empty_root_crl(root: &Issuer<'_, KeyPair>, root_der: &[u8], now: DateTime<Utc>) -> anyhow::Result<Vec<u8>> {
    // The number is the time: it rises whatever became of the former list.
    let number = u64::try_from(now.timestamp()).unwrap_or_default();
    let issue = Issue { number, at: now, until: now + Duration::days(ROOT_CRL_DAYS) };
    crl::empty(root, &issue, &crl::key_identifier(root_der)?)
}

/// End of the root's revocation list, as it lies there now; `None` where there is none.
pub(crate) fn root_crl_end(dir: &Path) -> Option<DateTime<Utc>> {
    let der = std::fs::read(dir.join(ROOT_CRL)).ok()?;
    let (_, list) = x509_parser::parse_x509_crl(&der).ok()?;
    DateTime::from_timestamp(list.next_update()?.timestamp(), 0)
}

/// Makes the root's revocation list anew (no CA below it was ever revoked; a revoked one means a new hierarchy).
///
/// # Errors
/// The root's key can't be opened, or the folder can't be written.
pub fn root_crl(dir: &Path, passphrase: &str, now: DateTime<Utc>) -> anyhow::Result<()> {
    let der = std::fs::read(dir.join("root.cer")).context("can't read root.cer")?;
    let key = Folder::new(dir, passphrase).key_pair("root")?;
    let root = Issuer::from_ca_cert_der(&rustls_pki_types::CertificateDer::from(der.clone()), key)?;
    let new = dir.join("root.crl.new");
    std::fs::write(&new, empty_root_crl(&root, &der, now)?)?;
    std::fs::rename(new, dir.join(ROOT_CRL)).context("can't replace root.crl")
}

struct Made<'a> {
    dir: &'a Path,
    keys: Folder<'a>,
    names: &'a Names,
    now: DateTime<Utc>,
}

impl Made<'_> {
    fn keep(&self, name: &str, key: &KeyPair, der: &[u8]) -> anyhow::Result<()> {
        self.keys.write(&format!("{name}.key"), key.serialized_der())?;
        std::fs::write(self.dir.join(format!("{name}.cer")), der)?;
        Ok(())
    }

    fn base(&self, common: &str, years: i64) -> anyhow::Result<CertificateParams> {
        let mut params = CertificateParams::default();
        params.distinguished_name = dn::authority(&self.names.organisation, common)?;
        params.serial_number = Some(SerialNumber::from_slice(&hex::decode(draw_serial(0).as_str())?));
        params.not_before = offset(self.now - Duration::minutes(5))?;
        params.not_after = offset(self.now + Duration::days(365 * years))?;
        params.use_authority_key_identifier_extension = true;
        Ok(params)
    }

    fn ca(&self, common: &str, years: i64, constraints: BasicConstraints) -> anyhow::Result<CertificateParams> {
        let mut params = self.base(common, years)?;
        params.is_ca = IsCa::Ca(constraints);
        params.key_usages = vec![KeyUsagePurpose::KeyCertSign, KeyUsagePurpose::CrlSign];
        Ok(params)
    }

    fn own(&self, which: Own) -> anyhow::Result<CertificateParams> {
        match which {
            Own::Ocsp => {
                let mut ocsp = self.leaf("OCSP Responder", 2)?;
                ocsp.extended_key_usages = vec![ExtendedKeyUsagePurpose::OcspSigning];
                // id-pkix-ocsp-nocheck (RFC 6960 §4.2.2.2.1)
                ocsp.custom_extensions = vec![CustomExtension::from_oid_content(
                    &[1, 3, 6, 1, 5, 5, 7, 48, 1, 5],
                    yasna::construct_der(|w| w.write_null()),
                )];
                Ok(ocsp)
            }
            Own::Server => {
                let mut server = self.leaf("Madoguchi Central", 2)?;
                server.extended_key_usages = vec![ExtendedKeyUsagePurpose::ServerAuth];
                server.subject_alt_names = CertificateParams::new(self.names.hosts.clone())?.subject_alt_names;
                Ok(server)
            }
        }
    }

    fn leaf(&self, common: &str, years: i64) -> anyhow::Result<CertificateParams> {
        let mut params = self.base(common, years)?;
        params.key_usages = vec![KeyUsagePurpose::DigitalSignature];
        Ok(params)
    }
}
