//! What can't be right is refused before anything is made or opened with it: it would stand in certificates, or stop the service
//! long after the start. Each message names the key, and what may stand there.

use std::net::IpAddr;
use std::ops::RangeInclusive;

use axum::http::Uri;
use rustls_pki_types::DnsName;

use super::{Config, Database, Mail, MailTls, Portal, Status};

/// Most characters of an address: it stands in each certificate, or in a QR code.
const ADDRESS: usize = 255;
/// Minutes of an OCSP answer: a week. RFC 5019 lets clients keep it so long; nobody should hear of a stop later.
const OCSP_MINUTES: RangeInclusive<u32> = 1..=10_080;
/// Hours of the revocation list: thirty days.
const CRL_HOURS: RangeInclusive<u32> = 1..=720;
/// Requests a minute; 0 is no limit.
const REQUESTS: RangeInclusive<u32> = 0..=60_000;
/// Requests at once.
const BURST: RangeInclusive<u32> = 0..=10_000;
/// Connections that read.
const CONNECTIONS: RangeInclusive<u32> = 1..=500;

impl Config {
    pub(super) fn check(&self) -> anyhow::Result<()> {
        anyhow::ensure!(
            self.portal.tls || self.listen.portal.ip().is_loopback(),
            "portal.tls = false needs a loopback address in listen.portal"
        );
        anyhow::ensure!(
            !self.institution.roman_name.is_empty()
                && self.institution.roman_name.len() <= 64
                && self.institution.roman_name.bytes().all(|b| (b' '..=b'~').contains(&b)),
            "institution.roman_name must be 1 to 64 Latin letters"
        );
        for name in &self.listen.host_names {
            anyhow::ensure!(
                is_host(name),
                "listen.host_names: {name:?} is no DNS name and no IP address; name the machine alone, without https:// and port"
            );
        }
        self.database.check()?;
        self.portal.check()?;
        self.status.check()?;
        self.policy.check().map_err(|r| anyhow::anyhow!("policy: {} {:?}", r.code, r.args))?;
        self.mail.check()
    }
}

impl Database {
    fn check(&self) -> anyhow::Result<()> {
        number("database.connections", self.connections, &CONNECTIONS)
    }
}

impl Portal {
    fn check(&self) -> anyhow::Result<()> {
        for (key, url) in [("portal.url", &self.url), ("portal.renewal_url", &self.renewal_url)] {
            anyhow::ensure!(
                url.is_empty() || is_address(url),
                "{}; empty: derived from the listener",
                no_address(key, url)
            );
        }
        number("portal.requests_per_minute", self.requests_per_minute, &REQUESTS)?;
        number("portal.burst", self.burst, &BURST)
    }
}

impl Status {
    fn check(&self) -> anyhow::Result<()> {
        let addresses =
            [("status.ocsp", &self.ocsp), ("status.ca_issuers", &self.ca_issuers), ("status.crl", &self.crl)];
        for (key, url) in addresses {
            anyhow::ensure!(is_address(url), "{}; it goes into every certificate", no_address(key, url));
        }
        number("status.ocsp_minutes", self.ocsp_minutes, &OCSP_MINUTES)?;
        number("status.crl_hours", self.crl_hours, &CRL_HOURS)
    }
}

impl Mail {
    pub(super) fn check(&self) -> anyhow::Result<()> {
        if self.host.is_empty() {
            return Ok(());
        }
        anyhow::ensure!(is_host(&self.host), "mail.host: {:?} is no DNS name and no IP address", self.host);
        anyhow::ensure!(self.port != 0, "mail.port must be 1 to 65535");
        let loopback = self.host == "localhost" || self.host.parse().is_ok_and(|ip: IpAddr| ip.is_loopback());
        anyhow::ensure!(
            self.tls != MailTls::None || loopback,
            "mail.tls = \"none\" needs a loopback address in mail.host; use \"starttls\" or \"tls\""
        );
        anyhow::ensure!(
            !self.from.is_empty() && domain::text::email("from", &self.from).is_ok(),
            "mail.from must be the sender's address (mail.host is set)"
        );
        Ok(())
    }
}

fn number(key: &str, value: u32, range: &RangeInclusive<u32>) -> anyhow::Result<()> {
    anyhow::ensure!(range.contains(&value), "{key} = {value} must be {} to {}", range.start(), range.end());
    Ok(())
}

fn no_address(key: &str, url: &str) -> String {
    format!(
        "{key} = {url:?} must be an address as http://status.example.jp/path: http or https, a DNS name or an IP address, at most \
         {ADDRESS} ASCII characters (a Japanese name in its form xn--…)"
    )
}

/// An absolute http or https address that a certificate can hold (RFC 5280 §4.2.1.6: IA5String, RFC 3986).
fn is_address(url: &str) -> bool {
    // No user information and no fragment: neither is sent to a server.
    let plain = |b: u8| b.is_ascii_alphanumeric() || b"-._~:/?[]!$&'()*+,;=%".contains(&b);
    let Ok(uri) = url.parse::<Uri>() else { return false };
    let Some((authority, host)) = uri.authority().zip(uri.host()) else { return false };
    let port = authority.as_str().strip_prefix(host).map(|rest| rest.strip_prefix(':').unwrap_or(rest));
    let address = host.strip_prefix('[').and_then(|rest| rest.strip_suffix(']'));
    let named = match address {
        Some(address) => address.parse::<std::net::Ipv6Addr>().is_ok(),
        None => is_host(host),
    };
    url.len() <= ADDRESS
        && url.bytes().all(plain)
        && matches!(uri.scheme_str(), Some("http" | "https"))
        && named
        && port.is_some_and(|port| port.is_empty() || port.parse::<u16>().is_ok_and(|port| port != 0))
}

/// A DNS name (RFC 1123; no `*`, no dot at its end) or an IP address.
fn is_host(name: &str) -> bool {
    name.parse::<IpAddr>().is_ok() || (DnsName::try_from(name).is_ok() && !name.ends_with('.'))
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used, reason = "tests")]
    use std::path::Path;

    use super::*;

    /// The example with one line of it changed.
    fn with(key: &str, value: &str) -> Result<(), String> {
        let path = Path::new(env!("CARGO_MANIFEST_DIR")).join("../../central.example.toml");
        let text = std::fs::read_to_string(path).unwrap();
        let (section, key) = key.split_once('.').unwrap();
        let (before, after) = text.split_once(&format!("[{section}]\n")).unwrap();
        let old = after.lines().find(|line| line.starts_with(&format!("{key} = "))).unwrap();
        let text = format!("{before}[{section}]\n{}", after.replacen(old, &format!("{key} = {value}"), 1));
        toml::from_str::<Config>(&text).unwrap().check().map_err(|error| error.to_string())
    }

    #[test]
    fn addresses_and_numbers_that_the_service_can_do_nothing_with_are_refused() {
        for (key, value) in [
            ("status.ocsp", "\"http://見本.jp/ocsp\""),
            ("status.ocsp", "\"\""),
            ("status.crl", "\"not a url\""),
            ("status.crl", "\"/issuing.crl\""),
            ("status.crl", "\"ldap://status.example.jp/crl\""),
            ("status.ca_issuers", "\"status.example.jp/issuing.cer\""),
            ("status.ca_issuers", "\"http://user@status.example.jp/issuing.cer\""),
            ("status.ca_issuers", "\"http://status.example.jp:99999/issuing.cer\""),
            ("status.ca_issuers", "\"http:///issuing.cer\""),
            ("status.ca_issuers", "\"http://status.example.jp/a#b\""),
            ("portal.url", "\"pickup.example.jp\""),
            ("portal.renewal_url", "\"https://pickup example.jp/\""),
            ("status.ocsp_minutes", "0"),
            ("status.ocsp_minutes", "10081"),
            ("status.ocsp_minutes", "4294967295"),
            ("status.crl_hours", "0"),
            ("status.crl_hours", "99999999"),
            ("status.crl_hours", "4294967295"),
            ("portal.requests_per_minute", "4294967295"),
            ("portal.burst", "4294967295"),
            ("database.connections", "0"),
            ("database.connections", "4294967295"),
            ("listen.host_names", "[\"https://kinko.example.jp:8442\"]"),
            ("listen.host_names", "[\"kinko.example.jp\", \"a b\"]"),
            ("listen.host_names", "[\"\"]"),
            ("listen.host_names", "[\"kinko.example.jp:8442\"]"),
            ("listen.host_names", "[\"*.example.jp\"]"),
            ("listen.host_names", "[\"金庫.example.jp\"]"),
        ] {
            let refused = with(key, value);
            assert!(refused.as_ref().is_err_and(|error| error.contains(key)), "{key} = {value}: {refused:?}");
        }
    }

    #[test]
    fn what_an_institution_may_need_is_accepted() {
        let long = format!("\"http://status.example.jp/{}\"", "a".repeat(ADDRESS - 25));
        for (key, value) in [
            ("status.ocsp", "\"http://192.0.2.7:8444/ocsp\""),
            ("status.ocsp", "\"http://[2001:db8::7]:8444/ocsp\""),
            ("status.ocsp", "\"http://xn--zckzah.jp/ocsp\""),
            ("status.ocsp", "\"HTTP://STATUS.EXAMPLE.JP\""),
            ("status.crl", &long),
            ("portal.url", "\"https://pickup.example.jp/pickup/\""),
            ("portal.url", "\"http://localhost:18443/pickup/?a=%E3%81%82\""),
            ("portal.url", "\"\""),
            ("portal.requests_per_minute", "0"),
            ("portal.burst", "0"),
            ("status.ocsp_minutes", "10080"),
            ("status.crl_hours", "720"),
            ("listen.host_names", "[\"kinko.example.jp\", \"kinko\", \"192.0.2.7\", \"2001:db8::7\"]"),
        ] {
            assert_eq!(with(key, value), Ok(()), "{key} = {value}");
        }
    }

    #[test]
    fn a_mail_server_is_named_with_all_it_needs() {
        let mail = |text: &str| toml::from_str::<Mail>(text).unwrap().check().map_err(|e| e.to_string());
        assert_eq!(mail(""), Ok(()));
        assert_eq!(mail("host = \"mail.example.jp\"\nfrom = \"kinko@example.jp\""), Ok(()));
        assert_eq!(mail("host = \"127.0.0.1\"\ntls = \"none\"\nfrom = \"kinko@example.jp\""), Ok(()));
        for (text, key) in [
            ("host = \"mail.example.jp\"\ntls = \"none\"\nfrom = \"kinko@example.jp\"", "mail.tls"),
            ("host = \"mail.example.jp\"", "mail.from"),
            ("host = \"mail.example.jp\"\nfrom = \"kinko\"", "mail.from"),
            ("host = \"smtp://mail.example.jp\"\nfrom = \"kinko@example.jp\"", "mail.host"),
            ("host = \"mail.example.jp\"\nport = 0\nfrom = \"kinko@example.jp\"", "mail.port"),
        ] {
            let error = mail(text).unwrap_err();
            assert!(error.contains(key), "{text}: {error}");
        }
    }
}
