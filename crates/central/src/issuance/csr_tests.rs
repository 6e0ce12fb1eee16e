#![allow(clippy::unwrap_used, clippy::indexing_slicing, reason = "tests")]
use std::process::Command;

use rcgen::{CertificateParams, KeyPair, PKCS_ECDSA_P256_SHA256, PKCS_ECDSA_P384_SHA384, PKCS_ED25519};

use super::*;
use crate::issuance::odd_keys::{self, Requests};

const ALL: [KeyType; 3] = [KeyType::P256, KeyType::Rsa2048, KeyType::Rsa3072];

fn csr(key: &KeyPair) -> Vec<u8> {
    CertificateParams::default().serialize_request(key).unwrap().der().to_vec()
}

fn code(der: &[u8]) -> ErrorCode {
    parse(der, &ALL).unwrap_err().code
}

/// A request made by openssl, which is not ours.
fn openssl(args: &[&str]) -> Vec<u8> {
    ask(&[&["-subj", "/CN=somebody else"], args].concat())
}

fn ask(args: &[&str]) -> Vec<u8> {
    let dir = tempfile::tempdir().unwrap();
    let out = dir.path().join("out.der");
    let mut all = vec!["req", "-new", "-nodes", "-outform", "DER", "-keyout", "/dev/null", "-out"];
    let path = out.to_str().unwrap().to_owned();
    all.push(&path);
    all.extend(args);
    let done = Command::new("openssl").args(&all).output().unwrap();
    assert!(done.status.success(), "{}", String::from_utf8_lossy(&done.stderr));
    std::fs::read(out).unwrap()
}

#[test]
fn takes_the_key_and_nothing_else() {
    let key = KeyPair::generate_for(&PKCS_ECDSA_P256_SHA256).unwrap();
    let request = parse(&csr(&key), &ALL).unwrap();
    assert_eq!(request.key_sha256, wire::sha256_hex(&request.public_key));
    for bits in ["rsa:2048", "rsa:3072"] {
        parse(&openssl(&["-newkey", bits]), &ALL).unwrap();
    }
    for hash in ["-sha256", "-sha384"] {
        parse(&openssl(&["-newkey", "ec", "-pkeyopt", "ec_paramgen_curve:P-256", hash]), &ALL).unwrap();
    }
    // It says what is wrong, not that the signature were.
    let sha512 = openssl(&["-newkey", "ec", "-pkeyopt", "ec_paramgen_curve:P-256", "-sha512"]);
    assert_eq!(code(&sha512), ErrorCode::KeyWeak);
}

#[test]
fn refuses_what_asks_for_more() {
    for extension in
        ["basicConstraints=critical,CA:TRUE", "subjectAltName=DNS:evil.example", "extendedKeyUsage=serverAuth"]
    {
        let asked = openssl(&["-newkey", "ec", "-pkeyopt", "ec_paramgen_curve:P-256", "-addext", extension]);
        assert_eq!(code(&asked), ErrorCode::CsrExtensionRefused, "{extension}");
    }
}

/// As `certreq` writes it: what Windows says of itself, and the extensions of the .inf.
fn like_certreq(attributes: &str, extensions: &str) -> Vec<u8> {
    let dir = tempfile::tempdir().unwrap();
    let file = dir.path().join("certreq.cnf");
    let text = format!(
        "oid_section = oids\n[oids]\nosVersion = 1.3.6.1.4.1.311.13.2.3\nclientInfo = 1.3.6.1.4.1.311.21.20\n\
         cspProvider = 1.3.6.1.4.1.311.13.2.2\nnameValue = 1.3.6.1.4.1.311.13.2.1\n\
         [req]\nprompt = no\ndistinguished_name = dn\nattributes = attributes\nreq_extensions = extensions\n\
         [dn]\nCN = USER00001\n[attributes]\n{attributes}\n[extensions]\n{extensions}\n"
    );
    std::fs::write(&file, text).unwrap();
    // With -subj openssl would leave the attributes out.
    ask(&["-newkey", "ec", "-pkeyopt", "ec_paramgen_curve:P-256", "-config", file.to_str().unwrap()])
}

#[test]
fn takes_what_certreq_adds_and_nothing_beyond_it() {
    let windows =
        "osVersion = 10.0.22631.2\nclientInfo = PC-0001\ncspProvider = Microsoft Software Key Storage Provider";
    for extensions in [
        "keyUsage = critical,digitalSignature\nsubjectKeyIdentifier = hash",
        "keyUsage = digitalSignature",
        "subjectKeyIdentifier = hash",
    ] {
        parse(&like_certreq(windows, extensions), &ALL).unwrap();
    }
    let usual = "keyUsage = critical,digitalSignature";
    for (attributes, extensions) in [
        (windows, "keyUsage = critical,digitalSignature,keyCertSign"),
        (windows, "keyUsage = critical,keyEncipherment"),
        (windows, "keyUsage = critical,digitalSignature\nbasicConstraints = critical,CA:TRUE"),
        (windows, "keyUsage = critical,digitalSignature\nsubjectAltName = DNS:evil.example"),
        (windows, "keyUsage = critical,digitalSignature\nextendedKeyUsage = clientAuth"),
        ("nameValue = CertificateTemplate", usual),
        ("challengePassword = himitsu", usual),
        ("unstructuredName = somebody", usual),
    ] {
        let asked = like_certreq(attributes, extensions);
        assert_eq!(code(&asked), ErrorCode::CsrExtensionRefused, "{attributes} {extensions}");
    }
}

#[test]
fn refuses_other_and_weak_keys() {
    for (args, expected) in [
        (&["-newkey", "ec", "-pkeyopt", "ec_paramgen_curve:prime192v1"][..], ErrorCode::KeyTypeRefused),
        (&["-newkey", "ec", "-pkeyopt", "ec_paramgen_curve:P-384"][..], ErrorCode::KeyTypeRefused),
        (&["-newkey", "rsa:1024"][..], ErrorCode::KeyWeak),
        (&["-newkey", "rsa:2048", "-pkeyopt", "rsa_keygen_pubexp:3"][..], ErrorCode::KeyWeak),
        (&["-newkey", "rsa:4096"][..], ErrorCode::KeyTypeRefused),
        (&["-newkey", "rsa:2048", "-sha1"][..], ErrorCode::KeyWeak),
    ] {
        assert_eq!(code(&openssl(args)), expected, "{args:?}");
    }
    assert_eq!(code(&csr(&KeyPair::generate_for(&PKCS_ED25519).unwrap())), ErrorCode::KeyTypeRefused);
    assert_eq!(code(&csr(&KeyPair::generate_for(&PKCS_ECDSA_P384_SHA384).unwrap())), ErrorCode::KeyTypeRefused);
    let rsa = openssl(&["-newkey", "rsa:2048"]);
    assert_eq!(parse(&rsa, &[KeyType::P256]).unwrap_err().code, ErrorCode::KeyTypeRefused);
}

#[test]
fn refuses_exponent_one() {
    // Modulus and signature stay; only the exponent 65537 (02 03 01 00 01) becomes 1, padded to the same length.
    let mut der = openssl(&["-newkey", "rsa:2048"]);
    let place = der.windows(5).position(|w| w == [2, 3, 1, 0, 1]).unwrap();
    der[place + 2..place + 5].copy_from_slice(&[0, 0, 1]);
    assert!(matches!(code(&der), ErrorCode::KeyWeak | ErrorCode::CsrMalformed));
}

#[test]
fn refuses_every_flipped_byte_and_junk() {
    let key = KeyPair::generate_for(&PKCS_ECDSA_P256_SHA256).unwrap();
    let good = csr(&key);
    for place in 0..good.len() {
        let mut bad = good.clone();
        bad[place] ^= 1;
        assert!(parse(&bad, &ALL).is_err(), "byte {place}");
    }
    let mut long = good.clone();
    long.push(0);
    assert_eq!(code(&long), ErrorCode::CsrMalformed);
    assert_eq!(code(&[]), ErrorCode::CsrMalformed);
    assert_eq!(code(&[0x30; 8192]), ErrorCode::CsrMalformed);
    assert_eq!(code(&vec![0x30; 1 << 20]), ErrorCode::BodyTooLarge);
}

#[test]
fn a_key_has_one_encoding_and_every_other_is_refused() {
    for Requests { good, key, odd } in [odd_keys::p256(), odd_keys::rsa()] {
        let taken = parse(&good, &ALL).unwrap();
        assert_eq!((taken.key_sha256, taken.public_key), (wire::sha256_hex(&key), key));
        for (what, der) in odd {
            assert_eq!(parse(&der, &ALL).map_err(|refusal| refusal.code), Err(ErrorCode::CsrMalformed), "{what}");
        }
    }
}
