//! Writes what is outside the log: secrets, counters, intents.

use domain::id::CertificateId;

use super::act::{Aside, Contact};
use super::db::{self, Connection, query};
use super::rows;

pub(crate) async fn write(db: &mut Connection, aside: &Aside) -> Result<(), db::Error> {
    match aside {
        Aside::PickupCode { certificate, hmac } => {
            end_code(db, *certificate).await?;
            query(
                "INSERT INTO pickup_code (certificate_id, hmac) VALUES ($1, $2)
                 ON CONFLICT (certificate_id) DO UPDATE SET hmac = excluded.hmac",
            )
            .bind(certificate.to_string())
            .bind(hmac)
        }
        // Whether it counts, the events of its act say.
        Aside::Password { .. } => return Ok(()),
        Aside::WrongPassword { staff } => {
            query("UPDATE staff_secret SET tries = tries + 1 WHERE staff_id = $1").bind(staff.as_str())
        }
        Aside::Tries { staff, tries, locked_until_ms } => {
            query("UPDATE staff_secret SET tries = $2, locked_until_ms = $3 WHERE staff_id = $1")
                .bind(staff.as_str())
                .bind(tries)
                .bind(locked_until_ms)
        }
        Aside::Session { session, token_sha256, staff, terminal, expires_ms } => query(
            "INSERT INTO session (session_id, token_sha256, staff_id, terminal_id, expires_ms) VALUES ($1, $2, $3, $4, $5)",
        )
        .bind(session.to_string())
        .bind(token_sha256)
        .bind(staff.as_str())
        .bind(terminal.to_string())
        .bind(expires_ms),
        Aside::EndSession { session } => {
            query("DELETE FROM session WHERE session_id = $1").bind(session.to_string())
        }
        Aside::Sweep { expired_before_ms } => {
            query("DELETE FROM session WHERE expires_ms < $1").bind(expired_before_ms)
        }
        Aside::Invitation { code_sha256, terminal, expires_ms } => {
            // Who invites draws the code: one that was drawn before invites nobody.
            query(
                "INSERT INTO invitation (code_sha256, terminal_id, expires_ms)
                 SELECT CAST($1 AS TEXT), CAST($2 AS TEXT), CAST($3 AS BIGINT)
                 WHERE NOT EXISTS (SELECT 1 FROM invitation WHERE code_sha256 = $1)
                 ON CONFLICT (terminal_id) DO UPDATE SET
                     code_sha256 = excluded.code_sha256, expires_ms = excluded.expires_ms, certificate = NULL",
            )
            .bind(code_sha256)
            .bind(terminal.to_string())
            .bind(expires_ms)
        }
        Aside::Enrolled { terminal, certificate } => {
            query("UPDATE invitation SET certificate = $2 WHERE terminal_id = $1")
                .bind(terminal.to_string())
                .bind(certificate)
        }
        Aside::TerminalCertificate { terminal, certificate, not_before_ms, not_after_ms } => query(
            "INSERT INTO terminal_certificate (terminal_id, certificate, not_before_ms, not_after_ms)
             VALUES ($1, $2, $3, $4)
             ON CONFLICT (terminal_id) DO UPDATE SET certificate = excluded.certificate,
                 not_before_ms = excluded.not_before_ms, not_after_ms = excluded.not_after_ms",
        )
        .bind(terminal.to_string())
        .bind(certificate)
        .bind(not_before_ms)
        .bind(not_after_ms),
        Aside::EndSessions { terminal } => {
            query("DELETE FROM session WHERE terminal_id = $1").bind(terminal.to_string())
        }
        Aside::Contacts(contacts) => return heard(db, contacts).await,
        // Counted here: two instances that have read the same number must not count two as one.
        Aside::WrongCode { user, address, most, locked_until_ms } => query(
            "INSERT INTO pickup_try (user_id, address, tries, locked_until_ms)
             VALUES ($1, $2, CASE WHEN $3 <= 1 THEN 0 ELSE 1 END, CASE WHEN $3 <= 1 THEN $4 ELSE 0 END)
             ON CONFLICT (user_id, address) DO UPDATE SET
                 tries = CASE WHEN pickup_try.tries + 1 >= $3 THEN 0 ELSE pickup_try.tries + 1 END,
                 locked_until_ms = CASE WHEN pickup_try.tries + 1 >= $3 THEN $4 ELSE 0 END",
        )
        .bind(user)
        .bind(address)
        .bind(most)
        .bind(locked_until_ms),
        Aside::Mail(mark) => return crate::mail::queue::mark(db, mark).await,
    }
    .execute(db)
    .await
    .map(|_| ())
}

/// Several instances hear a terminal: the latest word counts.
async fn heard(db: &mut Connection, contacts: &[Contact]) -> Result<(), db::Error> {
    let text = (
        "INSERT INTO terminal_contact (terminal_id, at_ms, version, waiting, refused, drafts) ",
        " ON CONFLICT (terminal_id) DO UPDATE SET at_ms = excluded.at_ms, version = excluded.version,
              waiting = excluded.waiting, refused = excluded.refused, drafts = excluded.drafts
          WHERE terminal_contact.at_ms <= excluded.at_ms",
    );
    rows::write(db, text, contacts.iter().collect(), |mut row, Contact { terminal, at_ms, note }: &Contact| {
        row.push_bind(terminal.to_string())
            .push_bind(*at_ms)
            .push_bind(note.version.clone())
            .push_bind(i64::from(note.waiting))
            .push_bind(i64::from(note.refused))
            .push_bind(i64::from(note.drafts));
    })
    .await
    .map(drop)
}

/// The code in force ends, and a fetch that was begun with it.
pub(super) async fn end_code(db: &mut Connection, certificate: CertificateId) -> Result<(), db::Error> {
    for text in [
        // Something may have been signed already (and never handed out): it stays known.
        "INSERT INTO ended_intent (serial, certificate_id, key_sha256, not_before_ms, not_after_ms)
         SELECT serial, certificate_id, key_sha256, not_before_ms, not_after_ms FROM signing_intent
         WHERE certificate_id = $1",
        "DELETE FROM signing_intent WHERE certificate_id = $1",
        "DELETE FROM pickup_code WHERE certificate_id = $1",
    ] {
        query(text).bind(certificate.to_string()).execute(&mut *db).await?;
    }
    Ok(())
}

/// Draws the number of a revocation list.
pub(crate) async fn crl_number(db: &mut Connection, at_least: i64) -> Result<i64, db::Error> {
    let (number,): (i64,) = query(
        "INSERT INTO crl_number (issuer, number) VALUES ('issuing', $1)
         ON CONFLICT (issuer) DO UPDATE SET
             number = CASE WHEN crl_number.number >= $1 THEN crl_number.number + 1 ELSE $1 END
         RETURNING number",
    )
    .bind(at_least)
    .fetch_one(db)
    .await?;
    Ok(number)
}
