//! The customer's PKCS#10 (RFC 2986): proof that the sender holds the key, and the public key. Everything else in it is
//! ignored (subject, what Windows says of itself) or refused (an extensionRequest that asks for more than a login key's own
//! use). Nothing of it is ever copied into a certificate.

use domain::policy::KeyType;
use domain::{ErrorCode, Refusal};
use x509_parser::certification_request::X509CertificationRequest;
use x509_parser::cri_attributes::{ParsedCriAttribute, X509CriAttribute};
use x509_parser::prelude::FromDer as _;
use x509_parser::public_key::PublicKey;
use x509_parser::x509::SubjectPublicKeyInfo;
use yasna::models::ObjectIdentifier;

/// Longest PKCS#10, bytes.
pub const MAX: usize = 8 * 1024;

const P256: &str = "1.2.840.10045.3.1.7";
const EC: &str = "1.2.840.10045.2.1";
const RSA: &str = "1.2.840.113549.1.1.1";
/// ecdsa-with-SHA256/384 (with SHA-512 the library verifies no P-256), sha256/384/512WithRSAEncryption.
const SIGNATURES: [&str; 5] = [
    "1.2.840.10045.4.3.2",
    "1.2.840.10045.4.3.3",
    "1.2.840.113549.1.1.11",
    "1.2.840.113549.1.1.12",
    "1.2.840.113549.1.1.13",
];

/// What `certreq` writes of its own accord: OS version, client information, name of the key's provider ([MS-WCCE] 2.2.2.7).
const OF_WINDOWS: [&str; 3] = ["1.3.6.1.4.1.311.13.2.3", "1.3.6.1.4.1.311.21.20", "1.3.6.1.4.1.311.13.2.2"];
const KEY_USAGE: &str = "2.5.29.15";
const SUBJECT_KEY_ID: &str = "2.5.29.14";
/// KeyUsage digitalSignature and nothing else, DER.
const DIGITAL_SIGNATURE: [u8; 4] = [3, 2, 7, 0x80];

/// What is taken from a PKCS#10.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Request {
    /// SubjectPublicKeyInfo, in its one DER encoding.
    pub public_key: Vec<u8>,
    /// Its SHA-256, hex.
    pub key_sha256: String,
    /// SHA-256 of the whole request, hex: the evidence in the log.
    pub csr_sha256: String,
}

fn refused(code: ErrorCode, name: &str, why: &str) -> Refusal {
    Refusal::new(code).with(name, why)
}

/// Checks a PKCS#10.
///
/// # Errors
/// [`ErrorCode::BodyTooLarge`], [`ErrorCode::CsrMalformed`], [`ErrorCode::CsrExtensionRefused`],
/// [`ErrorCode::KeyTypeRefused`], [`ErrorCode::KeyWeak`], [`ErrorCode::CsrSignatureInvalid`].
pub fn parse(der: &[u8], allowed: &[KeyType]) -> Result<Request, Refusal> {
    if der.len() > MAX {
        return Err(ErrorCode::BodyTooLarge.into());
    }
    let (rest, csr) = X509CertificationRequest::from_der(der).map_err(|_| ErrorCode::CsrMalformed)?;
    if !rest.is_empty() {
        return Err(ErrorCode::CsrMalformed.into());
    }
    let info = &csr.certification_request_info;
    if let Some(asked) = info.iter_attributes().find(|attribute| !harmless(attribute)) {
        return Err(refused(ErrorCode::CsrExtensionRefused, "attribute", &asked.oid.to_id_string()));
    }
    let key = key_type(&info.subject_pki)?;
    if !allowed.contains(&key) {
        return Err(refused(ErrorCode::KeyTypeRefused, "key", name(key)));
    }
    let algorithm = csr.signature_algorithm.algorithm.to_id_string();
    if !SIGNATURES.contains(&algorithm.as_str()) {
        return Err(refused(ErrorCode::KeyWeak, "why", "signature algorithm"));
    }
    if canonical(&csr, &algorithm) != der || canonical_key(&info.subject_pki, key) != info.subject_pki.raw {
        return Err(ErrorCode::CsrMalformed.into());
    }
    csr.verify_signature().map_err(|_| ErrorCode::CsrSignatureInvalid)?;
    let public_key = info.subject_pki.raw.to_vec();
    Ok(Request { key_sha256: wire::sha256_hex(&public_key), csr_sha256: wire::sha256_hex(der), public_key })
}

/// Asks for nothing that the profile does not give anyway.
fn harmless(attribute: &X509CriAttribute<'_>) -> bool {
    match attribute.parsed_attribute() {
        ParsedCriAttribute::ExtensionRequest(asked) => {
            asked.extensions.iter().all(|extension| match extension.oid.to_id_string().as_str() {
                KEY_USAGE => extension.value == DIGITAL_SIGNATURE,
                SUBJECT_KEY_ID => true,
                _ => false,
            })
        }
        _ => OF_WINDOWS.contains(&attribute.oid.to_id_string().as_str()),
    }
}

/// The one DER encoding of what was read outside the signed part: the parser is lax there, the log's evidence is not.
fn canonical(csr: &X509CertificationRequest<'_>, algorithm: &str) -> Vec<u8> {
    yasna::construct_der(|writer| {
        writer.write_sequence(|writer| {
            writer.next().write_der(csr.certification_request_info.raw);
            writer.next().write_sequence(|writer| {
                writer.next().write_oid(&oid(algorithm));
                if algorithm.starts_with("1.2.840.113549.") {
                    writer.next().write_null();
                }
            });
            let bits = csr.signature_value.data.as_ref();
            writer.next().write_bitvec_bytes(bits, bits.len() * 8);
        });
    })
}

/// The one DER encoding of a key (RFC 5480 §2, RFC 3279 §2.3.1). What was used before is known by the hash of these octets: in
/// another encoding, which the parser takes as well, the same key would pass for a new one.
fn canonical_key(spki: &SubjectPublicKeyInfo<'_>, key: KeyType) -> Vec<u8> {
    let bits = match spki.parsed() {
        Ok(PublicKey::RSA(rsa)) => yasna::construct_der(|writer| {
            writer.write_sequence(|writer| {
                writer.next().write_bigint_bytes(rsa.modulus, true);
                writer.next().write_bigint_bytes(rsa.exponent, true);
            });
        }),
        _ => spki.subject_public_key.data.to_vec(),
    };
    yasna::construct_der(|writer| {
        writer.write_sequence(|writer| {
            writer.next().write_sequence(|writer| match key {
                KeyType::P256 => {
                    writer.next().write_oid(&oid(EC));
                    writer.next().write_oid(&oid(P256));
                }
                KeyType::Rsa2048 | KeyType::Rsa3072 => {
                    writer.next().write_oid(&oid(RSA));
                    writer.next().write_null();
                }
            });
            writer.next().write_bitvec_bytes(&bits, bits.len() * 8);
        });
    })
}

fn oid(dotted: &str) -> ObjectIdentifier {
    let arcs: Vec<u64> = dotted.split('.').filter_map(|arc| arc.parse().ok()).collect();
    ObjectIdentifier::from_slice(&arcs)
}

fn name(key: KeyType) -> &'static str {
    match key {
        KeyType::P256 => "P-256",
        KeyType::Rsa2048 => "RSA-2048",
        KeyType::Rsa3072 => "RSA-3072",
    }
}

fn key_type(spki: &SubjectPublicKeyInfo<'_>) -> Result<KeyType, Refusal> {
    let algorithm = spki.algorithm.algorithm.to_id_string();
    match (algorithm.as_str(), spki.parsed()) {
        (EC, Ok(PublicKey::EC(point))) => {
            let curve = spki.algorithm.parameters.as_ref().and_then(|p| p.as_oid().ok()).map(|oid| oid.to_id_string());
            match curve.as_deref() {
                // Uncompressed points only; that it lies on the curve is checked with the signature.
                Some(P256) if point.data().len() == 65 && point.data().first() == Some(&4) => Ok(KeyType::P256),
                Some(P256) => Err(ErrorCode::CsrMalformed.into()),
                other => Err(refused(ErrorCode::KeyTypeRefused, "key", other.unwrap_or("EC"))),
            }
        }
        (RSA, Ok(PublicKey::RSA(rsa))) => {
            if rsa.try_exponent().ok() != Some(65_537) {
                return Err(refused(ErrorCode::KeyWeak, "why", "exponent"));
            }
            let modulus: &[u8] = rsa.modulus.strip_prefix(&[0]).unwrap_or(rsa.modulus);
            let bits = modulus.len() * 8 - modulus.first().map_or(0, |b| b.leading_zeros() as usize);
            match bits {
                2048 => Ok(KeyType::Rsa2048),
                3072 => Ok(KeyType::Rsa3072),
                bits if bits < 2048 => Err(refused(ErrorCode::KeyWeak, "why", &format!("RSA-{bits}"))),
                bits => Err(refused(ErrorCode::KeyTypeRefused, "key", &format!("RSA-{bits}"))),
            }
        }
        (EC | RSA, _) => Err(ErrorCode::CsrMalformed.into()),
        (other, _) => Err(refused(ErrorCode::KeyTypeRefused, "key", other)),
    }
}

#[cfg(test)]
#[path = "csr_tests.rs"]
mod tests;
