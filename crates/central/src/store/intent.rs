//! What is about to be signed, recorded before it is signed. The first intent of a right stays; a key stands in one
//! intent and in no certificate.

use serde::{Deserialize, Serialize};
use sqlx::FromRow;

use super::db::{self, Connection, Many};
use super::rows;

/// Serial, key and validity of a certificate to be.
#[derive(Debug, Clone, FromRow, Serialize, Deserialize)]
pub struct Intent {
    /// Whose.
    pub certificate_id: String,
    /// Serial.
    pub serial: String,
    /// Key.
    pub key_sha256: String,
    /// Start of validity.
    pub not_before_ms: i64,
    /// End of validity.
    pub not_after_ms: i64,
}

/// Records intents and gives, in the same order, what is in force for each right after that; `None`: the key is in use.
pub(crate) async fn record(db: &mut Connection, asked: &[&Intent]) -> Result<Vec<Option<Intent>>, db::Error> {
    let text = (
        "INSERT INTO signing_intent (certificate_id, serial, key_sha256, not_before_ms, not_after_ms)
         SELECT column1, column2, column3, column4, column5 FROM (",
        ") AS asked WHERE NOT EXISTS (SELECT 1 FROM certificate WHERE key_sha256 = column3) ON CONFLICT DO NOTHING",
    );
    rows::write(db, text, asked.to_vec(), |mut row, intent| {
        row.push_bind(intent.certificate_id.clone())
            .push_bind(intent.serial.clone())
            .push_bind(intent.key_sha256.clone())
            .push_bind(intent.not_before_ms)
            .push_bind(intent.not_after_ms);
    })
    .await?;
    let mut found: Vec<Intent> = Vec::with_capacity(asked.len());
    let mut rest = asked;
    while !rest.is_empty() {
        let (group, others) = rest.split_at(rows::group(rest.len()));
        let mut statement = Many::new(
            "SELECT certificate_id, serial, key_sha256, not_before_ms, not_after_ms FROM signing_intent
             WHERE certificate_id IN ",
        );
        statement.push_list(group.iter().map(|intent| &intent.certificate_id));
        found.extend(statement.build().fetch_all::<Intent>(&mut *db).await?);
        rest = others;
    }
    Ok(asked.iter().map(|asked| found.iter().find(|i| i.certificate_id == asked.certificate_id).cloned()).collect())
}
