//! The desk's settings: `desk.toml` in the profile folder, or for every user of the PC in `/etc/madoguchi`. None is needed
//! where the centre is reached directly. Unknown keys are refused; the proxy's password comes from the environment.

use std::path::Path;

use serde::Deserialize;
use x509_parser::pem::Pem;

use crate::error::DeskError;

/// The file's name.
const FILE: &str = "desk.toml";
/// For every user of the PC.
#[cfg(unix)]
const SYSTEM: &str = "/etc/madoguchi/desk.toml";
/// Holds the proxy's password.
const PASSWORD: &str = "MADOGUCHI_PROXY_PASSWORD";

/// The settings.
#[derive(Debug, Clone, Default, PartialEq, Eq, Deserialize)]
#[serde(default, deny_unknown_fields)]
pub struct Config {
    /// The centre.
    pub centre: Centre,
    /// The way there.
    pub proxy: Option<Proxy>,
}

/// Where the centre is, and by what it is known.
#[derive(Debug, Clone, Default, PartialEq, Eq, Deserialize)]
#[serde(default, deny_unknown_fields)]
pub struct Centre {
    /// `https://host:port` of the terminal API; empty: as the enrolment said.
    pub url: String,
    /// SHA-256 over the DER of the centre's root certificate, hex; empty: the root of the enrolment, whatever it is.
    pub root_sha256: String,
}

/// An HTTP proxy, asked to CONNECT.
#[derive(Clone, PartialEq, Eq, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Proxy {
    /// `http://host:port`.
    pub url: String,
    /// User name at the proxy; empty: it asks for none.
    #[serde(default)]
    pub user: String,
    /// From the environment, never from the file.
    #[serde(skip)]
    pub password: String,
}

impl std::fmt::Debug for Proxy {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        write!(f, "Proxy({})", self.url)
    }
}

impl Config {
    /// Reads the settings of a profile.
    ///
    /// # Errors
    /// [`DeskError::Config`]: the file can't be read, or holds something else than settings.
    pub fn read(profile: &Path) -> Result<Self, DeskError> {
        let own = profile.join(FILE);
        #[cfg(unix)]
        let places = [own, SYSTEM.into()];
        #[cfg(not(unix))]
        let places = [own];
        for file in places {
            match std::fs::read_to_string(&file) {
                Ok(text) => return Self::parse(&text, std::env::var(PASSWORD).unwrap_or_default(), &file),
                Err(error) if error.kind() == std::io::ErrorKind::NotFound => {}
                Err(error) => return Err(DeskError::Config(format!("{}: {error}", file.display()))),
            }
        }
        Ok(Self::default())
    }

    fn parse(text: &str, password: String, file: &Path) -> Result<Self, DeskError> {
        let fail = |why: String| DeskError::Config(format!("{}: {why}", file.display()));
        let mut config: Self = toml::from_str(text).map_err(|e| fail(e.message().to_owned()))?;
        config.centre.root_sha256 =
            config.centre.root_sha256.chars().filter(|c| *c != ':').collect::<String>().to_ascii_lowercase();
        let pin = &config.centre.root_sha256;
        if !(pin.is_empty() || (pin.len() == 64 && pin.bytes().all(|b| b.is_ascii_hexdigit()))) {
            return Err(fail("centre.root_sha256 is not a SHA-256 in hex".into()));
        }
        if !(config.centre.url.is_empty() || config.centre.url.starts_with("https://")) {
            return Err(fail("centre.url must begin with https://".into()));
        }
        config.centre.url = config.centre.url.trim_end_matches('/').to_owned();
        if let Some(proxy) = &mut config.proxy {
            if !proxy.url.starts_with("http://") {
                return Err(fail("proxy.url must begin with http://".into()));
            }
            proxy.password = password;
        }
        Ok(config)
    }

    /// Is this the root the settings name?
    ///
    /// # Errors
    /// [`domain::ErrorCode::CentreNotTrusted`].
    pub fn trusts(&self, root_pem: &str) -> Result<(), DeskError> {
        if self.centre.root_sha256.is_empty() {
            return Ok(());
        }
        let der = Pem::iter_from_buffer(root_pem.as_bytes()).next().and_then(Result::ok);
        match der {
            Some(root) if wire::sha256_hex(&root.contents) == self.centre.root_sha256 => Ok(()),
            _ => Err(domain::ErrorCode::CentreNotTrusted.into()),
        }
    }

    /// A client that trusts this root alone, and goes the way the settings say.
    pub(crate) fn client(&self, root_pem: &str) -> Result<reqwest::ClientBuilder, DeskError> {
        let fail = |e: reqwest::Error| DeskError::Internal(e.without_url().to_string());
        self.trusts(root_pem)?;
        let root = reqwest::Certificate::from_pem(root_pem.as_bytes()).map_err(fail)?;
        self.routed(reqwest::Client::builder().tls_certs_only([root]))
    }

    /// Goes the way the settings say.
    pub(crate) fn routed(&self, client: reqwest::ClientBuilder) -> Result<reqwest::ClientBuilder, DeskError> {
        // What the environment says of proxies is for browsers.
        let client = client.no_proxy();
        Ok(match &self.proxy {
            None => client,
            Some(Proxy { url, user, password }) => {
                let proxy = reqwest::Proxy::https(url.as_str()).map_err(|e| DeskError::Config(e.to_string()))?;
                client.proxy(if user.is_empty() { proxy } else { proxy.basic_auth(user, password) })
            }
        })
    }
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used, reason = "tests")]
    use super::*;
    use domain::ErrorCode;

    const EXAMPLE: &str = include_str!("../../../desk.example.toml");

    fn parse(text: &str) -> Result<Config, DeskError> {
        Config::parse(text, "himitsu".into(), Path::new("desk.toml"))
    }

    /// The example names every key. As it stands everything in it is a comment; without the marks it is the whole of it.
    #[test]
    fn the_example_is_what_the_program_reads() {
        assert_eq!(parse(EXAMPLE).unwrap(), Config::default());
        let uncommented: String = EXAMPLE
            .lines()
            .map(|line| match line.strip_prefix("#") {
                Some(key) if !key.starts_with(' ') => format!("{key}\n"),
                _ => format!("{line}\n"),
            })
            .collect();
        let config = parse(&uncommented).unwrap();
        assert!(!config.centre.url.is_empty() && config.centre.root_sha256.len() == 64);
        let proxy = config.proxy.unwrap();
        assert!(!proxy.url.is_empty() && !proxy.user.is_empty());
        assert_eq!(proxy.password, "himitsu");
        assert!(!format!("{proxy:?}").contains("himitsu"));
    }

    #[test]
    fn what_is_not_a_setting_is_refused() {
        for wrong in [
            "color = 1",
            "[centre]\nuri = \"https://c\"",
            "[proxy]\nurl = \"http://p\"\npassword = \"x\"",
            "[proxy]\nuser = \"u\"",
            "[proxy]\nurl = \"socks5://p\"",
            "[centre]\nurl = \"http://c\"",
            "[centre]\nroot_sha256 = \"abc\"",
            "[centre",
        ] {
            assert_eq!(parse(wrong).unwrap_err().code(), ErrorCode::ConfigInvalid, "{wrong}");
        }
    }

    #[test]
    fn another_root_is_not_trusted() {
        let roots = [1, 2].map(|_| {
            let key = rcgen::KeyPair::generate().unwrap();
            rcgen::CertificateParams::default().self_signed(&key).unwrap()
        });
        let [one, other] = &roots;
        let pin = wire::sha256_hex(one.der());
        let colons: Vec<String> = pin.as_bytes().chunks(2).map(|b| String::from_utf8_lossy(b).to_uppercase()).collect();
        for written in [pin, colons.join(":")] {
            let config = parse(&format!("[centre]\nroot_sha256 = \"{written}\"")).unwrap();
            config.trusts(&one.pem()).unwrap();
            for wrong in [other.pem(), String::new()] {
                assert_eq!(config.trusts(&wrong).unwrap_err().code(), ErrorCode::CentreNotTrusted);
            }
        }
        Config::default().trusts(&other.pem()).unwrap();
    }
}
