//! What differs from one institution to another. Every figure is a setting with a default, never a constant.

mod change;
mod effect;
mod setting;
#[cfg(test)]
mod tests;

pub use change::*;
pub use effect::{Asked, PolicyEffect, effects};
pub use setting::{Kind, SETTINGS, Setting, Settings, Unit, setting, tolerant};

use chrono::NaiveDate;
use serde::{Deserialize, Serialize};

/// The policy in force. A file with an unknown key is refused; what came over the line is read by [`tolerant`].
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(default, deny_unknown_fields)]
pub struct Policy {
    /// Validity of a certificate from the fetch, days.
    pub validity_days: u32,
    /// Pickup deadline after issue, days; the deadline day is the last good one.
    pub pickup_deadline_days: u32,
    /// Renewal opens this many days before expiry.
    pub renewal_opens_days: u32,
    /// Grace after expiry in which a certificate can be re-acquired on-line, days.
    pub grace_days: u32,
    /// Days before the end of a certificate on which its customer is reminded by mail.
    pub reminder_days: Vec<u32>,
    /// Most user IDs of a contract.
    pub users_per_contract: u32,
    /// Wrong pickup codes (with a fitting check symbol) from one address for one user ID before that pair is locked.
    pub pickup_tries: u32,
    /// How long such a pair stays locked, minutes.
    pub pickup_lock_minutes: u32,
    /// Where the customer's key is made and kept.
    pub key_place: KeyPlace,
    /// Who may keep the PKCS#12 as a backup.
    pub backup: Backup,
    /// Allowed kinds of key.
    pub key_types: Vec<KeyType>,
    /// Systems on which a certificate may be fetched.
    pub platforms: Vec<Platform>,
    /// Browsers with which a certificate may be fetched.
    pub browsers: Vec<Browser>,
    /// Shortest passphrase of the PKCS#12, characters.
    pub passphrase_min: u32,
    /// Minutes without a key or click before the desk locks.
    pub idle_lock_minutes: u32,
    /// Wrong passwords of a member of staff before the account is locked.
    pub sign_in_tries: u32,
    /// How long it stays locked, minutes.
    pub sign_in_lock_minutes: u32,
    /// Longest staff session, hours (a working day).
    pub session_hours: u32,
    /// Staff may sign in without the centre for so many hours after their last sign-in at it, on the same PC.
    pub offline_sign_in_hours: u32,
    /// What user IDs are called in a contract that takes another's place.
    pub recontract_user_ids: RecontractUserIds,
    /// Whose certificates the branch reissues.
    pub branch_reissues: BranchReissues,
    /// A stop must be confirmed (事後検印) within so many business days.
    pub hold_confirm_days: u32,
    /// Days on which the institution is closed beside weekends, national holidays and the turn of the year.
    pub closed_days: Vec<NaiveDate>,
    /// A missing 失効依頼書 is asked for again every so many business days.
    pub paper_reminder_days: u32,
    /// The oldest date an application may have been received on, days back.
    pub received_days_back: u32,
    /// Business begins at this hour (JST).
    pub business_from_hour: u32,
    /// Business closes at this hour (JST): what comes after it belongs to the next business day.
    pub business_until_hour: u32,
}

/// Where the customer's key is made and kept.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "specta", derive(specta::Type))]
#[serde(rename_all = "snake_case")]
pub enum KeyPlace {
    /// Made by the page, handed over as a PKCS#12 file.
    File,
    /// The customer may choose between both.
    Choice,
    /// Made in Windows' own store, from where it can't be exported.
    WindowsStore,
}

/// Who may keep the exported key as a backup.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Backup {
    /// Administrators only.
    Administrators,
    /// Every user.
    All,
    /// Nobody.
    Nobody,
}

/// 再契約: user IDs.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum RecontractUserIds {
    /// The same strings.
    Kept,
    /// New strings.
    Renumbered,
}

/// Who reissues approvers' and operators' certificates.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum BranchReissues {
    /// The branch reissues the administrator's only; the others are the customer's own administrator's work.
    Administrator,
    /// The branch reissues all.
    All,
}

/// A kind of public key.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
pub enum KeyType {
    /// ECDSA on P-256 (secp256r1).
    #[serde(rename = "P-256")]
    P256,
    /// RSA, modulus of 2,048 bits, exponent 65537.
    #[serde(rename = "RSA-2048")]
    Rsa2048,
    /// RSA, modulus of 3,072 bits, exponent 65537.
    #[serde(rename = "RSA-3072")]
    Rsa3072,
}

/// An operating system.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Platform {
    /// Windows.
    Windows,
    /// macOS.
    Macos,
    /// Linux.
    Linux,
}

/// A browser.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Browser {
    /// Microsoft Edge.
    Edge,
    /// Google Chrome.
    Chrome,
    /// Mozilla Firefox.
    Firefox,
    /// Safari.
    Safari,
}

impl Default for Policy {
    fn default() -> Self {
        Self {
            validity_days: 365,
            pickup_deadline_days: 80,
            renewal_opens_days: 30,
            grace_days: 90,
            reminder_days: vec![30, 10],
            users_per_contract: 99,
            pickup_tries: 5,
            pickup_lock_minutes: 15,
            key_place: KeyPlace::File,
            backup: Backup::Administrators,
            key_types: vec![KeyType::P256, KeyType::Rsa2048, KeyType::Rsa3072],
            platforms: vec![Platform::Windows],
            browsers: vec![Browser::Edge, Browser::Chrome],
            passphrase_min: 8,
            idle_lock_minutes: 5,
            sign_in_tries: 5,
            sign_in_lock_minutes: 15,
            session_hours: 12,
            offline_sign_in_hours: 12,
            recontract_user_ids: RecontractUserIds::Kept,
            branch_reissues: BranchReissues::All,
            hold_confirm_days: 1,
            closed_days: Vec::new(),
            paper_reminder_days: 5,
            received_days_back: 60,
            business_from_hour: 8,
            business_until_hour: 17,
        }
    }
}
