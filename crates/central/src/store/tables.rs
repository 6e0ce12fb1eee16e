//! Keeps the read tables in step with the events. Their unique indexes refuse what one customer's rules can't see.

use domain::customer::{Customer, CustomerEvent, UserRole, stopped};
use domain::id::CertificateId;
use domain::{ErrorCode, Event, Refusal};

use super::db::{self, Connection, query};
use super::waiting;

/// What a write to a read table can end in.
pub(crate) enum TableError {
    /// A unique index refused.
    Refused(Refusal),
    /// The database failed.
    Broken(db::Error),
}

impl From<db::Error> for TableError {
    fn from(error: db::Error) -> Self {
        Self::Broken(error)
    }
}

/// `ON CONFLICT DO NOTHING` tells of a conflict by the number of rows; nothing else can have caused it.
fn taken(rows: u64, refusal: impl FnOnce() -> Refusal) -> Result<(), TableError> {
    if rows == 1 { Ok(()) } else { Err(TableError::Refused(refusal())) }
}

/// A unique index refused an update.
fn unique(error: db::Error, refusal: impl FnOnce() -> Refusal) -> TableError {
    if db::unique_violation(&error) { TableError::Refused(refusal()) } else { TableError::Broken(error) }
}

/// Is an event being decided, or read again from the log?
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum When {
    Now,
    Again,
}

/// Writes what an event changes in the read tables.
pub(crate) async fn update(
    db: &mut Connection,
    customer: &Customer,
    event: &Event,
    index: u64,
    when: When,
) -> Result<(), TableError> {
    let Event::Customer(event) = event else { return Ok(()) };
    let id = customer.id.to_string();
    waiting::update(db, customer, event).await?;
    match event {
        CustomerEvent::CustomerRecorded { branch, cif } => {
            let done = query(
                "INSERT INTO customer_number (branch, cif, customer_id) VALUES ($1, $2, $3) ON CONFLICT DO NOTHING",
            )
            .bind(branch.as_str())
            .bind(cif.as_str())
            .bind(id)
            .execute(db)
            .await?;
            taken(done, || ErrorCode::CustomerExists.into())
        }
        CustomerEvent::CustomerMoved { branch, cif, .. } => {
            query("UPDATE customer_number SET branch = $2, cif = $3 WHERE customer_id = $1")
                .bind(id)
                .bind(branch.as_str())
                .bind(cif.as_str())
                .execute(db)
                .await
                .map_err(|e| unique(e, || Refusal::new(ErrorCode::CustomerExists).at("cif")))?;
            Ok(())
        }
        CustomerEvent::ContractRecorded { contract, opened_on, users, .. } => {
            add_contract(db, &id, contract.as_str(), *opened_on).await?;
            for user in users {
                add_user(db, &id, user.user.as_str(), user.role).await?;
            }
            Ok(())
        }
        CustomerEvent::ContractOpened { contract, opened_on } => {
            add_contract(db, &id, contract.as_str(), *opened_on).await
        }
        CustomerEvent::UserAdded { user, .. } => add_user(db, &id, user.user.as_str(), user.role).await,
        CustomerEvent::ApplicationSubmitted { application, receipt, request, .. } => {
            // A number that another customer holds is named now, not only when a supervisor approves.
            foreign_numbers(db, &id, request).await?;
            let done = query(
                "INSERT INTO receipt (receipt, application_id, customer_id) VALUES ($1, $2, $3) ON CONFLICT DO NOTHING",
            )
            .bind(receipt.as_str())
            .bind(application.to_string())
            .bind(id)
            .execute(db)
            .await?;
            taken(done, || ErrorCode::ApplicationExists.into())
        }
        CustomerEvent::ApplicationResubmitted { request, .. } => foreign_numbers(db, &id, request).await,
        CustomerEvent::RightGranted { certificate, user, contract, device_label, deadline, .. } => {
            let done = query(
                "INSERT INTO certificate (certificate_id, granted_idx, user_id, customer_id, contract, device_label, state, deadline)
                 VALUES ($1, $2, $3, $4, $5, $6, 'authorised', $7) ON CONFLICT DO NOTHING",
            )
            .bind(certificate.to_string())
            .bind(super::rows::int(index))
            .bind(user.as_str())
            .bind(id)
            .bind(contract.as_str())
            .bind(device_label)
            .bind(deadline.to_string())
            .execute(db)
            .await?;
            taken(done, || Refusal::new(ErrorCode::SuccessorExists).with("user_id", user))
        }
        CustomerEvent::RenewalGranted { certificate, replaces, deadline } => {
            let unknown = || TableError::Refused(Refusal::new(ErrorCode::CertificateUnknown));
            let present = customer.certificate(*replaces).ok_or_else(unknown)?;
            let done = query(
                "INSERT INTO certificate (certificate_id, granted_idx, user_id, customer_id, contract, device_label, state, deadline)
                 VALUES ($1, $2, $3, $4, $5, $6, 'authorised', $7) ON CONFLICT DO NOTHING",
            )
            .bind(certificate.to_string())
            .bind(super::rows::int(index))
            .bind(present.user.as_str())
            .bind(id)
            .bind(present.contract.as_str())
            .bind(&present.device_label)
            .bind(deadline.to_string())
            .execute(db)
            .await?;
            taken(done, || Refusal::new(ErrorCode::SuccessorExists).with("user_id", &present.user))
        }
        CustomerEvent::CertificateSigned { certificate, signed } => {
            // Only what was intended is recorded as signed: a slip printed in between has ended the fetch that was begun
            // with the old code. Intents are not in the log, so this is asked once, when it is decided.
            let row = Standing::of(customer, *certificate)?;
            let done = query(
                "UPDATE certificate SET state = $7, held = $8, stop_reason = $9, stopped_ms = $10, invalid_from_ms = $11,
                     serial = $2, key_sha256 = $3, not_after = $4, der = $5
                 WHERE certificate_id = $1 AND ($6 OR EXISTS (SELECT 1 FROM signing_intent i
                     WHERE i.certificate_id = $1 AND i.serial = $2 AND i.key_sha256 = $3))",
            )
            .bind(certificate.to_string())
            .bind(signed.serial.as_str())
            .bind(&signed.key_sha256)
            .bind(signed.not_after.to_rfc3339())
            .bind(&signed.der)
            .bind(when == When::Again)
            .bind(row.state)
            .bind(row.held)
            .bind(row.reason)
            .bind(row.since)
            .bind(row.invalid_from)
            .execute(db)
            .await
            .map_err(|e| unique(e, || ErrorCode::KeyReused.into()))?;
            taken(done, || ErrorCode::PickupDenied.into())
        }
        CustomerEvent::CertificateActivated { certificate }
        | CustomerEvent::RightLapsed { certificate }
        | CustomerEvent::CertificateSuspended { certificate, .. }
        | CustomerEvent::CertificateResumed { certificate }
        | CustomerEvent::CertificateRevoked { certificate, .. }
        | CustomerEvent::RightCancelled { certificate }
        | CustomerEvent::RightFrozen { certificate, .. }
        | CustomerEvent::RightReleased { certificate }
        | CustomerEvent::CertificateExpired { certificate }
        | CustomerEvent::GraceEnded { certificate } => stands(db, customer, *certificate).await,
        CustomerEvent::ContractClosing { contract, closing_on } => {
            query("UPDATE contract SET closing_on = $2 WHERE number = $1")
                .bind(contract.as_str())
                .bind(closing_on.to_string())
                .execute(db)
                .await?;
            Ok(())
        }
        CustomerEvent::ContractClosed { contract } => {
            query("UPDATE contract SET closed = 1 WHERE number = $1").bind(contract.as_str()).execute(db).await?;
            Ok(())
        }
        CustomerEvent::UserMoved { user, .. } => {
            query("UPDATE login_user SET role = $2 WHERE user_id = $1")
                .bind(user.user.as_str())
                .bind(role_word(user.role))
                .execute(db)
                .await?;
            Ok(())
        }
        CustomerEvent::ContractLinked { .. }
        | CustomerEvent::UserRemoved { .. }
        | CustomerEvent::CustomerChanged { .. }
        | CustomerEvent::IncidentReported { .. }
        | CustomerEvent::IncidentRecorded { .. }
        | CustomerEvent::RevocationPaperReceived { .. }
        | CustomerEvent::IncidentConfirmed { .. }
        | CustomerEvent::IncidentClosed { .. }
        | CustomerEvent::PaperReminderRecorded { .. }
        | CustomerEvent::ActHeld { .. }
        | CustomerEvent::HeldActAccepted { .. }
        | CustomerEvent::HeldActDismissed { .. }
        | CustomerEvent::StopToReview { .. }
        | CustomerEvent::AdviceGiven { .. }
        | CustomerEvent::ApplicationWithdrawn { .. }
        | CustomerEvent::ApplicationApproved { .. }
        | CustomerEvent::ApplicationReturned { .. }
        | CustomerEvent::ApplicationRejected { .. }
        | CustomerEvent::ApplicationCompleted { .. }
        | CustomerEvent::SlipPrinted { .. }
        | CustomerEvent::PickupCodeLost { .. }
        | CustomerEvent::SlipHandedOver { .. } => Ok(()),
    }
}

/// Where a certificate stands, as columns.
pub(super) struct Standing {
    pub(super) state: &'static str,
    pub(super) held: i64,
    pub(super) reason: Option<i64>,
    pub(super) since: Option<i64>,
    pub(super) invalid_from: Option<i64>,
    pub(super) grace_over: i64,
}

impl Standing {
    /// After the whole act.
    pub(super) fn of(customer: &Customer, id: CertificateId) -> Result<Self, TableError> {
        let found =
            customer.certificate(id).ok_or_else(|| TableError::Refused(Refusal::new(ErrorCode::CertificateUnknown)))?;
        let stop = found.signed.as_ref().and_then(|_| stopped(customer, found));
        Ok(Self {
            state: found.state.as_str(),
            held: i64::from(found.held.is_some()),
            grace_over: i64::from(found.grace_over),
            reason: stop.map(|s| i64::from(s.reason)),
            since: stop.map(|s| s.since.timestamp_millis()),
            invalid_from: stop.and_then(|s| s.invalid_from).map(|at| at.timestamp_millis()),
        })
    }
}

async fn stands(db: &mut Connection, customer: &Customer, id: CertificateId) -> Result<(), TableError> {
    let row = Standing::of(customer, id)?;
    query(
        "UPDATE certificate SET state = $2, held = $3, stop_reason = $4, stopped_ms = $5, invalid_from_ms = $6,
             grace_over = $7
         WHERE certificate_id = $1",
    )
    .bind(id.to_string())
    .bind(row.state)
    .bind(row.held)
    .bind(row.reason)
    .bind(row.since)
    .bind(row.invalid_from)
    .bind(row.grace_over)
    .execute(db)
    .await
    .map_err(|e| unique(e, || ErrorCode::CertificateUsable.into()))?;
    Ok(())
}

async fn add_contract(
    db: &mut Connection,
    customer: &str,
    number: &str,
    opened_on: chrono::NaiveDate,
) -> Result<(), TableError> {
    let text = "INSERT INTO contract (number, customer_id, opened_on) VALUES ($1, $2, $3) ON CONFLICT DO NOTHING";
    let done = query(text).bind(number).bind(customer).bind(opened_on.to_string()).execute(db).await?;
    taken(done, || Refusal::new(ErrorCode::ContractExists).at("contract"))
}

async fn add_user(db: &mut Connection, customer: &str, user: &str, role: UserRole) -> Result<(), TableError> {
    let done = query("INSERT INTO login_user (user_id, customer_id, role) VALUES ($1, $2, $3) ON CONFLICT DO NOTHING")
        .bind(user)
        .bind(customer)
        .bind(role_word(role))
        .execute(db)
        .await?;
    taken(done, || Refusal::new(ErrorCode::UserExists).at("users").with("user_id", user))
}

pub(crate) fn role_word(role: UserRole) -> &'static str {
    match role {
        UserRole::Administrator => "administrator",
        UserRole::Approver => "approver",
        UserRole::Operator => "operator",
    }
}

async fn foreign_numbers(
    db: &mut Connection,
    customer: &str,
    request: &domain::customer::Request,
) -> Result<(), TableError> {
    use domain::customer::Request;
    let new_users: Vec<&str> = match request {
        Request::MoveToCertificate { .. }
        | Request::Reissue { .. }
        | Request::Rename { .. }
        | Request::RemoveUsers { .. }
        | Request::Close { .. }
        | Request::ForceStop { .. } => Vec::new(),
        Request::NewContract { .. } | Request::Recontract { .. } => {
            let contract = request.contract();
            let taken: Option<(String,)> = query("SELECT customer_id FROM contract WHERE number = $1")
                .bind(contract.as_str())
                .fetch_optional(&mut *db)
                .await?;
            if taken.is_some_and(|(owner,)| owner != customer) {
                return Err(TableError::Refused(Refusal::new(ErrorCode::ContractExists).at("contract")));
            }
            match request {
                Request::NewContract { users, .. } => users.iter().map(|u| u.user.as_str()).collect(),
                Request::Recontract { users, .. } => {
                    users.iter().filter(|u| u.user.user != u.from).map(|u| u.user.user.as_str()).collect()
                }
                _ => Vec::new(),
            }
        }
        Request::AddUser { user, .. } => vec![user.user.as_str()],
    };
    for user in new_users {
        let taken: Option<(String,)> =
            query("SELECT customer_id FROM login_user WHERE user_id = $1").bind(user).fetch_optional(&mut *db).await?;
        if taken.is_some() {
            return Err(TableError::Refused(Refusal::new(ErrorCode::UserExists).at("users").with("user_id", user)));
        }
    }
    Ok(())
}
