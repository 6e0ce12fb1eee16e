//! Requests that are good but for one thing: the key in them is not in its one DER encoding. Each is signed with that very
//! key. Made by hand, for tests only.
#![allow(clippy::unwrap_used, clippy::indexing_slicing, reason = "tests")]

use aws_lc_rs::rand::SystemRandom;
use aws_lc_rs::rsa::KeySize;
use aws_lc_rs::signature::{ECDSA_P256_SHA256_ASN1_SIGNING, EcdsaKeyPair, KeyPair as _, RSA_PKCS1_SHA256, RsaKeyPair};
use x509_parser::prelude::FromDer as _;
use x509_parser::public_key::RSAPublicKey;

const SEQUENCE: u8 = 0x30;
const INTEGER: u8 = 2;
const BITS: u8 = 3;
const NULL: &[u8] = &[5, 0];
const EC: &[u8] = &[6, 7, 0x2a, 0x86, 0x48, 0xce, 0x3d, 2, 1];
const P256: &[u8] = &[6, 8, 0x2a, 0x86, 0x48, 0xce, 0x3d, 3, 1, 7];
const ECDSA_SHA256: &[u8] = &[6, 8, 0x2a, 0x86, 0x48, 0xce, 0x3d, 4, 3, 2];
const RSA: &[u8] = &[6, 9, 0x2a, 0x86, 0x48, 0x86, 0xf7, 0x0d, 1, 1, 1];
const RSA_SHA256: &[u8] = &[6, 9, 0x2a, 0x86, 0x48, 0x86, 0xf7, 0x0d, 1, 1, 11];

/// A key's request as it should be, and odd ones for the same key, each with what is odd.
pub(crate) struct Requests {
    pub(crate) good: Vec<u8>,
    /// SubjectPublicKeyInfo of the good one.
    pub(crate) key: Vec<u8>,
    pub(crate) odd: Vec<(&'static str, Vec<u8>)>,
}

/// A value with the shortest length there is.
fn value(tag: u8, parts: &[&[u8]]) -> Vec<u8> {
    made(tag, parts, 0)
}

/// The same value, its length with one octet more than it takes.
fn long(tag: u8, parts: &[&[u8]]) -> Vec<u8> {
    made(tag, parts, 1)
}

fn made(tag: u8, parts: &[&[u8]], more: usize) -> Vec<u8> {
    let content = parts.concat();
    let length = u16::try_from(content.len()).unwrap().to_be_bytes();
    let mut header = vec![tag];
    if content.len() < 128 {
        header.extend([0x81].iter().take(more));
        header.push(length[1]);
    } else {
        let significant = if length[0] == 0 { &length[1..] } else { &length[..] };
        header.push(0x80 | u8::try_from(significant.len() + more).unwrap());
        header.extend(std::iter::repeat_n(0, more).chain(significant.iter().copied()));
    }
    [header, content].concat()
}

fn request(spki: &[u8], algorithm: &[u8], sign: impl Fn(&[u8]) -> Vec<u8>) -> Vec<u8> {
    // Version 0, nobody's name, the key, no attributes.
    let info = value(SEQUENCE, &[&[2, 1, 0], &[0x30, 0], spki, &[0xa0, 0]]);
    let signature = sign(&info);
    value(SEQUENCE, &[&info, &value(SEQUENCE, &[algorithm]), &value(BITS, &[&[0], &signature])])
}

fn requests(key: Vec<u8>, odd: Vec<(&'static str, Vec<u8>)>, request: impl Fn(&[u8]) -> Vec<u8>) -> Requests {
    let odd = odd.into_iter().map(|(what, spki)| (what, request(&spki))).collect();
    Requests { good: request(&key), key, odd }
}

pub(crate) fn p256() -> Requests {
    let random = SystemRandom::new();
    // One whose last bit may pass for an unused one.
    let key = std::iter::repeat_with(|| {
        let pkcs8 = EcdsaKeyPair::generate_pkcs8(&ECDSA_P256_SHA256_ASN1_SIGNING, &random).unwrap();
        EcdsaKeyPair::from_pkcs8(&ECDSA_P256_SHA256_ASN1_SIGNING, pkcs8.as_ref()).unwrap()
    })
    .find(|key| key.public_key().as_ref()[64] & 1 == 0)
    .unwrap();
    let point = key.public_key().as_ref();
    let (algorithm, bits) = (value(SEQUENCE, &[EC, P256]), value(BITS, &[&[0], point]));
    let compressed = [&[2_u8][..], &point[1..33]].concat();
    let hybrid = [&[6_u8][..], &point[1..]].concat();
    let odd = vec![
        ("length of the whole", long(SEQUENCE, &[&algorithm, &bits])),
        ("length of the algorithm", value(SEQUENCE, &[&long(SEQUENCE, &[EC, P256]), &bits])),
        ("length of its name", value(SEQUENCE, &[&value(SEQUENCE, &[&long(6, &[&EC[2..]]), P256]), &bits])),
        ("length of the curve", value(SEQUENCE, &[&value(SEQUENCE, &[EC, &long(6, &[&P256[2..]])]), &bits])),
        ("length of the point", value(SEQUENCE, &[&algorithm, &long(BITS, &[&[0], point])])),
        ("unused bits", value(SEQUENCE, &[&algorithm, &value(BITS, &[&[1], point])])),
        ("more after the curve", value(SEQUENCE, &[&value(SEQUENCE, &[EC, P256, NULL]), &bits])),
        ("more after the point", value(SEQUENCE, &[&algorithm, &bits, NULL])),
        ("compressed", value(SEQUENCE, &[&algorithm, &value(BITS, &[&[0], &compressed])])),
        ("hybrid", value(SEQUENCE, &[&algorithm, &value(BITS, &[&[0], &hybrid])])),
    ];
    requests(value(SEQUENCE, &[&algorithm, &bits]), odd, |spki| {
        request(spki, ECDSA_SHA256, |info| key.sign(&random, info).unwrap().as_ref().to_vec())
    })
}

pub(crate) fn rsa() -> Requests {
    let key = RsaKeyPair::generate(KeySize::Rsa2048).unwrap();
    let public = key.public_key().as_ref();
    let (_, parts) = RSAPublicKey::from_der(public).unwrap();
    // With the zero in front of it.
    let (n, e) = (value(INTEGER, &[parts.modulus]), value(INTEGER, &[parts.exponent]));
    let algorithm = value(SEQUENCE, &[RSA, NULL]);
    let with = |algorithm: &[u8], bits: &[&[u8]]| value(SEQUENCE, &[algorithm, &value(BITS, bits)]);
    let of = |inner: &[&[u8]]| with(&algorithm, &[&[0], &value(SEQUENCE, inner)]);
    let odd = vec![
        ("length of the whole", long(SEQUENCE, &[&algorithm, &value(BITS, &[&[0], public])])),
        ("length of the bits", value(SEQUENCE, &[&algorithm, &long(BITS, &[&[0], public])])),
        ("length of the key", with(&algorithm, &[&[0], &long(SEQUENCE, &[&n, &e])])),
        ("length of the modulus", of(&[&long(INTEGER, &[parts.modulus]), &e])),
        ("length of the exponent", of(&[&n, &long(INTEGER, &[parts.exponent])])),
        ("no parameters", with(&value(SEQUENCE, &[RSA]), &[&[0], public])),
        ("length of the parameters", with(&value(SEQUENCE, &[RSA, &[5, 0x81, 0]]), &[&[0], public])),
        ("other parameters", with(&value(SEQUENCE, &[RSA, P256]), &[&[0], public])),
        ("more after the parameters", with(&value(SEQUENCE, &[RSA, NULL, NULL]), &[&[0], public])),
        ("a modulus with more zeros", of(&[&value(INTEGER, &[&[0], parts.modulus]), &e])),
        ("a negative modulus", of(&[&value(INTEGER, &[&parts.modulus[1..]]), &e])),
        ("an exponent with zeros", of(&[&n, &value(INTEGER, &[&[0], parts.exponent])])),
        ("more in the key", of(&[&n, &e, NULL])),
        ("more after the key", with(&algorithm, &[&[0], public, &[0]])),
        ("unused bits", with(&algorithm, &[&[1], public, &[0]])),
        ("more after the bits", value(SEQUENCE, &[&algorithm, &value(BITS, &[&[0], public]), NULL])),
    ];
    requests(of(&[&n, &e]), odd, |spki| {
        request(spki, &[RSA_SHA256, NULL].concat(), |info| {
            let mut signature = vec![0; key.public_modulus_len()];
            key.sign(&RSA_PKCS1_SHA256, &SystemRandom::new(), info, &mut signature).unwrap();
            signature
        })
    })
}
