//! OCSP (RFC 6960): reads a request, builds and signs the answer with the delegated responder's key. Knows no database.
//!
//! The answer is put together from octets that never change and few that do: an encoder of the whole costs as much as the
//! signature.

use anyhow::Context as _;
use aws_lc_rs::digest;
use aws_lc_rs::rand::SystemRandom;
use aws_lc_rs::signature::EcdsaKeyPair;
use chrono::{DateTime, Utc};
use x509_cert::Certificate;
use x509_cert::der::asn1::{ObjectIdentifier, OctetStringRef};
use x509_cert::der::{Decode as _, Encode as _};
use x509_cert::ext::Extension;
use x509_ocsp::{CertId, OcspRequest};

use super::crl;
use crate::store::standing::{SerialOctets, Standing};

const SHA1: ObjectIdentifier = ObjectIdentifier::new_unwrap("1.3.14.3.2.26");
const SHA256: ObjectIdentifier = ObjectIdentifier::new_unwrap("2.16.840.1.101.3.4.2.1");
/// AlgorithmIdentifier 1.2.840.10045.4.3.2, DER.
const ECDSA_WITH_SHA256: [u8; 12] = [0x30, 10, 0x06, 8, 0x2a, 0x86, 0x48, 0xce, 0x3d, 0x04, 0x03, 0x02];
/// 1.3.6.1.5.5.7.48.1.1, DER.
const ID_PKIX_OCSP_BASIC: [u8; 11] = [0x06, 9, 0x2b, 6, 1, 5, 5, 7, 0x30, 1, 1];
/// OCSPResponseStatus, DER.
const SUCCESSFUL: [u8; 3] = [0x0a, 1, 0];
const NONCE: ObjectIdentifier = ObjectIdentifier::new_unwrap("1.3.6.1.5.5.7.48.1.2");
/// Certificates asked for in one request.
const TOGETHER: usize = 16;
/// Octets of a nonce, at least one (RFC 9654 §2.1).
const NONCE_MOST: u32 = 128;

/// What a client wants to know.
pub struct Asked {
    /// Certificates, at least one.
    pub certificates: Vec<CertId>,
    /// The nonce to repeat.
    nonce: Option<Extension>,
}

impl Asked {
    /// `None`: not an OCSP request, none of version 1, or one that asks too much.
    pub fn read(der: &[u8]) -> Option<Self> {
        let request = OcspRequest::from_der(der).ok()?.tbs_request;
        let unknown = |extension: &Extension| extension.critical && extension.extn_id != NONCE;
        let of_one = request.request_list.iter().flat_map(|one| one.single_request_extensions.iter().flatten());
        // Whoever says that it has to be understood is not answered as if it had been (RFC 5280 §4.2).
        if of_one.chain(request.request_extensions.iter().flatten()).any(unknown) {
            return None;
        }
        let certificates: Vec<CertId> = request.request_list.into_iter().map(|one| one.req_cert).collect();
        let nonce = request.request_extensions.into_iter().flatten().find(|e| e.extn_id == NONCE);
        let fits = (1..=TOGETHER).contains(&certificates.len()) && nonce.as_ref().is_none_or(nonce_fits);
        fits.then_some(Self { certificates, nonce })
    }

    /// Was a nonce sent? Then the answer can't have been signed before.
    pub fn has_nonce(&self) -> bool {
        self.nonce.is_some()
    }
}

/// One OCTET STRING and nothing behind it.
fn nonce_fits(nonce: &Extension) -> bool {
    let octets = OctetStringRef::from_der(nonce.extn_value.as_bytes());
    octets.is_ok_and(|octets| (1..=NONCE_MOST).contains(&u32::from(octets.len())))
}

/// The serial number asked for.
pub fn serial(id: &CertId) -> Option<SerialOctets> {
    let octets = id.serial_number.as_bytes();
    // DER puts a zero octet before what would be negative.
    SerialOctets::from_slice(match octets {
        [0, rest @ ..] if !rest.is_empty() => rest,
        octets => octets,
    })
}

/// An issuer as a CertID names it.
struct IssuerHash {
    algorithm: ObjectIdentifier,
    name: Vec<u8>,
    key: Vec<u8>,
}

/// The responder's key and certificate, and whom it answers for.
pub struct Responder {
    key: EcdsaKeyPair,
    /// `certs [0]` with the responder's certificate, DER.
    certificates: Vec<u8>,
    /// `byKey [2]`, DER.
    id: Vec<u8>,
    issuer: [IssuerHash; 2],
}

impl Responder {
    pub(super) fn new(key: EcdsaKeyPair, certificate: &[u8], issuer: &[u8]) -> anyhow::Result<Self> {
        let certificates = inside(0xa0, &[&inside(0x30, &[certificate])]);
        let certificate = Certificate::from_der(certificate).context("the responder's certificate")?;
        let issuer = Certificate::from_der(issuer).context("the issuer's certificate")?;
        let name = issuer.tbs_certificate.subject.to_der()?;
        let bits = issuer.tbs_certificate.subject_public_key_info.subject_public_key;
        let hashed = |algorithm, with: &'static digest::Algorithm| IssuerHash {
            algorithm,
            name: digest::digest(with, &name).as_ref().to_vec(),
            key: digest::digest(with, bits.raw_bytes()).as_ref().to_vec(),
        };
        let own = certificate.tbs_certificate.subject_public_key_info.subject_public_key.raw_bytes();
        // KeyHash: SHA-1 over the key's bits (RFC 6960 §4.2.1).
        let own = digest::digest(&digest::SHA1_FOR_LEGACY_USE_ONLY, own);
        Ok(Self {
            id: inside(0xa2, &[&inside(0x04, &[own.as_ref()])]),
            issuer: [hashed(SHA1, &digest::SHA1_FOR_LEGACY_USE_ONLY), hashed(SHA256, &digest::SHA256)],
            key,
            certificates,
        })
    }

    /// Was the certificate asked about issued by the CA this responder speaks for?
    pub fn speaks_for(&self, id: &CertId) -> bool {
        // Nothing or NULL beside the algorithm (RFC 5912): a question has few forms, and its answers can be kept.
        let plain = id.hash_algorithm.parameters.as_ref().is_none_or(|p| p.is_null());
        plain
            && self.issuer.iter().any(|issuer| {
                issuer.algorithm == id.hash_algorithm.oid
                    && issuer.name == id.issuer_name_hash.as_bytes()
                    && issuer.key == id.issuer_key_hash.as_bytes()
            })
    }

    /// Signs an answer, DER. `at` is thisUpdate and producedAt, `until` is nextUpdate.
    ///
    /// # Errors
    /// A time beyond 9999, or the key can't sign.
    pub fn answer(
        &self,
        asked: &Asked,
        standings: &[Standing],
        at: DateTime<Utc>,
        until: DateTime<Utc>,
    ) -> anyhow::Result<Vec<u8>> {
        let (at, until) = (generalized(at)?, generalized(until)?);
        let mut responses = Vec::new();
        for (id, standing) in asked.certificates.iter().zip(standings) {
            let parts = [id.to_der()?, status(standing)?, at.clone(), inside(0xa0, &[&until])];
            responses.extend(inside(0x30, &parts.each_ref().map(Vec::as_slice)));
        }
        let extensions = match &asked.nonce {
            None => Vec::new(),
            Some(nonce) => inside(0xa1, &[&inside(0x30, &[&nonce.to_der()?])]),
        };
        let tbs = inside(0x30, &[&self.id, &at, &inside(0x30, &[&responses]), &extensions]);
        let signature =
            self.key.sign(&SystemRandom::new(), &tbs).map_err(|_| anyhow::anyhow!("the answer can't be signed"))?;
        let signature = inside(0x03, &[&[0], signature.as_ref()]);
        let basic = inside(0x30, &[&tbs, &ECDSA_WITH_SHA256, &signature, &self.certificates]);
        let bytes = inside(0x30, &[&ID_PKIX_OCSP_BASIC, &inside(0x04, &[&basic])]);
        Ok(inside(0x30, &[&SUCCESSFUL, &inside(0xa0, &[&bytes])]))
    }
}

/// A DER element around others.
fn inside(tag: u8, parts: &[&[u8]]) -> Vec<u8> {
    let length = parts.iter().map(|part| part.len()).sum();
    let mut out = crl::begin(tag, length);
    out.reserve_exact(length);
    for part in parts {
        out.extend_from_slice(part);
    }
    out
}

/// GeneralizedTime, to the second.
fn generalized(at: DateTime<Utc>) -> anyhow::Result<Vec<u8>> {
    let mut out = Vec::with_capacity(17);
    crl::time(&mut out, u32::try_from(at.timestamp()).context("a time before 1970 or after 2106")?, true);
    Ok(out)
}

/// CertStatus (RFC 6960 §4.2.1).
fn status(standing: &Standing) -> anyhow::Result<Vec<u8>> {
    Ok(match standing {
        Standing::Good => vec![0x80, 0],
        // Never good (RFC 6960 §2.2): this CA did not issue it, whatever its signature says.
        Standing::Unknown => vec![0x82, 0],
        Standing::Stopped(stopped) => {
            inside(0xa1, &[&generalized(stopped.since)?, &[0xa0, 3, 0x0a, 1, stopped.reason]])
        }
    })
}

/// An answer without a certificate's status (RFC 6960 §4.2.1), DER.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Declined {
    /// The request can't be read.
    Malformed,
    /// The service failed.
    Internal,
    /// It can't say now.
    TryLater,
    /// It speaks for another CA.
    Unauthorized,
}

impl Declined {
    /// DER: SEQUENCE { ENUMERATED }.
    pub fn der(self) -> [u8; 5] {
        let status = match self {
            Self::Malformed => 1,
            Self::Internal => 2,
            Self::TryLater => 3,
            Self::Unauthorized => 6,
        };
        [0x30, 3, 0x0a, 1, status]
    }
}

#[cfg(test)]
#[path = "ocsp_tests.rs"]
mod tests;
