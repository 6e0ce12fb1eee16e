//! Certificates that the fetches and confirmations of one batch change, written together: one statement for many acts
//! instead of one for each. The indexes refuse here as they do anywhere; which act they meant is then found by taking each
//! act alone.

use std::collections::BTreeMap;

use domain::customer::{Customer, CustomerCommand, CustomerEvent, SignedCertificate};
use domain::id::CertificateId;

use super::act::Command;
use super::db::{self, Connection, Row as Bound};
use super::rows;
use super::tables::{Standing, TableError};

/// Rows that wait, by certificate: where it stands after the last act, and what was signed, if that is new.
#[derive(Default)]
pub(super) struct Group {
    rows: BTreeMap<CertificateId, Row>,
}

struct Row {
    standing: Standing,
    /// Usable: it may take the place of one that ends in the same group.
    usable: bool,
    signed: Option<SignedCertificate>,
}

/// Acts that come by the hundred and change nothing but certificates.
pub(super) fn takes(command: &Command) -> bool {
    matches!(
        command,
        Command::Customer(_, CustomerCommand::FetchCertificate { .. } | CustomerCommand::ConfirmCertificate { .. })
    )
}

impl Group {
    /// Keeps what an event of such an act changes.
    pub(super) fn add(&mut self, customer: &Customer, event: &CustomerEvent) -> Result<(), TableError> {
        let Some(id) = event.certificate() else { return Ok(()) };
        let standing = Standing::of(customer, id)?;
        let usable = customer.certificate(id).is_some_and(|c| c.state.usable());
        let signed = match event {
            CustomerEvent::CertificateSigned { signed, .. } => Some(signed.clone()),
            _ => self.rows.remove(&id).and_then(|row| row.signed),
        };
        self.rows.insert(id, Row { standing, usable, signed });
        Ok(())
    }

    /// Writes and forgets them; `false`: an index, or an intent that is no more, refused one of them, and what was written is to
    /// be rolled back.
    pub(super) async fn write(&mut self, db: &mut Connection) -> Result<bool, db::Error> {
        let (mut signed, mut ended, mut usable) = (Vec::new(), Vec::new(), Vec::new());
        for (id, row) in std::mem::take(&mut self.rows) {
            match row.signed {
                // Nobody confirms what he has not been given yet; if it comes to that, it is one after the other.
                Some(_) if row.usable => return Ok(false),
                Some(new) => signed.push((id, new, row.standing)),
                None if row.usable => usable.push((id, row.standing)),
                None => ended.push((id, row.standing)),
            }
        }
        // What ends makes room for what takes its place.
        for step in [Step::Signed(signed), Step::Stand(ended), Step::Stand(usable)] {
            match step.write(db).await {
                Ok(true) => {}
                Ok(false) => return Ok(false),
                Err(error) if db::unique_violation(&error) => return Ok(false),
                Err(error) => return Err(error),
            }
        }
        Ok(true)
    }
}

enum Step {
    Signed(Vec<(CertificateId, SignedCertificate, Standing)>),
    Stand(Vec<(CertificateId, Standing)>),
}

impl Step {
    async fn write(self, db: &mut Connection) -> Result<bool, db::Error> {
        match self {
            Self::Signed(rows) => {
                let text = (
                    "UPDATE OR FAIL certificate SET serial = v.column2, key_sha256 = v.column3, not_after = v.column4,
                         der = v.column5, state = v.column6, held = v.column7, stop_reason = v.column8,
                         stopped_ms = v.column9, invalid_from_ms = v.column10
                     FROM (",
                    ") AS v WHERE certificate.certificate_id = v.column1 AND EXISTS (SELECT 1 FROM signing_intent i
                     WHERE i.certificate_id = v.column1 AND i.serial = v.column2 AND i.key_sha256 = v.column3)",
                );
                update(db, text, rows, |mut row, (id, signed, standing)| {
                    row.push_bind(id.to_string())
                        .push_bind(signed.serial.to_string())
                        .push_bind(signed.key_sha256)
                        .push_bind(signed.not_after.to_rfc3339())
                        .push_bind(signed.der)
                        .push_bind(standing.state)
                        .push_bind(standing.held)
                        .push_bind(standing.reason)
                        .push_bind(standing.since)
                        .push_bind(standing.invalid_from);
                })
                .await
            }
            Self::Stand(rows) => {
                let text = (
                    "UPDATE OR FAIL certificate SET state = v.column2, held = v.column3, stop_reason = v.column4,
                         stopped_ms = v.column5, invalid_from_ms = v.column6, grace_over = v.column7
                     FROM (",
                    ") AS v WHERE certificate.certificate_id = v.column1",
                );
                update(db, text, rows, |mut row, (id, standing)| {
                    row.push_bind(id.to_string())
                        .push_bind(standing.state)
                        .push_bind(standing.held)
                        .push_bind(standing.reason)
                        .push_bind(standing.since)
                        .push_bind(standing.invalid_from)
                        .push_bind(standing.grace_over);
                })
                .await
            }
        }
    }
}

/// Says whether every row was met.
async fn update<T>(
    db: &mut Connection,
    text: (&'static str, &'static str),
    rows: Vec<T>,
    bind: impl FnMut(Bound<'_>, T),
) -> Result<bool, db::Error> {
    let count = rows.len() as u64;
    Ok(rows::write(db, text, rows, bind).await? == count)
}
