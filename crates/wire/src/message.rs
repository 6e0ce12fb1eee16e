//! The exact messages that are signed or hashed. One place, so that both sides can't differ.

use domain::id::{CertificateId, InstitutionId};
use domain::pickup_code::PickupCode;

use crate::sha256_hex;

/// What a terminal signs (ECDSA P-256, SHA-256, ASN.1 signature): a fixed prefix and the envelope's bytes.
pub fn envelope(bytes: &[u8]) -> Vec<u8> {
    [b"madoguchi-envelope-v1\n".as_slice(), bytes].concat()
}

/// What precedes the nonce in the message a customer signs to confirm a certificate.
pub fn confirm_prefix(institution: &InstitutionId, certificate: CertificateId) -> String {
    format!("madoguchi-confirm-v1\n{institution}\n{certificate}\n")
}

/// The message a customer signs with the new key: [`confirm_prefix`] and the centre's nonce.
pub fn confirm(institution: &InstitutionId, certificate: CertificateId, nonce: &str) -> Vec<u8> {
    format!("{}{nonce}", confirm_prefix(institution, certificate)).into_bytes()
}

/// What precedes nonce and purpose in the message that the holder of an expired certificate signs.
pub fn reacquire_prefix(institution: &InstitutionId) -> String {
    format!("madoguchi-reacquire-v1\n{institution}\n")
}

/// The message the holder of an expired certificate signs with its key. `purpose`: `open`, or the SHA-256 (hex) of the
/// PKCS#10 that is sent along, so that nobody puts another in its place.
pub fn reacquire(institution: &InstitutionId, nonce: &str, purpose: &str) -> Vec<u8> {
    format!("{}{nonce}\n{purpose}", reacquire_prefix(institution)).into_bytes()
}

/// What the desk sends of a pickup code: SHA-256 of its 17 symbols, hex.
pub fn code_sha256(code: &PickupCode) -> String {
    sha256_hex(code.canonical().as_bytes())
}
