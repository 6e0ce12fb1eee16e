//! The certificate profile. A certificate is built fresh from it; of the customer's request it takes the public key and
//! nothing else.

use chrono::{DateTime, Duration, Utc};
use domain::id::Serial;
use rcgen::{
    CertificateParams, CrlDistributionPoint, CustomExtension, ExtendedKeyUsagePurpose, IsCa, Issuer, KeyPair,
    KeyUsagePurpose, PublicKeyData, SerialNumber, SubjectPublicKeyInfo,
};
use time::OffsetDateTime;

use super::dn;
use crate::config::Status;
use crate::random;

/// What of the profile is configured.
#[derive(Debug, Clone)]
pub struct LeafProfile {
    /// organizationName.
    pub organisation: String,
    /// Addresses of OCSP, issuer and CRL.
    pub urls: Status,
}

/// Start and end of a certificate.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Validity {
    /// Back-dated five minutes, so that a PC whose clock is slow accepts it.
    pub not_before: DateTime<Utc>,
    /// `validity_days` after the fetch, never beyond the issuer's end.
    pub not_after: DateTime<Utc>,
}

impl Validity {
    /// The validity of a certificate fetched at `now`, to the second (X.509 has no finer time).
    pub fn from_fetch(now: DateTime<Utc>, days: u32, issuer_end: DateTime<Utc>) -> Self {
        let now = DateTime::from_timestamp(now.timestamp(), 0).unwrap_or(now);
        let end = now.checked_add_signed(Duration::days(i64::from(days))).unwrap_or(issuer_end);
        Self { not_before: now - Duration::minutes(5), not_after: end.min(issuer_end) }
    }
}

/// A serial number: one octet of epoch (1 for the first, so that it is never zero and always positive), then 96 random
/// bits. A restored centre goes on with the next epoch and can't repeat a serial (RFC 5280 §4.1.2.2).
pub fn draw_serial(epoch: u32) -> Serial {
    let random = random::bytes::<12>();
    let text = format!("{:02X}{}", epoch % 0x7f + 1, hex::encode_upper(random));
    #[allow(clippy::unwrap_used, reason = "26 hex digits are a serial")]
    text.parse().unwrap()
}

pub(super) fn offset(at: DateTime<Utc>) -> anyhow::Result<OffsetDateTime> {
    Ok(OffsetDateTime::from_unix_timestamp(at.timestamp())?)
}

/// SubjectKeyIdentifier by RFC 7093 §2 (1): the left 160 bits of SHA-256 over the key's bits.
fn key_identifier(key: &impl PublicKeyData) -> Vec<u8> {
    use sha2::{Digest as _, Sha256};
    let digest = Sha256::digest(key.der_bytes());
    let identifier: Vec<u8> = digest.iter().copied().take(20).collect();
    yasna::construct_der(|writer| writer.write_bytes(&identifier))
}

/// AuthorityInfoAccess (RFC 5280 §4.2.2.1).
fn authority_info_access(urls: &Status) -> Vec<u8> {
    let entries: [(&[u64], &str); 2] =
        [(&[1, 3, 6, 1, 5, 5, 7, 48, 1], &urls.ocsp), (&[1, 3, 6, 1, 5, 5, 7, 48, 2], &urls.ca_issuers)];
    yasna::construct_der(|writer| {
        writer.write_sequence(|writer| {
            for (method, url) in entries {
                writer.next().write_sequence(|writer| {
                    writer.next().write_oid(&yasna::models::ObjectIdentifier::from_slice(method));
                    writer.next().write_tagged_implicit(yasna::Tag::context(6), |writer| writer.write_ia5_string(url));
                });
            }
        });
    })
}

impl LeafProfile {
    /// Builds and signs a customer's certificate. Returns its DER.
    ///
    /// # Errors
    /// The public key or the names can't be encoded.
    pub fn issue(
        &self,
        issuer: &Issuer<'_, KeyPair>,
        public_key: &[u8],
        user: &str,
        contract: &str,
        serial: &Serial,
        validity: Validity,
    ) -> anyhow::Result<Vec<u8>> {
        let public_key = SubjectPublicKeyInfo::from_der(public_key)?;
        let mut params = CertificateParams::default();
        params.distinguished_name = dn::login(&self.organisation, user, contract)?;
        params.serial_number = Some(SerialNumber::from_slice(&hex::decode(serial.as_str())?));
        params.not_before = offset(validity.not_before)?;
        params.not_after = offset(validity.not_after)?;
        params.is_ca = IsCa::NoCa;
        params.key_usages = vec![KeyUsagePurpose::DigitalSignature];
        params.extended_key_usages = vec![ExtendedKeyUsagePurpose::ClientAuth];
        params.use_authority_key_identifier_extension = true;
        params.crl_distribution_points = vec![CrlDistributionPoint { uris: vec![self.urls.crl.clone()] }];
        params.custom_extensions = vec![
            CustomExtension::from_oid_content(&[2, 5, 29, 14], key_identifier(&public_key)),
            CustomExtension::from_oid_content(&[1, 3, 6, 1, 5, 5, 7, 1, 1], authority_info_access(&self.urls)),
        ];
        Ok(params.signed_by(&public_key, issuer)?.der().to_vec())
    }
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used, reason = "tests")]
    use super::*;

    #[test]
    fn a_serial_names_its_epoch_and_is_always_positive() {
        for epoch in 0..300 {
            let octets = |epoch: u32| hex::decode(draw_serial(epoch).as_str()).unwrap();
            let [one, next] = [octets(epoch), octets(epoch + 1)];
            assert_eq!(one.len(), 13);
            assert!((0x01..=0x7f).contains(one.first().unwrap()), "{epoch}: {one:?}");
            assert_ne!(one.first(), next.first(), "two epochs in a row share no serial, whatever was drawn");
        }
        assert!(draw_serial(0).as_str().starts_with("01"), "as it always was");
    }
}
