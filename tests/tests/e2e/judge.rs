//! Tools that are not ours judge what we made: openssl, NSS, pkilint.

mod status;

use std::ffi::OsStr;
use std::path::{Path, PathBuf};
use std::process::Command;

pub(crate) use status::{Said, StatusJudge, Told, Way};

fn run<S: AsRef<OsStr>>(program: impl AsRef<OsStr>, arguments: &[S]) -> String {
    let name = program.as_ref().to_owned();
    let done = Command::new(program).args(arguments).output().unwrap_or_else(|e| panic!("{name:?}: {e}"));
    let text = format!("{}{}", String::from_utf8_lossy(&done.stdout), String::from_utf8_lossy(&done.stderr));
    assert!(done.status.success(), "{name:?}: {text}");
    text
}

/// Where `./dev test` installed it.
fn pkilint() -> Option<PathBuf> {
    std::env::var_os("MADOGUCHI_PKILINT_DIR").map(PathBuf::from)
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
    if let Some(pkilint) = pkilint() {
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
