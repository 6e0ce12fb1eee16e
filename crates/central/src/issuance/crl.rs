//! Certificate revocation lists (RFC 5280 §5). The frame (version, issuer, times, extensions) is rcgen's; the entries are
//! streamed into it, so that a list of a million needs no memory of its own size.
//!
//! A list is written in two passes over the same entries: their length first, for DER wants lengths before contents.

use std::io::{SeekFrom, Write};

use aws_lc_rs::digest;
use aws_lc_rs::rand::SystemRandom;
use aws_lc_rs::signature::EcdsaKeyPair;
use chrono::{DateTime, Datelike as _, Timelike as _, Utc};
use rcgen::{CertificateRevocationListParams, Issuer, KeyIdMethod, SerialNumber, SigningKey};
use x509_parser::prelude::FromDer as _;

use super::profile::offset;
use crate::store::standing::Listed;

/// Number and times of a list.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Issue {
    /// CRL number (RFC 5280 §5.2.3): always rising.
    pub number: u64,
    /// thisUpdate.
    pub at: DateTime<Utc>,
    /// nextUpdate.
    pub until: DateTime<Utc>,
}

/// An empty list of an issuer, DER.
pub(super) fn empty<K: SigningKey>(
    issuer: &Issuer<'_, K>,
    issue: &Issue,
    issuer_ski: &[u8],
) -> anyhow::Result<Vec<u8>> {
    let params = CertificateRevocationListParams {
        this_update: offset(issue.at)?,
        next_update: offset(issue.until)?,
        crl_number: SerialNumber::from_slice(&issue.number.to_be_bytes()),
        issuing_distribution_point: None,
        revoked_certs: Vec::new(),
        key_identifier_method: KeyIdMethod::PreSpecified(issuer_ski.to_vec()),
    };
    Ok(params.signed_by(issuer)?.der().to_vec())
}

/// The subject key identifier of a certificate.
pub(super) fn key_identifier(der: &[u8]) -> anyhow::Result<Vec<u8>> {
    use x509_parser::extensions::ParsedExtension;
    let (_, certificate) = x509_parser::parse_x509_certificate(der)?;
    let found = certificate.extensions().iter().find_map(|e| match e.parsed_extension() {
        ParsedExtension::SubjectKeyIdentifier(id) => Some(id.0.to_vec()),
        _ => None,
    });
    found.ok_or_else(|| anyhow::anyhow!("the issuer has no subject key identifier"))
}

/// The parts of an empty list around the place of the entries.
struct Frame {
    /// version, signature, issuer, thisUpdate, nextUpdate.
    before: Vec<u8>,
    /// crlExtensions.
    after: Vec<u8>,
    /// signatureAlgorithm of the list itself.
    algorithm: Vec<u8>,
}

impl Frame {
    fn of(empty: &[u8]) -> anyhow::Result<Self> {
        let (_, list) = x509_parser::revocation_list::CertificateRevocationList::from_der(empty)?;
        let tbs = inside(list.tbs_cert_list.as_ref())?;
        // [0] EXPLICIT crlExtensions is the last element, and the only one of that tag.
        let mut rest = tbs;
        while rest.first() != Some(&0xa0) {
            let element = element(rest)?;
            rest = rest.get(element..).unwrap_or_default();
            anyhow::ensure!(!rest.is_empty(), "a list without extensions");
        }
        let before = tbs.get(..tbs.len() - rest.len()).unwrap_or_default().to_vec();
        let outer = inside(empty)?;
        let algorithm = outer.get(element(outer)?..).unwrap_or_default();
        let algorithm = algorithm.get(..element(algorithm)?).unwrap_or_default().to_vec();
        Ok(Self { before, after: rest.to_vec(), algorithm })
    }
}

/// Length of tag and length octets, and of the content, of the DER element at the start.
fn header(der: &[u8]) -> anyhow::Result<(usize, usize)> {
    let first = usize::from(*der.get(1).ok_or_else(|| anyhow::anyhow!("cut DER"))?);
    if first < 0x80 {
        return Ok((2, first));
    }
    let octets = der.get(2..2 + (first & 0x7f)).ok_or_else(|| anyhow::anyhow!("cut DER"))?;
    Ok((2 + octets.len(), octets.iter().fold(0, |n, b| n << 8 | usize::from(*b))))
}

fn element(der: &[u8]) -> anyhow::Result<usize> {
    header(der).map(|(head, content)| head + content)
}

fn inside(der: &[u8]) -> anyhow::Result<&[u8]> {
    let (head, content) = header(der)?;
    der.get(head..head + content).ok_or_else(|| anyhow::anyhow!("cut DER"))
}

/// Tag and definite length (X.690 §8.1.3).
pub(super) fn begin(tag: u8, length: usize) -> Vec<u8> {
    let octets = length.to_be_bytes();
    let short: &[u8] = octets.get(octets.iter().take_while(|b| **b == 0).count()..).unwrap_or_default();
    let mut head = vec![tag];
    match u8::try_from(length) {
        Ok(length) if length < 0x80 => head.push(length),
        _ => {
            head.push(0x80 | u8::try_from(short.len()).unwrap_or_default());
            head.extend_from_slice(short);
        }
    }
    head
}

fn two(out: &mut Vec<u8>, n: u32) {
    out.extend([b'0' + (n / 10 % 10) as u8, b'0' + (n % 10) as u8]);
}

/// UTCTime to 2049, then GeneralizedTime (RFC 5280 §5.1.2.4); invalidityDate is always the latter (§5.3.2).
pub(super) fn time(out: &mut Vec<u8>, seconds: u32, generalized: bool) {
    let at = DateTime::from_timestamp(i64::from(seconds), 0).unwrap_or_default();
    let year = at.year().unsigned_abs();
    if generalized || year >= 2050 {
        out.extend([0x18, 15]);
        two(out, year / 100);
    } else {
        out.extend([0x17, 13]);
    }
    for part in [year % 100, at.month(), at.day(), at.hour(), at.minute(), at.second()] {
        two(out, part);
    }
    out.push(b'Z');
}

/// The last second that was written, for many certificates stop at once.
#[derive(Default)]
struct Written {
    since: u32,
    text: Vec<u8>,
}

/// From here on UTCTime does not reach (RFC 5280 §4.1.2.5): 2050-01-01.
const GENERALIZED: u32 = 2_524_608_000;

/// Zero octets before a serial that would be negative.
fn padding(serial: &[u8]) -> usize {
    usize::from(serial.first().is_none_or(|b| *b >= 0x80))
}

/// What [`entry`] writes, in octets.
fn entry_length(listed: &Listed) -> usize {
    let serial = listed.serial.as_slice();
    let time = if listed.since >= GENERALIZED { 17 } else { 15 };
    let extensions = if listed.invalid_from == 0 { 14 } else { 14 + 26 };
    2 + 2 + padding(serial) + serial.len() + time + extensions
}

/// One entry of revokedCertificates. Every length stays below 128.
fn entry(out: &mut Vec<u8>, listed: &Listed, written: &mut Written) {
    let serial = listed.serial.as_slice();
    let padding = padding(serial);
    out.extend([0x30, (entry_length(listed) - 2) as u8, 0x02, (serial.len() + padding) as u8]);
    out.extend(std::iter::repeat_n(0, padding));
    out.extend_from_slice(serial);
    if written.text.is_empty() || written.since != listed.since {
        written.text.clear();
        time(&mut written.text, listed.since, false);
        written.since = listed.since;
    }
    out.extend_from_slice(&written.text);
    let dated = listed.invalid_from != 0;
    out.extend([0x30, if dated { 12 + 26 } else { 12 }]);
    // reasonCode (2.5.29.21), ENUMERATED.
    out.extend([0x30, 10, 0x06, 3, 0x55, 0x1d, 0x15, 0x04, 3, 0x0a, 1, listed.reason]);
    if dated {
        // invalidityDate (2.5.29.24).
        out.extend([0x30, 24, 0x06, 3, 0x55, 0x1d, 0x18, 0x04, 17]);
        time(out, listed.invalid_from, true);
    }
}

/// Writes a list with these entries to `out`, signed with `key`, the one that signed `empty`.
pub(super) fn write<W: Write + std::io::Seek>(
    empty: &[u8],
    entries: &[Listed],
    key: &EcdsaKeyPair,
    mut out: W,
) -> anyhow::Result<()> {
    let frame = Frame::of(empty)?;
    let mut buffer = Vec::with_capacity(80 * 1024);
    let mut length = 0;
    for listed in entries {
        length += entry_length(listed);
    }
    // revokedCertificates is absent where there are none (§5.1.2.6).
    let list = if entries.is_empty() { Vec::new() } else { begin(0x30, length) };
    let tbs = begin(0x30, frame.before.len() + list.len() + length + frame.after.len());
    let signed_length = tbs.len() + frame.before.len() + list.len() + length + frame.after.len();

    // The outer length waits for the signature's; its own size is known, for a signature never changes it by that much.
    let most = begin(0x30, signed_length + frame.algorithm.len() + SIGNATURE_MOST);
    out.write_all(&most)?;
    let mut hash = digest::Context::new(&digest::SHA256);
    let mut put = |bytes: &[u8]| {
        hash.update(bytes);
        out.write_all(bytes)
    };
    for part in [&tbs, &frame.before, &list] {
        put(part)?;
    }
    let mut written = Written::default();
    for listed in entries {
        entry(&mut buffer, listed, &mut written);
        if buffer.len() > 64 * 1024 {
            put(&buffer)?;
            buffer.clear();
        }
    }
    put(&buffer)?;
    put(&frame.after)?;
    let signature = key.sign_digest(&hash.finish()).map_err(|_| anyhow::anyhow!("the list can't be signed"))?;
    let mut bits = begin(0x03, signature.as_ref().len() + 1);
    bits.push(0);
    bits.extend_from_slice(signature.as_ref());
    out.write_all(&frame.algorithm)?;
    out.write_all(&bits)?;
    let real = begin(0x30, signed_length + frame.algorithm.len() + bits.len());
    anyhow::ensure!(real.len() == most.len(), "the signature has a length that was not thought of");
    out.seek(SeekFrom::Start(0))?;
    out.write_all(&real)?;
    out.flush()?;
    Ok(())
}

/// BIT STRING with an ECDSA P-256 signature: 2 + 1 + at most 72.
const SIGNATURE_MOST: usize = 75;

/// The same key for `sign_digest`.
pub(super) fn raw_key(pkcs8: &[u8]) -> anyhow::Result<EcdsaKeyPair> {
    let algorithm = &aws_lc_rs::signature::ECDSA_P256_SHA256_ASN1_SIGNING;
    let key = EcdsaKeyPair::from_pkcs8(algorithm, pkcs8).map_err(|e| anyhow::anyhow!("the key can't be read: {e}"))?;
    // The signature of one message tells whether the module works at all.
    key.sign(&SystemRandom::new(), b"").map_err(|_| anyhow::anyhow!("the key can't sign"))?;
    Ok(key)
}

#[cfg(test)]
#[path = "crl_tests.rs"]
mod tests;
