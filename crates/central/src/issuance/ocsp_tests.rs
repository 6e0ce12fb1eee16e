#![allow(clippy::unwrap_used, reason = "tests")]

use domain::customer::Stopped;
use rcgen::{CertificateParams, KeyPair};
use x509_cert::der::asn1::{BitString, GeneralizedTime, OctetString};
use x509_cert::ext::pkix::CrlReason;
use x509_cert::spki::AlgorithmIdentifierOwned;
use x509_ocsp::{
    BasicOcspResponse, CertStatus, OcspGeneralizedTime, OcspResponse, ResponderId, ResponseData, RevokedInfo,
    SingleResponse, Version,
};

use super::*;

fn stopped(reason: u8) -> Standing {
    let since = "2026-11-24T01:02:03.9Z".parse().unwrap();
    Standing::Stopped(Stopped { reason, since, invalid_from: Some(since) })
}

fn time(at: DateTime<Utc>) -> OcspGeneralizedTime {
    let since_1970 = std::time::Duration::from_secs(u64::try_from(at.timestamp()).unwrap());
    OcspGeneralizedTime(GeneralizedTime::from_unix_duration(since_1970).unwrap())
}

/// The status as the library builds it.
fn theirs(standing: &Standing) -> CertStatus {
    let reason = |code| match code {
        1 => CrlReason::KeyCompromise,
        3 => CrlReason::AffiliationChanged,
        4 => CrlReason::Superseded,
        5 => CrlReason::CessationOfOperation,
        6 => CrlReason::CertificateHold,
        _ => CrlReason::PrivilegeWithdrawn,
    };
    match standing {
        Standing::Good => CertStatus::good(),
        Standing::Unknown => CertStatus::unknown(),
        Standing::Stopped(stopped) => CertStatus::revoked(RevokedInfo {
            revocation_time: time(stopped.since),
            revocation_reason: Some(reason(stopped.reason)),
        }),
    }
}

/// A question with these extensions of the request, each critical or not.
fn asked_with(extensions: Vec<(ObjectIdentifier, bool, Vec<u8>)>) -> Option<Asked> {
    let extension = |(extn_id, critical, octets): (_, _, Vec<u8>)| Extension {
        extn_id,
        critical,
        extn_value: OctetString::new(octets).unwrap(),
    };
    let certificate = CertId {
        hash_algorithm: AlgorithmIdentifierOwned { oid: SHA256, parameters: None },
        issuer_name_hash: OctetString::new([1; 32]).unwrap(),
        issuer_key_hash: OctetString::new([2; 32]).unwrap(),
        serial_number: x509_cert::serial_number::SerialNumber::new(&[3]).unwrap(),
    };
    let request = x509_ocsp::TbsRequest {
        version: Version::V1,
        requestor_name: None,
        request_list: vec![x509_ocsp::Request { req_cert: certificate, single_request_extensions: None }],
        request_extensions: Some(extensions.into_iter().map(extension).collect()),
    };
    let der = OcspRequest { tbs_request: request, optional_signature: None }.to_der().unwrap();
    Asked::read(&der)
}

#[test]
fn a_nonce_is_one_octet_string_of_its_length_and_what_must_be_understood_is_not_passed_over() {
    let of = |length: usize| match u8::try_from(length).unwrap() {
        short @ 0..=127 => [vec![0x04, short], vec![7; length]].concat(),
        long => [vec![0x04, 0x81, long], vec![7; length]].concat(),
    };
    let good = [of(1), of(16), of(127), of(128)];
    for octets in &good {
        assert!(asked_with(vec![(NONCE, false, octets.clone())]).is_some_and(|asked| asked.has_nonce()), "{octets:?}");
    }
    let behind = [of(8), vec![0]].concat();
    let text = vec![0x0c, 2, b'a', b'b'];
    for octets in [of(0), of(129), Vec::new(), vec![7; 8], behind, text] {
        assert!(asked_with(vec![(NONCE, false, octets.clone())]).is_none(), "{octets:?}");
    }
    let unknown = ObjectIdentifier::new_unwrap("1.2.3.4.5");
    assert!(asked_with(vec![(unknown, false, vec![5, 0])]).is_some_and(|asked| !asked.has_nonce()));
    assert!(asked_with(vec![(unknown, true, vec![5, 0])]).is_none());
}

#[test]
fn it_is_the_same_to_the_byte_as_the_librarys() {
    let key = KeyPair::generate().unwrap();
    let der = CertificateParams::default().self_signed(&key).unwrap().der().to_vec();
    let raw = crl::raw_key(key.serialized_der()).unwrap();
    let responder = Responder::new(raw, &der, &der).unwrap();
    let (at, until) = ("2026-11-24T01:00:00Z".parse().unwrap(), "2051-01-01T00:00:00Z".parse().unwrap());
    let certificate = Certificate::from_der(&der).unwrap();
    let own = certificate.tbs_certificate.subject_public_key_info.subject_public_key.raw_bytes();
    let own = digest::digest(&digest::SHA1_FOR_LEGACY_USE_ONLY, own);
    let all = [1, 3, 4, 5, 6, 9].map(stopped).into_iter().chain([Standing::Good, Standing::Unknown]);
    let all: Vec<Standing> = all.collect();
    for count in 1..=all.len() {
        for nonce in [None, Some(vec![0x04, 2, 7, 7]), Some([vec![0x04, 0x81, 128], vec![0xab; 128]].concat())] {
            let nonce = nonce.map(|octets| Extension {
                extn_id: NONCE,
                critical: false,
                extn_value: OctetString::new(octets).unwrap(),
            });
            let certificates: Vec<CertId> = (0..count)
                .map(|n| CertId {
                    hash_algorithm: AlgorithmIdentifierOwned { oid: SHA256, parameters: None },
                    issuer_name_hash: OctetString::new([1; 32]).unwrap(),
                    issuer_key_hash: OctetString::new([2; 32]).unwrap(),
                    serial_number: x509_cert::serial_number::SerialNumber::new(&[3, n as u8]).unwrap(),
                })
                .collect();
            let asked = Asked { certificates: certificates.clone(), nonce: nonce.clone() };
            let ours = responder.answer(&asked, &all, at, until).unwrap();
            let responses = certificates.iter().zip(&all).map(|(id, standing)| SingleResponse {
                cert_id: id.clone(),
                cert_status: theirs(standing),
                this_update: time(at),
                next_update: Some(time(until)),
                single_extensions: None,
            });
            let tbs_response_data = ResponseData {
                version: Version::V1,
                responder_id: ResponderId::ByKey(OctetString::new(own.as_ref()).unwrap()),
                produced_at: time(at),
                responses: responses.collect(),
                response_extensions: nonce.map(|nonce| vec![nonce]),
            };
            // A signature is never the same twice.
            let read = OcspResponse::from_der(&ours).unwrap().response_bytes.unwrap();
            let signature = BasicOcspResponse::from_der(read.response.as_bytes()).unwrap().signature;
            let algorithm = ObjectIdentifier::new_unwrap("1.2.840.10045.4.3.2");
            let basic = BasicOcspResponse {
                tbs_response_data,
                signature_algorithm: AlgorithmIdentifierOwned { oid: algorithm, parameters: None },
                signature: BitString::from_bytes(signature.raw_bytes()).unwrap(),
                certs: Some(vec![certificate.clone()]),
            };
            assert_eq!(ours, OcspResponse::successful(basic).unwrap().to_der().unwrap(), "{count}");
        }
    }
}
