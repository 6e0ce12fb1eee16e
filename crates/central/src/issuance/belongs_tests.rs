//! Files of another centre are noticed before anything is signed.
#![allow(clippy::unwrap_used, reason = "tests")]

use crate::config::Config;
use crate::issuance::{Authority, Names, Own, ceremony, log_origin, renew, root_crl};
use crate::testing::{PASSPHRASE, config, start};

fn names(config: &Config) -> Names {
    let organisation = config.institution.roman_name.clone();
    Names { organisation, log_origin: log_origin(config), hosts: vec!["localhost".to_owned()] }
}

/// A centre's keys. Two of them differ in nothing but that.
fn keys(dir: &tempfile::TempDir) -> Config {
    let config = config(dir);
    std::fs::create_dir_all(&config.data_dir).unwrap();
    ceremony(&config.keys(), PASSPHRASE, &names(&config), start()).unwrap();
    config
}

fn said(done: anyhow::Result<impl Sized>) -> Option<String> {
    done.err().map(|error| format!("{error:#}"))
}

#[test]
fn a_certificate_of_another_centre_is_named() {
    let [dir, other] = [tempfile::tempdir().unwrap(), tempfile::tempdir().unwrap()];
    let (config, other) = (keys(&dir), keys(&other));
    let open = || said(Authority::open(&config, PASSPHRASE).map(drop));
    let renewed = |which| said(renew(&config.keys(), PASSPHRASE, &names(&config), which, start()));
    let listed = || said(root_crl(&config.keys(), PASSPHRASE, start()));
    assert_eq!(open(), None);
    for (name, then) in [
        ("root.cer", "the copy of `keys`"),
        ("issuing.cer", "the copy of `keys`"),
        ("terminal.cer", "the copy of `keys`"),
        ("ocsp.cer", "renew-ocsp"),
        ("server.cer", "renew-server"),
    ] {
        let own = std::fs::read(config.keys().join(name)).unwrap();
        for bytes in [std::fs::read(other.keys().join(name)).unwrap(), b"no certificate".to_vec()] {
            std::fs::write(config.keys().join(name), bytes).unwrap();
            let error = open().unwrap();
            assert!(error.contains(name) && error.contains(then), "{name}: {error}");
            let names_it = |error: Option<String>| error.is_some_and(|error| error.contains(name));
            // What is to be signed with it, or under it, is not signed.
            assert_eq!(names_it(renewed(Own::Server)), name == "root.cer", "{name}");
            assert_eq!(names_it(renewed(Own::Ocsp)), matches!(name, "root.cer" | "issuing.cer"), "{name}");
            assert_eq!(names_it(listed()), name == "root.cer", "{name}");
            if matches!(name, "ocsp.cer" | "server.cer") {
                assert_eq!(open(), None, "{name}: the way that is named mends it");
            }
            std::fs::write(config.keys().join(name), &own).unwrap();
        }
    }
    // A pair of key and certificate that belong together, and not to this centre.
    for name in ["issuing", "terminal", "ocsp", "server"] {
        let both = [format!("{name}.key"), format!("{name}.cer")];
        let own = both.each_ref().map(|file| std::fs::read(config.keys().join(file)).unwrap());
        for file in &both {
            std::fs::copy(other.keys().join(file), config.keys().join(file)).unwrap();
        }
        let error = open().unwrap();
        assert!(error.contains(&format!("{name}.cer is not signed by")), "{name}: {error}");
        for (file, bytes) in both.iter().zip(own) {
            std::fs::write(config.keys().join(file), bytes).unwrap();
        }
    }
    assert_eq!(open(), None);
}
