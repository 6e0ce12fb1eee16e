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
use super::belongs::Certificates;
use super::crl::{self, Issue};
use super::files::Files;
use super::keyfile::Folder;
use super::profile::{draw_serial, offset};
use super::{dn, organisation};
use crate::{durable, random};

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

/// Makes all keys and certificates, and then the folder that holds them: it has its name when all of it is on the disk. Refuses
/// where a file of one exists.
///
/// # Errors
/// A name can't stand in a certificate, the folder can't be written, or there is a key already.
pub fn ceremony(dir: &Path, passphrase: &str, names: &Names, now: DateTime<Utc>) -> anyhow::Result<()> {
    anyhow::ensure!(passphrase.chars().count() >= 12, "the passphrase of the key files needs at least 12 characters");
    let there = Files::of(dir).there;
    anyhow::ensure!(there.is_empty(), "{} holds keys already: {}", dir.display(), there.join(", "));
    // In memory first: whatever is refused is refused before there is a file.
    let made = Made::new(&Profile { names, now })?;
    let mut name = dir.file_name().context("the folder of the keys needs a name")?.to_owned();
    name.push(".new");
    let beside = dir.with_file_name(name);
    let placed = made.write(&beside, passphrase).and_then(|()| {
        std::fs::rename(&beside, dir).with_context(|| {
            format!(
                "can't give {} the name {}: there must be nothing of that name yet, or an empty folder, and no mount",
                beside.display(),
                dir.display()
            )
        })
    });
    if placed.is_err() {
        // Nothing was done with them.
        let _ = std::fs::remove_dir_all(&beside);
    }
    durable::sync_folder(dir);
    placed
}

/// What a ceremony makes, each under the name of its file.
#[derive(Default)]
struct Made {
    secrets: Vec<(String, Zeroizing<Vec<u8>>)>,
    public: Vec<(String, Vec<u8>)>,
}

impl Made {
    fn new(profile: &Profile<'_>) -> anyhow::Result<Self> {
        let mut made = Self::default();
        let root_key = KeyPair::generate_for(&PKCS_ECDSA_P384_SHA384)?;
        let root_params = profile.ca("Root CA", 20, BasicConstraints::Constrained(1))?;
        let root_der = root_params.self_signed(&root_key)?.der().to_vec();
        made.keep("root", &root_key, &root_der);
        let root = Issuer::new(root_params, root_key);
        made.public.push((ROOT_CRL.to_owned(), empty_root_crl(&root, &root_der, profile.now)?));

        let issuing_key = KeyPair::generate_for(&PKCS_ECDSA_P256_SHA256)?;
        let issuing_params = profile.ca("WEB-FB Issuing CA", 10, BasicConstraints::Constrained(0))?;
        made.keep("issuing", &issuing_key, issuing_params.signed_by(&issuing_key, &root)?.der());
        let issuing = Issuer::new(issuing_params, issuing_key);

        let terminal_key = KeyPair::generate_for(&PKCS_ECDSA_P256_SHA256)?;
        let terminal_params = profile.ca("Terminal CA", 10, BasicConstraints::Constrained(0))?;
        made.keep("terminal", &terminal_key, terminal_params.signed_by(&terminal_key, &root)?.der());

        let ocsp_key = KeyPair::generate_for(&PKCS_ECDSA_P256_SHA256)?;
        made.keep("ocsp", &ocsp_key, profile.own(Own::Ocsp)?.signed_by(&ocsp_key, &issuing)?.der());

        let server_key = KeyPair::generate_for(&PKCS_ECDSA_P256_SHA256)?;
        made.keep("server", &server_key, profile.own(Own::Server)?.signed_by(&server_key, &root)?.der());

        let log = tlog::CheckpointSigner::generate(&profile.names.log_origin)?;
        made.secret("log.key", log.to_pkcs8());
        made.public.push(("log.vkey".to_owned(), log.verifier().to_vkey().into_bytes()));
        // Outside the log and never on a desk: the pepper of pickup codes, and the key the confirmation nonces come from.
        made.secret("pepper.key", random::bytes::<32>().to_vec());
        made.secret("nonce.key", random::bytes::<32>().to_vec());
        Ok(made)
    }

    fn secret(&mut self, name: &str, bytes: Vec<u8>) {
        self.secrets.push((name.to_owned(), Zeroizing::new(bytes)));
    }

    fn keep(&mut self, name: &str, key: &KeyPair, der: &[u8]) {
        self.secret(&format!("{name}.key"), key.serialized_der().to_vec());
        self.public.push((format!("{name}.cer"), der.to_vec()));
    }

    /// Writes all of it into a folder of its own, durably.
    fn write(&self, folder: &Path, passphrase: &str) -> anyhow::Result<()> {
        if folder.exists() {
            // Of a ceremony that was killed: it never got its name, and nothing was done with it.
            std::fs::remove_dir_all(folder).with_context(|| format!("can't remove {}", folder.display()))?;
        }
        std::fs::create_dir_all(folder).with_context(|| format!("can't create {}", folder.display()))?;
        let keys = Folder::new(folder, passphrase);
        for (name, bytes) in &self.public {
            durable::new(&folder.join(name), bytes)?;
        }
        for (name, secret) in &self.secrets {
            keys.write(name, secret)?;
            fault::point("centre-ceremony-key");
        }
        // The names in it.
        durable::sync_folder(&folder.join("."));
        Ok(())
    }
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
    let keys = Folder::new(dir, passphrase);
    let (name, by) = (which.name(), which.issuer());
    let (certificates, issuer_key) = (Certificates(dir), keys.key_pair(by)?);
    let issuer_der = certificates.of(by, &issuer_key)?;
    if by != "root" {
        certificates.signed((by, &issuer_der), ("root", &certificates.read("root")?))?;
    }
    organisation::same(&issuer_der, &format!("keys/{by}.cer"), &names.organisation)?;
    let issuer_end = not_after(&issuer_der)?;
    anyhow::ensure!(issuer_end > now, "{by}.cer has ended: a new hierarchy is needed");
    let issuer = Issuer::from_ca_cert_der(&rustls_pki_types::CertificateDer::from(issuer_der), issuer_key)?;
    let mut params = Profile { names, now }.own(which)?;
    params.not_after = params.not_after.min(offset(issuer_end)?);
    let der = params.signed_by(&keys.key_pair(name)?, &issuer)?.der().to_vec();
    durable::replace(&dir.join(format!("{name}.cer")), &der)?;
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
    let key = Folder::new(dir, passphrase).key_pair("root")?;
    let der = Certificates(dir).of("root", &key)?;
    let root = Issuer::from_ca_cert_der(&rustls_pki_types::CertificateDer::from(der.clone()), key)?;
    durable::replace(&dir.join(ROOT_CRL), &empty_root_crl(&root, &der, now)?)
}

/// What the certificates say.
struct Profile<'a> {
    names: &'a Names,
    now: DateTime<Utc>,
}

impl Profile<'_> {
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
                let named = CertificateParams::new(self.names.hosts.clone()).with_context(|| {
                    format!(
                        "a name of [listen] host_names can't stand in a certificate: {}; a name in another script is written xn--…",
                        self.names.hosts.join(", ")
                    )
                })?;
                server.subject_alt_names = named.subject_alt_names;
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
