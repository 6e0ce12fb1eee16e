//! Tools that are not ours judge what we made: openssl, NSS, pkilint.

use std::collections::BTreeMap;
use std::ffi::OsStr;
use std::path::{Path, PathBuf};
use std::process::Command;

fn run<S: AsRef<OsStr>>(program: impl AsRef<OsStr>, arguments: &[S]) -> String {
    let name = program.as_ref().to_owned();
    let done = Command::new(program).args(arguments).output().unwrap_or_else(|e| panic!("{name:?}: {e}"));
    let text = format!("{}{}", String::from_utf8_lossy(&done.stdout), String::from_utf8_lossy(&done.stderr));
    assert!(done.status.success(), "{name:?}: {text}");
    text
}

fn pem(dir: &Path, name: &str, der: &[u8]) -> String {
    let (input, output) = (dir.join(format!("{name}.der")), dir.join(format!("{name}.pem")));
    std::fs::write(&input, der).unwrap();
    let (input, output) = (input.display().to_string(), output.display().to_string());
    run("openssl", &["x509", "-inform", "DER", "-in", &input, "-out", &output]);
    output
}

/// A customer's certificate under the centre's chain.
pub(crate) fn certificate(leaf: &[u8], keys: &Path, wanted: &[&str]) {
    let dir = tempfile::tempdir().unwrap();
    let root = pem(dir.path(), "root", &std::fs::read(keys.join("root.cer")).unwrap());
    let issuing = pem(dir.path(), "issuing", &std::fs::read(keys.join("issuing.cer")).unwrap());
    let leaf = pem(dir.path(), "leaf", leaf);
    run(
        "openssl",
        &["verify", "-purpose", "sslclient", "-x509_strict", "-CAfile", &root, "-untrusted", &issuing, &leaf],
    );
    let text = run("openssl", &["x509", "-noout", "-text", "-in", &leaf]);
    let always =
        ["OU = WEB-FB", "TLS Web Client Authentication", "Digital Signature", "OCSP - URI", "Subject Key Identifier"];
    for wanted in always.iter().chain(wanted) {
        assert!(text.contains(wanted), "{wanted} in {text}");
    }
    for unwanted in ["Subject Alternative Name", "CA:TRUE", "Basic Constraints"] {
        assert!(!text.contains(unwanted), "{unwanted} in {text}");
    }
    // `./dev test` installs it and says where.
    if let Some(pkilint) = std::env::var_os("MADOGUCHI_PKILINT_DIR").map(PathBuf::from) {
        for one in [&leaf, &issuing, &root] {
            run(pkilint.join("lint_pkix_cert"), &["lint", "-s", "WARNING", one]);
        }
        run(pkilint.join("lint_pkix_signer_signee_cert_chain"), &["lint", "-s", "WARNING", &issuing, &leaf]);
    }
}

/// The customer's file: opened by openssl, imported and verified by NSS.
pub(crate) fn pkcs12(file: &Path, passphrase: &str, user: &str, keys: &Path) {
    let dir = tempfile::tempdir().unwrap();
    let path = file.display().to_string();
    let leaf = dir.path().join("leaf.pem").display().to_string();
    let pass = format!("pass:{passphrase}");
    let info = run("openssl", &["pkcs12", "-in", &path, "-passin", &pass, "-info", "-nodes"]);
    for wanted in ["PBES2", "AES-256-CBC", "sha256", "BEGIN PRIVATE KEY"] {
        assert!(info.contains(wanted), "{wanted} in {info}");
    }
    run("openssl", &["pkcs12", "-in", &path, "-passin", &pass, "-clcerts", "-nokeys", "-out", &leaf]);
    let der = dir.path().join("leaf.der").display().to_string();
    run("openssl", &["x509", "-in", &leaf, "-outform", "DER", "-out", &der]);
    certificate(&std::fs::read(der).unwrap(), keys, &[&format!("CN = {user}")]);

    let db = format!("sql:{}", dir.path().display());
    run("certutil", &["-N", "-d", &db, "--empty-password"]);
    run("pk12util", &["-i", &path, "-d", &db, "-W", passphrase]);
    let root = keys.join("root.cer").display().to_string();
    run("certutil", &["-A", "-d", &db, "-n", "the root", "-t", "TC,,", "-i", &root]);
    let list = run("certutil", &["-L", "-d", &db]);
    let nickname = list
        .lines()
        .find(|line| line.contains("u,u,u"))
        .map(|line| line.trim_end_matches(|c| c != ' ').trim())
        .unwrap_or_default();
    run("certutil", &["-V", "-d", &db, "-n", nickname, "-u", "C"]);
}

/// What a relying party is told of a serial: `good`, `unknown`, or the RFC 5280 reason.
pub(crate) type Told = BTreeMap<String, String>;

/// The issuing CA and the root in PEM, for the tools that ask about certificates.
pub(crate) struct StatusJudge {
    dir: tempfile::TempDir,
    url: String,
    issuing: String,
    chain: String,
    /// Seconds by which an answer's times may be off.
    tolerance: Option<u64>,
}

impl StatusJudge {
    /// `url` is the address of the status listener.
    pub(crate) fn new(url: &str, keys: &Path) -> Self {
        let dir = tempfile::tempdir().unwrap();
        let root = pem(dir.path(), "root", &std::fs::read(keys.join("root.cer")).unwrap());
        let issuing = pem(dir.path(), "issuing", &std::fs::read(keys.join("issuing.cer")).unwrap());
        let chain = dir.path().join("chain.pem").display().to_string();
        std::fs::write(&chain, [std::fs::read(&root).unwrap(), std::fs::read(&issuing).unwrap()].concat()).unwrap();
        Self { dir, url: url.to_owned(), issuing, chain, tolerance: None }
    }

    /// Of a centre whose clock the test has moved by up to a year: openssl's own stands where it is.
    pub(crate) fn at_another_time(self) -> Self {
        Self { tolerance: Some(366 * 86_400), ..self }
    }

    fn file(&self, name: &str) -> String {
        self.dir.path().join(name).display().to_string()
    }

    /// openssl asks the responder and verifies what it says; pkilint looks at the last answer.
    pub(crate) fn ocsp(&self, serials: &[String], nonce: bool) -> Told {
        let mut told = Told::new();
        let url = format!("{}/ocsp", self.url);
        for group in serials.chunks(10) {
            let answer = self.file("answer.der");
            let mut arguments: Vec<String> =
                ["ocsp", "-sha256", "-issuer", &self.issuing, "-CAfile", &self.chain, "-url", &url]
                    .map(str::to_owned)
                    .into();
            arguments.extend(self.tolerance.iter().flat_map(|s| ["-validity_period".to_owned(), s.to_string()]));
            arguments.extend(["-respout".to_owned(), answer.clone()]);
            arguments.push(if nonce { "-nonce" } else { "-no_nonce" }.to_owned());
            arguments.extend(group.iter().flat_map(|serial| ["-serial".to_owned(), format!("0x{serial}")]));
            let text = run("openssl", &arguments);
            assert!(text.contains("Response verify OK"), "{text}");
            let mut asked = None;
            for line in text.lines() {
                if let Some((serial, state)) = line.strip_prefix("0x").and_then(|rest| rest.split_once(": ")) {
                    asked = Some(serial.to_owned());
                    told.insert(serial.to_owned(), state.trim().to_owned());
                } else if let (Some(reason), Some(serial)) = (line.trim().strip_prefix("Reason: "), &asked) {
                    told.insert(serial.clone(), reason.to_owned());
                }
            }
            if let Some(pkilint) = std::env::var_os("MADOGUCHI_PKILINT_DIR").map(PathBuf::from) {
                run(pkilint.join("lint_ocsp_response"), &["lint", "-s", "WARNING", &answer]);
            }
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

    /// The revocation list: openssl and GnuTLS verify and read it, pkilint looks at it. Gives its number and who is on it.
    pub(crate) fn crl(&self, der: &[u8]) -> (u64, Told) {
        let (input, output) = (self.file("list.der"), self.file("list.pem"));
        std::fs::write(&input, der).unwrap();
        let verified =
            run("openssl", &["crl", "-inform", "DER", "-in", &input, "-CAfile", &self.chain, "-out", &output]);
        assert!(verified.contains("verify OK"), "{verified}");
        let text = run("openssl", &["crl", "-in", &output, "-noout", "-text", "-crlnumber"]);
        let number = text.lines().find_map(|l| l.strip_prefix("crlNumber=0x")).unwrap();
        let mut told = Told::new();
        let mut lines = text.lines().map(str::trim);
        let mut serial = None;
        while let Some(line) = lines.next() {
            if let Some(found) = line.strip_prefix("Serial Number: ") {
                serial = Some(found.to_owned());
            } else if line == "X509v3 CRL Reason Code:" {
                told.insert(serial.take().unwrap(), lines.next().unwrap().to_owned());
            }
        }
        let gnutls = run("certtool", &["--crl-info", "--infile", &output]);
        let counted = gnutls
            .lines()
            .find_map(|l| l.trim().strip_prefix("Revoked certificates ("))
            .map_or(0, |rest| rest.trim_end_matches("):").parse::<usize>().unwrap());
        assert_eq!(counted, told.len(), "{gnutls}");
        run("certtool", &["--verify-crl", "--load-ca-certificate", &self.issuing, "--infile", &output]);
        if let Some(pkilint) = std::env::var_os("MADOGUCHI_PKILINT_DIR").map(PathBuf::from) {
            run(pkilint.join("lint_crl"), &["lint", "-t", "CRL", "-p", "PKIX", "-s", "WARNING", &output]);
        }
        (u64::from_str_radix(number, 16).unwrap(), told)
    }
}
