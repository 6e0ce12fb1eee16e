#![allow(clippy::unwrap_used, reason = "tests")]

use std::io::Cursor;

use rcgen::{BasicConstraints, CertificateParams, IsCa, KeyPair, KeyUsagePurpose, RevocationReason, RevokedCertParams};

use super::*;
use crate::issuance::profile::draw_serial;
use crate::store::standing::SerialOctets;

struct Ca {
    issuer: Issuer<'static, KeyPair>,
    raw: EcdsaKeyPair,
    der: Vec<u8>,
}

fn ca() -> Ca {
    let key = KeyPair::generate().unwrap();
    let mut params = CertificateParams::default();
    params.distinguished_name = crate::issuance::dn::authority("Mihon", "CA").unwrap();
    params.is_ca = IsCa::Ca(BasicConstraints::Constrained(0));
    params.key_usages = vec![KeyUsagePurpose::CrlSign];
    let der = params.self_signed(&key).unwrap().der().to_vec();
    let raw = raw_key(key.serialized_der()).unwrap();
    Ca { issuer: Issuer::new(params, key), raw, der }
}

fn issue(now: &str) -> Issue {
    let at: DateTime<Utc> = now.parse().unwrap();
    Issue { number: 0x80_1234, at, until: at + chrono::Duration::hours(24) }
}

fn listed(n: u32) -> Listed {
    let serial = SerialOctets::of(&draw_serial(n % 60)).unwrap();
    let reason = *[1, 3, 4, 5, 6, 9].get(n as usize % 6).unwrap();
    let since = 1_700_000_000 + u32::try_from(u64::from(n) * 7_919_000 % 2_000_000_000).unwrap();
    let invalid_from = if n.is_multiple_of(3) { since - 4_000 } else { 0 };
    Listed { serial, reason, since, invalid_from, not_after: u32::MAX }
}

fn ours(ca: &Ca, issue: &Issue, entries: &[Listed]) -> Vec<u8> {
    let empty = empty(&ca.issuer, issue, &key_identifier(&ca.der).unwrap()).unwrap();
    let mut out = Cursor::new(Vec::new());
    write(&empty, entries, &ca.raw, &mut out).unwrap();
    out.into_inner()
}

/// rcgen's own list of the same entries.
fn theirs(ca: &Ca, issue: &Issue, entries: &[Listed]) -> Vec<u8> {
    let time = |seconds: u32| time::OffsetDateTime::from_unix_timestamp(i64::from(seconds)).unwrap();
    let reason = |code| match code {
        1 => RevocationReason::KeyCompromise,
        3 => RevocationReason::AffiliationChanged,
        4 => RevocationReason::Superseded,
        5 => RevocationReason::CessationOfOperation,
        6 => RevocationReason::CertificateHold,
        _ => RevocationReason::PrivilegeWithdrawn,
    };
    let params = CertificateRevocationListParams {
        this_update: offset(issue.at).unwrap(),
        next_update: offset(issue.until).unwrap(),
        crl_number: SerialNumber::from_slice(&issue.number.to_be_bytes()),
        issuing_distribution_point: None,
        revoked_certs: entries
            .iter()
            .map(|l| RevokedCertParams {
                serial_number: SerialNumber::from_slice(l.serial.as_slice()),
                revocation_time: time(l.since),
                reason_code: Some(reason(l.reason)),
                invalidity_date: (l.invalid_from != 0).then(|| time(l.invalid_from)),
            })
            .collect(),
        key_identifier_method: KeyIdMethod::PreSpecified(key_identifier(&ca.der).unwrap()),
    };
    params.signed_by(&ca.issuer).unwrap().der().to_vec()
}

/// Everything that is signed.
fn tbs(list: &[u8]) -> &[u8] {
    let inside = inside(list).unwrap();
    inside.get(..element(inside).unwrap()).unwrap()
}

#[test]
fn it_is_the_same_to_the_byte_as_rcgens() {
    let ca = ca();
    for (count, now) in [
        (0, "2026-11-24T01:00:00Z"),
        (1, "2026-11-24T01:00:00Z"),
        (2, "2049-12-31T12:00:00Z"),
        (1000, "2060-01-01T00:00:00Z"),
    ] {
        let entries: Vec<Listed> = (0..count).map(listed).collect();
        let issue = issue(now);
        assert_eq!(tbs(&ours(&ca, &issue, &entries)), tbs(&theirs(&ca, &issue, &entries)), "{count} entries at {now}");
    }
}

#[test]
fn the_signature_is_the_issuers_over_the_very_bytes() {
    let ca = ca();
    // Often, for the length of a signature varies.
    for n in 0..40 {
        let entries: Vec<Listed> = (0..n).map(listed).collect();
        let list = ours(&ca, &issue("2026-11-24T01:00:00Z"), &entries);
        let (rest, parsed) = x509_parser::revocation_list::CertificateRevocationList::from_der(&list).unwrap();
        assert!(rest.is_empty());
        let (_, issuer) = x509_parser::parse_x509_certificate(&ca.der).unwrap();
        parsed.verify_signature(issuer.public_key()).unwrap();
        assert_eq!(parsed.iter_revoked_certificates().count(), n as usize);
    }
}

#[test]
fn a_serial_of_any_form_is_a_positive_integer() {
    let ca = ca();
    for octets in [vec![0x01], vec![0x80, 0x01], vec![0xff; 20], vec![0x7f; 20]] {
        let mut one = listed(1);
        one.serial = SerialOctets::from_slice(&octets).unwrap();
        let issue = issue("2026-11-24T01:00:00Z");
        assert_eq!(tbs(&ours(&ca, &issue, &[one])), tbs(&theirs(&ca, &issue, &[one])), "{octets:x?}");
    }
    assert!(SerialOctets::from_slice(&[1; 21]).is_none());
}
