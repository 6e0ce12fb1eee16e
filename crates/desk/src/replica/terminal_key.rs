//! The public keys of terminals, as this desk checks signatures with them.

use std::collections::HashMap;

use aws_lc_rs::signature::{ECDSA_P256_SHA256_ASN1, ParsedPublicKey};
use domain::id::TerminalId;
use domain::terminal::Terminal;
use sqlx::SqlitePool;
use wire::Base64;
use x509_parser::prelude::FromDer as _;
use x509_parser::x509::SubjectPublicKeyInfo;

use crate::error::DeskError;

/// A terminal's public key, read once. One that is no point of P-256 made no signature.
pub(crate) struct TerminalKey(Option<ParsedPublicKey>);

impl TerminalKey {
    /// `None` before the terminal is enrolled.
    pub(crate) fn of(terminal: Terminal) -> Option<Self> {
        let Base64(spki) = serde_json::from_value(terminal.public_key.into()).ok()?;
        let (_, spki) = SubjectPublicKeyInfo::from_der(&spki).ok()?;
        Some(Self(ParsedPublicKey::new(&ECDSA_P256_SHA256_ASN1, &spki.subject_public_key.data).ok()))
    }

    /// ECDSA P-256 with SHA-256, ASN.1, as terminals sign.
    pub(crate) fn signed(&self, message: &[u8], signature: &[u8]) -> bool {
        self.0.as_ref().is_some_and(|key| key.verify_sig(message, signature).is_ok())
    }
}

/// Those held here.
pub(super) async fn all(db: &SqlitePool) -> Result<HashMap<TerminalId, TerminalKey>, DeskError> {
    let rows: Vec<(String,)> = sqlx::query_as("SELECT state FROM terminal").fetch_all(db).await?;
    let mut keys = HashMap::new();
    for (state,) in rows {
        let terminal: Terminal = serde_json::from_str(&state)?;
        let id = terminal.id;
        keys.extend(TerminalKey::of(terminal).map(|key| (id, key)));
    }
    Ok(keys)
}
