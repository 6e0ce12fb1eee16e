//! Relying parties that are not ours: openssl, GnuTLS and curl ask where a certificate stands, pkilint looks at the answers.

use std::collections::BTreeMap;
use std::path::Path;

use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use chrono::{DateTime, Duration, NaiveDateTime, Utc};

use super::{pem, pkilint, run};

/// What a relying party is told of a serial: `good`, `unknown`, or the RFC 5280 reason.
pub(crate) type Told = BTreeMap<String, String>;

/// The same with its times.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Said {
    /// `good`, `unknown`, or the RFC 5280 reason.
    pub(crate) word: String,
    /// revocationTime, or revocationDate.
    pub(crate) since: Option<DateTime<Utc>>,
    /// invalidityDate.
    pub(crate) invalid_from: Option<DateTime<Utc>>,
}

impl Said {
    fn word(word: &str) -> Self {
        Self { word: word.to_owned(), since: None, invalid_from: None }
    }

    pub(crate) fn good() -> Self {
        Self::word("good")
    }

    pub(crate) fn unknown() -> Self {
        Self::word("unknown")
    }
}

/// How the responder is asked.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Way {
    Post,
    PostNonce,
    Get,
    GetNonce,
}

impl Way {
    pub(crate) const ALL: [Self; 4] = [Self::Post, Self::PostNonce, Self::Get, Self::GetNonce];

    fn nonce(self) -> &'static str {
        if matches!(self, Self::PostNonce | Self::GetNonce) { "-nonce" } else { "-no_nonce" }
    }
}

/// The issuing CA and the root in PEM, for the tools that ask about certificates.
pub(crate) struct StatusJudge {
    dir: tempfile::TempDir,
    url: String,
    issuing: String,
    chain: String,
    /// The time openssl is to believe in, where the centre's clock is not the machine's.
    believed: Option<DateTime<Utc>>,
}

impl StatusJudge {
    /// `url` is the address of the status listener.
    pub(crate) fn new(url: &str, keys: &Path) -> Self {
        let dir = tempfile::tempdir().unwrap();
        let root = pem(dir.path(), "root", &std::fs::read(keys.join("root.cer")).unwrap());
        let issuing = pem(dir.path(), "issuing", &std::fs::read(keys.join("issuing.cer")).unwrap());
        let chain = dir.path().join("chain.pem").display().to_string();
        std::fs::write(&chain, [std::fs::read(&root).unwrap(), std::fs::read(&issuing).unwrap()].concat()).unwrap();
        Self { dir, url: url.to_owned(), issuing, chain, believed: None }
    }

    /// The same at another time.
    pub(crate) fn at(url: &str, keys: &Path, now: DateTime<Utc>) -> Self {
        let believed = ((Utc::now() - now).abs() > Duration::minutes(4)).then_some(now);
        Self { believed, ..Self::new(url, keys) }
    }

    fn file(&self, name: &str) -> String {
        self.dir.path().join(name).display().to_string()
    }

    /// openssl asks the responder and verifies what it says; pkilint looks at every answer.
    pub(crate) fn ocsp(&self, serials: &[String], nonce: bool) -> Told {
        let mut told = Told::new();
        for group in serials.chunks(10) {
            let way = if nonce { Way::PostNonce } else { Way::Post };
            told.extend(self.asked(group, way).into_iter().map(|(serial, said)| (serial, said.word)));
            self.lint_answer();
        }
        told
    }

    /// pkilint looks at the last answer.
    pub(crate) fn lint_answer(&self) {
        if let Some(pkilint) = pkilint() {
            run(pkilint.join("lint_ocsp_response"), &["lint", "-s", "WARNING", &self.file("answer.der")]);
        }
    }

    /// openssl (or curl, for GET) asks about these, ten at a time; openssl verifies the answers.
    pub(crate) fn asked(&self, serials: &[String], way: Way) -> BTreeMap<String, Said> {
        let mut told = BTreeMap::new();
        for group in serials.chunks(10) {
            let answer = self.file("answer.der");
            let base = ["ocsp", "-sha256", "-issuer", &self.issuing, "-CAfile", &self.chain];
            let mut arguments: Vec<String> = base.map(str::to_owned).into();
            if let Some(at) = self.believed {
                // openssl looks at the machine's clock for thisUpdate and nextUpdate: a year is close enough here.
                let at = ["-attime", &at.timestamp().to_string(), "-validity_period", "99999999"].map(str::to_owned);
                arguments.extend(at);
            }
            let asked = group.iter().flat_map(|serial| ["-serial".to_owned(), format!("0x{serial}")]);
            let more: Vec<String> = match way {
                Way::Post | Way::PostNonce => {
                    ["-url", &format!("{}/ocsp", self.url), "-respout", &answer, way.nonce()].map(str::to_owned).into()
                }
                Way::Get | Way::GetNonce => {
                    let request = self.file("request.der");
                    let mut make: Vec<String> = base.map(str::to_owned).into();
                    make.extend(["-reqout", &request, way.nonce()].map(str::to_owned));
                    make.extend(asked.clone());
                    run("openssl", &make);
                    let url = format!("{}/ocsp/{}", self.url, in_path(&std::fs::read(&request).unwrap(), way));
                    run("curl", &["--silent", "--show-error", "--fail", "--output", &answer, &url]);
                    // The nonce, if there is one, is in the request already.
                    ["-reqin", &request, "-respin", &answer, "-no_nonce"].map(str::to_owned).into()
                }
            };
            arguments.extend(more);
            arguments.extend(asked);
            let text = run("openssl", &arguments);
            assert!(text.contains("Response verify OK"), "{text}");
            assert!(!text.contains("WARNING") && !text.contains("invalid"), "{text}");
            let mut read = BTreeMap::new();
            read_answer(&text, &mut read);
            name_the_nameless(&mut read, &std::fs::read(&answer).unwrap());
            told.extend(read);
        }
        told
    }

    /// GnuTLS asks about one certificate.
    pub(crate) fn gnutls(&self, leaf: &[u8]) -> String {
        let leaf = pem(self.dir.path(), "asked", leaf);
        let ask = format!("--ask={}/ocsp", self.url);
        let text =
            run("ocsptool", &[&ask, "--load-cert", &leaf, "--load-issuer", &self.issuing, "--load-trust", &self.chain]);
        assert!(text.contains("Verification: Success") || text.contains("Verifying OCSP Response: Success"), "{text}");
        let status = text.lines().find_map(|l| l.trim().strip_prefix("Certificate Status: "));
        status.unwrap_or_default().to_owned()
    }

    /// The revocation list: openssl and GnuTLS verify and read it, pkilint looks at it. Gives its number and who is on it,
    /// in openssl's words.
    pub(crate) fn crl(&self, der: &[u8]) -> (u64, Told) {
        let (number, told) = self.read_list(der);
        let output = self.file("list.pem");
        let gnutls = run("certtool", &["--crl-info", "--infile", &output]);
        let counted = gnutls
            .lines()
            .find_map(|l| l.trim().strip_prefix("Revoked certificates ("))
            .map_or(0, |rest| rest.trim_end_matches("):").parse::<usize>().unwrap());
        assert_eq!(counted, told.len(), "{gnutls}");
        run("certtool", &["--verify-crl", "--load-ca-certificate", &self.issuing, "--infile", &output]);
        if let Some(pkilint) = pkilint() {
            run(pkilint.join("lint_crl"), &["lint", "-t", "CRL", "-p", "PKIX", "-s", "WARNING", &output]);
        }
        (number, told.into_iter().map(|(serial, said)| (serial, said.word)).collect())
    }

    /// The revocation list as openssl verifies and reads it, with RFC 5280's words for the reasons.
    pub(crate) fn crl_dated(&self, der: &[u8]) -> (u64, BTreeMap<String, Said>) {
        let (number, mut told) = self.read_list(der);
        for said in told.values_mut() {
            // "Key Compromise" is keyCompromise.
            let joined: String = said.word.split(' ').collect();
            said.word =
                joined.chars().enumerate().map(|(n, c)| if n == 0 { c.to_ascii_lowercase() } else { c }).collect();
        }
        (number, told)
    }

    fn read_list(&self, der: &[u8]) -> (u64, BTreeMap<String, Said>) {
        let (input, output) = (self.file("list.der"), self.file("list.pem"));
        std::fs::write(&input, der).unwrap();
        let verified =
            run("openssl", &["crl", "-inform", "DER", "-in", &input, "-CAfile", &self.chain, "-out", &output]);
        assert!(verified.contains("verify OK"), "{verified}");
        let text = run("openssl", &["crl", "-in", &output, "-noout", "-text", "-crlnumber"]);
        let number = text.lines().find_map(|l| l.strip_prefix("crlNumber=0x")).unwrap();
        let mut told = BTreeMap::new();
        let mut lines = text.lines().map(str::trim);
        let mut serial = String::new();
        while let Some(line) = lines.next() {
            if let Some(found) = line.strip_prefix("Serial Number: ") {
                serial = found.to_owned();
                assert!(told.insert(serial.clone(), Said::word("")).is_none(), "{serial} is there twice");
            } else if let Some(at) = line.strip_prefix("Revocation Date: ") {
                told.get_mut(&serial).unwrap().since = Some(time(at));
            } else if line == "X509v3 CRL Reason Code:" {
                told.get_mut(&serial).unwrap().word = lines.next().unwrap().to_owned();
            } else if line == "Invalidity Date:" {
                told.get_mut(&serial).unwrap().invalid_from = Some(time(lines.next().unwrap()));
            }
        }
        (u64::from_str_radix(number, 16).unwrap(), told)
    }
}

/// Base64 in a path (RFC 6960 appendix A.1), once escaped wholly, once as little as can be and without padding.
fn in_path(request: &[u8], way: Way) -> String {
    let text = STANDARD.encode(request);
    match way {
        Way::GetNonce => text.trim_end_matches('=').to_owned(),
        _ => text.replace('+', "%2B").replace('/', "%2f").replace('=', "%3D"),
    }
}

/// openssl's form of a time: `Nov 25 16:55:52 2026 GMT`.
fn time(text: &str) -> DateTime<Utc> {
    NaiveDateTime::parse_from_str(text.trim(), "%b %e %H:%M:%S %Y GMT").unwrap().and_utc()
}

/// openssl has no name for privilegeWithdrawn in an answer: the octets say it, `[0] { ENUMERATED 9 }`.
fn name_the_nameless(told: &mut BTreeMap<String, Said>, answer: &[u8]) {
    let withdrawn = answer.windows(5).filter(|w| *w == [0xa0, 3, 0x0a, 1, 9]).count();
    let nameless: Vec<_> = told.values_mut().filter(|said| said.word == "(UNKNOWN)").collect();
    assert_eq!(nameless.len(), withdrawn, "a reason without a name");
    for said in nameless {
        "privilegeWithdrawn".clone_into(&mut said.word);
    }
}

fn read_answer(text: &str, told: &mut BTreeMap<String, Said>) {
    let mut asked = String::new();
    for line in text.lines() {
        if let Some((serial, state)) = line.strip_prefix("0x").and_then(|rest| rest.split_once(": ")) {
            asked = serial.to_owned();
            told.insert(asked.clone(), Said::word(state.trim()));
        } else if let Some(reason) = line.trim().strip_prefix("Reason: ") {
            told.get_mut(&asked).unwrap().word = reason.to_owned();
        } else if let Some(at) = line.trim().strip_prefix("Revocation Time: ") {
            told.get_mut(&asked).unwrap().since = Some(time(at));
        }
    }
}
