//! A desk's file under its key, as the desk opens it.

use std::path::Path;

use sqlx::sqlite::SqliteConnectOptions;

/// What opens it.
pub fn options(file: &Path, key: &[u8]) -> SqliteConnectOptions {
    SqliteConnectOptions::new()
        .filename(file)
        .pragma("key", format!("\"x'{}'\"", hex::encode(key)))
        .pragma("cipher_page_size", "8192")
        .pragma("cipher_hmac_algorithm", "HMAC_SHA256")
}
