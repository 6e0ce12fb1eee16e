//! Confirmation: the customer's signature with the new key over the centre's nonce.

use aws_lc_rs::signature::{ECDSA_P256_SHA256_FIXED, RSA_PKCS1_2048_8192_SHA256, UnparsedPublicKey};
use domain::{ErrorCode, Refusal};
use x509_parser::public_key::PublicKey;

/// Verifies `signature` over `message` with the key of the certificate: r‖s (IEEE P1363) for P-256, RSASSA-PKCS1-v1_5
/// for RSA, each with SHA-256.
///
/// # Errors
/// [`ErrorCode::ConfirmSignatureInvalid`]; [`ErrorCode::Internal`] if the stored certificate can't be read.
pub fn verify_confirmation(certificate: &[u8], message: &[u8], signature: &[u8]) -> Result<(), Refusal> {
    let (_, certificate) = x509_parser::parse_x509_certificate(certificate).map_err(|_| ErrorCode::Internal)?;
    let spki = certificate.public_key();
    let bits = spki.subject_public_key.data.as_ref();
    let verified = match spki.parsed() {
        Ok(PublicKey::EC(_)) => UnparsedPublicKey::new(&ECDSA_P256_SHA256_FIXED, bits).verify(message, signature),
        Ok(PublicKey::RSA(_)) => UnparsedPublicKey::new(&RSA_PKCS1_2048_8192_SHA256, bits).verify(message, signature),
        _ => return Err(ErrorCode::Internal.into()),
    };
    verified.map_err(|_| ErrorCode::ConfirmSignatureInvalid.into())
}
