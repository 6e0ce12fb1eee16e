//! The centre's configuration: defaults < TOML file; secrets come from the environment only. Unknown keys are refused.

mod check;

use std::net::SocketAddr;
use std::path::{Path, PathBuf};

use anyhow::Context as _;
use domain::Policy;
use domain::id::{BranchCode, InstitutionId};
use serde::{Deserialize, Serialize};
use wire::api::portal::Contact;

use crate::store::db::{Place, Server};

/// Everything that is configured. `central.example.toml` documents each key.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Config {
    /// Database, keys and `listening.json` live here.
    pub data_dir: PathBuf,
    /// Who this is.
    pub institution: Institution,
    /// Where it listens.
    #[serde(default)]
    pub listen: Listen,
    /// Where the log is kept.
    #[serde(default)]
    pub database: Database,
    /// The customer's pages.
    #[serde(default)]
    pub portal: Portal,
    /// What relying parties are told.
    #[serde(default)]
    pub status: Status,
    /// Mail to customers.
    #[serde(default)]
    pub mail: Mail,
    /// On slips and pages.
    #[serde(default)]
    pub contacts: Vec<Contact>,
    /// The rules that differ from one institution to another.
    #[serde(default)]
    pub policy: Policy,
}

/// The institution.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Institution {
    /// Id in signatures and in the log's origin.
    pub id: InstitutionId,
    /// Name on screen and paper.
    pub name: String,
    /// Name in certificates (organizationName), Latin letters.
    pub roman_name: String,
    /// A training centre: every paper says 訓練.
    #[serde(default)]
    pub training: bool,
    /// Terminals of this branch read every branch.
    #[serde(default = "head_office")]
    pub head_office_branch: BranchCode,
}

/// Listeners: one for each kind of client.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(default, deny_unknown_fields)]
pub struct Listen {
    /// Terminals (mutual TLS).
    pub terminal: SocketAddr,
    /// Enrolment of terminals (TLS).
    pub enrol: SocketAddr,
    /// Customers (TLS).
    pub portal: SocketAddr,
    /// Relying parties: OCSP and revocation lists (plain HTTP; every answer is signed).
    pub status: SocketAddr,
    /// Customers who show their present certificate: renewal (mutual TLS).
    pub renewal: SocketAddr,
    /// Whoever watches the service: live, ready, metrics (plain HTTP, without a key). `None`: nobody.
    pub watch: Option<SocketAddr>,
    /// Host names in the service's own certificate, beside localhost.
    pub host_names: Vec<String>,
}

/// A file in `data_dir`, or a database on a PostgreSQL server. Its password comes from the environment.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(default, deny_unknown_fields)]
pub struct Database {
    /// `postgres://USER@HOST/DATABASE`; empty: a file.
    pub url: String,
    /// Connections that read.
    pub connections: u32,
}

/// The pickup pages.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(default, deny_unknown_fields)]
pub struct Portal {
    /// Folder of the built pages.
    pub static_dir: PathBuf,
    /// Address as customers see it, printed on slips; empty: derived from the listener.
    pub url: String,
    /// Address of the renewal pages as customers see it; empty: derived from the listener.
    pub renewal_url: String,
    /// TLS; `false` is allowed on a loopback address only (training, or behind a reverse proxy on the same machine).
    pub tls: bool,
    /// Addresses of reverse proxies whose `X-Forwarded-For` is believed.
    pub trusted_proxies: Vec<std::net::IpAddr>,
    /// Requests of one address to the pickup API, a minute; 0: no limit.
    pub requests_per_minute: u32,
    /// And so many at once before that counts.
    pub burst: u32,
}

/// Addresses in certificates, and how long answers are good.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(default, deny_unknown_fields)]
pub struct Status {
    /// OCSP responder.
    pub ocsp: String,
    /// Issuing CA's certificate.
    pub ca_issuers: String,
    /// CRL.
    pub crl: String,
    /// Minutes from thisUpdate to nextUpdate of an OCSP answer; it is signed anew after half of them, and at once after
    /// a change.
    pub ocsp_minutes: u32,
    /// Hours from thisUpdate to nextUpdate of the revocation list, likewise.
    pub crl_hours: u32,
}

/// The SMTP server that takes mails to customers. Its password comes from the environment.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(default, deny_unknown_fields)]
pub struct Mail {
    /// Its name; empty: customers are sent no mail.
    pub host: String,
    /// Its port.
    pub port: u16,
    /// How the line is protected.
    pub tls: MailTls,
    /// PEM file of the CA that the server's certificate must come from; empty: the system's.
    pub ca: PathBuf,
    /// The sender's address.
    pub from: String,
    /// Name to authenticate with; empty: without.
    pub user: String,
}

/// How the line to the SMTP server is protected.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum MailTls {
    /// From the STARTTLS command on; a server without it gets nothing (RFC 3207).
    Starttls,
    /// From the first byte (RFC 8314).
    Tls,
    /// Not at all; on a loopback address only.
    None,
}

fn head_office() -> BranchCode {
    #[allow(clippy::unwrap_used, reason = "a constant of the right form")]
    "000".parse().unwrap()
}

impl Default for Listen {
    fn default() -> Self {
        let at = |port| SocketAddr::from(([127, 0, 0, 1], port));
        Self {
            terminal: at(8441),
            enrol: at(8442),
            portal: at(8443),
            status: at(8444),
            renewal: at(8445),
            watch: None,
            host_names: Vec::new(),
        }
    }
}

impl Default for Database {
    fn default() -> Self {
        Self { url: String::new(), connections: 8 }
    }
}

impl Default for Portal {
    fn default() -> Self {
        Self {
            static_dir: "/usr/share/madoguchi/portal".into(),
            url: String::new(),
            renewal_url: String::new(),
            tls: true,
            trusted_proxies: Vec::new(),
            requests_per_minute: 120,
            burst: 60,
        }
    }
}

impl Default for Mail {
    fn default() -> Self {
        let (host, from, user) = Default::default();
        Self { host, port: 587, tls: MailTls::Starttls, ca: PathBuf::new(), from, user }
    }
}

impl Default for Status {
    fn default() -> Self {
        Self {
            ocsp: "http://status.example.jp/ocsp".into(),
            ca_issuers: "http://status.example.jp/issuing.cer".into(),
            crl: "http://status.example.jp/issuing.crl".into(),
            ocsp_minutes: 60,
            crl_hours: 24,
        }
    }
}

impl Config {
    /// Reads and checks a file.
    ///
    /// # Errors
    /// Unreadable, not TOML, an unknown key, or values that can't go together; each says which.
    pub fn read(path: &Path) -> anyhow::Result<Self> {
        let text = std::fs::read_to_string(path).with_context(|| format!("can't read {}", path.display()))?;
        let config: Self = toml::from_str(&text).with_context(|| format!("in {}", path.display()))?;
        config.check()?;
        Ok(config)
    }

    /// Are the customers' pages where the configuration says? Only the service needs them.
    ///
    /// # Errors
    /// They are not, or can't be read.
    pub(crate) fn check_pages(&self) -> anyhow::Result<()> {
        let page = self.portal.static_dir.join("portal.html");
        std::fs::File::open(&page).map(drop).with_context(|| {
            format!(
                "can't read the customers' page {}: set portal.static_dir to the folder of the built pages (the package's is \
                 /usr/share/madoguchi/portal)",
                page.display()
            )
        })
    }

    /// The database file, where it is one.
    pub fn database_file(&self) -> PathBuf {
        self.data_dir.join("central.sqlite")
    }

    /// Where the database is.
    ///
    /// # Errors
    /// `database.url` can't be read, or the file that holds the password.
    pub fn place(&self) -> anyhow::Result<Place> {
        if self.database.url.is_empty() {
            return Ok(Place::Sqlite(self.database_file()));
        }
        let password = password("MADOGUCHI_DATABASE_PASSWORD")?;
        Server::new(&self.database.url, password.as_deref(), self.database.connections).map(Place::Postgres)
    }

    /// The folder of key files.
    pub fn keys(&self) -> PathBuf {
        self.data_dir.join("keys")
    }
}

/// A password from the environment, or from a file that the environment names.
pub(crate) fn password(name: &str) -> anyhow::Result<Option<String>> {
    if let Ok(password) = std::env::var(name) {
        return Ok(Some(password));
    }
    let Some(file) = std::env::var_os(format!("{name}_FILE")) else { return Ok(None) };
    let text = zeroize::Zeroizing::new(
        std::fs::read_to_string(&file).with_context(|| format!("can't read {}", file.display()))?,
    );
    Ok(Some(text.trim_end_matches(['\r', '\n']).to_owned()))
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used, reason = "tests")]
    use super::*;

    #[test]
    fn a_folder_without_the_pages_is_named() {
        let dir = tempfile::tempdir().unwrap();
        let mut config = crate::testing::config(&dir);
        config.portal.static_dir = dir.path().to_owned();
        let error = config.check_pages().unwrap_err().to_string();
        assert!(error.contains(&dir.path().join("portal.html").display().to_string()), "{error}");
        assert!(error.contains("portal.static_dir"), "{error}");
        std::fs::write(dir.path().join("portal.html"), "").unwrap();
        config.check_pages().unwrap();
    }

    #[test]
    fn the_example_documents_the_defaults() {
        let path = Path::new(env!("CARGO_MANIFEST_DIR")).join("../../central.example.toml");
        let config = Config::read(&path).unwrap();
        assert_eq!(config.listen, Listen::default());
        assert_eq!(config.database, Database::default());
        assert_eq!(config.portal, Portal::default());
        assert_eq!(config.status, Status::default());
        assert_eq!(config.mail, Mail::default());
        assert_eq!(config.policy, Policy::default());
        let text = std::fs::read_to_string(path).unwrap();
        let value: toml::Table = toml::from_str(&toml::to_string(&config).unwrap()).unwrap();
        for (section, keys) in value {
            for key in keys.as_table().into_iter().flat_map(|t| t.keys()) {
                assert!(text.contains(&format!("{key} =")), "{section}.{key} is not documented");
            }
        }
        assert!(toml::from_str::<Config>(&text.replace("data_dir", "daten")).is_err());
        let watched: Config = toml::from_str(&text.replace("#watch =", "watch =")).unwrap();
        assert!(watched.listen.watch.is_some_and(|at| at.ip().is_loopback()), "off, and documented");
    }
}
