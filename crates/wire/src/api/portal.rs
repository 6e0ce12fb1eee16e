//! The customer's pickup page: `/api/portal/v1/{info,open,fetch,confirm}`.

use chrono::NaiveDate;
use domain::customer::{CertificateState, UserRole};
use domain::id::{CertificateId, UserId};
use domain::policy::{Browser, KeyPlace, KeyType, Platform};
use serde::{Deserialize, Serialize};

use crate::Base64;

/// `GET info`: what the page needs to know before anybody types.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Info {
    /// The institution's name.
    pub institution: String,
    /// Training?
    pub training: bool,
    /// Title of the page.
    pub portal_name: String,
    /// Systems allowed.
    pub allowed_platforms: Vec<Platform>,
    /// Browsers allowed.
    pub allowed_browsers: Vec<Browser>,
    /// The kind of key the page makes.
    pub key_algorithm: KeyType,
    /// Shortest passphrase, characters.
    pub passphrase_min: u32,
    /// First part of the file name.
    pub file_prefix: String,
    /// Help desk and systems section.
    pub contacts: Vec<Contact>,
    /// Where the key is made and kept.
    pub key_place: KeyPlace,
    /// Address of the pickup pages.
    pub pickup_url: String,
    /// Address of the renewal pages, which ask for the present certificate.
    pub renewal_url: String,
}

/// A contact of the institution.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Contact {
    /// What it is for.
    pub title: String,
    /// Phone.
    pub phone: String,
    /// Hours.
    pub hours: String,
    /// E-mail.
    #[serde(default)]
    pub email: Option<String>,
}

/// `POST open`: is there something to fetch?
#[derive(Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Open {
    /// 利用者ID, as typed.
    pub user_id: String,
    /// 取得コード, as typed.
    pub code: String,
}

/// There is.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Opened {
    /// Which right.
    pub certificate_id: CertificateId,
    /// 利用者ID in its canonical form.
    pub user_id: UserId,
    /// Its role.
    pub role: UserRole,
    /// Last day (JST).
    pub deadline: NaiveDate,
    /// `authorised`, or `signed` when an answer was lost.
    pub state: CertificateState,
    /// May the file be kept as a backup?
    pub backup_allowed: bool,
    /// 利用PC.
    pub device_label: String,
}

/// `POST fetch`: the PKCS#10. Repeated with the same key it gives the first answer.
#[derive(Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Fetch {
    /// 利用者ID, as typed.
    pub user_id: String,
    /// 取得コード, as typed.
    pub code: String,
    /// PKCS#10, DER.
    pub csr: Base64,
}

/// The certificate, on hold until confirmed.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Fetched {
    /// Which.
    pub certificate_id: CertificateId,
    /// DER.
    pub certificate: Base64,
    /// Issuing CA and root, DER.
    pub chain: Vec<Base64>,
    /// To be signed.
    pub nonce: String,
    /// Precedes the nonce in the signed message.
    pub confirm_prefix: String,
    /// Last day of validity (JST).
    pub not_after: NaiveDate,
}

/// `POST confirm`: proof that the customer holds the key. Idempotent.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Confirm {
    /// Which.
    pub certificate_id: CertificateId,
    /// Over [`crate::message::confirm`]: ECDSA r‖s (IEEE P1363) or RSASSA-PKCS1-v1_5, each with SHA-256.
    pub signature: Base64,
}

/// Confirmed.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Confirmed {
    /// `active`.
    pub state: CertificateState,
}

macro_rules! redacted {
    ($($name:ident)*) => {$(
        impl std::fmt::Debug for $name {
            fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
                f.write_str(concat!(stringify!($name), "(…)"))
            }
        }
    )*};
}
redacted!(Open Fetch);
