//! What is about to be signed, recorded before it is signed, while the code it was asked for with is in force. The first
//! intent of a right stays; a key stands in one intent and in no certificate.

use domain::{ErrorCode, Refusal};
use serde::{Deserialize, Serialize};
use sqlx::FromRow;
use wire::Base64;

use super::db::{self, Connection, Many};
use super::rows;

/// Serial, key and validity of a certificate to be.
#[derive(Debug, Clone, Serialize, Deserialize)]
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

/// An intent, and the code it rests on.
#[derive(Debug, Clone, Serialize, Deserialize)]
pub struct Asked {
    /// The intent.
    pub intent: Intent,
    /// HMAC of the pickup code that was checked; `None`: of a renewal, which has no code.
    pub code: Option<Base64>,
}

/// What is in force for a right, or [`ErrorCode::PickupDenied`]: the code is not, a slip was printed since it was checked;
/// [`ErrorCode::KeyReused`]: the key is in use elsewhere.
pub(crate) type Intended = Result<Intent, Refusal>;

/// Records intents, and gives in the same order what became of each.
pub(crate) async fn record(db: &mut Connection, asked: &[&Asked]) -> Result<Vec<Intended>, db::Error> {
    let text = (
        "INSERT OR FAIL INTO signing_intent (certificate_id, serial, key_sha256, not_before_ms, not_after_ms)
         SELECT column1, column2, column3, column4, column5 FROM (",
        ") AS asked WHERE NOT EXISTS (SELECT 1 FROM certificate WHERE key_sha256 = column3)
             AND (SELECT hmac FROM pickup_code WHERE certificate_id = column1) IS NOT DISTINCT FROM column6
         ON CONFLICT DO NOTHING",
    );
    let new = rows::write(db, text, asked.to_vec(), |mut row, Asked { intent, code }: &Asked| {
        row.push_bind(intent.certificate_id.clone())
            .push_bind(intent.serial.clone())
            .push_bind(intent.key_sha256.clone())
            .push_bind(intent.not_before_ms)
            .push_bind(intent.not_after_ms)
            .push_bind(code.as_ref().map(|code| code.0.clone()));
    })
    .await?;
    if new == asked.len() as u64 {
        // Every one is the first of its right, and its code in force.
        return Ok(asked.iter().map(|asked| Ok(asked.intent.clone())).collect());
    }
    let mut found: Vec<Found> = Vec::with_capacity(asked.len());
    let mut rest = asked;
    while !rest.is_empty() {
        let (group, others) = rest.split_at(rows::group(rest.len()));
        let mut statement = Many::new(
            "SELECT c.certificate_id, p.hmac, i.serial, i.key_sha256, i.not_before_ms, i.not_after_ms
             FROM certificate c
             LEFT JOIN pickup_code p ON p.certificate_id = c.certificate_id
             LEFT JOIN signing_intent i ON i.certificate_id = c.certificate_id
             WHERE c.certificate_id IN ",
        );
        statement.push_list(group.iter().map(|asked| &asked.intent.certificate_id));
        found.extend(statement.build().fetch_all::<Found>(&mut *db).await?);
        rest = others;
    }
    Ok(asked.iter().map(|asked| asked.among(&found)).collect())
}

/// A right: the code in force, and the intent.
#[derive(FromRow)]
struct Found {
    certificate_id: String,
    hmac: Option<Vec<u8>>,
    serial: Option<String>,
    key_sha256: Option<String>,
    not_before_ms: Option<i64>,
    not_after_ms: Option<i64>,
}

impl Asked {
    fn among(&self, found: &[Found]) -> Intended {
        let right = found.iter().find(|right| right.certificate_id == self.intent.certificate_id);
        // Also where something was intended before: whoever holds the new slip may have begun anew.
        let right = right
            .filter(|right| right.hmac.as_deref() == self.code.as_ref().map(|code| code.0.as_slice()))
            .ok_or(ErrorCode::PickupDenied)?;
        right.intent().ok_or_else(|| ErrorCode::KeyReused.into())
    }
}

impl Found {
    fn intent(&self) -> Option<Intent> {
        Some(Intent {
            certificate_id: self.certificate_id.clone(),
            serial: self.serial.clone()?,
            key_sha256: self.key_sha256.clone()?,
            not_before_ms: self.not_before_ms?,
            not_after_ms: self.not_after_ms?,
        })
    }
}
